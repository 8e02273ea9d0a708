package store_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	atlas "ariga.io/atlas/sql/migrate"

	"nysreferral/ent"
	"nysreferral/migrations"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// folders returns a copy of the shipped migrations with more files, summed.
func folders(t *testing.T, more map[string]string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	for _, dir := range []string{"sqlite", "postgres"} {
		shipped, err := fs.Glob(migrations.Files, dir+"/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range shipped {
			text, err := migrations.Files.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = &fstest.MapFile{Data: text}
		}
		for name, text := range more {
			if strings.HasPrefix(name, dir) {
				all[name] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		sum(t, all, dir)
	}
	return all
}

// sum writes the atlas.sum of dir again.
func sum(t *testing.T, all fstest.MapFS, dir string) {
	t.Helper()
	names, err := fs.Glob(all, dir+"/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var files []atlas.File
	for _, name := range names {
		files = append(files, atlas.NewLocalFile(filepath.Base(name), all[name].Data))
	}
	sums, err := atlas.NewHashFile(files)
	if err != nil {
		t.Fatal(err)
	}
	text, err := sums.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	all[dir+"/atlas.sum"] = &fstest.MapFile{Data: text}
}

func folderOf(db *store.DB) string {
	if db.Dialect() == store.Postgres {
		return "postgres"
	}
	return "sqlite"
}

// A migrated database lacks nothing, and migrating it again changes nothing.
func TestMigrateTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for range 2 {
			todo, err := store.Pending(t.Context(), db)
			if err != nil || len(todo) != 0 {
				t.Fatalf("pending %v, %v", todo, err)
			}
			if err := store.Migrate(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A new database says all that it lacks, River's tables too, and looking
// changes nothing.
func TestPendingOnNew(t *testing.T) {
	for dialect, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "d", "x.db"),
		"postgres": storetest.EmptyPostgresURL(t),
	} {
		t.Run(dialect, func(t *testing.T) {
			db, err := store.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for range 2 {
				todo, err := store.Pending(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				said := strings.Join(todo, " ")
				if !strings.HasPrefix(said, "0001_tables.sql 0002_append_only.sql") || !strings.Contains(said, "river_6") {
					t.Errorf("pending: %s", said)
				}
			}
		})
	}
}

// A migration that was edited is refused: before it ran, by the folder's sums;
// after it ran, by the sum that the database keeps. Nothing is changed.
func TestEditedMigrationRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := folderOf(db)
		all := folders(t, map[string]string{dir + "/9003_more.sql": "CREATE TABLE more (id integer);\n"})
		first := all[dir+"/0001_tables.sql"]
		first.Data = append(first.Data, "-- edited\n"...)
		if err := store.MigrateFrom(t.Context(), db, all); !errors.Is(err, store.ErrEdited) {
			t.Errorf("edited, sums as they were: %v", err)
		}
		sum(t, all, dir)
		if err := store.MigrateFrom(t.Context(), db, all); !errors.Is(err, store.ErrEdited) {
			t.Errorf("edited, sums written again: %v", err)
		}
		if _, err := db.SQL().Exec("SELECT * FROM more"); err == nil {
			t.Error("a later migration ran all the same")
		}
	})
}

// A database of a newer program is refused, and so is a migration with a
// number before one that ran.
func TestMigrationsOutOfOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := folderOf(db)
		if err := store.MigrateFrom(t.Context(), db, folders(t, map[string]string{dir + "/9004_b.sql": "CREATE TABLE b (id integer);\n"})); err != nil {
			t.Fatal(err)
		}
		if err := store.Migrate(t.Context(), db); !errors.Is(err, store.ErrNewer) {
			t.Errorf("the older program said: %v", err)
		}
		late := folders(t, map[string]string{dir + "/9003_a.sql": "CREATE TABLE a (id integer);\n", dir + "/9004_b.sql": "CREATE TABLE b (id integer);\n"})
		if err := store.MigrateFrom(t.Context(), db, late); err == nil {
			t.Error("a migration was slipped in before one that ran")
		}
	})
}

// A migration that fails in its middle leaves nothing of itself.
func TestFailedMigrationLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := folderOf(db)
		bad := folders(t, map[string]string{dir + "/9003_bad.sql": "CREATE TABLE half (id integer);\nCREATE TABLE half (id integer);\n"})
		if err := store.MigrateFrom(t.Context(), db, bad); err == nil {
			t.Fatal("it was accepted")
		}
		good := folders(t, map[string]string{dir + "/9003_good.sql": "CREATE TABLE half (id integer);\n"})
		if err := store.MigrateFrom(t.Context(), db, good); err != nil {
			t.Fatal(err)
		}
	})
}

