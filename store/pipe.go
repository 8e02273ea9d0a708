package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// pipeDriver is ent's driver for writing PostgreSQL. Its transactions say several
// statements in one journey to the server.
type pipeDriver struct {
	*entsql.Driver // outside a unit of work
}

// Tx begins a unit of work. The server learns of it with its first statement.
func (d pipeDriver) Tx(ctx context.Context) (dialect.Tx, error) {
	conn, err := d.DB().Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: taking a connection: %w", err)
	}
	p := &pipe{ctx: ctx, conn: conn, waiting: []said{{query: "BEGIN"}}}
	p.Conn = entsql.NewDriver(Postgres, entsql.Conn{ExecQuerier: after{p}}).Conn
	return p, nil
}

// Query asks outside a unit of work, or inserts without asking for ids that nobody
// reads.
func (d pipeDriver) Query(ctx context.Context, query string, args, into any) error {
	if plain, ok := unasked(ctx, query, into); ok {
		return d.Exec(ctx, plain, args, nil)
	}
	return d.Driver.Query(ctx, query, args, into)
}

// said is a statement with what it is given.
type said struct {
	query string
	args  []any
}

// pipe is a transaction of PostgreSQL and the statements that were not sent yet.
type pipe struct {
	entsql.Conn // of statements whose answer is read
	ctx         context.Context
	conn        *sql.Conn
	begun       bool // the server knows of the transaction
	waiting     []said
	failed      error    // of a statement: none is said after it, and nothing is kept
	ends        []func() // what closes rows that were left open
}

// Limits of what ends a unit of work, which the end of its request does not: it
// would leave behind what nobody knows of.
const (
	commitTime   = 20 * time.Second // less than a server waits that is to end
	rollbackTime = 5 * time.Second
)

// Exec runs a statement, or lets it wait when its answer is not read.
func (p *pipe) Exec(ctx context.Context, query string, args, into any) error {
	if list, ok := args.([]any); ok && into == nil && unread(ctx) {
		return p.later(said{query, list})
	}
	return p.Conn.Exec(ctx, query, args, into)
}

// ExecContext does the same for a statement in plain SQL.
func (p *pipe) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if unread(ctx) {
		return driver.ResultNoRows, p.later(said{query, args})
	}
	return p.Conn.ExecContext(ctx, query, args...)
}

// later has a statement wait.
func (p *pipe) later(s said) error {
	p.waiting = append(p.waiting, s)
	return p.spoiled()
}

// spoiled is why nothing more is said, nil while nothing has failed.
func (p *pipe) spoiled() error {
	if p.failed == nil {
		return nil
	}
	return &earlierError{p.failed}
}

// fail keeps in mind that a statement failed, and returns why.
func (p *pipe) fail(err error) error {
	if p.failed == nil {
		p.failed = err
	}
	return err
}

// Query asks. What ent inserts it asks by, for the ids.
func (p *pipe) Query(ctx context.Context, query string, args, into any) error {
	if plain, ok := unasked(ctx, query, into); ok {
		return p.Exec(ctx, plain, args, nil)
	}
	rows, ok := into.(*entsql.Rows)
	list, listed := args.([]any)
	if _, inserts := inserting(query); !ok || !listed || !inserts {
		return p.Conn.Query(ctx, query, args, into)
	}
	got := &ids{}
	rows.ColumnScanner = got
	return p.send(ctx, said{query, list}, func(r pgx.BatchResults) error {
		answer, err := r.Query()
		if err != nil {
			return err
		}
		got.list, err = pgx.CollectRows(answer, pgx.RowTo[int64])
		return err
	})
}

// Commit sends what waits, and keeps all of it or returns an error and keeps none;
// where the server's answer is lost, nobody knows which. Who went away before it
// keeps nothing; who goes away meanwhile is waited for.
func (p *pipe) Commit() error {
	err := p.spoiled()
	if err == nil {
		err = p.ctx.Err()
	}
	if err != nil || !p.begun && len(p.waiting) == 1 { // nothing was said
		return errors.Join(err, p.Rollback())
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(p.ctx), commitTime)
	defer stop()
	err = p.send(ctx, said{query: "COMMIT"}, func(r pgx.BatchResults) error {
		tag, err := r.Exec()
		if err == nil && tag.String() != "COMMIT" {
			err = pgx.ErrTxCommitRollback // a statement failed and nobody minded
		}
		return err
	})
	if err != nil {
		return errors.Join(err, p.Rollback())
	}
	p.end()
	return p.conn.Close()
}

