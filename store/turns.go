package store

import (
	"context"
	"fmt"

	"nysreferral/ent"
)

// Turn is something that one unit of work at a time does, on all servers.
type Turn int32

// The turns. A number never changes: another server may be of another version.
const (
	LimitOfAccount Turn = 0x6E797361 + 1 + iota // counting what an account did in an hour
)

// Alone waits until no other unit of work, on whatever server, has this turn for
// this id, and keeps it until tx ends. What the others committed is seen by the
// next statement. SQLite has one writer anyway.
func (db *DB) Alone(ctx context.Context, tx *ent.Tx, turn Turn, id int) error {
	if db.dialect != Postgres {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1::int, $2::int)`, int32(turn), int32(id)); err != nil {
		return fmt.Errorf("store: waiting for a turn: %w", err)
	}
	return nil
}