// rebuild is what Atlas writes for SQLite when a column changes: the table is
// made anew, filled, and put in the place of the old one.
const rebuild = "PRAGMA foreign_keys = off;\n" +
	"CREATE TABLE `new_agencies` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `kind` text NOT NULL, `side` text NOT NULL, `designated` text NOT NULL DEFAULT (''), `district` text NOT NULL DEFAULT (''), `email_domain` text NOT NULL DEFAULT (''), `active` bool NOT NULL DEFAULT (true), `created_at` datetime NOT NULL, `rev` integer NOT NULL DEFAULT (1));\n" +
	"INSERT INTO `new_agencies` SELECT * FROM `agencies`;\nDROP TABLE `agencies`;\nALTER TABLE `new_agencies` RENAME TO `agencies`;\nPRAGMA foreign_keys = on;\n"

// The rows that point to a table survive its rebuild on SQLite, still point to
// their parents, and foreign keys hold again afterwards.
func TestRebuildKeepsChildren(t *testing.T) {
	db := storetest.SQLite(t)
	a := oneAgency(t, db, "a")
	err := db.Do(t.Context(), func(tx *ent.Tx) error {
		return errors.Join(
			tx.User.Create().SetName("Test Person").SetEmail("person@example.org").SetDuty("referrer").SetAgencyID(a.ID).SetCreatedAt(noon).Exec(t.Context()),
			tx.ContactPoint.Create().SetKey("k").SetKind("rhtp").SetName("n").SetAgencyID(a.ID).Exec(t.Context()))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.MigrateFrom(t.Context(), db, folders(t, map[string]string{"sqlite/9003_rebuild.sql": rebuild})); err != nil {
		t.Fatal(err)
	}
	if got := db.Read().User.Query().QueryAgency().OnlyX(t.Context()).Name; got != "a" {
		t.Errorf("the user's agency is %q", got)
	}
	if p := db.Read().ContactPoint.Query().OnlyX(t.Context()); p.AgencyID == nil || *p.AgencyID != a.ID {
		t.Errorf("the contact point's agency is %v", p.AgencyID)
	}
	if _, err := db.SQL().Exec("DELETE FROM agencies"); err == nil {
		t.Error("an agency with users was deleted: foreign keys are off")
	}
}

// A migration that would leave a row without its parent is refused and undone.
func TestOrphaningMigrationRefused(t *testing.T) {
	db := storetest.SQLite(t)
	a := oneAgency(t, db, "a")
	err := db.Do(t.Context(), func(tx *ent.Tx) error {
		return tx.User.Create().SetName("Test Person").SetEmail("person@example.org").SetDuty("referrer").SetAgencyID(a.ID).SetCreatedAt(noon).Exec(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
	bad := folders(t, map[string]string{"sqlite/9003_bad.sql": "DELETE FROM agencies;\n"})
	if err := store.MigrateFrom(t.Context(), db, bad); err == nil || !strings.Contains(err.Error(), "of users") {
		t.Errorf("it said: %v", err)
	}
	if got := names(t, db); len(got) != 1 {
		t.Errorf("agencies %v", got)
	}
}

// A rebuild that would lose the triggers that keep the log is refused.
func TestLosingTriggersRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := folderOf(db)
		bad := folders(t, map[string]string{dir + "/9003_bad.sql": "CREATE TABLE new_entries AS SELECT * FROM audit_entries;\nDROP TABLE audit_entries;\nALTER TABLE new_entries RENAME TO audit_entries;\n"})
		if err := store.MigrateFrom(t.Context(), db, bad); err == nil || !strings.Contains(err.Error(), "trigger") {
			t.Errorf("it said: %v", err)
		}
		if _, err := db.SQL().Exec("SELECT duty FROM audit_entries"); err != nil {
			t.Error(err)
		}
	})
}

// Two programs that migrate one new PostgreSQL at once both succeed.
func TestMigrateAtOnce(t *testing.T) {
	url := storetest.EmptyPostgresURL(t)
	errs := make(chan error)
	for range 2 {
		go func() {
			db, err := store.Open(t.Context(), url)
			if err != nil {
				errs <- err
				return
			}
			errs <- errors.Join(store.Migrate(t.Context(), db), db.Close())
		}()
	}
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatal(err)
	}
}
