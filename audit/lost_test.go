package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	entgo "entgo.io/ent"

	"nysreferral/ent"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// patience is how long anything in a test may take. What goes on for ever ends
// then, and fails.
const patience = 10 * time.Second

// bounded is a context that ends when patience does; a measurement has as long as it
// takes.
func bounded(t testing.TB) context.Context {
	t.Helper()
	if _, measured := t.(*testing.B); measured {
		return t.Context()
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	return ctx
}

// stuck is that something did not come to an end. It still takes a processor, and
// what is tried after it would wait as long.
var stuck atomic.Bool

// within runs what must come to an end, also where it does not look at its context.
func within(t testing.TB, what string, do func(ctx context.Context)) {
	t.Helper()
	if stuck.Load() {
		t.Fatalf("%s is not tried: something before it does not end", what)
	}
	ctx, over := bounded(t), make(chan struct{})
	go func() { defer close(over); do(ctx) }()
	select {
	case <-over:
		return
	case <-ctx.Done():
	}
	select {
	case <-over:
	case <-time.After(time.Second):
		stuck.Store(true)
		t.Fatalf("%s does not end", what)
	}
}

// breaks loses the nth question of a kind, or the nth write, as when its context
// ends on the way: what is asked before and after is answered.
type breaks struct {
	mu    sync.Mutex
	armed bool
	seen  map[string]int
	kind  string
	nth   int
	first func() // run before it, instead of losing it
}

// breaksOf are the breaks of a database, for reading and writing.
func breaksOf(t *testing.T, db *store.DB) *breaks {
	t.Helper()
	b := &breaks{}
	asks := entgo.InterceptFunc(func(next entgo.Querier) entgo.Querier {
		return entgo.QuerierFunc(func(ctx context.Context, q entgo.Query) (entgo.Value, error) {
			return next.Query(b.way(ctx, "asks "+entgo.QueryFromContext(ctx).Type), q)
		})
	})
	writes := func(next entgo.Mutator) entgo.Mutator {
		return entgo.MutateFunc(func(ctx context.Context, m entgo.Mutation) (entgo.Value, error) {
			if ctx = b.way(ctx, "writes "+m.Type()); ctx.Err() != nil {
				return nil, ctx.Err() // of rows that are added together only the last would ask
			}
			return next.Mutate(ctx, m)
		})
	}
	db.Read().Intercept(asks)
	if err := db.Do(t.Context(), func(tx *ent.Tx) error {
		tx.Client().Intercept(asks)
		tx.Client().Use(writes)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

// way is the context that a question goes with.
func (b *breaks) way(ctx context.Context, kind string) context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.armed {
		return ctx
	}
	b.seen[kind]++
	if kind != b.kind || b.seen[kind] != b.nth {
		return ctx
	}
	if b.first != nil {
		b.armed = false
		b.mu.Unlock()
		b.first()
		b.mu.Lock()
		return ctx
	}
	ended, stop := context.WithCancel(ctx)
	stop()
	return ended
}

// arm sets what is lost from now on, and disarm ends it and returns what was met.
func (b *breaks) arm(kind string, nth int, first func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.armed, b.seen, b.kind, b.nth, b.first = true, map[string]int{}, kind, nth, first
}

func (b *breaks) disarm() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.armed = false
	return b.seen
}

// deed is something that asks the database. It says what it found wrong with the
// log, "" for nothing.
type deed struct {
	name    string
	prepare func()
	do      func(ctx context.Context) (wrong string, err error)
}

// told says what a finding is, "" of none.
func told(f *Finding) string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf("%+v", *f)
}

// plain is a deed that finds nothing wrong.
func plain(do func(ctx context.Context) error) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return "", do(ctx) }
}

// ofAuditors are what an auditor may do with a log whose newest checkpoint is head.
func ofAuditors(t *testing.T, db *store.DB, ring *seal.Ring, head []byte) []deed {
	v := verifier(t, ring)
	return []deed{
		{"continue", nil, func(ctx context.Context) (string, error) {
			f, err := Continues(ctx, db, v, head)
			return told(f), err
		}},
		{"glance", nil, func(ctx context.Context) (string, error) {
			_, r, err := Glance(ctx, db, v)
			return told(r.Bad), err
		}},
		{"verify", nil, func(ctx context.Context) (string, error) {
			r, err := Verify(ctx, db, v, head)
			return told(r.Bad), err
		}},
		{"uncovered", nil, plain(func(ctx context.Context) error { _, err := UnanchoredSince(ctx, db, 1); return err })},
		{"latest", nil, plain(func(ctx context.Context) error { _, err := Latest(ctx, db); return err })},
		{"export", nil, plain(func(ctx context.Context) error { _, err := Export(ctx, db, io.Discard); return err })},
		{"prove", nil, plain(func(ctx context.Context) error { _, err := Prove(ctx, db, 250); return err })},
	}
}

