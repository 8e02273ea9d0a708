package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	return s.endTasksOf(ctx, tx, f, h.N, who, workflow.TaskStopUnread)
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

// stopMail says to the agency of a task to stop that something has ended.
func stopMail(row *ent.Task) Mail {
	m := Mail{What: mailStop}
	if row.AgencyID != nil {
		m.Agency = *row.AgencyID
	}
	return m
}

// stoppedFor are the hand-overs that the actor's agency must no longer act on,
// and has not yet said so, the oldest first: also of a referral whose key was
// destroyed meanwhile. Which task is one of these is sealed, so all open ones are
// read, however many there are: a list that ended before would leave out the
// newest.
func (s *Service) stoppedFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, where ...func(*ent.TaskQuery)) ([]Task, error) {
	if who.Duty != workflow.Recipient || mine(who) == nil {
		return nil, nil
	}
	var out []Task
	for after := 0; ; {
		q := tx.Task.Query().Where(append(mine(who), task.DoneAtIsNil(), task.IDGT(after))...)
		for _, narrow := range where {
			narrow(q)
		}
		rows, err := q.WithReferral().WithAgency().Order(ent.Asc(task.FieldID)).Limit(mostTasks).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("referrals: reading tasks: %w", err)
		}
		for _, row := range rows {
			after = row.ID
			t, ok, err := s.stopOf(ctx, tx, who, row)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, t)
			}
		}
		if len(rows) < mostTasks {
			return out, nil
		}
	}
}

// stopOf is an open task of a recipient as one to stop, and whether it is one.
func (s *Service) stopOf(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Task) (Task, bool, error) {
	r := row.Edges.Referral
	if r == nil {
		return Task{}, false, nil
	}
	if len(r.DataKey) == 0 {
		return s.lastStop(row), true, nil
	}
	one := running{row: row}
	if err := s.openAt(r, row.Sealed, taskAt(r.Ref, row.CreatedAt), &one.about); err != nil {
		return Task{}, false, err
	}
	if !beyond(one.about.Kind) {
		return Task{}, false, nil
	}
	t := s.task(r.Ref, one)
	return t, true, s.besideStop(ctx, tx, who, &t)
}

// besideStop says of a task to stop which other hand-overs of the same referral
// go on at the actor's own agency: it must stop with the one, and not with them,
// and still needs what it was given with them.
func (s *Service) besideStop(ctx context.Context, tx *ent.Tx, who workflow.Actor, t *Task) error {
	f, err := s.open(ctx, tx, t.Reference)
	if err != nil {
		return err
	}
	for _, h := range f.handovers {
		c := s.circumstances(f, h)
		if h.N != t.N && h.AgencyID != nil && *h.AgencyID == who.Agency && workflow.Look(who, f.status(), c) != workflow.Nothing {
			t.Beside = append(t.Beside, h.N)
		}
	}
	if len(t.Beside) > 0 {
		t.Words = stopBeside(t.N, t.Beside)
	}
	return nil
}

// stopBeside is what a recipient is told that stops with one hand-over and goes
// on with others of the same person.
func stopBeside(n int, others []int) string {
	one, other := "hand-over "+strconv.Itoa(n), handoversNamed(others)
	return "Only " + one + " has ended for you. Stop with that one, and destroy the packet of " + one + " and every copy of it. " +
		strings.ToUpper(other[:1]) + other[1:] + ", for the same person: keep what belongs to it."
}

// handoversNamed names hand-overs that go on: "hand-over 2 goes on", "hand-overs
// 2 and 3 go on".
func handoversNamed(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	if len(words) == 1 {
		return "hand-over " + words[0] + " goes on"
	}
	return "hand-overs " + strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1] + " go on"
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
		var gone *destroyed
		if errors.As(err, &gone) {
			return s.stoppedLast(ctx, tx, who, gone.row, n)
		}
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
		if err := s.endTasksOf(ctx, tx, f, n, who, workflow.TaskStopped, workflow.TaskStopUnread); err != nil {
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
