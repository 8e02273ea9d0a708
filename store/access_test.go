package store_test

import (
	"errors"
	"net/url"
	"os"
	"os/user"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/store/storetest/scratch"
)

// A way to another machine counts as verified only where each way that the address
// permits looks at the server's certificate.
func TestWayToTheDatabase(t *testing.T) {
	for address, want := range map[string]store.Way{
		"sqlite:/srv/x.db":                                                                  {Verified: true},
		"postgres://a:b@127.0.0.1/x?sslmode=disable":                                        {Verified: true},
		"postgres://a:b@[::1]/x":                                                            {Verified: true},
		"postgres://a@/x?host=/run/postgresql":                                              {Verified: true},
		"postgres://a:b@localhost/x?sslmode=disable":                                        {Verified: true},
		"postgres://a:b@192.0.2.7/x":                                                        {Away: true},
		"postgres://a:b@db.example.org/x?sslmode=allow":                                     {Away: true},
		"postgres://a:b@db.example.org/x?sslmode=disable":                                   {Away: true},
		"postgres://a:b@db.example.org/x?sslmode=prefer":                                    {Away: true},
		"postgres://a:b@db.example.org/x?sslmode=require":                                   {Away: true},
		"postgres://a:b@db.example.org/x?sslmode=verify-ca":                                 {Away: true},
		"postgres://a:b@db.example.org/x?sslmode=verify-full":                               {Away: true, Verified: true},
		"postgres://a:b@db.example.org/x?sslmode=verify-full&host=127.0.0.1,db.example.org": {Away: true, Verified: true},
		"postgres://a:b@127.0.0.1,db.example.org/x?sslmode=prefer":                          {Away: true},
	} {
		if got, err := store.WayTo(address); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", address, got, err, want)
		}
	}
	if _, err := store.WayTo("postgres://a:secret@db.example.org/x?sslmode=sometimes"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an address that nobody can read: %v", err)
	}
}

// Of a PostgreSQL that asks each role in another way, it is said how: also that one
// takes everybody's word, which looks like one that asks the machine who calls.
func TestHowServersSignIn(t *testing.T) {
	server, err := scratch.Start(t.Context())
	if errors.Is(err, scratch.ErrMissing) && os.Getenv("CI") == "" {
		t.Skip("SKIPPED:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	rules := []string{"local all by_md5 md5", "local all by_scram scram-sha-256", "local all by_word password", "local all by_trust trust", "local all postgres trust", "local all all peer"}
	storetest.AsAdmin(t, server.URL, `SET password_encryption = 'md5'; CREATE ROLE by_md5 LOGIN PASSWORD 'w'`, `SET password_encryption = 'scram-sha-256'; CREATE ROLE by_scram LOGIN PASSWORD 'w'; CREATE ROLE by_word LOGIN PASSWORD 'w'`,
		`CREATE ROLE by_trust LOGIN`, `CREATE ROLE "`+me.Username+`" LOGIN`)
	asked := func(role string, rules []string) string {
		t.Helper()
		storetest.AsAdmin(t, server.URL, `COPY (SELECT unnest(ARRAY['`+strings.Join(rules, "', '")+`'])) TO '`+u.Query().Get("host")+`/data/pg_hba.conf'`, `SELECT pg_reload_conf()`)
		as := *u
		as.User = url.UserPassword(role, "w")
		var a store.Access
		var err error
		for range 50 { // it reads its rules a moment later
			if a, err = store.AccessTo(t.Context(), as.String()); err == nil && a.Role == role {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if err != nil || a.Away || !a.Verified || a.Superuser || a.Owns || a.Rewrites {
			t.Errorf("%s: %+v, %v", role, a, err)
		}
		return a.Proof
	}
	for role, want := range map[string]string{"by_md5": store.ByMD5, "by_scram": store.BySCRAM, "by_word": store.ByPassword, me.Username: store.ByPeer} {
		if got := asked(role, rules); got != want {
			t.Errorf("%s signs in by %q, want %q", role, got, want)
		}
	}
	trusting := append(slices.Clone(rules[:len(rules)-1]), "local all all trust")
	storetest.AsAdmin(t, server.URL, `SELECT 1`)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		got := asked("by_trust", trusting)
		if got == store.ByTrust {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("a server that takes everybody's word is said to ask by %q", got)
		}
	}
}

// What a role may beyond what a server needs is told: of a superuser, of the owner of
// the tables, and of one that may do something else; the role that servers are given
// may nothing of it.
func TestWhatServersMay(t *testing.T) {
	address := storetest.PostgresURL(t)
	all, err := store.AccessTo(t.Context(), address)
	if err != nil || !all.Superuser || !all.Owns || !all.Rewrites || all.Proof != store.BySCRAM {
		t.Errorf("the superuser: %+v, %v", all, err)
	}
	as := storetest.AppURL(t, address)
	app, err := store.AccessTo(t.Context(), as)
	if err != nil || app.Superuser || app.Owns || app.Rewrites || len(app.More) > 0 || app.Proof != store.BySCRAM {
		t.Errorf("a server's role: %+v, %v", app, err)
	}
	storetest.AsAdmin(t, address, "ALTER ROLE "+app.Role+" CREATEROLE CREATEDB REPLICATION BYPASSRLS", "GRANT pg_execute_server_program, pg_write_server_files TO "+app.Role, "GRANT CREATE ON SCHEMA public TO "+app.Role)
	more, err := store.AccessTo(t.Context(), as)
	want := "make roles, make databases, copy the whole server, pass by rules of rows, start programs, write files, make tables"
	if err != nil || strings.Join(more.More, ", ") != want {
		t.Errorf("with more: %q, %v", more.More, err)
	}
	storetest.AsAdmin(t, address, "GRANT DELETE ON audit_entries TO "+app.Role)
	if may, err := store.AccessTo(t.Context(), as); err != nil || !may.Rewrites || may.Owns {
		t.Errorf("that may empty the log: %+v, %v", may, err)
	}
	storetest.AsAdmin(t, address, "ALTER TABLE audit_entries OWNER TO "+app.Role)
	if owns, err := store.AccessTo(t.Context(), as); err != nil || !owns.Owns {
		t.Errorf("that owns the log: %+v, %v", owns, err)
	}
	storetest.AsAdmin(t, address, "ALTER TABLE audit_entries OWNER TO postgres")
}
