package referrals_test

import (
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// An act that comes without a deed is refused and changes nothing, whatever it
// is; a stranger learns no more by it than by any other.
func TestActWithoutDeed(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		acts := map[string]func(who workflow.Actor, do workflow.Action) error{
			"act": func(who workflow.Actor, do workflow.Action) error {
				_, err := s.Door.Act(t.Context(), who, referrals.Seen{Ref: ref, Rev: 1}, do, nil)
				return err
			},
			"hand-over": func(who workflow.Actor, do workflow.Action) error {
				_, err := s.Door.Act(t.Context(), who, referrals.Seen{Ref: ref, N: 1, Rev: 1}, do, nil)
				return err
			},
			"pair": func(who workflow.Actor, do workflow.Action) error {
				_, err := s.Door.Act(t.Context(), who, referrals.Seen{Ref: ref, Other: "7K4M-2QX9-C3TB-5", Rev: 1}, do, nil)
				return err
			},
			"letter": func(who workflow.Actor, do workflow.Action) error {
				_, err := s.Door.ActLetter(t.Context(), who, referrals.Seen{Ref: ref, Rev: 1}, do, nil)
				return err
			},
			"tell": func(who workflow.Actor, _ workflow.Action) error {
				_, err := s.Door.Tell(t.Context(), who, referrals.Seen{Ref: ref, Rev: 1}, workflow.Add, nil, nil)
				return err
			},
		}
		for name, act := range acts {
			for _, what := range []workflow.Action{workflow.Take, workflow.Decline, workflow.Send, workflow.Sign, workflow.Link} {
				if err := act(s.As("director"), what); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%s: %s without a deed: %v", name, what, err)
				}
				if err := act(s.As("trooper"), what); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: a stranger does %s without a deed: %v", name, what, err)
				}
			}
		}
		if _, err := s.Door.Foresee(t.Context(), s.As("director"), referrals.Seen{Ref: ref, Rev: 1}, workflow.Confirm, nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("foreseen without a deed: %v", err)
		}
		if got := open(t, s, "reviewer", ref); got.Rev != 1 || got.Status != workflow.Submitted {
			t.Errorf("%s at revision %d", got.Status, got.Rev)
		}
	})
}
