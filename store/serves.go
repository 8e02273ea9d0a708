package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	"nysreferral/migrations"
)

// Why a database cannot be served from.
var (
	ErrStandby = errors.New("this PostgreSQL takes no writes: it is a standby, or read-only; name the primary")
	ErrBehind  = errors.New("this database lacks tables of this program; run nysreferral migrate")
)

// Serves returns nil when the database answers, may be written, and has every
// table of this program, whether or not a newer program has added to them. It
// asks one statement and changes nothing.
func Serves(ctx context.Context, db *DB) error {
	newest, err := newestFile(db.dialect)
	if err != nil {
		return err
	}
	query := `SELECT 0, (SELECT count(*) FROM schema_revisions WHERE name = $1), (SELECT count(*) FROM schema_revisions WHERE name = $2)`
	if db.dialect == Postgres {
		query = `SELECT CASE WHEN current_setting('transaction_read_only') = 'on' THEN 1 ELSE 0 END,
			(SELECT count(*) FROM schema_revisions WHERE name = $1), (SELECT count(*) FROM schema_revisions WHERE name = $2)`
	}
	var standby, migrated, marked int
	if err := db.read.QueryRowContext(ctx, query, newest, restoring).Scan(&standby, &migrated, &marked); err != nil {
		return fmt.Errorf("store: asking whether it serves: %w", err)
	}
	switch {
	case standby > 0:
		return fmt.Errorf("store: %w", ErrStandby)
	case marked > 0:
		return fmt.Errorf("store: %w", ErrUnfinished)
	case migrated == 0:
		return fmt.Errorf("store: %w", ErrBehind)
	}
	return nil
}

// newestFile is the name of this program's last migration.
func newestFile(dialect string) (string, error) {
	names, err := newestFiles()
	return names[folder(dialect)], err
}

var newestFiles = sync.OnceValues(func() (map[string]string, error) {
	out := map[string]string{}
	for _, dialect := range []string{SQLite, Postgres} {
		names, err := fs.Glob(migrations.Files, folder(dialect)+"/*.sql")
		if err != nil || len(names) == 0 {
			return nil, errors.Join(errors.New("store: there are no migrations"), err)
		}
		out[folder(dialect)] = path.Base(slices.Max(names))
	}
	return out, nil
})
