package referrals

import (
	"context"
	"fmt"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// What a recipient learns when it may no longer act on a hand-over. Its sight
// ends at once and so does the packet's address, but a printed packet stays in a
// drawer. So it is told to stop, by a mail of its own kind and by a task that
// says the reference, and nothing of the person or of why.

// stops tells the recipient to stop if the step ends what it still saw.
func (x *passing) stops(ctx context.Context) error {
	if !workflow.Stops(x.who.Duty, x.h.status(), x.step.To) {
		return nil
	}
	return x.s.stopOnce(ctx, x.tx, x.f, x.h, x.s.permits(x.f.answers, x.h.route.Kind))
}

// seeing are the numbers of the hand-overs that their recipients see, by the
// answers r.
func (s *Service) seeing(f *file, r *forms.Referral) []int {
	var out []int
	for _, h := range f.handovers {
		c := s.circumstances(f, h)
		c.ReleaseAllows = s.permits(r, h.route.Kind)
		to := workflow.Actor{ID: -1, Agency: c.RecipientID, Duty: workflow.Recipient, Side: workflow.SideLDSS}
		if h.route.Kind != workflow.KindOTDA && h.AgencyID != nil && workflow.Look(to, f.status(), c) != workflow.Nothing {
			out = append(out, h.N)
		}
	}
	return out
}

// tellAllToStop tells every agency that was ever sent the person: those whose
// hand-overs stand in saw, and those that were never told, for they may have
// kept the packet.
func (s *Service) tellAllToStop(ctx context.Context, tx *ent.Tx, f *file, saw []int) error {
	for _, h := range f.handovers {
		if err := s.stopOnce(ctx, tx, f, h, slices.Contains(saw, h.N)); err != nil {
			return err
		}
	}
	return nil
}

// stopOnce tells a recipient that saw the hand-over until now, or that was never
// told, to stop.
func (s *Service) stopOnce(ctx context.Context, tx *ent.Tx, f *file, h *passed, saw bool) error {
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	told := slices.ContainsFunc(f.tasks, func(t running) bool {
		return t.row.Handover == h.N && t.about.Kind == workflow.TaskStopped && !t.about.Lifted
	})
	if told && !saw {
		return nil
	}
	return s.tellToStop(ctx, tx, f, h)
}

// lift takes back that the recipient was told to stop: it may act again. If it
// has to stop later, it is told anew.
func (s *Service) lift(ctx context.Context, tx *ent.Tx, f *file, h *passed, who workflow.Actor) error {
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	for i := range f.tasks {
		t := &f.tasks[i]
		if t.row.Handover != h.N || t.about.Kind != workflow.TaskStopped || t.about.Lifted {
			continue
		}
		t.about.Lifted = true
		sealed, err := f.sealed(t.about, taskAt(f.row.Ref, t.row.CreatedAt))
		if err != nil {
			return err
		}
		up := tx.Task.UpdateOneID(t.row.ID).SetSealed(sealed)
		if t.open() {
			up.SetDoneAt(s.now()).SetDoneByID(who.ID)
		}
		if err := up.Exec(ctx); err != nil {
			return fmt.Errorf("referrals: lifting a stop: %w", err)
		}
	}
	f.tasksRead = false
	return nil
}

// tellToStop gives the recipient of a hand-over the task to stop, unless it has
// it, and mails that something has ended.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func (s *Service) tellToStop(ctx context.Context, tx *ent.Tx, f *file, h *passed) error {
	if h.SentAt == nil || h.AgencyID == nil || h.route.Kind == workflow.KindOTDA {
		return nil
	}
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	if f.openTask(h.N, workflow.TaskStopped) != nil {
		return nil
	}
	if err := s.addTasks(ctx, tx, f, newTask{kind: workflow.TaskStopped, agency: *h.AgencyID, handover: h.N}); err != nil {
		return err
	}
	return s.later(ctx, tx, Mail{Agency: *h.AgencyID, What: mailStop})
}

// beyond reports whether only the recipient itself ends a task of that kind.
func beyond(kind string) bool {
	k, _ := workflow.TaskOf(kind)
	return k.Beyond
}

// stoppedFor are the hand-overs that the actor's agency must no longer act on,
// and has not yet said so, the oldest first.
func (s *Service) stoppedFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, where ...func(*ent.TaskQuery)) ([]Task, error) {
	if who.Duty != workflow.Recipient || mine(who) == nil {
		return nil, nil
	}
	q := tx.Task.Query().Where(append(mine(who), task.DoneAtIsNil(), task.HasReferralWith(referral.DataKeyNotNil()))...)
	for _, narrow := range where {
		narrow(q)
	}
	rows, err := q.WithReferral().Order(ent.Asc(task.FieldID)).Limit(mostTasks).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading tasks: %w", err)
	}
	var out []Task
	for _, row := range rows {
		r := row.Edges.Referral
		one := running{row: row}
		if err := s.openAt(r, row.Sealed, taskAt(r.Ref, row.CreatedAt), &one.about); err != nil {
			return nil, err
		}
		if beyond(one.about.Kind) {
			out = append(out, s.task(r.Ref, one))
		}
	}
	return out, nil
}

// Stopped takes a recipient's word that it stopped acting on hand-over n of the
// referral ref and destroyed its copies. It is entered on the record. Without a
// word to stop that waits for the actor's agency it is fault.NotFound.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func (s *Service) Stopped(ctx context.Context, who workflow.Actor, ref string, n int) error {
	return s.do(ctx, who, string(hasStopped), ref, func(ctx context.Context, tx *ent.Tx) error {
		clean, ok := forms.ParseReference(ref)
		if !ok {
			return fault.Absent()
		}
		list, err := s.stoppedFor(ctx, tx, who, func(q *ent.TaskQuery) { q.Where(task.Handover(n), task.HasReferralWith(referral.Ref(clean))) })
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.Absent()
		}
		f, err := s.open(ctx, tx, clean)
		if err != nil {
			return err
		}
		at := f.row.Status
		if h := f.handover(n); h != nil {
			at = h.Status
		}
		if err := s.enter(ctx, tx, f, who, newEntry{action: hasStopped, handover: n, from: at, to: at}); err != nil {
			return err
		}
		if err := s.endTasksOf(ctx, tx, f, n, who, workflow.TaskStopped); err != nil {
			return err
		}
		if err := s.keepNext(ctx, tx, f); err != nil {
			return err
		}
		l := s.line(who, string(hasStopped), f.row.Ref)
		l.Handover = n
		return s.record(ctx, tx, l)
	})
}
