package audit

import (
	"errors"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A key file that is not that of the log is known as such; an empty log fits to
// any, and a head that was changed is no other key.
func TestSignedBy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, other := newRing(t), newRing(t)
		if err := SignedBy(t.Context(), db, verifier(t, other)); err != nil {
			t.Errorf("an empty log: %v", err)
		}
		add(t, db, line("open"))
		take(t, newTree(t, db, ring), 1)
		if err := SignedBy(t.Context(), db, verifier(t, other)); !errors.Is(err, ErrOtherKey) {
			t.Errorf("another key: %v", err)
		}
		tamper(t, db, `UPDATE audit_checkpoints SET text = replace(text, 'settled', 'settles')`)
		if err := SignedBy(t.Context(), db, verifier(t, ring)); err != nil {
			t.Errorf("its own key, and a changed head: %v", err)
		}
	})
}
