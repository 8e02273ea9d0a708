package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/jobs"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// Draw is a made-up job about the referral Ref.
type Draw struct {
	Ref string `json:"ref"`
}

// Kind names Draw.
func (Draw) Kind() string { return "draw" }

// Sweep is a made-up job without arguments.
type Sweep struct{}

// Kind names Sweep.
func (Sweep) Kind() string { return "sweep" }

// worked counts how often each reference was tried.
type worked struct {
	mu    sync.Mutex
	tries map[string]int
}

func (w *worked) add(ref string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tries == nil {
		w.tries = map[string]int{}
	}
	w.tries[ref]++
	return w.tries[ref]
}

func (w *worked) of(ref string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tries[ref]
}

// soon fails the test when ok does not come true within 20 seconds.
func soon(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("it never happened that ", what)
}

// queue adds work in a unit of work of its own, which fails when fail is set.
func queue(t *testing.T, db *store.DB, fail error, work ...jobs.Args) {
	t.Helper()
	err := db.Do(t.Context(), func(tx *ent.Tx) error {
		return errors.Join(jobs.Add(t.Context(), tx, db.Dialect(), work...), fail)
	})
	if !errors.Is(err, fail) {
		t.Fatal(err)
	}
}

// start starts an engine whose worker is work, stopped when the test ends.
func start(t *testing.T, db *store.DB, o jobs.Options, work func(context.Context, Draw) error) *jobs.Engine {
	t.Helper()
	w := jobs.NewWorkers()
	if err := jobs.Handle(w, work); err != nil {
		t.Fatal(err)
	}
	if err := jobs.Handle(w, func(ctx context.Context, _ Sweep) error { return work(ctx, Draw{Ref: "sweep"}) }); err != nil {
		t.Fatal(err)
	}
	e, err := jobs.Start(t.Context(), db, w, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e
}

// A job whose unit of work was rolled back never runs; the others run once
// each, whether they were queued before the start or after it.
func TestRolledBackNeverRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var w worked
		queue(t, db, errors.New("no"), Draw{"gone"})
		queue(t, db, nil, Draw{"a"}, Draw{`b "quoted" ü`}, Sweep{})
		start(t, db, jobs.Options{}, func(_ context.Context, d Draw) error { w.add(d.Ref); return nil })
		soon(t, "the first jobs ran", func() bool { return w.of("a") == 1 && w.of(`b "quoted" ü`) == 1 && w.of("sweep") == 1 })
		queue(t, db, errors.New("no"), Draw{"gone"})
		began := time.Now()
		queue(t, db, nil, Draw{"late"})
		soon(t, "a job ran that came later", func() bool { return w.of("late") == 1 })
		t.Logf("taken up after %v", time.Since(began))
		soon(t, "nothing was left", func() bool {
			b, err := jobs.Count(t.Context(), db)
			return err == nil && b == jobs.Backlog{} || b.Waiting+b.Running == 0
		})
		if w.of("gone") != 0 || w.of("a") != 1 {
			t.Errorf("rolled back ran %d times, a %d times", w.of("gone"), w.of("a"))
		}
	})
}

// A job that fails, and one that panics, is tried again until it is well; the
// log names kind and attempt, and neither it nor the row holds the value of
// the panic.
func TestRetried(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var w worked
		var log safeBuffer
		queue(t, db, nil, Draw{"fails"}, Draw{"panics"})
		o := jobs.Options{Retry: func(int) time.Duration { return time.Millisecond },
			Log: slog.New(slog.NewTextHandler(&log, nil))}
		start(t, db, o, func(_ context.Context, d Draw) error {
			switch n := w.add(d.Ref); {
			case d.Ref == "fails" && n < 3:
				return errors.New("the mail server is away")
			case d.Ref == "panics" && n < 2:
				panic("Test Person, 212-555-0100")
			}
			return nil
		})
		soon(t, "both were tried until they were well", func() bool { return w.of("fails") == 3 && w.of("panics") == 2 })
		said := log.String()
		if !strings.Contains(said, "kind=draw") || !strings.Contains(said, "attempt=1") || !strings.Contains(said, "away") {
			t.Errorf("the log says: %s", said)
		}
		rows, err := db.Read().QueryContext(t.Context(), "SELECT coalesce(CAST(errors AS text), '') FROM river_job")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var kept string
			if err := rows.Scan(&kept); err != nil {
				t.Fatal(err)
			}
			said += kept
		}
		if strings.Contains(said, "Test Person") || strings.Contains(said, "212-555") {
			t.Errorf("the value of a panic was kept: %s", said)
		}
	})
}

