package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"

	"nysreferral/ent"
	"nysreferral/ent/recoverycode"
	"nysreferral/workflow"
)

// Recovery codes: as many as fit on a card, each of 120 random bits, so that a
// plain hash is enough.
const (
	recoveryCodes = 10
	recoveryChars = 24
	recoveryGroup = 4
	recoverySigns = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// NewCodes makes fresh recovery codes for who; those before are no longer good.
// They are returned this once and nobody can show them again.
func (s *Service) NewCodes(ctx context.Context, who workflow.Actor, source string) (codes []string, err error) {
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		u, err := s.lockUser(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if codes, err = s.freshCodes(ctx, tx, u.ID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, "", u.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, who, "new_recovery_codes", source)
	})
	return codes, err
}

// firstCodes makes recovery codes unless the account has some left.
func (s *Service) firstCodes(ctx context.Context, tx *ent.Tx, userID int) ([]string, error) {
	some, err := tx.RecoveryCode.Query().Where(recoverycode.UserID(userID), recoverycode.UsedAtIsNil()).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("auth: looking for recovery codes: %w", err)
	}
	if some {
		return nil, nil
	}
	return s.freshCodes(ctx, tx, userID)
}

func (s *Service) freshCodes(ctx context.Context, tx *ent.Tx, userID int) ([]string, error) {
	if _, err := tx.RecoveryCode.Delete().Where(recoverycode.UserID(userID), recoverycode.UsedAtIsNil()).Exec(ctx); err != nil {
		return nil, fmt.Errorf("auth: ending recovery codes: %w", err)
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newRecoveryCode()
		if err := tx.RecoveryCode.Create().SetUserID(userID).SetHash(recoveryHash(userID, codes[i])).SetCreatedAt(s.moment()).Exec(ctx); err != nil {
			return nil, fmt.Errorf("auth: keeping recovery codes: %w", err)
		}
	}
	return codes, nil
}

// spendRecovery takes a recovery code, once.
func (s *Service) spendRecovery(ctx context.Context, tx *ent.Tx, userID int, code string) (refusal string, err error) {
	hash := recoveryHash(userID, code)
	n, err := tx.RecoveryCode.Update().Where(recoverycode.UserID(userID), recoverycode.Hash(hash), recoverycode.UsedAtIsNil()).SetUsedAt(s.moment()).Save(ctx)
	if err != nil {
		return "", fmt.Errorf("auth: using a recovery code: %w", err)
	}
	if n > 0 {
		return "", nil
	}
	before, err := tx.RecoveryCode.Query().Where(recoverycode.UserID(userID), recoverycode.Hash(hash)).Exist(ctx)
	if err != nil {
		return "", fmt.Errorf("auth: looking for a recovery code: %w", err)
	}
	if before {
		return usedCode, nil
	}
	return wrongCode, nil
}

// newRecoveryCode returns a code in groups: 7K4M-2QX9-….
func newRecoveryCode() string {
	raw := make([]byte, recoveryChars)
	rand.Read(raw)
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%recoveryGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(recoverySigns[int(r)%len(recoverySigns)])
	}
	return b.String()
}

// recoveryHash is what is stored of a code. What people mix up when they copy
// by hand is the same to it.
func recoveryHash(userID int, code string) []byte {
	same := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(code)))
	sum := sha256.Sum256(fmt.Appendf(nil, "nysreferral/recovery/1\x00%d\x00%s", userID, same))
	return sum[:]
}
