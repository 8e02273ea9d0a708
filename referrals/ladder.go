package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/handover"
	"nysreferral/ent/predicate"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/jobs"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Ladder is the job of doing what is to happen by itself by now.
type Ladder struct{}

// Kind names the job.
func (Ladder) Kind() string { return "ladder" }

// Sweep is the job of looking for confirmed referrals that have nothing next.
type Sweep struct{}

// Kind names the job.
func (Sweep) Kind() string { return "sweep" }

const (
	ladderPage = 500                 // tasks looked at in one read
	ladderView = 45 * 24 * time.Hour // how long before it is due the earliest alarm of any clock rings, and more
	mostSwept  = 200                 // referrals that one sweep mends
)

// Climb does what is to happen by itself by now: alarms, and the rungs of the
// ladder. Each is done once, whatever runs how often on how many servers: what
// was done is written into the task in the unit of work that does it, if the
// task is still as it was. What fails is passed over and tried at the next
// time; its error is returned with the others. It returns how much was done.
func (s *Service) Climb(ctx context.Context) (int, error) {
	ctx = viewer.Job(ctx, "ladder")
	var errs []error
	n, after := 0, 0
	for {
		rows, err := s.DB.Read().Task.Query().Where(task.DoneAtIsNil(), task.DutyIn(workflow.Duty("").Values()...), task.DueAtLTE(s.now().Add(ladderView)), task.IDGT(after)).
			WithReferral().Order(ent.Asc(task.FieldID)).Limit(ladderPage).All(ctx)
		if err != nil {
			return n, fmt.Errorf("referrals: reading tasks: %w", err)
		}
		for _, row := range rows {
			after = row.ID
			did, err := s.climbTask(ctx, row)
			n += did
			if err != nil {
				errs = append(errs, err)
			}
		}
		if len(rows) < ladderPage {
			return n, errors.Join(errs...)
		}
	}
}

// climbTask does all that is to happen to one task by now, each in a unit of
// work of its own.
func (s *Service) climbTask(ctx context.Context, row *ent.Task) (int, error) {
	r := row.Edges.Referral
	if r == nil {
		return 0, nil
	}
	if len(r.DataKey) == 0 {
		return s.climbLast(ctx, row)
	}
	one := running{row: row}
	if err := s.openAt(r, row.Sealed, taskAt(r.Ref, row.CreatedAt), &one.about); err != nil {
		return 0, err
	}
	if len(one.about.Plan) > 0 && one.about.next(s.now()) < 0 {
		return 0, nil
	}
	for n := 0; ; n++ {
		did := false
		err := s.DB.Do(ctx, func(tx *ent.Tx) (err error) {
			did, err = s.climbOnce(ctx, tx, r.Ref, row.ID)
			return err
		})
		if errors.Is(err, errElsewhere) {
			return n, nil
		}
		if err != nil || !did {
			return n, err
		}
	}
}

// errElsewhere undoes what another server has done meanwhile.
var errElsewhere = errors.New("referrals: done elsewhere")

// climbOnce does the first thing that is to happen to a task by now, and says
// whether there was one. A task of a referral that was shredded does
// nothing; one that is open though the referral was withdrawn or closed outlasts
// that, and rings.
func (s *Service) climbOnce(ctx context.Context, tx *ent.Tx, ref string, id int) (bool, error) {
	// The row is locked before anything is read, so that an act of a person
	// comes whole before this or whole after it.
	locked, err := tx.Referral.Update().Where(referral.Ref(ref), referral.DataKeyNotNil()).
		SetUpdatedAt(s.now()).Save(ctx)
	if err != nil || locked == 0 {
		return false, err
	}
	f, err := s.open(ctx, tx, ref)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f.locked = true
	if err := f.readTasks(ctx, tx); err != nil {
		return false, err
	}
	at := slices.IndexFunc(f.tasks, func(t running) bool { return t.row.ID == id && t.open() })
	if at < 0 {
		return false, nil
	}
	t := &f.tasks[at]
	if len(t.about.Plan) == 0 { // made before there were plans
		c, err := s.counting(ctx, tx, f)
		if err != nil {
			return false, err
		}
		t.about.plan(c, *t.row.DueAt, t.row.CreatedAt)
	}
	i := t.about.next(s.now())
	if i < 0 {
		return false, nil
	}
	return true, s.climbTo(ctx, tx, f, t, i)
}