// A job for later does not run before its time, and then it does.
func TestAddAt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var w worked
		at := time.Now().Add(700 * time.Millisecond)
		var ran time.Time
		err := db.Do(t.Context(), func(tx *ent.Tx) error {
			return errors.Join(jobs.AddAt(t.Context(), tx, db.Dialect(), at, Draw{"later"}),
				jobs.AddAt(t.Context(), tx, db.Dialect(), at.Add(time.Hour), Draw{"much later"}))
		})
		if err != nil {
			t.Fatal(err)
		}
		start(t, db, jobs.Options{}, func(_ context.Context, d Draw) error { ran = time.Now(); w.add(d.Ref); return nil })
		soon(t, "the job for later ran", func() bool { return w.of("later") == 1 })
		if ran.Before(at.Add(-2 * time.Millisecond)) {
			t.Errorf("it ran %v too early", at.Sub(ran))
		}
		if b, err := jobs.Count(t.Context(), db); err != nil || b.Waiting != 1 || b.Oldest != 0 {
			t.Errorf("backlog %+v, %v", b, err)
		}
	})
}

// Stop cancels a job that does not end, and the next start works it again.
func TestStopAndStartAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var w worked
		work := func(ctx context.Context, d Draw) error {
			if w.add(d.Ref) == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		o := jobs.Options{Retry: func(int) time.Duration { return 0 }}
		e := start(t, db, o, work)
		queue(t, db, nil, Draw{"long"})
		soon(t, "the job began", func() bool { return w.of("long") == 1 })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		start(t, db, o, work)
		soon(t, "the job was worked again", func() bool { return w.of("long") == 2 })
	})
}

// On SQLite a job that was running when the process died runs again at once.
func TestDiedInTheMiddle(t *testing.T) {
	db := storetest.SQLite(t)
	var w worked
	queue(t, db, nil, Draw{"a"})
	if _, err := db.SQL().Exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now', 'subsec')`); err != nil {
		t.Fatal(err)
	}
	start(t, db, jobs.Options{}, func(_ context.Context, d Draw) error { w.add(d.Ref); return nil })
	soon(t, "the job ran", func() bool { return w.of("a") == 1 })
}

// Periodic work runs at the start, and not twice for two starts in one period.
func TestPeriodic(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var w worked
		o := jobs.Options{Periodic: []jobs.Periodic{{Every: time.Hour, Work: Sweep{}}}}
		e := start(t, db, o, func(_ context.Context, d Draw) error { w.add(d.Ref); return nil })
		soon(t, "the periodic work ran", func() bool { return w.of("sweep") == 1 })
		if err := e.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if db.Dialect() == store.Postgres {
			return // a second start would wait for the first one's lease
		}
		start(t, db, o, func(_ context.Context, d Draw) error { w.add(d.Ref); return nil })
		queue(t, db, nil, Draw{"after"})
		soon(t, "other work ran", func() bool { return w.of("after") == 1 })
		time.Sleep(300 * time.Millisecond)
		if n := w.of("sweep"); n != 1 {
			t.Errorf("it ran %d times in one hour", n)
		}
	})
}

// A kind has one worker.
func TestOneWorkerAKind(t *testing.T) {
	w := jobs.NewWorkers()
	work := func(context.Context, Draw) error { return nil }
	if err := jobs.Handle(w, work); err != nil {
		t.Fatal(err)
	}
	if err := jobs.Handle(w, work); err == nil {
		t.Error("a second worker of the same kind was taken")
	}
}

// safeBuffer is a buffer that goroutines may write while another reads.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds p.
func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// String returns what was written.
func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
