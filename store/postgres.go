package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// connections is how many connections a process holds to PostgreSQL when the
// address does not say pool_max_conns.
const connections = 16

// statements is how many statements a connection remembers when the address does
// not say statement_cache_capacity. A list with one row more is another statement,
// so that there is no end of them; those that each page asks are fewer.
const statements = 128

func openPostgres(ctx context.Context, address string) (*DB, error) {
	return openPostgresWith(ctx, address, map[string]string{})
}

func openPostgresReadOnly(ctx context.Context, address string) (*DB, error) {
	db, err := openPostgresWith(ctx, address, map[string]string{"default_transaction_read_only": "on"})
	if err != nil {
		return nil, err
	}
	db.write, db.writer = nil, nil
	return db, nil
}

// openPostgresWith opens a pool whose every session runs in UTC, waits for the
// disk at each commit, and does not hold a lock for a caller who went away.
func openPostgresWith(ctx context.Context, address string, params map[string]string) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		// The address may hold a password; the parser's error does not.
		return nil, fmt.Errorf("store: reading the address of PostgreSQL: %w", err)
	}
	if u, err := url.Parse(address); err == nil {
		said := u.Query()
		if !said.Has("pool_max_conns") {
			cfg.MaxConns = connections
		}
		if !said.Has("statement_cache_capacity") {
			cfg.ConnConfig.StatementCacheCapacity = statements
		}
	}
	cfg.ConnConfig.DescriptionCacheCapacity = 0 // for another way of asking
	set := cfg.ConnConfig.RuntimeParams
	set["timezone"] = "UTC"
	set["synchronous_commit"] = "on"
	set["idle_in_transaction_session_timeout"] = "60s"
	if set["application_name"] == "" {
		set["application_name"] = "nysreferral"
	}
	for k, v := range params {
		set[k] = v
	}
	cfg.AfterConnect = func(_ context.Context, c *pgx.Conn) error {
		c.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("store: opening PostgreSQL: %w", err)
	}
	if err := readBackPostgres(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	sqlDB := stdlib.OpenDBFromPool(pool)
	db := &DB{dialect: Postgres, pool: pool, read: sqlDB, write: sqlDB}
	db.clients()
	return db, nil
}

// readBackPostgres returns an error when the server is too old or a session
// would not keep what it acknowledged.
func readBackPostgres(ctx context.Context, pool *pgxpool.Pool) error {
	var version int
	var commit, zone string
	err := pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int,
		current_setting('synchronous_commit'), current_setting('timezone')`).Scan(&version, &commit, &zone)
	if err != nil {
		return fmt.Errorf("store: reading PostgreSQL's settings back: %w", err)
	}
	if version < 130000 {
		return errors.New("store: PostgreSQL must be version 13 or newer")
	}
	if commit != "on" || zone != "UTC" {
		return fmt.Errorf("store: PostgreSQL's synchronous_commit is %s and must be on, its timezone %s and must be UTC", commit, zone)
	}
	return nil
}
