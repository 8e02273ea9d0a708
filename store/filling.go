package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql/schema"

	"nysreferral/ent/migrate"
)

// Filling is a database that is being filled.
type Filling struct {
	tx      *sql.Tx
	dialect string
}

// ErrHolds says that a database was to be filled that holds something already.
var ErrHolds = errors.New("store: this database is not empty; name one that does not exist yet")

// Fill calls fn to fill a database that holds no row, in one transaction: all of
// it is there afterwards, or nothing. It returns ErrHolds where a row is.
func (db *DB) Fill(ctx context.Context, fn func(*Filling) error) (err error) {
	if db.write == nil {
		return ErrReadOnly
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: beginning to fill: %w", err)
	}
	defer func() {
		if back := tx.Rollback(); back != nil && !errors.Is(back, sql.ErrTxDone) {
			err = errors.Join(err, back)
		}
	}()
	if err := patient(ctx, tx, db.dialect); err != nil {
		return err
	}
	f := &Filling{tx: tx, dialect: db.dialect}
	if err := f.empty(ctx); err != nil {
		return err
	}
	if err := fn(f); err != nil {
		return err
	}
	if err := f.count(ctx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: filling: %w", err)
	}
	return nil
}

// Dialect returns SQLite or Postgres.
func (f *Filling) Dialect() string { return f.dialect }

// Tx is the transaction, for tables that are not ent's.
func (f *Filling) Tx() *sql.Tx { return f.tx }

// tables are those of this database, which may have been made by an older
// program than this one.
func (f *Filling) tables(ctx context.Context) ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if f.dialect == Postgres {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	}
	rows, err := f.tx.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("store: listing tables: %w", err)
	}
	defer rows.Close()
	var there []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("store: listing tables: %w", err)
		}
		if slices.ContainsFunc(migrate.Tables, func(t *schema.Table) bool { return t.Name == name }) {
			there = append(there, name)
		}
	}
	return there, rows.Err()
}

func (f *Filling) empty(ctx context.Context) error {
	there, err := f.tables(ctx)
	if err != nil {
		return err
	}
	for _, name := range there {
		var some bool
		if err := f.tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+quoted(name)+")").Scan(&some); err != nil {
			return fmt.Errorf("store: looking into %s: %w", name, err)
		}
		if some {
			return ErrHolds
		}
	}
	return nil
}

// count lets the next row of each table follow those that were filled in.
// SQLite does that by itself.
func (f *Filling) count(ctx context.Context) error {
	if f.dialect != Postgres {
		return nil
	}
	there, err := f.tables(ctx)
	if err != nil {
		return err
	}
	for _, name := range there {
		_, err := f.tx.ExecContext(ctx, fmt.Sprintf(`SELECT setval(s, (SELECT coalesce(max(id), 0) + 1 FROM %s), false)
			FROM pg_get_serial_sequence($1, 'id') s WHERE s IS NOT NULL`, quoted(name)), name)
		if err != nil {
			return fmt.Errorf("store: counting %s: %w", name, err)
		}
	}
	return nil
}

// atOnce is how many values go into one statement; both databases take more.
const atOnce = 6000

// Batch is how many rows of t Add takes at once.
func (t Table) Batch() int { return max(1, atOnce/len(t.Columns)) }

// Add writes rows, at most t.Batch of them, as Snapshot.Rows gave them.
func (f *Filling) Add(ctx context.Context, t Table, rows ...[]any) error {
	if len(rows) == 0 {
		return nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, "INSERT INTO %s (%s) VALUES ", quoted(t.Name), t.names())
	values := make([]any, 0, len(rows)*len(t.Columns))
	for i, row := range rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("store: filling %s: a row has %d values and not %d", t.Name, len(row), len(t.Columns))
		}
		for j, v := range row {
			sign := byte(',')
			if j == 0 {
				sign = '('
			}
			if i > 0 && j == 0 {
				text.WriteByte(',')
			}
			values = append(values, stored(v, t.Columns[j].Kind))
			fmt.Fprintf(&text, "%c$%d", sign, len(values))
		}
		text.WriteByte(')')
	}
	if _, err := f.tx.ExecContext(ctx, text.String(), values...); err != nil {
		return fmt.Errorf("store: filling %s: %w", t.Name, err)
	}
	return nil
}

// stored is a carried value as the database takes it.
func stored(v any, kind Kind) any {
	if at, ok := v.(int64); ok && kind == Moment {
		return time.UnixMicro(at).UTC()
	}
	if text, ok := v.(string); ok && kind == JSON {
		return []byte(text)
	}
	return v
}
