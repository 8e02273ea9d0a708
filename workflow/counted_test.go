package workflow

import (
	"strings"
	"testing"
)

// Every clock that runs for a task says in words how it counts, by its own line
// of the table: one of hours never reads like one of business days, and the count
// that it was set to goes before the table's.
func TestClocksSayHowTheyCount(t *testing.T) {
	for _, kind := range Tasks {
		c, ok := ClockOf(kind.Clock)
		said := c.Counted(0)
		if !ok || said == "" {
			t.Errorf("%s: %q", kind.Key, said)
		}
		if hours, business := strings.Contains(said, "day and night"), strings.Contains(said, "business"); hours != (c.Unit == Hours) || business != (c.Unit == BusinessDays) {
			t.Errorf("%s counts %s and says %q", kind.Key, c.Unit, said)
		}
	}
	hhs, _ := ClockOf(ClockHHS)
	due, _ := ClockOf(ClockDetermination)
	for _, tt := range []struct{ got, want string }{{hhs.Counted(0), "24 hours, counted day and night"}, {due.Counted(0), "3 business days"}, {due.Counted(1), "1 business day"}, {due.Counted(5), "5 business days"}} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}
