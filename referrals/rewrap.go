package referrals

import (
	"bytes"
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/referral"
	"nysreferral/seal"
	"nysreferral/viewer"
)

// wrapsAtOnce is how many data keys one unit of work wraps anew: few enough
// that nobody waits for it.
const wrapsAtOnce = 200

// Wrapped is how far the wrapping of data keys has come.
type Wrapped struct {
	Version int // of the key file, under which they are wrapped now
	Done    int // wrapped anew since this run began
	Left    int // when this run began: still under another version
}

// Outdated counts the data keys that are not wrapped under the version of the
// key file.
func (s *Service) Outdated(ctx context.Context, version int) (int, error) {
	ctx = viewer.Job(ctx, "rewrap")
	n, err := s.DB.Read().Referral.Query().Where(referral.DataKeyNotNil(), notUnder(version)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: counting data keys: %w", err)
	}
	return n, nil
}

// Under counts the data keys that are wrapped under the version of the key
// file: while there is one, that version must not be taken away.
func (s *Service) Under(ctx context.Context, version int) (int, error) {
	ctx = viewer.Job(ctx, "rewrap")
	n, err := s.DB.Read().Referral.Query().Where(referral.DataKeyNotNil(), func(q *sql.Selector) { q.Where(sql.Not(headIsNot(q, version))) }).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: counting data keys: %w", err)
	}
	return n, nil
}

// Rewrap wraps every data key under the current version of the key file, a few
// in each unit of work with one line in the log, while everybody works on.
// What a data key sealed stays as it is. A run that ended early is gone on with
// by the next: what is left is found by looking at the rows. told, which may be
// nil, hears of each unit.
func (s *Service) Rewrap(ctx context.Context, told func(Wrapped)) (Wrapped, error) {
	ctx = viewer.Job(ctx, "rewrap")
	out := Wrapped{Version: s.Ring.Current()}
	var err error
	if out.Left, err = s.Outdated(ctx, out.Version); err != nil || out.Left == 0 {
		return out, err
	}
	for last := 0; ; {
		rows, err := s.DB.Read().Referral.Query().Where(referral.IDGT(last), referral.DataKeyNotNil(), notUnder(out.Version)).
			Order(ent.Asc(referral.FieldID)).Limit(wrapsAtOnce).Select(referral.FieldRef, referral.FieldDataKey).All(ctx)
		if err != nil {
			return out, fmt.Errorf("referrals: reading data keys: %w", err)
		}
		if len(rows) == 0 {
			return out, nil
		}
		last = rows[len(rows)-1].ID
		n, err := s.rewrapSome(ctx, rows, out.Version)
		if err != nil {
			return out, err
		}
		if out.Done += n; told != nil {
			told(out)
		}
	}
}

// rewrapSome wraps the keys of rows in one unit of work. A key that was
// destroyed or wrapped anew meanwhile is left as it is: the change asks for the
// bytes that were read.
func (s *Service) rewrapSome(ctx context.Context, rows []*ent.Referral, version int) (int, error) {
	ctx = viewer.Job(ctx, "rewrap")
	again := make([][]byte, len(rows))
	for i, row := range rows {
		var err error
		if again[i], _, err = s.Ring.Rewrap(row.DataKey, row.Ref); err != nil {
			return 0, fmt.Errorf("referrals: wrapping the data key of %s anew: %w", row.Ref, err)
		}
		if !bytes.HasPrefix(again[i], seal.Head(version)) {
			return 0, fmt.Errorf("referrals: wrapping data keys: the keys were rotated meanwhile; run it again")
		}
	}
	var changed int
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		changed = 0
		for i, row := range rows {
			n, err := tx.Referral.Update().Where(referral.ID(row.ID), referral.DataKey(row.DataKey)).SetDataKey(again[i]).Save(ctx)
			if err != nil {
				return fmt.Errorf("referrals: wrapping a data key anew: %w", err)
			}
			changed += n
		}
		if changed == 0 {
			return nil
		}
		l := s.systemLine("rewrap_keys")
		l.Reason = fmt.Sprintf("%d data keys under version %d", changed, version)
		return s.record(ctx, tx, l)
	})
	return changed, err
}

// KeyEvent writes a line about the key file itself: a version was added, or is
// taken away. It is written before what it is about, so that no change of keys
// is without its line.
func (s *Service) KeyEvent(ctx context.Context, action string, version int, outcome string) error {
	return s.DB.Do(ctx, func(tx *ent.Tx) error {
		l := s.systemLine(action)
		l.Outcome, l.Reason = outcome, fmt.Sprintf("version %d of the key file", version)
		return s.record(ctx, tx, l)
	})
}

// notUnder are the rows whose data key is not wrapped under the version.
func notUnder(version int) predicate.Referral {
	return func(q *sql.Selector) { q.Where(headIsNot(q, version)) }
}

func headIsNot(q *sql.Selector, version int) *sql.Predicate {
	return sql.P(func(b *sql.Builder) {
		b.WriteString("substr(").Ident(q.C(referral.FieldDataKey)).WriteString(", 1, 5) <> ").Arg(seal.Head(version))
	})
}
