package referrals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/handover"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// actHandover takes one step of hand-over at.N.
func (s *Service) actHandover(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, at Seen, do workflow.Action, deed *forms.Deed) error {
	h := f.handover(at.N)
	if h == nil && do == workflow.Propose {
		return s.proposeFresh(ctx, tx, who, f, at, deed)
	}
	if h == nil || !look.shows(h) || !h.told(look.reader) || !workflow.EverDoes(who.Duty, do) {
		return fault.Absent()
	}
	if at.Rev != h.Rev {
		return s.movedOn(f)
	}
	if do == workflow.Send {
		if err := s.readPairs(ctx, tx, who, f); err != nil {
			return err
		}
	}
	c := s.circumstances(f, h)
	form := forms.FormOf("handover." + string(do))
	c.HasReason = form.HasReason(deed)
	left := s.unheeded(f, h, do, deed)
	c.Heeded = len(left) == 0
	step, err := workflow.NextHandover(who, do, h.status(), c)
	if err != nil && do == workflow.Send {
		return unsaid(err, who, c, left)
	}
	if err != nil {
		return s.lacking(err, form, deed)
	}
	if err := form.Check(deed, s.Today()).Err(); err != nil {
		return err
	}
	x := passing{s: s, tx: tx, f: f, h: h, who: who, step: step, deed: deed, rev: at.Rev}
	deed.Unpermitted = forms.Tick(!x.safeTry()) // the log says it as it was judged then
	if err := passes[do](ctx, &x); err != nil {
		return err
	}
	if err := x.alarm(ctx); err != nil {
		return err
	}
	if err := s.keepNext(ctx, tx, f); err != nil {
		return err
	}
	l := s.line(who, "handover_"+string(do), f.row.Ref)
	l.Rule, l.Handover = step.Law, h.N
	return s.record(ctx, tx, l)
}

// lacking is a refusal of the rules; where only what the act's own page asks is
// missing, it is told at the field.
func (s *Service) lacking(err error, form *forms.DeedForm, deed *forms.Deed) error {
	var r *workflow.Refusal
	if errors.As(err, &r) && r.Guard.Condition().OnPage {
		if problems := form.Check(deed, s.Today()).Err(); problems != nil {
			return problems
		}
	}
	return refusedHere(err)
}

// passing is one step of a hand-over being taken.
type passing struct {
	s    *Service
	tx   *ent.Tx
	f    *file
	h    *passed
	who  workflow.Actor
	step workflow.HandoverStep
	deed *forms.Deed
	rev  int
}

// passes says what each step of a hand-over does beside the entry. What is
// next is kept by keepNext after each.
var passes = map[workflow.Action]func(context.Context, *passing) error{
	workflow.Send:     send,
	workflow.Accept:   accept,
	workflow.Return:   giveBack,
	workflow.Transfer: giveBack,
	workflow.Attempt:  attempt,
	workflow.Wait:     wait,
	workflow.Warm:     warm,
	workflow.Bring:    bring,
	workflow.Reach:    reach,
	workflow.Miss: func(ctx context.Context, x *passing) error {
		if err := x.move(ctx, nil); err != nil {
			return err
		}
		return x.mail(ctx, Mail{Duty: workflow.Program, What: "waiting"})
	},
	workflow.Enroll:  func(ctx context.Context, x *passing) error { return x.move(ctx, nil) },
	workflow.Serve:   func(ctx context.Context, x *passing) error { return x.move(ctx, nil) },
	workflow.Tell:    tellProgress,
	workflow.Refuse:  end,
	workflow.Revoke:  revoke,
	workflow.Reroute: reroute,
	workflow.Close:   end,
}

// move writes the new status if the row still has the revision that was seen,
// and then the entry. Every step begins with it.
func (x *passing) move(ctx context.Context, set func(*ent.HandoverUpdate)) error {
	up := x.tx.Handover.Update().Where(handover.ID(x.h.ID), handover.Rev(x.rev)).AddRev(1).SetStatus(string(x.step.To))
	if set != nil {
		set(up)
	}
	n, err := up.Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: hand-over: %w", err)
	}
	if n == 0 {
		return x.s.movedOn(x.f)
	}
	e := entryOf(x.step, x.deed)
	e.handover = x.h.N
	return x.s.enter(ctx, x.tx, x.f, x.who, e)
}

