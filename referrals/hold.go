package referrals

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"nysreferral/ent"
	"nysreferral/ent/hold"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// Hold is a legal hold on a referral, as the State sees it.
type Hold struct {
	N        int
	Status   workflow.HoldStatus
	Rev      int
	PlacedAt time.Time
	EndedAt  time.Time // zero: it stands
	Said     []HoldWord
	Offers   []workflow.HoldOffer
}

// HoldWord is what was done to a hold, and why.
type HoldWord struct {
	Do  workflow.Action
	At  time.Time
	Who string
	Why string
}

// HoldAct is something that somebody does to a hold.
type HoldAct struct {
	Ref    string
	N      int // of the hold; 0 places a new one
	Rev    int // of the hold, as it was seen
	Do     workflow.Action
	Reason string
}

// heldAbout is what is sealed of a hold.
type heldAbout struct {
	Said []holdSaid `json:"said"`
}

// holdSaid is one step with its words and whose they are.
type holdSaid struct {
	Do  workflow.Action `json:"do"`
	At  time.Time       `json:"at"`
	By  int             `json:"by"`
	Why string          `json:"why,omitempty"`
}

// holding are the statuses in which a hold keeps a referral.
var holding = func() []string {
	var out []string
	for _, s := range workflow.HoldStatuses() {
		if s.Holds() {
			out = append(out, string(s))
		}
	}
	return out
}()

func holdAt(ref string, n int) seal.Place {
	return seal.Place{Table: "holds", Column: "sealed", Row: ref, Version: n}
}

// Hold places a legal hold on a referral that was sent, asks that one ends, has
// it stay, or ends it as the second person. It returns the hold as it stands
// then; forms.Problems without a reason, fault.Conflict when the hold moved on,
// fault.Forbidden to the person who asked that it ends.
func (s *Service) Hold(ctx context.Context, who workflow.Actor, a HoldAct) (Hold, error) {
	var out Hold
	action := "hold_" + string(a.Do)
	err := s.do(ctx, who, action, a.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, a.Ref)
		if err != nil {
			return err
		}
		if !workflow.SeesHolds(who) {
			return fault.Absent()
		}
		list, err := s.readHolds(ctx, tx, f)
		if err != nil {
			return err
		}
		h, err := held(list, a)
		if err != nil {
			return err
		}
		reason, bad := tidyReason(a.Reason)
		if err := bad.Err(); err != nil {
			return err
		}
		c := look.c
		c.HasReason, c.Firsts = reason != "", firstsOf(h.row.AskedByID)
		step, err := workflow.NextHold(who, a.Do, workflow.HoldStatus(h.row.Status), c)
		if err != nil {
			return refusedHere(err)
		}
		h.about.Said = append(h.about.Said, holdSaid{a.Do, s.now(), who.ID, reason})
		if err := s.keepHold(ctx, tx, who, f, h, step.To); err != nil {
			return err
		}
		if out, err = s.holdFor(ctx, tx, who, look, h); err != nil {
			return err
		}
		l := s.line(who, action, f.row.Ref)
		l.Rule = step.Law
		return s.record(ctx, tx, l)
	})
	return out, err
}

// heldBy is a hold with what is sealed of it.
type heldBy struct {
	row   *ent.Hold
	about heldAbout
}

// held returns the hold that a means, as it was seen; a new one for number 0.
func held(list []heldBy, a HoldAct) (heldBy, error) {
	if a.N == 0 {
		return heldBy{row: &ent.Hold{N: len(list) + 1}}, nil
	}
	if a.N < 0 || a.N > len(list) {
		return heldBy{}, fault.Absent()
	}
	h := list[a.N-1]
	if h.row.Rev != a.Rev {
		return heldBy{}, fault.New(fault.Conflict, "This legal hold moved on since you opened it. Look at it again, then decide; nothing of yours was saved.")
	}
	return h, nil
}

func firstsOf(ids ...*int) []int {
	var out []int
	for _, id := range ids {
		if id != nil {
			out = append(out, *id)
		}
	}
	return out
}

// keepHold writes a hold that now stands at to. The row of the referral is
// locked first, so that nothing destroys it meanwhile.
func (s *Service) keepHold(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, h heldBy, to workflow.HoldStatus) error {
	if err := lockKept(ctx, tx, f); err != nil {
		return err
	}
	sealed, err := f.sealed(h.about, holdAt(f.row.Ref, h.row.N))
	if err != nil {
		return err
	}
	if h.row.ID == 0 {
		row, err := tx.Hold.Create().SetReferralID(f.row.ID).SetN(h.row.N).SetStatus(string(to)).SetPlacedAt(s.now()).SetPlacedByID(who.ID).SetSealed(sealed).Save(ctx)
		if err != nil {
			return fmt.Errorf("referrals: placing a legal hold: %w", err)
		}
		*h.row = *row
		return nil
	}
	up := tx.Hold.Update().Where(hold.ID(h.row.ID), hold.Rev(h.row.Rev)).SetStatus(string(to)).SetSealed(sealed).AddRev(1)
	switch to {
	case workflow.LiftAsked:
		up.SetAskedByID(who.ID)
	case workflow.Lifted:
		up.SetEndedAt(s.now())
	default:
		up.ClearAskedByID()
	}
	n, err := up.Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: changing a legal hold: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "Somebody else was first with this legal hold. Look at it again; nothing of yours was saved.")
	}
	row, err := tx.Hold.Get(ctx, h.row.ID)
	if err != nil {
		return fmt.Errorf("referrals: reading a legal hold: %w", err)
	}
	*h.row = *row
	return nil
}

