package referrals

import (
	"context"

	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/reports"
	"nysreferral/workflow"
)

// LetterCode is the code of a letter, for tests of what no letter was issued for.
func (s *Service) LetterCode(ref string) (string, error) { return s.letterCode(ref) }

// Facts are all referrals that were received within a period, as reports count
// them.
func (s *Service) Facts(ctx context.Context, from, to string) ([]*reports.Fact, error) {
	period, err := reports.ParsePeriod(from, to, s.now().AddDate(0, 1, 0)) // the month that goes on too
	if err != nil {
		return nil, err
	}
	parts := make(chan []*ent.Referral, 100)
	if err := s.each(ctx, period, parts); err != nil {
		return nil, err
	}
	close(parts)
	var out []*reports.Fact
	for rows := range parts {
		for _, row := range rows {
			fact, err := s.fact(row)
			if err != nil {
				return nil, err
			}
			out = append(out, fact)
		}
	}
	return out, nil
}

// RewrapOne wraps the key of row anew as it was read.
func (s *Service) RewrapOne(ctx context.Context, row *ent.Referral) (int, error) {
	return s.rewrapSome(ctx, []*ent.Referral{row}, s.Ring.Current())
}

// ClosedFor is the reason in e, an entry of row, for which a hand-over was closed.
func (s *Service) ClosedFor(row *ent.Referral, e *ent.Entry) (forms.CloseReason, error) {
	var deed forms.Deed
	err := s.openAt(row, e.Sealed, entryAt(row.Ref, e.Seq), &deed)
	return deed.CloseReason, err
}

// Worded reports whether the history has words for an act.
func Worded(do workflow.Action, handover bool) bool {
	list := sayings
	if handover {
		list = handoverSayings
	}
	_, ok := list[do]
	return ok
}
