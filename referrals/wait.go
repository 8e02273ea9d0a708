package referrals

import (
	"context"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// The person asked to be left alone until a day: what waits for the person stands
// still until then, also what begins meanwhile.

// waitTasks are the clocks that stand still.
var waitTasks = []string{workflow.TaskTry, workflow.TaskContact, workflow.TaskBring}

// longestWait is how many days ahead the clocks may be paused at once.
const longestWait = 60

// wait pauses the clocks of a hand-over that wait for the person, because the
// person asked for it. Another day in its place is the one that counts.
func wait(ctx context.Context, x *passing) error {
	until := x.s.closing(x.deed.WaitUntil)
	if days := x.s.Calendar.DaysBetween(x.s.now(), until); days < 1 || days > longestWait {
		return forms.Problems{{ID: "waitUntil", Field: "waitUntil", Message: "Enter a day after today, at most 60 days ahead."}}
	}
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	return x.s.goOnWaiting(ctx, x.tx, x.f, x.h.N)
}

// pauseOf is the pause that runs for hand-over n, nil for none: of what the person
// asked, the last counts, also what a recipient was told that has the person no
// more. Why is for that one alone.
func (s *Service) pauseOf(f *file, n int) *Held {
	for _, e := range slices.Backward(f.entries) {
		if workflow.Action(e.Action) != workflow.Wait || e.Handover != n && !f.unreached(e.Handover) {
			continue
		}
		pause := &Held{Until: s.closing(e.deed.WaitUntil)}
		if !pause.Until.After(s.now()) {
			return nil
		}
		if e.Handover == n {
			pause.Why = string(e.deed.Reason)
		}
		return pause
	}
	return nil
}

// unreached reports whether hand-over n is over, and nobody reached the person.
func (f *file) unreached(n int) bool {
	h := f.handover(n)
	return h != nil && h.ReachedAt == nil && (h.status() == workflow.Returned || h.status() == workflow.HandoverClosed)
}

// goOnWaiting has the clocks of hand-over n that wait for the person stand still as
// long as the person asked, and nothing where nobody waits.
func (s *Service) goOnWaiting(ctx context.Context, tx *ent.Tx, f *file, n int) error {
	pause := s.pauseOf(f, n)
	if pause == nil {
		return nil
	}
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	for i := range f.tasks {
		t := &f.tasks[i]
		if !t.open() || t.row.Handover != n || t.row.DueAt == nil || !slices.Contains(waitTasks, t.about.Kind) {
			continue
		}
		held := t.heldBy(*pause, s.now())
		due := s.Calendar.DueDays(held.Until, max(1, s.Calendar.DaysBetween(held.From, held.Due)))
		if due.Equal(*t.row.DueAt) && t.about.heldUntil().Equal(held.Until) {
			continue
		}
		if err := s.moveTask(ctx, tx, f, t, due, held.Why, &held); err != nil {
			return err
		}
	}
	return nil
}

// heldBy is what a pause makes of a clock: what was left when it stood still is left
// when it goes on, also where it stands still already and another day is named. Why
// is not told to a referrer who is asked to bring the person.
func (t *running) heldBy(pause Held, now time.Time) Held {
	pause.From, pause.Due = now, *t.row.DueAt
	if n := len(t.about.Held); n > 0 && t.about.heldUntil().After(now) {
		last := t.about.Held[n-1]
		pause.From, pause.Due = last.From, last.Due
	}
	if t.about.Kind == workflow.TaskBring {
		pause.Why = ""
	}
	return pause
}

// heldUntil is until when the clock stood still the last time, zero for never.
func (a *about) heldUntil() time.Time {
	if n := len(a.Held); n > 0 {
		return a.Held[n-1].Until
	}
	return time.Time{}
}
