package referrals

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
)

// LineSearch narrows the directory to lines that OTDA may choose from. Without a
// county and a name it is every verified line.
type LineSearch struct {
	County string // code
	Name   string // a part of the name, whatever the case

	Instead int // number of the hand-over that goes elsewhere; 0: one more is proposed
}

// MostLines is how many lines one search offers.
const MostLines = 60

// toPeople are the kinds of lines to which a person can be handed over.
var toPeople = []string{string(directory.Adult), string(directory.Child), string(directory.Any), string(directory.RHTP)}

// linesFor are the lines of the directory in use that a search finds, verified ones
// first, then by name: none that has the person already, and none that the person
// does not wish or that is not for people of that age.
func (s *Service) linesFor(ctx context.Context, tx *ent.Tx, f *file, search *LineSearch) ([]Candidate, error) {
	if search == nil {
		return nil, nil
	}
	rows, err := tx.ContactPoint.Query().Where(contactpoint.KindIn(toPeople...)).Order(ent.Asc(contactpoint.FieldName, contactpoint.FieldKey)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading the directory: %w", err)
	}
	var out []Candidate
	for _, row := range rows {
		point := contactOf(row)
		if holds(row, string(s.Today())) && search.finds(point) && !f.goesTo(row, search.Instead) && !f.tookBack(row, 0) && !excluded(f.answers, row.Key, row.Name) && s.unfit(f.answers, point) == "" {
			out = append(out, Candidate{Key: row.Key, Name: row.Name, Verified: point.Verified(), Point: point, agency: row.AgencyID})
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		switch {
		case a.Verified == b.Verified:
			return 0
		case a.Verified:
			return -1
		}
		return 1
	})
	return out[:min(len(out), MostLines)], nil
}

// addAsked says of each line since when the administrator is asked to verify it.
func (s *Service) addAsked(ctx context.Context, tx *ent.Tx, out *Record) error {
	asked, err := s.askedLines(ctx, tx)
	if err != nil {
		return err
	}
	mark := func(list []Candidate) {
		for i := range list {
			list[i].AskedOn = asked[list[i].Key]
		}
	}
	mark(out.Lines)
	if out.Proposal != nil {
		mark(out.Proposal.Candidates)
	}
	for i := range out.Handover {
		mark(out.Handover[i].Candidates)
		out.Handover[i].AskedOn = asked[out.Handover[i].Contact]
	}
	return nil
}

// goesTo reports whether the person has an open hand-over to the line besides
// hand-over n, or, where n is none, to its agency.
func (f *file) goesTo(row *ent.ContactPoint, n int) bool {
	if h := f.handover(n); h != nil {
		return h.contact != nil && h.contact.ID == row.ID || f.hasBeside(h, row)
	}
	return f.has(row)
}

func (l LineSearch) finds(c directory.Contact) bool {
	name := strings.ToLower(strings.TrimSpace(l.Name))
	if l.County == "" && name == "" {
		return c.Verified()
	}
	return (l.County == "" || c.Serves(l.County)) && strings.Contains(strings.ToLower(c.Name), name)
}
