package audit

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/store"
)

// Actions of the program itself. That it ran, that it did not, and that its
// clock was moved are lines like any other: a gap in the log has a reason or is
// one.
const (
	Started   = "program_start"
	Stopped   = "program_stop"
	ClockStep = "clock_step"
	Saving    = "saving_again" // the disk had taken nothing for a while
)

const (
	stepped = 5 * time.Second // how far the clock may move by itself between two looks
	toEnd   = 5 * time.Second // to write that the program stops
)

// Life writes when a server starts and stops, and that its clock was moved.
type Life struct {
	DB  *store.DB
	Now func() time.Time // wall time
	Log *slog.Logger

	Moved func() // told that the clock was moved; nil: nobody is
}

// Begin writes that the program starts, and whether the one before it ended
// without saying so: it was killed, or the machine stopped. Where several
// servers share a database that cannot be told, and is not.
func (l Life) Begin(ctx context.Context) error {
	reason := ""
	if l.DB.Dialect() == store.SQLite {
		last, err := l.DB.Read().AuditEntry.Query().Where(auditentry.ActionIn(Started, Stopped)).Order(ent.Desc(auditentry.FieldID)).First(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return fmt.Errorf("audit: reading how the program ended: %w", err)
		}
		if err == nil && last.Action == Started {
			reason = "the run before did not end in order"
		}
	}
	return l.add(ctx, Started, reason)
}

// End writes that the program stops. It has a moment for it, whatever ended ctx.
func (l Life) End(ctx context.Context) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), toEnd)
	defer stop()
	return l.add(ctx, Stopped, "")
}

// Watch looks at the clock until ctx ends, and writes a line when it was moved by
// more than five seconds against the time that passed. A line that cannot be
// written is said in the log of the program, and tried again at the next look.
func (l Life) Watch(ctx context.Context, every time.Duration) {
	before, begun := l.Now(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
		now, passed := l.Now(), time.Since(begun)
		moved := Moved(before, now, passed)
		if moved.Abs() > stepped {
			if err := l.add(ctx, ClockStep, fmt.Sprintf("the clock moved by %d s", int(moved.Seconds()))); err != nil {
				l.Log.Error("the clock was moved, and the log does not say so", "err", err)
				continue
			}
			if l.Moved != nil {
				l.Moved()
			}
		}
		before, begun = now, begun.Add(passed)
	}
}

// Moved is by how much the wall clock was moved between two readings: what it
// shows more than the time that passed by a clock that nobody can set, less than
// zero when it was put back.
func Moved(before, now time.Time, passed time.Duration) time.Duration {
	return now.Round(0).Sub(before.Round(0)) - passed
}

func (l Life) add(ctx context.Context, action, reason string) error {
	err := l.DB.Do(ctx, func(tx *ent.Tx) error {
		return Add(ctx, tx, Line{At: l.Now(), Duty: "system", Action: action, Outcome: Done, Reason: reason})
	})
	if err != nil {
		return fmt.Errorf("audit: writing that the program runs: %w", err)
	}
	return nil
}
