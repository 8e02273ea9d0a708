package referrals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/letter"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Why a notice about a minor holds no longer as it was written.
const (
	notAMinor    = "Corrected since: the person is not a minor."
	foundInOther = "Corrected since: the person was found in another county, whose department is told."
)

// keepNotice sets the notices about a minor right when answers are different
// now: one that waits, and whose person is no minor, goes to nobody; one that
// waits keeps its task; and the department of the county where the child was
// found, as the answers say now, is told, whoever was told before.
//
// Law: SSL 483-cc(b).
func (s *Service) keepNotice(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, before *forms.Referral) error {
	list, err := s.notices(ctx, tx, f)
	if err != nil {
		return err
	}
	handled, waits, told := f.answers.TreatAsMinor(f.receivedOn()), false, false
	for _, p := range list {
		right := handled && p.County == string(f.answers.CountyFound)
		told = told || right
		switch {
		case p.SentAt != nil:
			if err := s.correct(ctx, tx, f, p, before); err != nil {
				return err
			}
		case right:
			waits = true
		default:
			if err := s.stopNotice(ctx, tx, f, p); err != nil {
				return err
			}
		}
	}
	if !waits {
		if err := s.endTasks(ctx, tx, f, who, minorNotice); err != nil {
			return err
		}
	}
	if handled && !told && (len(list) > 0 || f.answers.UnderAge(f.receivedOn()) == "yes") {
		return s.notify(ctx, tx, f, minorNotice)
	}
	return s.waitFor(ctx, tx, f, waits)
}

// receivedOn is the day in New York on which the referral was received: what the
// law starts for a child hangs on it, and a birthday changes nothing of that. Of
// one that is being sent it is today.
//
// Law: SSL 483-cc(b).
func (f *file) receivedOn() forms.Date {
	if f.row.SubmittedAt == nil {
		return f.today
	}
	return forms.Date(calendar.DateOf(*f.row.SubmittedAt).String())
}

// notices are the notices about a minor that were sent, or wait.
func (s *Service) notices(ctx context.Context, tx *ent.Tx, f *file) ([]*posted, error) {
	list, err := s.posts(ctx, tx, f)
	return slices.DeleteFunc(list, func(p *posted) bool { return p.Kind != workflow.LetterMinor || p.status == workflow.Stopped }), err
}

// noticeSent is when the last notice about a minor went out to a department, as far
// as the reader may know; zero for none. That it went out stays so, whatever the
// answers say of the age since.
func (f *file) noticeSent(reader forms.Reader) time.Time {
	var out time.Time
	for _, e := range f.entries {
		if e.Handover == 0 && workflow.Action(e.Action) == workflow.Deliver && toInbox(&e.deed) && strings.Contains(sayings[workflow.Deliver].sees, string(reader)) {
			out = e.At
		}
	}
	return out
}

// waitFor opens the task of a notice that waits and has none.
func (s *Service) waitFor(ctx context.Context, tx *ent.Tx, f *file, waits bool) error {
	if !waits {
		return nil
	}
	if err := f.readTasks(ctx, tx); err != nil || f.openTask(0, minorNotice) != nil {
		return err
	}
	county := string(f.answers.CountyFound)
	contact, _, err := s.childLine(ctx, tx, f, county)
	if err != nil {
		return err
	}
	return s.addTasks(ctx, tx, f, s.waitingNotice(contact, county))
}

// correct tells a department that has a notice that it holds no longer as it was
// written, once, by a mail that says only that something changed.
func (s *Service) correct(ctx context.Context, tx *ent.Tx, f *file, p *posted, before *forms.Referral) error {
	was := *f
	was.answers = before
	if p.AgencyID == nil || f.corrected(p) == was.corrected(p) {
		return nil
	}
	return s.later(ctx, tx, Mail{Agency: *p.AgencyID, What: MailChanged})
}

// corrected says why a notice that was sent holds no longer as it was written,
// "" while it does.
func (f *file) corrected(p *posted) string {
	switch {
	case !f.answers.TreatAsMinor(f.receivedOn()):
		return notAMinor
	case p.County != string(f.answers.CountyFound):
		return foundInOther
	}
	return ""
}

