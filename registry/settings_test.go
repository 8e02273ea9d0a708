package registry_test

import (
	"testing"
	"time"

	"nysreferral/calendar"
	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// A list of holidays that cannot be right is refused with the day that is
// wrong; one from an old page changes nothing.
func TestHolidaysRefused(t *testing.T) {
	h, ctx := open(t, storetest.SQLite(t)), t.Context()
	admin := h.who[workflow.Administrator]
	for _, tt := range []struct {
		name   string
		year   int
		days   []registry.Holiday
		fields []string
	}{
		{"year of the past", 1999, nil, []string{"year"}},
		{"day of another year", 2027, []registry.Holiday{{"2026-01-01", "New Year's Day"}}, []string{"days.0"}},
		{"day that is none", 2027, []registry.Holiday{{"2027-01-01", "New Year's Day"}, {"2027-02-30", "None"}}, []string{"days.1"}},
		{"twice", 2027, []registry.Holiday{{"2027-01-01", "New Year's Day"}, {"2027-01-01", "Again"}}, []string{"days.1"}},
		{"without a name", 2027, []registry.Holiday{{"2027-01-01", " "}}, []string{"days.0"}},
		{"too many", 2027, make([]registry.Holiday, 61), nil},
	} {
		_, err := h.SaveHolidays(ctx, admin, tt.year, 0, tt.days)
		if tt.fields == nil {
			if err == nil {
				t.Errorf("%s was kept", tt.name)
			}
			continue
		}
		wrong(t, tt.name, err, tt.fields...)
	}
	_, err := h.SaveHolidays(ctx, admin, 2027, 3, []registry.Holiday{{"2027-01-01", "New Year's Day"}})
	refused(t, "old page", err, fault.Conflict)
	if all := must[map[int][]calendar.Holiday](t)(h.Overrides(ctx)); len(all) != 0 {
		t.Errorf("%v", all)
	}
}

// The State's own list replaces the law's for the calendar that is made from
// it, and an empty one goes back to the law.
func TestHolidays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		admin := h.who[workflow.Administrator]
		law := must[registry.Year](t)(h.Holidays(ctx, admin, 2027))
		if law.Rev != 0 || len(law.Own) != 0 || len(law.Days()) != 13 || law.Days()[0].Date != "2027-01-01" {
			t.Errorf("%+v", law)
		}
		own := append([]registry.Holiday{{"2027-07-06", "Day of mourning"}}, law.Law...)
		y := must[registry.Year](t)(h.SaveHolidays(ctx, admin, 2027, 0, own))
		if y.Rev != 1 || len(y.Own) != 14 || y.Own[0].Date != "2027-01-01" {
			t.Errorf("%+v", y)
		}
		refused(t, "old page", errOf(h.SaveHolidays(ctx, admin, 2027, 0, own)), fault.Conflict)
		all := must[map[int][]calendar.Holiday](t)(h.Overrides(ctx))
		c := calendar.New(calendar.Options{Override: all})
		if c.BusinessDay(time.Date(2027, 7, 6, 16, 0, 0, 0, time.UTC)) || !c.BusinessDay(time.Date(2027, 7, 7, 16, 0, 0, 0, time.UTC)) {
			t.Error("the own list does not hold")
		}
		y = must[registry.Year](t)(h.SaveHolidays(ctx, admin, 2027, 1, nil))
		if y.Rev != 2 || len(y.Days()) != 13 || len(must[map[int][]calendar.Holiday](t)(h.Overrides(ctx))) != 0 {
			t.Errorf("%+v", y)
		}
		if l := h.said(t, registry.SaveHolidays); len(l) != 3 || l[0].Refs[0] != "holidays.2027" || l[1].Outcome != "refused" {
			t.Errorf("%v", l)
		}
	})
}
