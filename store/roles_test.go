package store_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"nysreferral/ent"
	"nysreferral/migrations"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// deniedTo runs a statement as a role and wants PostgreSQL to deny it before any
// trigger has a word.
func deniedTo(t *testing.T, db *store.DB, statement string) {
	t.Helper()
	_, err := db.Pool().Exec(t.Context(), statement)
	if err == nil || !strings.Contains(err.Error(), "42501") {
		t.Errorf("%s: %v", statement, err)
	}
}

// The role with which servers sign in adds to the log and reads it, and cannot
// change, empty or replace it, take its triggers away or pass them by, make a
// table, or become somebody who can.
func TestServersCannotRewriteTheLog(t *testing.T) {
	address := storetest.PostgresURL(t)
	as := storetest.AppURL(t, address)
	db, err := store.Open(t.Context(), as)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	said(t, db) // it does its own work
	for _, table := range store.Added {
		for _, statement := range []string{"UPDATE " + table + " SET id = id", "DELETE FROM " + table, "TRUNCATE " + table,
			"INSERT INTO " + table + " (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 1",
			"SELECT 1 FROM " + table + " FOR UPDATE", "COPY " + table + " TO PROGRAM 'cat'"} {
			deniedTo(t, db, statement)
		}
	}
	for _, statement := range []string{"SET session_replication_role = replica", "CREATE TABLE public.mine (id int)", "UPDATE schema_revisions SET sum = ''",
		"UPDATE river_migration SET version = 1", "SET ROLE postgres"} {
		deniedTo(t, db, statement)
	}
	for _, statement := range []string{"ALTER TABLE audit_entries DISABLE TRIGGER ALL", "DROP TRIGGER audit_entries_no_change ON audit_entries", "DROP TABLE audit_entries",
		"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"} {
		if _, err := db.Pool().Exec(t.Context(), statement); err == nil {
			t.Errorf("it may: %s", statement)
		}
	}
	if may, err := store.MayRewrite(t.Context(), db); may || err != nil {
		t.Errorf("it is said to be able to: %t, %v", may, err)
	}
	owner, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if may, err := store.MayRewrite(t.Context(), owner); !may || err != nil {
		t.Errorf("the owner is said not to be able to: %t, %v", may, err)
	}
}

// An owner that is no superuser makes the tables and lets the servers' role in; a
// server goes on where nothing is to be changed, and is told what to do where
// something is.
func TestOwnerMigrates(t *testing.T) {
	address := storetest.EmptyPostgresURL(t)
	owner, asOwner := storetest.Role(t, address)
	app, asApp := storetest.Role(t, address)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	of := `ALTER DATABASE "` + strings.Trim(u.Path, "/") + `" OWNER TO `
	storetest.AsAdmin(t, address, of+owner)
	t.Cleanup(func() { storetest.AsAdmin(t, address, of+"postgres") })
	first, err := store.Open(t.Context(), asOwner)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := store.Open(t.Context(), asApp)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if err := store.Migrate(t.Context(), second); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("over an empty database a server is told: %v", err)
	}
	if err := store.Migrate(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), second); !errors.Is(err, store.ErrShut) { // as after a backup was put back
		t.Errorf("before the tables are open to it a server is told: %v", err)
	}
	if err := store.Grant(t.Context(), first, app); err != nil {
		t.Fatal(err)
	}
	if err := store.Grant(t.Context(), first, owner); err == nil {
		t.Error("the owner took its own rights away")
	}
	if err := store.Grant(t.Context(), first, "nobody_of_that_name"); err == nil {
		t.Error("a role that is not there was let in")
	}
	if err := store.Migrate(t.Context(), second); err != nil {
		t.Errorf("with nothing to do: %v", err)
	}
	more := folders(t, map[string]string{"postgres/9003_more.sql": "CREATE TABLE more (id integer);\n"})
	if err := store.MigrateFrom(t.Context(), second, more); !errors.Is(err, store.ErrNotOwner) {
		t.Errorf("behind a newer program a server is told: %v", err)
	}
	if err := store.MigrateFrom(t.Context(), first, more); err != nil {
		t.Errorf("the owner: %v", err)
	}
	if err := second.Do(t.Context(), func(tx *ent.Tx) error { return tx.Setting.Create().SetKey("k").SetValue("v").Exec(t.Context()) }); err != nil {
		t.Errorf("a server that runs on beside newer tables: %v", err)
	}
}

// Every table with a trigger that refuses changes is one that servers may only add
// to, answers apart, whose drafts change.
func TestAddedAreKept(t *testing.T) {
	text, err := migrations.Files.ReadFile("postgres/0002_append_only.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		rest, ok := strings.CutPrefix(line, `CREATE TRIGGER "`)
		if name, _, kept := strings.Cut(rest, "_no_change"); ok && kept && !slices.Contains(store.Added, name) {
			t.Errorf("%s may be rewritten by a server's role", name)
		}
	}
}

// An SQLite that is older than the one that was tried is refused with its number.
func TestOldSQLiteRefused(t *testing.T) {
	for version, want := range map[string]bool{"3.52.9": false, "2.99.99": false, "nonsense": false, "3.53.0": true, "3.53.4": true, "4.0.0": true} {
		if err := store.Recent(version); (err == nil) != want || err != nil && !strings.Contains(err.Error(), version) {
			t.Errorf("%s: %v", version, err)
		}
	}
}
