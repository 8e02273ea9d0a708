package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"nysreferral/store"
)

// Workers says who works which kind. Make one with NewWorkers.
type Workers struct{ bundle *river.Workers }

// NewWorkers returns Workers that work nothing yet.
func NewWorkers() *Workers { return &Workers{bundle: river.NewWorkers()} }

// Handle makes work the worker of T's kind. It returns an error when the kind
// has one already. A job whose worker fails or panics is tried again later;
// its error is logged and kept, so it must not hold anything personal.
func Handle[T Args](w *Workers, work func(ctx context.Context, args T) error) error {
	if err := river.AddWorkerSafely(w.bundle, river.WorkFunc(safely(work))); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}

// safely makes a panic an error that says where, and not with what: the value
// of a panic may hold anything.
func safely[T Args](work func(context.Context, T) error) func(context.Context, *river.Job[T]) error {
	return func(ctx context.Context, j *river.Job[T]) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("jobs: %s panicked with a %T:\n%s", j.Args.Kind(), p, debug.Stack())
			}
		}()
		return work(ctx, j.Args)
	}
}

// Periodic is work that is added again and again, by one of all the servers.
type Periodic struct {
	Every time.Duration // at least a second
	Work  Args
}

// Options of Start. The zero value is good.
type Options struct {
	Log      *slog.Logger              // failures; nil: nowhere
	At       int                       // jobs worked at once; 0: 4
	Poll     time.Duration             // how often to look for work; 0: 50 ms on SQLite, 100 ms on PostgreSQL
	Timeout  time.Duration             // the longest a job may take; 0: 2 minutes
	Periodic []Periodic                // added at the start, then each Every
	Retry    func(n int) time.Duration // the pause after the nth failure; nil: the fourth power of n in seconds
}

// Engine works jobs until it is stopped.
type Engine struct{ client client }

// client is what River's clients for the two databases have in common.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// Start works the jobs of db, which must be migrated. The end of ctx does not
// stop it: Stop does.
func Start(ctx context.Context, db *store.DB, w *Workers, o Options) (*Engine, error) {
	if db.SQL() == nil {
		return nil, fmt.Errorf("jobs: starting: %w", store.ErrReadOnly)
	}
	c, err := newClient(ctx, db, w, o)
	if err != nil {
		return nil, fmt.Errorf("jobs: starting: %w", err)
	}
	if err := c.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("jobs: starting: %w", err)
	}
	return &Engine{client: c}, nil
}

func newClient(ctx context.Context, db *store.DB, w *Workers, o Options) (client, error) {
	if db.Dialect() == store.Postgres {
		return river.NewClient(riverpgxv5.New(db.Pool()), settings(w, o, 100*time.Millisecond))
	}
	// Nobody else writes this file, so a job that is running now was running
	// when the last process died, and so was River's leader.
	_, err := db.SQL().ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'; DELETE FROM river_leader`)
	if err != nil {
		return nil, err
	}
	return river.NewClient(riversqlite.New(db.SQL()), settings(w, o, 50*time.Millisecond))
}

// Stop takes no more work and waits for what is running. When ctx ends first
// it cancels that, which is then tried again by the next Start.
func (e *Engine) Stop(ctx context.Context) error {
	err := e.client.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = e.client.StopAndCancel(grace)
	}
	if err != nil {
		return fmt.Errorf("jobs: stopping: %w", err)
	}
	return nil
}

func settings(w *Workers, o Options, poll time.Duration) *river.Config {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.At == 0 {
		o.At = 4
	}
	if o.Poll == 0 {
		o.Poll = poll
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	c := &river.Config{
		Workers:              w.bundle,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.At}},
		Logger:               slog.New(onlyErrors{o.Log.Handler()}),
		ErrorHandler:         reporter{o.Log},
		FetchCooldown:        5 * time.Millisecond,
		FetchPollInterval:    o.Poll,
		JobTimeout:           o.Timeout,
		RescueStuckJobsAfter: o.Timeout + 3*time.Minute,
		MaxAttempts:          attempts,
		PollOnly:             true,                  // a plain insert notifies nobody
		ReindexerSchedule:    river.NeverSchedule(), // only the owner of the tables may, and a server is not
	}
	if o.Retry != nil {
		c.RetryPolicy = retry(o.Retry)
	}
	for _, p := range o.Periodic {
		c.PeriodicJobs = append(c.PeriodicJobs, periodic(p))
	}
	return c
}

// periodic adds p.Work at most once in p.Every, however many servers there are
// and however often one starts.
func periodic(p Periodic) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(p.Every), func() (river.JobArgs, *river.InsertOpts) {
		return p.Work, &river.InsertOpts{Priority: priority(p.Work), UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: p.Every}}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// retry is a policy of pauses for River.
type retry func(n int) time.Duration

// NextRetry returns when a job that failed is tried again.
func (r retry) NextRetry(j *rivertype.JobRow) time.Time {
	return time.Now().UTC().Add(r(len(j.Errors) + 1))
}

// reporter logs failures of jobs: kind and attempt, never the arguments.
type reporter struct{ log *slog.Logger }

// HandleError logs that a job failed, as an error when it was the last time.
func (r reporter) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level, what := slog.LevelWarn, "a job failed and will be tried again"
	if j.Attempt >= j.MaxAttempts {
		level, what = slog.LevelError, "a job failed for the last time"
	}
	r.log.Log(ctx, level, what, "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "error", err)
	return nil
}

// HandlePanic logs a panic of River's own; those of workers are errors.
func (r reporter) HandlePanic(ctx context.Context, j *rivertype.JobRow, _ any, trace string) *river.ErrorHandlerResult {
	r.log.ErrorContext(ctx, "a job panicked", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "trace", trace)
	return nil
}

// onlyErrors passes on what River says when something is broken, and not its
// news; failures of jobs come through reporter.
type onlyErrors struct{ slog.Handler }

// Enabled says whether level is an error that the handler below wants.
func (h onlyErrors) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the handler quiet.
func (h onlyErrors) WithAttrs(a []slog.Attr) slog.Handler { return onlyErrors{h.Handler.WithAttrs(a)} }

// WithGroup keeps the handler quiet.
func (h onlyErrors) WithGroup(name string) slog.Handler { return onlyErrors{h.Handler.WithGroup(name)} }
