package referrals

import (
	"context"
	"slices"
	"time"

	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// What follows when the release is another one: its clock, who may no longer
// act on it, and who may again.

// newEnd is why the clock of a release was moved.
const newEnd = "The release names another end now."

// permittedAgain is why the clocks of a hand-over were moved.
const permittedAgain = "The release permits it again."

// releaseEnds is when a release ends that names day as its last: at five in the afternoon
// in New York. It is the person's word, so a longer day of the State lengthens none.
// It is zero for what is no day.
func releaseEnds(day forms.Date) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(day), newYork)
	if err != nil {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), calendar.DefaultCloseHour, 0, 0, 0, newYork).UTC()
}

// over reports whether a release that names end as its last day has ended at now:
// when its clock ends, too. One that names no day does not end. Whoever asks whether
// a release stands asks here.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2) (reasonably time-limited).
func over(end forms.Date, now time.Time) bool {
	return end != "" && !now.Before(releaseEnds(end))
}

// against is everything that stands against sending the answers r now, and drops
// from them what does not apply. A release ends at an hour of its last day.
func (s *Service) against(r *forms.Referral) forms.Problems {
	out, ended := forms.Questions.Check(r, s.Today()), forms.Questions.ReleaseEnded()
	if over(r.ConsentUntil, s.now()) && out.Of(ended.Field) == "" {
		out = append(out, ended)
	}
	return out
}

// released does what follows for the release from answers that are different
// now: its clock follows its end; who lost the scope is told to stop, and OTDA
// has to step in; who has it again need not stop.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func (x *act) released(ctx context.Context, before *forms.Referral) error {
	if err := x.moveEnd(ctx, before); err != nil {
		return err
	}
	saw, sees := x.s.seeing(x.f, before), x.s.seeing(x.f, x.f.answers)
	for _, h := range x.f.handovers {
		had, has := slices.Contains(saw, h.N), slices.Contains(sees, h.N)
		switch {
		case had && !has:
			if err := x.s.loseScope(ctx, x.tx, x.f, h, true); err != nil {
				return err
			}
		case has:
			if err := x.goOn(ctx, h, !had); err != nil {
				return err
			}
		case workflow.HandedOver(h.status()) && h.route.Kind != workflow.KindOTDA && x.f.status() == workflow.Confirmed:
			if err := x.s.loseScope(ctx, x.tx, x.f, h, false); err != nil { // the release that ended was replaced by one without it
				return err
			}
		case !workflow.HandedOver(h.status()) && h.status() != workflow.HandoverClosed:
			if err := x.proposedAnew(ctx, before, h); err != nil {
				return err
			}
		}
	}
	return x.s.keepNext(ctx, x.tx, x.f)
}

// goOn ends what a lapse of the release began for a hand-over. Where it was
// outside of the release until now, its clocks begin anew, since what happened by
// itself meanwhile happened to nobody, and the recipient is told that something
// waits.
func (x *act) goOn(ctx context.Context, h *passed, again bool) error {
	if err := x.s.lift(ctx, x.tx, x.f, h, x.who); err != nil {
		return err
	}
	if err := x.s.endTasksOf(ctx, x.tx, x.f, h.N, x.who, workflow.TaskReleaseEnded); err != nil || !again {
		return err
	}
	c, err := x.s.counting(ctx, x.tx, x.f)
	if err != nil {
		return err
	}
	if err := x.f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	now := x.s.now()
	for _, t := range slices.Clone(x.f.tasks) {
		if !t.open() || t.row.Handover != h.N || t.row.Duty == string(workflow.Program) || t.row.DueAt == nil {
			continue
		}
		kind, _ := workflow.TaskOf(t.about.Kind)
		due := *t.row.DueAt
		if !due.After(now) {
			due = c.due(kind.Clock, now)
		}
		if err := x.s.moveTask(ctx, x.tx, x.f, &t, due, permittedAgain, nil); err != nil {
			return err
		}
	}
	if h.AgencyID == nil {
		return nil
	}
	return x.mail(ctx, Mail{Agency: *h.AgencyID, What: "waiting"})
}

