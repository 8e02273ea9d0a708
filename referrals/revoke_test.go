package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// The person takes the release back for one recipient, by one act of the referrer.
// Nobody else can: not a recipient, not who reviews, not another agency, and not on
// what OTDA has not sent. That recipient sees nothing from then on, is told to stop
// and not why; the other one sees and does what it did. OTDA sends the person there
// no more, and reads what happened.
func TestReleaseTakenBackForOneRecipient(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		back := func(who string, n int) error {
			_, err := s.Take(t.Context(), ref, do(who, workflow.Revoke, n, nil))
			return err
		}
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "The stay is paid there." }))
		for _, who := range []string{"rhtp_harbor", "reviewer"} {
			if err := back(who, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s takes it back: %v", who, err)
			}
		}
		if _, err := s.Door.Act(t.Context(), s.As("trooper"), referrals.Seen{Ref: ref, N: 1, Rev: 3}, workflow.Revoke, &forms.Deed{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another agency takes it back: %v", err)
		}
		if _, err := s.Door.Act(t.Context(), s.As("detective"), referrals.Seen{Ref: ref, N: 2, Rev: 1}, workflow.Revoke, &forms.Deed{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("what OTDA has not sent is taken back: %v", err)
		}
		take(t, s, ref, do("program", workflow.Send, 2, nil), do("rhtp_open_door", workflow.Accept, 2, nil))
		before := mailsAbout(t, s, "stop")
		if err := back("detective", 1); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("its recipient still sees it: %v", err)
		}
		if n := mailsAbout(t, s, "stop") - before; n != 1 {
			t.Errorf("%d recipients are told to stop", n)
		}
		told := theTask(t, s, "rhtp_harbor", ref, workflow.TaskStopped)
		if strings.Contains(told.Words, "release") || strings.Contains(told.Words, "person took") {
			t.Errorf("it reads why: %q", told.Words)
		}
		other := open(t, s, "rhtp_open_door", ref)
		if len(other.Handover) != 1 || other.Handover[0].Status != workflow.Accepted || slices.ContainsFunc(other.Timeline, func(e referrals.Event) bool { return e.Action == workflow.Revoke }) {
			t.Errorf("the other recipient: %+v", other.Handover)
		}
		take(t, s, ref, do("rhtp_open_door", workflow.Attempt, 2, func(d *forms.Deed) { d.How, d.Result = "through_the_referrer", "no_answer" }))
		rec, err := s.Door.Open(t.Context(), s.As("program"), ref, referrals.Want{Lines: &referrals.LineSearch{Name: "harbor"}})
		if err != nil || len(rec.Lines) > 0 {
			t.Errorf("OTDA is offered the recipient again: %v, %v", rec.Lines, err)
		}
		if !slices.ContainsFunc(rec.Timeline, func(e referrals.Event) bool { return e.Action == workflow.Revoke && e.N == 1 }) {
			t.Error("OTDA does not read what happened")
		}
		if err := back("detective", 1); err == nil {
			t.Error("it is taken back twice")
		}
	})
}
