package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"nysreferral/ent/migrate"
)

// Added are the tables that are only ever added to: the log, its tree, what
// happened, and what was destroyed.
var Added = []string{"audit_entries", "audit_leaves", "audit_hashes", "audit_checkpoints", "entries", "shreds"}

// ErrNotOwner says that tables were to be changed by a role that may not.
var ErrNotOwner = errors.New("the tables are older than this program, and the role of this address may not change them: run nysreferral migrate with the owner's address, and then this again; a backup is put back with the owner's address")

// ErrShut says that the tables are there, and not open to the role of this address.
var ErrShut = errors.New("the tables are not open to the role of this address: run nysreferral migrate --app-role ROLE with the owner's address, as after each upgrade, each move and each backup that was put back")

// Grants returns the statements that let a role of PostgreSQL do what a server
// does and no more: it changes no table, and what is only ever added to it reads
// and adds to. The owner of the tables runs them, after each migration.
func Grants(ctx context.Context, db *DB, role string) ([]string, error) {
	if db.dialect != Postgres {
		return nil, errors.New("store: SQLite has no roles")
	}
	to := pgx.Identifier{role}.Sanitize()
	out := []string{
		"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, " + to,
		"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, " + to,
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC, " + to,
		"GRANT USAGE ON SCHEMA public TO " + to,
		"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO " + to,
		"GRANT SELECT ON schema_revisions TO " + to,
	}
	for _, t := range migrate.Tables {
		may := "SELECT, INSERT, UPDATE, DELETE"
		if slices.Contains(Added, t.Name) {
			may = "SELECT, INSERT"
		}
		out = append(out, fmt.Sprintf("GRANT %s ON %s TO %s", may, quoted(t.Name), to))
	}
	rows, err := db.read.QueryContext(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'river\_%' ORDER BY tablename`)
	if err != nil {
		return nil, fmt.Errorf("store: listing the tables of the queue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("store: listing the tables of the queue: %w", err)
		}
		may := "SELECT, INSERT, UPDATE, DELETE"
		if name == "river_migration" {
			may = "SELECT"
		}
		out = append(out, fmt.Sprintf("GRANT %s ON %s TO %s", may, quoted(name), to))
	}
	return out, rows.Err()
}

// Grant runs Grants, all of them or none. The role must be there, and must not be
// the one that runs this.
func Grant(ctx context.Context, db *DB, role string) error {
	list, err := Grants(ctx, db, role)
	if err != nil {
		return err
	}
	var self string
	if err := db.read.QueryRowContext(ctx, `SELECT current_user`).Scan(&self); err != nil {
		return fmt.Errorf("store: asking who this is: %w", err)
	}
	if self == role {
		return fmt.Errorf("store: %s is the role that owns the tables; name another one, with which the servers sign in", role)
	}
	if _, err := db.pool.Exec(ctx, strings.Join(list, ";\n")); err != nil { // one text, one transaction
		return fmt.Errorf("store: granting: %w", err)
	}
	return nil
}

// MayRewrite reports whether the role of this address could change or empty what
// is only ever added to, were it not for triggers. SQLite has no roles.
func MayRewrite(ctx context.Context, db *DB) (bool, error) {
	if db.dialect != Postgres {
		return false, nil
	}
	var may bool
	for _, name := range Added {
		err := db.read.QueryRowContext(ctx, `SELECT has_table_privilege($1, 'UPDATE') OR has_table_privilege($1, 'DELETE') OR has_table_privilege($1, 'TRUNCATE')`, name).Scan(&may)
		if may || err != nil {
			return may, err
		}
	}
	return false, nil
}

// notOwner and notOpen turn PostgreSQL's refusal into a sentence.
func notOwner(err error) error { return denied(err, ErrNotOwner) }
func notOpen(err error) error  { return denied(err, ErrShut) }

func denied(err, say error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return fmt.Errorf("store: %w (%w)", say, err)
	}
	return err
}