func (x *passing) mail(ctx context.Context, mails ...jobs.Args) error {
	return x.s.later(ctx, x.tx, mails...)
}

func (x *passing) endTasks(ctx context.Context, kinds ...string) error {
	return x.s.endTasksOf(ctx, x.tx, x.f, x.h.N, x.who, kinds...)
}

// send tells the recipient and has the packet drawn.
//
// Law: SSL 483-cc(b); 28 CFR 94.115.
func send(ctx context.Context, x *passing) error {
	c, err := x.s.counting(ctx, x.tx, x.f)
	if err != nil {
		return err
	}
	now := x.s.now()
	by := c.due(workflow.ClockAcceptance, now)
	if err := x.move(ctx, func(up *ent.HandoverUpdate) { up.SetSentAt(now).SetAcceptBy(by) }); err != nil {
		return err
	}
	if err := x.endTasks(ctx, workflow.TaskVerify, workflow.TaskConsent, workflow.TaskRoute); err != nil {
		return err
	}
	if x.h.route.Kind == workflow.KindOTDA {
		return nil
	}
	task := newTask{kind: workflow.TaskAcceptance, agency: *x.h.AgencyID, handover: x.h.N, due: by}
	if err := x.s.addTasks(ctx, x.tx, x.f, task); err != nil {
		return err
	}
	return x.mail(ctx, DrawPacket{Ref: x.f.row.Ref, N: x.h.N}, Mail{Agency: *x.h.AgencyID, What: "packet"}, Mail{User: x.f.row.AuthorID, What: "waiting"})
}

// reroute ends this hand-over and proposes another, to the line of the
// directory that OTDA chose, with OTDA's reason.
func reroute(ctx context.Context, x *passing) error {
	contact, err := x.s.contactByKey(ctx, x.tx, string(x.deed.Contact))
	if err != nil {
		return err
	}
	if err := x.s.chosen(x.f, contact); err != nil {
		return err
	}
	if x.f.hasBeside(x.h, contact) {
		return forms.Problems{{ID: "contact", Field: "contact", Message: "This recipient has a hand-over of this person that is open. Choose another one."}}
	}
	if x.f.tookBack(contact, 0) {
		return forms.Problems{{ID: "contact", Field: "contact", Message: "The person took the release back for this recipient. Choose another one."}}
	}
	now := x.s.now()
	if err := x.move(ctx, func(up *ent.HandoverUpdate) { up.SetClosedAt(now).ClearNextAt() }); err != nil {
		return err
	}
	if err := x.endTasks(ctx); err != nil {
		return err
	}
	if err := x.stops(ctx); err != nil {
		return err
	}
	return x.follow(ctx, contact)
}

// follow proposes a hand-over that follows this one, with OTDA's reason.
func (x *passing) follow(ctx context.Context, contact *ent.ContactPoint) error {
	next := x.h.route
	next.Override, next.Replaces, next.NotPermitted = string(x.deed.Reason), x.h.N, ""
	next.Kind, next.Contact = kindOfContact(contact)
	if !x.s.permits(x.f.answers, next.Kind) {
		next.NotPermitted = "The release does not permit a hand-over to this kind of recipient."
	}
	return x.s.addHandover(ctx, x.tx, x.f, next, contact)
}

// endHandover ends a hand-over because the referral was withdrawn.
func (s *Service) endHandover(ctx context.Context, x *act, h *passed) error {
	if h.status() == workflow.HandoverClosed {
		return nil
	}
	e := newEntry{action: workflow.Close, handover: h.N, from: h.Status, to: string(workflow.HandoverClosed)}
	if err := s.enter(ctx, x.tx, x.f, x.who, e); err != nil {
		return err
	}
	now := s.now()
	err := x.tx.Handover.UpdateOneID(h.ID).SetStatus(string(workflow.HandoverClosed)).SetClosedAt(now).ClearNextAt().AddRev(1).Exec(ctx)
	if err != nil {
		return fmt.Errorf("referrals: ending a hand-over: %w", err)
	}
	return nil
}

