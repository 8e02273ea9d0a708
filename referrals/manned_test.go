package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Nobody is handed over to an agency at which nobody can sign in: whoever chooses its
// line reads so beside it, to send is refused in words, and the hand-over stays with
// OTDA, with its task and its date. Once somebody can sign in, it goes.
func TestNobodyIsSentWhereNobodyReceives(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		off := func(disabled bool) {
			change(t, s, func(tx *ent.Tx) error {
				up := tx.User.Update().Where(user.AgencyID(s.As("rhtp_harbor").Agency))
				if disabled {
					up.SetDisabledAt(s.Clock.Now())
				} else {
					up.ClearDisabledAt()
				}
				return up.Exec(viewer.Job(t.Context(), "test"))
			})
		}
		warned := func(list []referrals.Candidate, key string) bool {
			i := slices.IndexFunc(list, func(c referrals.Candidate) bool { return c.Key == key })
			if i < 0 {
				t.Fatalf("%s is not offered", key)
			}
			return slices.Contains(list[i].Heed, referrals.Heed{Say: referrals.NobodyReceives})
		}
		off(true)
		rec := open(t, s, "program", ref)
		h := rec.Handover[0]
		if !h.NoAccount || !warned(h.Candidates, "demo-rhtp-harbor-light") || warned(h.Candidates, "demo-rhtp-open-door") {
			t.Errorf("OTDA is not told beside the line: %v %+v", h.NoAccount, h.Candidates)
		}
		_, err := s.Take(t.Context(), ref, do("program", workflow.Send, 1, nil))
		if fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), workflow.SomebodyReceives.Say()) {
			t.Errorf("it is sent where nobody reads: %v", err)
		}
		if p := standsOn(t, s, ref); p.Handovers[0].Status != workflow.Proposed || p.Handovers[0].Next.DueAt.IsZero() || len(kinds(t, s, "program", ref)) == 0 {
			t.Errorf("OTDA has nothing to do with it: %+v", p)
		}
		take(t, s, ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "Nobody is there." }))
		off(false)
		rec = open(t, s, "program", ref)
		if h := rec.Handover[1]; h.NoAccount || warned(h.Candidates, "demo-rhtp-harbor-light") {
			t.Errorf("somebody signs in there again: %+v", h.Candidates)
		}
		take(t, s, ref, do("program", workflow.Send, 2, nil))
	})
}
