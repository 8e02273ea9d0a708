package audit

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// sibling is a fresh database of the same kind.
func sibling(t *testing.T, db *store.DB) *store.DB {
	t.Helper()
	if db.Dialect() == store.SQLite {
		return storetest.SQLite(t)
	}
	return storetest.Postgres(t)
}

// tamper runs statements as somebody with the database's password would, with
// the triggers out of the way.
func tamper(t *testing.T, db *store.DB, statements ...string) {
	t.Helper()
	for _, table := range []string{"audit_entries", "audit_leaves", "audit_hashes", "audit_checkpoints"} {
		if db.Dialect() == store.Postgres {
			run(t, db, "ALTER TABLE "+table+" DISABLE TRIGGER ALL")
		}
	}
	if db.Dialect() == store.SQLite {
		rows, err := db.SQL().QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'`)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
		if err := rows.Close(); err != nil || rows.Err() != nil {
			t.Fatal(err, rows.Err())
		}
		for _, name := range names {
			run(t, db, `DROP TRIGGER "`+name+`"`)
		}
	}
	for _, s := range statements {
		run(t, db, s)
	}
}

// save keeps the log as it is and returns what puts it back.
func save(t *testing.T, db *store.DB) (restore func()) {
	t.Helper()
	tamper(t, db)
	tables := []string{"audit_entries", "audit_leaves", "audit_hashes", "audit_checkpoints"}
	for _, table := range tables {
		run(t, db, "CREATE TABLE saved_"+table+" AS SELECT * FROM "+table)
	}
	return func() {
		for _, table := range tables {
			run(t, db, "DELETE FROM "+table)
			run(t, db, "INSERT INTO "+table+" SELECT * FROM saved_"+table)
		}
	}
}

