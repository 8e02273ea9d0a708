package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	entsql "entgo.io/ent/dialect/sql"
)

type unreadKey struct{}

// Unread says that nobody reads what statements with this ctx answer: the id of a
// row that is inserted is told as 0, and how many rows were written is not told.
// In a unit of work on PostgreSQL such a statement waits for the next one that
// is read, or for the end, and travels with it: what goes wrong is said there.
// Statements keep their order.
func Unread(ctx context.Context) context.Context {
	return context.WithValue(ctx, unreadKey{}, true)
}

func unread(ctx context.Context) bool { return ctx.Value(unreadKey{}) != nil }

// inserting says whether a statement is one by which ent inserts and asks for the
// ids, and returns it without the question.
func inserting(query string) (plain string, yes bool) {
	if !strings.HasPrefix(query, "INSERT ") {
		return "", false
	}
	for _, asks := range []string{" RETURNING \"id\"", " RETURNING `id`"} {
		if plain, yes = strings.CutSuffix(query, asks); yes {
			return plain, true
		}
	}
	return "", false
}

// unasked says whether a statement inserts what nobody reads the ids of, tells
// into that they are 0, and returns the statement that does not ask for them.
func unasked(ctx context.Context, query string, into any) (plain string, yes bool) {
	rows, ok := into.(*entsql.Rows)
	if !ok || !unread(ctx) {
		return "", false
	}
	if plain, yes = inserting(query); yes {
		rows.ColumnScanner = &ids{list: nobodys}
	}
	return plain, yes
}

// nobodys is the id of a row whose id is not read.
var nobodys = []int64{0}

// ids are the answer to what ent inserts.
type ids struct {
	list []int64
	at   int
}

// Columns returns the one column.
func (*ids) Columns() ([]string, error) { return []string{"id"}, nil }

// ColumnTypes returns an error, after which ent takes what comes.
func (*ids) ColumnTypes() ([]*sql.ColumnType, error) { return nil, errUntyped }

// Next goes to the next id.
func (r *ids) Next() bool { r.at++; return r.at <= len(r.list) }

// Scan gives the id.
func (r *ids) Scan(into ...any) error {
	if len(into) == 1 {
		if id, ok := into[0].(*int64); ok {
			*id = r.list[r.at-1]
			return nil
		}
	}
	return fmt.Errorf("store: an id is not read into %T", into)
}

// NextResultSet returns false.
func (*ids) NextResultSet() bool { return false }

// Err returns nil: the ids are read before they are given.
func (*ids) Err() error { return nil }

// Close does nothing.
func (*ids) Close() error { return nil }
