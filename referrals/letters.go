package referrals

import (
	"context"
	"fmt"

	"nysreferral/ent"
	"nysreferral/ent/letter"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// minorNotice is the kind of the notice about a minor, and of its task.
const minorNotice = string(workflow.LetterMinor)

// minorCheck is the kind of the task to settle the age of who may be a minor.
const minorCheck = "minor_check"

// In the log a notice about a minor is sent and arrives as any letter does.
const (
	letterSent   = "letter_" + string(workflow.Deliver)
	letterHanded = "letter_" + string(workflow.HandOver)
)

// notify writes the notice about a minor to the district of the county where
// the child was found, and sends it if the contact is verified and somebody signs
// in there to receive it; else OTDA gets a task that names the row. The release does
// not limit it.
//
// Law: SSL 483-cc(b).
func (s *Service) notify(ctx context.Context, tx *ent.Tx, f *file, kind string) error {
	county := string(f.answers.CountyFound)
	contact, ready, err := s.childLine(ctx, tx, f, county)
	if err != nil {
		return err
	}
	n, err := tx.Letter.Query().Where(letter.ReferralID(f.row.ID)).Count(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading letters: %w", err)
	}
	help, err := s.helpFor(ctx, tx, f, workflow.LetterKind(kind))
	if err != nil {
		return err
	}
	sealed, err := f.sealed(post{Kind: workflow.LetterKind(kind), County: county, Version: f.version, Help: help}, letterAt(f.row.Ref, n+1))
	if err != nil {
		return err
	}
	add := tx.Letter.Create().SetReferralID(f.row.ID).SetN(n + 1).SetCreatedAt(s.now()).SetSealed(sealed)
	if ready { // one that waits is bound to no line: whichever is right when it goes out gets it
		add.SetSentAt(s.now()).SetContactID(contact.ID).SetAgencyID(*contact.AgencyID)
	}
	if err := add.Exec(ctx); err != nil {
		return fmt.Errorf("referrals: writing a letter: %w", err)
	}
	if !ready {
		return s.addTasks(ctx, tx, f, s.waitingNotice(contact, county))
	}
	return s.posted(ctx, tx, f, n+1, *contact.AgencyID)
}

// posted enters that notice n went out, has its paper drawn, and the district
// told that something waits. In clear the act is that of any letter: which one it
// was, and to whom, is sealed.
func (s *Service) posted(ctx context.Context, tx *ent.Tx, f *file, n, agency int) error {
	deed := &forms.Deed{}
	deed.Letter, deed.Way = forms.Of(n), forms.Text(workflow.ToInbox)
	if err := s.enter(ctx, tx, f, workflow.Actor{}, newEntry{action: workflow.Deliver, from: f.row.Status, to: f.row.Status, deed: deed}); err != nil {
		return err
	}
	return s.later(ctx, tx, DrawLetter{Ref: f.row.Ref, N: n}, Mail{Agency: agency, What: "waiting"})
}

// nobodyAt says what keeps a notice from a verified line at which nobody receives.
func nobodyAt(contact *ent.ContactPoint) string {
	return "Nobody can sign in at " + contact.Name + " to receive it. Ask the administrator to invite an account there."
}

func (s *Service) waitingNotice(contact *ent.ContactPoint, county string) newTask {
	t := newTask{kind: minorNotice, contact: contact}
	t.say = "No contact point for children serves " + forms.Questions.Field("countyFound").LabelOf(county) + ". Add and verify one."
	switch {
	case sendable(contact):
		t.say = nobodyAt(contact) + " Then send the notice."
	case contact != nil:
		t.say = "Have " + contact.Name + " verified in the directory."
	}
	return t
}

// Notify has program staff send the notice about a person who may be a minor.
// One that waits is tried again. Others, and referrals whose notice was sent, are
// refused.
func (s *Service) Notify(ctx context.Context, who workflow.Actor, ref string) error {
	return s.do(ctx, who, letterSent, ref, func(ctx context.Context, tx *ent.Tx) error {
		f, _, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if who.Duty != workflow.Program || f.status() == workflow.Draft || !f.answers.TreatAsMinor(f.receivedOn()) {
			return fault.Absent()
		}
		list, err := s.notices(ctx, tx, f)
		if err != nil {
			return err
		}
		if n := len(list); n > 0 {
			err = s.notifyAgain(ctx, tx, f, list[n-1])
		} else {
			err = s.notify(ctx, tx, f, minorNotice)
		}
		if err != nil {
			return err
		}
		if err := s.endTasks(ctx, tx, f, who, minorCheck); err != nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, letterSent, f.row.Ref))
	})
}

