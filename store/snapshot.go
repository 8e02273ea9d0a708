package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/fxamacker/cbor/v2"

	"nysreferral/ent/migrate"
)

// Kind is how a column's values are carried from one database to another: as
// int64, bool, string or []byte, a moment as microseconds since 1970 in UTC, or
// nil.
type Kind string

// The kinds of columns.
const (
	Int    Kind = "int"
	Bool   Kind = "bool"
	Text   Kind = "text"
	Bytes  Kind = "bytes"
	Moment Kind = "moment"
	JSON   Kind = "json"
)

// Column is one column of a table.
type Column struct {
	Name string `cbor:"name"`
	Kind Kind   `cbor:"kind"`
}

// Table is one table as it is carried: its columns in the order of the values
// of a row.
type Table struct {
	Name    string   `cbor:"name"`
	Columns []Column `cbor:"columns"`
}

// left are the tables that are not carried: whoever was signed in signs in
// again, since a session may have been ended after the moment of the copy.
var left = []string{"sessions"}

// Tables returns every table that is carried, a table after those that its rows
// point to, with the columns that the database has: it may not be migrated yet.
// A column that this program does not know is an error.
func (s *Snapshot) Tables(ctx context.Context) ([]Table, error) {
	there, err := s.columns(ctx)
	if err != nil {
		return nil, err
	}
	var out []Table
	for _, t := range parentsFirst() {
		one := Table{Name: t.Name}
		for _, c := range t.Columns {
			if i := slices.Index(there[t.Name], c.Name); i >= 0 {
				one.Columns = append(one.Columns, Column{Name: c.Name, Kind: kindOf(c)})
				there[t.Name] = slices.Delete(there[t.Name], i, i+1)
			}
		}
		if len(there[t.Name]) > 0 {
			return nil, fmt.Errorf("store: the table %s has a column %s that this program does not know: use the program that migrated it last", t.Name, there[t.Name][0])
		}
		if len(one.Columns) > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// parentsFirst are ent's tables that are carried.
func parentsFirst() []*schema.Table {
	var out []*schema.Table
	var add func(t *schema.Table)
	add = func(t *schema.Table) {
		if slices.Contains(left, t.Name) || slices.Contains(out, t) {
			return
		}
		for _, key := range t.ForeignKeys {
			if key.RefTable != t {
				add(key.RefTable)
			}
		}
		out = append(out, t)
	}
	for _, t := range migrate.Tables {
		add(t)
	}
	return out
}

// columns are those of the database, by table.
func (s *Snapshot) columns(ctx context.Context) (map[string][]string, error) {
	query := `SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'`
	if s.dialect == Postgres {
		query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	rows, err := s.tx.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("store: listing columns: %w", err)
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, fmt.Errorf("store: listing columns: %w", err)
		}
		out[table] = append(out[table], column)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: listing columns: %w", err)
	}
	return out, nil
}

func kindOf(c *schema.Column) Kind {
	switch {
	case c.Type == field.TypeBool:
		return Bool
	case c.Type == field.TypeTime:
		return Moment
	case c.Type == field.TypeBytes:
		return Bytes
	case c.Type == field.TypeJSON:
		return JSON
	case c.Type == field.TypeString || c.Type == field.TypeEnum:
		return Text
	case c.Type.Integer():
		return Int
	}
	panic("store: a column of type " + c.Type.String() + " cannot be carried: " + c.Name)
}

// Snapshot is every table at one moment, beside people who go on writing.
type Snapshot struct {
	tx      *sql.Tx
	dialect string
}

// Snapshot calls fn with the database as it is at one moment. It holds nobody
// up: SQLite's log grows meanwhile, and PostgreSQL keeps old rows.
func (db *DB) Snapshot(ctx context.Context, fn func(*Snapshot) error) (err error) {
	options := &sql.TxOptions{}
	if db.dialect == Postgres {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := db.read.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("store: beginning a snapshot: %w", err)
	}
	defer func() {
		if back := tx.Rollback(); back != nil && !errors.Is(back, sql.ErrTxDone) {
			err = errors.Join(err, back)
		}
	}()
	if err := patient(ctx, tx, db.dialect); err != nil {
		return err
	}
	return fn(&Snapshot{tx: tx, dialect: db.dialect})
}

// patient lets a transaction of PostgreSQL rest while files are copied: there a
// session that rests in one is ended after a minute.
func patient(ctx context.Context, tx *sql.Tx, dialect string) error {
	if dialect != Postgres {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
		return fmt.Errorf("store: letting a copy take its time: %w", err)
	}
	return nil
}

// Dialect returns SQLite or Postgres.
func (s *Snapshot) Dialect() string { return s.dialect }

// Tx is the transaction, for tables that are not ent's.
func (s *Snapshot) Tx() *sql.Tx { return s.tx }

// Rows calls each for every row of t in the order of its first column, which is
// its id.
func (s *Snapshot) Rows(ctx context.Context, t Table, each func(row []any) error) error {
	rows, err := s.tx.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY 1", t.names(), quoted(t.Name)))
	if err != nil {
		return fmt.Errorf("store: reading %s: %w", t.Name, err)
	}
	defer rows.Close()
	into := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		into[i] = c.Kind.target()
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("store: reading %s: %w", t.Name, err)
		}
		row := make([]any, len(into))
		for i := range into {
			if row[i], err = carriedValue(into[i], t.Columns[i].Kind); err != nil {
				return fmt.Errorf("store: reading %s.%s: %w", t.Name, t.Columns[i].Name, err)
			}
		}
		if err := each(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: reading %s: %w", t.Name, err)
	}
	return nil
}

