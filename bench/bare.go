package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"nysreferral/forms"
	"nysreferral/store"
)

// bare is what the program is compared with: net/http and database/sql alone.
// It reads the body, writes the rows that one submission of the program wrote,
// byte for byte but for what must differ, in one transaction of prepared
// statements, and answers as long an answer. It knows no caller, opens and
// seals nothing, and checks nothing.
type bare struct {
	db       *store.DB
	plan     plan
	prepared []*sql.Stmt // SQLite; the driver of PostgreSQL prepares by itself
	ref      string      // of the submission that it repeats
	answer   []byte
}

// plan is the rows of one submission in the order in which they go in.
type plan []insert

// insert is one statement: the rows of one table.
type insert struct {
	table   string
	columns []string
	rows    [][]any
	text    string
}

// String names the tables.
func (p plan) String() string {
	words := make([]string, len(p))
	for i, in := range p {
		words[i] = in.table
		if len(in.rows) > 1 {
			words[i] = fmt.Sprintf("%s (%d rows)", in.table, len(in.rows))
		}
	}
	return list(words)
}

// parent is the table whose id the others name.
const parent = "referrals"

// capture has submit send one referral and returns the loop that repeats its
// rows. Nobody else may write meanwhile.
func capture(ctx context.Context, db *store.DB, submit func() ([]byte, error)) (*bare, error) {
	names, err := tables(ctx, db)
	if err != nil {
		return nil, err
	}
	last := map[string]int64{}
	for _, name := range names {
		var id sql.NullInt64
		if err := db.SQL().QueryRowContext(ctx, "SELECT max(id) FROM "+name).Scan(&id); err != nil {
			return nil, fmt.Errorf("looking at %s: %w", name, err)
		}
		last[name] = id.Int64
	}
	b := &bare{db: db}
	if b.answer, err = submit(); err != nil {
		return nil, err
	}
	var got struct{ Reference string }
	if err := json.Unmarshal(b.answer, &got); err != nil {
		return nil, fmt.Errorf("reading a receipt: %w", err)
	}
	b.ref, _ = forms.ParseReference(got.Reference)
	for _, name := range names {
		in, err := written(ctx, db, name, last[name])
		if err != nil {
			return nil, err
		}
		b.plan = append(b.plan, in...)
	}
	slices.SortStableFunc(b.plan, func(x, y insert) int { return rank(x.table) - rank(y.table) })
	return b, b.prepare(ctx)
}

// rank puts the row that others name first and the audit line last.
func rank(table string) int { return map[string]int{parent: -1, "audit_entries": 1}[table] }

// tables are those with a number for each row.
func tables(ctx context.Context, db *store.DB) ([]string, error) {
	query := `SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id' AND data_type IN ('integer', 'bigint') ORDER BY 1`
	if db.Dialect() == store.SQLite {
		query = `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'id' WHERE m.type = 'table' AND lower(c.type) = 'integer' ORDER BY 1`
	}
	return texts(ctx, db, query)
}

// texts returns the one column of a query.
func texts(ctx context.Context, db *store.DB, query string, args ...any) (_ []string, err error) {
	rows, err := db.SQL().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("asking for names: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, fmt.Errorf("asking for names: %w", err)
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// written returns the statements for the rows of a table above the id last.
func written(ctx context.Context, db *store.DB, table string, last int64) (_ []insert, err error) {
	query := `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`
	shown := func(c string) string { return `"` + c + `"` }
	if db.Dialect() == store.SQLite {
		query = `SELECT name FROM pragma_table_info($1)`
		shown = func(c string) string { return `+"` + c + `"` } // as it is stored, whatever the column's type
	}
	columns, err := texts(ctx, db, query, table)
	if err != nil {
		return nil, err
	}
	columns = slices.DeleteFunc(columns, func(c string) bool { return c == "id" })
	asked := make([]string, len(columns))
	for i, c := range columns {
		asked[i] = shown(c)
	}
	rows, err := db.SQL().QueryContext(ctx, "SELECT "+list(asked)+" FROM "+table+" WHERE id > $1 ORDER BY id", last)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", table, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []insert
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("reading %s: %w", table, err)
		}
		if len(out) == 1 { // the program writes them in one statement too
			out[0].rows = append(out[0].rows, row)
			continue
		}
		out = append(out, insert{table: table, columns: columns, rows: [][]any{row}})
	}
	return out, rows.Err()
}

// prepare writes the statements.
func (b *bare) prepare(ctx context.Context) error {
	for i := range b.plan {
		in := &b.plan[i]
		in.write()
		if in.table == parent {
			in.text += " RETURNING id"
		}
		if b.db.Dialect() == store.Postgres {
			continue
		}
		s, err := b.db.SQL().PrepareContext(ctx, in.text)
		if err != nil {
			return fmt.Errorf("preparing %s: %w", in.table, err)
		}
		b.prepared = append(b.prepared, s)
	}
	if len(b.plan) == 0 || b.plan[0].table != parent {
		return errors.New("the submission wrote no referral")
	}
	return nil
}

// write writes the statement that inserts the rows.
func (in *insert) write() {
	quoted := make([]string, len(in.columns))
	for j, c := range in.columns {
		quoted[j] = `"` + c + `"`
	}
	n, rows := 0, make([]string, len(in.rows))
	for j := range rows {
		marks := make([]string, len(in.columns))
		for k := range marks {
			n++
			marks[k] = fmt.Sprintf("$%d", n)
		}
		rows[j] = "(" + list(marks) + ")"
	}
	in.text = "INSERT INTO " + in.table + " (" + list(quoted) + ") VALUES " + list(rows)
}

func (b *bare) close() error {
	var errs []error
	for _, s := range b.prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// ServeHTTP answers one submission.
func (b *bare) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if _, err := io.ReadAll(q.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := b.insert(q.Context()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(b.answer)
}

func (b *bare) insert(ctx context.Context) error {
	ref, key := rand.Text()[:len(b.ref)], make([]byte, 32)
	rand.Read(key)
	tx, err := b.db.SQL().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing once it is committed
	var id int64
	for i, in := range b.plan {
		values := b.values(in, id, ref, key)
		if in.table == parent {
			err = b.row(ctx, tx, i, values).Scan(&id)
		} else {
			err = b.exec(ctx, tx, i, values)
		}
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (b *bare) row(ctx context.Context, tx *sql.Tx, i int, values []any) *sql.Row {
	if b.prepared == nil {
		return tx.QueryRowContext(ctx, b.plan[i].text, values...)
	}
	return tx.StmtContext(ctx, b.prepared[i]).QueryRowContext(ctx, values...)
}

func (b *bare) exec(ctx context.Context, tx *sql.Tx, i int, values []any) (err error) {
	if b.prepared == nil {
		_, err = tx.ExecContext(ctx, b.plan[i].text, values...)
	} else {
		_, err = tx.StmtContext(ctx, b.prepared[i]).ExecContext(ctx, values...)
	}
	return err
}

// values are those of the rows with the id, reference and key of a new referral.
func (b *bare) values(in insert, id int64, ref string, key []byte) []any {
	out := make([]any, 0, len(in.columns)*len(in.rows))
	for _, row := range in.rows {
		for i, v := range row {
			switch in.columns[i] {
			case "referral_id":
				v = id
			case "key_hash":
				v = key
			case "ref":
				v = ref
			case "refs":
				v = renamed(v, b.ref, ref)
			}
			out = append(out, v)
		}
	}
	return out
}

func renamed(v any, from, to string) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, from, to)
	case []byte:
		return bytes.ReplaceAll(v, []byte(from), []byte(to))
	}
	return v
}
