package referrals_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

func titled(d *forms.Deed) { d.Title = "Program Manager" }

func by(way workflow.Way) func(*forms.Deed) {
	return func(d *forms.Deed) { d.Way = forms.Text(way) }
}

// tryLetter does an act on a letter as the page that was just read.
func tryLetter(t *testing.T, s *demo.State, ref, who string, what workflow.Action, n int, deed func(*forms.Deed)) error {
	t.Helper()
	now, err := s.Door.Open(t.Context(), s.As(who), ref, referrals.Want{})
	if fault.KindOf(err) == fault.NotFound {
		now.Rev = 1 // a stranger guesses
	} else if err != nil {
		t.Fatal(err)
	}
	var d forms.Deed
	if deed != nil {
		deed(&d)
	}
	_, err = s.Door.ActLetter(t.Context(), s.As(who), referrals.Seen{Ref: ref, N: n, Rev: now.Rev}, what, &d)
	return err
}

func letters(t *testing.T, s *demo.State, ref, who string, what workflow.Action, n int, deed func(*forms.Deed)) {
	t.Helper()
	if err := tryLetter(t, s, ref, who, what, n, deed); err != nil {
		t.Fatalf("%s does %s to letter %d: %v", who, what, n, err)
	}
}

// letterOf returns the letter of a kind as who sees it.
func letterOf(t *testing.T, s *demo.State, who, ref string, kind workflow.LetterKind) (referrals.Letter, bool) {
	t.Helper()
	list := open(t, s, who, ref).Letters
	i := slices.IndexFunc(list, func(l referrals.Letter) bool { return l.Kind == kind && l.Status != workflow.Stopped })
	if i < 0 {
		return referrals.Letter{}, false
	}
	return list[i], true
}

// tasksOf are the kinds of open tasks of an account about a referral.
func tasksOf(t *testing.T, s *demo.State, who, ref string) string {
	t.Helper()
	list, err := s.Door.Tasks(t.Context(), s.As(who), false)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, one := range list {
		if one.Reference == ref && strings.HasPrefix(one.Kind, "letter_") {
			out = append(out, one.Kind)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// The person of case 1 lives with the trafficker and may be reached only through
// the referrer: the notice of confirmation goes into the detective's hand and by
// no other way, whatever OTDA chooses. Nobody but OTDA signs it, nobody sees it
// before it is sent, and only the detective says that it was handed over.
func TestConfirmationGoesBySafeHandOnly(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		refuse := func(who string, what workflow.Action, n int, deed func(*forms.Deed), want fault.Kind) {
			t.Helper()
			if err := tryLetter(t, s, ref, who, what, n, deed); fault.KindOf(err) != want {
				t.Errorf("%s does %s to letter %d: %v", who, what, n, err)
			}
		}
		if got := tasksOf(t, s, "program", ref); got != "letter_sign" {
			t.Errorf("OTDA's tasks: %q", got)
		}
		if list := open(t, s, "detective", ref).Letters; len(list) != 0 {
			t.Errorf("the detective sees %+v before anybody signed", list)
		}
		refuse("director", workflow.Sign, 1, titled, fault.Forbidden)
		refuse("reviewer", workflow.Sign, 1, titled, fault.Forbidden)
		refuse("detective", workflow.Sign, 1, titled, fault.NotFound)
		refuse("program", workflow.Deliver, 1, by(workflow.ByReferrer), fault.Forbidden)
		refuse("program", workflow.Sign, 7, titled, fault.NotFound)
		var bad forms.Problems
		if err := tryLetter(t, s, ref, "program", workflow.Sign, 0, nil); !errors.As(err, &bad) || bad.Of("title") == "" {
			t.Errorf("signed without a title: %v", err)
		}
		if err := tryLetter(t, s, ref, "program", workflow.Sign, 0, func(d *forms.Deed) { d.Title, d.Language = "Program Manager", "fr" }); !errors.As(err, &bad) || bad.Of("language") == "" {
			t.Errorf("signed in a language without words: %v", err)
		}
		letters(t, s, ref, "program", workflow.Sign, 0, titled)
		refuse("program", workflow.Sign, 0, titled, fault.Conflict)
		for _, way := range []workflow.Way{workflow.ByMail, workflow.ByAttorney, workflow.ByAdvocate, workflow.OnPage, "by_email", "x"} {
			refuse("program", workflow.Deliver, 1, by(way), fault.Forbidden)
		}
		if l, _ := letterOf(t, s, "program", ref, workflow.LetterConfirmation); !slices.Equal(l.Ways, []workflow.Way{workflow.ByReferrer}) || l.Signed.Title != "Program Manager" || l.Signed.At.IsZero() {
			t.Errorf("%+v", l)
		}
		letters(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByReferrer))
		letters(t, s, ref, "program", workflow.Deliver, 2, by(workflow.OnPage))
		if got := tasksOf(t, s, "program", ref) + tasksOf(t, s, "detective", ref); got != "letter_hand" {
			t.Errorf("tasks: %q", got)
		}
		refuse("program", workflow.HandOver, 1, nil, fault.Forbidden)
		refuse("detective", workflow.HandOver, 2, nil, fault.Forbidden)
		letters(t, s, ref, "detective", workflow.HandOver, 1, nil)
		refuse("detective", workflow.HandOver, 1, nil, fault.Forbidden)
		if l, _ := letterOf(t, s, "program", ref, workflow.LetterConfirmation); l.Status != workflow.Handed || l.AcknowledgedAt.IsZero() {
			t.Errorf("%+v", l)
		}
		if got := tasksOf(t, s, "program", ref) + tasksOf(t, s, "detective", ref); got != "" {
			t.Errorf("tasks are left: %q", got)
		}
	})
}

