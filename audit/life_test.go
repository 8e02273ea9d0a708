package audit

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// said are the lines about the program itself.
func said(t *testing.T, db *store.DB) string {
	t.Helper()
	var out []string
	for _, e := range db.Read().AuditEntry.Query().Order(ent.Asc(auditentry.FieldID)).AllX(t.Context()) {
		out = append(out, strings.TrimSpace(e.Action+" "+e.Reason))
	}
	return strings.Join(out, "\n")
}

// Each start and stop is a line; one that was not stopped is said at the next
// start, where it can be told; a stop is written also when the context is over.
func TestLife(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := Life{DB: db, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		over, stop := context.WithCancel(t.Context())
		stop()
		for _, step := range []func() error{
			func() error { return l.Begin(t.Context()) },
			func() error { return l.End(over) },
			func() error { return l.Begin(t.Context()) },
			func() error { return l.Begin(t.Context()) },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		want := "program_start\nprogram_stop\nprogram_start\nprogram_start"
		if db.Dialect() == store.SQLite {
			want += " the run before did not end in order"
		}
		if got := said(t, db); got != want {
			t.Errorf("the log says\n%s\nwant\n%s", got, want)
		}
		for _, e := range db.Read().AuditEntry.Query().AllX(t.Context()) {
			if e.Duty != "system" || e.Outcome != Done || e.Actor != 0 {
				t.Errorf("%+v", e)
			}
		}
	})
}

// A clock that is put forward or back is told by how much; one that only runs is
// not, however long.
func TestMoved(t *testing.T) {
	a := time.Now()
	for _, by := range []time.Duration{-time.Hour, -6 * time.Second, 0, 4 * time.Second, time.Hour} {
		if got := Moved(a, a.Add(10*time.Minute+by), 10*time.Minute); got != by {
			t.Errorf("moved by %s, want %s", got, by)
		}
	}
}

// turned is a clock whose wall time is put forward once, while time passes as
// it does.
type turned struct {
	mu sync.Mutex
	by time.Duration
}

func (c *turned) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by)
}

// A clock that is put forward while the program runs is one line in the log.
func TestWatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := &turned{}
		l := Life{DB: db, Now: c.now, Log: slog.New(slog.DiscardHandler)}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); l.Watch(ctx, 5*time.Millisecond) }()
		time.Sleep(50 * time.Millisecond)
		c.mu.Lock()
		c.by = 90 * time.Second
		c.mu.Unlock()
		for deadline := time.Now().Add(20 * time.Second); said(t, db) == "" && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
		stop()
		<-done
		if got := said(t, db); got != "clock_step the clock moved by 90 s" && got != "clock_step the clock moved by 89 s" {
			t.Errorf("the log says %q", got)
		}
	})
}
