package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A line that is refused, or whose reader went away, is an error for that one
// alone.
func TestGatherRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		g, ctx := NewGather(db), bounded(t)
		bad := line("read")
		bad.Reason = "seen\nand more"
		if err := g.Add(ctx, bad); !errors.Is(err, ErrLine) {
			t.Errorf("a line that is none: %v", err)
		}
		gone, stop := context.WithCancel(ctx)
		stop()
		if err := g.Add(gone, line("leave")); !errors.Is(err, context.Canceled) {
			t.Errorf("of a reader who went away: %v", err)
		}
		if err := g.Add(ctx, line("stay")); err != nil {
			t.Errorf("of the next: %v", err)
		}
		for _, e := range db.Read().AuditEntry.Query().AllX(t.Context()) {
			if e.Action != "stay" {
				t.Errorf("%s was kept", e.Action)
			}
		}
	})
}

// While the database hangs readers go away, and what they were not shown is no
// line afterwards. Who waits on is told when their line is there.
func TestGatherLate(t *testing.T) {
	const readers = 40
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		g, ctx := NewGather(db), bounded(t)
		lift := hang(t, db)
		var waits, leave sync.WaitGroup
		waits.Go(func() {
			if err := g.Add(ctx, line("stay")); err != nil {
				t.Errorf("of who waits on: %v", err)
			}
		})
		for { // until that line is on its way
			g.mu.Lock()
			on := g.writers == 1 && len(g.waiting) == 0
			g.mu.Unlock()
			if on {
				break
			}
			time.Sleep(time.Millisecond)
		}
		gone, stop := context.WithCancel(ctx)
		for range readers {
			leave.Go(func() {
				if err := g.Add(gone, line("leave")); !errors.Is(err, context.Canceled) {
					t.Errorf("while the database hangs: %v", err)
				}
			})
		}
		stop()
		leave.Wait()
		lift()
		waits.Wait()
		if err := g.Add(ctx, line("stay")); err != nil {
			t.Errorf("of the next: %v", err)
		}
		all := db.Read().AuditEntry.Query().AllX(t.Context())
		if n := len(all); n != 2 {
			t.Errorf("%d lines are there", n)
		}
	})
}

// Beside a statement that hangs for long others are written; before that they wait
// for it, to be written together.
func TestGatherGoesOnBeside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		g, ctx := NewGather(db), bounded(t)
		g.writers, g.began = 1, time.Now().Add(time.Hour) // somebody writes, who never ends
		brief, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer stop()
		if err := g.Add(brief, line("leave")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("beside a statement that was just begun: %v", err)
		}
		g.began = time.Now().Add(-2 * gatherLate)
		if err := g.Add(ctx, line("stay")); err != nil {
			t.Errorf("beside one that hangs: %v", err)
		}
	})
}

// hang has whoever writes to the log wait, until what it returns is called.
func hang(t *testing.T, db *store.DB) (lift func()) {
	t.Helper()
	held, end := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		if err := db.Do(t.Context(), func(tx *ent.Tx) error {
			if db.Dialect() == store.Postgres {
				if _, err := tx.ExecContext(t.Context(), `LOCK TABLE audit_entries IN EXCLUSIVE MODE`); err != nil {
					return err
				}
			}
			close(held)
			<-end
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	<-held
	return func() { close(end); all.Wait() }
}

// Where the log takes nothing nobody is told that their line is there, and
// those who come later are heard again.
func TestGatherFull(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		g, ctx := NewGather(db), bounded(t)
		_, lift := storetest.Full(t, db)
		var told atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := g.Add(ctx, line("read")); err == nil {
					told.Add(1)
				}
			})
		}
		all.Wait()
		if n := told.Load(); n != 0 {
			t.Errorf("%d were told that their line is there", n)
		}
		lift()
		if n := db.Read().AuditEntry.Query().Where(auditentry.Action("read")).CountX(t.Context()); n != 0 {
			t.Errorf("%d lines are there", n)
		}
		if err := db.Resume(t.Context(), storetest.Line(t.Context())); err != nil {
			t.Fatal(err)
		}
		if err := g.Add(ctx, line("read")); err != nil {
			t.Errorf("with room again: %v", err)
		}
	})
}

// Every line of many readers is there once when its reader is told so, and they
// took fewer commits than they are.
func TestGatherTogether(t *testing.T) {
	const readers, each = 16, 25
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var said atomic.Int32
		g, ctx := NewGather(db.Watched(func() { said.Add(1) })), bounded(t)
		var all sync.WaitGroup
		for r := range readers {
			all.Go(func() {
				for i := range each {
					l := line(fmt.Sprintf("read %d %d", r, i))
					if i%2 == 0 {
						l.Refs = nil // rows of one statement differ in what they hold
					}
					if err := g.Add(ctx, l); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		seen := map[string]int{}
		for _, e := range db.Read().AuditEntry.Query().AllX(t.Context()) {
			seen[e.Action]++
			if n := len(e.Refs); n > 1 || !e.At.Equal(noon.Truncate(1000)) {
				t.Errorf("%s has %d references and is of %s", e.Action, n, e.At)
			}
		}
		for r := range readers {
			for i := range each {
				if n := seen[fmt.Sprintf("read %d %d", r, i)]; n != 1 {
					t.Errorf("line %d of reader %d is there %d times", i, r, n)
				}
			}
		}
		statements := int(said.Load())
		if db.Dialect() == store.SQLite {
			statements /= 3 // a unit of work has a beginning and an end
		}
		if statements >= readers*each {
			t.Errorf("%d lines took %d statements", readers*each, statements)
		}
	})
}
