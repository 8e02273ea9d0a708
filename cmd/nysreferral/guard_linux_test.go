package main

import "testing"

// All memory is locked only where nothing bounds it: within a limit the process
// would be refused memory later, in the middle of its work.
func TestMayLockAll(t *testing.T) {
	const few, lock, all = "Name:\tx\nCapEff:\t0000000000000400\n", "Name:\tx\nCapEff:\t0000000000004000\nSeccomp:\t2\n", "CapEff:\t000001ffffffffff\n"
	for name, c := range map[string]struct {
		limit  uint64
		status string
		want   bool
	}{
		"a limit":                    {8 << 20, few, false},
		"a limit and no status":      {8 << 20, "", false},
		"a limit and what is no set": {8 << 20, "CapEff:\tx\n", false},
		"no limit":                   {unlimited, few, true},
		"the capability":             {8 << 20, lock, true},
		"every capability":           {0, all, true},
	} {
		if got := mayLockAll(c.limit, c.status); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
