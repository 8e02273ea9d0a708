package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// hearAgain is the pause before a connection that was lost is made anew.
const hearAgain = time.Second

// Tell says text, at most some hundred bytes and never of a person, to every
// server that hears channel on this database, itself among them: all hear all in
// the same order, or not at all. It returns an error on SQLite, which one server
// has.
func (db *DB) Tell(ctx context.Context, channel, text string) error {
	if db.dialect != Postgres {
		return fmt.Errorf("store: nobody else has this database")
	}
	if _, err := db.pool.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, text); err != nil {
		return fmt.Errorf("store: telling the other servers: %w", err)
	}
	return nil
}

// Hear calls each for what Tell said since, one after the other, until ctx ends,
// and hears with whether what is said is heard from now on. On SQLite it returns
// at once.
func (db *DB) Hear(ctx context.Context, log *slog.Logger, channel string, hears func(bool), each func(text string)) {
	if db.dialect != Postgres {
		return
	}
	for ctx.Err() == nil {
		err := db.hear(ctx, channel, hears, each)
		hears(false)
		if ctx.Err() != nil {
			return
		}
		log.Warn("the other servers are not heard; it is tried again", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(hearAgain):
		}
	}
}

func (db *DB) hear(ctx context.Context, channel string, hears func(bool), each func(text string)) error {
	lent, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("store: hearing: %w", err)
	}
	conn := lent.Hijack() // it listens: nobody else gets it
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `LISTEN `+channel); err != nil {
		return fmt.Errorf("store: hearing: %w", err)
	}
	hears(true)
	for {
		said, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("store: hearing: %w", err)
		}
		each(said.Payload)
	}
}