func run(t *testing.T, db *store.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.SQL().ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// rehash makes the leaf at place n agree with its line, as somebody who knows
// the program would.
func rehash(t *testing.T, db *store.DB, n int64) {
	t.Helper()
	var id int
	row := db.SQL().QueryRowContext(t.Context(), fmt.Sprintf(`SELECT entry_id FROM audit_leaves WHERE "index" = %d`, n))
	if err := row.Scan(&id); err != nil {
		t.Fatal(err)
	}
	e := db.Read().AuditEntry.Query().Where(auditentry.ID(id)).OnlyX(t.Context())
	h := tlog.RecordHash(text(n, e))
	run(t, db, fmt.Sprintf(`UPDATE audit_leaves SET hash = $1 WHERE "index" = %d`, n), h[:])
}

// rehashAll makes the stored hashes agree with the leaves.
func rehashAll(t *testing.T, db *store.DB, size int64) {
	t.Helper()
	leaves, err := stored(t.Context(), db.Read(), 0, 0, size)
	if err != nil {
		t.Fatal(err)
	}
	s := &spine{}
	for _, h := range leaves {
		for _, done := range s.add(h) {
			run(t, db, fmt.Sprintf(`UPDATE audit_hashes SET hash = $1 WHERE idx = %d`, tlog.StoredHashIndex(done.level, done.n)), done.hash[:])
		}
	}
}

// The log under attack: 600 lines with the ids 1 to 400 and 411 to 610, taken
// in at places 0 to 249, 250 to 399 and 400 to 599.
const (
	first, second, third = 250, 150, 200
	size                 = first + second + third
)

// grown is such a log, and the checkpoint after each batch.
func grown(t *testing.T, db *store.DB) (*seal.Ring, [][]byte) {
	t.Helper()
	ring := newRing(t)
	tree := newTree(t, db, ring)
	var kept [][]byte
	for i, n := range []int{first, second, third} {
		if i == 2 {
			skipIDs(t, db)
		}
		add(t, db, many(n, "open")...)
		if db.Dialect() == store.Postgres {
			allSettled(t, db, tree)
		}
		take(t, tree, n)
		head, err := Latest(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, []byte(head))
	}
	return ring, kept
}

// allSettled waits for a moment at which no transaction runs in the server, so
// that the next checkpoint says of every line that it is settled. Other tests run
// theirs in the same server.
func allSettled(t *testing.T, db *store.DB, tree *Tree) {
	t.Helper()
	newest, err := db.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		if _, err := tree.settled(t.Context(), newest); err != nil {
			t.Fatal(err)
		}
		if len(tree.fence.running) == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("transactions run all the time")
}

func skipIDs(t *testing.T, db *store.DB) {
	t.Helper()
	if db.Dialect() == store.Postgres {
		run(t, db, `SELECT setval(pg_get_serial_sequence('audit_entries', 'id'), 410)`)
		return
	}
	run(t, db, `UPDATE sqlite_sequence SET seq = 410 WHERE name = 'audit_entries'`)
}

// attack is a way to tamper with the log and what Verify must find first.
type attack struct {
	name string
	do   func(t *testing.T, db *store.DB)
	want Finding
}

// checked is how many lines are checked at most until it is found: none where the
// newest checkpoint tells already, and none behind it.
func (a attack) checked() int64 {
	switch {
	case a.want.What == Unsigned || a.want.What == Signature && a.want.From < 0:
		return 0
	case a.want.From < 0:
		return size
	}
	return a.want.To + 1
}

var attacks = []attack{
	{"a line removed", sqlOf(`DELETE FROM audit_entries WHERE id = 300`), Finding{Removed, 299, 299, 300}},
	{"the first line removed", sqlOf(`DELETE FROM audit_entries WHERE id = 1`), Finding{Removed, 0, 0, 1}},
	{"two lines changed", sqlOf(`UPDATE audit_entries SET reason = 'x' WHERE id IN (500, 77)`), Finding{Altered, 76, 76, 77}},
	{"two lines exchanged", sqlOf(`UPDATE audit_entries SET id = -1 WHERE id = 20`, `UPDATE audit_entries SET id = 20 WHERE id = 30`, `UPDATE audit_entries SET id = 30 WHERE id = -1`),
		Finding{Altered, 19, 19, 20}},
	{"two places exchanged", sqlOf(`UPDATE audit_leaves SET entry_id = -1 WHERE "index" = 9`, `UPDATE audit_leaves SET entry_id = 10 WHERE "index" = 8`,
		`UPDATE audit_leaves SET entry_id = 9 WHERE "index" = 9`), Finding{Altered, 8, 8, 10}},
	{"a leaf changed", sqlOf(`UPDATE audit_leaves SET hash = (SELECT hash FROM audit_leaves WHERE "index" = 0) WHERE "index" = 599`), Finding{Altered, 599, 599, 610}},
	{"a leaf removed", sqlOf(`DELETE FROM audit_leaves WHERE "index" = 255`), Finding{Misplaced, 255, 255, 0}},
	{"the last leaf removed", sqlOf(`DELETE FROM audit_leaves WHERE "index" = 599`), Finding{Misplaced, 599, 599, 0}},
	{"all leaves removed", sqlOf(`DELETE FROM audit_leaves`), Finding{Misplaced, 0, 0, 0}},
	{"the end removed, but for its checkpoint", sqlOf(`DELETE FROM audit_leaves WHERE "index" >= 590`, `DELETE FROM audit_entries WHERE id > 600`), Finding{Misplaced, 590, 590, 0}},
	{"a line put in between", sqlOf(`INSERT INTO audit_entries (id, at, action) SELECT 405, at, action FROM audit_entries WHERE id = 1`), Finding{Inserted, -1, -1, 405}},
	{"a line put before all", sqlOf(`INSERT INTO audit_entries (id, at, action) SELECT -3, at, action FROM audit_entries WHERE id = 1`), Finding{Inserted, -1, -1, -3}},
	{"a line put in between with a leaf astray", sqlOf(`INSERT INTO audit_entries (id, at, action) SELECT 405, at, action FROM audit_entries WHERE id = 1`,
		`INSERT INTO audit_leaves ("index", entry_id, hash) SELECT -1, 405, hash FROM audit_leaves WHERE "index" = 0`), Finding{Misplaced, -1, -1, 0}},
	{"a line put after all with a leaf", sqlOf(`INSERT INTO audit_entries (id, at, action) SELECT 999, at, action FROM audit_entries WHERE id = 1`,
		`INSERT INTO audit_leaves ("index", entry_id, hash) SELECT 600, 999, hash FROM audit_leaves WHERE "index" = 0`), Finding{Unsigned, 600, 600, 0}},
	{"a stored hash changed", sqlOf(`UPDATE audit_hashes SET hash = (SELECT hash FROM audit_leaves WHERE "index" = 0) WHERE id = 2`), Finding{Hashes, 256, 511, 0}},
	{"a stored hash removed", sqlOf(`DELETE FROM audit_hashes WHERE id = 2`), Finding{Hashes, 256, 511, 0}},
	{"a stored hash added", sqlOf(`INSERT INTO audit_hashes (idx, hash) SELECT 1025, hash FROM audit_hashes WHERE id = 1`), Finding{Hashes, -1, -1, 0}},
	{"a stored hash put before all", sqlOf(`INSERT INTO audit_hashes (idx, hash) SELECT 0, hash FROM audit_hashes WHERE id = 1`), Finding{Hashes, 0, 255, 0}},
	{"a stored hash put elsewhere", sqlOf(`UPDATE audit_hashes SET idx = idx + 1 WHERE id = 2`), Finding{Hashes, 256, 511, 0}},
	{"all but a checkpoint of nothing removed", sqlOf(`DELETE FROM audit_entries`, `DELETE FROM audit_leaves`, `DELETE FROM audit_hashes`, `DELETE FROM audit_checkpoints WHERE id > 1`,
		`UPDATE audit_checkpoints SET size = 0, text = 'x'`), Finding{Signature, -1, -1, 0}},
	{"a checkpoint changed", sqlOf(`UPDATE audit_checkpoints SET text = replace(text, 'settled 4', 'settled 3') WHERE id = 2`), Finding{Signature, 250, 399, 0}},
	{"a checkpoint replaced by an older one", sqlOf(`UPDATE audit_checkpoints SET text = (SELECT text FROM audit_checkpoints WHERE id = 1) WHERE id = 2`), Finding{Signature, 250, 399, 0}},
	{"the newest checkpoint changed", sqlOf(`UPDATE audit_checkpoints SET text = replace(text, 'settled 6', 'settled 5') WHERE id = 3`), Finding{Signature, -1, -1, 0}},
	{"the size of a checkpoint changed", sqlOf(`UPDATE audit_checkpoints SET size = 300 WHERE id = 2`), Finding{Signature, 250, 299, 0}},
	{"a checkpoint put behind a greater one", sqlOf(`UPDATE audit_checkpoints SET size = 100 WHERE id = 2`), Finding{Signature, 100, 249, 0}},
	{"the size of the newest checkpoint changed", sqlOf(`UPDATE audit_checkpoints SET size = 601 WHERE id = 3`), Finding{Signature, -1, -1, 0}},
	{"the newest checkpoint removed", sqlOf(`DELETE FROM audit_checkpoints WHERE id = 3`), Finding{Unsigned, 400, 599, 0}},
	{"all checkpoints removed", sqlOf(`DELETE FROM audit_checkpoints`), Finding{Unsigned, 0, 599, 0}},
	{"a line changed with its leaf", func(t *testing.T, db *store.DB) {
		tamper(t, db, `UPDATE audit_entries SET actor = 9 WHERE id = 301`)
		rehash(t, db, 300)
	}, Finding{Rewritten, 250, 399, 0}},
	{"a line changed with all hashes", func(t *testing.T, db *store.DB) {
		tamper(t, db, `UPDATE audit_entries SET actor = 9 WHERE id = 5`)
		rehash(t, db, 4)
		rehashAll(t, db, size)
	}, Finding{Rewritten, 0, 249, 0}},
	{"a line changed with its leaf, before a stored hash", func(t *testing.T, db *store.DB) {
		tamper(t, db, `UPDATE audit_entries SET actor = 9 WHERE id = 421`)
		rehash(t, db, 410)
	}, Finding{Rewritten, 400, 599, 0}},
	{"two places exchanged with all hashes", func(t *testing.T, db *store.DB) {
		tamper(t, db, `UPDATE audit_leaves SET entry_id = -1 WHERE "index" = 450`, `UPDATE audit_leaves SET entry_id = 461 WHERE "index" = 451`,
			`UPDATE audit_leaves SET entry_id = 462 WHERE "index" = 450`)
		rehash(t, db, 450)
		rehash(t, db, 451)
		rehashAll(t, db, size)
	}, Finding{Rewritten, 400, 599, 0}},
	{"signed again with another key", func(t *testing.T, db *store.DB) {
		signer, v, err := Keys(newRing(t))
		if err != nil {
			t.Fatal(err)
		}
		tamper(t, db)
		for _, row := range db.Read().AuditCheckpoint.Query().AllX(t.Context()) {
			text, _, _ := strings.Cut(row.Text, "\n\n")
			c, err := parseText(text + "\n")
			if err != nil {
				t.Fatal(err)
			}
			signed, err := c.sign(signer)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseCheckpoint([]byte(signed), v); err != nil {
				t.Fatal(err)
			}
			run(t, db, fmt.Sprintf(`UPDATE audit_checkpoints SET text = $1 WHERE id = %d`, row.ID), signed)
		}
	}, Finding{Signature, -1, -1, 0}},
}

func sqlOf(statements ...string) func(t *testing.T, db *store.DB) {
	return func(t *testing.T, db *store.DB) { tamper(t, db, statements...) }
}

// Every way to tamper is found, and the first line that is wrong is named:
// exactly, or within the batch when the hashes were made to agree.
func TestVerifyFinds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, kept := grown(t, db)
		restore := save(t, db)
		for _, a := range attacks {
			t.Run(a.name, func(t *testing.T) {
				defer restore()
				a.do(t, db)
				r, err := verified(t, db, verifier(t, ring))
				if err != nil || r.Bad == nil || *r.Bad != a.want {
					t.Errorf("found %+v, want %+v (%v)", r.Bad, a.want, err)
				}
				if r.Lines > a.checked() {
					t.Errorf("%d lines were checked, behind what was found, %+v", r.Lines, a.want)
				}
			})
		}
		sound(t, db, ring, size, kept...)
	})
}

