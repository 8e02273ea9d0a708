package referrals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/task"
	"nysreferral/store"
	"nysreferral/workflow"
)

// newTask is a task before it is written. What it is about is sealed: the kind
// alone would say that somebody is a minor.
type newTask struct {
	kind     string
	duty     workflow.Duty // "": whose its kind is
	agency   int           // 0: whoever has the duty
	handover int
	from     time.Time // when its clock starts; zero is now
	due      time.Time // zero: as its clock counts
	contact  *ent.ContactPoint
	say      string // more than the kind's own words
}

// addTasks writes tasks of a referral, each with its clock: the due date, the
// count it runs by, and what will happen by itself.
func (s *Service) addTasks(ctx context.Context, tx *ent.Tx, f *file, tasks ...newTask) error {
	if len(tasks) == 0 {
		return nil
	}
	c, err := s.counting(ctx, tx, f)
	if err != nil {
		return err
	}
	adds := make([]*ent.TaskCreate, len(tasks))
	for i, t := range tasks {
		created := s.now().Add(time.Duration(i) * time.Microsecond) // the place of what is sealed
		if adds[i], err = s.newRow(tx, f, c, t, created); err != nil {
			return err
		}
	}
	if err := tx.Task.CreateBulk(adds...).Exec(store.Unread(ctx)); err != nil {
		return fmt.Errorf("referrals: adding tasks: %w", err)
	}
	f.tasksRead = false
	for _, t := range tasks {
		if slices.Contains(waitTasks, t.kind) {
			return s.goOnWaiting(ctx, tx, f, t.handover) // tasks are added to one hand-over at a time
		}
	}
	return nil
}

func (s *Service) newRow(tx *ent.Tx, f *file, c counting, t newTask, created time.Time) (*ent.TaskCreate, error) {
	kind, ok := workflow.TaskOf(t.kind)
	if !ok {
		return nil, fmt.Errorf("referrals: adding tasks: no kind %q", t.kind)
	}
	from := t.from
	if from.IsZero() {
		from = created
	}
	if t.duty == "" {
		t.duty = kind.For
	}
	a := about{Kind: t.kind, Say: t.say, Count: c.count(kind.Clock, from)}
	if t.due.IsZero() {
		t.due = c.due(kind.Clock, from)
	}
	if t.kind == workflow.TaskContact {
		a.Tries = c.count(workflow.ClockTries, from)
	}
	a.plan(c, t.due, created)
	sealed, err := f.sealed(a, taskAt(f.row.Ref, created))
	if err != nil {
		return nil, err
	}
	add := tx.Task.Create().SetReferralID(f.row.ID).SetHandover(t.handover).SetDuty(string(t.duty)).SetCreatedAt(created).SetDueAt(t.due).SetSealed(sealed)
	if t.agency != 0 {
		add.SetAgencyID(t.agency)
	}
	if t.contact != nil {
		add.SetContactID(t.contact.ID)
	}
	return add, nil
}

// readTasks reads every task of the referral, done ones too, in the order in
// which they began.
func (f *file) readTasks(ctx context.Context, tx *ent.Tx) error {
	if f.tasksRead {
		return nil
	}
	rows, err := tx.Task.Query().Where(task.ReferralID(f.row.ID)).WithContact().WithAgency().Order(ent.Asc(task.FieldID)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading tasks: %w", err)
	}
	f.tasks = make([]running, len(rows))
	for i, row := range rows {
		f.tasks[i].row = row
		if err := f.unseal(row.Sealed, taskAt(f.row.Ref, row.CreatedAt), &f.tasks[i].about); err != nil {
			return err
		}
	}
	f.tasksRead = true
	return nil
}

// openTask returns the open task of a kind of hand-over n, nil when there is
// none. The tasks must have been read.
func (f *file) openTask(n int, kind string) *running {
	for i, t := range f.tasks {
		if t.open() && t.row.Handover == n && t.about.Kind == kind {
			return &f.tasks[i]
		}
	}
	return nil
}

// endTasks marks open tasks of the referral done: those of the kinds, or all.
func (s *Service) endTasks(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, kinds ...string) error {
	return s.endTasksWhere(ctx, tx, f, who, kinds, task.ReferralID(f.row.ID))
}

// endTasksOf is endTasks for one hand-over.
func (s *Service) endTasksOf(ctx context.Context, tx *ent.Tx, f *file, n int, who workflow.Actor, kinds ...string) error {
	return s.endTasksWhere(ctx, tx, f, who, kinds, task.ReferralID(f.row.ID), task.Handover(n))
}

func (s *Service) endTasksWhere(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, kinds []string, where ...predicate.Task) error {
	open, err := tx.Task.Query().Where(append(where, task.DoneAtIsNil())...).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading tasks: %w", err)
	}
	for _, t := range open {
		var a about
		if err := f.unseal(t.Sealed, taskAt(f.row.Ref, t.CreatedAt), &a); err != nil {
			return err
		}
		if len(kinds) > 0 && !slices.Contains(kinds, a.Kind) || len(kinds) == 0 && beyond(a.Kind) {
			continue
		}
		up := t.Update().SetDoneAt(s.now())
		if who.ID != 0 {
			up.SetDoneByID(who.ID)
		}
		if err := up.Exec(ctx); err != nil {
			return fmt.Errorf("referrals: ending a task: %w", err)
		}
	}
	f.tasksRead = false
	return nil
}

// moveTask gives an open task another due date. The old one stays beside it,
// with why and when, and what was to happen by itself is planned anew.
func (s *Service) moveTask(ctx context.Context, tx *ent.Tx, f *file, t *running, due time.Time, why string, held *Held) error {
	c, err := s.counting(ctx, tx, f)
	if err != nil {
		return err
	}
	now := s.now()
	if t.row.DueAt != nil {
		t.about.Was = append(t.about.Was, Moved{DueAt: *t.row.DueAt, At: now, Why: why})
	}
	if held != nil {
		t.about.Held = append(t.about.Held, *held)
	}
	t.about.plan(c, due, now)
	sealed, err := f.sealed(t.about, taskAt(f.row.Ref, t.row.CreatedAt))
	if err != nil {
		return err
	}
	if err := tx.Task.UpdateOneID(t.row.ID).SetDueAt(due).SetSealed(sealed).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: moving a task: %w", err)
	}
	f.tasksRead = false
	return nil
}

// reword gives an open task other words of its own.
func (s *Service) reword(ctx context.Context, tx *ent.Tx, f *file, t *running, say string) error {
	t.about.Say = say
	sealed, err := f.sealed(t.about, taskAt(f.row.Ref, t.row.CreatedAt))
	if err != nil {
		return err
	}
	if err := tx.Task.UpdateOneID(t.row.ID).SetSealed(sealed).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: changing a task: %w", err)
	}
	f.tasksRead = false
	return nil
}