// FileNames returns the names of attached files, in order. A database of before
// there were any has none.
func (s *Snapshot) FileNames(ctx context.Context) ([]string, error) {
	there, err := s.columns(ctx)
	if err != nil || there["attachments"] == nil {
		return nil, err
	}
	rows, err := s.tx.QueryContext(ctx, `SELECT original FROM attachments UNION SELECT copy FROM attachments ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("store: listing files: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("store: listing files: %w", err)
		}
		out = append(out, name)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: listing files: %w", err)
	}
	return out, nil
}

// target is what a value of the kind is read into.
func (k Kind) target() any {
	switch k {
	case Int:
		return &sql.NullInt64{}
	case Bool:
		return &sql.NullBool{}
	case Moment:
		return &sql.NullTime{}
	case Text:
		return &sql.NullString{}
	}
	return &[]byte{}
}

// carriedValue is the value that was read, as it is carried.
func carriedValue(from any, kind Kind) (any, error) {
	switch v := from.(type) {
	case *sql.NullInt64:
		if v.Valid {
			return v.Int64, nil
		}
	case *sql.NullBool:
		if v.Valid {
			return v.Bool, nil
		}
	case *sql.NullTime:
		if v.Valid {
			return v.Time.UnixMicro(), nil
		}
	case *sql.NullString:
		if v.Valid {
			return v.String, nil
		}
	case *[]byte:
		if *v != nil && kind == JSON {
			return PlainJSON(*v)
		}
		if *v != nil {
			return slices.Clone(*v), nil
		}
	}
	return nil, nil
}

// PlainJSON writes JSON as ent does, in one way: PostgreSQL puts blanks between
// its parts.
func PlainJSON(text []byte) (string, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return "", err
	}
	out, err := json.Marshal(v)
	return string(out), err
}

func (t Table) names() string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = quoted(c.Name)
	}
	return strings.Join(list, ", ")
}

// quoted is a name for both databases. What is no name of ours is refused by
// them.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, "") + `"` }

// Rolls is the sum of rows, one after the other: equal for two databases that
// hold the same.
type Rolls struct {
	Count int
	sum   hash.Hash
}

// Add adds a row, and returns it as it is carried.
func (r *Rolls) Add(row []any) ([]byte, error) {
	text, err := cbor.Marshal(row)
	if err != nil {
		return nil, fmt.Errorf("store: writing a row: %w", err)
	}
	if r.sum == nil {
		r.sum = sha256.New()
	}
	r.sum.Write(text)
	r.Count++
	return text, nil
}

// Digest is the SHA-256 of all rows so far.
func (r *Rolls) Digest() []byte {
	if r.sum == nil {
		r.sum = sha256.New()
	}
	return r.sum.Sum(nil)
}
