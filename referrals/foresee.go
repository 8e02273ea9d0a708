package referrals

import (
	"context"
	"errors"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Foreseen is what an act would have written, if it were done now.
type Foreseen struct {
	Papers   []Paper    // of the letters, in the order in which they are written
	Names    []string   // of those letters, as the State calls them
	Handover []Handover // that would be proposed
}

// errForeseen undoes what was only looked at.
var errForeseen = errors.New("referrals: only looked at")

// Foresee does the step do on the referral at as Act would, reads the letters and
// proposals that come of it, and undoes everything: nothing is signed, sent or
// kept but one line in the log. What it shows is what the act would do, since it
// is the act. Refusals are those of Act.
func (s *Service) Foresee(ctx context.Context, who workflow.Actor, at Seen, do workflow.Action, deed *forms.Deed) (Foreseen, error) {
	var out Foreseen
	err := s.do(ctx, who, "foresee", at.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		if len(workflow.LettersAfter(do)) == 0 || at.N != 0 || at.Other != "" {
			return fault.Absent()
		}
		if err := spoken(deed); err != nil {
			return err
		}
		own := *deed
		x := act{s: s, tx: tx, f: f, who: who, deed: &own, rev: at.Rev}
		if err := x.take(ctx, look, do); err != nil {
			return err
		}
		if out, err = s.foreseen(ctx, tx, who, at.Ref); err != nil {
			return err
		}
		return errForeseen
	})
	if !errors.Is(err, errForeseen) {
		return Foreseen{}, err
	}
	err = s.do(ctx, who, "foresee", at.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, _, err := s.visible(ctx, tx, who, at.Ref)
		if err != nil {
			return err
		}
		l := s.line(who, "foresee", f.row.Ref)
		l.Reason = string(do)
		return s.record(ctx, tx, l)
	})
	if err != nil {
		return Foreseen{}, err
	}
	return out, nil
}

// foreseen reads what the act has just written: the letters that wait for a
// signature, and the proposals.
func (s *Service) foreseen(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref string) (Foreseen, error) {
	f, look, err := s.visible(ctx, tx, who, ref)
	if err != nil {
		return Foreseen{}, err
	}
	record, err := s.show(ctx, tx, who, f, look, Want{})
	if err != nil {
		return Foreseen{}, err
	}
	out := Foreseen{Handover: record.Handover}
	list, err := s.posts(ctx, tx, f)
	if err != nil {
		return Foreseen{}, err
	}
	for _, p := range list {
		if p.status != workflow.Prepared || !shows(f, look, p) {
			continue
		}
		paper, err := s.letterPaper(ctx, tx, f, p)
		if err != nil {
			return Foreseen{}, err
		}
		out.Papers, out.Names = append(out.Papers, paper), append(out.Names, p.about().Name)
	}
	return out, nil
}