// lockKept locks the row of f until the unit of work ends, and changes nothing
// of it. A referral that was destroyed meanwhile is a conflict.
func lockKept(ctx context.Context, tx *ent.Tx, f *file) error {
	n, err := tx.Referral.Update().Where(referral.ID(f.row.ID), referral.DataKeyNotNil()).AddRev(0).Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: locking: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This referral was destroyed meanwhile.")
	}
	return nil
}

func (s *Service) readHolds(ctx context.Context, tx *ent.Tx, f *file) ([]heldBy, error) {
	rows, err := tx.Hold.Query().Where(hold.ReferralID(f.row.ID)).Order(ent.Asc(hold.FieldN)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading legal holds: %w", err)
	}
	out := make([]heldBy, len(rows))
	for i, row := range rows {
		out[i].row = row
		if err := f.unseal(row.Sealed, holdAt(f.row.Ref, row.N), &out[i].about); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// holdsFor are the holds of f as who may see them, the last first.
func (s *Service) holdsFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, f *file, look sight) ([]Hold, error) {
	if !workflow.SeesHolds(who) {
		return nil, nil
	}
	list, err := s.readHolds(ctx, tx, f)
	if err != nil {
		return nil, err
	}
	var out []Hold
	for i := len(list) - 1; i >= 0; i-- {
		one, err := s.holdFor(ctx, tx, who, look, list[i])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (s *Service) holdFor(ctx context.Context, tx *ent.Tx, who workflow.Actor, look sight, h heldBy) (Hold, error) {
	out := Hold{N: h.row.N, Status: workflow.HoldStatus(h.row.Status), Rev: h.row.Rev, PlacedAt: h.row.PlacedAt}
	if h.row.EndedAt != nil {
		out.EndedAt = *h.row.EndedAt
	}
	var ids []int
	for _, said := range h.about.Said {
		ids = append(ids, said.By)
	}
	names, err := namesOf(ctx, tx, ids)
	if err != nil {
		return Hold{}, err
	}
	for _, said := range h.about.Said {
		out.Said = append(out.Said, HoldWord{said.Do, said.At, names[said.By], said.Why})
	}
	c := look.c
	c.Firsts = firstsOf(h.row.AskedByID)
	out.Offers = workflow.OpenHold(who, out.Status, c)
	return out, nil
}

// Holds returns the legal holds of a referral, for the State. Whoever may see
// the referral, and not its holds, finds nothing.
func (s *Service) Holds(ctx context.Context, who workflow.Actor, ref string) ([]Hold, error) {
	var out []Hold
	err := s.do(ctx, who, "read_holds", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if !workflow.SeesHolds(who) {
			return fault.Absent()
		}
		if out, err = s.holdsFor(ctx, tx, who, f, look); err != nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, "read_holds", f.row.Ref))
	})
	return out, err
}

// holdLines are the referrals that are held, as far as who may know of them.
func (s *Service) holdLines(ctx context.Context, tx *ent.Tx, who workflow.Actor) ([]HoldLine, error) {
	if !workflow.SeesHolds(who) {
		return nil, nil
	}
	rows, err := tx.Hold.Query().Where(hold.StatusIn(holding...)).WithReferral().Order(ent.Asc(hold.FieldID)).Limit(lookAtOnce).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading legal holds: %w", err)
	}
	ids := make([]int, len(rows))
	for i, row := range rows {
		ids[i] = row.ReferralID
	}
	acts, err := endings(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var out []HoldLine
	for _, row := range rows {
		if !leftUnread(acts[row.ReferralID], who) {
			out = append(out, HoldLine{row.Edges.Referral.Ref, row.PlacedAt, row.Status == string(workflow.LiftAsked)})
		}
	}
	return out, nil
}

// keptByHold says whether a legal hold keeps f.
func keptByHold(ctx context.Context, tx *ent.Tx, f *file) (bool, error) {
	held, err := heldOf(ctx, tx, []int{f.row.ID})
	return held[f.row.ID], err
}

// longestReason is how long a reason may be, in characters.
const longestReason = 2000

// tidyReason is a reason without space around it, and what is wrong with it.
func tidyReason(text string) (string, forms.Problems) {
	return tidyWords("reason", text, longestReason)
}

// tidyWords is what was typed into a field without space around it, and what is
// wrong with it.
func tidyWords(field, text string, most int) (string, forms.Problems) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case !forms.Readable(text, true):
		return "", problem(field, "Type this again without special characters: it holds some that are not shown.")
	case utf8.RuneCountInString(text) > most:
		return text, problem(field, fmt.Sprintf("Use at most %d characters.", most))
	}
	return text, nil
}

// problem is one thing that is wrong with a field.
func problem(field, say string) forms.Problems {
	return forms.Problems{{ID: field, Field: field, Message: say}}
}
