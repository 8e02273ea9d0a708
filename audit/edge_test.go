package audit

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A look that finds nothing new asks one question, whoever took the last lines in:
// it is asked four times a second.
func TestLookIsOneQuestion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var said atomic.Int64
		ring, ctx := newRing(t), bounded(t)
		tree, other := newTree(t, db.Watched(func() { said.Add(1) }), ring), newTree(t, db, ring)
		for _, by := range []*Tree{tree, other, tree} {
			add(t, db, line("open"))
			take(t, by, 1)
			soon(t, "nothing is left to ask", func() bool {
				if n, err := tree.Take(ctx); n != 0 || err != nil {
					t.Fatal(n, err)
				}
				said.Store(0)
				if n, err := tree.Take(ctx); n != 0 || err != nil {
					t.Fatal(n, err)
				}
				return said.Load() == 1
			})
		}
	})
}

// Where another has taken in what was to be taken in, nothing is, and what is known
// of the tree stays known.
func TestNothingIsLeft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		tree := newTree(t, db, newRing(t))
		add(t, db, many(12, "open")...)
		take(t, tree, 12)
		heads := db.Read().AuditCheckpoint.Query().CountX(t.Context())
		low, edge := tree.low, tree.edge
		if n, err := tree.once(bounded(t), low); n != 0 || err != nil || tree.low != low || tree.edge != edge || edge == nil {
			t.Errorf("took %d, %v; complete up to %d, was %d", n, err, tree.low, low)
		}
		if n := db.Read().AuditCheckpoint.Query().CountX(t.Context()); n != heads {
			t.Errorf("%d checkpoints, there were %d", n, heads)
		}
	})
}

// An edge in memory that is not the stored one is not signed; it is read again, and
// the tree goes on. Leaves that are gone are missed though the edge is in memory.
func TestOtherEdge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		tree := newTree(t, db, ring)
		add(t, db, many(5, "open")...)
		take(t, tree, 5)
		tree.edge.roots[0] = tlog.Hash{1}
		add(t, db, line("open"))
		if n, err := tree.Take(bounded(t)); n != 0 || !errors.Is(err, ErrBroken) {
			t.Errorf("took %d on another edge: %v", n, err)
		}
		take(t, tree, 1)
		sound(t, db, ring, 6)
		restore := save(t, db)
		for _, statement := range []string{`DELETE FROM audit_leaves`, `DELETE FROM audit_leaves WHERE "index" = 5`} {
			tamper(t, db, statement)
			add(t, db, line("open"))
			if n, err := tree.once(bounded(t), tree.low); n != 0 || !errors.Is(err, ErrBroken) {
				t.Errorf("%s: took %d: %v", statement, n, err)
			}
			restore()
			add(t, db, line("open"))
			take(t, tree, 1)
			restore()
			tree.edge = nil
		}
		tamper(t, db, `UPDATE audit_checkpoints SET text = replace(text, 'settled', 'settles')`)
		if n, err := newTree(t, db, ring).Take(bounded(t)); n != 0 || !errors.Is(err, ErrBroken) {
			t.Errorf("a start on a checkpoint that was changed, with no line to take in: %d, %v", n, err)
		}
	})
}

// dumb is a signer without its key.
type dumb struct{ note.Signer }

var errDumb = errors.New("no key")

func (dumb) Sign([]byte) ([]byte, error) { return nil, errDumb }

// What cannot be signed is not taken in.
func TestNoSignature(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		tree := newTree(t, db, ring)
		signer := tree.signer
		tree.signer = dumb{signer}
		add(t, db, many(12, "open")...)
		if n, err := tree.Take(bounded(t)); n != 0 || !errors.Is(err, errDumb) || !errors.Is(tree.Health(), errDumb) {
			t.Errorf("took %d: %v", n, err)
		}
		if n := db.Read().AuditLeaf.Query().CountX(t.Context()); n != 0 {
			t.Errorf("%d leaves", n)
		}
		tree.signer = signer
		take(t, tree, 12)
		sound(t, db, ring, 12)
	})
}

