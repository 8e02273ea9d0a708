package api_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Whatever a program reads, the log has one line of it, which names what was
// shown; a packet that is asked for by the kind of its recipient is no more than
// one.
func TestOneLineACall(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		receipt, err := h.Send(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		steps := append(slices.Clone(demo.ToDecision), demo.Confirm, demo.Step{Who: "program", Do: workflow.Send, N: 1}, demo.Step{Who: "ldss_erie", Do: workflow.Accept, N: 1})
		if _, err := h.Take(t.Context(), ref, steps...); err != nil {
			t.Fatal(err)
		}
		for _, call := range []struct {
			key, path string
			refused   bool
		}{
			{"program", "/referrals/" + ref + "/packet?for=ldss", false}, {"program", "/referrals/" + ref + "/packet?for=1", false},
			{"program", "/referrals/" + ref + "/packet?for=rhtp", true}, {"ldss_erie", "/referrals/" + ref + "/packet?for=rhtp", true},
			{"ldss_erie", "/referrals/" + ref + "/packet?for=ldss", false}, {"ldss_erie", "/referrals/" + ref + "/packet", false},
			{"trooper", "/referrals/" + ref + "/packet?for=ldss", true},
			{"program", "/referrals/" + ref, false}, {"program", "/referrals", false}, {"ldss_erie", "/tasks", false}, {"ldss_erie", "/letters", false},
		} {
			before := db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstIDX(t.Context())
			got := h.ask(call.key, "GET", call.path, nil)
			lines := db.Read().AuditEntry.Query().Where(auditentry.IDGT(before)).AllX(t.Context())
			if (got.status == 404) != call.refused || got.status != 200 && got.status != 404 {
				t.Errorf("%s %s: %d", call.key, strings.ReplaceAll(call.path, ref, "…"), got.status)
			}
			if len(lines) != 1 || !slices.Contains(lines[0].Refs, ref) {
				t.Errorf("%s %s: %d lines %v", call.key, strings.ReplaceAll(call.path, ref, "…"), len(lines), lines)
			}
		}
	})
}
