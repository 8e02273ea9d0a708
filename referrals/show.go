package referrals

import (
	"context"
	"slices"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Want says what an opening is for.
type Want struct {
	Purpose    string      // read, print or export; "" is read
	Reveal     []string    // ids of masked answers to be shown, as an act of its own in the log
	Answers    bool        // of an own draft the answers alone: no view, and not what stands against them
	Own        bool        // the answers of an own referral that was sent, to be added to
	Files      bool        // of an own referral what its files were called
	Colleagues bool        // for a director: who can be excluded or readmitted
	Lines      *LineSearch // for program staff: lines of the directory to choose from
}

// Open returns the referral ref as who may see it now. It is one line in the
// log; answers that were masked until asked for are named in it.
func (s *Service) Open(ctx context.Context, who workflow.Actor, ref string, want Want) (Record, error) {
	if want.Answers {
		if out, own, err := s.openDraft(ctx, who, ref, want); own || err != nil {
			return out, err
		}
	}
	var out Record
	err := s.do(ctx, who, "read", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if workflow.SeesPairs(who) && look.extent == workflow.Whole {
			if err := s.readPairs(ctx, tx, who, f); err != nil {
				return err
			}
		}
		if out, err = s.show(ctx, tx, who, f, look, want); err != nil {
			return err
		}
		return s.noteOpened(ctx, tx, who, f, want)
	})
	return out, err
}

func (s *Service) noteOpened(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, want Want) error {
	l := s.line(who, want.purpose(), f.row.Ref)
	if len(want.Reveal) > 0 {
		l.Action, l.Fields = string(workflow.Reveal), want.Reveal
	}
	for _, p := range f.pairs {
		l.Refs = append(l.Refs, p.row.Ref) // named beside it, after the one that was opened
	}
	if f.ownDraft(who) {
		return audit.Add(ctx, tx, l)
	}
	return s.record(ctx, tx, l)
}

// show makes the record that who may see of f.
func (s *Service) show(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, want Want) (Record, error) {
	if len(want.Reveal) > 0 {
		if _, err := workflow.Next(who, workflow.Reveal, f.status(), look.c); err != nil {
			return Record{}, refused(err)
		}
	}
	revealed := map[string]bool{}
	for _, id := range want.Reveal {
		revealed[id] = true
	}
	if f.status() != workflow.Draft {
		if err := f.readTasks(ctx, tx); err != nil {
			return Record{}, err
		}
	}
	out := s.head(who, f, look)
	if err := s.addBeside(ctx, tx, who, f, look, want, &out); err != nil {
		return Record{}, err
	}
	if look.extent == workflow.Outline && look.reader != forms.ReadsWaiting {
		return out, nil // withdrawn: reference, status and dates
	}
	if want.Answers && f.status() == workflow.Draft {
		out.Answers = f.answers
		return out, nil
	}
	var err error
	out.View = s.view(f, look, revealed)
	if out.View.Revisions, err = s.revisions(ctx, tx, f, look, revealed); err != nil {
		return Record{}, err
	}
	if want.Own && look.reader == forms.ReadsReferrer {
		out.Answers = f.answers
	}
	if want.Files && look.reader == forms.ReadsReferrer {
		if out.FileNames, err = f.namesOfFiles(); err != nil {
			return Record{}, err
		}
	}
	if want.Colleagues {
		if out.Colleagues, err = s.colleagues(ctx, tx, who, f); err != nil {
			return Record{}, err
		}
	}
	out.Timeline, out.NoticeSent = f.timeline(look.reader, who), f.noticeSent(look.reader)
	out.Handover = s.handovers(who, f, look)
	out.Pairs = s.pairsOf(who, f)
	out.Clocks = s.clocks(f, who, look.reader, 0)
	if who.Duty == workflow.Program {
		if err := s.addWhere(ctx, tx, who, f, want, &out); err != nil {
			return Record{}, err
		}
	}
	s.addDraft(&out, who, f)
	return out, s.addGroup(ctx, tx, who, f, look, &out)
}

// addWhere adds where OTDA can send the person.
func (s *Service) addWhere(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, want Want, out *Record) error {
	err := s.addChoices(ctx, tx, f, out.Handover)
	if err != nil {
		return err
	}
	if out.Proposal, err = s.proposal(ctx, tx, who, f); err != nil {
		return err
	}
	if out.Lines, err = s.linesFor(ctx, tx, f, want.Lines); err != nil {
		return err
	}
	s.addHeeds(f, out)
	if err := s.addManned(ctx, tx, f, out); err != nil {
		return err
	}
	return s.addAsked(ctx, tx, out)
}

// addBeside adds what stands beside the answers: letters, legal holds, and until
// when a draft is kept.
func (s *Service) addBeside(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, want Want, out *Record) error {
	var err error
	if out.Letters, err = s.lettersFor(ctx, tx, who, f, look); err != nil {
		return err
	}
	if out.Holds, err = s.holdsFor(ctx, tx, who, f, look); err != nil {
		return err
	}
	if f.status() != workflow.Draft || want.Answers {
		return nil
	}
	c, err := s.counting(ctx, tx, f)
	out.Kept = c.kept(f.row, s.now())
	return err
}

