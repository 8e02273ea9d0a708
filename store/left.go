package store

import (
	"context"
	"fmt"
	"time"

	"nysreferral/ent/migrate"
)

// RestoredKey is the setting that says, until somebody has looked, that the
// database is a copy that was put back, and of when.
const RestoredKey = "restored"

// Unfinished marks the database that is being filled: until Finished no program
// takes it.
func (f *Filling) Unfinished(ctx context.Context) error {
	_, err := f.tx.ExecContext(ctx, `INSERT INTO schema_revisions (name, sum, applied_at) VALUES ($1, '', 0)`, restoring)
	if err != nil {
		return fmt.Errorf("store: marking: %w", err)
	}
	return nil
}

// Finished takes the mark away, and says in the same moment that the database is
// a copy of how things stood at a moment.
func Finished(ctx context.Context, db *DB, at time.Time) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: finishing: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	for _, do := range []struct {
		text   string
		values []any
	}{{`DELETE FROM schema_revisions WHERE name = $1`, []any{restoring}}, {`DELETE FROM settings WHERE key = $1`, []any{RestoredKey}},
		{`INSERT INTO settings (key, value) VALUES ($1, $2)`, []any{RestoredKey, at.UTC().Format(time.RFC3339)}}} {
		if _, err := tx.ExecContext(ctx, do.text, do.values...); err != nil {
			return fmt.Errorf("store: finishing: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: finishing: %w", err)
	}
	return nil
}

// leaving is the setting of a session that may still write into a frozen
// database.
const leaving = "nysreferral.leaving"

// Leaving returns the statement with which a unit of work may write into a
// database that is frozen, "" where none is needed.
func (db *DB) Leaving() string {
	if db.dialect != Postgres {
		return ""
	}
	return "SET LOCAL " + leaving + " = 'yes'"
}

// Freeze refuses every write from now on, by whatever server: it waits for those
// that are under way, and what comes later fails and is told so. SQLite has one
// writer, who calls this and writes nothing more.
func (db *DB) Freeze(ctx context.Context) error {
	if db.dialect != Postgres {
		return nil
	}
	text := `CREATE OR REPLACE FUNCTION nysreferral_left() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF current_setting('` + leaving + `', true) = 'yes' THEN RETURN NULL; END IF;
			RAISE EXCEPTION 'this database was left for another';
		END $$;`
	for _, t := range migrate.Tables {
		text += fmt.Sprintf("\nCREATE TRIGGER nysreferral_left BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION nysreferral_left();", quoted(t.Name))
	}
	return db.all(ctx, text)
}

// Thaw takes back what Freeze did, where a move did not end well.
func (db *DB) Thaw(ctx context.Context) error {
	if db.dialect != Postgres {
		return nil
	}
	text := ""
	for _, t := range migrate.Tables {
		text += fmt.Sprintf("DROP TRIGGER IF EXISTS nysreferral_left ON %s;\n", quoted(t.Name))
	}
	return db.all(ctx, text)
}

// all runs a text of several statements as one transaction.
func (db *DB) all(ctx context.Context, text string) error {
	if _, err := db.pool.Exec(ctx, text); err != nil {
		return fmt.Errorf("store: freezing: %w", err)
	}
	return nil
}