// A change to any column of a line is found.
func TestVerifyFindsEveryColumn(t *testing.T) {
	columns := map[string]string{
		"at": `(SELECT at FROM audit_entries WHERE id = 3)`, "actor": `actor + 1`, "duty": `'x'`, "agency": `agency + 1`, "action": `'x'`,
		"outcome": `'x'`, "refs": `'["x"]'`, "handover": `1`, "fields": `'["x"]'`, "reason": `'x'`, "rule": `'x'`, "source": `'x'`,
	}
	if len(columns) != len(auditentry.Columns)-1 {
		t.Fatalf("the table has %d columns besides its id, and %d are tried", len(auditentry.Columns)-1, len(columns))
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring := newRing(t)
		lines := many(4, "open")
		lines[2].At = noon.Add(time.Microsecond)
		add(t, db, lines...)
		take(t, newTree(t, db, ring), 4)
		restore := save(t, db)
		for column, value := range columns {
			restore()
			sound(t, db, ring, 4)
			tamper(t, db, fmt.Sprintf(`UPDATE audit_entries SET %s = %s WHERE id = 2`, column, value))
			r, err := verified(t, db, verifier(t, ring))
			if want := (Finding{Altered, 1, 1, 2}); err != nil || r.Bad == nil || *r.Bad != want {
				t.Errorf("%s: %+v, %v", column, r.Bad, err)
			}
		}
	})
}

