package referrals

import (
	"context"
	"fmt"
	"slices"

	"nysreferral/calendar"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/handover"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// newYork is where days are counted.
var newYork = calendar.NewYork()

// propose writes the hand-overs that the rules of routing give for a confirmed
// referral. One that is only beside the first, and that the release does not
// permit, is named in the notes and not proposed.
//
// Law: SSL 483-bb, 483-cc(b); 28 CFR 94.115.
func (s *Service) propose(ctx context.Context, tx *ent.Tx, f *file) error {
	facts := s.routeFacts(f.answers)
	p := workflow.Route(facts)
	var beside []string
	for _, h := range p.Handovers {
		if !h.Primary && !h.Sendable() {
			beside = append(beside, h.NotPermitted)
		}
	}
	for _, h := range p.Handovers {
		if !h.Primary && !h.Sendable() {
			continue
		}
		contact, err := s.firstContact(ctx, tx, facts, h)
		if err != nil {
			return err
		}
		r := route{Kind: h.Kind, Rule: h.Rule, Version: p.Version, County: h.County, Contact: h.Contact, Primary: h.Primary,
			Reason: h.Reason, NotPermitted: h.NotPermitted, Notes: append(slices.Clone(p.Notes), beside...), Considered: p.Considered}
		if err := s.addHandover(ctx, tx, f, r, contact); err != nil {
			return err
		}
	}
	return nil
}

// routeFacts is all that routing may know of the answers.
func (s *Service) routeFacts(r *forms.Referral) workflow.Facts {
	f := workflow.Facts{
		Minor: workflow.Minor(r.UnderAge(s.Today())), Immigration: workflow.Immigration(r.Category),
		GrantedTVisa: slices.Contains(r.FederalSteps, "t_visa_granted"),
		HHSLetter:    slices.Contains(r.FederalSteps, "hhs_certification_letter") || slices.Contains(r.FederalSteps, "hhs_child_eligibility_or_interim_letter"),
		WantsNone:    slices.Contains(r.WishedLink, "neither_yet"),
		ResidesIn:    string(r.CountyNow), FoundIn: string(r.CountyFound), WishesIn: string(r.CountyWished),
		OutsideNY: r.CountyNow == "outside_new_york", CountyUnknown: r.CountyNow == forms.Unknown, Homeless: r.CountyNow == "homeless",
		InCustodyOf: string(r.CustodyOf), Tribal: r.TribalNation != "" && r.TribalNation != "none" && r.TribalNation != forms.Unknown,
		Facility: r.Living == "jail_prison_or_detention" || r.Living == "hospital",
		Sex:      slices.Contains(r.Trafficking, "sex"), Labor: slices.Contains(r.Trafficking, "labor"),
		Language: string(r.Spoken), Scope: s.scope(r), DoNotRefer: doNotRefer(r), ProviderWish: string(r.Preference),
		NeedsUncovered: uncovered(r),
	}
	if r.CountyNow == "homeless" && r.HomelessCounty != "" {
		f.ResidesIn = string(r.HomelessCounty)
	}
	if len(r.WishedLink) == 1 {
		f.WantsOnly = map[forms.Link]workflow.Kind{"rhtp_provider": workflow.KindRHTP, "ldss": workflow.KindLDSS}[r.WishedLink[0]]
	}
	return f
}

// uncovered reports whether something is needed that a district does not give:
// a safe house, or legal help.
func uncovered(r *forms.Referral) bool {
	w := r.Wanted
	return w.SafeHouse != "" || w.Immigration != "" || w.Criminal != "" || w.Family != "" || w.Wage != ""
}

// firstContact returns the line of the directory that ranks first for a
// proposed hand-over, nil when there is none.
func (s *Service) firstContact(ctx context.Context, tx *ent.Tx, facts workflow.Facts, h workflow.ProposedHandover) (*ent.ContactPoint, error) {
	if h.Kind == workflow.KindOTDA {
		return nil, nil
	}
	ranked, points, err := s.candidates(ctx, tx, facts, h.County, h.Contact)
	if err != nil || len(ranked) == 0 {
		return nil, err
	}
	return points[ranked[0].Key], nil
}

// candidates ranks the lines of the directory that serve a county.
func (s *Service) candidates(ctx context.Context, tx *ent.Tx, facts workflow.Facts, county string, kind workflow.ContactKind) ([]workflow.Ranked, map[string]*ent.ContactPoint, error) {
	rows, err := tx.ContactPoint.Query().Where(contactpoint.KindIn(kindsFor(kind)...)).All(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("referrals: reading the directory: %w", err)
	}
	points := make(map[string]*ent.ContactPoint, len(rows))
	list := make([]directory.Contact, len(rows))
	for i, row := range rows {
		points[row.Key], list[i] = row, contactOf(row)
	}
	turns, err := s.turns(ctx, tx, rows)
	if err != nil {
		return nil, nil, err
	}
	var out []workflow.Candidate
	for _, c := range directory.Serving(list, county, directory.Kind(kind), string(s.Today())) {
		out = append(out, workflow.Candidate{Key: c.Key, Name: c.Name, Languages: c.Languages, Specialties: c.Specialties, Room: -1,
			Turn: turns[points[c.Key].ID], Verified: c.Verified()})
	}
	return workflow.Rank(out, facts), points, nil
}

func kindsFor(kind workflow.ContactKind) []string {
	if kind == workflow.ContactRHTP {
		return []string{string(directory.RHTP)}
	}
	return []string{string(directory.Adult), string(directory.Child), string(directory.Any)}
}

// turns counts the hand-overs of the last 30 days by contact, so that equal
// candidates take turns.
func (s *Service) turns(ctx context.Context, tx *ent.Tx, rows []*ent.ContactPoint) (map[int]int64, error) {
	ids := make([]int, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	list, err := tx.Handover.Query().Where(handover.ContactIDIn(ids...), handover.ProposedAtGT(s.now().AddDate(0, 0, -30))).Select(handover.FieldContactID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: counting hand-overs: %w", err)
	}
	out := map[int]int64{}
	for _, h := range list {
		out[*h.ContactID]++
	}
	return out, nil
}

func contactOf(c *ent.ContactPoint) directory.Contact {
	return directory.Contact{Key: c.Key, Kind: directory.Kind(c.Kind), District: c.District, Name: c.Name, Counties: c.Counties, Region: c.Region,
		Languages: c.Languages, Specialties: c.Specialties, Phone: c.Phone, Address: c.Address, Email: c.Email, URL: c.URL, Source: c.Source,
		VerifiedOn: c.VerifiedOn, VerifiedBy: c.VerifiedBy, VerifiedHow: c.VerifiedHow, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo}
}

func verified(c *ent.ContactPoint) bool { return contactOf(c).Verified() }

func holds(c *ent.ContactPoint, on string) bool { return contactOf(c).Holds(on) }

// contactByKey returns a line of the directory that OTDA chose.
func (s *Service) contactByKey(ctx context.Context, tx *ent.Tx, key string) (*ent.ContactPoint, error) {
	c, err := tx.ContactPoint.Query().Where(contactpoint.Key(key)).WithAgency().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, forms.Problems{{ID: "contact", Field: "contact", Message: "Choose a recipient from the directory."}}
	}
	if err != nil {
		return nil, fmt.Errorf("referrals: reading the directory: %w", err)
	}
	return c, nil
}

func kindOfContact(c *ent.ContactPoint) (workflow.Kind, workflow.ContactKind) {
	return kindOfPoint(directory.Kind(c.Kind))
}

func kindOfPoint(kind directory.Kind) (workflow.Kind, workflow.ContactKind) {
	switch kind {
	case directory.RHTP:
		return workflow.KindRHTP, workflow.ContactRHTP
	case directory.Child:
		return workflow.KindLDSS, workflow.ContactChild
	}
	return workflow.KindLDSS, workflow.ContactAdult
}

// otda is the agency to which what OTDA keeps itself belongs.
func (s *Service) otda(ctx context.Context, tx *ent.Tx) (int, error) {
	id, err := tx.Agency.Query().Where(agency.Side(string(workflow.SideOTDA)), agency.Active(true)).Order(ent.Asc(agency.FieldID)).FirstID(ctx)
	if ent.IsNotFound(err) {
		return 0, fault.New(fault.Unavailable, "OTDA is not set up as an agency yet. Ask an administrator; nothing was saved.")
	}
	if err != nil {
		return 0, fmt.Errorf("referrals: reading agencies: %w", err)
	}
	return id, nil
}
