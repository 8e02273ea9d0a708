package jobs_test

import (
	"context"
	"sync"
	"testing"

	"nysreferral/jobs"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// Letter is a made-up job that waits for somebody outside.
type Letter struct{ N int }

// Kind names Letter.
func (Letter) Kind() string { return "letter" }

// Outside says that it waits for somebody.
func (Letter) Outside() {}

// What waits for somebody outside, however much of it there is, lets all other
// work go before it.
func TestOutsideComesLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var mu sync.Mutex
		var order []string
		note := func(what string) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, what)
			return nil
		}
		queue(t, db, nil, Letter{1}, Letter{2}, Letter{3}, Draw{"a"}, Letter{4}, Draw{"b"})
		w := jobs.NewWorkers()
		if err := jobs.Handle(w, func(context.Context, Letter) error { return note("letter") }); err != nil {
			t.Fatal(err)
		}
		if err := jobs.Handle(w, func(context.Context, Draw) error { return note("draw") }); err != nil {
			t.Fatal(err)
		}
		e, err := jobs.Start(t.Context(), db, w, jobs.Options{At: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Stop(context.Background()) })
		soon(t, "all were worked", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == 6 })
		if order[0] != "draw" || order[1] != "draw" {
			t.Errorf("the order was %v", order)
		}
	})
}
