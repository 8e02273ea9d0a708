package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// byTwoLines hands one person to Harbor Light by two of its lines: 1 and 3.
func byTwoLines(t *testing.T, s *demo.State) string {
	t.Helper()
	ref := refer(t, s, 1).Reference
	confirmed(t, s, ref)
	change(t, s, func(tx *ent.Tx) error {
		return tx.ContactPoint.Update().Where(contactpoint.Key("demo-rhtp-hudson-bridge")).SetAgencyID(s.As("rhtp_harbor").Agency).Exec(viewer.Job(t.Context(), "test"))
	})
	take(t, s, ref, do("program", workflow.Send, 1, nil),
		do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "The stay is paid there." }),
		do("program", workflow.Reroute, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-hudson-bridge", "It is nearer." }),
		do("program", workflow.Send, 3, knowing("another_county", "another_kind")))
	return ref
}

// An agency to which one person was handed by two of its lines sees both, accepts
// each by itself, in whatever order, and gets the packet of the one that it accepted
// and not of the other. Nobody else sees or accepts either, and what ends with one
// leaves the other.
func TestTwoLinesOfOneAgency(t *testing.T) {
	for _, order := range [][]int{{1, 3}, {3, 1}} {
		each(t, monday, func(t *testing.T, s *demo.State) {
			ref := byTwoLines(t, s)
			if got := numbers(open(t, s, "rhtp_harbor", ref)); !slices.Equal(got, []int{1, 3}) {
				t.Errorf("before it accepts any it sees %v", got)
			}
			for i, n := range order {
				if _, err := s.Door.Act(t.Context(), s.As("rhtp_open_door"), referrals.Seen{Ref: ref, N: n, Rev: 2}, workflow.Accept, &forms.Deed{}); fault.KindOf(err) != fault.NotFound {
					t.Errorf("another agency accepts %d: %v", n, err)
				}
				if _, err := s.Door.Paper(t.Context(), s.As("rhtp_harbor"), ref, referrals.PaperPacket, n); fault.KindOf(err) != fault.NotFound {
					t.Errorf("the packet of %d before it was accepted: %v", n, err)
				}
				take(t, s, ref, do("rhtp_harbor", workflow.Accept, n, nil))
				rec := open(t, s, "rhtp_harbor", ref)
				if got := numbers(rec); !slices.Equal(got, []int{1, 3}) || rec.Extent != workflow.Whole {
					t.Errorf("after %d it sees %v, %s", n, got, rec.Extent)
				}
				if _, err := s.Door.Paper(t.Context(), s.As("rhtp_harbor"), ref, referrals.PaperPacket, n); err != nil {
					t.Errorf("the packet of %d: %v", n, err)
				}
				if i == 0 && rec.Handover[slices.Index(numbers(rec), order[1])].Status != workflow.Sent {
					t.Errorf("to accept %d accepted the other", n)
				}
			}
			take(t, s, ref, do("rhtp_harbor", workflow.Return, 1, func(d *forms.Deed) { d.ReturnReason = "capacity" }))
			if got := numbers(open(t, s, "rhtp_harbor", ref)); !slices.Equal(got, []int{3}) {
				t.Errorf("after it gave 1 back it sees %v", got)
			}
			take(t, s, ref, do("rhtp_harbor", workflow.Reach, 3, func(d *forms.Deed) { d.How = "through_the_referrer" }))
		})
	}
}

// numbers are those of the hand-overs that a record shows.
func numbers(rec referrals.Record) []int {
	var out []int
	for _, h := range rec.Handover {
		out = append(out, h.N)
	}
	return out
}
