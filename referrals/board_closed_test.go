package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/reports"
	"nysreferral/workflow"
)

// Who was reached by a recipient that then closed for whatever reason other than
// completed services, and waits for another, is between confirmed and reached.
// Closed as done, the person counts as reached, and the other hand-over stands beside.
func TestOnlyClosedAsDoneStaysReached(t *testing.T) {
	reasons := []string{"declined_by_the_person", "transferred", "moved_away", "no_contact", "other", "services_completed"}
	if all := forms.CloseReason("").Options(); len(all) != len(reasons) {
		t.Fatalf("the form has %v", all)
	}
	for _, reason := range reasons {
		t.Run(reason, func(t *testing.T) {
			each(t, monday, func(t *testing.T, s *demo.State) {
				ref := accepted(t, s, 1, "rhtp_harbor")
				take(t, s, ref, do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "through_the_referrer" }))
				toOpenDoor(t, s, ref)
				take(t, s, ref, do("rhtp_harbor", workflow.Close, 1, closedFor(reason)))
				p := standsOn(t, s, ref)
				if reason == "services_completed" {
					if p.Between() || p.Before || len(p.Beside()) != 1 {
						t.Errorf("closed as done: stands at %d, before %v, beside %v", p.Stop, p.Before, p.Beside())
					}
				} else if !p.Between() || p.Stop != reports.AtSent || !p.Before || len(p.Beside()) != 0 {
					t.Errorf("who waits for another stands at %d, before %v, with %+v", p.Stop, p.Before, p.Handovers)
				}
				boardAgrees(t, s, "2026-11")
			})
		})
	}
}

// A recipient that closes as declined by the person has OTDA look at the no; what
// OTDA itself closes so, and what is closed for another reason, has nobody look.
func TestClosedAsDeclinedIsLookedAt(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for _, c := range []struct {
			who, reason string
			want        bool
		}{{"program", "declined_by_the_person", false}, {"rhtp_harbor", "moved_away", false}, {"rhtp_harbor", "declined_by_the_person", true}} {
			ref := accepted(t, s, 1, "rhtp_harbor")
			take(t, s, ref, do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "through_the_referrer" }))
			toOpenDoor(t, s, ref)
			take(t, s, ref, do(c.who, workflow.Close, 1, closedFor(c.reason)))
			if got := slices.Contains(kinds(t, s, "program", ref), workflow.TaskSaidNo); got != c.want {
				t.Errorf("%s closes as %s, and that OTDA looks is %v", c.who, c.reason, got)
			}
		}
	})
}

// closedFor is a hand-over closed for a reason.
func closedFor(reason string) func(*forms.Deed) {
	return func(d *forms.Deed) { d.CloseReason, d.Reason = forms.CloseReason(reason), "It is over here." }
}
