package store

import (
	"context"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"nysreferral/ent"
)

// Watched returns the same database, whose clients call seen for each
// statement, beginning and end of a transaction, and never with what it says.
// Equal counts show that two requests cost the same: what nobody may learn,
// nobody may count or time either. Only the first is closed.
func (db *DB) Watched(seen func()) *DB {
	watch := func(d dialect.Driver) *ent.Client {
		return ent.NewClient(ent.Driver(dialect.DebugWithContext(d, func(context.Context, ...any) { seen() })))
	}
	out := *db
	out.reader = watch(entsql.OpenDB(db.dialect, db.read))
	out.looker = watch(lookDriver{db.dialect, db.read})
	switch {
	case db.write == nil:
	case db.turn != nil:
		out.writer = watch(groupDriver{db.turn})
	default:
		out.writer = watch(pipeDriver{entsql.OpenDB(db.dialect, db.write)})
	}
	return &out
}
