package referrals_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// blind wants an account to find nothing at a reference, by the page or in a
// list of tasks.
func blind(t *testing.T, s *demo.State, key, ref string) {
	t.Helper()
	if _, err := s.Door.Open(t.Context(), s.As(key), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("%s still sees it: %v", key, err)
	}
	if got := kinds(t, s, key, ref); !slices.Equal(got, []string{workflow.TaskStopped}) {
		t.Errorf("%s has %v, want to be told to stop and nothing more", key, got)
	}
}

// adds has a referrer tell that answers are different now.
func adds(t *testing.T, s *demo.State, key, ref string, change func(*forms.Referral)) {
	t.Helper()
	if _, err := tells(t, s, key, ref, workflow.Add, forms.Deed{}, change); err != nil {
		t.Fatal(err)
	}
}

// released sends case 1 with a release to providers that ends on a day, confirms
// it and hands it over.
func released(t *testing.T, s *demo.State, until forms.Date) string {
	t.Helper()
	r, body, err := demo.Referral(1, "")
	if err != nil {
		t.Fatal(err)
	}
	r.Consented, r.ConsentFrom, r.ConsentUntil = "yes_verbal", "2026-11-01", until
	r.Release, r.ConsentBy = []forms.Receiver{"dcjs_and_otda", "rhtp_provider"}, []forms.Giver{"the_person"}
	receipt, err := s.Door.Send(t.Context(), s.As("detective"), r, "", body)
	if err != nil {
		t.Fatal(err)
	}
	confirmed(t, s, receipt.Reference)
	take(t, s, receipt.Reference, do("program", workflow.Send, 1, nil))
	return receipt.Reference
}

// lastsUntil gives a release another end.
func lastsUntil(end forms.Date) func(*forms.Referral) {
	return func(r *forms.Referral) { r.ConsentUntil = end }
}

// The release ends at one moment, five in the afternoon of the day that it names:
// until then the recipient reads, the reviewer finds it in order and its clock
// runs; from then on nobody reads, also before the ladder has done anything, and
// the recipient is told to stop.
func TestReleaseEndsAtOneMoment(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := released(t, s, "2026-11-20")
		take(t, s, ref, do("rhtp_harbor", workflow.Accept, 1, nil))
		end := day("2026-11-20T22:00:00Z") // 17:00 in New York
		if got := theEnd(t, s, "detective", ref); !got.DueAt.Equal(end) {
			t.Errorf("the clock ends %s", got.DueAt)
		}
		s.Clock.Set(end.Add(-2 * time.Second))
		climb(t, s)
		open(t, s, "rhtp_harbor", ref)
		if slices.Contains(kinds(t, s, "program", ref), workflow.TaskReleaseEnded) || toStop(t, s, "rhtp_harbor", ref) != nil {
			t.Error("it ended before its time")
		}
		s.Clock.Set(end)
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the recipient still sees it: %v", err)
		}
		climb(t, s)
		blind(t, s, "rhtp_harbor", ref)
		theTask(t, s, "program", ref, workflow.TaskReleaseEnded)
	})
}

// Nothing is sent once the release has ended, though its last day is not over:
// not at once, not from a draft, and not among others; the sentence stands at the
// day that the release names, and what was typed is kept. A moment before it is sent.
func TestNothingIsSentAfterTheRelease(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		who, end := s.As(demo.Referrers[3]), day("2026-12-18T22:00:00Z") // 17:00 in New York
		sends := func() error {
			r, body, err := demo.Referral(3, "")
			if err != nil {
				t.Fatal(err)
			}
			r.ConsentUntil = "2026-12-18"
			_, err = s.Door.Send(t.Context(), who, r, "", body)
			return err
		}
		r, _, err := demo.Referral(3, "")
		if err != nil {
			t.Fatal(err)
		}
		r.ConsentUntil = "2026-12-18"
		s.Clock.Set(end)
		problemAt(t, sends(), "consentValidUntil", "sent at once")
		draft, err := s.Door.Import(t.Context(), who, r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Door.Submit(t.Context(), who, draft, "")
		problemAt(t, err, "consentValidUntil", "sent from a draft")
		rec := open(t, s, demo.Referrers[3], draft.Ref)
		if rec.Status != workflow.Draft || rec.Answers == nil || rec.Problems.Of("consentValidUntil") == "" || rec.Answers.ConsentUntil != "2026-12-18" {
			t.Fatalf("%s; the draft says %q", rec.Status, rec.Problems)
		}
		other, err := s.Door.Another(t.Context(), who, draft.Ref, nil)
		if err != nil {
			t.Fatal(err)
		}
		g, err := s.Door.OpenGroup(t.Context(), who, other.Ref)
		if err != nil {
			t.Fatal(err)
		}
		if g.People[0].Missing == 0 {
			t.Error("the group calls it ready")
		}
		at := referrals.Seen{Ref: draft.Ref, Rev: g.People[0].Rev}
		sent, err := s.Door.SubmitGroup(t.Context(), who, g.Reference, []referrals.Seen{at}, "")
		if err != nil {
			t.Fatal(err)
		}
		problemAt(t, sent[0].Err, "consentValidUntil", "sent among others")
		s.Clock.Set(end.Add(-time.Second))
		if err := sends(); err != nil {
			t.Errorf("not sent while the release lasts: %v", err)
		}
		if _, err := s.Door.Submit(t.Context(), who, at, ""); err != nil {
			t.Errorf("the draft is not sent while the release lasts: %v", err)
		}
	})
}

