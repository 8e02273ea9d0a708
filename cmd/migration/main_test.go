package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nysreferral/migrations"
	"nysreferral/store/storetest"
)

// copied returns a folder with the shipped migrations.
func copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, migrations.Files); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A name that is no name, and a folder whose file was edited, are refused, and
// nothing is written.
func TestWriteRefused(t *testing.T) {
	t.Setenv("DEV_POSTGRES", storetest.Admin(t))
	dir := copied(t)
	if _, err := write(t.Context(), dir, "Bad Name"); err == nil {
		t.Error("a bad name was taken")
	}
	name := filepath.Join(dir, "sqlite", "0001_tables.sql")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(text, "-- edited\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if written, err := write(t.Context(), dir, "more"); err == nil || len(written) > 0 {
		t.Errorf("it wrote %v, %v", written, err)
	}
	if err := writeSums(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := write(t.Context(), dir, "more"); err != nil {
		t.Errorf("with its sums written again: %v", err)
	}
}

// Both folders say exactly what ent/schema says. When this fails, run
// go run ./cmd/migration NAME.
func TestFoldersAreFresh(t *testing.T) {
	t.Setenv("DEV_POSTGRES", storetest.Admin(t))
	written, err := write(t.Context(), copied(t), "missing")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range written {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s lacks:\n%s", filepath.Base(filepath.Dir(f)), text)
	}
}

// From nothing, both folders get a file of the same number and name.
func TestWriteFromNothing(t *testing.T) {
	t.Setenv("DEV_POSTGRES", storetest.Admin(t))
	dir := t.TempDir()
	for _, sub := range []string{"sqlite", "postgres"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	written, err := write(t.Context(), dir, "tables")
	if err != nil {
		t.Fatal(err)
	}
	if len(written) != 2 || !strings.HasSuffix(written[0], "sqlite/0001_tables.sql") || !strings.HasSuffix(written[1], "postgres/0001_tables.sql") {
		t.Errorf("it wrote %v", written)
	}
}
