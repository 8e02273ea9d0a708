package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Where the release is taken back for a recipient to whom the person was sent by
// another line of the directory too, its agency takes and reads nothing by that one.
func TestRevokedAgencyAcceptsNoOther(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		change(t, s, func(tx *ent.Tx) error {
			return tx.ContactPoint.Update().Where(contactpoint.Key("demo-rhtp-hudson-bridge")).SetAgencyID(s.As("rhtp_harbor").Agency).Exec(viewer.Job(t.Context(), "test"))
		})
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "The stay is paid there." }),
			do("program", workflow.Reroute, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-hudson-bridge", "It is nearer." }),
			do("program", workflow.Send, 3, demo.Knowingly), do("detective", workflow.Revoke, 1, nil))
		if _, err := s.Take(t.Context(), ref, do("rhtp_harbor", workflow.Accept, 3, nil)); err == nil {
			rec := open(t, s, "rhtp_harbor", ref)
			t.Errorf("after the release was taken back it accepts, and reads %d parts as %s", len(rec.View.Parts), rec.Reader)
		}
	})
}

// The rules offer OTDA nobody for whom the release was taken back, wherever it
// chooses.
func TestRulesOfferNobodyTakenBack(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "The stay is paid there." }),
			do("detective", workflow.Revoke, 1, nil))
		for _, h := range open(t, s, "program", ref).Handover {
			if slices.ContainsFunc(h.Candidates, func(c referrals.Candidate) bool { return c.Key == "demo-rhtp-harbor-light" }) {
				t.Errorf("hand-over %d is offered the one for whom the release was taken back", h.N)
			}
		}
		take(t, s, ref, do("program", workflow.Send, 2, nil), do("rhtp_open_door", workflow.Accept, 2, nil))
		_, err := s.Take(t.Context(), ref, do("program", workflow.Reroute, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-harbor-light", "They were kind." }))
		if got := open(t, s, "program", ref).Handover[1].Status; err == nil || got != workflow.Accepted {
			t.Errorf("the one who has the person loses it (%s) for one to whom nothing can be sent: %v", got, err)
		}
	})
}
