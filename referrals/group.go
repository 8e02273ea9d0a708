package referrals

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// mostPeople is how many people one group holds.
const mostPeople = 50

// Group is the referrals of several people who were met in one encounter, as
// their referrer sees them. Each person has a referral of their own, which is
// checked, sent, decided and handed over alone; the group holds only the facts
// that they have in common and which referrals they are.
type Group struct {
	Reference string // of the group; it is no referral, and only referrers know it
	Rev       int
	UpdatedAt time.Time
	Answers   *forms.Referral // the shared facts; nothing of a person
	People    []Member        // those whom the actor may see, by number
	Count     int             // of them
	Sent      int             // of them
	Behind    int             // drafts that a change of the shared facts has not reached yet
	Apart     int             // drafts that say something else of a shared fact, for their person alone
}

// Member is one person of a group: a number instead of a name, and how far the
// referral is.
type Member struct {
	Line
	N int // from 1, never given to another
}

// Together says of a referral that others are of the same encounter. Which they
// are is asked for separately and is a line of its own in the log.
type Together struct {
	N      int // the person's number; for the referrer
	People int // the referrer's own, or those that the State received
	Sent   int // of them; for the referrer
}

// Label names a group by its operation and day, and never by a person.
func (g Group) Label() string {
	what := "Encounter"
	if place := g.Answers.EncounterPlace; place != "" {
		what = forms.Facts.Field("encounterPlace").LabelOf(string(place))
	}
	if g.Answers.FirstEncounter == "" {
		return what
	}
	return what + ", " + forms.PartialDate(g.Answers.FirstEncounter).Words()
}

// sheet is what is sealed of a group beside its shared facts. A sheet lies in
// the table of referrals as a draft does, so that nothing in clear tells who was
// met together; it is never shown, sent or counted as a referral.
type sheet struct {
	People []placed `json:"people"`
	Last   int      `json:"last"` // number that was given last
}

// placed is one person's place in a group.
type placed struct {
	N   int    `json:"n"`
	Ref string `json:"ref"`
}

// membership is what is sealed with a draft of a group: the reference of the
// sheet, and the shared facts as the draft was given them, by which a later
// change knows what the referrer wrote for this person alone.
type membership struct {
	Group string          `json:"group,omitempty"`
	Given json.RawMessage `json:"given,omitempty"`
}

// beside is what is sealed beside the answers of a draft.
type beside struct {
	membership
	Sheet *sheet `json:"sheet,omitempty"`
}

// keptFacets is what is sealed beside a referral that was sent: its facets, and
// the reference of its group. The digest is over neither.
type keptFacets struct {
	Facets
	Group string `json:"group,omitempty"`
}

// groupOf is the reference of the sheet that f belongs to, "" for none.
func (s *Service) groupOf(f *file) (string, error) {
	if f.status() == workflow.Draft || len(f.row.Facets) == 0 {
		return f.group.Group, nil
	}
	var kept keptFacets
	err := f.unseal(f.row.Facets, facetsAt(f.row.Ref), &kept)
	return kept.Group, err
}

// groupIn fills in the group of a line whose referral was sent.
func (s *Service) groupIn(row *ent.Referral, one *Line) error {
	if len(row.Facets) == 0 || len(row.DataKey) == 0 {
		return nil
	}
	var kept keptFacets
	err := s.openAt(row, row.Facets, facetsAt(row.Ref), &kept)
	one.Group = kept.Group
	return err
}

// sheetAt opens the sheet of that reference, nil when there is none.
func (s *Service) sheetAt(ctx context.Context, tx *ent.Tx, ref string) (*file, error) {
	if ref == "" {
		return nil, nil
	}
	f, err := s.open(ctx, tx, ref)
	if fault.KindOf(err) == fault.NotFound || err == nil && f.sheet == nil {
		return nil, nil
	}
	return f, err
}

