// Package store opens the database, changes its tables, and runs units of
// work: everything in one Do commits together or not at all. Only it knows
// which database lies below; it holds no rule about what is stored there.
//
// SQLite has one connection that writes and a pool that only reads, and one
// process that may write; PostgreSQL has a pool. Times are UTC and whole
// microseconds on both.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"nysreferral/ent"
	_ "nysreferral/ent/runtime" // the rules of the tables; without them no row is read
)

// The dialects that DB.Dialect returns.
const (
	SQLite   = dialect.SQLite   // "sqlite3"
	Postgres = dialect.Postgres // "postgres"
)

// ErrReadOnly says that a database opened by OpenReadOnly was to be written.
var ErrReadOnly = errors.New("store: this database is open for reading only")

// DB is an open database. It is safe for many goroutines.
type DB struct {
	dialect string
	write   *sql.DB // one connection on SQLite; nil when only reading
	read    *sql.DB
	writer  *ent.Client
	reader  *ent.Client
	looker  *ent.Client   // of Look
	pool    *pgxpool.Pool // PostgreSQL only
	turn    *writerTurn   // SQLite only
	lock    *os.File      // SQLite only: says that this process writes
	path    string        // SQLite only: the file
	state   *saving
}

// Open opens the database at url: sqlite:PATH or a bare path for SQLite,
// postgres://… for PostgreSQL. It makes SQLite's folder and file when they are
// not there, for this account alone, and refuses a file that another process
// has open for writing. It does not migrate.
func Open(ctx context.Context, url string) (*DB, error) {
	if isPostgres(url) {
		return openPostgres(ctx, url)
	}
	return openSQLite(ctx, sqlitePath(url))
}

// OpenReadOnly opens the database at url beside a process that may be writing
// it. It never changes a row or a table, and Do returns ErrReadOnly.
func OpenReadOnly(ctx context.Context, url string) (*DB, error) {
	if isPostgres(url) {
		return openPostgresReadOnly(ctx, url)
	}
	return openSQLiteReadOnly(ctx, sqlitePath(url))
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

func sqlitePath(url string) string {
	if rest, ok := strings.CutPrefix(url, "sqlite://"); ok {
		return rest
	}
	return strings.TrimPrefix(url, "sqlite:")
}

// clients makes the ent clients over the pools.
func (db *DB) clients() {
	db.state = &saving{}
	db.reader = ent.NewClient(ent.Driver(entsql.OpenDB(db.dialect, db.read)))
	db.looker = ent.NewClient(ent.Driver(lookDriver{db.dialect, db.read}))
	if db.dialect == SQLite && db.write != nil {
		db.turn = &writerTurn{pool: db.write}
		db.writer = ent.NewClient(ent.Driver(groupDriver{db.turn}))
	}
	if db.dialect == Postgres && db.write != nil {
		db.writer = ent.NewClient(ent.Driver(pipeDriver{entsql.OpenDB(db.dialect, db.write)}))
	}
}

// Dialect returns SQLite or Postgres.
func (db *DB) Dialect() string { return db.dialect }

// Path returns SQLite's file, "" on PostgreSQL.
func (db *DB) Path() string { return db.path }

// Read returns the client for reading outside a unit of work. It sees what is
// committed. On SQLite a write through it fails.
func (db *DB) Read() *ent.Client { return db.reader }

// SQL returns the pool that writes, for the job engine and the migrator; nil
// when the database is open for reading only. On SQLite it is one connection:
// whoever asks for it inside Do waits for ever.
func (db *DB) SQL() *sql.DB { return db.write }

// Pool returns PostgreSQL's own pool, nil on SQLite.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.read.PingContext(ctx); err != nil {
		return fmt.Errorf("store: pinging: %w", err)
	}
	return nil
}

// Close waits for running queries and closes every connection.
func (db *DB) Close() error {
	var errs []error
	for _, p := range []*sql.DB{db.read, db.write} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	if db.pool != nil {
		db.pool.Close()
	}
	if db.lock != nil {
		errs = append(errs, unlock(db.lock))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("store: closing: %w", err)
	}
	return nil
}

// tries is how often a unit of work is run when it must give way to another.
const tries = 6

// Do runs fn as one unit of work: it commits when fn returns nil and rolls
// back when fn fails or panics. Where the disk takes nothing it returns
// fault.Unavailable; see Saves. On SQLite units that wait together commit
// together, each answered after the commit, none touched by another's failure.
// A unit that must give way to another runs again, at most six times in all,
// so fn changes nothing but rows; what must follow the commit follows Do. fn
// must not keep tx, commit it or call Do.
func (db *DB) Do(ctx context.Context, fn func(tx *ent.Tx) error) error {
	return db.again(ctx, func() error { return db.once(ctx, fn) })
}

// DoOne runs fn, which says one statement and no more, as a unit of work of its
// own. PostgreSQL keeps or undoes a statement whole by itself, and is told of no
// beginning and no end; SQLite does as in Do.
func (db *DB) DoOne(ctx context.Context, fn func(c *ent.Client) error) error {
	return db.again(ctx, func() error {
		if db.turn == nil {
			return fn(db.writer)
		}
		return db.once(ctx, func(tx *ent.Tx) error { return fn(tx.Client()) })
	})
}

// again runs a unit of work, and once more when it had to give way to another.
func (db *DB) again(ctx context.Context, once func() error) error {
	if db.writer == nil {
		return ErrReadOnly
	}
	if db.Failed() {
		return db.Saves()
	}
	for try := 1; ; try++ {
		err := once()
		if err == nil || try == tries || !gaveWay(err) {
			return db.noted(err)
		}
		// 2, 4, 8 … milliseconds, and up to as much again by chance.
		pause := time.Millisecond << try
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause + rand.N(pause)):
		}
	}
}

func (db *DB) once(ctx context.Context, fn func(tx *ent.Tx) error) (err error) {
	if db.turn != nil {
		return db.turn.do(ctx, db.writer, fn)
	}
	tx, err := db.writer.Tx(ctx)
	if err != nil {
		return fmt.Errorf("store: beginning: %w", err)
	}
	kept := false
	defer func() { // also when fn panics or ends the goroutine
		if kept {
			return
		}
		back := tx.Rollback()
		if back != nil && !errors.Is(back, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("store: rolling back: %w", back))
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	kept = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: committing: %w", err)
	}
	return nil
}

// gaveWay says whether the transaction ended for another's sake: on PostgreSQL
// a serialization failure or a deadlock, on SQLite a group that was lost.
func gaveWay(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01") || errors.Is(err, errBroken)
}
