package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

func newRing(t testing.TB) *seal.Ring {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(path, noon); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func newTree(t testing.TB, db *store.DB, ring *seal.Ring) *Tree {
	t.Helper()
	tree, err := NewTree(db, ring, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func take(t testing.TB, tree *Tree, want int) {
	t.Helper()
	var n int
	var err error
	within(t, "taking lines in", func(ctx context.Context) { n, err = tree.Take(ctx) })
	if n != want || err != nil {
		t.Fatalf("took %d, want %d: %v", n, want, err)
	}
}

func verifier(t testing.TB, ring *seal.Ring) note.Verifier {
	t.Helper()
	_, v, err := Keys(ring)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// verified is what Verify says.
func verified(t testing.TB, db *store.DB, v note.Verifier, kept ...[]byte) (r Report, err error) {
	t.Helper()
	within(t, "verifying", func(ctx context.Context) { r, err = Verify(ctx, db, v, kept...) })
	return r, err
}

// sound verifies and wants lines lines and nothing wrong.
func sound(t testing.TB, db *store.DB, ring *seal.Ring, lines int64, kept ...[]byte) Report {
	t.Helper()
	r, err := verified(t, db, verifier(t, ring), kept...)
	if err != nil || r.Bad != nil || r.Lines != lines || r.Kept != len(kept) {
		t.Fatalf("%+v, %+v, %v", r, r.Bad, err)
	}
	return r
}

func many(n int, action string) []Line {
	out := make([]Line, n)
	for i := range out {
		out[i] = line(action)
		out[i].Actor = i
	}
	return out
}

// The right edge gives the same roots and the same stored hashes as the
// library's own way of storing every hash.
func TestSpine(t *testing.T) {
	const leaves = 1<<16 + 300
	var all []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, a := range at {
			out[i] = all[a]
		}
		return out, nil
	})
	s := &spine{}
	stored := 0
	for n := range int64(leaves) {
		if n < 1100 || n > 1<<16-3 {
			if want, err := tlog.TreeHash(n, read); err != nil || s.root() != want {
				t.Fatalf("size %d: another root (%v)", n, err)
			}
		}
		h := tlog.RecordHash(fmt.Append(nil, n))
		more, err := tlog.StoredHashesForRecordHash(n, h, read)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, more...)
		for _, done := range s.add(h) {
			stored++
			if all[tlog.StoredHashIndex(done.level, done.n)] != done.hash {
				t.Fatalf("another hash at level %d, place %d", done.level, done.n)
			}
		}
	}
	if stored != 257+1 {
		t.Errorf("%d hashes stored", stored)
	}
}

// A line is taken in once, after its commit, and one that was rolled back
// never; a new Tree goes on where the last one stopped.
func TestTake(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		tree := newTree(t, db, ring)
		if _, err := Latest(t.Context(), db); !errors.Is(err, ErrEmpty) {
			t.Errorf("an empty log has a checkpoint: %v", err)
		}
		sound(t, db, ring, 0)
		take(t, tree, 0)
		add(t, db, many(3, "open")...)
		if r := sound(t, db, ring, 0); r.Waiting != 3 || r.Oldest == nil || !r.Oldest.Equal(noon.Truncate(time.Microsecond)) {
			t.Errorf("waiting: %+v", r)
		}
		gone := errors.New("gone")
		err := db.Do(t.Context(), func(tx *ent.Tx) error { return errors.Join(Add(t.Context(), tx, line("gone")), gone) })
		if !errors.Is(err, gone) {
			t.Fatal(err)
		}
		take(t, tree, 3)
		take(t, tree, 0)
		add(t, db, many(batch+2, "open")...)
		take(t, tree, batch+2)
		sound(t, db, ring, batch+5)
		again := newTree(t, db, ring)
		if take(t, again, 0); again.low != batch+5 && db.Dialect() == store.SQLite {
			t.Errorf("a new tree begins at %d", again.low)
		}
		add(t, db, line("open"))
		take(t, again, 1)
		add(t, db, line("open"))
		take(t, tree, 1)
		if r := sound(t, db, ring, batch+7); r.Waiting != 0 || r.Checkpoints != 5 {
			t.Errorf("%+v", r)
		}
	})
}

