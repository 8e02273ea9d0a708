package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

var noon = time.Date(2026, 11, 16, 17, 0, 0, 123456000, time.UTC)

// oneAgency adds an agency called name and returns it.
func oneAgency(t *testing.T, db *store.DB, name string) *ent.Agency {
	t.Helper()
	var a *ent.Agency
	err := db.Do(t.Context(), func(tx *ent.Tx) (err error) {
		a, err = tx.Agency.Create().SetName(name).SetKind("nypd").SetSide("police").SetCreatedAt(noon).Save(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// names returns the names of all agencies.
func names(t *testing.T, db *store.DB) []string {
	t.Helper()
	all, err := db.Read().Agency.Query().Order(agency.ByID()).Select(agency.FieldName).Strings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A unit of work that fails leaves nothing, and the next one works.
func TestDoRollsBackOnError(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		no := errors.New("no")
		err := db.Do(t.Context(), func(tx *ent.Tx) error {
			tx.Agency.Create().SetName("gone").SetKind("nypd").SetSide("police").SetCreatedAt(noon).SaveX(t.Context())
			return no
		})
		if !errors.Is(err, no) {
			t.Fatalf("Do returned %v", err)
		}
		oneAgency(t, db, "kept")
		if got := names(t, db); len(got) != 1 || got[0] != "kept" {
			t.Fatalf("agencies %v", got)
		}
	})
}

// A unit of work that panics leaves nothing, the panic goes on, and the next
// one works.
func TestDoRollsBackOnPanic(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Do(t.Context(), func(tx *ent.Tx) error {
				tx.Agency.Create().SetName("gone").SetKind("nypd").SetSide("police").SetCreatedAt(noon).SaveX(t.Context())
				panic("boom")
			})
		}()
		oneAgency(t, db, "kept")
		if got := names(t, db); len(got) != 1 || got[0] != "kept" {
			t.Fatalf("agencies %v", got)
		}
	})
}

// A canceled request leaves nothing and does not break the next unit of work.
func TestDoCanceled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Do(ctx, func(tx *ent.Tx) error {
			tx.Agency.Create().SetName("gone").SetKind("nypd").SetSide("police").SetCreatedAt(noon).SaveX(ctx)
			cancel()
			return nil
		})
		if err == nil {
			t.Fatal("a canceled unit of work was acknowledged")
		}
		oneAgency(t, db, "kept")
		if got := names(t, db); len(got) != 1 || got[0] != "kept" {
			t.Fatalf("agencies %v", got)
		}
	})
}

// Two units of work that deadlock on PostgreSQL both commit in the end; on
// SQLite they never meet.
func TestDoDeadlock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a, b := oneAgency(t, db, "a"), oneAgency(t, db, "b")
		var met sync.WaitGroup
		if db.Dialect() == store.Postgres {
			met.Add(2)
		}
		cross := func(first, second int) error {
			var once sync.Once
			return db.Do(t.Context(), func(tx *ent.Tx) error {
				if err := tx.Agency.UpdateOneID(first).AddRev(1).Exec(t.Context()); err != nil {
					return err
				}
				if db.Dialect() == store.Postgres {
					once.Do(met.Done)
					met.Wait()
				}
				return tx.Agency.UpdateOneID(second).AddRev(1).Exec(t.Context())
			})
		}
		errs := make(chan error)
		go func() { errs <- cross(a.ID, b.ID) }()
		go func() { errs <- cross(b.ID, a.ID) }()
		if err := errors.Join(<-errs, <-errs); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int{a.ID, b.ID} {
			if rev := db.Read().Agency.GetX(t.Context(), id).Rev; rev != 3 {
				t.Errorf("agency %d has rev %d, want 3", id, rev)
			}
		}
	})
}

// Fifty writers at once lose nothing and see no error.
func TestDoConcurrent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := oneAgency(t, db, "a")
		errs := make(chan error)
		for range 50 {
			go func() {
				errs <- db.Do(t.Context(), func(tx *ent.Tx) error {
					return tx.Agency.UpdateOneID(a.ID).AddRev(1).Exec(t.Context())
				})
			}()
		}
		for range 50 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if rev := db.Read().Agency.GetX(t.Context(), a.ID).Rev; rev != 51 {
			t.Fatalf("rev %d, want 51", rev)
		}
	})
}

