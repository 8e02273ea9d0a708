package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/ent/invitation"
	"nysreferral/ent/recoverycode"
	"nysreferral/ent/user"
	"nysreferral/fault"
)

// Invited is how long an invitation is good.
const Invited = 24 * time.Hour

const sayInvitation = "This invitation is not good, or not any more. Check the address and the code, or ask your coordinator for a new one."

// Invite makes an invitation for an account in the transaction of the act that
// does so, and returns its code; nobody can show it again, and the one before is
// void. An account that was in use before needs a second person: the code is of
// no use until ApproveInvitation. The owner is told by mail that an account
// waits, without the code.
func (s *Service) Invite(ctx context.Context, tx *ent.Tx, by, userID int) (code string, second bool, err error) {
	u, err := s.lockUser(ctx, tx, userID)
	if err != nil {
		return "", false, err
	}
	if !u.Edges.Agency.Active {
		return "", false, fault.New(fault.Conflict, "The State has not approved this agency, or not any more. Its people are invited once it has.")
	}
	if second, err = tx.Factor.Query().Where(factor.UserID(userID)).Exist(ctx); err != nil {
		return "", false, fmt.Errorf("auth: reading factors: %w", err)
	}
	if err := s.voidInvitations(ctx, tx, userID); err != nil {
		return "", false, err
	}
	code = newRecoveryCode()
	now := s.moment()
	add := tx.Invitation.Create().SetHash(invitationHash(u.Email, code)).SetUserID(userID).SetGivenBy(by).SetCreatedAt(now).SetExpiresAt(now.Add(Invited))
	if !second {
		add.SetApprovedAt(now)
	}
	if _, err := add.Save(ctx); err != nil {
		return "", false, fmt.Errorf("auth: adding an invitation: %w", err)
	}
	return code, second, s.tell(ctx, tx, u, invited, u.ID)
}

// ApproveInvitation lets the invitation of an account that was in use be used,
// in the transaction of the act. Whoever gave it cannot approve it: that is
// fault.Forbidden. Without one that waits it is fault.NotFound.
func (s *Service) ApproveInvitation(ctx context.Context, tx *ent.Tx, by, userID int) error {
	row, err := tx.Invitation.Query().Where(invitation.UserID(userID), invitation.UsedAtIsNil(), invitation.ApprovedAtIsNil(), invitation.ExpiresAtGT(s.moment())).Only(ctx)
	if ent.IsNotFound(err) {
		return fault.Absent()
	}
	if err != nil {
		return fmt.Errorf("auth: reading an invitation: %w", err)
	}
	if row.GivenBy == by {
		return fault.New(fault.Forbidden, "You gave this invitation yourself. Somebody else has to approve it, after they made sure who asks.")
	}
	if err := tx.Invitation.UpdateOne(row).SetApprovedAt(s.moment()).SetApprovedBy(by).Exec(ctx); err != nil {
		return fmt.Errorf("auth: approving an invitation: %w", err)
	}
	return nil
}

// Waiting returns which of these accounts have an invitation that waits for a
// second person.
func (s *Service) Waiting(ctx context.Context, tx *ent.Tx, users []int) (map[int]bool, error) {
	rows, err := tx.Invitation.Query().Where(invitation.UserIDIn(users...), invitation.UsedAtIsNil(), invitation.ApprovedAtIsNil(), invitation.ExpiresAtGT(s.moment())).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("auth: reading invitations: %w", err)
	}
	out := map[int]bool{}
	for _, row := range rows {
		out[row.UserID] = true
	}
	return out, nil
}

func (s *Service) voidInvitations(ctx context.Context, tx *ent.Tx, userID int) error {
	err := tx.Invitation.Update().Where(invitation.UserID(userID), invitation.UsedAtIsNil()).SetUsedAt(s.moment()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("auth: ending an invitation: %w", err)
	}
	return nil
}