// What DCJS reads of the consent of a provider's referral turns at the same
// moment.
func TestConsentCheckTurnsWithTheRelease(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 3).Reference // until December 17, 2027
		for at, want := range map[string]string{"2027-12-17T21:59:00Z": "in_order", "2027-12-17T22:00:00Z": "expired"} {
			s.Clock.Set(day(at))
			if it := open(t, s, "reviewer", ref).View.Item("consentCheck"); it == nil || it.Value != want {
				t.Errorf("%s: %+v, want %s", at, it, want)
			}
		}
	})
}

// A release whose last day is one on which clocks are changed ends at 17:00 all
// the same.
func TestReleaseEndsOnADayOfChangedClocks(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := released(t, s, "2027-03-14")
		if got := theEnd(t, s, "detective", ref); !got.DueAt.Equal(day("2027-03-14T21:00:00Z")) {
			t.Errorf("the release ends %s", got.DueAt)
		}
	})
}

// theEnd is the running clock of the release, as its referrer sees it.
func theEnd(t *testing.T, s *demo.State, key, ref string) (out referrals.Task) {
	t.Helper()
	for _, c := range open(t, s, key, ref).Clocks {
		if c.Kind == workflow.TaskRelease && c.DoneAt.IsZero() {
			out = c
		}
	}
	return out
}

// A release that is narrowed hides the person from the recipient at once, who is
// told once to stop and nothing more; OTDA has to find another way, so that nobody
// is lost with it. Named again, the recipient reads on where it was.
func TestNarrowedRelease(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 5).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("ldss_tompkins", workflow.Accept, 1, nil))
		names := func(who ...forms.Receiver) func(*forms.Referral) {
			return func(r *forms.Referral) {
				r.Consented, r.ConsentFrom, r.ConsentUntil = "yes_verbal", "2026-10-07", "2027-10-06"
				r.Release, r.ConsentBy = append([]forms.Receiver{"dcjs_and_otda"}, who...), []forms.Giver{"the_person"}
			}
		}
		adds(t, s, "trooper", ref, names("rhtp_provider"))
		blind(t, s, "ldss_tompkins", ref)
		if got := toStop(t, s, "ldss_tompkins", ref); !slices.Equal(got, []int{1}) || stopMails(t, s, "ldss_tompkins") != 1 || mailsAbout(t, s, "stop") != 1 {
			t.Errorf("to stop: %v", got)
		}
		if got := theTask(t, s, "program", ref, workflow.TaskReleaseEnded); got.N != 1 || got.DueAt.IsZero() {
			t.Errorf("OTDA has %+v", got)
		}
		theTask(t, s, "trooper", ref, workflow.TaskWritten)
		adds(t, s, "trooper", ref, names("rhtp_provider", "ldss"))
		if got := open(t, s, "ldss_tompkins", ref); got.View.Item("familyName") == nil || toStop(t, s, "ldss_tompkins", ref) != nil {
			t.Error("the department does not read on")
		}
		if slices.Contains(kinds(t, s, "program", ref), workflow.TaskReleaseEnded) {
			t.Error("OTDA still looks for consent")
		}
	})
}

