package referrals

import (
	"context"
	"fmt"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/pairentry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// ForgetPairs takes away everything by which the referral ref could be found as
// the same person as another, on both sides. Whoever destroys its key calls it
// first, in the same unit of work: afterwards nobody can read which the others
// are.
func (s *Service) ForgetPairs(ctx context.Context, tx *ent.Tx, ref string) error {
	ctx = viewer.Job(ctx, "forget pairs")
	row, err := tx.Referral.Query().Where(referral.Ref(ref)).Only(ctx)
	if ent.IsNotFound(err) {
		return fault.Absent()
	}
	if err != nil {
		return fmt.Errorf("referrals: forgetting pairs: %w", err)
	}
	return s.forgetPairs(ctx, tx, row)
}

// forgetPairs takes everything away by which row could be found as the same
// person as another, on both sides.
func (s *Service) forgetPairs(ctx context.Context, tx *ent.Tx, row *ent.Referral) error {
	ctx = viewer.Job(ctx, "forget pairs")
	if err := unindex(ctx, tx, row.ID); err != nil {
		return err
	}
	others, err := s.othersOf(ctx, tx, row)
	if err != nil {
		return err
	}
	for _, other := range others {
		if err := s.forgetSide(ctx, tx, other, row.Ref); err != nil {
			return err
		}
	}
	if _, err := tx.PairEntry.Delete().Where(pairentry.ReferralID(row.ID)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: forgetting pairs: %w", err)
	}
	return s.record(ctx, tx, s.systemLine("forget_pairs", row.Ref))
}

// othersOf are the referrals that row is a pair with, as far as its key is
// still there to tell.
func (s *Service) othersOf(ctx context.Context, tx *ent.Tx, row *ent.Referral) ([]*ent.Referral, error) {
	if len(row.DataKey) == 0 {
		return nil, nil
	}
	list, err := s.pairEvents(ctx, tx, row)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var refs []string
	for _, e := range list {
		refs = append(refs, e.Other)
	}
	others, err := tx.Referral.Query().Where(referral.RefIn(refs...), referral.DataKeyNotNil()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: forgetting pairs: %w", err)
	}
	return others, nil
}

// forgetSide takes away what row keeps of the referral other.
func (s *Service) forgetSide(ctx context.Context, tx *ent.Tx, row *ent.Referral, other string) error {
	list, err := s.pairEvents(ctx, tx, row)
	if err != nil {
		return err
	}
	for id, e := range list {
		if e.Other != other {
			continue
		}
		if err := tx.PairEntry.DeleteOneID(id).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: forgetting a pair: %w", err)
		}
	}
	return nil
}

// pairEvents are what row keeps of pairs, by the number of the entry.
func (s *Service) pairEvents(ctx context.Context, tx *ent.Tx, row *ent.Referral) (map[int]pairEvent, error) {
	rows, err := tx.PairEntry.Query().Where(pairentry.ReferralID(row.ID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading pairs: %w", err)
	}
	out := make(map[int]pairEvent, len(rows))
	for _, one := range rows {
		var e pairEvent
		if err := s.openAt(row, one.Sealed, pairEntryAt(row.Ref, one.Seq), &e); err != nil {
			return nil, err
		}
		out[one.ID] = e
	}
	return out, nil
}

// clearUp takes away what row keeps of referrals that are withdrawn, or whose
// key was destroyed before ForgetPairs was asked.
func (s *Service) clearUp(ctx context.Context, tx *ent.Tx, row *ent.Referral) error {
	list, err := s.pairEvents(ctx, tx, row)
	if err != nil || len(list) == 0 {
		return err
	}
	var refs []string
	for _, e := range list {
		refs = append(refs, e.Other)
	}
	stand, err := tx.Referral.Query().Where(referral.RefIn(refs...), referral.DataKeyNotNil(), referral.StatusNEQ(string(workflow.Withdrawn))).
		Select(referral.FieldRef).Strings(ctx)
	if err != nil {
		return fmt.Errorf("referrals: clearing pairs up: %w", err)
	}
	for id, e := range list {
		if slices.Contains(stand, e.Other) {
			continue
		}
		if err := tx.PairEntry.DeleteOneID(id).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: clearing pairs up: %w", err)
		}
	}
	return nil
}
