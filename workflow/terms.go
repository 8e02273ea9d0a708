package workflow

import (
	"encoding/json"
	"fmt"
	"time"
)

// Terms are the counts that the State set for one clock, each from a day on,
// as they lie in the settings. The first has the earliest day.
type Terms struct {
	Rev  int    `json:"rev"`
	List []Term `json:"list"`
}

// Term is one count: it holds for clocks that start in New York on From
// (2027-01-01) or later, until the next one.
type Term struct {
	From   string    `json:"from"`
	Count  int       `json:"count"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"` // when it was set
	By     int       `json:"by"` // the account that set it
}

// TermsPrefix begins the names of the settings that hold Terms.
const TermsPrefix = "clock."

// TermsKey is the name of the setting that holds a clock's Terms.
func TermsKey(key ClockKey) string { return TermsPrefix + string(key) }

// ReadTerms reads a setting; "" is a clock for which the State set nothing.
func ReadTerms(value string) (Terms, error) {
	var t Terms
	if value == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(value), &t); err != nil {
		return t, fmt.Errorf("workflow: reading the terms of a clock: %w", err)
	}
	return t, nil
}

// CountOn is the count that holds for a clock which starts on day, by the
// terms that the State set. A count that the law fixes is the law's, whatever
// the terms say.
func (c Clock) CountOn(day string, t Terms) int {
	count := c.Count
	if !c.Set {
		return count
	}
	for _, one := range t.List {
		if one.From <= day && c.Takes(one.Count) {
			count = one.Count
		}
	}
	return count
}

// MostCount is the greatest count that a clock takes; one of years takes mostYears.
const (
	MostCount = 366
	mostYears = 99
)

// Most is the greatest count that this clock takes.
func (c Clock) Most() int {
	if c.Unit == Years {
		return mostYears
	}
	return MostCount
}

// Takes says whether the State may set that count.
func (c Clock) Takes(count int) bool { return c.Set && count >= 1 && count <= c.Most() }
