package demo_test

import (
	"path/filepath"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// The made-up State can be made on both databases, and holds referrals in every
// status but closed.
func TestTell(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		start := time.Date(2026, 11, 2, 15, 15, 0, 0, time.UTC)
		s := newState(t, db, start)
		if err := s.Populate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Tell(t.Context(), start); err != nil {
			t.Fatal(err)
		}
		page, err := s.Door.List(t.Context(), s.As("director"), referrals.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[workflow.Status]int{}
		for _, l := range page.Lines {
			seen[l.Status]++
		}
		for _, status := range workflow.Statuses() {
			if want := status != workflow.Draft && status != workflow.Closed; (seen[status] > 0) != want {
				t.Errorf("%d referrals are %s", seen[status], status)
			}
		}
	})
}

func newState(t *testing.T, db *store.DB, start time.Time) *demo.State {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	if err := seal.Create(file, start); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := demo.New(db, ring, demo.NewClock(start, time.Now), time.Now, 10)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
