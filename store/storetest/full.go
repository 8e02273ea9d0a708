package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/store"
)

// Full leaves no room in db: what is written is refused by the database itself,
// as on a disk that is full, beginning with lines of the log. little gives room for
// small things, and lift for everything.
func Full(t testing.TB, db *store.DB) (little, lift func()) {
	t.Helper()
	run := func(text string) {
		t.Helper()
		if _, err := db.SQL().ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if db.Dialect() == store.Postgres {
		run(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$`)
		run(`CREATE TRIGGER no_room BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION no_room()`)
		lift = func() { run(`DROP TRIGGER IF EXISTS no_room ON audit_entries`) }
		refusedNow(t, db)
		return lift, lift
	}
	pages := func(more int) {
		t.Helper()
		var n int
		if err := db.SQL().QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		run(fmt.Sprintf(`PRAGMA max_page_count = %d`, n+more))
	}
	pages(0)
	refusedNow(t, db)
	return func() { pages(200) }, func() { pages(1 << 20) }
}

// Line returns a unit of work that adds the shortest line to the log.
func Line(ctx context.Context) func(tx *ent.Tx) error {
	return func(tx *ent.Tx) error {
		return tx.AuditEntry.Create().SetAt(time.Unix(1_790_000_000, 0).UTC()).SetAction("f").Exec(ctx)
	}
}

// refusedNow writes lines, long ones and then the shortest, until none is taken:
// no other line is either.
func refusedNow(t testing.TB, db *store.DB) {
	t.Helper()
	for _, size := range []int{400, 0} {
		for range 20_000 {
			err := db.Do(t.Context(), func(tx *ent.Tx) error {
				return tx.AuditEntry.Create().SetAt(time.Unix(1_790_000_000, 0).UTC()).SetAction("f").SetReason(strings.Repeat("x", size)).Exec(t.Context())
			})
			if err != nil && db.Saves() == nil {
				t.Fatal(err)
			}
			if err != nil {
				break
			}
		}
	}
	if db.Saves() == nil {
		t.Fatal("everything fits")
	}
}

// Frozen has db refuse to delete a session as well, as a disk that takes nothing at
// all does.
func Frozen(t testing.TB, db *store.DB) {
	t.Helper()
	list := []string{`CREATE TRIGGER no_delete BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`}
	if db.Dialect() == store.Postgres {
		list = []string{`CREATE TRIGGER no_delete BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION no_room()`}
	} else {
		list = append([]string{fmt.Sprintf(`PRAGMA max_page_count = %d`, 1<<20)}, append(list, `PRAGMA max_page_count = 1`)...)
	}
	for _, text := range list {
		if _, err := db.SQL().ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}