// A moment comes back the same and in UTC, whatever zone it went in with, is
// cut to microseconds, and a range over other zones finds it.
func TestTimesRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ny, err := time.LoadLocation("America/New_York")
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 1, 1, 30, 0, 123456789, ny) // the doubled hour
		var id int
		err = db.Do(t.Context(), func(tx *ent.Tx) error {
			a, err := tx.Agency.Create().SetName("a").SetKind("nypd").SetSide("police").SetCreatedAt(at).Save(t.Context())
			if err == nil {
				id = a.ID
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got := db.Read().Agency.GetX(t.Context(), id).CreatedAt
		if want := at.UTC().Truncate(time.Microsecond); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		n, err := db.Read().Agency.Query().Where(
			agency.CreatedAtGT(at.UTC().Add(-time.Second)), agency.CreatedAtLT(at.In(time.FixedZone("", 9*3600)).Add(time.Second))).Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("the range found %d, %v", n, err)
		}
	})
}

// The client for reading cannot write on SQLite, and a database opened for
// reading only cannot be written at all.
func TestReadOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		add := func(c *ent.Client) error {
			return c.Agency.Create().SetName("x").SetKind("nypd").SetSide("police").SetCreatedAt(noon).Exec(t.Context())
		}
		if db.Dialect() != store.SQLite {
			return
		}
		if add(db.Read()) == nil {
			t.Error("the reading client wrote")
		}
		oneAgency(t, db, "kept")
		ro, err := store.OpenReadOnly(t.Context(), db.Path())
		if err != nil {
			t.Fatal(err)
		}
		defer ro.Close()
		if got := names(t, ro); len(got) != 1 {
			t.Errorf("beside the writer one reads %v", got)
		}
		if add(ro.Read()) == nil {
			t.Error("a database open for reading was written")
		}
		if err := ro.Do(t.Context(), func(*ent.Tx) error { return nil }); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("Do returned %v", err)
		}
		if err := store.Migrate(t.Context(), ro); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("Migrate returned %v", err)
		}
	})
	t.Run("postgres only", func(t *testing.T) {
		ro, err := store.OpenReadOnly(t.Context(), storetest.PostgresURL(t))
		if err != nil {
			t.Fatal(err)
		}
		defer ro.Close()
		err = ro.Read().Agency.Create().SetName("x").SetKind("nypd").SetSide("police").SetCreatedAt(noon).Exec(t.Context())
		if err == nil {
			t.Error("a database open for reading was written")
		}
	})
}

// A second process that opens the same SQLite file to write is refused in a
// plain sentence, and may once the first has ended.
func TestSecondProcessRefused(t *testing.T) {
	if path := os.Getenv("STORE_TEST_OPEN"); path != "" {
		_, err := store.Open(context.Background(), path)
		fmt.Println(err)
		os.Exit(0)
	}
	url := storetest.SQLiteURL(t)
	second := func() string {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSecondProcessRefused$")
		cmd.Env = append(os.Environ(), "STORE_TEST_OPEN="+url)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if out := second(); !strings.Contains(out, store.ErrInUse.Error()) {
		t.Errorf("the second process was told: %s", out)
	}
	if _, err := store.Open(t.Context(), url); !errors.Is(err, store.ErrInUse) {
		t.Errorf("opening twice in one process: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if out := second(); !strings.HasPrefix(out, "<nil>") {
		t.Errorf("after the first closed, the second was told: %s", out)
	}
}

// SQLite's files and the folder that Open makes are closed to other accounts,
// even when an umask or a copy left them open.
func TestFileModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b%20?#", "data")
	path := filepath.Join(dir, "x.db")
	for range 2 {
		db, err := store.Open(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Migrate(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			i, err := d.Info()
			if err == nil && i.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %v", d.Name(), i.Mode())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The settings that keep what was acknowledged hold on the connection that
// writes and on one that reads.
func TestPragmasReadBack(t *testing.T) {
	db := storetest.SQLite(t)
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1",
		"temp_store": "2", "trusted_schema": "0", "recursive_triggers": "1"}
	for name, set := range want {
		var w string
		if err := db.SQL().QueryRow("PRAGMA " + name).Scan(&w); err != nil || w != set {
			t.Errorf("writing: %s is %q (%v), want %q", name, w, err, set)
		}
		rows, err := db.Read().QueryContext(t.Context(), "PRAGMA "+name)
		if err != nil {
			t.Fatal(err)
		}
		if !rows.Next() {
			t.Fatal("no answer to", name)
		}
		var r string
		if err := errors.Join(rows.Scan(&r), rows.Close()); err != nil || r != set {
			t.Errorf("reading: %s is %q (%v), want %q", name, r, err, set)
		}
	}
}
