package tallies_test

import (
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/tallies"
)

var noon = time.Date(2026, 11, 9, 17, 0, 0, 0, time.UTC)

func within(t *testing.T, db *store.DB, fn func(tx *ent.Tx) error) {
	t.Helper()
	if err := db.Do(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// What an account opens again counts once, by its last moment; what others open,
// what is of another kind and what is older than an hour does not count. What is a
// day old is gone.
func TestCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		opens := func(who int, at time.Time, refs ...string) (n int) {
			t.Helper()
			within(t, db, func(tx *ent.Tx) error {
				r, err := tallies.Reached(ctx, db, tx, who, refs, at)
				if n = r.N; err != nil {
					return err
				}
				return r.Keep(ctx, tx, who, refs, at)
			})
			return n
		}
		for i, want := range []int{1, 2, 0, 3} {
			if n := opens(7, noon.Add(time.Duration(i)*20*time.Minute), []string{"A", "B", "A", "C"}[i]); n != want {
				t.Errorf("opening %d comes to %d, want %d", i, n, want)
			}
		}
		// B was opened an hour and five minutes ago, A 45 minutes ago, C 25.
		if n := opens(7, noon.Add(85*time.Minute), "D", "E"); n != 4 {
			t.Errorf("two more come to %d, want 4", n)
		}
		if n := opens(8, noon.Add(85*time.Minute), "D"); n != 1 {
			t.Errorf("another account comes to %d", n)
		}
		within(t, db, func(tx *ent.Tx) error {
			for _, what := range []string{"x", "y"} {
				if err := tallies.Note(ctx, tx, tallies.Missed, 7, what, "192.0.2.0/24", noon); err != nil {
					return err
				}
			}
			if err := tallies.Note(ctx, tx, tallies.Missed, 8, "z", "192.0.2.0/24", noon); err != nil {
				return err
			}
			mine, err := tallies.Count(ctx, tx, tallies.Missed, 7, noon.Add(-time.Minute))
			if err != nil {
				return err
			}
			all, err := tallies.CountFrom(ctx, tx, tallies.Missed, "192.0.2.0/24", noon.Add(-time.Minute))
			if mine != 2 || all != 3 {
				t.Errorf("%d misses of one account and %d of the network", mine, all)
			}
			return err
		})
		if n, err := tallies.Misses(ctx, db, 7, noon); n != 0 || err != nil {
			t.Errorf("%d misses after the moment, %v", n, err)
		}
		if n, err := tallies.Sweep(ctx, db, noon.Add(24*time.Hour+time.Minute)); err != nil || n != 3 {
			t.Errorf("%d rows went a day later, want the 3 misses: %v", n, err)
		}
	})
}
