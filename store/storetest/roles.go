package storetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"nysreferral/store"
)

// Role makes a role of PostgreSQL with a password, and returns its name and the
// address of the database at address as it signs in. It is dropped when the test
// ends.
func Role(t testing.TB, address string) (name, as string) {
	t.Helper()
	name, word := "r_"+strings.ToLower(rand.Text()[:16]), rand.Text()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	AsAdmin(t, address, "CREATE ROLE "+name+" LOGIN PASSWORD '"+word+"'")
	t.Cleanup(func() { AsAdmin(t, address, "DROP OWNED BY "+name+" CASCADE", "DROP ROLE "+name) })
	u.User = url.UserPassword(name, word)
	return name, u.String()
}

// AsAdmin runs statements in the database at address as the superuser of the test's
// PostgreSQL.
func AsAdmin(t testing.TB, address string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	for _, s := range statements {
		if _, err := c.Exec(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", strings.Fields(s)[0], err)
		}
	}
}

// AppURL returns the address of the migrated database at address as a role signs
// in that may do what a server does and no more.
func AppURL(t testing.TB, address string) string {
	t.Helper()
	name, as := Role(t, address)
	db, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := store.Grant(t.Context(), db, name); err != nil {
		t.Fatal(err)
	}
	return as
}
