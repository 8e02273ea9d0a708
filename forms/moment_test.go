package forms

import (
	"testing"
	"time"
)

// A moment reads as the pages write it, by the clock of New York, also in
// papers and refusals.
func TestMomentReadsAsOnPages(t *testing.T) {
	for at, want := range map[Moment]string{
		"":                     "",
		"2026-11-06T22:00:00Z": "November 6, 2026, 5:00 pm",
		"2026-07-01T13:05:59Z": "July 1, 2026, 9:05 am",
		"yesterday":            "yesterday",
	} {
		if got := at.Words(); got != want {
			t.Errorf("%q: %q, want %q", at, got, want)
		}
	}
	if got := At(time.Time{}).Words(); got != "" {
		t.Errorf("no time: %q", got)
	}
}
