package referrals

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/pairentry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// pairFind is what the program does of itself; it is no step of the table.
const pairFind = workflow.Action("find")

// pairEvent is one thing that was found or decided of a pair, as one of the two
// referrals keeps it.
type pairEvent struct {
	Other    string          `json:"other"` // reference of the other one
	Do       workflow.Action `json:"do"`
	Score    int             `json:"score,omitempty"`
	Strength forms.Strength  `json:"strength,omitempty"`
	Reasons  []match.Reason  `json:"reasons,omitempty"`
	Why      forms.Prose     `json:"why,omitempty"`
	Known    int             `json:"known,omitempty"` // facts that came in to both before it was decided
}

// pair is another referral that may be, or is, about the same person: what was
// found and decided, and what is known of it now.
type pair struct {
	row     *ent.Referral // the other one
	found   pairEvent
	foundAt time.Time
	decided *pairEvent // nil: nobody decided, or it was undone
	at      time.Time  // of the decision
	by      string     // who decided
	events  int
	facts   int      // facts that came in to both until now
	with    []string // recipients that have, or had, the other one
}

func pairEntryAt(ref string, seq int) seal.Place {
	return seal.Place{Table: "pair_entries", Column: "sealed", Row: ref, Version: seq}
}

// again reports whether facts came in since it was decided.
func (p *pair) again() bool { return p.decided != nil && p.facts > p.decided.Known }

// status is where the pair stands: with new facts, it is asked again.
func (p *pair) status() workflow.PairStatus {
	switch {
	case p.decided == nil || p.again():
		return workflow.PairFound
	case p.decided.Do == workflow.Link:
		return workflow.PairLinked
	}
	return workflow.PairDismissed
}

// linked reports whether the last decision stands that it is the same person.
// New facts ask again, and undo nothing.
func (p *pair) linked() bool { return p.decided != nil && p.decided.Do == workflow.Link }

// pairOf returns the pair of f with the referral other, or nil.
func (f *file) pairOf(other string) *pair {
	i := slices.IndexFunc(f.pairs, func(p *pair) bool { return p.row.Ref == other })
	if i < 0 {
		return nil
	}
	return f.pairs[i]
}

// readPairs reads which other referrals may be about the same person, what
// speaks most for it first, as far as who may see them: nobody calls it for a
// referrer or a recipient, and whoever stepped back from one sees no pair of it.
// The program itself is the zero actor.
func (s *Service) readPairs(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file) error {
	rows, err := tx.PairEntry.Query().Where(pairentry.ReferralID(f.row.ID)).Order(ent.Asc(pairentry.FieldSeq)).WithAuthor().All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading pairs: %w", err)
	}
	byRef := map[string]*pair{}
	for _, row := range rows {
		var e pairEvent
		if err := f.unseal(row.Sealed, pairEntryAt(f.row.Ref, row.Seq), &e); err != nil {
			return err
		}
		if byRef[e.Other] == nil {
			byRef[e.Other] = &pair{}
		}
		byRef[e.Other].add(row, e)
	}
	f.pairs, f.pairsRead = nil, true
	if len(byRef) == 0 {
		return nil
	}
	if err := s.meetOthers(ctx, tx, who, f, byRef); err != nil {
		return err
	}
	slices.SortFunc(f.pairs, func(a, b *pair) int {
		return cmp.Or(cmp.Compare(b.found.Score, a.found.Score), a.foundAt.Compare(b.foundAt), cmp.Compare(a.row.Ref, b.row.Ref))
	})
	return nil
}

// add folds one more event.
func (p *pair) add(row *ent.PairEntry, e pairEvent) {
	p.events++
	switch e.Do {
	case pairFind:
		p.found, p.foundAt = e, row.At
		return
	case workflow.Undo:
		p.decided = nil
	default:
		p.decided = &e
	}
	p.at, p.by = row.At, ""
	if who := row.Edges.Author; who != nil {
		p.by = who.Name
	}
}

// meetOthers finds the other referrals as they are now. One that was withdrawn
// or shredded is no pair any more, and neither is one that is alike no longer.
func (s *Service) meetOthers(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, byRef map[string]*pair) error {
	refs := make([]string, 0, len(byRef))
	for ref := range byRef {
		refs = append(refs, ref)
	}
	rows, err := tx.Referral.Query().Where(referral.RefIn(refs...), referral.SubmittedAtNotNil(), referral.StatusNEQ(string(workflow.Withdrawn)),
		referral.DataKeyNotNil()).WithAgency().All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading pairs: %w", err)
	}
	facts, err := factsOf(ctx, tx, f, rows)
	if err != nil {
		return err
	}
	hidden, err := s.unseen(ctx, tx, who, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		p := byRef[row.Ref]
		if hidden[row.ID] || p.decided == nil && p.found.Strength == match.None {
			continue
		}
		p.row, p.facts = row, facts[f.row.ID]+facts[row.ID]
		f.pairs = append(f.pairs, p)
	}
	return s.whereLinked(ctx, tx, f)
}

