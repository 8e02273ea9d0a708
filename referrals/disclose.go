package referrals

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/disclosure"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// Disclosure is an answer about one referral to somebody outside who demands it,
// as staff of DCJS work on it.
type Disclosure struct {
	Reference string
	N         int
	Status    workflow.DisclosureStatus
	Rev       int
	CreatedAt time.Time
	DueAt     time.Time
	EndedAt   time.Time // released or canceled; zero: not yet
	Asked     DisclosureAsked
	Fields    []PickField // what can be picked, in the order of the form
	Given     forms.View  // what is given as it is picked now: nothing but that
	Index     []IndexLine // what is held, without a word of it
	Said      []HoldWord
	Digest    string // SHA-256 of the package, in hex; once it was released
	Offers    []workflow.DisclosureOffer
}

// DisclosureAsked is what somebody outside demands, and what was decided of it.
type DisclosureAsked struct {
	Demand    string     `json:"demand"` // code of workflow.Demands
	Asker     string     `json:"asker"`  // who demands it, and the number of the matter
	Scope     string     `json:"scope"`  // what is demanded
	Due       forms.Date `json:"due"`    // by when it is to be answered
	Tell      string     `json:"tell"`   // code of workflow.TellPersons
	TellWords string     `json:"tellWords,omitempty"`
}

// The picks of a field. What is not picked is not given.
const (
	PickGive       = "give"
	PickPrivileged = "privileged" // not given, and named as withheld for a privilege
)

// PickField is one answer that can be picked.
type PickField struct {
	Key     string // names it in Picks
	Section string
	Code    string // of the question: "C1"
	Label   string
	Masked  bool // something of it is masked to reviewers; a court alone reaches it
	Pick    string
}

// IndexLine is one kind of thing that is held of a referral.
type IndexLine struct {
	What string
	N    int
}

// DisclosureAct is something that somebody does to a disclosure.
type DisclosureAct struct {
	Ref    string
	N      int // of the disclosure; 0 prepares a new one
	Rev    int // of the disclosure, as it was seen
	Do     workflow.Action
	Reason string            // why, where the step asks
	Asked  DisclosureAsked   // to prepare; its decision about telling the person also to pick
	Picks  map[string]string // to pick: by the key of a field
}

// disclosed is what is sealed of a disclosure.
type disclosed struct {
	Asked DisclosureAsked   `json:"asked"`
	Picks map[string]string `json:"picks,omitempty"`
	Hands []int             `json:"hands"`           // accounts that had a hand in it
	Stood string            `json:"stood,omitempty"` // how the referral stood when it was proposed
	Said  []holdSaid        `json:"said"`
}

func disclosureAt(ref string, n int) seal.Place {
	return seal.Place{Table: "disclosures", Column: "sealed", Row: ref, Version: n}
}

// answering is a disclosure that is worked on.
type answering struct {
	row   *ent.Disclosure
	about disclosed
}

// Disclosures returns the disclosures of a referral, the last first, without
// what could be picked. To everybody but staff of DCJS there are none.
func (s *Service) Disclosures(ctx context.Context, who workflow.Actor, ref string) ([]Disclosure, error) {
	var out []Disclosure
	err := s.do(ctx, who, "read_disclosures", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.disclosing(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		list, err := s.readDisclosures(ctx, tx, f)
		if err != nil {
			return err
		}
		out = nil
		for _, a := range slices.Backward(list) {
			out = append(out, headOf(who, f, look, a))
		}
		return s.record(ctx, tx, s.line(who, "read_disclosures", f.row.Ref))
	})
	return out, err
}

// Disclosure returns one disclosure of a referral, with what it gives as it is
// picked now.
func (s *Service) Disclosure(ctx context.Context, who workflow.Actor, ref string, n int) (Disclosure, error) {
	var out Disclosure
	err := s.do(ctx, who, "read_disclosure", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.disclosing(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		a, err := s.answeringN(ctx, tx, f, n)
		if err != nil {
			return err
		}
		if out, err = s.disclosureFor(ctx, tx, who, f, look, a); err != nil {
			return err
		}
		return s.record(ctx, tx, s.disclosureLine(who, "read_disclosure", f, a))
	})
	return out, err
}

// disclosing opens a referral for somebody who may know of its disclosures.
func (s *Service) disclosing(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string) (*file, sight, error) {
	f, look, err := s.visible(ctx, tx, who, ref)
	if err == nil && !workflow.SeesDisclosures(who) {
		err = fault.Absent()
	}
	return f, look, err
}

// disclosureLine begins the audit line of something about a disclosure: which
// answers are picked, by what demand, and what was decided about telling the
// person, by codes.
func (s *Service) disclosureLine(who workflow.Actor, action string, f *file, a answering) audit.Line {
	l := s.line(who, action, f.row.Ref)
	l.Fields = a.about.ids(PickGive)
	l.Reason = fmt.Sprintf("disclosure %d: %s; %s%s", a.row.N, a.about.Asked.Demand, lineTells, a.about.Asked.Tell)
	return l
}

// lineTells is how a line of the log says what was decided about telling the
// person.
const lineTells = "telling the person: "

