package referrals

import (
	"context"
	"time"

	"nysreferral/forms"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// Consent is read at the moment of each reading (see Service.scope). What is
// here follows when it changes: clocks that run by it, recipients who lose
// sight, and OTDA, so that a person whom a recipient may not know any more is
// not lost with it.

// hidden is why OTDA has to look for consent to a recipient who had the person.
const hidden = "The release does not permit it any more, and the recipient sees nothing: choose another recipient, or close it."

// released sets right what runs by the person's consent, after an act that
// changed answers. Recipients who lose sight are told only that it was
// withdrawn, as with a withdrawal.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115.
func (x *act) released(ctx context.Context, before *forms.Referral) error {
	if err := x.releaseClock(ctx, before); err != nil {
		return err
	}
	if err := x.writtenClock(ctx, before); err != nil {
		return err
	}
	if x.f.status() != workflow.Confirmed {
		return nil
	}
	for _, h := range x.f.handovers {
		was, is := x.s.permits(before, h.route.Kind), x.s.permits(x.f.answers, h.route.Kind)
		if was == is || h.status() == workflow.HandoverClosed {
			continue
		}
		follow := x.permittedAgain
		if was {
			follow = x.permittedNoMore
		}
		if err := follow(ctx, h); err != nil {
			return err
		}
	}
	return x.s.keepNext(ctx, x.tx, x.f)
}

// releaseClock moves the clock of the release to the day on which it ends now,
// begins it, or ends it. The day before stays beside it.
func (x *act) releaseClock(ctx context.Context, before *forms.Referral) error {
	until := x.f.answers.ConsentUntil
	if until == before.ConsentUntil {
		return nil
	}
	if err := x.f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	t, due, now := x.f.openTask(0, workflow.TaskRelease), closingOf(until), x.s.now()
	switch {
	case !due.After(now):
		return x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskRelease)
	case t != nil:
		if err := x.s.moveTask(ctx, x.tx, x.f, t, due, "The release was given anew.", nil); err != nil {
			return err
		}
	default:
		if err := x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskRelease, agency: x.f.row.AgencyID, due: due}); err != nil {
			return err
		}
	}
	return x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskReleaseEnded)
}

// writtenClock begins with consent in words only, and ends with anything else.
func (x *act) writtenClock(ctx context.Context, before *forms.Referral) error {
	was, is := before.Consented == "yes_verbal", x.f.answers.Consented == "yes_verbal"
	switch {
	case was && !is:
		return x.s.endTasks(ctx, x.tx, x.f, x.who, workflow.TaskWritten)
	case is && !was:
		return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskWritten, agency: x.f.row.AgencyID})
	}
	return nil
}

// permittedNoMore: the recipient sees nothing from now on and is told only
// "withdrawn"; OTDA has to find another way for the person.
func (x *act) permittedNoMore(ctx context.Context, h *passed) error {
	task := newTask{kind: workflow.TaskConsent, handover: h.N}
	if workflow.HandedOver(h.status()) {
		task.say = hidden
	}
	if err := x.s.endTasksOf(ctx, x.tx, x.f, h.N, x.who, workflow.TaskRoute, workflow.TaskVerify, workflow.TaskConsent); err != nil {
		return err
	}
	if err := x.s.addTasks(ctx, x.tx, x.f, task); err != nil {
		return err
	}
	if !workflow.HandedOver(h.status()) || h.AgencyID == nil {
		return nil
	}
	return x.mail(ctx, Mail{Agency: *h.AgencyID, What: mailWithdrawn})
}

// permittedAgain: what waited for consent waits for OTDA to look and send, and
// a recipient who had the person reads on.
func (x *act) permittedAgain(ctx context.Context, h *passed) error {
	if err := x.s.endTasksOf(ctx, x.tx, x.f, h.N, x.who, workflow.TaskConsent); err != nil {
		return err
	}
	if !workflow.HandedOver(h.status()) {
		r := h.route
		r.NotPermitted = ""
		return x.s.addTasks(ctx, x.tx, x.f, x.s.obstacles(r, h.contact, h.N, time.Time{})...)
	}
	if h.AgencyID == nil || h.status() != workflow.Sent {
		return nil // who has accepted is told of what changed
	}
	return x.mail(ctx, Mail{Agency: *h.AgencyID, What: "waiting"})
}

// releaseOver tells every recipient who had the person that it was withdrawn,
// and no more, when a release has ended by itself.
//
// Law: 28 CFR 94.115.
func (s *Service) releaseOver(f *file) []jobs.Args {
	var out []jobs.Args
	for _, h := range f.handovers {
		if workflow.HandedOver(h.status()) && h.AgencyID != nil && h.route.Kind != workflow.KindOTDA {
			out = append(out, Mail{Agency: *h.AgencyID, What: mailWithdrawn})
		}
	}
	return out
}