// ofServers are what servers and those who look after them do.
func ofServers(t *testing.T, db *store.DB, ring *seal.Ring, _ []byte) []deed {
	life := Life{DB: db, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}
	again := func() { run(t, db, `DELETE FROM settings`) }
	kept := func() {
		again()
		run(t, db, `INSERT INTO settings (key, value) VALUES ('anchors.mailed', '2026-11-22T17:00:00Z')`)
	}
	return []deed{
		{"touched", nil, plain(func(ctx context.Context) error { _, err := Touched(ctx, db, Span{Account: 7}); return err })},
		{"session", nil, plain(func(ctx context.Context) error { _, err := SessionSpan(ctx, db, 10, time.Hour); return err })},
		{"review", nil, plain(func(ctx context.Context) error {
			_, err := Review(ctx, db, noon.Add(-time.Hour), noon.Add(time.Hour), time.UTC)
			return err
		})},
		{"begun", nil, plain(func(ctx context.Context) error { _, err := AnchorsBegun(ctx, db); return err })},
		{"begin anchors", again, plain(func(ctx context.Context) error { return BeginAnchors(ctx, db, noon) })},
		{"mail one", again, plain(func(ctx context.Context) error { return SetAnchorMailed(ctx, db, noon) })},
		{"mail another", kept, plain(func(ctx context.Context) error { return SetAnchorMailed(ctx, db, noon) })},
		{"mailed", kept, plain(func(ctx context.Context) error { _, err := AnchorMailed(ctx, db); return err })},
		{"begin", nil, plain(life.Begin)},
		{"end", nil, plain(life.End)},
		{"take", func() { add(t, db, line("open")) }, plain(func(ctx context.Context) error {
			n, err := newTree(t, db, ring).Take(ctx)
			if err != nil && n != 0 {
				t.Errorf("took %d, and none is kept: %v", n, err)
			}
			return err
		})},
	}
}

// short is a log of so many lines, of which the eleventh is a sign-in, and its head.
func short(t *testing.T, db *store.DB, n int) (*seal.Ring, []byte) {
	t.Helper()
	ring, lines := newRing(t), many(n, "open")
	lines[10].Action = "sign_in"
	add(t, db, lines...)
	take(t, newTree(t, db, ring), n)
	head, err := Latest(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return ring, []byte(head)
}

// mayBeLost does each deed whole, and then with one question or write lost after
// another.
func mayBeLost(t *testing.T, db *store.DB, lines, least int, deeds func(*testing.T, *store.DB, *seal.Ring, []byte) []deed) {
	t.Helper()
	ring, head := short(t, db, lines)
	b := breaksOf(t, db)
	tried := 0
	for _, d := range deeds(t, db, ring, head) {
		once := func(kind string, nth int) (wrong string, met map[string]int, err error) {
			if d.prepare != nil {
				d.prepare()
			}
			within(t, d.name, func(ctx context.Context) {
				b.arm(kind, nth, nil)
				wrong, err = d.do(ctx)
				met = b.disarm()
			})
			return wrong, met, err
		}
		wrong, met, err := once("", 0)
		if err != nil || wrong != "" || len(met) == 0 {
			t.Fatalf("%s: %s, %v, met %v", d.name, wrong, err, met)
		}
		for _, kind := range slices.Sorted(maps.Keys(met)) {
			for nth := 1; nth <= met[kind]; nth++ {
				tried++
				if wrong, _, err := once(kind, nth); !errors.Is(err, context.Canceled) || wrong != "" {
					t.Fatalf("%s, where it %s and number %d is lost: found %q, %v", d.name, kind, nth, wrong, err)
				}
			}
		}
	}
	if tried < least {
		t.Errorf("only %d were lost", tried)
	}
}

// Whichever question to the database is not answered, an auditor is told that it
// failed: never that all is well, and never that somebody changed the log.
func TestAuditorsQuestionsMayBeLost(t *testing.T) {
	waits := func(t *testing.T, db *store.DB, ring *seal.Ring, head []byte) []deed {
		add(t, db, line("waits"))
		return ofAuditors(t, db, ring, head)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) { mayBeLost(t, db, 260, 30, waits) })
}

// Whichever question to the database is not answered, and whichever write is lost,
// a server is told that it failed.
func TestServersQuestionsMayBeLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { mayBeLost(t, db, 12, 20, ofServers) })
}

// A line that a tree takes in while lines that wait are counted waits no more, and
// is no failure.
func TestTakenMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, _ := short(t, db, 260)
		b := breaksOf(t, db)
		add(t, db, line("open"))
		taken := -1
		var err error
		b.arm("asks AuditEntry", 4, func() { taken, err = newTree(t, db, ring).Take(t.Context()) })
		r, failed := verified(t, db, verifier(t, ring))
		b.disarm()
		if failed != nil || r.Bad != nil || r.Waiting != 0 || r.Oldest != nil || taken != 1 || err != nil {
			t.Errorf("%+v, %v, taken %d, %v", r, failed, taken, err)
		}
	})
}

// A stored hash that is wrong is said to be, though what follows cannot be read;
// and where the next checkpoint cannot be, nothing is said to be wrong.
func TestWrongHashAndLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, _ := short(t, db, 260)
		b := breaksOf(t, db)
		tamper(t, db, `UPDATE audit_hashes SET hash = (SELECT hash FROM audit_leaves WHERE "index" = 0)`)
		for _, c := range []struct {
			kind  string
			nth   int
			wrong bool
		}{{"", 0, true}, {"asks AuditLeaf", 3, true}, {"asks AuditCheckpoint", 2, false}} {
			b.arm(c.kind, c.nth, nil)
			r, err := verified(t, db, verifier(t, ring))
			b.disarm()
			if (err == nil) != c.wrong || (r.Bad != nil) != c.wrong || c.wrong && *r.Bad != (Finding{Hashes, 0, 255, 0}) || !c.wrong && !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %+v, %v", c.kind, r.Bad, err)
			}
		}
	})
}