// Nobody who has no part in it sees a letter or its paper, before or after it was
// sent: it is absent, for the one as for the other.
func TestLettersAreAbsentForStrangers(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, demo.Letters...)
		for _, stranger := range []string{"case_manager", "rhtp_harbor", "ldss_erie", "administrator", "auditor", "coordinator"} {
			for n := range 4 {
				if _, err := s.Door.LetterPaper(t.Context(), s.As(stranger), ref, n); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s reads letter %d: %v", stranger, n, err)
				}
			}
			if _, err := s.Door.Desk(t.Context(), s.As(stranger), ref); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s sees the letters: %v", stranger, err)
			}
		}
	})
}

// A letter that could not be handed over comes back to OTDA with the reason, and
// is sent again or stopped; one that was stopped is gone for the referrer.
func TestLetterThatCouldNotBeHandedOver(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, demo.Letters...)
		var bad forms.Problems
		if err := tryLetter(t, s, ref, "detective", workflow.CouldNot, 1, nil); !errors.As(err, &bad) || bad.Of("reason") == "" {
			t.Errorf("without a reason: %v", err)
		}
		if err := tryLetter(t, s, ref, "case_manager", workflow.CouldNot, 1, nil); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		letters(t, s, ref, "detective", workflow.CouldNot, 1, func(d *forms.Deed) { d.Reason = "Nobody was alone with the person." })
		if l, _ := letterOf(t, s, "program", ref, workflow.LetterConfirmation); l.Status != workflow.NotHanded || l.Why != "Nobody was alone with the person." {
			t.Errorf("%+v", l)
		}
		if got := tasksOf(t, s, "program", ref) + tasksOf(t, s, "detective", ref); got != "letter_back" {
			t.Errorf("tasks: %q", got)
		}
		letters(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByReferrer))
		letters(t, s, ref, "detective", workflow.CouldNot, 1, func(d *forms.Deed) { d.Reason = "The person has left." })
		letters(t, s, ref, "program", workflow.Stop, 1, func(d *forms.Deed) { d.Reason = "The person has left." })
		if _, ok := letterOf(t, s, "detective", ref, workflow.LetterConfirmation); ok {
			t.Error("the detective still has a letter that was stopped")
		}
		if _, err := s.Door.LetterPaper(t.Context(), s.As("detective"), ref, 1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("and its paper: %v", err)
		}
		if got := tasksOf(t, s, "program", ref) + tasksOf(t, s, "detective", ref); got != "" {
			t.Errorf("tasks are left: %q", got)
		}
	})
}

// Two of OTDA sign at once: one wins, one is told, and one entry is made.
func TestLetterIsSignedOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		rev := open(t, s, "program", ref).Rev
		done := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := s.Door.ActLetter(t.Context(), s.As("program"), referrals.Seen{Ref: ref, Rev: rev}, workflow.Sign, &forms.Deed{Deeds: forms.Deeds{Title: "Manager"}})
				done <- err
			}()
		}
		kinds := []fault.Kind{fault.KindOf(<-done), fault.KindOf(<-done)}
		slices.Sort(kinds)
		if kinds[0] != fault.KindOf(nil) && kinds[1] != fault.KindOf(nil) || kinds[0] == kinds[1] {
			t.Errorf("%v", kinds)
		}
		n := 0
		for _, e := range open(t, s, "program", ref).Timeline {
			if e.Action == workflow.Sign {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d signatures under two letters", n)
		}
	})
}

