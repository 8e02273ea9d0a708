package referrals_test

import (
	"errors"
	"slices"
	"testing"

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

// A release that is narrowed hides the person from the recipient at once, who is
// told to stop and nothing more; OTDA has to find another way, so that nobody is
// lost with it. Named again, the recipient reads on where it was.
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
		told := mailsAbout(t, s, "stop")
		adds(t, s, "trooper", ref, names("rhtp_provider"))
		blind(t, s, "ldss_tompkins", ref)
		if n := mailsAbout(t, s, "stop") - told; n != 1 {
			t.Errorf("%d recipients were told to stop, want one", n)
		}
		if got := theTask(t, s, "program", ref, workflow.TaskReleaseEnded); got.N != 1 || got.DueAt.IsZero() {
			t.Errorf("OTDA has %+v", got)
		}
		theTask(t, s, "trooper", ref, workflow.TaskWritten)
		adds(t, s, "trooper", ref, names("rhtp_provider", "ldss"))
		if got := open(t, s, "ldss_tompkins", ref); got.View.Item("familyName") == nil || slices.Contains(kinds(t, s, "program", ref), workflow.TaskReleaseEnded) {
			t.Error("the department does not read on, or OTDA still looks for consent")
		}
	})
}

// When a release has ended by itself the recipient sees nothing, is told so once
// and is reminded of nothing; a new release begins a new clock, OTDA's task ends,
// and the recipient reads on.
func TestReleaseEndsAndBegins(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		r, body, err := demo.Referral(3, "")
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Set(day("2026-12-18T21:20:00Z"))
		r.ConsentUntil = "2027-01-08"
		receipt, err := s.Door.Send(t.Context(), s.As("social_worker"), r, "", body)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("ldss_erie", workflow.Accept, 1, nil))
		climb(t, s)
		s.Clock.Set(day("2027-01-09T15:00:00Z"))
		climb(t, s)
		blind(t, s, "ldss_erie", ref)
		if n := mailsTo(t, s, "stop", s.As("ldss_erie").Agency); n != 1 {
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
		s.Clock.Set(day("2028-02-01T15:00:00Z"))
		theTask(t, s, "social_worker", ref, workflow.TaskRelease)
	})
}

// A release that is given for longer moves its clock, which keeps the day before;
// on that day nothing happens.
func TestReleaseMoves(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 3).Reference // until December 17, 2027
		adds(t, s, "social_worker", ref, func(r *forms.Referral) { r.ConsentUntil = "2028-03-17" })
		s.Clock.Set(day("2027-12-20T15:00:00Z"))
		climb(t, s)
		if slices.Contains(kinds(t, s, "program", ref), workflow.TaskReleaseEnded) {
			t.Error("the old day ended the release")
		}
		s.Clock.Set(day("2028-03-10T15:00:00Z"))
		got := theTask(t, s, "social_worker", ref, workflow.TaskRelease)
		if !got.DueAt.Equal(day("2028-03-17T21:00:00Z")) || len(got.Was) != 1 || !got.Was[0].DueAt.Equal(day("2027-12-17T22:00:00Z")) {
			t.Errorf("%+v", got)
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

// What a lapse of the release stopped goes on with a new release: the recipient's
// clocks begin anew and ring, and whoever was told to stop before is told again
// when the person withdraws, though it gave the hand-over back by then.
func TestLapseGoesOn(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		r, body, err := demo.Referral(3, "")
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Set(day("2026-12-18T21:20:00Z"))
		r.ConsentUntil = "2027-01-08"
		receipt, err := s.Door.Send(t.Context(), s.As("social_worker"), r, "", body)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		confirmed(t, s, ref)
		s.Clock.Set(day("2027-01-06T15:00:00Z"))
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("ldss_erie", workflow.Accept, 1, nil))
		for _, at := range []string{"2027-01-09T15:00:00Z", "2027-02-20T15:00:00Z"} {
			s.Clock.Set(day(at))
			climb(t, s)
		}
		blind(t, s, "ldss_erie", ref)
		adds(t, s, "social_worker", ref, func(r *forms.Referral) { r.ConsentFrom, r.ConsentUntil = "2027-02-19", "2028-02-18" })
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
		take(t, s, ref, do("ldss_erie", workflow.Return, 1, func(d *forms.Deed) { d.ReturnReason = "capacity" }), do("social_worker", workflow.Withdraw, 0, nil))
		blind(t, s, "ldss_erie", ref)
	})
}