// Whoever keeps a checkpoint finds a log that was cut at its end, put back to
// an older state, or signed anew; without one it looks whole.
func TestVerifyKept(t *testing.T) {
	cut := []string{`DELETE FROM audit_entries WHERE id > 400`, `DELETE FROM audit_leaves WHERE "index" >= 400`,
		`DELETE FROM audit_checkpoints WHERE id > 2`, `DELETE FROM audit_hashes WHERE id > 1`}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, kept := grown(t, db)
		v := verifier(t, ring)
		want := func(want Finding, kept ...[]byte) {
			t.Helper()
			r, err := verified(t, db, v, kept...)
			if err != nil || r.Bad == nil || *r.Bad != want {
				t.Errorf("found %+v, want %+v (%v)", r.Bad, want, err)
			}
		}
		want(Finding{NotKept, -1, -1, 0}, []byte("nysreferral/audit\n"))
		_, others := grown(t, sibling(t, db))
		want(Finding{NotKept, -1, -1, 0}, others[0])
		tamper(t, db, cut...)
		sound(t, db, ring, 400, kept[0], kept[1])
		want(Finding{Shortened, 400, 599, 0}, kept[0], kept[2])
		add(t, db, many(third+1, "other")...)
		take(t, newTree(t, db, ring), third+1)
		sound(t, db, ring, size+1, kept[1])
		want(Finding{Forked, 400, 599, 0}, kept[2], kept[1])
		want(Finding{Forked, 0, 599, 0}, kept[2])
	})
}

// BenchmarkVerify says how many lines a second are verified.
func BenchmarkVerify(b *testing.B) {
	if os.Getenv("AUDIT_LINES") == "" {
		b.Skip("set AUDIT_LINES to how many lines to verify")
	}
	var n int
	if _, err := fmt.Sscan(os.Getenv("AUDIT_LINES"), &n); err != nil {
		b.Fatal(err)
	}
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db, ring := open(b), newRing(b)
			tree := newTree(b, db, ring)
			start := time.Now()
			for range n / 1000 {
				add(b, db, many(1000, "open")...)
			}
			b.Logf("%d lines written in %v", n, time.Since(start))
			start = time.Now()
			take(b, tree, n)
			b.Logf("taken in in %v", time.Since(start))
			for b.Loop() {
				sound(b, db, ring, int64(n))
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
