package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/token"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// tokenPrefix makes a token that lies about easy to recognize.
const (
	tokenPrefix = "nyr_"
	tokenBytes  = 32
)

// NewToken makes a bearer token of the API for an account and returns it; only
// its hash is stored, so this is the one time that anybody sees it. label is
// what people call it, at most 100 characters. expires is the zero time for a
// token that does not. Whether by may is for the caller to decide.
func (s *Service) NewToken(ctx context.Context, by workflow.Actor, userID int, label string, expires time.Time, source string) (string, error) {
	if utf8.RuneCountInString(label) > 100 || strings.ContainsFunc(label, unicode.IsControl) {
		return "", fault.New(fault.Invalid, "Give the token a name of at most 100 characters, in one line.")
	}
	raw := make([]byte, tokenBytes)
	rand.Read(raw)
	text := tokenPrefix + base64.RawURLEncoding.EncodeToString(raw)
	err := s.db.Do(ctx, func(tx *ent.Tx) error {
		add := tx.Token.Create().SetHash(tokenHash(text)).SetUserID(userID).SetLabel(label).SetCreatedAt(s.moment())
		if !expires.IsZero() {
			add.SetExpiresAt(expires.UTC().Truncate(time.Microsecond))
		}
		if _, err := add.Save(ctx); ent.IsConstraintError(err) {
			return fault.Absent()
		} else if err != nil {
			return fmt.Errorf("auth: adding a token: %w", err)
		}
		return s.recordFor(ctx, tx, by, "new_token", userID, source)
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// RevokeToken ends one token of an account. It returns fault.NotFound when the
// account has no such token in force.
func (s *Service) RevokeToken(ctx context.Context, by workflow.Actor, userID, id int, source string) error {
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		n, err := tx.Token.Update().Where(token.ID(id), token.UserID(userID), token.RevokedAtIsNil()).SetRevokedAt(s.moment()).Save(ctx)
		if err != nil {
			return fmt.Errorf("auth: revoking a token: %w", err)
		}
		if n == 0 {
			return fault.Absent()
		}
		return s.recordFor(ctx, tx, by, "revoke_token", userID, source)
	})
}

// Bearer returns who a bearer token stands for. A token that is unknown, ended
// or of an account that cannot be used gets the same fault.Unauthorized; what
// looks like a token is recorded in the audit log when it is refused, and only
// counted when one network sends many.
func (s *Service) Bearer(ctx context.Context, text, source string) (workflow.Actor, error) {
	raw, ok := strings.CutPrefix(text, tokenPrefix)
	if b, err := base64.RawURLEncoding.DecodeString(raw); !ok || err != nil || len(b) != tokenBytes {
		return workflow.Actor{}, fault.New(fault.Unauthorized, saySignIn)
	}
	var expires, revoked *time.Time
	u, err := s.account(ctx, accountOfToken, tokenHash(text), &expires, &revoked)
	if err != nil {
		return workflow.Actor{}, err
	}
	var reason string
	switch {
	case u == nil:
		reason = unknown
	case revoked != nil:
		reason = "revoked"
	case expires != nil && !s.now().Before(*expires):
		reason = "expired"
	case !usable(u):
		reason = disabled
	default:
		return actor(u), nil
	}
	if err := s.refuseToken(ctx, u, reason, source); err != nil {
		return workflow.Actor{}, err
	}
	return workflow.Actor{}, fault.New(fault.Unauthorized, saySignIn)
}

// refuseToken records that a token was refused, as long as its network does not
// send so many that the log would be full of them. u is nil for a token that
// nobody was given.
func (s *Service) refuseToken(ctx context.Context, u *ent.User, reason, source string) error {
	line := audit.Line{At: s.now(), Action: "bearer", Outcome: audit.Refused, Reason: reason, Source: source}
	if u != nil {
		line.Actor, line.Duty, line.Agency = u.ID, u.Duty, u.AgencyID
	}
	lines := s.refusals.refused(line)
	if len(lines) == 0 {
		return nil
	}
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		for _, one := range lines {
			if err := audit.Add(ctx, tx, one); err != nil {
				return err
			}
		}
		return nil
	})
}

// tokenHash is what is stored of a token: 256 random bits need no slow hash.
func tokenHash(text string) []byte {
	sum := sha256.Sum256([]byte("nysreferral/token/1\x00" + text))
	return sum[:]
}

func (s *Service) moment() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// recordFor records an act of by on the account userID.
func (s *Service) recordFor(ctx context.Context, tx *ent.Tx, by workflow.Actor, action string, userID int, source string) error {
	return audit.Add(ctx, tx, audit.Line{At: s.now(), Actor: by.ID, Duty: string(by.Duty), Agency: by.Agency,
		Action: action, Outcome: audit.Done, Refs: []string{"user " + strconv.Itoa(userID)}, Source: source})
}
