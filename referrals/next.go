package referrals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/handover"
	"nysreferral/workflow"
)

// keepNext keeps the promise that nobody is lost: after it, every hand-over of
// a confirmed referral that has not ended has an open task, and the earliest
// of their due dates is its next date; and where every hand-over has ended,
// OTDA has the task to close the referral or to propose another. Whatever
// changes a hand-over or its tasks ends with it.
//
// Law: SSL 483-bb, 483-cc(b) (OTDA assists in obtaining services).
func (s *Service) keepNext(ctx context.Context, tx *ent.Tx, f *file) error {
	row, err := tx.Referral.Get(ctx, f.row.ID)
	if err != nil {
		return fmt.Errorf("referrals: looking for what is next: %w", err)
	}
	if row.Status != string(workflow.Confirmed) {
		return nil
	}
	list, err := tx.Handover.Query().Where(handover.ReferralID(f.row.ID), handover.StatusNEQ(string(workflow.HandoverClosed))).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: looking for what is next: %w", err)
	}
	if err := s.noticed(ctx, tx, f, workflow.Actor{}); err != nil {
		return err
	}
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	if len(list) == 0 {
		return s.wrapUp(ctx, tx, f)
	}
	var missing []newTask
	for _, h := range list {
		if f.next(h.N).IsZero() {
			missing = append(missing, newTask{kind: workflow.TaskOwn, handover: h.N})
		}
	}
	if err := s.addTasks(ctx, tx, f, missing...); err != nil {
		return err
	}
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	for _, h := range list {
		next := f.next(h.N)
		if h.NextAt != nil && h.NextAt.Equal(next) {
			continue
		}
		if err := tx.Handover.UpdateOneID(h.ID).SetNextAt(next).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: keeping what is next: %w", err)
		}
	}
	return nil
}

// wrapUp gives OTDA the task that is left when every hand-over has ended.
func (s *Service) wrapUp(ctx context.Context, tx *ent.Tx, f *file) error {
	if f.openTask(0, workflow.TaskWrapUp) != nil {
		return nil
	}
	return s.addTasks(ctx, tx, f, newTask{kind: workflow.TaskWrapUp})
}

// noticed ends the clock of notice and routing of a confirmed referral once both
// have happened: the letters to the person and to the referring agency are with
// whoever hands them over, and no hand-over waits to be sent. A person who was
// handed over and told nothing is not told in time.
//
// Law: SSL 483-cc(b): OTDA reports the finding to the victim and the referring
// agency; State Comptroller, March 2025.
func (s *Service) noticed(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor) error {
	if err := f.readTasks(ctx, tx); err != nil || f.openTask(0, workflow.TaskNotice) == nil {
		return err
	}
	proposed, err := tx.Handover.Query().Where(handover.ReferralID(f.row.ID), handover.Status(string(workflow.Proposed))).Exist(ctx)
	if err != nil {
		return fmt.Errorf("referrals: looking for what is not sent: %w", err)
	}
	if proposed {
		return nil
	}
	list, err := s.posts(ctx, tx, f)
	if err != nil || slices.ContainsFunc(list, untold) {
		return err
	}
	return s.endTasks(ctx, tx, f, who, workflow.TaskNotice)
}

// untold reports whether a letter about a confirmation is still with the State.
func untold(p *posted) bool {
	waits := []workflow.LetterStatus{workflow.Prepared, workflow.Signed, workflow.NotHanded}
	return p.about().After == workflow.Confirm && slices.Contains(waits, p.status)
}

// next is the earliest due date of the open tasks of hand-over n, zero when it
// has none. The tasks must have been read.
func (f *file) next(n int) time.Time {
	var out time.Time
	for _, t := range f.tasks {
		if t.open() && t.row.Handover == n && t.row.DueAt != nil && (out.IsZero() || t.row.DueAt.Before(out)) {
			out = *t.row.DueAt
		}
	}
	return out
}
