package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"time"

	atlas "ariga.io/atlas/sql/migrate"

	"nysreferral/migrations"
)

// ErrEdited says that a migration is not what it was when it was written or
// applied. A merged file is never edited: write another.
var ErrEdited = errors.New("a migration was edited after it was written")

// ErrUnfinished says that a copy was being put back into the database, and that
// this did not end well.
var ErrUnfinished = errors.New("a backup was being put back into this database, and its checks did not end well: throw it away and begin with an empty one")

// restoring is the name of the mark, beside the names of migrations: no program
// takes such a database.
const restoring = "restoring"

// ErrNewer says that the database was migrated by a newer program.
var ErrNewer = errors.New("the database was migrated by a newer nysreferral than this one")

// file is one migration: its name, its text, and its sum, which also covers
// every file before it.
type file struct{ name, text, sum string }

// applied is the table of what ran. It is not ent's, for it must be there
// before the first file.
const applied = `CREATE TABLE IF NOT EXISTS schema_revisions (name text PRIMARY KEY, sum text NOT NULL, applied_at bigint NOT NULL)`

// Migrate applies what Pending says, each file in a transaction of its own,
// and then River's own tables. Two programs that migrate at once wait for each
// other. It returns ErrEdited or ErrNewer, wrapped, before it changes anything.
func Migrate(ctx context.Context, db *DB) error {
	return migrateFrom(ctx, db, migrations.Files)
}

// Pending returns the names of the migrations that the database lacks, oldest
// first, and changes nothing. River's are named river_N.
func Pending(ctx context.Context, db *DB) ([]string, error) {
	todo, err := pendingFrom(ctx, db, migrations.Files)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(todo))
	for _, f := range todo {
		names = append(names, f.name)
	}
	river, err := riverPending(ctx, db)
	return append(names, river...), err
}

// MigrateTo is Migrate for a database that is filled from an older copy: it
// applies no file after last, and not River's tables. The rest follows with
// Migrate. It returns ErrNewer when last is unknown here.
func MigrateTo(ctx context.Context, db *DB, last string) error {
	return migrateUpTo(ctx, db, migrations.Files, last)
}

// MigrateQueue brings the tables of the queue up to date, alone.
func MigrateQueue(ctx context.Context, db *DB) error { return migrateRiver(ctx, db) }

// Migrated returns the name of the newest migration that the database has.
func (s *Snapshot) Migrated(ctx context.Context) (string, error) {
	var last string
	if err := s.tx.QueryRowContext(ctx, `SELECT max(name) FROM schema_revisions`).Scan(&last); err != nil {
		return "", fmt.Errorf("store: reading what was migrated: %w", err)
	}
	return last, nil
}

func migrateFrom(ctx context.Context, db *DB, all fs.FS) error {
	return migrateUpTo(ctx, db, all, "")
}

// migrateUpTo applies the files up to last, all of them and River's without one.
func migrateUpTo(ctx context.Context, db *DB, all fs.FS, last string) (err error) {
	if db.write == nil {
		return ErrReadOnly
	}
	unlock, err := db.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	todo, err := pendingFrom(ctx, db, all)
	if err != nil {
		return err
	}
	if last != "" {
		n := slices.IndexFunc(todo, func(f file) bool { return f.name == last })
		if n < 0 {
			return fmt.Errorf("store: migration %s is not to be applied here: %w", last, ErrNewer)
		}
		todo = todo[:n+1]
	}
	if ready, err := db.nothingToDo(ctx, todo); ready || err != nil {
		return err
	}
	defer func() { err = notOwner(err) }()
	if _, err := db.write.ExecContext(ctx, applied); err != nil {
		return fmt.Errorf("store: making the table of migrations: %w", err)
	}
	for _, f := range todo {
		if err := db.apply(ctx, f); err != nil {
			return fmt.Errorf("store: migration %s: %w", f.name, err)
		}
	}
	if last != "" {
		return nil
	}
	return migrateRiver(ctx, db)
}

// nothingToDo says whether the tables and those of the queue are as they must be:
// then a role that may not change them goes on.
func (db *DB) nothingToDo(ctx context.Context, todo []file) (bool, error) {
	made, err := db.has(ctx, "schema_revisions")
	if err != nil || len(todo) > 0 || !made {
		return false, err
	}
	river, err := riverPending(ctx, db)
	return len(river) == 0, err
}