// Redeem sets the password that the owner of an invitation chose, once, and
// takes away whatever opened the account before: factors, recovery codes,
// sessions and tokens. What follows is StageSetUp, or StageIn where a password
// alone is enough. An unknown address, a wrong, used, expired or unapproved code
// get the same fault.Unauthorized after the same work; a bad password is
// fault.Invalid before the code is looked at.
func (s *Service) Redeem(ctx context.Context, email, code, password, source string) (Entry, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := s.check(password, email); err != nil {
		return Entry{}, err
	}
	h, err := s.hash(ctx, password)
	if err != nil {
		return Entry{}, err
	}
	var e Entry
	var refusal error
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		e, refusal = Entry{}, nil
		line := audit.Line{At: s.now(), Action: "redeem_invitation", Outcome: audit.Refused, Source: source}
		u, reason, err := s.invited(ctx, tx, email, code, password)
		if err != nil {
			return err
		}
		if u != nil {
			line.Actor, line.Duty, line.Agency = u.ID, u.Duty, u.AgencyID
		}
		if line.Reason = reason; reason != "" {
			if refusal = fault.New(fault.Unauthorized, sayInvitation); reason == badPassword {
				refusal = CheckPassword(password, u.Name, u.Email, u.Edges.Agency.Name)
			}
			return audit.Add(ctx, tx, line)
		}
		line.Outcome = audit.Done
		if err := s.beginAnew(ctx, tx, u, h); err != nil {
			return err
		}
		if e = (Entry{actor(u), StageSetUp}); s.alone {
			e.Stage = StageIn
		}
		return audit.Add(ctx, tx, line)
	})
	if err != nil {
		return Entry{}, err
	}
	return e, refusal
}

// badPassword is the reason in the audit log for a password that is made of the
// owner's own words: the code stays good.
const badPassword = "password"

// invited finds the account of a code and uses the code up, or says why not. An
// account that is proved elsewhere has no password.
func (s *Service) invited(ctx context.Context, tx *ent.Tx, email, code, password string) (*ent.User, string, error) {
	row, err := tx.Invitation.Query().Where(invitation.Hash(invitationHash(email, code))).WithUser(func(q *ent.UserQuery) { q.WithAgency() }).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, unknown, nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("auth: reading an invitation: %w", err)
	}
	u, now := row.Edges.User, s.moment()
	switch {
	case row.UsedAt != nil:
		return u, "used", nil
	case row.ApprovedAt == nil:
		return u, "not_approved", nil
	case !now.Before(row.ExpiresAt):
		return u, "expired", nil
	case u.Email != email || !usable(u):
		return u, disabled, nil
	case password != "" && CheckPassword(password, u.Name, u.Email, u.Edges.Agency.Name) != nil:
		return u, badPassword, nil
	}
	n, err := tx.Invitation.Update().Where(invitation.ID(row.ID), invitation.UsedAtIsNil()).SetUsedAt(now).Save(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("auth: using an invitation: %w", err)
	}
	if n == 0 {
		return u, "used", nil
	}
	return u, "", nil
}

// beginAnew gives an account its first password and nothing else; none for the
// zero Hash.
func (s *Service) beginAnew(ctx context.Context, tx *ent.Tx, u *ent.User, h Hash) error {
	now := s.moment()
	change := tx.User.Update().Where(user.ID(u.ID)).SetPasswordHash(h.Bytes).SetPasswordScheme(h.Scheme).SetPasswordCost(h.Cost).SetPasswordSetAt(now)
	if h.Cost == 0 {
		change.ClearPasswordHash()
	}
	if err := change.Exec(ctx); err != nil {
		return fmt.Errorf("auth: setting a password: %w", err)
	}
	if err := tx.Factor.Update().Where(factor.UserID(u.ID), factor.RevokedAtIsNil()).SetRevokedAt(now).ClearHandle().Exec(ctx); err != nil {
		return fmt.Errorf("auth: removing factors: %w", err)
	}
	if err := tx.RecoveryCode.Update().Where(recoverycode.UserID(u.ID), recoverycode.UsedAtIsNil()).SetUsedAt(now).Exec(ctx); err != nil {
		return fmt.Errorf("auth: ending recovery codes: %w", err)
	}
	if err := s.Unlock(ctx, tx, u.ID); err != nil {
		return err
	}
	return s.Revoke(ctx, tx, u.ID)
}

// invitationHash is what is stored of a code, bound to the address that it is
// for.
func invitationHash(email, code string) []byte {
	same := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(code)))
	sum := sha256.Sum256([]byte("nysreferral/invitation/1\x00" + email + "\x00" + same))
	return sum[:]
}