// A release that is given for longer moves its clock, which keeps the day before:
// on that day nothing happens, and on the new one the recipient is told to stop.
// Another release ends that.
func TestRenewedReleaseGoesOn(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := released(t, s, "2027-01-29")
		take(t, s, ref, do("rhtp_harbor", workflow.Accept, 1, nil))
		adds(t, s, "detective", ref, lastsUntil("2027-03-31"))
		if got := theEnd(t, s, "detective", ref); !got.DueAt.Equal(day("2027-03-31T21:00:00Z")) || len(got.Was) != 1 || !got.Was[0].DueAt.Equal(day("2027-01-29T22:00:00Z")) {
			t.Errorf("the release ends %s, before %v", got.DueAt, got.Was)
		}
		s.Clock.Set(day("2027-01-30T15:00:00Z"))
		climb(t, s)
		if got := kinds(t, s, "program", ref); slices.Contains(got, workflow.TaskReleaseEnded) || toStop(t, s, "rhtp_harbor", ref) != nil {
			t.Errorf("at the old end OTDA has %v", got)
		}
		s.Clock.Set(day("2027-04-01T15:00:00Z"))
		climb(t, s)
		if got := kinds(t, s, "program", ref); !slices.Contains(got, workflow.TaskReleaseEnded) || toStop(t, s, "rhtp_harbor", ref) == nil {
			t.Errorf("at the new end OTDA has %v", got)
		}
		adds(t, s, "detective", ref, lastsUntil("2027-12-31"))
		if got := kinds(t, s, "program", ref); slices.Contains(got, workflow.TaskReleaseEnded) || toStop(t, s, "rhtp_harbor", ref) != nil || theEnd(t, s, "detective", ref).DueAt.Year() != 2027 {
			t.Errorf("after another release OTDA has %v", got)
		}
	})
}

// When a release has ended by itself the recipient sees nothing, is told so once
// and is reminded of nothing. A new release begins a new clock, OTDA's task ends,
// and the recipient reads on: its clocks begin anew and ring. Told to stop before,
// it is told again when the person withdraws, though it gave the hand-over back
// by then.
func TestReleaseEndsAndBegins(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := sendMinor(t, s, lastsUntil("2027-01-08"))
		confirmed(t, s, ref)
		s.Clock.Set(day("2027-01-06T15:00:00Z"))
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("ldss_erie", workflow.Accept, 1, nil))
		climb(t, s)
		s.Clock.Set(day("2027-01-09T15:00:00Z"))
		climb(t, s)
		blind(t, s, "ldss_erie", ref)
		if n := stopMails(t, s, "ldss_erie"); n != 1 {
			t.Errorf("the department was told %d times to stop", n)
		}
		late := mailsTo(t, s, "due", s.As("ldss_erie").Agency)
		s.Clock.Set(day("2027-02-20T15:00:00Z"))
		climb(t, s)
		if n := mailsTo(t, s, "due", s.As("ldss_erie").Agency) - late; n > 0 {
			t.Errorf("the department is reminded %d times of what it must not see", n)
		}
		theTask(t, s, "program", ref, workflow.TaskReleaseEnded)
		adds(t, s, "social_worker", ref, func(r *forms.Referral) { r.ConsentFrom, r.ConsentUntil = "2027-02-19", "2028-02-18" })
		open(t, s, "ldss_erie", ref)
		if slices.Contains(kinds(t, s, "program", ref), workflow.TaskReleaseEnded) {
			t.Error("OTDA still has to obtain a release")
		}
		for _, kind := range []string{workflow.TaskContact, workflow.TaskTry} {
			if got := theTask(t, s, "ldss_erie", ref, kind); !got.DueAt.After(s.Clock.Now()) {
				t.Errorf("%s is due at %v, which is over", kind, got.DueAt)
			}
		}
		before := entered(t, s, workflow.Warm)
		s.Clock.Set(day("2027-03-20T15:00:00Z"))
		climb(t, s)
		if n := entered(t, s, workflow.Warm) - before; n != 1 {
			t.Errorf("the referrer was asked %d times to bring them together, want once", n)
		}
		s.Clock.Set(day("2028-02-01T15:00:00Z"))
		theTask(t, s, "social_worker", ref, workflow.TaskRelease)
		take(t, s, ref, do("ldss_erie", workflow.Return, 1, func(d *forms.Deed) { d.ReturnReason = "capacity" }), do("social_worker", workflow.Withdraw, 0, nil))
		blind(t, s, "ldss_erie", ref)
	})
}

