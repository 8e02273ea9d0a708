package audit

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// spoken is a log of the program that a test can read while it is written.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *spoken) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

// lines is how many lines hold a text.
func (s *spoken) lines(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.text.String(), text)
}

// soon waits until something holds, for some seconds.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(8 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within eight seconds: %s", what)
		}
	}
}

// A tree that runs takes lines in by itself and says so to whoever watches. On a
// tree that was changed it says so once and waits long; asked to look it looks at
// once, and goes on where the tree is whole again.
func TestRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		log := &spoken{}
		tree := newTree(t, db, newRing(t))
		var looked, grew, failed atomic.Int64
		tree.Grew = func(n int, took time.Duration, err error) {
			looked.Add(1)
			grew.Add(int64(n))
			if err != nil {
				failed.Add(1)
			}
			if took <= 0 || took > time.Hour {
				t.Errorf("it took %s", took)
			}
		}
		for range 3 {
			tree.Wake() // nobody listens yet, and nobody waits
		}
		ctx, stop := context.WithCancel(t.Context())
		var over sync.WaitGroup
		over.Go(func() { tree.Run(ctx, slog.New(slog.NewTextHandler(log, nil))) })
		add(t, db, many(3, "open")...)
		soon(t, "lines are taken in", func() bool { return grew.Load() == 3 })
		restore := save(t, db)
		tamper(t, db, `DELETE FROM audit_checkpoints`)
		add(t, db, line("open"))
		soon(t, "it says that it does not grow", func() bool { return log.lines("does not grow") == 1 && failed.Load() == 1 })
		before := looked.Load()
		time.Sleep(3 * pause)
		if n := log.lines("does not grow"); n != 1 || looked.Load() != before || tree.Health() == nil {
			t.Errorf("said %d times, looked %d times more, %v", n, looked.Load()-before, tree.Health())
		}
		restore()
		add(t, db, many(2, "open")...)
		tree.Wake()
		soon(t, "it goes on when it is asked to look", func() bool { return grew.Load() == 5 && tree.Health() == nil })
		stop()
		over.Wait()
		within(t, "a run that is over", func(context.Context) { tree.Run(ctx, slog.New(slog.NewTextHandler(log, nil))) })
		if n := log.lines("does not grow"); n != 1 {
			t.Errorf("that it ends is told as an error, %d times", n)
		}
	})
}

// A moved clock is told to whoever has to know. Where the log takes no line, the
// program's own log says so, and the line is written once there is room: with the
// whole step, and once.
func TestWatchTriesAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		log, c := &spoken{}, &turned{}
		var told atomic.Int64
		l := Life{DB: db, Now: c.now, Log: slog.New(slog.NewTextHandler(log, nil)), Moved: func() { told.Add(1) }}
		_, lift := storetest.Full(t, db)
		ctx, stop := context.WithCancel(t.Context())
		var over sync.WaitGroup
		over.Go(func() { l.Watch(ctx, 5*time.Millisecond) })
		time.Sleep(30 * time.Millisecond)
		c.mu.Lock()
		c.by = -time.Hour
		c.mu.Unlock()
		soon(t, "it says that the log does not", func() bool { return log.lines(`msg="the clock was moved, and the log does not say so" err=`) > 1 })
		if strings.Contains(said(t, db), ClockStep) || told.Load() != 0 {
			t.Errorf("written where there is no room, told %d times", told.Load())
		}
		lift()
		soon(t, "it is written", func() bool { return told.Load() > 0 })
		time.Sleep(50 * time.Millisecond)
		stop()
		over.Wait()
		if got := strings.Count(said(t, db), "clock_step the clock moved by -3"); got != 1 || told.Load() != 1 {
			t.Errorf("written %d times, told %d times", got, told.Load())
		}
	})
}
