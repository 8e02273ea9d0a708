package audit

import (
	"runtime"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A log of more checkpoints than are read ahead is verified to its end, and given up
// at its first wrong line: nobody waits for what nobody takes.
func TestVerifyManyHeads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const lines = 2*256 + 20
		ring := newRing(t)
		tree := newTree(t, db, ring)
		for range lines {
			add(t, db, line("open"))
			take(t, tree, 1)
		}
		if r := sound(t, db, ring, lines); r.Checkpoints != lines {
			t.Errorf("%d checkpoints", r.Checkpoints)
		}
		before := runtime.NumGoroutine()
		tamper(t, db, `UPDATE audit_entries SET actor = 9 WHERE id = 2`)
		if r, err := verified(t, db, verifier(t, ring)); err != nil || r.Bad == nil || *r.Bad != (Finding{Altered, 1, 1, 2}) {
			t.Errorf("found %+v, %v", r.Bad, err)
		}
		soon(t, "nobody reads on", func() bool { return runtime.NumGoroutine() <= before })
	})
}
