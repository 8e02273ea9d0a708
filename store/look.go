package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"nysreferral/ent"
)

// Look runs fn over what is committed. There is no transaction: each statement
// sees what is committed when it runs, and one that would write fails with
// ErrReadOnly. fn must not keep tx.
func (db *DB) Look(ctx context.Context, fn func(tx *ent.Tx) error) error {
	tx, err := db.looker.Tx(ctx)
	if err != nil {
		return fmt.Errorf("store: looking: %w", err)
	}
	return fn(tx)
}

// Ask asks for one row of what is committed, in plain SQL, as Look does.
func (db *DB) Ask(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return selects{db.dialect, db.read}.QueryContext(ctx, query, args...)
}

// lookDriver is ent's driver of Look. Nothing is said to the database where its
// transactions begin and end.
type lookDriver struct {
	dialect string
	pool    *sql.DB
}

// Tx begins a look.
func (d lookDriver) Tx(context.Context) (dialect.Tx, error) {
	return look{entsql.NewDriver(d.dialect, entsql.Conn{ExecQuerier: selects(d)}).Conn}, nil
}

// Exec is refused: a look reads.
func (lookDriver) Exec(context.Context, string, any, any) error { return ErrReadOnly }

// Query is refused: a look is begun by Tx.
func (lookDriver) Query(context.Context, string, any, any) error { return ErrReadOnly }

// Close leaves the pool to DB.Close.
func (lookDriver) Close() error { return nil }

// Dialect returns the dialect of the database.
func (d lookDriver) Dialect() string { return d.dialect }

// look is what Look calls a transaction of ent.
type look struct{ entsql.Conn }

// Query asks, and gives each column as the database gives it. ent asks for the
// types of all columns once for each that is read beside a table's own, which
// cost as much as the question.
func (l look) Query(ctx context.Context, query string, args, into any) error {
	if err := l.Conn.Query(ctx, query, args, into); err != nil {
		return err
	}
	if rows, ok := into.(*entsql.Rows); ok {
		rows.ColumnScanner = untyped{rows.ColumnScanner}
	}
	return nil
}

// untyped are rows that do not tell the types of their columns.
type untyped struct{ entsql.ColumnScanner }

var errUntyped = errors.New("store: these rows do not tell the types of their columns")

// ColumnTypes returns an error, after which ent takes what comes.
func (untyped) ColumnTypes() ([]*sql.ColumnType, error) { return nil, errUntyped }

// Commit does nothing: there is nothing to keep.
func (look) Commit() error { return nil }

// Rollback does nothing: there is nothing to undo.
func (look) Rollback() error { return nil }

// selects lets nothing but questions through. ent writes by Query too, as what
// it inserts comes back.
type selects struct {
	dialect string
	pool    *sql.DB
}

// ExecContext is refused.
func (selects) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, ErrReadOnly
}

// QueryContext asks, unless query is anything but a plain SELECT.
func (s selects) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if !strings.HasPrefix(query, "SELECT ") || strings.Contains(query, " FOR ") {
		return nil, ErrReadOnly
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.dialect == SQLite {
		// It answers from this process, at once: to watch for the end of ctx
		// meanwhile takes two goroutines for each question.
		ctx = context.WithoutCancel(ctx)
	}
	return s.pool.QueryContext(ctx, query, args...)
}