// Where the release permits the hand-over no more, nobody is reminded of it and
// nobody is asked to bring the person together with the recipient: OTDA has to
// step in.
func TestLadderAsksTheRelease(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := released(t, s, "2026-11-03")
		s.Clock.Set(day("2026-11-20T15:00:00Z"))
		climb(t, s)
		if n := entered(t, s, workflow.Remind); n != 0 {
			t.Errorf("%d reminders of what the release does not permit", n)
		}
		got := kinds(t, s, "program", ref)
		if slices.Contains(got, workflow.TaskNotAccepted) || !slices.Contains(got, workflow.TaskReleaseEnded) {
			t.Errorf("OTDA has %v", got)
		}
		if toStop(t, s, "rhtp_harbor", ref) == nil {
			t.Error("the recipient is not told to stop")
		}
	})
}

// That the one who gave consent turns out to be the trafficker can always be
// told; from then on the consent counts as absent, and whoever had the person
// sees nothing. New consent by somebody who is named as a trafficker is refused.
func TestGiverTurnsOutToBeTheTrafficker(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 3).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("ldss_erie", workflow.Accept, 1, nil))
		var bad forms.Problems
		_, err := tells(t, s, "social_worker", ref, workflow.Add, forms.Deed{}, func(r *forms.Referral) {
			r.Traffickers, r.Consenter.Name = append(r.Traffickers, forms.Trafficker{Name: "Marco Example"}), "Marco Example"
		})
		if !errors.As(err, &bad) || bad.Of("consentGiver.name") == "" {
			t.Errorf("new consent by a trafficker: %v", err)
		}
		if it := open(t, s, "reviewer", ref).View.Item("consentCheck"); it == nil || it.Value != "in_order" {
			t.Errorf("before: %+v", it)
		}
		adds(t, s, "social_worker", ref, func(r *forms.Referral) {
			r.Traffickers = append(r.Traffickers, forms.Trafficker{Name: "SAMPLE, Ruth"})
		})
		blind(t, s, "ldss_erie", ref)
		if it := open(t, s, "reviewer", ref).View.Item("consentCheck"); it == nil || it.Value != "missing" {
			t.Errorf("after: %+v", it)
		}
		theTask(t, s, "program", ref, workflow.TaskReleaseEnded)
		adds(t, s, "social_worker", ref, func(r *forms.Referral) { r.Reasons = "Told by the girl herself." })
	})
}

// What the person was told is found out later: the words in force are kept with
// the consent when it is sent, cannot be changed by anybody, stay as they were
// when other answers change, and are none where there is no consent. The release
// says who gave it, in which language and until when, to those who may read that.
func TestConsentKeepsItsWords(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		worded := func(key, ref string) any {
			t.Helper()
			if it := open(t, s, key, ref).View.Item("consentWording"); it != nil {
				return it.Value
			}
			return nil
		}
		if got := worded("reviewer", refer(t, s, 1).Reference); got != nil {
			t.Errorf("no consent, and the words are %v", got)
		}
		ref := refer(t, s, 3).Reference
		for _, key := range []string{"reviewer", "program", "auditor", "social_worker"} {
			if got := worded(key, ref); got != forms.ReleaseWording {
				t.Errorf("%s reads that the words were %v", key, got)
			}
		}
		if _, err := tells(t, s, "social_worker", ref, workflow.Add, forms.Deed{}, func(r *forms.Referral) { r.ConsentWording = "made up" }); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the words were changed: %v", err)
		}
		adds(t, s, "social_worker", ref, func(r *forms.Referral) { r.Reasons = "More was told." })
		if got := worded("reviewer", ref); got != forms.ReleaseWording {
			t.Errorf("after facts were added the words are %v", got)
		}
		view := open(t, s, "reviewer", ref).View
		for _, path := range []string{"mayReceive", "consentValidUntil", "consentGivenBy", "consentGiver.name", "consentLanguage", "consentGivenOn"} {
			if view.Item(path) == nil {
				t.Errorf("the reviewer does not read %s", path)
			}
		}
	})
}
