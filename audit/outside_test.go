package audit

import (
	"sync"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/setting"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// keptAs is what the database keeps under a key.
func keptAs(t *testing.T, db *store.DB, key string) string {
	t.Helper()
	return db.Read().Setting.Query().Where(setting.Key(key)).OnlyX(t.Context()).Value
}

// Before a head was given outside nothing says that one was. The first moment is
// kept, whoever says it again and at whatever time; of mails it is the last, under
// the names that databases hold already.
func TestOutside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, there := t.Context(), time.FixedZone("there", -5*3600)
		if begun, err := AnchorsBegun(ctx, db); begun || err != nil {
			t.Errorf("begun before it was: %v, %v", begun, err)
		}
		if at, err := AnchorMailed(ctx, db); !at.IsZero() || err != nil {
			t.Errorf("mailed before it was: %v, %v", at, err)
		}
		for _, at := range []time.Time{noon.In(there), noon.Add(time.Hour)} {
			if err := BeginAnchors(ctx, db, at); err != nil {
				t.Fatal(err)
			}
			if begun, err := AnchorsBegun(ctx, db); !begun || err != nil || keptAs(t, db, "anchors.begun") != "2026-11-22T17:00:00Z" {
				t.Errorf("begun: %v, %v, %s", begun, err, keptAs(t, db, "anchors.begun"))
			}
		}
		said := 0
		if err := BeginAnchors(ctx, db.Watched(func() { said++ }), noon); err != nil || said != 1 {
			t.Errorf("saying it again asked %d times: %v", said, err)
		}
		if at, err := AnchorMailed(ctx, db); !at.IsZero() || err != nil {
			t.Errorf("a head in a file counts as mailed: %v, %v", at, err)
		}
		for _, at := range []time.Time{noon.In(there), noon.Add(24 * time.Hour), noon} {
			if err := SetAnchorMailed(ctx, db, at); err != nil {
				t.Fatal(err)
			}
			if got, err := AnchorMailed(ctx, db); err != nil || !got.Equal(at.Truncate(time.Second)) {
				t.Errorf("mailed at %v, %v, want %v", got, err, at)
			}
		}
		if got := keptAs(t, db, "anchors.mailed"); got != "2026-11-22T17:00:00Z" {
			t.Errorf("kept as %s", got)
		}
		run(t, db, `UPDATE settings SET value = 'yesterday' WHERE key = 'anchors.mailed'`)
		if at, err := AnchorMailed(ctx, db); err == nil || !at.IsZero() {
			t.Errorf("what is no moment is one: %v, %v", at, err)
		}
	})
}

// Of servers that begin at the same moment each is told that it is kept; a database
// that takes nothing is told of.
func TestOutsideAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		acts := []func() error{
			func() error { return BeginAnchors(t.Context(), db, noon) },
			func() error { return SetAnchorMailed(t.Context(), db, noon) },
		}
		for range 5 {
			if err := db.Do(t.Context(), func(tx *ent.Tx) error { _, err := tx.Setting.Delete().Exec(t.Context()); return err }); err != nil {
				t.Fatal(err)
			}
			var servers sync.WaitGroup
			for n := range 8 {
				servers.Go(func() {
					if err := acts[n%2](); err != nil {
						t.Error(err)
					}
				})
			}
			servers.Wait()
			if n := db.Read().Setting.Query().CountX(t.Context()); n != 2 {
				t.Errorf("%d are kept", n)
			}
		}
		run(t, db, `DELETE FROM settings`)
		for _, statement := range map[string][]string{
			store.SQLite:   {`CREATE TRIGGER never BEFORE INSERT ON settings BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END`},
			store.Postgres: {`ALTER TABLE settings ADD COLUMN never int`, `ALTER TABLE settings ALTER never SET DEFAULT 1 / 0`},
		}[db.Dialect()] {
			run(t, db, statement)
		}
		for n, act := range acts {
			if act() == nil {
				t.Errorf("%d: kept where nothing is", n)
			}
		}
	})
}