// ownSheet opens the group ref for its referrer: ref is the group's own
// reference, or that of one of its people. To everybody else it is absent.
func (s *Service) ownSheet(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string) (*file, error) {
	f, err := s.open(ctx, tx, ref)
	if err != nil {
		return nil, err
	}
	if f.sheet == nil {
		if s.look(f, who).extent != workflow.Whole || who.Duty != workflow.Referrer {
			return nil, fault.Absent()
		}
		group, err := s.groupOf(f)
		if err != nil {
			return nil, err
		}
		if f, err = s.sheetAt(ctx, tx, group); err != nil {
			return nil, err
		}
	}
	if f == nil || s.look(f, who).extent == workflow.Nothing {
		return nil, fault.Absent()
	}
	f.reader = forms.ReadsReferrer
	return f, nil
}

// rowsIn are the rows of the people of a sheet that keep says yes to, in the
// order of their numbers, each with its number.
func (s *Service) rowsIn(ctx context.Context, tx *ent.Tx, f *file, keep func(*ent.Referral) bool) ([]*ent.Referral, []int, error) {
	refs := make([]string, len(f.sheet.People))
	for i, p := range f.sheet.People {
		refs[i] = p.Ref
	}
	found, err := tx.Referral.Query().Where(referral.RefIn(refs...)).WithAgency().WithAssigned().All(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("referrals: reading a group: %w", err)
	}
	var rows []*ent.Referral
	var numbers []int
	for _, p := range f.sheet.People {
		i := slices.IndexFunc(found, func(r *ent.Referral) bool { return r.Ref == p.Ref })
		if i >= 0 && len(found[i].DataKey) > 0 && keep(found[i]) {
			rows, numbers = append(rows, found[i]), append(numbers, p.N)
		}
	}
	return rows, numbers, nil
}

// seenBy keeps the rows that a referrer may see.
func seenBy(who workflow.Actor) func(*ent.Referral) bool {
	return func(r *ent.Referral) bool {
		return workflow.CanSee(who, workflow.Status(r.Status), workflow.Circumstances{AgencyID: r.AgencyID, AuthorID: r.AuthorID})
	}
}

// received keeps the rows that the State has and that stand: never a draft, and
// not what was withdrawn.
func received(r *ent.Referral) bool { return slices.Contains(sent, workflow.Status(r.Status)) }

// outline is what a list shows of the group f: its label's facts and counts.
func (s *Service) outline(f *file, rows []*ent.Referral) Group {
	g := Group{Reference: f.row.Ref, Rev: f.row.Rev, UpdatedAt: f.row.UpdatedAt, Answers: f.answers, Count: len(rows)}
	for _, r := range rows {
		if r.Status != string(workflow.Draft) {
			g.Sent++
		}
	}
	return g
}

// gather takes the sheets out of the lines of a referrer's list and adds each
// group that a line belongs to, once.
func (s *Service) gather(ctx context.Context, tx *ent.Tx, who workflow.Actor, page *Page) error {
	for _, l := range page.Lines {
		if l.Group == "" || slices.ContainsFunc(page.Groups, func(g Group) bool { return g.Reference == l.Group }) {
			continue
		}
		f, err := s.sheetAt(ctx, tx, l.Group)
		if err != nil {
			return err
		}
		if f == nil || s.look(f, who).extent == workflow.Nothing {
			continue
		}
		rows, _, err := s.rowsIn(ctx, tx, f, seenBy(who))
		if err != nil {
			return err
		}
		page.Groups = append(page.Groups, s.outline(f, rows))
	}
	page.Lines = slices.DeleteFunc(page.Lines, func(l Line) bool { return l.Group == l.Reference })
	for i, l := range page.Lines {
		if !slices.ContainsFunc(page.Groups, func(g Group) bool { return g.Reference == l.Group }) {
			page.Lines[i].Group = "" // the group is not theirs to see, or was discarded
		}
	}
	return nil
}

