package registry_test

import (
	"strings"
	"testing"

	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// A count that the law fixes is not changed, nor one to what no clock takes,
// for a day that is past, without a reason, or from an old page.
func TestClocksRefused(t *testing.T) {
	h, ctx := open(t, storetest.SQLite(t)), t.Context()
	admin := h.who[workflow.Administrator]
	good := registry.NewTerm{Key: workflow.ClockAcceptance, From: "2027-01-01", Count: 3, Reason: "Memo of December"}
	for _, tt := range []struct {
		name   string
		change func(n *registry.NewTerm)
		fields []string
	}{
		{"none", func(n *registry.NewTerm) { n.Count = 0 }, []string{"count"}},
		{"too many", func(n *registry.NewTerm) { n.Count = 367 }, []string{"count"}},
		{"yesterday", func(n *registry.NewTerm) { n.From = "2026-11-21" }, []string{"from"}},
		{"no day", func(n *registry.NewTerm) { n.From = "2027-02-30" }, []string{"from"}},
		{"no reason", func(n *registry.NewTerm) { n.Reason = "  " }, []string{"reason"}},
		{"nothing", func(n *registry.NewTerm) { *n = registry.NewTerm{Key: n.Key} }, []string{"count", "from", "reason"}},
	} {
		n := good
		tt.change(&n)
		_, err := h.SetClock(ctx, admin, n)
		wrong(t, tt.name, err, tt.fields...)
	}
	for key, kind := range map[workflow.ClockKey]fault.Kind{workflow.ClockDetermination: fault.Forbidden, workflow.ClockHHS: fault.Forbidden,
		workflow.ClockRelease: fault.Forbidden, "coffee": fault.NotFound} {
		n := good
		n.Key = key
		_, err := h.SetClock(ctx, admin, n)
		refused(t, string(key), err, kind)
	}
	old := good
	old.Rev = 4
	_, err := h.SetClock(ctx, admin, old)
	refused(t, "old page", err, fault.Conflict)
	for _, c := range must[[]registry.ClockTerms](t)(h.Clocks(ctx, admin)) {
		if len(c.List) > 0 || c.Now != c.Count {
			t.Errorf("%s was changed: %+v", c.Key, c)
		}
	}
}

// What is set holds from its day on, is never lost, and stands in the log with
// the count, the day and who set it.
func TestClocksSet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		admin := h.who[workflow.Administrator]
		today := "2026-11-22"
		got := must[registry.ClockTerms](t)(h.SetClock(ctx, admin, registry.NewTerm{Key: workflow.ClockContact, From: "2027-01-01", Count: 10, Reason: "Memo one"}))
		if got.Now != 7 || got.Rev != 1 {
			t.Errorf("%+v", got)
		}
		if next, ok := got.Next(today); !ok || next.Count != 10 || next.By != admin.ID {
			t.Errorf("%+v %v", next, ok)
		}
		got = must[registry.ClockTerms](t)(h.SetClock(ctx, admin, registry.NewTerm{Key: workflow.ClockContact, Rev: 1, From: today, Count: 5, Reason: "Memo two"}))
		if got.Now != 5 || len(got.List) != 2 || got.List[0].Reason != "Memo two" || got.List[1].Reason != "Memo one" {
			t.Errorf("%+v", got)
		}
		line := db.Read().AuditEntry.Query().Where(auditentry.Action(string(registry.SetClock)), auditentry.Outcome("done")).FirstX(ctx)
		if line.Reason != "10 days from 2027-01-01" || line.Actor != admin.ID || !strings.Contains(strings.Join(line.Refs, " "), "clock.first_contact") {
			t.Errorf("%+v", line)
		}
	})
}
