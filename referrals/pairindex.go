package referrals

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"nysreferral/audit"
	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/pairindex"
	"nysreferral/ent/pairkey"
	"nysreferral/ent/referral"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// pairGeneration is that of the key under which identities are looked for.
// With another number the sweep makes all of them anew.
const pairGeneration = 1

// mostBits is how much of a hash is kept at most.
const mostBits = 40

// until is the sealed part of an index: when the release ends, "" for no end.
type until struct {
	Day forms.Date `json:"day"`
}

func pairIndexAt(ref string) seal.Place {
	return seal.Place{Table: "pair_indexes", Column: "sealed", Row: ref, Version: 1}
}

// mayBeLookedFor reports whether the identity in r may be compared with others:
// who told it had the person's consent to tell the State, and it has not ended.
// A provider's written release says so; for police and district attorneys an
// accepted offer to connect, unless the person's own words say less.
//
// Law: 34 USC 12291(b)(2): not even hashed without consent; 28 CFR 94.115.
func (s *Service) mayBeLookedFor(r *forms.Referral) bool {
	if !s.consents(r) {
		return false
	}
	return slices.Contains(r.Release, "dcjs_and_otda") || r.FromLaw() && len(r.Release) == 0
}

// index writes under which keys the referral ref is looked for, and takes away
// those of one that may not be looked for, or no longer. It returns the
// referral with the pairs that are known of it, nil where there is nothing to be
// looked for, and whether it may be.
func (s *Service) index(ctx context.Context, ref string) (own *file, may bool, err error) {
	err = s.DB.Do(ctx, func(tx *ent.Tx) error {
		own = nil
		row, err := tx.Referral.Query().Where(referral.Ref(ref)).Only(ctx)
		if ent.IsNotFound(err) {
			return nil // a draft that was discarded
		}
		if err != nil {
			return fmt.Errorf("referrals: looking for pairs: %w", err)
		}
		if len(row.DataKey) == 0 || row.Status == string(workflow.Withdrawn) {
			return s.forgetPairs(ctx, tx, row)
		}
		f, err := s.open(ctx, tx, ref)
		if err != nil {
			return err
		}
		if f.status() == workflow.Draft {
			return nil
		}
		own, may = f, s.mayBeLookedFor(f.answers)
		if err := s.writeIndex(ctx, tx, f, may); err != nil {
			return err
		}
		if err := s.clearUp(ctx, tx, f.row); err != nil {
			return err
		}
		if err := s.readPairs(ctx, tx, workflow.Actor{}, f); err != nil {
			return err
		}
		return s.record(ctx, tx, s.systemLine("pair_index", f.row.Ref))
	})
	return own, may, err
}

// systemLine begins an audit line of the program itself.
func (s *Service) systemLine(action string, refs ...string) audit.Line {
	l := s.line(workflow.Actor{}, action, refs...)
	l.Duty = "system"
	return l
}

// writeIndex writes the keys of f anew, or only takes them away.
func (s *Service) writeIndex(ctx context.Context, tx *ent.Tx, f *file, may bool) error {
	if err := unindex(ctx, tx, f.row.ID); err != nil || !may {
		return err
	}
	n, err := tx.PairIndex.Query().Count(ctx)
	if err != nil {
		return fmt.Errorf("referrals: counting identities: %w", err)
	}
	length := bitsFor(n + 1)
	sealed, err := f.sealed(until{f.answers.ConsentUntil}, pairIndexAt(f.row.Ref))
	if err != nil {
		return err
	}
	err = tx.PairIndex.Create().SetReferralID(f.row.ID).SetBits(length).SetGeneration(pairGeneration).SetSealed(sealed).Exec(ctx)
	if err != nil {
		return fmt.Errorf("referrals: writing an index: %w", err)
	}
	full, err := s.pairHashes(f)
	if err != nil {
		return err
	}
	var adds []*ent.PairKeyCreate
	for _, h := range shortened(full, length) {
		adds = append(adds, tx.PairKey.Create().SetReferralID(f.row.ID).SetHash(h))
	}
	if len(adds) == 0 {
		return nil
	}
	if err := tx.PairKey.CreateBulk(adds...).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: writing an index: %w", err)
	}
	return nil
}

