// Package storetest gives each test a database of its own, migrated, on SQLite
// and on PostgreSQL. It migrates once a package and copies the result. Where
// PostgreSQL is missing a test skips, and fails when the environment says CI.
package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nysreferral/migrations"
	"nysreferral/store"
	"nysreferral/store/storetest/scratch"
)

// Each runs fn beside itself on a fresh SQLite file and on a fresh PostgreSQL
// database, as the subtests sqlite and postgres.
func Each(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, Postgres(t))
	})
}

// SQLite opens a fresh migrated file, closed when the test ends.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return open(t, SQLiteURL(t))
}

// Postgres opens a fresh migrated database, dropped when the test ends. It
// skips or fails as Each does.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

// SQLiteURL returns the address of a fresh migrated file that nobody has open.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	raw, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "db")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "nysreferral.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// PostgresURL returns the address of a fresh migrated database that nobody has
// open, dropped when the test ends. It skips or fails as Each does.
func PostgresURL(t testing.TB) string {
	t.Helper()
	admin := Admin(t)
	template, err := migratedTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return fresh(t, admin, template)
}

// EmptyPostgresURL returns the address of a fresh database without a table,
// dropped when the test ends. It skips or fails as Each does.
func EmptyPostgresURL(t testing.TB) string {
	t.Helper()
	return fresh(t, Admin(t), "")
}

// Admin returns the address of a superuser of the test's PostgreSQL:
// TEST_POSTGRES, else a server that is started once a package.
func Admin(t testing.TB) string {
	t.Helper()
	s, err := server()
	if err == nil {
		return s.URL
	}
	if os.Getenv("CI") != "" || !errors.Is(err, scratch.ErrMissing) {
		t.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "SKIPPED on PostgreSQL: %s: %v\n", t.Name(), err)
	t.Skip(err)
	return ""
}

func fresh(t testing.TB, admin, template string) string {
	t.Helper()
	url, err := scratch.Database(t.Context(), admin, template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := scratch.Drop(context.Background(), admin, url); err != nil {
			t.Error(err)
		}
	})
	return url
}

func open(t testing.TB, url string) *store.DB {
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

// What a package shares is made at first use. A server of our own ends
// with the process: nothing in a test binary runs after the last test.
var (
	// The whole Server is kept: it stops when nobody holds it any more.
	server = sync.OnceValues(func() (*scratch.Server, error) {
		if url := os.Getenv("TEST_POSTGRES"); url != "" {
			return &scratch.Server{URL: url}, nil
		}
		return scratch.Start(context.Background())
	})
	migratedTemplate = sync.OnceValues(makeTemplate)
	migratedFile     = sync.OnceValues(makeFile)
)

// makeTemplate migrates a database and names it after its migrations, so that
// the packages of one run, which share TEST_POSTGRES, share it too.
func makeTemplate() (_ string, err error) {
	ctx := context.Background()
	s, err := server()
	if err != nil {
		return "", err
	}
	admin := s.URL
	url, err := scratch.Database(ctx, admin, "")
	if err != nil {
		return "", err
	}
	name, err := templateName(ctx, url)
	if err == nil {
		err = scratch.Settle(ctx, admin, url, name, migrated)
	}
	return name, errors.Join(err, scratch.Drop(ctx, admin, url))
}

// templateName is a sum over all that would be applied to the database at url.
func templateName(ctx context.Context, url string) (string, error) {
	db, err := store.Open(ctx, url)
	if err != nil {
		return "", err
	}
	todo, err := store.Pending(ctx, db)
	if err := errors.Join(err, db.Close()); err != nil {
		return "", err
	}
	sums, err := migrations.Files.ReadFile("postgres/atlas.sum")
	if err != nil {
		return "", fmt.Errorf("storetest: reading the sums: %w", err)
	}
	sum := sha256.Sum256(append(sums, strings.Join(todo, " ")...))
	return "migrated_" + hex.EncodeToString(sum[:12]), nil
}

func makeFile() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, fmt.Errorf("storetest: making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "template.db")
	if err := migrated("sqlite:" + path); err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("storetest: reading the template: %w", err)
	}
	return raw, nil
}

// migrated migrates the database at url and leaves nobody connected.
func migrated(url string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(store.Migrate(ctx, db), db.Close())
}
