package auth

import (
	"context"
	"fmt"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/token"
	"nysreferral/ent/user"
	"nysreferral/workflow"
)

// Times of accounts that nobody uses.
const (
	Unused   = 90 * 24 * time.Hour // without a sign-in an account is switched off
	Attested = 90 * 24 * time.Hour // somebody says again that the person still works there
	regained = 7 * 24 * time.Hour  // an account that was switched on again is left alone so long
)

// Upkeep is the daily job that looks after accounts.
type Upkeep struct{}

// Kind names the job.
func (Upkeep) Kind() string { return "account_upkeep" }

// Retire switches off accounts into which nobody signed in for Unused, each with
// a line of its own, and returns how many. An account with a token of the API in
// force is used by a program: it goes when nobody attested it for as long. The
// last administrator stays.
func (s *Service) Retire(ctx context.Context) (n int, err error) {
	if s.keepUnused {
		return 0, nil
	}
	now := s.moment()
	old := now.Add(-Unused)
	rows, err := s.db.Read().User.Query().Where(user.DisabledAtIsNil(), user.CreatedAtLT(old), user.Or(user.SignedInAtIsNil(), user.SignedInAtLT(old))).
		Order(ent.Asc(user.FieldID)).IDs(ctx)
	if err != nil {
		return 0, fmt.Errorf("auth: looking for unused accounts: %w", err)
	}
	for _, id := range rows {
		gone := false
		err := s.db.Do(ctx, func(tx *ent.Tx) error {
			gone, err = s.retire(ctx, tx, id, now)
			return err
		})
		if err != nil {
			return n, err
		}
		if gone {
			n++
		}
	}
	return n, nil
}

func (s *Service) retire(ctx context.Context, tx *ent.Tx, id int, now time.Time) (bool, error) {
	u, err := s.lockUser(ctx, tx, id)
	if err != nil || u.DisabledAt != nil || u.SignedInAt != nil && !u.SignedInAt.Before(now.Add(-Unused)) {
		return false, err
	}
	programs, err := tx.Token.Query().Where(token.UserID(id), token.RevokedAtIsNil(), token.Or(token.ExpiresAtIsNil(), token.ExpiresAtGT(now))).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("auth: looking for tokens: %w", err)
	}
	grace := regained
	if programs {
		grace = Attested
	}
	if u.AttestedAt != nil && u.AttestedAt.After(now.Add(-grace)) {
		return false, nil
	}
	if u.Duty == string(workflow.Administrator) {
		others, err := tx.User.Query().Where(user.Duty(u.Duty), user.DisabledAtIsNil(), user.IDNEQ(id)).Exist(ctx)
		if err != nil || !others {
			return false, err
		}
	}
	if err := tx.User.Update().Where(user.ID(id)).SetDisabledAt(now).AddRev(1).Exec(ctx); err != nil {
		return false, fmt.Errorf("auth: switching an unused account off: %w", err)
	}
	if err := s.Revoke(ctx, tx, id); err != nil {
		return false, err
	}
	if err := s.tellCoordinators(ctx, tx, u); err != nil {
		return false, err
	}
	return true, audit.Add(ctx, tx, audit.Line{At: s.now(), Action: "retire_account", Outcome: audit.Done, Reason: "unused", Refs: []string{fmt.Sprintf("account:%d", id)}})
}
