package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// connector opens connections of SQLite that keep the statements which they
// have compiled: ent says the same few again and again, and to compile one
// costs as much as to run it.
type connector struct{ name string }

// Driver returns the driver below.
func (connector) Driver() driver.Driver { return &sqlite.Driver{} }

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.name)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(liteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: the driver's %T lacks a method", conn), conn.Close())
	}
	return &remembering{liteConn: full, idle: map[string]liteStmt{}}, nil
}

// liteConn, liteStmt and liteRows are what the driver's own types can do and
// database/sql looks for.
type (
	liteConn interface {
		driver.Conn
		driver.ConnPrepareContext
		driver.ConnBeginTx
		driver.ExecerContext
		driver.QueryerContext
		driver.Pinger
		driver.SessionResetter
		driver.Validator
	}
	liteStmt interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	liteRows interface {
		driver.Rows
		driver.RowsColumnTypeDatabaseTypeName
		driver.RowsColumnTypeLength
		driver.RowsColumnTypeNullable
		driver.RowsColumnTypePrecisionScale
		driver.RowsColumnTypeScanType
	}
)

// remembered is how many statements a connection keeps.
const remembered = 200

// remembering is a connection and its idle statements, by text. database/sql
// lets one goroutine at a time use it.
type remembering struct {
	liteConn
	idle map[string]liteStmt
}

// ExecContext runs a statement, compiled before if it was run before.
func (c *remembering) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !recurs(query) {
		return c.liteConn.ExecContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		return nil, shut(s, err)
	}
	return result, c.keep(query, s)
}

// QueryContext asks, with a statement compiled before if it was asked before.
func (c *remembering) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !recurs(query) {
		return c.liteConn.QueryContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, shut(s, err)
	}
	full, ok := rows.(liteRows)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: the driver's %T lacks a method", rows), rows.Close(), s.Close())
	}
	return &lentRows{liteRows: full, conn: c, query: query, stmt: s}, nil
}

// Close forgets the statements and closes the connection.
func (c *remembering) Close() error {
	return errors.Join(c.forget(), c.liteConn.Close())
}

// take returns an idle statement of query, or compiles one. Until keep nobody
// else has it: the same query may be asked again while its rows are read.
func (c *remembering) take(ctx context.Context, query string) (liteStmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	full, ok := s.(liteStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: the driver's %T lacks a method", s), s.Close())
	}
	return full, nil
}

// keep makes s idle.
func (c *remembering) keep(query string, s liteStmt) error {
	if _, twice := c.idle[query]; twice {
		return s.Close()
	}
	var err error
	if len(c.idle) >= remembered {
		err = c.forget()
	}
	c.idle[query] = s
	return err
}

// forget closes all idle statements.
func (c *remembering) forget() error {
	var errs []error
	for query, s := range c.idle {
		errs = append(errs, s.Close())
		delete(c.idle, query)
	}
	return errors.Join(errs...)
}

// lentRows gives its statement back when it is closed.
type lentRows struct {
	liteRows
	conn  *remembering
	query string
	stmt  liteStmt
}

// Close ends the reading.
func (r *lentRows) Close() error {
	if r.stmt == nil {
		return nil
	}
	s := r.stmt
	r.stmt = nil
	if err := r.liteRows.Close(); err != nil {
		return shut(s, err)
	}
	return r.conn.keep(r.query, s)
}

// shut closes a statement that failed and returns why it failed: SQLite says
// the same error again when it closes one.
func shut(s liteStmt, why error) error {
	_ = s.Close()
	return why
}

// recurs says whether a statement is of the kind that is run again. What
// changes tables or settings is not.
func recurs(query string) bool {
	verb := query
	if i := strings.IndexAny(query, " \n"); i >= 0 {
		verb = query[:i]
	}
	switch verb {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT":
		return true
	case "--":
		return strings.HasPrefix(query, "-- name: ") // the job engine names its own
	}
	return false
}
