package referrals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/answers"
	"nysreferral/ent/referral"
	"nysreferral/viewer"
)

// Whole is what Opens saw. It tells numbers, and nothing of anybody.
type Whole struct {
	Referrals int // there are
	Opened    int // of them, whose answers open and have the digest that the receipt shows
	Versions  int // of answers that do
	Destroyed int // whose key is gone for good
}

// Opens opens the answers of about most referrals, spread over all of them, as
// the machine, and tells nobody what they say: it shows that a database that was
// put back belongs to this key file and that its receipts still hold. 0 opens
// all. It returns an error at the first that does not open or has another
// digest.
func (s *Service) Opens(ctx context.Context, most int) (Whole, error) {
	ctx = viewer.Job(ctx, "open answers")
	var out Whole
	n, err := s.DB.Read().Referral.Query().Count(ctx)
	if err != nil {
		return out, fmt.Errorf("referrals: counting: %w", err)
	}
	out.Referrals = n
	step := 1
	if most > 0 {
		step = max(1, n/most)
	}
	for last, i := 0, 0; ; {
		rows, err := s.DB.Read().Referral.Query().Where(referral.IDGT(last)).Order(ent.Asc(referral.FieldID)).
			Limit(wrapsAtOnce).Select(referral.FieldRef, referral.FieldDataKey).All(ctx)
		if err != nil {
			return out, fmt.Errorf("referrals: reading: %w", err)
		}
		if len(rows) == 0 {
			return out, nil
		}
		last = rows[len(rows)-1].ID
		for _, row := range rows {
			if row.DataKey == nil {
				out.Destroyed++
			} else if i%step == 0 {
				if err := s.opens(ctx, row, &out); err != nil {
					return out, err
				}
			}
			i++
		}
	}
}

func (s *Service) opens(ctx context.Context, row *ent.Referral, out *Whole) error {
	key, err := s.Ring.Key(row.DataKey, row.Ref)
	if err != nil {
		return fmt.Errorf("referrals: the key of a referral does not open: %w", err)
	}
	all, err := s.DB.Read().Answers.Query().Where(answers.ReferralID(row.ID)).Order(ent.Asc(answers.FieldVersion)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading answers: %w", err)
	}
	for _, a := range all {
		text, err := key.Open(a.Sealed, answersAt(row.Ref, a.Version))
		if err != nil {
			return fmt.Errorf("referrals: answers of a referral do not open: %w", err)
		}
		if sum := sha256.Sum256(text); a.Version > 0 && hex.EncodeToString(sum[:]) != a.Digest {
			return fmt.Errorf("referrals: answers of a referral differ from their receipt")
		}
		out.Versions++
	}
	out.Opened++
	return nil
}

// Copied notes in the log that the database was copied, or is a copy that was
// put back: action says which, at the moment that the copy shows.
func (s *Service) Copied(ctx context.Context, action string, at time.Time) error {
	return s.DB.Do(ctx, func(tx *ent.Tx) error {
		l := s.systemLine(action)
		l.Reason = "as of " + at.UTC().Format(time.RFC3339)
		return s.record(ctx, tx, l)
	})
}
