package referrals

import (
	"slices"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// circumstances gathers what the rules may ask about the referral, and about
// hand-over h if there is one.
func (s *Service) circumstances(f *file, h *passed) workflow.Circumstances {
	c := workflow.Circumstances{AgencyID: f.row.AgencyID, AuthorID: f.row.AuthorID, Referral: f.status(), Handovers: len(f.handovers)}
	if f.row.AssignedID != nil {
		c.AssignedID = *f.row.AssignedID
	}
	c.Recused = f.recused()
	round := f.round()
	for _, e := range round {
		noteFact(&c, e)
	}
	for _, e := range f.entries { // who assessed it once does not decide it later
		if workflow.Action(e.Action) == workflow.Assess && e.AuthorID != nil && !slices.Contains(c.AssessedBy, *e.AuthorID) {
			c.AssessedBy = append(c.AssessedBy, *e.AuthorID)
		}
	}
	if len(round) > 0 && workflow.Action(round[0].Action) == workflow.Appeal {
		for _, e := range f.entries {
			noteAppealed(&c, e)
		}
	}
	spoke := slices.ContainsFunc(round, func(e happened) bool { return ofProgram(e) && e.deed.Outcome != workflow.Failed })
	c.ConsultationOpen = !spoke && !s.Options.HideFromProgram && (c.Referral == workflow.InReview || c.Referral == workflow.Asked)
	c.AppealOver = s.appealOver(f)
	for _, p := range f.handovers {
		if p.status() != workflow.HandoverClosed {
			c.OpenHandovers++
		}
	}
	if h != nil {
		s.ofHandover(&c, f, h)
	}
	return c
}

// round returns what happened since the referral was submitted, or reopened.
func (f *file) round() []happened {
	from := 0
	for i, e := range f.entries {
		switch workflow.Action(e.Action) {
		case workflow.Reconsider, workflow.Appeal:
			from = i
		}
	}
	return f.entries[from:]
}

func noteFact(c *workflow.Circumstances, e happened) {
	by := 0
	if e.AuthorID != nil {
		by = *e.AuthorID
	}
	out := slices.Contains(c.Recused, by) // what somebody judged who is out counts no longer
	switch workflow.Action(e.Action) {
	case workflow.Assess:
		c.HasElements = !out
		if !slices.Contains(c.AssessedBy, by) {
			c.AssessedBy = append(c.AssessedBy, by)
		}
		c.SecondBy, c.RecommendedBy, c.DisagreedBy = 0, 0, 0 // they read the grid as it was
	case workflow.Recommend:
		if c.RecommendedBy = by; out {
			c.RecommendedBy = 0
		}
		c.DisagreedBy = 0 // it is weighed anew
	case workflow.Second:
		if c.SecondBy = by; out {
			c.SecondBy = 0
		}
	case workflow.Disagree:
		c.SecondBy = 0 // an agreement that fell stays so, whoever leaves: somebody reads it again
		if !out {
			c.DisagreedBy = by
		}
	case workflow.Consult:
		if ofProgram(e) {
			c.ConsultedProgram = true
		} else {
			c.ConsultedReferrer = true
		}
	}
}

// ofProgram reports whether e is a consultation with OTDA.
func ofProgram(e happened) bool {
	return workflow.Action(e.Action) == workflow.Consult && e.deed.Party == forms.Party(workflow.WithOTDA)
}

// noteAppealed notes who declined before an appeal, and who agreed to it.
func noteAppealed(c *workflow.Circumstances, e happened) {
	if e.AuthorID == nil {
		return
	}
	switch workflow.Action(e.Action) {
	case workflow.Decline:
		c.DeclinedBy = append(c.DeclinedBy, *e.AuthorID)
	case workflow.Second:
		c.DeclinedWith = append(c.DeclinedWith, *e.AuthorID)
	}
}

func (s *Service) ofHandover(c *workflow.Circumstances, f *file, h *passed) {
	c.Handover = h.status()
	c.ReleaseAllows = s.permits(f.answers, h.route.Kind)
	if h.AgencyID != nil {
		c.RecipientID = *h.AgencyID
	}
	c.Verified = h.route.Kind == workflow.KindOTDA || h.contact != nil && verified(h.contact) && holds(h.contact, string(s.Today()))
	c.Received = h.route.Kind == workflow.KindOTDA || h.AgencyID != nil && f.manned[*h.AgencyID]
	c.NotElsewhere = f.pairsRead && !f.elsewhere()
	c.BringAsked = f.bringAsked(h.N)
	c.Waits = s.pauseOf(f, h.N) != nil
	c.Excluded = h.contact != nil && (f.tookBack(h.contact, h.N) || excluded(f.answers, h.contact.Key, h.contact.Name) || excluded(f.answers, h.contact.Key, h.name()))
	c.WrongAge = h.contact != nil && s.unfit(f.answers, contactOf(h.contact)) != ""
	c.ForPeople = h.route.Kind == workflow.KindOTDA || h.contact != nil && stillOf(h.contact, h.route.Kind)
	c.Attempts = f.permittedTries(h.N)
}

// appealOver reports whether the time to appeal a decline has passed: the one
// that the decline told, whatever was set since.
func (s *Service) appealOver(f *file) bool {
	if f.row.DecidedAt == nil {
		return false
	}
	until := counting{cal: s.Calendar}.due(workflow.ClockAppeal, *f.row.DecidedAt)
	for _, e := range f.entries {
		if workflow.Action(e.Action) != workflow.Decline {
			continue
		}
		if at, err := time.Parse(time.RFC3339, string(e.deed.AppealUntil)); err == nil {
			until = at
		}
	}
	return s.now().After(until)
}

// scope is to whom the release permits a hand-over now. A provider's is what
// the release names, until it ends; for police and district attorneys an
// accepted offer to connect permits both. Consent given by an alleged
// trafficker counts as absent.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115; SSL 483-cc as amended in 2021.
func (s *Service) scope(r *forms.Referral) workflow.Scope {
	if !s.consents(r) {
		return workflow.Scope{}
	}
	if r.FromLaw() && len(r.Release) == 0 {
		return workflow.Scope{RHTP: true, LDSS: true}
	}
	return workflow.Scope{RHTP: slices.Contains(r.Release, "rhtp_provider"), LDSS: slices.Contains(r.Release, "ldss")}
}

// consents reports whether the person's consent stands now: a provider's
// written release; for police and district attorneys an accepted offer, unless
// the person's own words refuse. Whoever refers, a release that was given an end
// ends.
func (s *Service) consents(r *forms.Referral) bool {
	switch {
	case r.GiverIsTrafficker(), over(r.ConsentUntil, s.now()):
		return false
	case r.FromLaw():
		return r.OfferedLink == "accepted" && r.Consented != "no" && r.Consented != "not_able"
	}
	return r.Consented == "yes_written"
}

// offered names to whom an accepted offer permits a hand-over, where no release
// says it: what the recipient of a release reads there.
func (s *Service) offered(r *forms.Referral) []forms.Receiver {
	if !r.FromLaw() || len(r.Release) > 0 {
		return nil
	}
	var out []forms.Receiver
	scope := s.scope(r)
	if scope.RHTP {
		out = append(out, "rhtp_provider")
	}
	if scope.LDSS {
		out = append(out, "ldss")
	}
	return out
}

func (s *Service) permits(r *forms.Referral, kind workflow.Kind) bool {
	scope := s.scope(r)
	switch kind {
	case workflow.KindRHTP:
		return scope.RHTP
	case workflow.KindLDSS:
		return scope.LDSS
	}
	return kind == workflow.KindOTDA
}

// excluded reports whether the person asked not to be referred to the
// recipient. It reads the words as the ranking does: what is never proposed is
// never sent either.
func excluded(r *forms.Referral, key, name string) bool {
	left := workflow.Rank([]workflow.Candidate{{Key: key, Name: name}}, workflow.Facts{DoNotRefer: doNotRefer(r)})
	return len(left) == 0
}

func doNotRefer(r *forms.Referral) []string {
	var out []string
	for name := range strings.FieldsFuncSeq(string(r.DoNotRefer), func(c rune) bool { return c == ',' || c == ';' }) {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// Round is how far the review has come since the referral was received, or
// opened again.
type Round struct {
	Program, Referrer     bool // consultations on the record, or tries with their reason
	Assessed, Recommended bool
	Second                bool // a second reader agreed to the grid as it is
	Contested             bool // a second reader disagreed with it, and nobody has weighed it anew
}

func roundOf(c workflow.Circumstances) Round {
	return Round{Program: c.ConsultedProgram, Referrer: c.ConsultedReferrer, Assessed: c.HasElements, Recommended: c.RecommendedBy != 0, Second: c.SecondBy != 0, Contested: c.DisagreedBy != 0}
}
