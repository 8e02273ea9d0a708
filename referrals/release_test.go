package referrals_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

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

// tellsMore has the detective add facts that change answers.
func tellsMore(t *testing.T, s *demo.State, ref string, change func(*forms.Referral)) {
	t.Helper()
	if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, change); err != nil {
		t.Fatal(err)
	}
}

// A release that was renewed does not end on its old day: its clock is moved, and
// the recipient is not told to stop before the new one; then it is.
func TestRenewedReleaseGoesOn(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := released(t, s, "2027-01-29")
		take(t, s, ref, do("rhtp_harbor", workflow.Accept, 1, nil))
		tellsMore(t, s, ref, func(r *forms.Referral) { r.ConsentUntil = "2027-03-31" })
		end := func() (out referrals.Task) {
			for _, c := range open(t, s, "detective", ref).Clocks {
				if c.Kind == workflow.TaskRelease && c.DoneAt.IsZero() {
					out = c
				}
			}
			return out
		}
		if got := end(); !got.DueAt.Equal(day("2027-03-31T21:00:00Z")) || len(got.Was) != 1 {
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
			t.Errorf("at the new end OTDA has %v, and to stop: %v", got, toStop(t, s, "rhtp_harbor", ref))
		}
		tellsMore(t, s, ref, func(r *forms.Referral) { r.ConsentUntil = "2027-12-31" })
		if got := kinds(t, s, "program", ref); slices.Contains(got, workflow.TaskReleaseEnded) || toStop(t, s, "rhtp_harbor", ref) != nil || end().DueAt.Year() != 2027 {
			t.Errorf("after another release OTDA has %v", got)
		}
	})
}

// A release that names the recipient no more, while it has the person, is told to
// it, and OTDA has to step in; one that names it again ends both.
func TestNarrowedReleaseReachesTheRecipient(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := released(t, s, "2027-01-29")
		take(t, s, ref, do("rhtp_harbor", workflow.Accept, 1, nil))
		tellsMore(t, s, ref, func(r *forms.Referral) { r.Release = []forms.Receiver{"dcjs_and_otda", "ldss"} })
		if got := toStop(t, s, "rhtp_harbor", ref); !slices.Equal(got, []int{1}) || stopMails(t, s, "rhtp_harbor") != 1 {
			t.Errorf("to stop: %v", got)
		}
		if got := theTask(t, s, "program", ref, workflow.TaskReleaseEnded); got.N != 1 {
			t.Errorf("OTDA's task is about %d", got.N)
		}
		tellsMore(t, s, ref, func(r *forms.Referral) { r.Release = []forms.Receiver{"dcjs_and_otda", "rhtp_provider"} })
		if got := kinds(t, s, "program", ref); slices.Contains(got, workflow.TaskReleaseEnded) || toStop(t, s, "rhtp_harbor", ref) != nil {
			t.Errorf("after it is named again OTDA has %v", got)
		}
		open(t, s, "rhtp_harbor", ref)
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

// One referral that cannot be read does not keep the sweep from the others.
func TestSweepGoesOn(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		broken, lost := accepted(t, s, 1, "rhtp_harbor"), accepted(t, s, 1, "rhtp_harbor")
		change(t, s, func(tx *ent.Tx) error {
			err := tx.Task.Update().Where(task.DoneAtIsNil()).SetDoneAt(s.Clock.Now().UTC().Truncate(time.Microsecond)).Exec(viewer.Job(t.Context(), "test"))
			return errors.Join(err, tx.Handover.Update().Where(handover.HasReferralWith(referral.Ref(broken))).SetSealed([]byte("broken")).Exec(viewer.Job(t.Context(), "test")))
		})
		if n, err := s.Door.Mend(t.Context()); n != 1 || err == nil {
			t.Errorf("%d were mended, %v", n, err)
		}
		if got := kinds(t, s, "program", lost); !slices.Equal(got, []string{workflow.TaskOwn}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// Facts that are told after a hand-over take nothing from the numbers.
func TestFactsKeepTheCourse(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		tellsMore(t, s, ref, func(r *forms.Referral) { r.Needs.Wanted.Food = "now" })
		take(t, s, ref, do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "phone" }))
		facts, err := s.Door.Facts(t.Context(), "2026-11", "2026-11")
		if err != nil || len(facts) != 1 {
			t.Fatal(len(facts), err)
		}
		got := facts[0]
		if got.Outcome != "confirmed" || got.Found == "" || len(got.Handed) != 1 || got.Handed[0].AcceptedAt.IsZero() || got.Handed[0].ReachedAt.IsZero() {
			t.Errorf("%+v", got)
		}
	})
}

// That the person says no is written with how the person said it, and OTDA looks
// at it, also while another hand-over goes on.
func TestNoIsLookedAt(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "For legal help." }), do("program", workflow.Send, 2, nil))
		_, err := s.Take(t.Context(), ref, do("rhtp_harbor", workflow.Refuse, 1, nil))
		if bad := (forms.Problems{}); !errors.As(err, &bad) || bad.Of("how") == "" || bad.Of("note") == "" {
			t.Fatalf("a no without how and words: %v", err)
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Refuse, 1, saidNo))
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskSaidNo}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// saidNo is how a person said no.
func saidNo(d *forms.Deed) {
	d.How, d.Note = "phone", "She called from her own number, and says that she needs nothing."
}
