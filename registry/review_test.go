package registry_test

import (
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// An auditor looks through a week that is over and says what was found, which
// stands in the log by week; a week that goes on, a day that begins none and an
// answer that is none are refused. Until somebody said so, it is known.
func TestWeekIsReviewed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		auditor := h.who[workflow.Auditor]
		now := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC) // a Wednesday
		h.Now = func() time.Time { return now }
		err := db.Do(ctx, func(tx *ent.Tx) error {
			for _, at := range []time.Time{time.Date(2026, 11, 16, 5, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 4, 59, 0, 0, time.UTC), time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)} {
				if err := audit.Add(ctx, tx, audit.Line{At: at, Actor: 7, Action: "read", Outcome: audit.Refused}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		week, weeks, err := h.Week(ctx, auditor, "")
		if err != nil || week.From.Format(time.DateOnly) != "2026-11-16" || week.Outcomes[audit.Refused] != 2 || len(weeks) != 8 || len(weeks[0].Signed) != 0 {
			t.Fatalf("%+v %+v %v", week, weeks, err)
		}
		for _, wrong := range []string{"2026-11-23", "2026-11-17", "2024-11-18", "soon"} {
			_, _, err := h.Week(ctx, auditor, wrong)
			refused(t, wrong, err, fault.NotFound)
			refused(t, wrong, h.SignWeek(ctx, auditor, wrong, registry.FoundNothing), fault.NotFound)
		}
		if err := h.SignWeek(ctx, auditor, "2026-11-16", "all sorts of words"); err == nil || fault.KindOf(err) == fault.NotFound {
			t.Errorf("words of one's own: %v", err)
		}
		left := func(age time.Duration, want bool) {
			t.Helper()
			if got, err := h.Unreviewed(ctx, age); err != nil || got != want {
				t.Errorf("after %s: %t, %v", age, got, err)
			}
		}
		left(time.Hour, true)
		left(4*24*time.Hour, false)
		err = db.Do(ctx, func(tx *ent.Tx) error {
			return audit.Add(ctx, tx, audit.Line{At: time.Date(2026, 11, 12, 5, 0, 0, 0, time.UTC), Action: "read", Outcome: audit.Done})
		})
		if err != nil {
			t.Fatal(err)
		}
		left(4*24*time.Hour, true)
		if err := h.SignWeek(ctx, auditor, "", registry.FoundFollowed); err != nil {
			t.Fatal(err)
		}
		left(time.Hour, false)
		_, weeks, err = h.Week(ctx, auditor, "2026-11-09")
		if err != nil || len(weeks[0].Signed) != 1 || weeks[0].Signed[0].Account != auditor.ID || weeks[0].Signed[0].Found != registry.FoundFollowed || len(weeks[1].Signed) != 0 {
			t.Errorf("%+v %v", weeks, err)
		}
		if l := h.last(t, registry.SignReview); l.Reason != "week of 2026-11-16: something is followed up" {
			t.Errorf("%v", l)
		}
	})
}