// unindex takes away under which keys a referral is looked for.
func unindex(ctx context.Context, tx *ent.Tx, id int) error {
	if _, err := tx.PairKey.Delete().Where(pairkey.ReferralID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: clearing an index: %w", err)
	}
	if _, err := tx.PairIndex.Delete().Where(pairindex.ReferralID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: clearing an index: %w", err)
	}
	return nil
}

// bitsFor is how much of a hash is kept when n identities are: so little that
// each value is expected to stand for two people at least, and whoever steals
// the table cannot tell one person's rows from another's.
func bitsFor(n int) int {
	return min(max(bits.Len(uint(n/2))-1, 0), mostBits)
}

// pairHashes are the whole keyed hashes of an identity.
func (s *Service) pairHashes(f *file) ([]uint64, error) {
	var out []uint64
	for _, key := range match.Keys(s.identity(f.answers, f.row)) {
		mac, err := s.keyed(fmt.Sprintf("pair key v%d", pairGeneration), []byte(key))
		if err != nil {
			return nil, err
		}
		out = append(out, binary.BigEndian.Uint64(mac))
	}
	return out, nil
}

// shortened are the first bits of hashes behind a 1, each once.
func shortened(full []uint64, length int) []int64 {
	var out []int64
	for _, h := range full {
		out = append(out, int64(1<<length|h>>(64-length)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// identity is what is compared of a referral.
func (s *Service) identity(r *forms.Referral, row *ent.Referral) match.Identity {
	var on forms.Date
	if row.SubmittedAt != nil {
		on = forms.Date(calendar.DateOf(*row.SubmittedAt).String())
	}
	return match.Of(r, on)
}

// SweepPairs is the daily job of looking for indexes that have to go, because
// the release ended, or to be made anew.
type SweepPairs struct{}

// Kind names the job.
func (SweepPairs) Kind() string { return "sweep_pairs" }

// sweepAtOnce is how many indexes one unit of work of the sweep looks at.
const sweepAtOnce = 500

// SweepPairs has indexes written again whose release has ended, whose hashes are too
// short for how many there are now, or that were made with another key.
func (s *Service) SweepPairs(ctx context.Context, _ SweepPairs) error {
	ctx = viewer.Job(ctx, "sweep pairs")
	last := 0
	for {
		var err error
		if last, err = s.sweepFrom(ctx, last); err != nil || last == 0 {
			return err
		}
	}
}

// sweepFrom looks at the indexes after the number last, and returns the number
// of the last of them, 0 for none.
func (s *Service) sweepFrom(ctx context.Context, last int) (next int, err error) {
	err = s.DB.Do(ctx, func(tx *ent.Tx) error {
		next = 0
		n, err := tx.PairIndex.Query().Count(ctx)
		if err != nil {
			return fmt.Errorf("referrals: counting identities: %w", err)
		}
		rows, err := tx.PairIndex.Query().Where(pairindex.IDGT(last)).Order(ent.Asc(pairindex.FieldID)).Limit(sweepAtOnce).WithReferral().All(ctx)
		if err != nil {
			return fmt.Errorf("referrals: sweeping: %w", err)
		}
		var refs []string
		for _, row := range rows {
			next = row.ID
			old, err := s.outdated(row, bitsFor(n))
			if err != nil {
				return err
			}
			if !old {
				continue
			}
			refs = append(refs, row.Edges.Referral.Ref)
			if err := s.later(ctx, tx, FindPairs{Ref: row.Edges.Referral.Ref}); err != nil {
				return err
			}
		}
		if len(refs) == 0 {
			return nil
		}
		return s.record(ctx, tx, s.systemLine("sweep_pairs", refs...))
	})
	return next, err
}

// outdated reports whether an index has to be written again, or has to go. One
// that is a bit too short waits until it is worth it.
func (s *Service) outdated(row *ent.PairIndex, length int) (bool, error) {
	r := row.Edges.Referral
	if len(r.DataKey) == 0 || row.Generation != pairGeneration || row.Bits+1 < length || row.Bits > length {
		return true, nil
	}
	var end until
	if err := s.openAt(r, row.Sealed, pairIndexAt(r.Ref), &end); err != nil {
		return false, err
	}
	return over(end.Day, s.now()), nil
}
