package referrals

import (
	"context"
	"time"

	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// What a recipient does with a hand-over, from accepting it until somebody has
// reached the person, and after.

// contactTasks are the clocks that end when somebody reached the person.
var contactTasks = []string{workflow.TaskAcceptance, workflow.TaskNotAccepted, workflow.TaskTry, workflow.TaskContact, workflow.TaskBring,
	workflow.TaskNoContact, workflow.TaskOwn}

// accept starts the clocks of the first try and of the first contact. OTDA
// sets itself a next look at what it keeps.
func accept(ctx context.Context, x *passing) error {
	if err := x.move(ctx, func(up *ent.HandoverUpdate) { up.SetAcceptedAt(x.s.now()) }); err != nil {
		return err
	}
	if err := x.endTasks(ctx, workflow.TaskAcceptance, workflow.TaskNotAccepted, workflow.TaskOwn); err != nil {
		return err
	}
	if x.h.route.Kind == workflow.KindOTDA {
		return nil
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskContact, agency: x.who.Agency, handover: x.h.N},
		newTask{kind: workflow.TaskTry, agency: x.who.Agency, handover: x.h.N})
}

// giveBack leads to a new proposal by OTDA: the recipient gave it back, or
// passes the person on to another.
func giveBack(ctx context.Context, x *passing) error {
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	if err := x.endTasks(ctx); err != nil {
		return err
	}
	if err := x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskRoute, handover: x.h.N}); err != nil {
		return err
	}
	return x.mail(ctx, Mail{Duty: workflow.Program, What: "waiting"})
}

// unsafe are the results of a try after which the recipient must not go on as
// before.
var unsafe = map[forms.ContactResult]bool{"not_safe_to_continue": true, "wrong_contact": true}

// attempt starts the clock of the next try; one that was not permitted leaves the
// clock as it runs, for the person was not tried as the referral wants. Where it is not safe to go on, or
// the contact is wrong, there is none, and OTDA has to step in.
func attempt(ctx context.Context, x *passing) error {
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	if !x.safeTry() && !unsafe[x.deed.Result] {
		return x.tryStill(ctx)
	}
	if err := x.endTasks(ctx, workflow.TaskTry); err != nil {
		return err
	}
	if x.h.route.Kind == workflow.KindOTDA {
		return nil
	}
	if !unsafe[x.deed.Result] {
		return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskTry, agency: x.who.Agency, handover: x.h.N})
	}
	if err := x.stepIn(ctx, workflow.TaskNoContact); err != nil {
		return err
	}
	return x.mail(ctx, Mail{Duty: workflow.Program, What: mailDue})
}

// stepIn gives OTDA a task of the kind, if it has none.
func (x *passing) stepIn(ctx context.Context, kind string) error {
	if err := x.f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	if x.f.openTask(x.h.N, kind) != nil {
		return nil
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: kind, handover: x.h.N})
}

// warm asks the referrer to bring the person together with the recipient.
func warm(ctx context.Context, x *passing) error {
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	if err := x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskBring, agency: x.f.row.AgencyID, handover: x.h.N}); err != nil {
		return err
	}
	return x.mail(ctx, Mail{User: x.f.row.AuthorID, What: mailDue})
}