// factsOf counts the acts by which facts came in to f and to others, by number.
func factsOf(ctx context.Context, tx *ent.Tx, f *file, others []*ent.Referral) (map[int]int, error) {
	ids := []int{f.row.ID}
	for _, row := range others {
		ids = append(ids, row.ID)
	}
	var acts []string
	for _, do := range workflow.Actions() {
		if workflow.Reopens(do) {
			acts = append(acts, string(do))
		}
	}
	var counts []struct {
		ID int `json:"referral_id"`
		N  int `json:"count"`
	}
	err := tx.Entry.Query().Where(entry.ReferralIDIn(ids...), entry.ActionIn(acts...)).GroupBy(entry.FieldReferralID).Aggregate(ent.Count()).Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("referrals: counting facts: %w", err)
	}
	out := map[int]int{}
	for _, one := range counts {
		out[one.ID] = one.N
	}
	return out, nil
}

// handedOver are the statuses of a hand-over that a recipient has: all but those
// of one that was not sent, was given back or has ended.
var handedOver = func() []string {
	var out []string
	for _, at := range workflow.HandoverStatuses() {
		if !slices.Contains([]workflow.HandoverStatus{workflow.Proposed, workflow.Returned, workflow.HandoverClosed}, at) {
			out = append(out, string(at))
		}
	}
	return out
}()

// whereLinked finds to whom linked referrals were handed over. What OTDA keeps
// itself, what was given back and what ended before the person was reached does
// not count.
func (s *Service) whereLinked(ctx context.Context, tx *ent.Tx, f *file) error {
	byID := map[int]*pair{}
	var ids []int
	for _, p := range f.pairs {
		if p.linked() {
			byID[p.row.ID] = p
			ids = append(ids, p.row.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := tx.Handover.Query().Where(handover.ReferralIDIn(ids...), handover.Or(handover.StatusIn(handedOver...),
		handover.And(handover.Status(string(workflow.HandoverClosed)), handover.ReachedAtNotNil()))).WithAgency().WithContact().Order(ent.Asc(handover.FieldN)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading hand-overs of a pair: %w", err)
	}
	for _, row := range rows {
		p := byID[row.ReferralID]
		h := passed{Handover: row, contact: row.Edges.Contact, agency: row.Edges.Agency}
		if err := s.openAt(p.row, row.Sealed, handoverAt(p.row.Ref, row.N), &h.route); err != nil {
			return err
		}
		if h.route.Kind != workflow.KindOTDA {
			p.with = append(p.with, h.name())
		}
	}
	return nil
}

// elsewhere reports whether a linked referral of f was handed over.
func (f *file) elsewhere() bool {
	return slices.ContainsFunc(f.pairs, func(p *pair) bool { return len(p.with) > 0 })
}

// enterPair keeps on both sides what was found or decided. Somebody who wrote
// at the same moment makes it fault.Conflict.
func (s *Service) enterPair(ctx context.Context, tx *ent.Tx, who workflow.Actor, a, b *ent.Referral, said pairEvent) error {
	sides := [][2]*ent.Referral{{a, b}, {b, a}}
	slices.SortFunc(sides, func(x, y [2]*ent.Referral) int { return cmp.Compare(x[0].ID, y[0].ID) }) // all lock in one order
	for _, side := range sides {
		said.Other = side[1].Ref
		if err := s.enterSide(ctx, tx, who, side[0], said); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) enterSide(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Referral, said pairEvent) error {
	last, err := tx.PairEntry.Query().Where(pairentry.ReferralID(row.ID)).Order(ent.Desc(pairentry.FieldSeq)).Limit(1).Select(pairentry.FieldSeq).Ints(ctx)
	if err != nil {
		return fmt.Errorf("referrals: numbering a pair: %w", err)
	}
	seq := 1
	if len(last) > 0 {
		seq = last[0] + 1
	}
	key, err := s.Ring.Key(row.DataKey, row.Ref)
	if err != nil {
		return fmt.Errorf("referrals: opening the key: %w", err)
	}
	text, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("referrals: sealing a pair: %w", err)
	}
	add := tx.PairEntry.Create().SetReferralID(row.ID).SetSeq(seq).SetAt(s.now()).SetSealed(key.Seal(text, pairEntryAt(row.Ref, seq)))
	if who.ID != 0 {
		add.SetAuthorID(who.ID)
	}
	err = add.Exec(ctx)
	if ent.IsConstraintError(err) {
		return pairMovedOn()
	}
	if err != nil {
		return fmt.Errorf("referrals: entering a pair: %w", err)
	}
	return nil
}

// pairMovedOn is the answer to a decision on what somebody else changed.
func pairMovedOn() error {
	return fault.New(fault.Conflict, "Somebody else decided about these two referrals, or facts came in, since you read them. Look at them again, then decide; nothing of yours was saved.")
}