// head is what everybody who sees the referral at all may know.
func (s *Service) head(who workflow.Actor, f *file, look sight) Record {
	out := Record{Reference: f.row.Ref, Status: f.status(), Rev: f.row.Rev, Extent: look.extent, Reader: look.reader,
		CreatedAt: f.row.CreatedAt, UpdatedAt: changedAt(who, f.row), WithdrawnAt: f.withdrawnAt()}
	for _, m := range []struct {
		from *time.Time
		to   *time.Time
	}{{f.row.SubmittedAt, &out.ReceivedAt}, {f.row.DueAt, &out.DueAt}, {f.row.RouteDueAt, &out.RouteDueAt}, {f.row.DecidedAt, &out.DecidedAt}} {
		if m.from != nil {
			*m.to = *m.from
		}
	}
	if out.UpdatedAt.IsZero() {
		out.UpdatedAt = out.WithdrawnAt
	}
	switch look.reader {
	case forms.ReadsReviewer, forms.ReadsProgram, forms.ReadsAuditor:
		out.Agency, out.Round = f.agency, roundOf(look.c)
		if f.row.AssignedID != nil && look.reader != forms.ReadsAuditor {
			out.HeldBy, out.Mine = f.names[*f.row.AssignedID], *f.row.AssignedID == who.ID
		}
	case forms.ReadsReferrer:
		out.Agency = f.agency
	}
	if look.reader == forms.ReadsReferrer || look.reader == forms.ReadsReviewer || look.reader == forms.ReadsProgram {
		out.Digest, out.SentDigest = f.digest, f.sent
	}
	if who.Duty != workflow.Recipient {
		out.Offers = withoutReveal(workflow.Open(who, f.status(), look.c))
	}
	return out
}

// withoutReveal leaves out the step that has its buttons beside the answers.
func withoutReveal(offers []workflow.Offer) []workflow.Offer {
	return slices.DeleteFunc(offers, func(o workflow.Offer) bool { return o.Do == workflow.Reveal })
}

// addDraft adds the answers of the actor's own draft, to be gone on with, and
// what looks odd, for those who work on the answers.
func (s *Service) addDraft(out *Record, who workflow.Actor, f *file) {
	today := s.Today()
	if f.status() == workflow.Draft {
		out.Answers = f.answers
		checked := *f.answers
		out.Problems = s.against(&checked)
	}
	if f.status() == workflow.Draft || who.Duty == workflow.Reviewer || who.Duty == workflow.Director {
		out.Warnings = forms.Questions.Warn(f.answers, today)
	} else if who.Duty == workflow.Program { // who settles the age reads that the answers about it do not agree
		out.Warnings = slices.DeleteFunc(forms.Questions.Warn(f.answers, today), func(p forms.Problem) bool { return p.Field != "under18" })
	}
}

// handovers are those that the actor may know of: program staff all, a
// recipient its own, reviewers and the referrer the road without its reasons.
//
// A referrer learns the recipient's name only as a provider; police learn the
// status.
func (s *Service) handovers(who workflow.Actor, f *file, look sight) []Handover {
	var out []Handover
	for _, h := range f.handovers {
		if !look.shows(h) || !h.told(look.reader) {
			continue
		}
		c := s.circumstances(f, h)
		one := Handover{N: h.N, Status: h.status(), Rev: h.Rev, Kind: string(h.route.Kind), Primary: h.route.Primary}
		setTimes(&one, h)
		switch look.reader {
		case forms.ReadsProgram:
			one.Recipient, one.Rule, one.Reason, one.Notes = h.name(), h.route.Rule, h.route.Reason, h.route.Notes
			one.Verified, one.Permitted = c.Verified, c.ReleaseAllows
			if h.route.NotPermitted != "" && !c.ReleaseAllows {
				one.Notes = append([]string{h.route.NotPermitted}, one.Notes...)
			}
			if h.contact != nil {
				one.Contact = h.contact.Key
			}
		case forms.ReadsReferrer:
			if learnsRecipient(who) {
				one.Recipient = h.name()
			}
			one.Kind, one.AcceptBy, one.NextAt = "", time.Time{}, time.Time{}
		case forms.ReadsAuditor:
			one.Kind = "" // no names, and nothing that tells where the person is
		default:
			one.Recipient = h.name()
		}
		s.addFollowUp(&one, who, f, h, look.reader)
		if who.Duty == workflow.Program || who.Duty == workflow.Recipient || who.Duty == workflow.Referrer {
			one.Offers = workflow.OpenHandover(who, h.status(), c)
		}
		out = append(out, one)
	}
	return out
}