// bring is the referrer's word. With a yes the recipient tries again; without,
// OTDA has to step in.
func bring(ctx context.Context, x *passing) error {
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	if err := x.endTasks(ctx, workflow.TaskBring); err != nil {
		return err
	}
	if x.deed.CanBring == "not_now" || x.deed.CanBring == "no_contact_any_more" {
		if err := x.stepIn(ctx, workflow.TaskNoContact); err != nil {
			return err
		}
	} else if err := x.tryAnew(ctx); err != nil {
		return err
	}
	mails := []Mail{{Duty: workflow.Program, What: "waiting"}}
	if x.h.AgencyID != nil {
		mails = append(mails, Mail{Agency: *x.h.AgencyID, What: "waiting"})
	}
	for _, m := range mails {
		if err := x.mail(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// tryAnew starts the clock of the recipient's next try anew.
func (x *passing) tryAnew(ctx context.Context) error {
	if x.h.route.Kind == workflow.KindOTDA || x.h.AgencyID == nil {
		return nil
	}
	if err := x.endTasks(ctx, workflow.TaskTry); err != nil {
		return err
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskTry, agency: *x.h.AgencyID, handover: x.h.N})
}

// reach ends the clocks of contact and starts those of how it goes.
func reach(ctx context.Context, x *passing) error {
	if err := x.move(ctx, func(up *ent.HandoverUpdate) { up.SetReachedAt(x.s.now()) }); err != nil {
		return err
	}
	if err := x.endTasks(ctx, contactTasks...); err != nil {
		return err
	}
	if x.h.route.Kind == workflow.KindOTDA {
		return nil
	}
	var asked []newTask
	for _, kind := range workflow.Outcomes {
		asked = append(asked, newTask{kind: kind, agency: x.who.Agency, handover: x.h.N})
	}
	return x.s.addTasks(ctx, x.tx, x.f, asked...)
}

// tellProgress ends the question how it goes that is next, and any other that
// is due by now. After the last one the recipient is asked again.
func tellProgress(ctx context.Context, x *passing) error {
	if err := x.move(ctx, nil); err != nil {
		return err
	}
	if err := x.f.readTasks(ctx, x.tx); err != nil {
		return err
	}
	now, told, left := x.s.now(), []string{}, false
	for _, kind := range append(append([]string{}, workflow.Outcomes...), workflow.TaskOutcomeMore) {
		t := x.f.openTask(x.h.N, kind)
		switch {
		case t == nil:
		case len(told) == 0 || asked(t, now):
			told = append(told, kind)
		default:
			left = true
		}
	}
	if len(told) > 0 {
		if err := x.endTasks(ctx, told...); err != nil {
			return err
		}
	}
	if x.deed.Progress == "lost_contact" {
		if err := x.stepIn(ctx, workflow.TaskLost); err != nil {
			return err
		}
		if err := x.mail(ctx, Mail{Duty: workflow.Program, What: mailDue}); err != nil {
			return err
		}
	}
	if left || x.h.route.Kind == workflow.KindOTDA {
		return nil
	}
	return x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskOutcomeMore, agency: x.who.Agency, handover: x.h.N})
}

// asked reports whether a question how it goes is open to the recipient by
// now.
func asked(t *running, now time.Time) bool {
	return !now.Before(t.about.Soon) || t.row.DueAt != nil && now.After(*t.row.DueAt)
}

// end ends the hand-over. Somebody who said no was reached.
func end(ctx context.Context, x *passing) error {
	now := x.s.now()
	err := x.move(ctx, func(up *ent.HandoverUpdate) {
		up.SetClosedAt(now).ClearNextAt()
		if x.step.Do == workflow.Refuse && x.h.ReachedAt == nil {
			up.SetReachedAt(now)
		}
	})
	if err != nil {
		return err
	}
	if err := x.endTasks(ctx); err != nil {
		return err
	}
	if err := x.stops(ctx); err != nil {
		return err
	}
	if x.saysNo() && x.h.route.Kind != workflow.KindOTDA {
		if err := x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskSaidNo, handover: x.h.N}); err != nil {
			return err
		}
	}
	return x.mail(ctx, Mail{Duty: workflow.Program, What: "waiting"})
}

// saysNo reports whether the step writes of the person that the person says no, and
// somebody other than OTDA writes it.
func (x *passing) saysNo() bool {
	return x.step.Do == workflow.Refuse || x.step.Do == workflow.Close && x.deed.CloseReason == closedAsNo && x.who.Duty == workflow.Recipient
}

// bringAsked reports whether the referrer was asked to bring the person of
// hand-over n together with the recipient, and has not answered.
func (f *file) bringAsked(n int) bool {
	out := false
	for _, e := range f.entries {
		if e.Handover == n {
			switch workflow.Action(e.Action) {
			case workflow.Warm:
				out = true
			case workflow.Bring:
				out = false
			}
		}
	}
	return out
}

// tries are the logged tries to reach the person of hand-over n.
func (f *file) tries(n int) []time.Time {
	var out []time.Time
	for _, e := range f.entries {
		if e.Handover == n && workflow.Action(e.Action) == workflow.Attempt {
			out = append(out, e.At)
		}
	}
	return out
}

// permittedTries is how many of them went by a way that was permitted.
func (f *file) permittedTries(n int) int {
	out := 0
	for _, e := range f.entries {
		if e.Handover == n && workflow.Action(e.Action) == workflow.Attempt && !e.deed.Unpermitted {
			out++
		}
	}
	return out
}

// noContact reports whether the accepted hand-over h counts as no contact. The
// tasks must have been read.
func (s *Service) noContact(f *file, h *passed) bool {
	t := f.openTask(h.N, workflow.TaskContact)
	if t == nil || h.status() != workflow.Accepted && h.status() != workflow.NotReached {
		return false
	}
	return workflow.NoContact(len(f.tries(h.N)), t.about.Tries, t.standing(s.now()) == workflow.Overdue)
}
