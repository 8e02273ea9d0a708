// Package jobs puts off work until after the commit that asks for it. Add
// writes the job in the unit of work, so that it exists exactly when the rows
// do; Start works the jobs and tries again those that fail. A job carries
// references, never answers, and may run twice: whoever works it makes that
// harmless. River keeps the queue; nobody else needs to know.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/store"
)

// Args is one piece of work: what a worker must know, as a struct that is
// written as JSON, and its kind, a name in snake_case that never changes.
type Args interface{ Kind() string }

// Outside is work that waits for somebody outside, such as a mail server: all
// else goes before it, so that one who is slow holds up no clock and no paper.
type Outside interface{ Outside() }

// Urgent is work that goes before other work of its sort while Urgent returns
// true: somebody has to be told to stop, or that a time has run out.
type Urgent interface{ Urgent() bool }

// Patient is work outside that nobody waits for at once: it comes after all else.
type Patient interface{ Patient() }

// priority is how River orders work that could be done now, 1 first.
func priority(w Args) int {
	if _, ok := w.(Outside); !ok {
		return 1
	}
	if u, ok := w.(Urgent); ok && u.Urgent() {
		return 2
	}
	if _, ok := w.(Patient); ok {
		return 4
	}
	return 3
}

// attempts is how often a failing job is tried: with River's pauses, of the
// fourth power of the attempt in seconds, about two days.
const attempts = 15

// Add queues work in tx, to run once tx has committed. dialect is DB.Dialect.
func Add(ctx context.Context, tx *ent.Tx, dialect string, work ...Args) error {
	return add(ctx, tx, dialect, nil, work)
}

// AddAt is Add for work that must not run before at, by the machine's clock.
func AddAt(ctx context.Context, tx *ent.Tx, dialect string, at time.Time, work ...Args) error {
	return add(ctx, tx, dialect, &at, work)
}

// add writes rows of river_job as River itself would; its own way costs more
// than the rest of the unit of work.
func add(ctx context.Context, tx *ent.Tx, dialect string, at *time.Time, work []Args) error {
	if len(work) == 0 {
		return nil
	}
	row, when := postgresRow, any(at)
	if dialect == store.SQLite {
		row, when = sqliteRow, sqliteTime(at)
	}
	var rows []string
	values := []any{attempts, when}
	for _, w := range work {
		args, err := json.Marshal(w)
		if err != nil {
			return fmt.Errorf("jobs: adding %s: %w", w.Kind(), err)
		}
		values = append(values, string(args), w.Kind())
		n := len(values)
		rows = append(rows, fmt.Sprintf(row, n-1, n, priority(w)))
	}
	_, err := tx.ExecContext(store.Unread(ctx), insert+strings.Join(rows, ", "), values...)
	if err != nil {
		return fmt.Errorf("jobs: adding %s: %w", work[0].Kind(), err)
	}
	return nil
}

// A job that waits for its time is available with a later scheduled_at: the
// fetch looks at both, and no leader has to promote it. On SQLite River wants
// args as text in a blob, metadata and tags as json(), times as text.
const (
	insert      = `INSERT INTO river_job (max_attempts, scheduled_at, args, kind, created_at, metadata, tags, priority, queue, state) VALUES `
	postgresRow = `($1, coalesce($2::timestamptz, now()), $%d::jsonb, $%d, now(), '{}', '{}', %d, 'default', 'available')`
	sqliteRow   = `($1, coalesce($2, datetime('now', 'subsec')), cast($%d AS blob), $%d, datetime('now', 'subsec'), json('{}'), json('[]'), %d, 'default', 'available')`
)

// sqliteTime is River's text of a time on SQLite, nil for none.
func sqliteTime(at *time.Time) any {
	if at == nil {
		return nil
	}
	return at.UTC().Format("2006-01-02 15:04:05.000")
}

// Backlog is how much work there is.
type Backlog struct {
	Waiting   int           // ready or waiting for its time
	Running   int           // being worked
	Retrying  int           // failed, to be tried again
	Discarded int           // failed for good in the last week: somebody must look
	Oldest    time.Duration // how long the oldest ready job has been ready, 0 for none
}

// Count returns how much work there is now.
func Count(ctx context.Context, db *store.DB) (Backlog, error) {
	query := `SELECT state, count(*), coalesce(max(CASE WHEN state = 'available' AND scheduled_at <= now()
		THEN extract(epoch FROM now() - scheduled_at) END), 0)::float8 FROM river_job GROUP BY state`
	if db.Dialect() == store.SQLite {
		query = `SELECT state, count(*), coalesce(max(CASE WHEN state = 'available' AND scheduled_at <= datetime('now', 'subsec')
			THEN (julianday('now') - julianday(scheduled_at)) * 86400.0 END), 0.0) FROM river_job GROUP BY state`
	}
	var b Backlog
	rows, err := db.Read().QueryContext(ctx, query)
	if err != nil {
		return b, fmt.Errorf("jobs: counting: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var n int
		var oldest float64
		if err := rows.Scan(&state, &n, &oldest); err != nil {
			return b, fmt.Errorf("jobs: counting: %w", err)
		}
		switch state {
		case "available", "scheduled", "pending":
			b.Waiting += n
			b.Oldest = max(b.Oldest, time.Duration(oldest*float64(time.Second)))
		case "running":
			b.Running = n
		case "retryable":
			b.Retrying = n
		case "discarded":
			b.Discarded = n
		}
	}
	if err := rows.Err(); err != nil {
		return b, fmt.Errorf("jobs: counting: %w", err)
	}
	return b, nil
}
