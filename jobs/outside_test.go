package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// Letter 9 is of something that must stop.
func (l Letter) Urgent() bool { return l.N == 9 }

// Look is a made-up job of a scanner.
type Look struct{}

// Kind names Look.
func (Look) Kind() string { return "look" }

// Outside says that it waits for the scanner.
func (Look) Outside() {}

// Patient says that letters go before it.
func (Look) Patient() {}

// A letter that tells somebody to stop goes before the others, and all of them
// before the scanner's work, however much of that was there first.
func TestUrgentGoesBeforeScans(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		order := inOrder(t, db, Look{}, Look{}, Letter{1}, Letter{9}, Draw{"a"})
		if got := strings.Join(order, ", "); got != "draw, letter 9, letter 1, look, look" {
			t.Errorf("the order was %s", got)
		}
	})
}

// What waits for somebody outside, however much of it there is, lets all other
// work go before it.
func TestOutsideComesLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		order := inOrder(t, db, Letter{1}, Letter{2}, Letter{3}, Draw{"a"}, Letter{4}, Draw{"b"})
		if order[0] != "draw" || order[1] != "draw" {
			t.Errorf("the order was %v", order)
		}
	})
}

// inOrder queues all of that and returns in which order one worker took it.
func inOrder(t *testing.T, db *store.DB, work ...jobs.Args) []string {
	t.Helper()
	var mu sync.Mutex
	var order []string
	note := func(what string) error {
		mu.Lock()
		defer mu.Unlock()
		order = append(order, what)
		return nil
	}
	queue(t, db, nil, work...)
	w := jobs.NewWorkers()
	err := errors.Join(jobs.Handle(w, func(_ context.Context, l Letter) error { return note(fmt.Sprint("letter ", l.N)) }),
		jobs.Handle(w, func(context.Context, Look) error { return note("look") }),
		jobs.Handle(w, func(context.Context, Draw) error { return note("draw") }))
	if err != nil {
		t.Fatal(err)
	}
	e, err := jobs.Start(t.Context(), db, w, jobs.Options{At: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(context.Background()) })
	soon(t, "all were worked", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == len(work) })
	mu.Lock()
	defer mu.Unlock()
	return order
}
