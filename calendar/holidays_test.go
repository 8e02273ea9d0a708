package calendar

import (
	"slices"
	"testing"
	"time"
)

// An ordinary day, Flag Day, the Friday before a Saturday holiday and the day
// after Thanksgiving are not holidays.
func TestNoHoliday(t *testing.T) {
	c := New(Options{})
	for _, day := range []string{"2026-07-03", "2026-11-27", "2027-06-18", "2027-12-24", "2020-06-19", "2026-06-15"} {
		if !c.BusinessDay(at(t, day+" 12:00:00")) {
			t.Errorf("%s is not a business day", day)
		}
	}
	for _, h := range c.Holidays(2026) {
		if h.Name == "Flag Day" || h.Date == (Date{2026, time.June, 14}) {
			t.Errorf("Flag Day is listed: %v", h)
		}
	}
	if c.BusinessDay(at(t, "2026-10-03 12:00:00")) || c.BusinessDay(at(t, "2026-10-04 12:00:00")) {
		t.Error("a weekend is a business day")
	}
}

// The days of a business day begin and end at midnight of New York.
func TestBusinessDayInNewYork(t *testing.T) {
	c := New(Options{})
	election := time.Date(2026, 11, 3, 5, 0, 0, 0, time.UTC) // midnight in New York
	if c.BusinessDay(election) || !c.BusinessDay(election.Add(-time.Second)) {
		t.Error("Election Day does not begin at midnight of New York")
	}
	if c.BusinessDay(election.Add(24*time.Hour-time.Second)) || !c.BusinessDay(election.Add(24*time.Hour)) {
		t.Error("Election Day does not end at midnight of New York")
	}
}

// Two whole years, written by hand from the law and a wall calendar.
func TestHolidays(t *testing.T) {
	want := map[int][]string{
		2026: {
			"2026-01-01 New Year's Day", "2026-01-19 Dr. Martin Luther King, Jr. Day", "2026-02-12 Lincoln's Birthday",
			"2026-02-16 Washington's Birthday", "2026-05-25 Memorial Day", "2026-06-19 Juneteenth",
			"2026-07-04 Independence Day", "2026-09-07 Labor Day", "2026-10-12 Columbus Day", "2026-11-03 Election Day",
			"2026-11-11 Veterans Day", "2026-11-26 Thanksgiving Day", "2026-12-25 Christmas Day",
		},
		2027: {
			"2027-01-01 New Year's Day", "2027-01-18 Dr. Martin Luther King, Jr. Day", "2027-02-12 Lincoln's Birthday",
			"2027-02-15 Washington's Birthday", "2027-05-31 Memorial Day", "2027-06-19 Juneteenth",
			"2027-07-05 Independence Day (observed)", "2027-09-06 Labor Day", "2027-10-11 Columbus Day", "2027-11-02 Election Day",
			"2027-11-11 Veterans Day", "2027-11-25 Thanksgiving Day", "2027-12-25 Christmas Day",
		},
	}
	c := New(Options{})
	for year, days := range want {
		var got []string
		for _, h := range c.Holidays(year) {
			got = append(got, h.Date.String()+" "+h.Name)
		}
		if !slices.Equal(got, days) {
			t.Errorf("%d:\n%q\nwant\n%q", year, got, days)
		}
	}
}

// A holiday on a Sunday moves to Monday, and Election Day is never the first of
// November.
func TestMovingDays(t *testing.T) {
	c := New(Options{})
	for day, name := range map[string]string{
		"2023-01-02": "New Year's Day (observed)",
		"2022-06-20": "Juneteenth (observed)",
		"2023-02-13": "Lincoln's Birthday (observed)",
		"2029-11-12": "Veterans Day (observed)",
		"2022-12-26": "Christmas Day (observed)",
		"2022-11-08": "Election Day",
		"2033-11-08": "Election Day", // the first is a Tuesday
	} {
		d, err := ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(c.Holidays(d.Year), Holiday{d, name}) {
			t.Errorf("%s is not %s", day, name)
		}
		if c.BusinessDay(at(t, day+" 12:00:00")) {
			t.Errorf("%s is a business day", day)
		}
	}
}

// Every year that the system may see has its thirteen holidays, and no two
// fall on one day.
func TestThirteenHolidays(t *testing.T) {
	c := New(Options{})
	for year := 2021; year <= 2100; year++ {
		days := c.Holidays(year)
		seen := map[Date]bool{}
		for _, h := range days {
			seen[h.Date] = true
			if h.Date.Year != year || h.Date.noon().Weekday() == time.Sunday {
				t.Errorf("%d: %v", year, h)
			}
		}
		if len(days) != 13 || len(seen) != 13 {
			t.Errorf("%d has %d holidays on %d days", year, len(days), len(seen))
		}
	}
}

// An overridden year has its own list and no other; the years beside it keep
// the law, and so does a year with an empty list.
func TestOverride(t *testing.T) {
	mourning := Holiday{Date{2026, time.October, 6}, "Day of mourning"}
	c := New(Options{Override: map[int][]Holiday{2026: {mourning}, 2027: {}}})
	if got := c.Holidays(2026); !slices.Equal(got, []Holiday{mourning}) {
		t.Errorf("2026: %v", got)
	}
	if c.BusinessDay(at(t, "2026-10-06 12:00:00")) || !c.BusinessDay(at(t, "2026-11-03 12:00:00")) {
		t.Error("the override of 2026 does not hold")
	}
	if len(c.Holidays(2025)) != 13 || len(c.Holidays(2027)) != 13 {
		t.Error("the override of 2026 changed another year")
	}
	if got, want := c.Due(at(t, "2026-10-05 12:00:00"), 3), at(t, "2026-10-09 17:00:00"); !got.Equal(want) {
		t.Errorf("due %v, want %v", got.In(NewYork()), want)
	}
}

// A date that is none is refused, and a good one comes back as written.
func TestParseDate(t *testing.T) {
	for _, bad := range []string{"", "2026-02-30", "11/03/2026", "2026-11-3", "2026-11-03T00:00:00Z"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q was read as %v", bad, d)
		}
	}
	if d, err := ParseDate("2026-11-03"); err != nil || d.String() != "2026-11-03" {
		t.Errorf("%v, %v", d, err)
	}
}