// climbTo marks what stands at i of the plan as done, and does it.
func (s *Service) climbTo(ctx context.Context, tx *ent.Tx, f *file, t *running, i int) error {
	step, was := t.about.Plan[i], t.row.Sealed
	t.about.Plan[i].Did = s.now()
	sealed, err := f.sealed(t.about, taskAt(f.row.Ref, t.row.CreatedAt))
	if err != nil {
		return err
	}
	rung, climbs := workflow.RungOf(step.Key)
	up := tx.Task.Update().Where(task.ID(t.row.ID), task.DoneAtIsNil(), task.SealedEQ(was)).SetSealed(sealed)
	if rung.Ends {
		up.SetDoneAt(s.now())
	}
	n, err := up.Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: climbing: %w", err)
	}
	if n == 0 {
		return errElsewhere
	}
	if s.outside(f, t) {
		return s.withoutScope(ctx, tx, f, t)
	}
	if climbs {
		return s.climb(ctx, tx, f, t, rung)
	}
	return s.alarm(ctx, tx, f, t, step.Key)
}

// alarm tells those whose task it is, and once it is overdue those who look
// after it. It says which referral in the log, and never which task.
func (s *Service) alarm(ctx context.Context, tx *ent.Tx, f *file, t *running, key string) error {
	kind, _ := workflow.TaskOf(t.about.Kind)
	told := []workflow.Duty{workflow.Duty(t.row.Duty)}
	if clock, _ := workflow.ClockOf(kind.Clock); key == alarmOver {
		told = append(told, clock.Tells...)
	}
	if err := s.tellThem(ctx, tx, f, t, told); err != nil {
		return err
	}
	return s.record(ctx, tx, s.line(workflow.Actor{}, "alarm", f.row.Ref))
}

// climb does a rung: an entry on the record, the task that it starts, mails
// without content, and the line in the log.
func (s *Service) climb(ctx context.Context, tx *ent.Tx, f *file, t *running, rung workflow.Rung) error {
	n := t.row.Handover
	if rung.Do != "" && f.status() != workflow.Declined {
		if err := s.rung(ctx, tx, f, t, rung); err != nil {
			return err
		}
	}
	if err := s.keepNext(ctx, tx, f); err != nil {
		return err
	}
	l := s.line(workflow.Actor{}, "ladder", f.row.Ref)
	l.Handover, l.Rule = n, rung.Law
	if n != 0 {
		l.Reason = rung.Key
	}
	return s.record(ctx, tx, l)
}

func (s *Service) rung(ctx context.Context, tx *ent.Tx, f *file, t *running, rung workflow.Rung) error {
	n, status := t.row.Handover, f.row.Status
	h := f.handover(n)
	if h != nil {
		status = h.Status
	}
	if rung.Do != workflow.Warm || !f.bringAsked(n) {
		if err := s.enter(ctx, tx, f, workflow.Actor{}, newEntry{action: rung.Do, handover: n, from: status, to: status}); err != nil {
			return err
		}
	}
	if rung.Starts != "" && f.openTask(n, rung.Starts) == nil {
		begun := newTask{kind: rung.Starts, handover: n}
		if kind, _ := workflow.TaskOf(rung.Starts); kind.For == workflow.Referrer {
			begun.agency = f.row.AgencyID
		}
		if h != nil && rung.Starts == workflow.TaskStopUnread {
			begun.say = "It is " + h.name() + "." // the hand-over is no more to be seen where somebody withdrew
		}
		if err := s.addTasks(ctx, tx, f, begun); err != nil {
			return err
		}
	}
	if rung.Stops {
		if err := s.stopAll(ctx, tx, f); err != nil {
			return err
		}
	}
	return s.tellThem(ctx, tx, f, t, rung.Tells)
}

