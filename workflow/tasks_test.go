package workflow

import "testing"

// A task that warns of danger is due the moment it begins, nothing sets another
// count or moves it, and only its own duty has it: by that, which lies in clear, it
// is found on top of a list without opening the others.
func TestDangerIsDueAtOnce(t *testing.T) {
	n := 0
	for _, k := range Tasks {
		if !k.Danger {
			continue
		}
		n++
		if c, ok := ClockOf(k.Clock); !ok || c.Count != 0 || c.Unit != Hours || c.Set || c.Moves != "" || !WarnsOfDanger(k.For) {
			t.Errorf("%s has the clock %+v", k.Key, c)
		}
	}
	if n == 0 || WarnsOfDanger(Reviewer) || WarnsOfDanger(Recipient) {
		t.Errorf("%d kinds warn of danger", n)
	}
}