// Rollback undoes what was said. Where the server does not answer any more, it
// does so by itself when the connection ends.
func (p *pipe) Rollback() error {
	p.end()
	if !p.begun {
		return p.conn.Close()
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(p.ctx), rollbackTime)
	defer stop()
	if _, err := p.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		_ = p.conn.Raw(func(any) error { return driver.ErrBadConn })
		return nil
	}
	return p.conn.Close()
}

// end closes rows that were left open.
func (p *pipe) end() {
	for _, end := range p.ends {
		end()
	}
}

// send sends what waits and then last, in one journey, and reads last's answer.
func (p *pipe) send(ctx context.Context, last said, read func(pgx.BatchResults) error) error {
	if err := p.spoiled(); err != nil {
		return err
	}
	return p.fail(p.journey(ctx, last, read))
}

func (p *pipe) journey(ctx context.Context, last said, read func(pgx.BatchResults) error) error {
	b := &pgx.Batch{}
	for _, s := range p.waiting {
		b.Queue(s.query, s.args...)
	}
	b.Queue(last.query, last.args...)
	before := len(p.waiting)
	p.waiting, p.begun = nil, true
	return p.conn.Raw(func(c any) error {
		conn, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("store: the driver's %T is not known", c)
		}
		results := conn.Conn().SendBatch(ctx, b)
		err := skip(results, before)
		if err == nil {
			err = read(results)
		}
		if shut := results.Close(); err == nil {
			err = shut
		}
		return err
	})
}

// skip reads what nobody wants to know of the first n statements but whether they
// failed.
func skip(results pgx.BatchResults, n int) error {
	for range n {
		if _, err := results.Exec(); err != nil {
			return &earlierError{err}
		}
	}
	return nil
}

// earlierError is why a statement failed that traveled with a later one. Its text
// names no constraint as PostgreSQL does, by which ent would take it for the later
// one's.
type earlierError struct{ why error }

// Error returns where it failed, and nothing of what was to be kept.
func (e *earlierError) Error() string {
	var pg *pgconn.PgError
	if errors.As(e.why, &pg) && (strings.HasPrefix(pg.Code, "22") || strings.HasPrefix(pg.Code, "23")) { // a value, a constraint
		return fmt.Sprintf("store: a statement before this one failed with %s (%s %s)", pg.Code, pg.TableName, pg.ConstraintName)
	}
	return "store: a statement before this one failed: " + e.why.Error()
}

// Unwrap returns the driver's error.
func (e *earlierError) Unwrap() error { return e.why }

// after says statements whose answer is read, once those that wait were sent.
type after struct{ *pipe }

// ExecContext runs a statement.
func (a after) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := a.ready(ctx); err != nil {
		return nil, err
	}
	got, err := a.conn.ExecContext(ctx, query, args...)
	return got, a.fail(err)
}

// QueryContext asks.
func (a after) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := a.ready(ctx); err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	a.ends = append(a.ends, end)
	rows, err := a.conn.QueryContext(ctx, query, args...)
	return rows, a.fail(err)
}

// ready sends what waits. Who is gone, and who still reads the rows of a question,
// says nothing more: database/sql would close the connection, and wait with that
// for whoever reads.
func (p *pipe) ready(ctx context.Context) error {
	if err := p.flush(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return p.fail(err)
	}
	return p.fail(p.conn.Raw(func(c any) error {
		if conn, ok := c.(*stdlib.Conn); ok && conn.Conn().PgConn().IsBusy() {
			return errBusy
		}
		return nil
	}))
}

var errBusy = errors.New("store: the rows of the last question are still being read")

// flush sends what waits.
func (p *pipe) flush(ctx context.Context) error {
	n := len(p.waiting)
	if err := p.spoiled(); err != nil || n == 0 {
		return err
	}
	last := p.waiting[n-1]
	p.waiting = p.waiting[:n-1]
	return p.send(ctx, last, func(r pgx.BatchResults) error { return skip(r, 1) })
}