// On PostgreSQL a line may be committed after later ones with greater ids, and
// even ask for its id before its transaction has one: it is taken in all the
// same, and ids that never become lines are not waited for for ever.
func TestTakeLate(t *testing.T) {
	db := storetest.Postgres(t)
	ring, ctx := newRing(t), t.Context()
	tree := newTree(t, db, ring)
	add(t, db, line("first"))
	take(t, tree, 1)

	late, err := db.SQL().BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer late.Rollback()
	var id int
	if err := late.QueryRowContext(ctx, `SELECT nextval(pg_get_serial_sequence('audit_entries', 'id'))`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	tree = newTree(t, db, ring) // as after a start
	for range 5 {
		add(t, db, line("early"))
		take(t, tree, 1)
		take(t, tree, 0)
	}
	_, err = late.ExecContext(ctx, `INSERT INTO audit_entries (id, at, action) VALUES ($1, now(), 'late')`, id)
	if err != nil {
		t.Fatal(err)
	}
	take(t, tree, 0)
	take(t, tree, 0)
	if err := late.Commit(); err != nil {
		t.Fatal(err)
	}
	take(t, tree, 1)
	_ = db.Do(ctx, func(tx *ent.Tx) error {
		_, err := line("gone").row(tx.Client()).Save(ctx) // it has an id before it goes
		return errors.Join(err, errors.New("gone"))
	})
	add(t, db, line("last"))
	take(t, tree, 1)
	for range 100 {
		take(t, tree, 0)
		if tree.low == db.Read().AuditEntry.Query().CountX(ctx)+1 { // one id was never used
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := db.Read().AuditEntry.Query().CountX(ctx); tree.low != n+1 {
		t.Errorf("complete up to %d, want %d", tree.low, n+1)
	}
	sound(t, db, ring, 8)
}

// Twenty writers at once and two trees: every line is taken in exactly once,
// soon, and the log verifies.
func TestTakeAmongWriters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var trees, writers sync.WaitGroup
		for range 2 {
			tree := newTree(t, db, ring)
			trees.Go(func() { tree.Run(ctx, slog.New(slog.DiscardHandler)) })
		}
		const each = 15
		for w := range 20 {
			writers.Go(func() {
				for i := range each {
					err := db.Do(context.Background(), func(tx *ent.Tx) error {
						if err := Add(context.Background(), tx, line(fmt.Sprintf("w%d-%d", w, i))); err != nil {
							return err
						}
						if i%5 == 4 {
							return errors.New("gone")
						}
						return nil
					})
					if (err == nil) == (i%5 == 4) {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		deadline := time.Now().Add(20 * time.Second)
		for db.Read().AuditLeaf.Query().CountX(t.Context()) < 20*12 && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
		trees.Wait()
		if r := sound(t, db, ring, 20*12); r.Waiting != 0 {
			t.Errorf("%d lines wait", r.Waiting)
		}
	})
}

// A tree that was changed at its edge is not signed again: Take refuses and
// says so to whoever watches over it.
func TestTakeRefusesBroken(t *testing.T) {
	changes := map[string]string{
		"leaf":        `UPDATE audit_leaves SET hash = (SELECT hash FROM audit_leaves WHERE "index" = 0) WHERE "index" = 4`,
		"no leaf":     `DELETE FROM audit_leaves WHERE "index" = 4`,
		"checkpoint":  `UPDATE audit_checkpoints SET text = replace(text, 'settled', 'settles')`,
		"no head":     `DELETE FROM audit_checkpoints`,
		"wrong place": `UPDATE audit_leaves SET "index" = 9 WHERE "index" = 4`,
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		tree := newTree(t, db, ring)
		add(t, db, many(5, "open")...)
		take(t, tree, 5)
		restore := save(t, db)
		for name, change := range changes {
			restore()
			tamper(t, db, change)
			add(t, db, line("open"))
			_, fresh := newTree(t, db, ring).Take(bounded(t))
			tree.edge = nil // another server took lines in
			if _, err := tree.Take(bounded(t)); !errors.Is(err, ErrBroken) || !errors.Is(fresh, ErrBroken) || !errors.Is(tree.Health(), ErrBroken) {
				t.Errorf("%s: %v, %v, %v", name, err, fresh, tree.Health())
			}
		}
		restore()
		add(t, db, line("open"))
		if take(t, tree, 1); tree.Health() != nil {
			t.Errorf("put back: %v", tree.Health())
		}
	})
}

// A checkpoint is read only with the key that signed it, and only as it was
// signed.
func TestCheckpoint(t *testing.T) {
	ring, stranger := newRing(t), newRing(t)
	signer, v, err := Keys(ring)
	if err != nil {
		t.Fatal(err)
	}
	want := Checkpoint{Size: 7, Root: tlog.RecordHash(nil), Settled: 9, At: noon.Truncate(time.Microsecond)}
	signed, err := want.sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCheckpoint([]byte(signed), verifier(t, stranger)); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("read with another key: %v", err)
	}
	for i := range len(signed) - 1 {
		b := []byte(signed)
		b[i] ^= 1
		if got, err := ParseCheckpoint(b, v); err == nil && got != want {
			t.Errorf("byte %d changed: %+v", i, got)
		}
	}
	text := want.text()
	for _, other := range []string{"", "\n", "a\nb\nc\nd\n", text + "\n", text[:len(text)-1], strings.Replace(text, "7", "07", 1), strings.Replace(text, "7", "7 ", 1),
		strings.Replace(text, "settled ", "", 1), strings.Replace(text, "settled 9", "settled +9", 1), strings.Replace(text, "time ", "", 1), strings.Replace(text, "nys", "nyx", 1)} {
		if got, err := parseText(other); !errors.Is(err, ErrCheckpoint) || got != (Checkpoint{}) {
			t.Errorf("%q is a checkpoint: %+v", other, got)
		}
	}
	for size, good := range map[int64]bool{-1: false, 0: true, 1: true} {
		if _, err := parseText(Checkpoint{Size: size, At: noon}.text()); (err == nil) != good {
			t.Errorf("a checkpoint of %d lines: %v", size, err)
		}
	}
	if got, err := ParseCheckpoint([]byte(signed), v); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	public, err := PublicKey(ring)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCheckpoint([]byte(signed), kept); err != nil {
		t.Errorf("with the public key as text: %v", err)
	}
}

// A line is taken into a long log by reading as little as into a short one, also
// where the database plans for any log and not for this one.
func TestTakeReadsNoMore(t *testing.T) {
	db, err := store.Open(t.Context(), storetest.PostgresURL(t)+"&plan_cache_mode=force_generic_plan")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	tree := newTree(t, db, newRing(t))
	reads := func(lines int) int64 {
		run(t, db, `INSERT INTO audit_entries (at, action) SELECT now(), 'open' FROM generate_series(1, $1)`, lines)
		allSettled(t, db, tree)
		take(t, tree, lines)
		run(t, db, `ANALYZE audit_entries, audit_leaves`)
		add(t, db, line("open"))
		before := storetest.RowsRead(t, db)
		take(t, tree, 1)
		return storetest.RowsRead(t, db) - before
	}
	if few, many := reads(500), reads(5000); few == 0 || many > few+100 {
		t.Errorf("%d read for a line after 500, %d after 5,500", few, many)
	}
}

// What was taken in before a question was lost is told, and is not taken in again.
func TestTakePart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		tree, b := newTree(t, db, ring), breaksOf(t, db)
		for _, nth := range []int{4, 5} { // of the second batch: the newest line, and whether one waits
			add(t, db, many(batch+1, "open")...)
			b.arm("asks AuditEntry", nth, nil)
			if n, err := tree.Take(bounded(t)); n != batch || !errors.Is(err, context.Canceled) {
				t.Errorf("where question %d is lost: took %d, %v", nth, n, err)
			}
			b.disarm()
			take(t, tree, 1)
		}
		sound(t, db, ring, 2*(batch+1))
		add(t, db, many(batch, "open")...)
		take(t, tree, batch) // and no more: the next look, which finds none, tells of them
	})
}