// ids are the ids of the questions that are picked so, each once.
func (d disclosed) ids(pick string) []string {
	var out []string
	for key, p := range d.Picks {
		if _, id, ok := strings.Cut(key, ":"); ok && p == pick && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func (s *Service) readDisclosures(ctx context.Context, tx *ent.Tx, f *file) ([]answering, error) {
	rows, err := tx.Disclosure.Query().Where(disclosure.ReferralID(f.row.ID)).Order(ent.Asc(disclosure.FieldN)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading disclosures: %w", err)
	}
	out := make([]answering, len(rows))
	for i, row := range rows {
		out[i].row = row
		if err := f.unseal(row.Sealed, disclosureAt(f.row.Ref, row.N), &out[i].about); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// answeringN is disclosure n of f, or fault.Absent.
func (s *Service) answeringN(ctx context.Context, tx *ent.Tx, f *file, n int) (answering, error) {
	list, err := s.readDisclosures(ctx, tx, f)
	if err != nil {
		return answering{}, err
	}
	if n < 1 || n > len(list) {
		return answering{}, fault.Absent()
	}
	return list[n-1], nil
}

// headOf is what stands of a disclosure without its fields.
func headOf(who workflow.Actor, f *file, look sight, a answering) Disclosure {
	out := Disclosure{Reference: f.row.Ref, N: a.row.N, Status: workflow.DisclosureStatus(a.row.Status), Rev: a.row.Rev, CreatedAt: a.row.CreatedAt, DueAt: a.row.DueAt,
		Asked: a.about.Asked}
	if a.row.EndedAt != nil {
		out.EndedAt = *a.row.EndedAt
	}
	c := look.c
	c.Firsts = a.about.Hands
	out.Offers = workflow.OpenDisclosures(who, out.Status, c)
	return out
}

// disclosureFor is a disclosure as who works on it.
func (s *Service) disclosureFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight, a answering) (Disclosure, error) {
	out := headOf(who, f, look, a)
	demand, _ := workflow.DemandOf(a.about.Asked.Demand)
	out.Fields = s.pickable(f, demand.Fields)
	for i := range out.Fields {
		out.Fields[i].Pick = a.about.Picks[out.Fields[i].Key]
	}
	out.Given = s.givenBy(f, a.about)
	var err error
	if out.Index, err = s.indexOf(ctx, tx, f); err != nil {
		return Disclosure{}, err
	}
	var ids []int
	for _, said := range a.about.Said {
		ids = append(ids, said.By)
	}
	names, err := namesOf(ctx, tx, ids)
	if err != nil {
		return Disclosure{}, err
	}
	for _, said := range a.about.Said {
		out.Said = append(out.Said, HoldWord{said.Do, said.At, names[said.By], said.Why})
	}
	if out.Status == workflow.DisclosureReleased {
		doc, err := s.packageRow(ctx, tx, f, a.row.N)
		if err != nil {
			return Disclosure{}, err
		}
		out.Digest = doc.Digest
	}
	return out, nil
}

// wholeView is what one reader sees of f: the auditor, where codes and dates are
// all that can be picked, else the reviewer. Of a withdrawn referral nothing is
// left to see.
func (s *Service) wholeView(f *file, fields workflow.Pickable) forms.View {
	look := sight{extent: workflow.Whole, reader: forms.ReadsReviewer, c: s.circumstances(f, nil)}
	if fields == workflow.CodesDates {
		look.reader = forms.ReadsAuditor
	}
	if fields == workflow.IndexOnly || f.status() == workflow.Withdrawn {
		return forms.View{Reader: look.reader}
	}
	revealed := map[string]bool{}
	if fields == workflow.Everything {
		for _, id := range s.view(f, look, nil).Masked() {
			revealed[id] = true
		}
	}
	return s.view(f, look, revealed)
}

// pickable are the answers that can be picked, each with whether something of it
// is masked to reviewers.
func (s *Service) pickable(f *file, fields workflow.Pickable) []PickField {
	masked := map[string]bool{}
	for _, p := range s.wholeView(f, workflow.Unmasked).Parts {
		for _, it := range p.Items {
			masked[pickKey(p, it)] = it.Masks()
		}
	}
	var out []PickField
	for _, p := range s.wholeView(f, fields).Parts {
		for _, it := range p.Items {
			key := pickKey(p, it)
			if !it.Masked {
				out = append(out, PickField{Key: key, Section: p.Title, Code: it.ID, Label: it.Label, Masked: masked[key]})
			}
		}
	}
	return out
}

// pickKey names an answer among the picks: the form, the number of the hand-over,
// and the id of the question.
func pickKey(p forms.Part, it forms.Item) string {
	return p.Form + "." + strconv.Itoa(p.N) + ":" + it.ID
}

// givenBy is what the picks give, and nothing else.
func (s *Service) givenBy(f *file, a disclosed) forms.View {
	demand, _ := workflow.DemandOf(a.Asked.Demand)
	return s.wholeView(f, demand.Fields).Only(func(p forms.Part, it forms.Item) bool { return a.Picks[pickKey(p, it)] == PickGive })
}

// indexOf is what is held of f, without a word of it: the same kinds for every
// referral.
func (s *Service) indexOf(ctx context.Context, tx *ent.Tx, f *file) ([]IndexLine, error) {
	letters, err := tx.Letter.Query().Where(letterOf(f)).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: counting letters: %w", err)
	}
	papers, err := tx.Document.Query().Where(paperOf(f)).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: counting papers: %w", err)
	}
	return []IndexLine{{"Answers to the form, by version", f.version}, {"Acts on the record", len(f.entries)}, {"Hand-overs", len(f.handovers)},
		{"Letters and notices", letters}, {"Papers that were drawn and kept", papers}}, nil
}

// dueOf is close of business of the day that a demand names.
func (s *Service) dueOf(day forms.Date) (time.Time, bool) {
	if !day.Valid() {
		return time.Time{}, false
	}
	due := s.closing(day)
	return due, !due.IsZero()
}
