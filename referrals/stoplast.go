package referrals

import (
	"context"
	"fmt"

	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/predicate"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// What is left of a referral whose key was destroyed, and must go on: who was told
// to stop, and has not said so, still may have the packet on paper. Nothing that
// is sealed can be opened; the row of the task says which agency and which
// hand-over, and that is enough.

// endAllButStops ends the open tasks of a referral whose key goes, but those of
// recipients. Where a referral can be destroyed these are told to stop and nothing
// else; where a backup brought back what was destroyed, they must stop with
// whatever it has them do. Each hand-over keeps one.
func (s *Service) endAllButStops(ctx context.Context, tx *ent.Tx, row *ent.Referral) error {
	open, err := tx.Task.Query().Where(task.ReferralID(row.ID), task.DoneAtIsNil()).Order(ent.Asc(task.FieldID)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading tasks: %w", err)
	}
	type place struct{ agency, handover int }
	kept, ended := map[place]bool{}, []int{}
	for _, t := range open {
		at := place{handover: t.Handover}
		if t.AgencyID != nil {
			at.agency = *t.AgencyID
		}
		if workflow.Duty(t.Duty) != workflow.Recipient || kept[at] {
			ended = append(ended, t.ID)
			continue
		}
		kept[at] = true
	}
	if err := tx.Task.Update().Where(task.IDIn(ended...)).SetDoneAt(s.now()).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: ending tasks: %w", err)
	}
	return nil
}

// stopAnew has every recipient of a referral that a backup brought back, and whose
// key went again, told to stop now: by a mail, with the whole time to say that it
// stopped, and with every rung after it. What the kept task was about, and when that
// was due, says nothing of this; and what was told since the backup is lost.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func (s *Service) stopAnew(ctx context.Context, tx *ent.Tx, row *ent.Referral) error {
	kept := []predicate.Task{task.ReferralID(row.ID), task.DoneAtIsNil(), task.Duty(string(workflow.Recipient))}
	open, err := tx.Task.Query().Where(kept...).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading tasks: %w", err)
	}
	if len(open) == 0 {
		return nil
	}
	c, err := s.counting(ctx, tx, &file{})
	if err != nil {
		return err
	}
	if err := tx.Task.Update().Where(kept...).SetDueAt(c.due(workflow.ClockStopped, s.now())).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: telling to stop anew: %w", err)
	}
	mails := make([]jobs.Args, len(open))
	for i, t := range open {
		mails[i] = stopMail(t)
	}
	return s.later(ctx, tx, mails...)
}

// lastStop is the task to stop with a hand-over of a referral whose key was
// destroyed.
func (s *Service) lastStop(row *ent.Task) Task {
	return s.task(row.Edges.Referral.Ref, running{row: row, about: about{Kind: workflow.TaskStopped}})
}

// stoppedLast is Stopped for such a referral: the act by its name, and the line in
// the log.
func (s *Service) stoppedLast(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Referral, n int) error {
	if err := s.enterLast(ctx, tx, &file{row: row}, who, hasStopped, n); err != nil {
		return err
	}
	err := tx.Task.Update().Where(append(mine(who), task.ReferralID(row.ID), task.Handover(n), task.DoneAtIsNil())...).SetDoneAt(s.now()).SetDoneByID(who.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("referrals: ending a task: %w", err)
	}
	l := s.line(who, string(hasStopped), row.Ref)
	l.Handover = n
	return s.record(ctx, tx, l)
}

// enterLast enters an act without words on the record of such a referral.
func (s *Service) enterLast(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, do workflow.Action, n int) error {
	at := f.row.Status
	h, err := tx.Handover.Query().Where(handover.ReferralID(f.row.ID), handover.N(n)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return fmt.Errorf("referrals: reading a hand-over: %w", err)
	}
	if err == nil {
		at = h.Status
	}
	return s.enter(ctx, tx, f, who, newEntry{action: do, handover: n, from: at, to: at})
}

