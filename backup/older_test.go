package backup

import (
	"bytes"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"nysreferral/ent/migrate"
	"nysreferral/ent/setting"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A database that was migrated by an older program is backed up before it is
// migrated, put back as it was, and migrated there.
func TestOlderTables(t *testing.T) {
	for name, urls := range map[string][2]string{
		"sqlite":   {"sqlite:" + filepath.Join(t.TempDir(), "a", "old.db"), "sqlite:" + filepath.Join(t.TempDir(), "b", "new.db")},
		"postgres": {storetest.EmptyPostgresURL(t), storetest.EmptyPostgresURL(t)},
	} {
		t.Run(name, func(t *testing.T) {
			old, to := open(t, urls[0]), open(t, urls[1])
			if err := store.MigrateTo(t.Context(), old, "0003_pairs.sql"); err != nil {
				t.Fatal(err)
			}
			if err := store.MigrateQueue(t.Context(), old); err != nil {
				t.Fatal(err)
			}
			_, err := old.SQL().ExecContext(t.Context(), `INSERT INTO settings (key, value) VALUES ('folder', 'production')`)
			if err != nil {
				t.Fatal(err)
			}
			key, ring := newKey(t), ringOf(t)
			var file bytes.Buffer
			m, _, err := Write(t.Context(), Source{DB: old, Ring: ring}, key.Public(), &file, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if err := Restore(t.Context(), Target{DB: to}, m, key, bytes.NewReader(file.Bytes())); err != nil {
				t.Fatal(err)
			}
			if pending, err := store.Pending(t.Context(), to); err != nil || len(pending) > 0 {
				t.Errorf("not migrated yet: %v %v", pending, err)
			}
			row, err := to.Read().Setting.Query().Where(setting.Key("folder")).Only(t.Context())
			if err != nil || row.Value != "production" {
				t.Errorf("put back: %+v %v", row, err)
			}
		})
	}
}

// PostgreSQL does not end a copy that rests while files are read or written.
func TestCopyTakesItsTime(t *testing.T) {
	db := storetest.Postgres(t)
	limit := func(tx *sql.Tx) (out string) {
		if err := tx.QueryRowContext(t.Context(), "SHOW idle_in_transaction_session_timeout").Scan(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	read := db.Snapshot(t.Context(), func(s *store.Snapshot) error {
		if got := limit(s.Tx()); got != "0" {
			t.Errorf("a snapshot may rest for %s", got)
		}
		return nil
	})
	filled := db.Fill(t.Context(), func(f *store.Filling) error {
		if got := limit(f.Tx()); got != "0" {
			t.Errorf("a filling may rest for %s", got)
		}
		return nil
	})
	if err := errors.Join(read, filled); err != nil {
		t.Fatal(err)
	}
}

// Every table is carried but sessions, and none before one that it points to.
func TestEveryTableIsCarried(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Snapshot(t.Context(), func(s *store.Snapshot) error {
			list, err := s.Tables(t.Context())
			if err != nil {
				return err
			}
			at := func(name string) int {
				return slices.IndexFunc(list, func(c store.Table) bool { return c.Name == name })
			}
			for _, want := range migrate.Tables {
				i := at(want.Name)
				if i < 0 != (want.Name == "sessions") {
					t.Errorf("%s: at place %d", want.Name, i)
					continue
				}
				if i >= 0 && len(list[i].Columns) != len(want.Columns) {
					t.Errorf("%s: %d of %d columns", want.Name, len(list[i].Columns), len(want.Columns))
				}
				for _, key := range want.ForeignKeys {
					if i >= 0 && at(key.RefTable.Name) > i {
						t.Errorf("%s comes before %s", want.Name, key.RefTable.Name)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func open(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// A copy whose checks did not end is taken by no program.
func TestUnfinishedIsNotTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := db.Fill(t.Context(), func(f *store.Filling) error { return f.Unfinished(t.Context()) }); err != nil {
			t.Fatal(err)
		}
		if err := store.Migrate(t.Context(), db); !errors.Is(err, store.ErrUnfinished) {
			t.Errorf("migrating it: %v", err)
		}
		if err := store.Finished(t.Context(), db, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := store.Migrate(t.Context(), db); err != nil {
			t.Errorf("when it is finished: %v", err)
		}
	})
}
