package referrals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/setting"
	"nysreferral/workflow"
)

// counting says how long clocks run, by the law and by what the State has set,
// as both stand in one unit of work. A clock that runs already is not asked
// again: it keeps what was counted when it began.
type counting struct {
	cal   *calendar.Calendar
	terms map[workflow.ClockKey]workflow.Terms
}

// clockKeys are the settings that hold what the State set.
var clockKeys = func() []string {
	var out []string
	for _, c := range workflow.Clocks {
		if c.Set {
			out = append(out, workflow.TermsKey(c.Key))
		}
	}
	return out
}()

// counting reads the settings once for a file's unit of work.
func (s *Service) counting(ctx context.Context, tx *ent.Tx, f *file) (counting, error) {
	return s.countingBy(ctx, tx.Setting, f)
}

func (s *Service) countingBy(ctx context.Context, settings *ent.SettingClient, f *file) (counting, error) {
	if f.counting != nil {
		return *f.counting, nil
	}
	rows, err := settings.Query().Where(setting.KeyIn(clockKeys...)).All(ctx)
	if err != nil {
		return counting{}, fmt.Errorf("referrals: reading the terms of clocks: %w", err)
	}
	out := s.countingByLaw()
	for _, row := range rows {
		if err := out.set(row.Key, row.Value); err != nil {
			return counting{}, err
		}
	}
	f.counting = &out
	return out, nil
}

func (s *Service) countingByLaw() counting {
	return counting{cal: s.Calendar, terms: map[workflow.ClockKey]workflow.Terms{}}
}

// set takes in what a setting says.
func (c counting) set(key, value string) error {
	t, err := workflow.ReadTerms(value)
	if err != nil {
		return fmt.Errorf("referrals: %w", err)
	}
	c.terms[workflow.ClockKey(key[len(workflow.TermsPrefix):])] = t
	return nil
}

// count is the count of a clock that starts at from.
func (c counting) count(key workflow.ClockKey, from time.Time) int {
	clock, _ := workflow.ClockOf(key)
	return clock.CountOn(calendar.DateOf(from).String(), c.terms[key])
}

// due is when the clock that starts at from runs out.
func (c counting) due(key workflow.ClockKey, from time.Time) time.Time {
	clock, _ := workflow.ClockOf(key)
	n := c.count(key, from)
	switch clock.Unit {
	case workflow.BusinessDays:
		return c.cal.Due(from, n)
	case workflow.Days:
		return c.cal.DueDays(from, n)
	case workflow.Years:
		return c.cal.DueDays(from.AddDate(n, 0, -1), 1)
	case workflow.Hours:
		return from.Add(time.Duration(n) * time.Hour)
	}
	return from
}

// due is when the clock that starts at from runs out, for an act on a referral.
func (x *act) due(ctx context.Context, key workflow.ClockKey, from time.Time) (time.Time, error) {
	c, err := x.s.counting(ctx, x.tx, x.f)
	if err != nil {
		return time.Time{}, err
	}
	return c.due(key, from), nil
}

// soon is when the clock that runs out at due turns due soon.
func (c counting) soon(key workflow.ClockKey, due time.Time) time.Time {
	clock, _ := workflow.ClockOf(key)
	if clock.Unit == workflow.Hours {
		return due.Add(-time.Duration(clock.Soon) * time.Hour)
	}
	return c.cal.Before(due, clock.Soon, clock.Unit == workflow.BusinessDays)
}

// about is the sealed part of a task: what it asks, by which count it runs,
// what happens by itself and when, and how it was moved. Nothing that it held
// is ever lost.
type about struct {
	Kind   string    `json:"kind"`
	Say    string    `json:"say,omitempty"`
	Count  int       `json:"count,omitempty"` // of its clock, as it was when it began
	Tries  int       `json:"tries,omitempty"` // after so many it counts as no contact
	Soon   time.Time `json:"soon,omitzero"`
	Plan   []planned `json:"plan,omitempty"`
	Was    []Moved   `json:"was,omitempty"`
	Held   []Held    `json:"held,omitempty"`
	Lifted bool      `json:"lifted,omitempty"` // of who was told to stop: it may act again
}

// planned is one alarm or rung of a task.
type planned struct {
	Key string    `json:"key"` // of a rung, or one of the alarms below
	At  time.Time `json:"at"`
	Did time.Time `json:"did,omitzero"`
}

// The alarms of every clock.
const (
	alarmSoon = "soon"
	alarmOver = "over"
)

// atOnce is after how long somebody is told again of what is due at once.
const atOnce = time.Hour

// Moved is one due date that a clock had before.
type Moved struct {
	DueAt time.Time `json:"due"`
	At    time.Time `json:"at"` // when it was moved
	Why   string    `json:"why,omitempty"`
}

// Held is one pause of a clock.
type Held struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Why   string    `json:"why,omitempty"`
	Due   time.Time `json:"due,omitzero"` // when it was due before it stood still
}

// plan fills in what happens by itself to a task that is due at due, as
// counted at moment now. What lies behind already does not happen.
func (a *about) plan(c counting, due, now time.Time) {
	kind, _ := workflow.TaskOf(a.Kind)
	a.Soon, a.Plan = c.soon(kind.Clock, due), nil
	if until := a.heldUntil(); slices.Contains(waitTasks, a.Kind) && until.After(a.Soon) {
		a.Soon = until // nobody is told to hurry while the person waits
	}
	if a.Soon.After(now) && a.Soon.Before(due) {
		a.Plan = append(a.Plan, planned{Key: alarmSoon, At: a.Soon})
	}
	rungs := workflow.RungsOn(a.Kind)
	if !slices.ContainsFunc(rungs, func(r workflow.Rung) bool { return r.After == "" }) {
		over := planned{Key: alarmOver, At: due}
		if !due.After(now) {
			over.At = now.Add(atOnce)
		}
		a.Plan = append(a.Plan, over)
	}
	for _, r := range rungs {
		at := due
		if r.After != "" {
			at = c.due(r.After, due)
		}
		a.Plan = append(a.Plan, planned{Key: r.Key, At: at})
	}
}

// next returns the place of the first thing of the plan that is to happen by
// now and has not, or -1.
func (a *about) next(now time.Time) int {
	return slices.IndexFunc(a.Plan, func(p planned) bool { return p.Did.IsZero() && !now.Before(p.At) })
}

// running is one task of an opened referral.
type running struct {
	row   *ent.Task
	about about
}

func (r running) open() bool { return r.row.DoneAt == nil }

// standing is how the task's clock stands at now.
func (r running) standing(now time.Time) workflow.Standing {
	switch {
	case !r.open():
		return workflow.Over
	case r.row.DueAt == nil:
		return workflow.Runs
	case now.After(*r.row.DueAt):
		return workflow.Overdue
	case !r.about.Soon.IsZero() && !now.Before(r.about.Soon):
		return workflow.DueSoon
	}
	return workflow.Runs
}