// climbLast does what is to happen by itself to a task to stop of such a referral,
// each in a unit of work of its own.
func (s *Service) climbLast(ctx context.Context, row *ent.Task) (int, error) {
	read := s.DB.Read()
	if _, due, err := s.nextLast(ctx, read.Entry, read.Setting, row); err != nil || !due {
		return 0, err
	}
	for n := 0; ; n++ {
		did := false
		err := s.DB.Do(ctx, func(tx *ent.Tx) (err error) {
			did, err = s.climbOnceLast(ctx, tx, row)
			return err
		})
		if err != nil || !did {
			return n, err
		}
	}
}

// climbOnceLast does the first rung that is to happen by now, and says whether
// there was one. The row is locked before anything is read.
func (s *Service) climbOnceLast(ctx context.Context, tx *ent.Tx, row *ent.Task) (bool, error) {
	r := row.Edges.Referral
	locked, err := tx.Referral.Update().Where(referral.ID(r.ID), referral.DataKeyIsNil()).SetUpdatedAt(s.now()).Save(ctx)
	if err != nil || locked == 0 {
		return false, err
	}
	if open, err := tx.Task.Query().Where(task.ID(row.ID), task.DoneAtIsNil()).Exist(ctx); err != nil || !open {
		return false, err
	}
	rung, due, err := s.nextLast(ctx, tx.Entry, tx.Setting, row)
	if err != nil || !due {
		return false, err
	}
	return true, s.rungLast(ctx, tx, &file{row: r, locked: true}, row, rung)
}

// nextLast is the rung that comes next for such a task, and whether its time has
// come. What was done already is read from the record, since the task's own plan
// cannot be opened any more; what came before it was due belongs to something else.
func (s *Service) nextLast(ctx context.Context, entries *ent.EntryClient, settings *ent.SettingClient, row *ent.Task) (workflow.Rung, bool, error) {
	rungs := workflow.RungsOn(workflow.TaskStopped)
	if workflow.Duty(row.Duty) != workflow.Recipient || row.DueAt == nil || s.now().Before(*row.DueAt) {
		return workflow.Rung{}, false, nil
	}
	did, err := entries.Query().Where(entry.ReferralID(*row.ReferralID), entry.Handover(row.Handover), entry.AtGTE(*row.DueAt),
		entry.ActionIn(string(workflow.Remind), string(workflow.Escalate))).Count(ctx)
	if err != nil {
		return workflow.Rung{}, false, fmt.Errorf("referrals: reading entries: %w", err)
	}
	if did >= len(rungs) {
		return workflow.Rung{}, false, nil
	}
	c, err := s.countingBy(ctx, settings, &file{})
	if err != nil {
		return workflow.Rung{}, false, err
	}
	at := *row.DueAt
	if after := rungs[did].After; after != "" {
		at = c.due(after, at)
	}
	return rungs[did], !s.now().Before(at), nil
}

// rungLast does one rung of it: the entry, the mails and the line in the log. OTDA
// reads in its list of what waits for others which agency it is.
func (s *Service) rungLast(ctx context.Context, tx *ent.Tx, f *file, row *ent.Task, rung workflow.Rung) error {
	if err := s.enterLast(ctx, tx, f, workflow.Actor{}, rung.Do, row.Handover); err != nil {
		return err
	}
	var mails []jobs.Args
	for _, duty := range rung.Tells {
		m := Mail{Duty: duty, What: mailDue}
		if duty == workflow.Recipient {
			m = stopMail(row)
		}
		mails = append(mails, m)
	}
	if err := s.later(ctx, tx, mails...); err != nil {
		return err
	}
	l := s.line(workflow.Actor{}, "ladder", f.row.Ref)
	l.Handover, l.Rule, l.Reason = row.Handover, rung.Law, rung.Key
	return s.record(ctx, tx, l)
}