func pendingFrom(ctx context.Context, db *DB, all fs.FS) ([]file, error) {
	files, err := readFiles(all, folder(db.dialect))
	if err != nil {
		return nil, err
	}
	ran, err := ranSums(ctx, db)
	if err != nil {
		return nil, err
	}
	var todo []file
	for _, f := range files {
		sum, ok := ran[f.name]
		delete(ran, f.name)
		switch {
		case !ok:
			todo = append(todo, f)
		case sum != f.sum:
			return nil, fmt.Errorf("store: migration %s: %w", f.name, ErrEdited)
		case len(todo) > 0:
			return nil, fmt.Errorf("store: migration %s was added before %s, which ran already: give it a later number", todo[0].name, f.name)
		}
	}
	if _, marked := ran[restoring]; marked {
		return nil, fmt.Errorf("store: %w", ErrUnfinished)
	}
	for name := range ran {
		return nil, fmt.Errorf("store: migration %s is unknown here: %w", name, ErrNewer)
	}
	return todo, nil
}

func folder(dialect string) string {
	if dialect == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// readFiles returns the migrations of a folder in order, or ErrEdited when
// they are not those that its atlas.sum was written for.
func readFiles(all fs.FS, dir string) ([]file, error) {
	names, err := fs.Glob(all, dir+"/*.sql")
	if err != nil {
		return nil, fmt.Errorf("store: listing migrations: %w", err)
	}
	slices.Sort(names)
	var raw []atlas.File
	for _, name := range names {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			return nil, fmt.Errorf("store: reading a migration: %w", err)
		}
		raw = append(raw, atlas.NewLocalFile(strings.TrimPrefix(name, dir+"/"), text))
	}
	sums, err := atlas.NewHashFile(raw)
	if err != nil {
		return nil, fmt.Errorf("store: summing migrations: %w", err)
	}
	is, err := sums.MarshalText()
	if err != nil {
		return nil, fmt.Errorf("store: summing migrations: %w", err)
	}
	want, err := fs.ReadFile(all, dir+"/"+atlas.HashFileName)
	if err != nil {
		return nil, fmt.Errorf("store: reading the sums of migrations: %w", err)
	}
	if !bytes.Equal(is, want) {
		return nil, fmt.Errorf("store: the folder %s: %w", dir, ErrEdited)
	}
	files := make([]file, len(raw))
	for i, f := range raw {
		files[i] = file{name: f.Name(), text: string(f.Bytes()), sum: sums[i].H}
	}
	return files, nil
}

// ranSums returns the sums of the migrations that ran, by name; none when the
// database is new.
func ranSums(ctx context.Context, db *DB) (map[string]string, error) {
	ran := map[string]string{}
	ok, err := db.has(ctx, "schema_revisions")
	if err != nil || !ok {
		return ran, err
	}
	rows, err := db.read.QueryContext(ctx, `SELECT name, sum FROM schema_revisions`)
	if err != nil {
		return nil, fmt.Errorf("store: reading what was migrated: %w", notOpen(err))
	}
	defer rows.Close()
	for rows.Next() {
		var name, sum string
		if err := rows.Scan(&name, &sum); err != nil {
			return nil, fmt.Errorf("store: reading what was migrated: %w", err)
		}
		ran[name] = sum
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: reading what was migrated: %w", err)
	}
	return ran, nil
}

// has says whether the database has the table.
func (db *DB) has(ctx context.Context, table string) (bool, error) {
	query := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1`
	if db.dialect == Postgres {
		query = `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1`
	}
	var n int
	if err := db.read.QueryRowContext(ctx, query, table).Scan(&n); err != nil {
		return false, fmt.Errorf("store: looking for the table %s: %w", table, err)
	}
	return n > 0, nil
}

// ran notes in the transaction c that f was applied.
func ran(ctx context.Context, c interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, f file) error {
	_, err := c.ExecContext(ctx, `INSERT INTO schema_revisions (name, sum, applied_at) VALUES ($1, $2, $3)`,
		f.name, f.sum, time.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("noting it: %w", err)
	}
	return nil
}

// quiet is the logger of parts that would print to the terminal.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
