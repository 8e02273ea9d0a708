package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Postgres makes an empty database on the server at TEST_POSTGRES for this
// test and returns its URL, for Settings.Database; the database goes with the
// test. Without a server the test is skipped, and under CI it fails.
func Postgres(t testing.TB) string {
	t.Helper()
	admin := os.Getenv("TEST_POSTGRES")
	if admin == "" {
		Missing(t, "PostgreSQL (TEST_POSTGRES)", "make test or make e2e")
	}
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("e2e: TEST_POSTGRES is no URL: %v", err)
	}
	name := "e2e_" + strings.ToLower(rand.Text())
	tell(t, admin, "CREATE DATABASE "+name)
	t.Cleanup(func() { tell(t, admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// EachDatabase runs a test on a fresh demo on SQLite and on one on PostgreSQL.
func EachDatabase(t *testing.T, s Settings, test func(t *testing.T, p *Program)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, StartWith(t, s)) })
	t.Run("postgres", func(t *testing.T) {
		on := s
		on.Database = Postgres(t)
		test(t, StartWith(t, on))
	})
}

// tell sends one statement to the server at a URL.
func tell(t testing.TB, at, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := func() error {
		conn, err := pgx.Connect(ctx, at)
		if err != nil {
			return fmt.Errorf("connecting: %w", err)
		}
		_, err = conn.Exec(ctx, statement)
		if closed := conn.Close(ctx); err == nil {
			err = closed
		}
		return err
	}()
	if err != nil {
		t.Fatalf("e2e: %s: %v", statement, err)
	}
}
