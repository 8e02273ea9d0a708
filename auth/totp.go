package auth

import (
	"context"
	"crypto/fips140"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Codes of an app: six digits, new ones each half minute; the one before and
// the one after are taken too, for clocks that are not quite right.
const (
	appStep   = 30 * time.Second
	appDigits = otp.DigitsSix
	appSkew   = 1
	appSecret = 20 // bytes
)

// NewApp returns a fresh secret for an authenticator app: as text to type, and
// as an address to show as a picture. Nothing is stored; AddApp does, when the
// app has shown that it has it. issuer is the neutral name of this system.
func (s *Service) NewApp(issuer string, who workflow.Actor) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: who.Office, SecretSize: appSecret, Digits: appDigits, Period: uint(appStep.Seconds())})
	if err != nil {
		return "", "", fmt.Errorf("auth: making a secret for an app: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// AddApp binds an authenticator app to the account of who, in place of the one
// before, when code is what it shows now. It returns the recovery codes when
// these are the account's first, and fault.Invalid for a wrong code.
func (s *Service) AddApp(ctx context.Context, who workflow.Actor, secret, code, source string) (codes []string, err error) {
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		u, err := s.lockUser(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		step, ok := matchStep(secret, digits(code), s.now())
		if !ok {
			return fault.New(fault.Invalid, "This is not the code that the app shows now. Wait for the next one and type it here.")
		}
		if err := tx.Factor.Update().Where(factor.UserID(u.ID), factor.Kind(string(KindApp)), factor.RevokedAtIsNil()).SetRevokedAt(s.moment()).Exec(ctx); err != nil {
			return fmt.Errorf("auth: replacing an app: %w", err)
		}
		if err := s.bind(ctx, tx, u.ID, KindApp, kept{Secret: secret}, nil, step); err != nil {
			return err
		}
		if codes, err = s.firstCodes(ctx, tx, u.ID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, u, "", u.ID); err != nil {
			return err
		}
		return s.recordReason(ctx, tx, who, "add_factor", string(KindApp), source)
	})
	return codes, err
}

// spendApp takes a code of the app: good once, and only for a step after the
// last one that was taken.
func (s *Service) spendApp(ctx context.Context, tx *ent.Tx, userID int, code string) (refusal string, err error) {
	rows, err := factorsOf(ctx, tx.Client(), userID, KindApp)
	if err != nil || len(rows) == 0 {
		return wrongCode, err
	}
	k, err := s.openFactor(rows[0])
	if err != nil {
		return "", err
	}
	step, ok := matchStep(k.Secret, digits(code), s.now())
	if !ok {
		return wrongCode, nil
	}
	n, err := tx.Factor.Update().Where(factor.ID(rows[0].ID), factor.CounterLT(step)).SetCounter(step).SetUsedAt(s.moment()).Save(ctx)
	if err != nil {
		return "", fmt.Errorf("auth: using a code: %w", err)
	}
	if n == 0 {
		return usedCode, nil
	}
	return "", nil
}

// matchStep returns the step of time for which code is the right one. Every
// step within the skew is computed, whichever fits. HMAC with SHA-1 is allowed
// where FIPS 140 rules, but no longer its own function.
func matchStep(secret, code string, at time.Time) (step int64, ok bool) {
	now := at.Unix() / int64(appStep.Seconds())
	fips140.WithoutEnforcement(func() {
		for try := now - appSkew; try <= now+appSkew; try++ {
			want, err := hotp.GenerateCodeCustom(secret, uint64(try), hotp.ValidateOpts{Digits: appDigits, Algorithm: otp.AlgorithmSHA1})
			if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
				step, ok = try, true
			}
		}
	})
	return step, ok
}

// digits leaves out the spaces that an app draws and people type.
func digits(code string) string { return strings.Join(strings.Fields(code), "") }

func looksLikeApp(code string) bool { return len(digits(code)) <= appDigits.Length() }