// ContactVerified lets notices go that wait and that a verified line can take now,
// within the unit of work in which somebody changed or verified a line.
// Hand-overs wait for OTDA to send them.
func (s *Service) ContactVerified(ctx context.Context, tx *ent.Tx, contact *ent.ContactPoint) error {
	ctx = viewer.Job(ctx, "contact verified")
	waiting, err := tx.Letter.Query().Where(letter.SentAtIsNil()).WithReferral().All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading letters: %w", err)
	}
	for _, row := range waiting {
		if len(row.Edges.Referral.DataKey) == 0 {
			continue // shredded
		}
		var p post
		if err := s.openAt(row.Edges.Referral, row.Sealed, letterAt(row.Edges.Referral.Ref, row.N), &p); err != nil {
			return err
		}
		if p.Kind != workflow.LetterMinor {
			continue // others wait for somebody's hand
		}
		if err := s.release(ctx, tx, row); err != nil {
			return err
		}
	}
	return adoptHandovers(ctx, tx, contact)
}

// ContactAsked has the administrators told that something waits, within the unit
// of work in which OTDA asks to have a line of the directory verified. The mail
// names nothing.
func (s *Service) ContactAsked(ctx context.Context, tx *ent.Tx) error {
	return s.later(ctx, tx, Mail{Duty: workflow.Administrator, What: "waiting"})
}

// release sends a notice that waits to the line of its county as the directory is
// now, if there is one that somebody verified and at which somebody receives. The line that it waited for may
// serve another county by now, or be for others than children.
func (s *Service) release(ctx context.Context, tx *ent.Tx, row *ent.Letter) error {
	f, err := s.open(ctx, tx, row.Edges.Referral.Ref)
	if fault.KindOf(err) == fault.NotFound {
		return nil // shredded
	}
	if err != nil {
		return err
	}
	p, err := f.postOf(row)
	if err != nil {
		return err
	}
	if p.status == workflow.Stopped || !f.answers.TreatAsMinor(f.receivedOn()) {
		return nil // an adult is nothing for child services
	}
	contact, ready, err := s.childLine(ctx, tx, f, p.County)
	if err != nil || !ready {
		return err
	}
	return s.sendNotice(ctx, tx, f, p, contact)
}

// Letter opens a notice as the department that it was sent to: reader N, the
// answers as they were sent, and nothing else of the referral, with what its paper
// is drawn from: a page says what the paper says. What was corrected since is said,
// not shown.
func (s *Service) Letter(ctx context.Context, who workflow.Actor, ref string, n int) (Record, error) {
	var out Record
	err := s.do(ctx, who, "read", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, row, err := s.ownLetter(ctx, tx, who, ref, n)
		if err != nil {
			return err
		}
		out = Record{Reference: f.row.Ref, Reader: forms.ReadsNotice, Extent: workflow.Outline, CreatedAt: f.row.CreatedAt, ReceivedAt: *f.row.SubmittedAt}
		p, err := f.postOf(row)
		if err != nil {
			return err
		}
		then, err := f.asOf(ctx, tx, p)
		if err != nil {
			return err
		}
		out.View = forms.NewView(forms.Sight{Reader: forms.ReadsNotice}, then.answers, nil)
		out.Letters = []Letter{f.letter(p)}
		paper, err := s.letterPaper(ctx, tx, f, p)
		if err != nil {
			return err
		}
		out.Notice = &paper
		l := s.line(who, "read", f.row.Ref)
		l.Reason = "letter"
		return s.record(ctx, tx, l)
	})
	return out, err
}

// Acknowledge says that the department has the notice.
func (s *Service) Acknowledge(ctx context.Context, who workflow.Actor, ref string, n int) error {
	return s.do(ctx, who, letterHanded, ref, func(ctx context.Context, tx *ent.Tx) error {
		f, row, err := s.ownLetter(ctx, tx, who, ref, n)
		if err != nil {
			return err
		}
		if row.AcknowledgedAt != nil {
			return nil
		}
		if err := row.Update().SetAcknowledgedAt(s.now()).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: acknowledging: %w", err)
		}
		return s.record(ctx, tx, s.line(who, letterHanded, f.row.Ref))
	})
}

func (s *Service) ownLetter(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string, n int) (*file, *ent.Letter, error) {
	f, err := s.open(ctx, tx, ref)
	if err != nil {
		return nil, nil, err
	}
	if who.Duty != workflow.Recipient || !workflow.Fits(who.Duty, who.Side) {
		return nil, nil, fault.Absent()
	}
	row, err := tx.Letter.Query().Where(letter.ReferralID(f.row.ID), letter.N(n), letter.AgencyID(who.Agency), letter.SentAtNotNil()).WithContact().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, fault.Absent()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("referrals: reading a letter: %w", err)
	}
	p, err := f.postOf(row)
	if err == nil && p.Kind != workflow.LetterMinor {
		err = fault.Absent()
	}
	return f, row, err
}
