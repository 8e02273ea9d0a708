package reports

import (
	"fmt"
	"time"

	"nysreferral/calendar"
	"nysreferral/forms"
)

// Month is a calendar month in New York. The zero value is no month.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf returns the month in New York in which t lies.
func MonthOf(t time.Time) Month {
	y, m, _ := t.In(calendar.NewYork()).Date()
	return Month{y, m}
}

// String writes the month as 2026-11.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month)) }

// Words writes the month as people do: November 2026.
func (m Month) Words() string { return fmt.Sprintf("%s %d", m.Month, m.Year) }

// Next is the month that is some months later; earlier when they are negative.
func (m Month) Next(months int) Month {
	n := m.index() + months
	return Month{n / 12, time.Month(n%12 + 1)}
}

func (m Month) index() int { return m.Year*12 + int(m.Month) - 1 }

func (m Month) begins() time.Time {
	return time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, calendar.NewYork())
}

// Period is the months that a report is about, both of them in it. Reports
// count whole months that are over: numbers of today and of yesterday would
// tell, when they are compared, who was referred in between.
type Period struct {
	From Month
	To   Month
}

// MostMonths is the longest period of a report.
const MostMonths = 120

// first is the month in which the law began.
//
// Law: Chapter 74 of the Laws of 2007, in force on November 1, 2007.
var first = Month{2007, time.November}

// LastYear is the period that a report has when nobody says which: the twelve
// months before the one in which now lies.
func LastYear(now time.Time) Period {
	to := MonthOf(now).Next(-1)
	return Period{to.Next(-11), to}
}

// ParsePeriod reads the first and the last month of a period, each as 2026-11
// or as a day of the month, such as 2026-11-03. An empty one is that of
// LastYear. What cannot be a period comes back as forms.Problems at the fields
// "from" and "to".
func ParsePeriod(from, to string, now time.Time) (Period, error) {
	out := LastYear(now)
	var bad forms.Problems
	wrong := func(field, say string) { bad = append(bad, forms.Problem{ID: field, Field: field, Message: say}) }
	read := func(field, text string, into *Month) {
		m, err := parseMonth(text)
		switch {
		case text == "":
		case err != nil:
			wrong(field, "Enter a month and a year, for example 11 2026.")
		case m.index() >= MonthOf(now).index():
			wrong(field, "Choose a month that is over. Numbers of one that goes on would tell of single days.")
		case m.index() < first.index():
			wrong(field, "Choose November 2007 or later: the law began then.")
		default:
			*into = m
		}
	}
	read("to", to, &out.To)
	if from == "" && to != "" {
		out.From = out.To.Next(-11)
	}
	read("from", from, &out.From)
	if len(bad) > 0 {
		return Period{}, bad
	}
	if out.From.index() < first.index() {
		out.From = first
	}
	switch n := out.months(); {
	case n < 1:
		wrong("from", "The first month lies after the last one. Choose an earlier one.")
	case n > MostMonths:
		wrong("from", fmt.Sprintf("Choose at most %d months.", MostMonths))
	}
	if len(bad) > 0 {
		return Period{}, bad
	}
	return out, nil
}

func parseMonth(text string) (Month, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil {
		t, err = time.Parse(time.DateOnly, text)
	}
	if err != nil {
		return Month{}, fmt.Errorf("reports: reading a month: %w", err)
	}
	return Month{t.Year(), t.Month()}, nil
}

func (p Period) months() int { return p.To.index() - p.From.index() + 1 }

// Bounds are the moment at which the period begins and the first one after it.
func (p Period) Bounds() (from, until time.Time) {
	return p.From.begins().UTC(), p.To.Next(1).begins().UTC()
}

// String writes the period as 2026-01 to 2026-12.
func (p Period) String() string { return p.From.String() + " to " + p.To.String() }

// Words writes the period as people do: January 2026 to December 2026.
func (p Period) Words() string {
	if p.From == p.To {
		return p.From.Words()
	}
	return p.From.Words() + " to " + p.To.Words()
}

// byYear says whether a period is so long that its rows are years.
func (p Period) byYear() bool { return p.months() > 24 }

// row is the row of the period in which a moment lies.
func (p Period) row(t time.Time) string {
	m := MonthOf(t)
	if p.byYear() {
		return fmt.Sprintf("%04d", m.Year)
	}
	return m.String()
}

// rows are the codes and words of the period's months, or years.
func (p Period) rows() (codes, words []string) {
	for m := p.From; m.index() <= p.To.index(); m = m.Next(1) {
		code, word := m.String(), m.Words()
		if p.byYear() {
			code = fmt.Sprintf("%04d", m.Year)
			word = code
		}
		if len(codes) == 0 || codes[len(codes)-1] != code {
			codes, words = append(codes, code), append(words, word)
		}
	}
	return codes, words
}
