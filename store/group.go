package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"nysreferral/ent"
)

// A group is several units of work in one transaction of SQLite, and so in one
// write to the disk. Each but the first has a savepoint of its own: what it wrote
// goes when it fails, and its neighbors never notice; when the first fails, there
// are none yet, and the transaction goes. None is acknowledged before the
// transaction has committed. Nobody waits for a group to fill: it takes in who
// is waiting already, and the last of them commits.
type group struct {
	conn   *sql.Conn   // in the transaction
	n      int         // units so far
	over   bool        // undone with its first unit
	read   []*sql.Rows // of the unit that has the turn
	began  time.Time
	broken error         // the transaction is lost with all in it
	done   chan struct{} // closed when err is final
	err    error
}

// A group ends at this many units or after this long, so that a writer outside
// it, such as the job engine, has its turn.
const (
	groupUnits = 64
	groupTime  = 20 * time.Millisecond
)

// errBroken says that another unit's failure, such as a full disk, took the
// whole transaction with it.
var errBroken = errors.New("store: the transaction was lost")

// writerTurn gives the one connection that writes to one unit of work after
// the other, in the order in which they came.
type writerTurn struct {
	pool    *sql.DB
	mu      sync.Mutex
	busy    bool            // somebody has the turn
	waiting []chan struct{} // closed when its owner gets the turn
	open    *group          // only for who has the turn; nil: none is open
}

// take waits for the turn. When ctx ends first it returns an error, unless the
// turn came at that moment.
func (w *writerTurn) take(ctx context.Context) error {
	w.mu.Lock()
	if !w.busy {
		w.busy = true
		w.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	w.waiting = append(w.waiting, mine)
	w.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.Index(w.waiting, mine); i >= 0 {
		w.waiting = slices.Delete(w.waiting, i, i+1)
		return fmt.Errorf("store: waiting to write: %w", ctx.Err())
	}
	return nil
}

// hand gives the turn to the next who waits, and says whether anybody does.
func (w *writerTurn) hand() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.next()
}

// drop gives the turn to the next who waits, or to nobody.
func (w *writerTurn) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy = w.next()
}

func (w *writerTurn) next() bool {
	if len(w.waiting) == 0 {
		return false
	}
	close(w.waiting[0])
	w.waiting = slices.Delete(w.waiting, 0, 1)
	return true
}

// join returns the open group, or opens one.
func (w *writerTurn) join(ctx context.Context) (*group, error) {
	if w.open == nil {
		conn, err := begin(ctx, w.pool)
		if err != nil {
			return nil, fmt.Errorf("store: beginning: %w", err)
		}
		w.open = &group{conn: conn, began: time.Now(), done: make(chan struct{})}
	}
	w.open.n++
	return w.open, nil
}

// leave ends a unit's turn: it passes the open group on, or ends it.
func (w *writerTurn) leave(g *group) {
	for _, rows := range g.read {
		_ = rows.Close() // what was left open would be waited for, for ever
	}
	g.read = nil
	if g.broken == nil && !g.over && g.n < groupUnits && time.Since(g.began) < groupTime && w.hand() {
		return
	}
	w.open = nil
	g.err = g.end()
	close(g.done)
	w.drop()
}