// addGroup says of a referral how many others are of the same encounter, to its
// referrer and to the State, and to nobody else.
func (s *Service) addGroup(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, out *Record) error {
	own := look.reader == forms.ReadsReferrer
	if !own && look.reader != forms.ReadsReviewer && look.reader != forms.ReadsProgram {
		return nil
	}
	group, err := s.groupOf(f)
	if err != nil {
		return err
	}
	sheet, err := s.sheetAt(ctx, tx, group)
	if err != nil || sheet == nil {
		return err
	}
	i := slices.IndexFunc(sheet.sheet.People, func(p placed) bool { return p.Ref == f.row.Ref })
	if i < 0 || own && s.look(sheet, who).extent == workflow.Nothing {
		return nil
	}
	keep := received
	if own {
		keep = seenBy(who)
	}
	rows, _, err := s.rowsIn(ctx, tx, sheet, keep)
	if err != nil {
		return err
	}
	unseen, err := s.unseen(ctx, tx, who, rows)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(row *ent.Referral) bool { return unseen[row.ID] })
	switch {
	case own:
		g := s.outline(sheet, rows)
		out.Group = &Together{N: sheet.sheet.People[i].N, People: g.Count, Sent: g.Sent}
	case len(rows) > 1:
		out.Group = &Together{People: len(rows)}
	}
	return nil
}

// Encounter returns the referrals of the same encounter as ref that the State
// received, that one among them, in the order in which they were numbered. It is
// for reviewers, directors and program staff, and says of each no more than how
// far it is; one line in the log names all that it showed, as for any list.
func (s *Service) Encounter(ctx context.Context, who workflow.Actor, ref string) ([]Line, error) {
	var out []Line
	err := s.do(ctx, who, "list", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if look.reader != forms.ReadsReviewer && look.reader != forms.ReadsProgram || look.extent != workflow.Whole {
			return fault.Absent()
		}
		group, err := s.groupOf(f)
		if err != nil {
			return err
		}
		sheet, err := s.sheetAt(ctx, tx, group)
		if err != nil {
			return err
		}
		if sheet == nil || !slices.ContainsFunc(sheet.sheet.People, func(p placed) bool { return p.Ref == f.row.Ref }) {
			return fault.Absent()
		}
		rows, _, err := s.rowsIn(ctx, tx, sheet, received)
		if err != nil {
			return err
		}
		unseen, err := s.unseen(ctx, tx, who, rows)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(row *ent.Referral) bool { return unseen[row.ID] })
		if len(rows) < 2 {
			return fault.Absent()
		}
		out = make([]Line, len(rows))
		for i, row := range rows {
			out[i] = lineOf(who, row)
			if row.Edges.Assigned != nil {
				out[i].HeldBy = row.Edges.Assigned.Name
			}
		}
		return s.record(ctx, tx, s.line(who, "list", Page{Lines: out}.refs()...))
	})
	return out, err
}

// groupsOnce is how many referrals an account began since a moment, each group
// counted once.
func (s *Service) groupsOnce(ctx context.Context, tx *ent.Tx, who workflow.Actor, since time.Time) (int, error) {
	rows, err := tx.Referral.Query().Where(referral.AuthorID(who.ID), referral.CreatedAtGT(since)).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: counting: %w", err)
	}
	drafts := map[int]*ent.Referral{}
	var ids []int
	groups, n := map[string]bool{}, 0
	count := func(group string) {
		if group == "" || !groups[group] {
			n++
		}
		groups[group] = true
	}
	for _, row := range rows {
		if row.Status == string(workflow.Draft) {
			drafts[row.ID], ids = row, append(ids, row.ID)
			continue
		}
		var one Line
		if err := s.groupIn(row, &one); err != nil {
			return 0, err
		}
		count(one.Group)
	}
	kept, err := tx.Answers.Query().Where(answers.ReferralIDIn(ids...), answers.Version(0)).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: counting: %w", err)
	}
	for _, a := range kept {
		row := drafts[a.ReferralID]
		var kept struct {
			Beside beside `json:"beside"`
		}
		if err := s.openAt(row, a.Sealed, answersAt(row.Ref, 0), &kept); err != nil {
			return 0, err
		}
		if kept.Beside.Sheet != nil {
			kept.Beside.Group = row.Ref
		}
		count(kept.Beside.Group)
	}
	return n, nil
}
