package referrals

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strings"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/letter"
	"nysreferral/ent/predicate"
	"nysreferral/ent/referral"
	"nysreferral/workflow"
)

// handedTo is the referrals that have a hand-over to the agency in one of the
// statuses.
func handedTo(agency int, statuses ...workflow.HandoverStatus) predicate.Referral {
	return func(q *sql.Selector) {
		t := sql.Table(handover.Table)
		in := make([]any, len(statuses))
		for i, status := range statuses {
			in[i] = string(status)
		}
		q.Where(sql.In(q.C(referral.FieldID), sql.Select(t.C(handover.FieldReferralID)).From(t).
			Where(sql.And(sql.EQ(t.C(handover.FieldAgencyID), agency), sql.In(t.C(handover.FieldStatus), in...)))))
	}
}

// sentTo is the letters that were sent to an agency.
func sentTo(agency int) []predicate.Letter {
	return []predicate.Letter{letter.AgencyID(agency), letter.SentAtNotNil()}
}

// confirmedRow returns the referral of that reference if it was confirmed, else
// nil. Nothing that comes later undoes a confirmation: who checks a letter is
// never told that the referral was closed or withdrawn.
func confirmedRow(ctx context.Context, tx *ent.Tx, ref string) (*ent.Referral, error) {
	row, err := tx.Referral.Query().Where(referral.Ref(ref), referral.DecidedAtNotNil(), wasConfirmed).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("referrals: looking a letter up: %w", err)
	}
	return row, nil
}

// wasConfirmed is the referrals that somebody confirmed; a declined one is
// closed too in the end.
func wasConfirmed(q *sql.Selector) {
	t := sql.Table(entry.Table)
	q.Where(sql.In(q.C(referral.FieldID), sql.Select(t.C(entry.FieldReferralID)).From(t).
		Where(sql.EQ(t.C(entry.FieldAction), string(workflow.Confirm)))))
}

// sameCode compares two codes without telling by its time how much agrees.
func sameCode(want, typed string) bool {
	typed = strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(typed))
	return subtle.ConstantTimeCompare([]byte(want), []byte(typed)) == 1
}