// settledNow is what the newest checkpoint says to be complete.
func settledNow(t *testing.T, db *store.DB, v note.Verifier) int {
	t.Helper()
	text, err := Latest(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	head, err := ParseCheckpoint([]byte(text), v)
	if err != nil {
		t.Fatal(err)
	}
	return head.Settled
}

// While another server takes lines in this one takes none, and forgets nothing. What
// was complete stays so in later checkpoints, though a transaction runs.
func TestTakeInTurn(t *testing.T) {
	db := storetest.Postgres(t)
	ring, ctx := newRing(t), bounded(t)
	tree := newTree(t, db, ring)
	add(t, db, many(12, "open")...)
	allSettled(t, db, tree)
	take(t, tree, 12)
	if n := settledNow(t, db, verifier(t, ring)); n != 12 {
		t.Fatalf("complete up to %d", n)
	}
	other, err := db.SQL().BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Rollback()
	if _, err := other.ExecContext(ctx, `SELECT pg_advisory_xact_lock(1853453153, hashtext(current_schema()))`); err != nil {
		t.Fatal(err)
	}
	add(t, db, line("open"))
	low, edge := tree.low, tree.edge
	if take(t, tree, 0); tree.low != low || tree.edge != edge || edge == nil {
		t.Errorf("complete up to %d, was %d", tree.low, low)
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	running, err := db.SQL().BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Rollback()
	if _, err := running.ExecContext(ctx, `SELECT 1`); err != nil {
		t.Fatal(err)
	}
	again := newTree(t, db, ring)
	if err := again.begin(ctx); err != nil || again.low != 12 {
		t.Errorf("a start takes it that lines are complete up to %d: %v", again.low, err)
	}
	take(t, again, 1)
	if n := settledNow(t, db, verifier(t, ring)); n != 12 {
		t.Errorf("while a transaction runs complete up to %d, was 12", n)
	}
}

// A line is complete when whoever ran while it was seen has ended: not while one of
// them runs, and without waiting for those who came later.
func TestFence(t *testing.T) {
	db := storetest.Postgres(t)
	tree, ctx := newTree(t, db, newRing(t)), bounded(t)
	begin := func() (end func()) {
		tx, err := db.SQL().BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(ctx, `SELECT 1`); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tx.Rollback() })
		return func() {
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	}
	settled := func(newest, want int, when string) {
		t.Helper()
		if got, err := tree.settled(ctx, newest); got != want || err != nil {
			t.Errorf("%s: complete up to %d, want %d: %v", when, got, want, err)
		}
	}
	first := begin()
	settled(3, 0, "the first runs")
	second := begin()
	settled(5, 0, "the first still runs")
	first()
	settled(6, 3, "the first has ended")
	settled(7, 0, "the second runs since the last look")
	second()
	third := begin()
	settled(8, 6, "the second has ended")
	third()
	settled(9, 9, "nobody runs")
}

// Where the database does not tell which transactions run nothing is taken in, and
// it is told of.
func TestTransactionsNotTold(t *testing.T) {
	url := storetest.PostgresURL(t)
	open := func() *store.DB {
		db, err := store.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	ring := newRing(t)
	db := open()
	add(t, db, line("open"))
	run(t, db, `CREATE TABLE public.pg_locks (virtualxid int)`)
	run(t, db, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$`)
	if n, err := newTree(t, open(), ring).Take(bounded(t)); n != 0 || err == nil {
		t.Errorf("took %d: %v", n, err)
	}
	run(t, db, `DROP TABLE public.pg_locks`)
	take(t, newTree(t, open(), ring), 1)
}

// The key of checkpoints comes from the key file alone, and is the same for ever:
// with another, nobody could check what was signed before.
func TestKeysAreOfTheFile(t *testing.T) {
	ring := newRing(t)
	seed, err := ring.Derive("audit checkpoint/1")
	if err != nil || len(seed) != 32 {
		t.Fatal(len(seed), err)
	}
	key := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	signer, _, err := Keys(ring)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := Checkpoint{Size: 12, At: noon}.sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	public, err := note.NewEd25519VerifierKey("nysreferral/audit", key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCheckpoint([]byte(signed), v); err != nil {
		t.Error(err)
	}
}

// Lines whose ids lie near to each other are read with all between them, and others
// by their ids: who put a line far away has nobody read all.
func TestEntriesNearAndFar(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		add(t, db, many(11, "open")...)
		for _, id := range []int{10 + 2*chunk - 1, 10 + 2*chunk} {
			run(t, db, fmt.Sprintf(`INSERT INTO audit_entries (id, at, action) SELECT %d, at, action FROM audit_entries WHERE id = 1`, id))
		}
		v := &verification{ctx: bounded(t), c: db.Read()}
		for far, want := range map[int]int{10 + 2*chunk - 1: 3, 10 + 2*chunk: 2} {
			got, err := v.entries([]*ent.AuditLeaf{{EntryID: far}, {EntryID: 10}})
			if err != nil || len(got) != want || got[10] == nil || got[far] == nil || got[10].ID != 10 {
				t.Errorf("%d: %d lines, want %d: %v", far, len(got), want, err)
			}
		}
	})
}

// A checkpoint of no line agrees with every log; a hash behind the tree is of lines
// that come meanwhile.
func TestVerifyAtItsEdges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		signer, _, err := Keys(ring)
		if err != nil {
			t.Fatal(err)
		}
		none, err := Checkpoint{Root: (&spine{}).root(), At: noon}.sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, db, ring, 0, []byte(none), []byte(none))
		add(t, db, many(12, "open")...)
		take(t, newTree(t, db, ring), 12)
		run(t, db, `INSERT INTO audit_hashes (idx, hash) SELECT $1, hash FROM audit_leaves WHERE "index" = 0`, tlog.StoredHashIndex(0, 12))
		if r := sound(t, db, ring, 12, []byte(none)); r.Checkpoints != 1 || r.Head == "" {
			t.Errorf("%+v", r)
		}
	})
}

// A line begins a writer where none is at work, or where the one at work is late;
// else it waits for that one. Each writer goes when nobody waits.
func TestGatherBegins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, c := range map[string]struct {
			writers int
			ago     time.Duration
			served  bool
		}{
			"none": {0, 0, true}, "one at work": {1, gatherLate / 2, false}, "a late one": {1, 3 * gatherLate, true}, "two": {2, 0, false},
		} {
			g := NewGather(db)
			g.writers, g.began = c.writers, time.Now().Add(-c.ago)
			ctx, stop := context.WithTimeout(t.Context(), map[bool]time.Duration{true: patience, false: 50 * time.Millisecond}[c.served])
			err := g.Add(ctx, line(name))
			stop()
			if c.served != (err == nil) || !c.served && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			soon(t, name+": the writer goes", func() bool {
				g.mu.Lock()
				defer g.mu.Unlock()
				return g.writers == c.writers && (!c.served || time.Since(g.began) < 2*gatherLate && len(g.waiting) == 0)
			})
			if n := db.Read().AuditEntry.Query().Where(auditentry.Action(name)).CountX(t.Context()); (n == 1) != c.served {
				t.Errorf("%s: %d lines", name, n)
			}
		}
	})
}

// Lines are written some at a time, and a slip while they are is an error for those
// who wait, and the end of nothing.
func TestGatherSlips(t *testing.T) {
	g := NewGather(nil)
	within(t, "a slip", func(context.Context) {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		for range 2 {
			if err := g.Add(ctx, line("read")); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a line where there is no database: %v", err)
			}
		}
	})
	soon(t, "the writer goes", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.writers == 0
	})
	g = NewGather(nil)
	for n := range gathered + 5 {
		g.waiting = append(g.waiting, lone{Line: Line{Actor: n}, ctx: t.Context()})
	}
	g.writers = 1
	for i, want := range [][]int{{0, gathered, 1}, {gathered, 4, 1}, {gathered + 4, 1, 1}, {0, 0, 0}} {
		lines := g.next()
		if len(lines) != want[1] || len(lines) > 0 && lines[0].Actor != want[0] || g.writers != want[2] || time.Since(g.began) > time.Minute {
			t.Errorf("%d: %d lines, %d writers", i, len(lines), g.writers)
		}
	}
}
