package calendar

import (
	"fmt"
	"slices"
	"time"

	"github.com/rickar/cal/v2"
)

// Date is a day of the civil calendar, without hour or zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day that it is in New York at t.
func DateOf(t time.Time) Date {
	y, m, d := t.In(NewYork()).Date()
	return Date{y, m, d}
}

// ParseDate reads a day written as 2026-11-03.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("calendar: reading a date like 2026-11-03: %w", err)
	}
	y, m, d := t.Date()
	return Date{y, m, d}, nil
}

// String writes the day as 2026-11-03.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Holiday is a public holiday on the day on which it is kept.
type Holiday struct {
	Date Date
	Name string
}

// fits reports whether h is a real day of year, which must be 1 to 9999.
func (h Holiday) fits(year int) bool {
	y, m, d := h.Date.noon().Date()
	return year >= 1 && year <= 9999 && y == year && h.Date == Date{y, m, d}
}

// Holidays returns the public holidays of a year in the order of their days,
// each on the day on which it is kept. One on a Saturday is listed there,
// although it frees no further day.
func (c *Calendar) Holidays(year int) []Holiday {
	var list []Holiday
	for _, rule := range c.rules().days.Holidays {
		actual, kept := rule.Calc(year)
		if kept.IsZero() {
			continue
		}
		y, m, d := kept.Date()
		h := Holiday{Date{y, m, d}, rule.Name}
		if !kept.Equal(actual) {
			h.Name += " (observed)"
		}
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b Holiday) int { return a.Date.noon().Compare(b.Date.noon()) })
	return list
}

// rules returns the holidays of the law, except in the years of override,
// which bring their own.
//
// Law: General Construction Law 24 (public holidays; a Sunday moves to the next
// day, nothing moves from a Saturday; each general election day).
// Flag Day, the second Sunday in June, is kept on its Sunday and frees no day.
// Juneteenth is a holiday since 2021.
func rules(override map[int][]Holiday) []*cal.Holiday {
	years, own := overridden(override)
	sunday := []cal.AltDay{{Day: time.Sunday, Offset: 1}}
	on := func(name string, month time.Month, day, since int) *cal.Holiday {
		return &cal.Holiday{Name: name, Month: month, Day: day, StartYear: since, Observed: sunday, Func: dayOfMonth}
	}
	nth := func(name string, month time.Month, weekday time.Weekday, n int) *cal.Holiday {
		return &cal.Holiday{Name: name, Month: month, Weekday: weekday, Offset: n, Func: weekdayOfMonth}
	}
	election := nth("Election Day", time.November, time.Monday, 1)
	election.CalcOffset = 1 // the Tuesday after the first Monday
	law := []*cal.Holiday{
		on("New Year's Day", time.January, 1, 0),
		nth("Dr. Martin Luther King, Jr. Day", time.January, time.Monday, 3),
		on("Lincoln's Birthday", time.February, 12, 0),
		nth("Washington's Birthday", time.February, time.Monday, 3),
		nth("Memorial Day", time.May, time.Monday, -1),
		on("Juneteenth", time.June, 19, 2021),
		on("Independence Day", time.July, 4, 0),
		nth("Labor Day", time.September, time.Monday, 1),
		nth("Columbus Day", time.October, time.Monday, 2),
		election,
		on("Veterans Day", time.November, 11, 0),
		nth("Thanksgiving Day", time.November, time.Thursday, 4),
		on("Christmas Day", time.December, 25, 0),
	}
	for _, h := range law {
		h.Type, h.Except = cal.ObservancePublic, years
	}
	return append(law, own...)
}

// overridden returns the years of override that have at least one usable day,
// and those days.
func overridden(override map[int][]Holiday) (years []int, own []*cal.Holiday) {
	for year, days := range override {
		before := len(own)
		for _, h := range days {
			if h.fits(year) {
				own = append(own, &cal.Holiday{Name: h.Name, Type: cal.ObservancePublic, StartYear: year, EndYear: year,
					Month: h.Date.Month, Day: h.Date.Day, Func: dayOfMonth})
			}
		}
		if len(own) > before {
			years = append(years, year)
		}
	}
	return years, own
}

// dayOfMonth and weekdayOfMonth calculate in UTC. The library's own functions
// calculate in the time zone of the machine, where a midnight may be missing.
func dayOfMonth(h *cal.Holiday, year int) time.Time {
	return Date{year, h.Month, h.Day}.noon()
}

func weekdayOfMonth(h *cal.Holiday, year int) time.Time {
	first := Date{year, h.Month, 1}.noon()
	if h.Offset < 0 {
		first = Date{year, h.Month + 1, 0}.noon()
	}
	return cal.WeekdayNFrom(first, h.Weekday, h.Offset)
}