// stopNotice keeps a notice that waits from ever being sent.
func (s *Service) stopNotice(ctx context.Context, tx *ent.Tx, f *file, p *posted) error {
	at := s.now()
	p.Stopped, p.status = &at, workflow.Stopped
	return s.reseal(ctx, tx, f, p)
}

// reseal writes what is sealed of a letter anew.
func (s *Service) reseal(ctx context.Context, tx *ent.Tx, f *file, p *posted) error {
	sealed, err := f.sealed(p.post, letterAt(f.row.Ref, p.N))
	if err != nil {
		return err
	}
	if err := tx.Letter.Update().Where(letter.ID(p.ID)).SetSealed(sealed).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: changing a letter: %w", err)
	}
	return nil
}

// childLine is the line of the directory for children of a county to which a
// notice can go now, by rank, and true; where there is none, the first to which it
// could go if somebody received there, else the first that could be verified for it;
// nil for none at all. It is looked for when the notice goes out, since lines and
// accounts are changed while it waits.
func (s *Service) childLine(ctx context.Context, tx *ent.Tx, f *file, county string) (*ent.ContactPoint, bool, error) {
	facts := workflow.Facts{Minor: workflow.Minor(f.answers.UnderAge(f.receivedOn()))}
	ranked, points, err := s.candidates(ctx, tx, facts, county, workflow.ContactChild)
	if err != nil || len(ranked) == 0 {
		return nil, false, err
	}
	var ready []*ent.ContactPoint
	var agencies []int
	for _, r := range ranked {
		if contact := points[r.Key]; sendable(contact) {
			ready, agencies = append(ready, contact), append(agencies, *contact.AgencyID)
		}
	}
	if len(ready) == 0 {
		return points[ranked[0].Key], false, nil
	}
	there, err := manned(ctx, tx, agencies)
	if err != nil {
		return nil, false, err
	}
	for _, contact := range ready {
		if there[*contact.AgencyID] {
			return contact, true, nil
		}
	}
	return ready[0], false, nil
}

// sendable reports whether a line lacks nothing for a notice but somebody who
// receives it.
func sendable(contact *ent.ContactPoint) bool {
	return contact != nil && verified(contact) && contact.AgencyID != nil
}

// notifyAgain is Notify where a notice was written: one that waits goes out when
// its county has a verified line by now at which somebody receives it, and gets its
// task back when it has none.
func (s *Service) notifyAgain(ctx context.Context, tx *ent.Tx, f *file, p *posted) error {
	if p.SentAt != nil {
		return fault.New(fault.Conflict, "The notice about this person was sent already.")
	}
	contact, ready, err := s.childLine(ctx, tx, f, p.County)
	if err != nil {
		return err
	}
	if ready {
		return s.sendNotice(ctx, tx, f, p, contact)
	}
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	if f.openTask(0, minorNotice) != nil {
		if sendable(contact) {
			return fault.New(fault.Conflict, "The notice about this person waits. "+nobodyAt(contact)+" Then send the notice again.")
		}
		return fault.New(fault.Conflict, "The notice about this person waits for a verified contact. Have the directory row verified, and it goes out.")
	}
	return s.waitFor(ctx, tx, f, true)
}

// sendNotice sends a notice that waited, as the answers are now.
func (s *Service) sendNotice(ctx context.Context, tx *ent.Tx, f *file, p *posted, contact *ent.ContactPoint) error {
	help, err := s.helpFor(ctx, tx, f, p.Kind)
	if err != nil {
		return err
	}
	p.post.Version, p.post.Help = f.version, help
	if err := s.reseal(ctx, tx, f, p); err != nil {
		return err
	}
	if err := tx.Letter.Update().Where(letter.ID(p.ID)).SetSentAt(s.now()).SetContactID(contact.ID).SetAgencyID(*contact.AgencyID).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: sending a letter: %w", err)
	}
	if err := s.endTasks(ctx, tx, f, workflow.Actor{}, minorNotice); err != nil {
		return err
	}
	return s.posted(ctx, tx, f, p.N, *contact.AgencyID)
}

// noticeStatus says where a letter stands that nobody signs.
func noticeStatus(row *ent.Letter, stopped *time.Time) workflow.LetterStatus {
	switch {
	case stopped != nil:
		return workflow.Stopped
	case row.AcknowledgedAt != nil:
		return workflow.Handed
	case row.SentAt != nil:
		return workflow.LetterSent
	}
	return workflow.Prepared
}