// A decline is told to the person in words that harm nobody who carries them:
// the director's own reason is not printed, the reason for the person and the
// signer's title are refused while they tell what happened, and an appeal stops
// the letter.
func TestDeclineIsToldWithoutHarm(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 9).Reference
		take(t, s, ref, append(slices.Clone(demo.ToDecision), demo.Decline...)...)
		sign := func(title, reason string) forms.Problems {
			t.Helper()
			var bad forms.Problems
			err := tryLetter(t, s, ref, "director", workflow.Sign, 0, func(d *forms.Deed) { d.Title, d.ForPerson = forms.Text(title), forms.Prose(reason) })
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			return bad
		}
		for _, tt := range []struct{ title, reason, field, word string }{
			{"Director", "", "reasonForPerson", "Write the reason"},
			{"Director", "Force was not shown to the police.", "reasonForPerson", "Force, police"},
			{"Human Trafficking Director", "More is needed.", "title", "Trafficking"},
		} {
			if got := sign(tt.title, tt.reason).Of(tt.field); !strings.Contains(got, tt.word) {
				t.Errorf("%+v: %q", tt, got)
			}
		}
		if err := tryLetter(t, s, ref, "program", workflow.Sign, 1, titled); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("OTDA signs for DCJS: %v", err)
		}
		if bad := sign("Director", "It would help to know who kept the papers."); bad != nil {
			t.Fatal(bad)
		}
		paper, err := s.Door.LetterPaper(t.Context(), s.As("director"), ref, 1)
		if err != nil || paper.For != "" || paper.View.Item("reason") != nil || paper.View.Item("familyName") != nil || len(paper.Letter.Help.Near) > 0 || !paper.Letter.Help.Silent {
			t.Errorf("%+v %v", paper, err)
		}
		if it := paper.View.Item("reasonForPerson"); it == nil || it.Text[0] != "It would help to know who kept the papers." {
			t.Errorf("%+v", it)
		}
		letters(t, s, ref, "director", workflow.Deliver, 1, by(workflow.ByReferrer))
		take(t, s, ref, do("trooper", workflow.Appeal, 0, func(d *forms.Deed) { d.Reason = "The person does not agree." }))
		if list := open(t, s, "trooper", ref).Letters; len(list) != 0 {
			t.Errorf("an answer that holds no longer is still there: %+v", list)
		}
		if got := tasksOf(t, s, "director", ref) + tasksOf(t, s, "trooper", ref); got != "" {
			t.Errorf("tasks are left: %q", got)
		}
	})
}

// An extension tells the referrer the old date and the new one, also when the
// time was extended again since.
func TestExtensionTellsBothDates(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 1)
		ref := receipt.Reference
		take(t, s, ref, demo.ToDecision...)
		more := func(day string) demo.Step {
			return do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = forms.Date(day), forms.Prose("Reason of "+day) })
		}
		take(t, s, ref, more("2026-11-12"))
		letters(t, s, ref, "director", workflow.Sign, 0, titled)
		letters(t, s, ref, "director", workflow.Deliver, 1, by(workflow.OnPage))
		take(t, s, ref, more("2026-11-18"))
		letters(t, s, ref, "director", workflow.Sign, 0, titled)
		letters(t, s, ref, "director", workflow.Deliver, 2, by(workflow.OnPage))
		first, err := s.Door.LetterPaper(t.Context(), s.As("detective"), ref, 1)
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.Door.LetterPaper(t.Context(), s.As("detective"), ref, 2)
		if err != nil {
			t.Fatal(err)
		}
		moment := func(p referrals.Paper) string { return p.View.Item("extendedTo").Text[0] }
		was := func(p referrals.Paper) string { return p.View.Item("extendedFrom").Text[0] }
		if was(first) != forms.At(receipt.DueAt).Words() || !strings.HasPrefix(moment(first), "November 12") || !strings.HasPrefix(moment(second), "November 18") ||
			!strings.HasPrefix(was(second), "November 12") || first.View.Item("extensionReason").Text[0] != "Reason of 2026-11-12" {
			t.Errorf("first %s to %s, second %s to %s", was(first), moment(first), was(second), moment(second))
		}
		if _, ok := letterOf(t, s, "detective", ref, workflow.LetterExtension); !ok {
			t.Error("the referrer does not see it")
		}
	})
}

// A withdrawal is acknowledged to the person, and is the only letter that is left
// of a withdrawn referral; what waited is stopped, and what is told holds neither
// name nor reason.
func TestWithdrawalIsAcknowledged(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, demo.Letters...)
		take(t, s, ref, do("detective", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "SECRETREASON" }))
		for _, who := range []string{"program", "director", "detective"} {
			for _, l := range open(t, s, who, ref).Letters {
				if l.Kind != workflow.LetterWithdrawal {
					t.Errorf("%s still sees %s", who, l.Kind)
				}
			}
			if _, err := s.Door.LetterPaper(t.Context(), s.As(who), ref, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads the confirmation of a withdrawn referral: %v", who, err)
			}
		}
		if got := tasksOf(t, s, "program", ref) + tasksOf(t, s, "detective", ref); got != "letter_sign" {
			t.Errorf("tasks: %q", got)
		}
		letters(t, s, ref, "program", workflow.Sign, 0, titled)
		letters(t, s, ref, "program", workflow.Deliver, 3, by(workflow.ByReferrer))
		paper, err := s.Door.LetterPaper(t.Context(), s.As("detective"), ref, 3)
		if err != nil || len(paper.View.Parts) != 0 || paper.Code != "" || paper.For != "" {
			t.Errorf("%+v %v", paper, err)
		}
		letters(t, s, ref, "detective", workflow.HandOver, 3, nil)
	})
}