// addHandover writes a new proposal and what stands in its way.
func (s *Service) addHandover(ctx context.Context, tx *ent.Tx, f *file, r route, contact *ent.ContactPoint) error {
	count, err := s.counting(ctx, tx, f)
	if err != nil {
		return err
	}
	n, now := len(f.handovers)+1, s.now()
	sealed, err := f.sealed(r, handoverAt(f.row.Ref, n))
	if err != nil {
		return err
	}
	next := s.nextLook(f, r, count)
	add := tx.Handover.Create().SetReferralID(f.row.ID).SetN(n).SetStatus(string(workflow.Proposed)).SetProposedAt(now).SetNextAt(next).SetSealed(sealed)
	switch {
	case r.Kind == workflow.KindOTDA:
		otda, err := s.otda(ctx, tx)
		if err != nil {
			return err
		}
		add.SetAgencyID(otda)
	case contact != nil:
		add.SetContactID(contact.ID)
		if contact.AgencyID != nil {
			add.SetAgencyID(*contact.AgencyID)
		}
	}
	row, err := add.Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: proposing: %w", err)
	}
	f.handovers = append(f.handovers, &passed{Handover: row, route: r, contact: contact})
	err = s.follow(ctx, tx, f, func(c *Course) { c.Handed = append(c.Handed, Passage{N: n, Kind: string(r.Kind), County: r.County}) })
	if err != nil {
		return err
	}
	return s.addTasks(ctx, tx, f, s.obstacles(r, contact, n, next)...)
}

// nextLook is when OTDA looks at a proposal again: before the clock of notice
// and routing runs out, if that lies ahead.
func (s *Service) nextLook(f *file, r route, c counting) time.Time {
	if r.Kind == workflow.KindOTDA {
		return c.due(workflow.ClockOwn, s.now())
	}
	soon := c.due(workflow.ClockRoute, s.now())
	if f.row.RouteDueAt != nil && f.row.RouteDueAt.After(s.now()) && f.row.RouteDueAt.Before(soon) {
		return *f.row.RouteDueAt
	}
	return soon
}

// obstacles are OTDA's tasks that come with a proposal: a contact to verify,
// consent to obtain, or only to look and send.
func (s *Service) obstacles(r route, contact *ent.ContactPoint, n int, due time.Time) []newTask {
	task := newTask{kind: workflow.TaskRoute, handover: n, due: due}
	switch {
	case r.NotPermitted != "":
		task.kind = workflow.TaskConsent
	case r.Kind != workflow.KindOTDA && (contact == nil || !verified(contact)):
		task.kind = workflow.TaskVerify
		task.contact = contact
		task.say = "No " + lineWanted(r) + " in the directory serves " + forms.Questions.Field("countyFound").LabelOf(r.County) + ". Add and verify one."
		if contact != nil {
			task.say = "Have " + contact.Name + " verified in the directory, then send."
		}
	}
	return []newTask{task}
}

// lineWanted names the kind of line that a hand-over looks for.
func lineWanted(r route) string {
	switch {
	case r.Kind == workflow.KindRHTP:
		return "RHTP provider"
	case r.Contact == workflow.ContactChild:
		return "contact of a local department for children"
	}
	return "contact of a local department for adults"
}

// adoptHandovers gives proposals to the agency that their contact has now, or
// to none: what is sent later never goes to the one that it had before.
func adoptHandovers(ctx context.Context, tx *ent.Tx, contact *ent.ContactPoint) error {
	up := tx.Handover.Update().Where(handover.ContactID(contact.ID), handover.Status(string(workflow.Proposed)))
	if contact.AgencyID == nil {
		up.ClearAgencyID()
	} else {
		up.SetAgencyID(*contact.AgencyID)
	}
	if err := up.Exec(ctx); err != nil {
		return fmt.Errorf("referrals: naming a recipient: %w", err)
	}
	return nil
}
