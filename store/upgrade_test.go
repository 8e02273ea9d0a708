package store_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"nysreferral/migrations"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// wrote are statements as a server of the first release wrote them, with a number
// that makes each row another one; read are those with which it reads them back.
var wrote = []string{
	`INSERT INTO agencies (id, name, kind, side, created_at) VALUES (%[1]d, 'a', 'nypd', 'police', %[2]s)`,
	`INSERT INTO users (id, name, email, duty, agency_id, created_at) VALUES (%[1]d, 'Test Person', 'p%[1]d@example.org', 'referrer', %[1]d, %[2]s)`,
	`INSERT INTO referrals (id, ref, status, created_at, updated_at, agency_id, author_id) VALUES (%[1]d, 'R%[1]d', 'submitted', %[2]s, %[2]s, %[1]d, %[1]d)`,
	`INSERT INTO answers (id, version, kind, at, sealed, referral_id, author_id) VALUES (%[1]d, 1, 'submission', %[2]s, '\x61', %[1]d, %[1]d)`,
	`INSERT INTO tasks (id, duty, created_at, due_at, referral_id) VALUES (%[1]d, 'reviewer', %[2]s, %[2]s, %[1]d)`,
	`INSERT INTO audit_entries (id, at, action, actor) VALUES (%[1]d, %[2]s, 'submit', %[1]d)`,
	`UPDATE referrals SET status = 'in_review', rev = rev + 1 WHERE id = %[1]d`,
	`UPDATE tasks SET done_at = %[2]s, done_by_id = %[1]d WHERE id = %[1]d`,
}

const read = `SELECT count(*) FROM referrals r JOIN users u ON u.id = r.author_id JOIN agencies a ON a.id = u.agency_id JOIN answers n ON n.referral_id = r.id
	JOIN tasks t ON t.referral_id = r.id AND t.done_by_id = u.id JOIN audit_entries l ON l.actor = u.id
	WHERE r.status = 'in_review' AND r.rev = 2 AND n.version = 1 AND u.email LIKE 'p%@example.org' AND a.kind = 'nypd'`

// works does as the old server does, with statements that it prepared when it
// began, and wants every row of before.
func works(t *testing.T, old *sql.DB, prepared *sql.Stmt, moment string, n int) {
	t.Helper()
	for _, text := range wrote {
		if _, err := old.ExecContext(t.Context(), fmt.Sprintf(text, n, moment)); err != nil {
			t.Fatalf("after %d migrations: %v", n, err)
		}
	}
	var rows int
	if err := prepared.QueryRowContext(t.Context()).Scan(&rows); err != nil || rows != n {
		t.Fatalf("after %d migrations it reads %d rows, %v", n, rows, err)
	}
}

// While one migration after the other runs over a database with rows, each with
// its parents and children, a server of the first release goes on writing and
// reading with what it had prepared, and no row is lost.
func TestOldServerGoesOn(t *testing.T) {
	for dialect, c := range map[string]struct{ url, moment string }{
		"sqlite":   {"sqlite:" + filepath.Join(t.TempDir(), "d", "x.db"), "1"},
		"postgres": {"", "now()"},
	} {
		t.Run(dialect, func(t *testing.T) {
			if dialect == "postgres" {
				c.url = storetest.EmptyPostgresURL(t)
			}
			db, err := store.Open(t.Context(), c.url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			old := db
			names, err := fs.Glob(migrations.Files, dialect+"/*.sql")
			if err != nil {
				t.Fatal(err)
			}
			if err := store.MigrateTo(t.Context(), db, path.Base(names[1])); err != nil {
				t.Fatal(err)
			}
			if dialect == "postgres" { // a process of its own has SQLite
				if old, err = store.Open(t.Context(), c.url); err != nil {
					t.Fatal(err)
				}
				defer old.Close()
			}
			prepared, err := prepare(t, old)
			if err != nil {
				t.Fatal(err)
			}
			works(t, old.SQL(), prepared, c.moment, 1)
			for i, name := range names[2:] {
				if err := store.MigrateTo(t.Context(), db, path.Base(name)); err != nil {
					t.Fatal(err)
				}
				works(t, old.SQL(), prepared, c.moment, i+2)
			}
			if err := store.Migrate(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			if err := store.Serves(t.Context(), old); err != nil {
				t.Error(err)
			}
			keepsParents(t, db)
		})
	}
}

// prepare compiles what the old server reads with. SQLite's one connection that
// writes stays free for the migration.
func prepare(t *testing.T, db *store.DB) (*sql.Stmt, error) {
	t.Helper()
	s, err := db.SQL().PrepareContext(t.Context(), read)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

// keepsParents wants foreign keys to hold after all migrations: a parent with
// children cannot go.
func keepsParents(t *testing.T, db *store.DB) {
	t.Helper()
	_, err := db.SQL().ExecContext(t.Context(), `DELETE FROM users WHERE id = 1`)
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "foreign key") {
		t.Errorf("a user with referrals goes: %v", err)
	}
}