// proposedAnew gives OTDA the task that a hand-over which nobody has yet wants
// now: to obtain consent where the release does not permit it any more, or to
// look and send where it does again.
func (x *act) proposedAnew(ctx context.Context, before *forms.Referral, h *passed) error {
	if x.f.status() != workflow.Confirmed {
		return nil
	}
	was, is := x.s.permits(before, h.route.Kind), x.s.permits(x.f.answers, h.route.Kind)
	if was == is {
		return nil
	}
	if err := x.s.endTasksOf(ctx, x.tx, x.f, h.N, x.who, workflow.TaskRoute, workflow.TaskVerify, workflow.TaskConsent); err != nil {
		return err
	}
	if was {
		return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskConsent, handover: h.N})
	}
	r := h.route
	r.NotPermitted = ""
	return x.s.addTasks(ctx, x.tx, x.f, x.s.obstacles(r, h.contact, h.N, time.Time{})...)
}

// moveEnd has the clocks of consent run as the answers say now.
func (x *act) moveEnd(ctx context.Context, before *forms.Referral) error {
	s, f, end := x.s, x.f, x.f.answers.ConsentUntil
	written := f.answers.Consented == "yes_verbal"
	if was := before.Consented == "yes_verbal"; was && !written {
		if err := s.endTasks(ctx, x.tx, f, x.who, workflow.TaskWritten); err != nil {
			return err
		}
	} else if written && !was {
		if err := s.addTasks(ctx, x.tx, f, newTask{kind: workflow.TaskWritten, agency: f.row.AgencyID}); err != nil {
			return err
		}
	}
	if end == before.ConsentUntil {
		return nil
	}
	if err := f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	ended := []string{}
	if s.consents(f.answers) {
		ended = append(ended, workflow.TaskReleaseEnded)
	}
	if end == "" {
		ended = append(ended, workflow.TaskRelease)
	}
	if running := f.openTask(0, workflow.TaskRelease); running != nil && end != "" {
		if err := s.moveTask(ctx, x.tx, f, running, releaseEnds(end), newEnd, nil); err != nil {
			return err
		}
	} else if end != "" {
		begun := newTask{kind: workflow.TaskRelease, agency: f.row.AgencyID, due: releaseEnds(end)}
		if err := s.addTasks(ctx, x.tx, f, begun); err != nil {
			return err
		}
	}
	if len(ended) == 0 {
		return nil // no kinds would mean all of them
	}
	return s.endTasksOf(ctx, x.tx, f, 0, x.who, ended...)
}

// loseScope tells the recipient of a hand-over that the release does not permit
// any more to stop, and has OTDA step in. saw says whether the recipient saw it
// until now.
func (s *Service) loseScope(ctx context.Context, tx *ent.Tx, f *file, h *passed, saw bool) error {
	if err := s.stopOnce(ctx, tx, f, h, saw); err != nil {
		return err
	}
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	if f.openTask(h.N, workflow.TaskReleaseEnded) != nil || f.openTask(0, workflow.TaskReleaseEnded) != nil {
		return nil
	}
	if err := s.addTasks(ctx, tx, f, newTask{kind: workflow.TaskReleaseEnded, handover: h.N}); err != nil {
		return err
	}
	return s.later(ctx, tx, jobs.Args(Mail{Duty: workflow.Program, What: mailDue}))
}

// stopAll tells every recipient who has the person to stop, because the release
// has ended.
func (s *Service) stopAll(ctx context.Context, tx *ent.Tx, f *file) error {
	if f.status() != workflow.Confirmed {
		return nil
	}
	for _, h := range f.handovers {
		if !workflow.Stops(workflow.Program, h.status(), workflow.HandoverClosed) {
			continue
		}
		if err := s.tellToStop(ctx, tx, f, h); err != nil {
			return err
		}
	}
	return nil
}

// outside reports whether a task asks a recipient or the referrer to act on a
// hand-over that the release does not permit.
func (s *Service) outside(f *file, t *running) bool {
	h, kind := f.handover(t.row.Handover), t.about.Kind
	return h != nil && f.status() == workflow.Confirmed && workflow.Duty(t.row.Duty) != workflow.Program && !beyond(kind) && !s.permits(f.answers, h.route.Kind)
}

// withoutScope does what is to happen by itself to such a task: nobody is
// reminded or asked to bring the person together with anybody; OTDA has to step
// in.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).
func (s *Service) withoutScope(ctx context.Context, tx *ent.Tx, f *file, t *running) error {
	if err := s.loseScope(ctx, tx, f, f.handover(t.row.Handover), false); err != nil {
		return err
	}
	if err := s.keepNext(ctx, tx, f); err != nil {
		return err
	}
	l := s.line(workflow.Actor{}, "ladder", f.row.Ref)
	l.Handover, l.Rule = t.row.Handover, "28 CFR 94.115"
	return s.record(ctx, tx, l)
}
