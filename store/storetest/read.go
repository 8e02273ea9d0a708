package storetest

import (
	"testing"

	"nysreferral/store"
)

// RowsRead returns how many rows and entries of indexes PostgreSQL has read so far
// for db, 0 on SQLite. What connections at work read is not in it yet.
func RowsRead(t testing.TB, db *store.DB) (n int64) {
	t.Helper()
	if db.Dialect() != store.Postgres {
		return 0
	}
	for _, c := range db.Pool().AcquireAllIdle(t.Context()) {
		_, err := c.Exec(t.Context(), `SELECT pg_stat_force_next_flush()`)
		c.Release()
		if err != nil {
			t.Fatal(err)
		}
	}
	err := db.SQL().QueryRowContext(t.Context(), `SELECT (SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables) +
		(SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
