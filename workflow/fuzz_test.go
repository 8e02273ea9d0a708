package workflow

import (
	"encoding/json"
	"testing"
)

// Whatever stands in the settings, a clock counts what it may: a count that the
// law fixes stays the law's, any other lies within the bounds; and what was read
// is read the same when it is written again.
func FuzzTerms(f *testing.F) {
	f.Add(`{"rev":1,"list":[{"from":"2027-01-01","count":5,"reason":"more","by":3}]}`, "2027-06-01")
	f.Add(`{"list":[{"from":"","count":-4},{"from":"2020-01-01","count":9999}]}`, "2026-01-01")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, value, day string) {
		terms, err := ReadTerms(value)
		if err != nil {
			return
		}
		for _, c := range Clocks {
			n := c.CountOn(day, terms)
			if !c.Set && n != c.Count || c.Set && n != c.Count && (n < 1 || n > MostCount) {
				t.Errorf("%s counts %d", c.Key, n)
			}
		}
		text, err := json.Marshal(terms)
		if err != nil {
			return // a year that JSON does not write
		}
		again, err := ReadTerms(string(text))
		if err != nil || len(again.List) != len(terms.List) || again.Rev != terms.Rev {
			t.Errorf("written again: %+v, %v", again, err)
		}
	})
}