// addFollowUp adds the clocks of a hand-over, and how far the recipient is in
// reaching the person. The referrer learns only whether it is asked to help.
func (s *Service) addFollowUp(one *Handover, who workflow.Actor, f *file, h *passed, reader forms.Reader) {
	one.Clocks = s.clocks(f, who, reader, h.N)
	switch reader {
	case forms.ReadsReferrer:
		one.Revoked = h.status() == workflow.HandoverClosed && f.revoked(h.N)
		one.BringAsked = f.bringAsked(h.N) && h.status() != workflow.HandoverClosed
		for i := range one.Clocks {
			if one.Clocks[i].Kind == workflow.TaskBring && learnsRecipient(who) {
				one.Clocks[i].Words = nobodyReached(h.name())
			}
		}
	case forms.ReadsProgram, forms.ReadsProvider, forms.ReadsDistrict:
		one.BringAsked, one.NoContact = f.bringAsked(h.N), s.noContact(f, h)
		if reader != forms.ReadsProgram && h.route.Kind != workflow.KindOTDA {
			one.Ways = workflow.Permits(f.reaching())
		}
		if tries := f.tries(h.N); len(tries) > 0 {
			one.Tries, one.TriedAt = len(tries), tries[len(tries)-1]
		}
	}
}

// learnsRecipient reports whether a referrer may know to whom the person was
// handed over.
func learnsRecipient(who workflow.Actor) bool { return who.Side != workflow.SidePolice }

func setTimes(one *Handover, h *passed) {
	for _, m := range []struct {
		from *time.Time
		to   *time.Time
	}{{h.ProposedAt, &one.ProposedAt}, {h.SentAt, &one.SentAt}, {h.AcceptBy, &one.AcceptBy}, {h.AcceptedAt, &one.AcceptedAt},
		{h.ReachedAt, &one.ReachedAt}, {h.ClosedAt, &one.ClosedAt}, {h.NextAt, &one.NextAt}} {
		if m.from != nil {
			*m.to = *m.from
		}
	}
}

// choosable are the statuses in which OTDA can still choose another recipient.
var choosable = []workflow.HandoverStatus{workflow.Proposed, workflow.Sent, workflow.Returned, workflow.Accepted, workflow.NotReached, workflow.HandoverClosed}

// tried are the lines of the directory that were tried before this hand-over,
// and did not reach the person.
func (f *file) tried(but *passed) []string {
	var out []string
	for _, h := range f.handovers {
		over := h.status() == workflow.Returned || h.status() == workflow.HandoverClosed
		if h.N != but.N && over && h.ReachedAt == nil && h.SentAt != nil && h.contact != nil {
			out = append(out, h.contact.Key)
		}
	}
	return out
}

// addChoices adds to hand-overs that OTDA may still send elsewhere the lines of
// the directory that they could go to.
func (s *Service) addChoices(ctx context.Context, tx *ent.Tx, f *file, list []Handover) error {
	facts := s.routeFacts(f.answers)
	for i := range list {
		h := f.handover(list[i].N)
		if h.route.Kind == workflow.KindOTDA || !slices.Contains(choosable, h.status()) {
			continue
		}
		facts.Tried = f.tried(h)
		for _, kind := range s.kindsAfter(f, h) {
			ranked, points, err := s.candidates(ctx, tx, facts, h.route.County, kind)
			if err != nil {
				return err
			}
			for _, r := range ranked {
				if !f.hasBeside(h, points[r.Key]) && !f.tookBack(points[r.Key], 0) {
					list[i].Candidates = append(list[i].Candidates, candidateOf(r, points[r.Key]))
				}
			}
		}
	}
	return nil
}

// kindsAfter are the kinds of lines to which a hand-over can go: its own, and
// once somebody had it and the person was not reached, the other one too, if the
// release permits it.
func (s *Service) kindsAfter(f *file, h *passed) []workflow.ContactKind {
	out := []workflow.ContactKind{h.route.Contact}
	if h.route.Override != "" && h.route.Kind == workflow.KindLDSS { // the rules go by the age, whatever OTDA chose
		out[0] = departmentFor(s.routeFacts(f.answers))
	}
	if h.status() == workflow.Proposed || h.status() == workflow.Sent {
		return out
	}
	scope := s.scope(f.answers)
	switch {
	case h.route.Kind == workflow.KindLDSS && scope.RHTP:
		out = append(out, workflow.ContactRHTP)
	case h.route.Kind == workflow.KindRHTP && scope.LDSS && f.answers.TreatAsMinor(s.Today()):
		out = append(out, workflow.ContactChild)
	case h.route.Kind == workflow.KindRHTP && scope.LDSS:
		out = append(out, workflow.ContactAdult)
	}
	return out
}

// hasBeside reports whether the line of the directory has another open hand-over
// of the person than h.
func (f *file) hasBeside(h *passed, contact *ent.ContactPoint) bool {
	return slices.ContainsFunc(f.handovers, func(o *passed) bool {
		return o.N != h.N && o.status() != workflow.HandoverClosed && o.contact != nil && o.contact.ID == contact.ID
	})
}

func candidateOf(r workflow.Ranked, row *ent.ContactPoint) Candidate {
	return Candidate{Key: r.Key, Name: r.Name, Verified: r.Verified, Why: strings.Join(r.Reasons, " "), Point: contactOf(row), agency: row.AgencyID}
}
