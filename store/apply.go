package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// migrating is the number of the advisory lock that a migrator of PostgreSQL
// holds: "nysref" in ASCII.
const migrating = 0x6e7973726566

// lockMigrations waits until nobody else migrates. On SQLite the lock of the
// file says so already.
func (db *DB) lockMigrations(ctx context.Context) (func() error, error) {
	if db.dialect != Postgres {
		return func() error { return nil }, nil
	}
	c, err := db.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: waiting for another migrator: %w", err)
	}
	if _, err := c.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrating)); err != nil {
		c.Release()
		return nil, fmt.Errorf("store: waiting for another migrator: %w", err)
	}
	return func() error {
		defer c.Release()
		_, err := c.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrating))
		return err
	}, nil
}

// apply runs one file and notes it, in one transaction, and refuses a file
// that loses a trigger without saying so: a rebuilt table of SQLite does.
func (db *DB) apply(ctx context.Context, f file) error {
	c, err := db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if db.dialect == Postgres {
		return inTx(ctx, c, "BEGIN", func() error { return db.applyOn(ctx, c, f) })
	}
	// Inside a transaction this pragma does nothing, and the DROP of a rebuilt
	// table would delete its children: so it comes first, outside.
	if err := foreignKeys(ctx, c, "0"); err != nil {
		return err
	}
	err = inTx(ctx, c, "BEGIN IMMEDIATE", func() error {
		if err := db.applyOn(ctx, c, f); err != nil {
			return err
		}
		return orphans(ctx, c)
	})
	return errors.Join(err, foreignKeys(context.WithoutCancel(ctx), c, "1"))
}

func (db *DB) applyOn(ctx context.Context, c *sql.Conn, f file) error {
	before, err := db.triggers(ctx, c)
	if err != nil {
		return err
	}
	if err := db.script(ctx, c, f.text); err != nil {
		return err
	}
	after, err := db.triggers(ctx, c)
	if err != nil {
		return err
	}
	for _, t := range before {
		if !slices.Contains(after, t) && !strings.Contains(f.text, "DROP TRIGGER \""+t) && !strings.Contains(f.text, "DROP TRIGGER `"+t) {
			return fmt.Errorf("the trigger %s would be lost: make it again in this file, or drop it by name", t)
		}
	}
	return ran(ctx, c, f)
}

// script runs a text of several statements.
func (db *DB) script(ctx context.Context, c *sql.Conn, text string) error {
	if db.dialect != Postgres {
		_, err := c.ExecContext(ctx, text)
		return err
	}
	return c.Raw(func(conn any) error {
		return conn.(*stdlib.Conn).Conn().PgConn().Exec(ctx, text).Close()
	})
}

// triggers returns the names of the database's triggers that we made.
func (db *DB) triggers(ctx context.Context, c *sql.Conn) ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'trigger'`
	if db.dialect == Postgres {
		query = `SELECT tgname FROM pg_trigger WHERE NOT tgisinternal`
	}
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("listing triggers: %w", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("listing triggers: %w", err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// inTx runs fn on c between begin and COMMIT or ROLLBACK.
func inTx(ctx context.Context, c *sql.Conn, begin string, fn func() error) error {
	if _, err := c.ExecContext(ctx, begin); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		_, err = c.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		// A failed COMMIT may have ended the transaction already.
		_, back := c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		if back != nil && !strings.Contains(back.Error(), "no transaction is active") {
			err = errors.Join(err, back)
		}
	}
	return err
}

// foreignKeys turns SQLite's foreign keys on or off and reads that back.
func foreignKeys(ctx context.Context, c *sql.Conn, on string) error {
	if _, err := c.ExecContext(ctx, "PRAGMA foreign_keys = "+on); err != nil {
		return fmt.Errorf("setting foreign_keys: %w", err)
	}
	var is string
	if err := c.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&is); err != nil {
		return fmt.Errorf("reading foreign_keys back: %w", err)
	}
	if is != on {
		return fmt.Errorf("foreign_keys is %s and must be %s", is, on)
	}
	return nil
}

// orphans returns an error when a row of SQLite points to one that is gone.
func orphans(ctx context.Context, c *sql.Conn) error {
	rows, err := c.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return fmt.Errorf("checking foreign keys: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err()
	}
	var table, parent string
	var row, key sql.NullInt64
	if err := rows.Scan(&table, &row, &parent, &key); err != nil {
		return fmt.Errorf("checking foreign keys: %w", err)
	}
	return fmt.Errorf("row %d of %s would point to a row of %s that is gone", row.Int64, table, parent)
}

// riverState is what the migrators for the two databases have in common.
type riverState interface {
	AllVersions() []rivermigrate.Migration
	ExistingVersions(ctx context.Context) ([]rivermigrate.Migration, error)
	Migrate(ctx context.Context, d rivermigrate.Direction, o *rivermigrate.MigrateOpts) (*rivermigrate.MigrateResult, error)
}

func riverMigrator(db *DB) (riverState, error) {
	cfg := &rivermigrate.Config{Logger: quiet()}
	if db.dialect == Postgres {
		return rivermigrate.New(riverpgxv5.New(db.pool), cfg)
	}
	pool := db.write
	if pool == nil {
		pool = db.read
	}
	return rivermigrate.New(riversqlite.New(pool), cfg)
}

func migrateRiver(ctx context.Context, db *DB) error {
	m, err := riverMigrator(db)
	if err != nil {
		return fmt.Errorf("store: opening River's migrator: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("store: migrating River: %w", err)
	}
	return nil
}

// riverPending returns the names of River's migrations that the database lacks.
func riverPending(ctx context.Context, db *DB) ([]string, error) {
	m, err := riverMigrator(db)
	if err != nil {
		return nil, fmt.Errorf("store: opening River's migrator: %w", err)
	}
	have, err := m.ExistingVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: asking River's migrator: %w", err)
	}
	var names []string
	for _, v := range m.AllVersions() {
		same := func(h rivermigrate.Migration) bool { return h.Version == v.Version }
		if !slices.ContainsFunc(have, same) {
			names = append(names, fmt.Sprintf("river_%d", v.Version))
		}
	}
	return names, nil
}
