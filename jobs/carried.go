package jobs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"nysreferral/store"
)

// Table is the work that waits, as a copy of a database carries it: the queue's
// own tables differ from one database to the other.
var Table = store.Table{Name: "river_job", Columns: []store.Column{
	{Name: "kind", Kind: store.Text}, {Name: "args", Kind: store.Text}, {Name: "max_attempts", Kind: store.Int}, {Name: "scheduled_at", Kind: store.Moment}}}

// unfinished are the states of work that is still to be done.
const unfinished = `('available', 'pending', 'retryable', 'running', 'scheduled')`

// Rows calls each for all work that is not done, in the order in which it was
// added, with values as Table has them. What was tried already is tried anew.
func Rows(ctx context.Context, s *store.Snapshot, each func(row []any) error) error {
	query := `SELECT kind, args::text, max_attempts, (extract(epoch FROM date_trunc('milliseconds', scheduled_at)) * 1000000)::bigint FROM river_job WHERE state IN ` + unfinished + ` ORDER BY id`
	if s.Dialect() == store.SQLite {
		query = `SELECT kind, cast(args AS text), max_attempts, cast(round((julianday(scheduled_at) - 2440587.5) * 86400000) AS integer) * 1000 FROM river_job WHERE state IN ` + unfinished + ` ORDER BY id`
	}
	rows, err := s.Tx().QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("jobs: reading what waits: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, args string
		var attempts, at int64
		if err := rows.Scan(&kind, &args, &attempts, &at); err != nil {
			return fmt.Errorf("jobs: reading what waits: %w", err)
		}
		if args, err = store.PlainJSON([]byte(args)); err != nil {
			return fmt.Errorf("jobs: reading what waits: %w", err)
		}
		if err := each([]any{kind, args, attempts, at}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("jobs: reading what waits: %w", err)
	}
	return nil
}

// Fill adds work to a database that is being filled.
func Fill(ctx context.Context, f *store.Filling, work [][]any) error {
	for _, row := range work {
		kind, ok1 := row[0].(string)
		args, ok2 := row[1].(string)
		at, ok3 := row[3].(int64)
		if !ok1 || !ok2 || !ok3 {
			return fmt.Errorf("jobs: filling: this is no work")
		}
		when := time.UnixMicro(at).UTC()
		line, moment := postgresRow, any(when)
		if f.Dialect() == store.SQLite {
			line, moment = sqliteRow, sqliteTime(&when)
		}
		if _, err := f.Tx().ExecContext(ctx, insert+strings.TrimSpace(fmt.Sprintf(line, 3, 4, 1)), row[2], moment, args, kind); err != nil {
			return fmt.Errorf("jobs: filling %s: %w", kind, err)
		}
	}
	return nil
}
