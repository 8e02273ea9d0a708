package referrals

import (
	"context"
	"slices"
	"strings"
	"time"

	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Want says what an opening is for.
type Want struct {
	Purpose    string   // read, print or export; "" is read
	Reveal     []string // ids of masked answers to be shown, as an act of its own in the log
	Answers    bool     // of an own draft the answers alone: no view, and not what stands against them
	Colleagues bool     // for a director: who can be excluded or readmitted
}

// Open returns the referral ref as who may see it now. It is one line in the
// log; answers that were masked until asked for are named in it.
func (s *Service) Open(ctx context.Context, who workflow.Actor, ref string, want Want) (Record, error) {
	var out Record
	err := s.do(ctx, who, "read", ref, func(tx *ent.Tx) error {
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
	purpose := want.Purpose
	if purpose == "" {
		purpose = "read"
	}
	l := s.line(who, purpose, f.row.Ref)
	if len(want.Reveal) > 0 {
		l.Action, l.Fields = string(workflow.Reveal), want.Reveal
	}
	for _, p := range f.pairs {
		l.Refs = append(l.Refs, p.row.Ref) // named beside it, after the one that was opened
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
	out := s.head(who, f, look)
	if look.extent == workflow.Outline && look.reader != forms.ReadsWaiting {
		return out, nil // withdrawn: reference, status and dates
	}
	if want.Answers && f.status() == workflow.Draft {
		out.Answers = f.answers
		return out, nil
	}
	out.View = s.view(f, look, revealed)
	var err error
	if out.View.Revisions, err = s.revisions(ctx, tx, f, look, revealed); err != nil {
		return Record{}, err
	}
	if want.Colleagues {
		if out.Colleagues, err = s.colleagues(ctx, tx, who, f); err != nil {
			return Record{}, err
		}
	}
	out.Timeline = f.timeline(look.reader, who)
	out.Handover = s.handovers(who, f, look)
	out.Pairs = s.pairsOf(who, f)
	if who.Duty == workflow.Program {
		if err := s.addChoices(ctx, tx, f, out.Handover); err != nil {
			return Record{}, err
		}
		proposal, err := s.proposal(ctx, tx, who, f)
		if err != nil {
			return Record{}, err
		}
		out.Proposal = proposal
		letters, err := s.lettersOf(ctx, tx, f)
		if err != nil {
			return Record{}, err
		}
		out.Letters = letters
	}
	s.addDraft(&out, who, f)
	return out, s.addGroup(ctx, tx, who, f, look, &out)
}

// head is what everybody who sees the referral at all may know.
func (s *Service) head(who workflow.Actor, f *file, look sight) Record {
	out := Record{Reference: f.row.Ref, Status: f.status(), Rev: f.row.Rev, Extent: look.extent, Reader: look.reader,
		CreatedAt: f.row.CreatedAt, UpdatedAt: changedAt(who, f.row)}
	for _, m := range []struct {
		from *time.Time
		to   *time.Time
	}{{f.row.SubmittedAt, &out.ReceivedAt}, {f.row.DueAt, &out.DueAt}, {f.row.RouteDueAt, &out.RouteDueAt}, {f.row.DecidedAt, &out.DecidedAt}} {
		if m.from != nil {
			*m.to = *m.from
		}
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
		out.Problems = forms.Questions.Check(&checked, today)
	}
	if f.status() == workflow.Draft || who.Duty == workflow.Reviewer || who.Duty == workflow.Director {
		out.Warnings = forms.Questions.Warn(f.answers, today)
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
		if look.via != nil && look.via.N != h.N || !h.told(look.reader) {
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
		if who.Duty == workflow.Program || who.Duty == workflow.Recipient {
			one.Offers = workflow.OpenHandover(who, h.status(), c)
		}
		out = append(out, one)
	}
	return out
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

// addChoices adds to hand-overs that OTDA may still send elsewhere the lines of
// the directory that they could go to.
func (s *Service) addChoices(ctx context.Context, tx *ent.Tx, f *file, list []Handover) error {
	facts := s.routeFacts(f.answers)
	for i := range list {
		h := f.handover(list[i].N)
		if h.route.Kind == workflow.KindOTDA || !slices.Contains([]workflow.HandoverStatus{workflow.Proposed, workflow.Sent, workflow.Returned}, h.status()) {
			continue
		}
		ranked, _, err := s.candidates(ctx, tx, facts, h.route.County, h.route.Contact)
		if err != nil {
			return err
		}
		for _, r := range ranked {
			list[i].Candidates = append(list[i].Candidates, candidateOf(r))
		}
	}
	return nil
}

func candidateOf(r workflow.Ranked) Candidate {
	return Candidate{Key: r.Key, Name: r.Name, Verified: r.Verified, Why: strings.Join(r.Reasons, " ")}
}
