package web

import (
	"testing"
	"time"
)

// A deadline of another year than the present one in New York is written with it.
func TestDueOfAnotherYearHasItsYear(t *testing.T) {
	now := time.Date(2027, 1, 1, 3, 0, 0, 0, time.UTC) // still 2026 in New York
	for want, due := range map[string]time.Time{
		"Thursday, December 31, 5:00 pm":       time.Date(2026, 12, 31, 22, 0, 0, 0, time.UTC),
		"Saturday, November 20, 2027, 5:00 pm": time.Date(2027, 11, 20, 22, 0, 0, 0, time.UTC),
	} {
		if got := DueBy(due, now); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
