package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// mailable are the answers of an adult who opens the own mail at home, and about
// whom nothing is known that would make it unsafe.
func mailable(r *forms.Referral) {
	r.Reach, r.Living, r.SafeAddress, r.NotSafe = "directly", "own_home", "12 Example Street, Albany", ""
	r.Danger, r.LastContact, r.Under18, r.PersonKnows = "no", "within_12_months", "no", "yes"
}

// sendsAs sends case n with other answers.
func sendsAs(t *testing.T, s *demo.State, n int, change func(*forms.Referral)) string {
	t.Helper()
	refer(t, s, n) // sets the clock, and stands beside it
	r, body, err := demo.Referral(n, "")
	if err != nil {
		t.Fatal(err)
	}
	change(r)
	receipt, err := s.Door.Send(t.Context(), s.As(demo.Referrers[n]), r, "", body)
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Reference
}

// No letter is mailed into the trafficker's home: a person who is still with the
// trafficker, who is in danger, or about whom the referral says that something
// is not safe, gets it from the referrer's hand alone.
func TestNothingIsMailedIntoDanger(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for name, unsafe := range map[string]func(*forms.Referral){
			"still with the trafficker": func(r *forms.Referral) { r.LastContact = "still_with" },
			"in danger":                 func(r *forms.Referral) { r.Danger = "yes" },
			"something is not safe":     func(r *forms.Referral) { r.NotSafe = "He opens her letters." },
		} {
			ref := sendsAs(t, s, 9, func(r *forms.Referral) { mailable(r); unsafe(r) })
			take(t, s, ref, do("trooper", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked by the person." }))
			letters(t, s, ref, "program", workflow.Sign, 0, titled)
			if err := tryLetter(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByMail)); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: mailed: %v", name, err)
			}
			if l, _ := letterOf(t, s, "program", ref, workflow.LetterWithdrawal); !slices.Equal(l.Ways, []workflow.Way{workflow.ByReferrer}) || len(l.Reach) > 0 {
				t.Errorf("%s: %v, and the answers are shown: %v", name, l.Ways, l.Reach)
			}
		}
	})
}

// The director, who reads neither the address nor what is not safe, mails
// nothing; OTDA mails what the director signed, and hears whether it arrived.
func TestDeclineIsMailedByOTDA(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := sendsAs(t, s, 9, mailable)
		take(t, s, ref, append(slices.Clone(demo.ToDecision), demo.Decline...)...)
		if err := tryLetter(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByMail)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("mailed before anybody signed: %v", err)
		}
		letters(t, s, ref, "director", workflow.Sign, 0, func(d *forms.Deed) { d.Title, d.ForPerson = "Director", "More is needed." })
		for who, way := range map[string]workflow.Way{"director": workflow.ByMail, "program": workflow.ByReferrer} {
			if err := tryLetter(t, s, ref, who, workflow.Deliver, 1, by(way)); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s sends it %s: %v", who, way, err)
			}
		}
		if l, _ := letterOf(t, s, "director", ref, workflow.LetterNotConfirmed); len(l.Reach) > 0 {
			t.Errorf("the director reads the address: %+v", l.Reach)
		}
		if got := tasksOf(t, s, "program", ref) + " " + tasksOf(t, s, "director", ref); got != "letter_sign letter_sign" {
			t.Errorf("tasks: %q", got)
		}
		letters(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByMail))
		if got := tasksOf(t, s, "program", ref) + tasksOf(t, s, "director", ref); got != "letter_out" {
			t.Errorf("tasks: %q", got)
		}
		letters(t, s, ref, "program", workflow.CouldNot, 1, func(d *forms.Deed) { d.Reason = "It came back." })
		if _, err := tells(t, s, "trooper", ref, workflow.Reconsider, forms.Deed{Deeds: forms.Deeds{Reason: "There is more."}}, nil); err != nil {
			t.Fatal(err)
		}
	})
}

// Whoever mails a letter reads before it how and where the person can be reached,
// also of a referral that was withdrawn, of which nothing else is shown, and only
// while the letter can be mailed.
func TestWhoMailsReadsWhetherItIsSafe(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		read := func(ref string, kind workflow.LetterKind) string {
			l, _ := letterOf(t, s, "program", ref, kind)
			out := ""
			for _, it := range l.Reach {
				out += it.ID + " "
			}
			return out
		}
		ref := sendsAs(t, s, 9, mailable)
		take(t, s, ref, do("trooper", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked by the person." }))
		if got := read(ref, workflow.LetterWithdrawal); got != "" {
			t.Errorf("shown before anything can be mailed: %s", got)
		}
		letters(t, s, ref, "program", workflow.Sign, 0, titled)
		if got := read(ref, workflow.LetterWithdrawal); got != "D1 D4 D8 " {
			t.Errorf("before a letter is mailed OTDA reads %q", got)
		}
		if rec := open(t, s, "program", ref); rec.View.Item("familyName") != nil || rec.View.Item("safeAddress") != nil {
			t.Error("the rest of a withdrawn referral is shown")
		}
		letters(t, s, ref, "program", workflow.Deliver, 1, by(workflow.ByMail))
		if got := read(ref, workflow.LetterWithdrawal); got != "" {
			t.Errorf("shown after it was mailed: %s", got)
		}
	})
}

// A letter that names the person as confirmed goes through the attorney only
// while a release names the attorney, and has not ended; else it goes into the
// referrer's hand.
func TestAttorneyNeedsARelease(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for name, tt := range map[string]struct {
			release []forms.Receiver
			days    int
			want    workflow.Way
		}{
			"not named": {[]forms.Receiver{"dcjs_and_otda", "rhtp_provider"}, 0, workflow.ByReferrer},
			"ended":     {[]forms.Receiver{"dcjs_and_otda", "victims_attorney"}, 30, workflow.ByReferrer},
			"named":     {[]forms.Receiver{"dcjs_and_otda", "victims_attorney"}, 0, workflow.ByAttorney},
		} {
			ref := sendsAs(t, s, 1, func(r *forms.Referral) {
				mailable(r)
				r.Reach, r.Consented, r.Release = "through_attorney", "yes_verbal", tt.release
				r.ConsentFrom, r.ConsentUntil = "2026-11-01", "2026-11-20"
			})
			confirmed(t, s, ref)
			letters(t, s, ref, "program", workflow.Sign, 0, titled)
			s.Clock.Set(s.Clock.Now().AddDate(0, 0, tt.days))
			if l, _ := letterOf(t, s, "program", ref, workflow.LetterConfirmation); !slices.Equal(l.Ways, []workflow.Way{tt.want}) {
				t.Errorf("%s: %v", name, l.Ways)
			}
		}
	})
}
