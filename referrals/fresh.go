package referrals

import (
	"context"
	"fmt"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Proposal is the hand-over that OTDA could propose beside those that there are.
// It is proposed with Act: N is its number, and the revision is the referral's.
type Proposal struct {
	N          int
	Offer      workflow.HandoverOffer
	Candidates []Candidate // lines of the directory that the release permits, best first
}

// proposeFresh proposes one more hand-over, to the line of the directory that
// OTDA chose, with OTDA's reason. Nobody outside OTDA is told of it, and nobody
// sees it before it is sent.
func (s *Service) proposeFresh(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, at Seen, deed *forms.Deed) error {
	if who.Duty != workflow.Program || at.N != len(f.handovers)+1 {
		return fault.Absent()
	}
	if at.Rev != f.row.Rev {
		return s.movedOn(f)
	}
	c := s.circumstances(f, nil)
	c.HasReason, c.ReleaseAllows = true, true
	if _, err := workflow.NextHandover(who, workflow.Propose, workflow.Unproposed, c); err != nil {
		return refused(err) // whatever was chosen
	}
	if err := forms.FormOf("handover.propose").Check(deed, s.Today()).Err(); err != nil {
		return err
	}
	contact, err := s.contactByKey(ctx, tx, string(deed.Contact))
	if err != nil {
		return err
	}
	if err := s.chosen(f, contact); err != nil {
		return err
	}
	r := s.besides(f, contact)
	r.Override = string(deed.Reason)
	chosen := &passed{Handover: &ent.Handover{N: at.N, AgencyID: contact.AgencyID}, route: r, contact: contact, agency: contact.Edges.Agency}
	c = s.circumstances(f, chosen)
	c.HasReason = deed.Reason != ""
	step, err := workflow.NextHandover(who, workflow.Propose, workflow.Unproposed, c)
	if err != nil {
		return refused(err)
	}
	if f.has(contact) {
		return forms.Problems{{ID: "contact", Field: "contact", Message: "This recipient has a hand-over of this person that is open. Choose another one."}}
	}
	return s.addFresh(ctx, tx, who, f, at, step, deed, r, contact)
}

// addFresh writes the proposal, its entry and its line in the log.
func (s *Service) addFresh(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, at Seen, step workflow.HandoverStep, deed *forms.Deed, r route, contact *ent.ContactPoint) error {
	// The row is locked and stays as it is: others would see that it changed.
	n, err := tx.Referral.Update().Where(referral.ID(f.row.ID), referral.Rev(at.Rev)).SetRev(at.Rev).Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: locking: %w", err)
	}
	if n == 0 {
		return s.movedOn(f)
	}
	f.locked = true
	e := entryOf(step, deed)
	e.handover = at.N
	if err := s.enter(ctx, tx, f, who, e); err != nil {
		return err
	}
	if err := s.addHandover(ctx, tx, f, r, contact); ent.IsConstraintError(err) {
		return s.movedOn(f) // somebody else proposed one with this number
	} else if err != nil {
		return err
	}
	if err := s.endTasks(ctx, tx, f, who, workflow.TaskWrapUp); err != nil {
		return err
	}
	if err := s.keepNext(ctx, tx, f); err != nil {
		return err
	}
	l := s.line(who, "handover_"+string(step.Do), f.row.Ref)
	l.Rule, l.Handover = step.Law, at.N
	return s.record(ctx, tx, l)
}

// besides is the route of a hand-over to contact beside those of the rules: what
// the rules said first stays readable.
func (s *Service) besides(f *file, contact *ent.ContactPoint) route {
	var r route
	if len(f.handovers) > 0 {
		r = f.handovers[0].route
	}
	r.Kind, r.Contact = kindOfContact(contact)
	r.Primary, r.Beside, r.Override, r.Replaces, r.NotPermitted = false, true, "", 0, ""
	return r
}

// has reports whether a hand-over to the line of the directory, or to its agency,
// is open.
func (f *file) has(contact *ent.ContactPoint) bool {
	return slices.ContainsFunc(f.handovers, func(h *passed) bool {
		same := h.contact != nil && h.contact.ID == contact.ID || contact.AgencyID != nil && h.AgencyID != nil && *h.AgencyID == *contact.AgencyID
		return same && h.status() != workflow.HandoverClosed
	})
}

// proposal is what program staff may propose next, nil when there is nothing to
// be proposed at this status.
func (s *Service) proposal(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file) (*Proposal, error) {
	if f.status() != workflow.Confirmed || len(f.handovers) == 0 {
		return nil, nil
	}
	c := s.circumstances(f, nil)
	scope := s.scope(f.answers)
	c.ReleaseAllows = scope.RHTP || scope.LDSS
	for _, offer := range workflow.OpenHandover(who, workflow.Unproposed, c) {
		if offer.Do != workflow.Propose {
			continue
		}
		out := &Proposal{N: len(f.handovers) + 1, Offer: offer}
		if !offer.Ready() {
			return out, nil
		}
		var err error
		out.Candidates, err = s.freshCandidates(ctx, tx, f, scope)
		return out, err
	}
	return nil, nil
}

// freshCandidates are the lines of the directory that serve the county, of the
// kinds that the release permits, without those that have the person already.
func (s *Service) freshCandidates(ctx context.Context, tx *ent.Tx, f *file, scope workflow.Scope) ([]Candidate, error) {
	facts, county := s.routeFacts(f.answers), f.handovers[0].route.County
	var kinds []workflow.ContactKind
	if scope.RHTP {
		kinds = append(kinds, workflow.ContactRHTP)
	}
	if scope.LDSS {
		kinds = append(kinds, departmentFor(facts))
	}
	var out []Candidate
	for _, kind := range kinds {
		ranked, points, err := s.candidates(ctx, tx, facts, county, kind)
		if err != nil {
			return nil, err
		}
		for _, r := range ranked {
			if point := points[r.Key]; !f.has(point) && !f.tookBack(point, 0) && !excluded(f.answers, point.Key, point.Name) {
				out = append(out, candidateOf(r, point))
			}
		}
	}
	return out, nil
}

// departmentFor is which contact of a local department the rules ask for.
func departmentFor(facts workflow.Facts) workflow.ContactKind {
	if facts.Minor.Handled() {
		return workflow.ContactChild
	}
	return workflow.ContactAdult
}

// told reports whether a reader may know of the hand-over. What OTDA proposes
// beside the rules is its own until it is sent.
func (p *passed) told(reader forms.Reader) bool {
	return reader == forms.ReadsProgram || !p.route.Beside || p.SentAt != nil
}