// begin opens a transaction on the connection that writes. It is said by hand:
// a transaction of database/sql watches its context beside every query, and a
// group outlives the request that opened it.
func begin(ctx context.Context, pool *sql.DB) (*sql.Conn, error) {
	ctx = context.WithoutCancel(ctx)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// end commits the group, or undoes one that is lost, and gives the connection
// back.
func (g *group) end() error {
	ctx := context.Background()
	err := g.broken
	if err == nil && g.over {
		return g.conn.Close()
	}
	if err == nil {
		if _, err = g.conn.ExecContext(ctx, "COMMIT"); err == nil {
			return g.conn.Close()
		}
		err = fmt.Errorf("store: committing: %w", err)
	} else {
		err = errors.Join(errBroken, err)
	}
	if _, back := g.conn.ExecContext(ctx, "ROLLBACK"); back != nil && !undone(back) {
		// This closes the connection, and a new one has nothing open.
		_ = g.conn.Raw(func(any) error { return driver.ErrBadConn })
		return errors.Join(err, back)
	}
	return errors.Join(err, g.conn.Close())
}

// do runs fn in the group that is open when its turn comes, and returns once
// that has committed.
func (w *writerTurn) do(ctx context.Context, c *ent.Client, fn func(tx *ent.Tx) error) error {
	if err := w.take(ctx); err != nil {
		return err
	}
	g, err := w.join(ctx)
	if err != nil {
		w.drop()
		return err
	}
	if err := w.unit(ctx, c, g, fn); err != nil {
		return err
	}
	<-g.done
	return g.err
}

// unit runs fn between a savepoint and its release and gives up the turn,
// also when fn panics or ends the goroutine.
func (w *writerTurn) unit(ctx context.Context, c *ent.Client, g *group, fn func(tx *ent.Tx) error) error {
	defer w.leave(g)
	tx, err := c.Tx(ctx)
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if kept {
			return
		}
		if err := tx.Rollback(); err != nil && g.broken == nil {
			g.broken = fmt.Errorf("store: rolling back: %w", err)
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: committing: %w", err)
	}
	kept = true
	if err := tx.Commit(); err != nil {
		g.broken = fmt.Errorf("store: ending a unit of work: %w", err)
		return g.broken
	}
	return nil
}

// groupDriver is ent's driver for the connection that writes SQLite. Its
// transactions are savepoints in the group of who has the turn.
type groupDriver struct{ turn *writerTurn }

// Tx begins a unit of work in the open group.
func (d groupDriver) Tx(ctx context.Context) (dialect.Tx, error) {
	g := d.turn.open
	u := unit{entsql.NewDriver(SQLite, entsql.Conn{ExecQuerier: whole{g}}).Conn, g}
	if g.n == 1 {
		return first{u}, nil
	}
	if _, err := u.ExecContext(ctx, "SAVEPOINT unit"); err != nil {
		return nil, err
	}
	return u, nil
}

// Exec is refused: all writing goes through Do.
func (groupDriver) Exec(context.Context, string, any, any) error { return ErrReadOnly }

// Query is refused: reading outside a unit of work goes through DB.Read.
func (groupDriver) Query(context.Context, string, any, any) error { return ErrReadOnly }

// Close leaves the connection to DB.Close.
func (groupDriver) Close() error { return nil }

// Dialect returns SQLite.
func (groupDriver) Dialect() string { return SQLite }

// unit is a savepoint as a transaction of ent.
type unit struct {
	entsql.Conn
	group *group
}

// Query asks, or inserts without asking for ids that nobody reads.
func (u unit) Query(ctx context.Context, query string, args, into any) error {
	if plain, ok := unasked(ctx, query, into); ok {
		return u.Exec(ctx, plain, args, nil)
	}
	if err := u.Conn.Query(ctx, query, args, into); err != nil {
		return err
	}
	if rows, ok := into.(*entsql.Rows); ok {
		rows.ColumnScanner = heeded{rows.ColumnScanner, whole{u.group}}
	}
	return nil
}

// heeded are rows whose failure the group learns of.
type heeded struct {
	entsql.ColumnScanner
	of whole
}

// Err returns why the rows ended, nil where there are no more.
func (h heeded) Err() error { return h.of.noted(h.ColumnScanner.Err()) }

// Commit keeps what the unit wrote, for the group to commit.
func (u unit) Commit() error {
	_, err := u.ExecContext(context.Background(), "RELEASE unit")
	return err
}

// Rollback undoes what the unit wrote and nothing else.
func (u unit) Rollback() error {
	_, err := u.ExecContext(context.Background(), "ROLLBACK TO unit; RELEASE unit")
	return err
}

// first is the unit that a group begins with: a savepoint would keep every page
// that it writes for nobody.
type first struct{ unit }

// Commit keeps what the unit wrote, for the group to commit.
func (first) Commit() error { return nil }

// Rollback undoes the group, in which nothing else was written yet.
func (f first) Rollback() error {
	f.group.over = true
	if _, err := f.ExecContext(context.Background(), "ROLLBACK"); !undone(err) {
		return err
	}
	return nil
}

// undone says that SQLite undid the transaction by itself, as where the disk is
// full.
func undone(err error) bool {
	return err != nil && strings.Contains(err.Error(), "no transaction is active")
}

// whole runs each statement to its end or not at all. SQLite undoes the whole
// transaction when a write is interrupted, so the end of one request must not
// reach a statement; statements are short, and it is looked for between them.
type whole struct{ group *group }

// ExecContext runs a statement unless ctx has ended.
func (w whole) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := w.mayGoOn(ctx); err != nil {
		return nil, err
	}
	result, err := w.group.conn.ExecContext(context.WithoutCancel(ctx), query, args...)
	return result, w.noted(err)
}

// QueryContext asks unless ctx has ended.
func (w whole) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := w.mayGoOn(ctx); err != nil {
		return nil, err
	}
	rows, err := w.group.conn.QueryContext(context.WithoutCancel(ctx), query, args...)
	if err == nil {
		w.group.read = append(w.group.read, rows)
	}
	return rows, w.noted(err)
}

// mayGoOn refuses statements of who is gone, and those after SQLite may have undone
// the transaction: they would be kept by themselves.
func (w whole) mayGoOn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.group.broken
}

// noted gives the group up where SQLite may have undone it, also when the unit
// minds nothing.
func (w whole) noted(err error) error {
	if mayUndo(err) {
		w.group.broken = err
	}
	return err
}