// tellThem has duties told that a task is due, by mails without content. Who has
// to stop is told that, whatever it may see.
func (s *Service) tellThem(ctx context.Context, tx *ent.Tx, f *file, t *running, duties []workflow.Duty) error {
	var mails []jobs.Args
	for _, duty := range duties {
		m := Mail{Duty: duty, What: mailDue}
		switch h := f.handover(t.row.Handover); {
		case duty == workflow.Recipient && beyond(t.about.Kind):
			m = stopMail(t.row)
		case duty == workflow.Referrer:
			m = Mail{User: f.row.AuthorID, What: mailDue}
		case duty == workflow.Recipient && (h == nil || h.AgencyID == nil || !s.permits(f.answers, h.route.Kind)):
			continue // nobody is told of what it must not see
		case duty == workflow.Recipient:
			m = Mail{Agency: *h.AgencyID, What: mailDue}
		case duty == workflow.Reviewer && f.row.AssignedID != nil:
			m = Mail{User: *f.row.AssignedID, What: mailDue}
		}
		mails = append(mails, m)
	}
	return s.later(ctx, tx, mails...)
}

// Mend looks for confirmed people who have nothing next: a hand-over that has
// not ended and has no open task, or a referral without any. Each gets its
// next date. There should be none; it returns how many were mended. One that
// cannot be is passed over; its error is returned with the others.
func (s *Service) Mend(ctx context.Context) (int, error) {
	ctx = viewer.Job(ctx, "mend")
	stands := []predicate.Referral{referral.Status(string(workflow.Confirmed)), referral.DataKeyNotNil()}
	rows, err := s.DB.Read().Referral.Query().Where(append(stands, referral.Or(withoutTask, withoutNext))...).
		Order(ent.Asc(referral.FieldID)).Limit(mostSwept).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: looking for who was lost: %w", err)
	}
	var errs []error
	n := 0
	for _, row := range rows {
		err := s.DB.Do(ctx, func(tx *ent.Tx) error {
			f, err := s.open(ctx, tx, row.Ref)
			if err != nil {
				return err
			}
			if err := s.keepNext(ctx, tx, f); err != nil {
				return err
			}
			return s.record(ctx, tx, s.line(workflow.Actor{}, "sweep", row.Ref))
		})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}

// withoutTask is the referrals that have no open task.
var withoutTask predicate.Referral = func(q *sql.Selector) {
	t := sql.Table(task.Table)
	q.Where(sql.NotExists(sql.Select(t.C(task.FieldID)).From(t).
		Where(sql.And(sql.ColumnsEQ(t.C(task.FieldReferralID), q.C(referral.FieldID)), sql.IsNull(t.C(task.FieldDoneAt))))))
}

// withoutNext is the referrals that have a hand-over which has not ended and
// has no open task.
var withoutNext predicate.Referral = func(q *sql.Selector) {
	h, t := sql.Table(handover.Table), sql.Table(task.Table).As("waits")
	open := sql.Select(t.C(task.FieldID)).From(t).Where(sql.And(sql.ColumnsEQ(t.C(task.FieldReferralID), h.C(handover.FieldReferralID)),
		sql.ColumnsEQ(t.C(task.FieldHandover), h.C(handover.FieldN)), sql.IsNull(t.C(task.FieldDoneAt))))
	q.Where(sql.Exists(sql.Select(h.C(handover.FieldID)).From(h).Where(sql.And(sql.ColumnsEQ(h.C(handover.FieldReferralID), q.C(referral.FieldID)),
		sql.NEQ(h.C(handover.FieldStatus), string(workflow.HandoverClosed)), sql.NotExists(open)))))
}
