package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"nysreferral/abroad"
	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/ent/user"
	"nysreferral/fault"
)

const (
	sayAbroad = "Your account there did not let you in here. Nothing was done. Try again, or sign in another way. If it was never connected to an account here, ask your coordinator for an invitation."
	saySilent = "The other service does not answer at this moment. Try again in a few minutes, or sign in another way."
	sayBound  = "Your account there is connected to another account here already. Ask your coordinator."
)

// Abroad says whether people may sign in at another provider in place of giving
// a password.
func (s *Service) Abroad() bool { return s.abroad != nil }

// AskAbroad makes the question that somebody is sent to the provider with. It
// returns fault.NotFound where there is no provider, and fault.Unavailable when it
// does not answer.
func (s *Service) AskAbroad(ctx context.Context) (abroad.Question, error) {
	if s.abroad == nil {
		return abroad.Question{}, fault.Absent()
	}
	q, err := s.abroad.Ask(ctx)
	if errors.Is(err, abroad.ErrSilent) {
		return q, fault.Wrap(fault.Unavailable, saySilent, err)
	}
	return q, err
}

// SignInAbroad signs in whom the provider names, as if by a password: what else
// the account must prove follows. Nobody is found by a mail address, only by what
// an invitation bound. Every refusal is the same fault.Unauthorized; the log knows
// which it was.
func (s *Service) SignInAbroad(ctx context.Context, held string, in url.Values, source string) (Entry, error) {
	if s.abroad == nil {
		return Entry{}, fault.Absent()
	}
	is, err := s.abroad.Answer(ctx, held, in)
	if err != nil {
		return Entry{}, s.refuseAbroad(ctx, err, source)
	}
	var e Entry
	var reason string
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		e, reason = Entry{}, ""
		line := audit.Line{At: s.now(), Action: "sign_in", Outcome: audit.Refused, Source: source}
		row, err := tx.Factor.Query().Where(factor.Handle(abroadHandle(is)), factor.Kind(string(KindAbroad)), factor.RevokedAtIsNil()).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			reason = unknown
		case err != nil:
			return fmt.Errorf("auth: looking for an account at another provider: %w", err)
		default:
			if e, reason, err = s.abroadEntry(ctx, tx, row, &line); err != nil {
				return err
			}
		}
		if line.Reason = byAbroad + " " + reason; reason == "" {
			line.Outcome, line.Reason = audit.Done, byAbroad
		}
		return audit.Add(ctx, tx, line)
	})
	if err == nil && reason != "" {
		err = fault.New(fault.Unauthorized, sayAbroad)
	}
	return e, err
}

// byAbroad is the word of the log for another provider.
const byAbroad = "abroad"

// abroadEntry says what follows for the account of a factor.
func (s *Service) abroadEntry(ctx context.Context, tx *ent.Tx, row *ent.Factor, line *audit.Line) (e Entry, reason string, err error) {
	u, err := s.lockUser(ctx, tx, row.UserID)
	if err != nil {
		return e, "", err
	}
	line.Actor, line.Duty, line.Agency = u.ID, u.Duty, u.AgencyID
	if !usable(u) {
		return e, disabled, nil
	}
	stage, ok, err := s.afterPassword(ctx, tx, u)
	if err != nil || !ok {
		return e, noFactor, err
	}
	if stage != StageIn {
		line.Action = "password" // the first of two steps
	}
	if stage != StageCode {
		if err := tx.User.Update().Where(user.ID(u.ID)).SetSignedInAt(s.moment()).Exec(ctx); err != nil {
			return e, "", fmt.Errorf("auth: recording a sign-in: %w", err)
		}
	}
	if err := tx.Factor.UpdateOne(row).SetUsedAt(s.moment()).Exec(ctx); err != nil {
		return e, "", fmt.Errorf("auth: recording a sign-in: %w", err)
	}
	return Entry{actor(u), stage}, "", nil
}

// RedeemAbroad uses an invitation up as Redeem does, and binds the account to
// whom the provider names in place of a password.
func (s *Service) RedeemAbroad(ctx context.Context, email, code, held string, in url.Values, source string) (Entry, error) {
	if s.abroad == nil {
		return Entry{}, fault.Absent()
	}
	is, err := s.abroad.Answer(ctx, held, in)
	if err != nil {
		return Entry{}, s.refuseAbroad(ctx, err, source)
	}
	email = strings.ToLower(strings.TrimSpace(email))
	var e Entry
	var reason string
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		e = Entry{}
		line := audit.Line{At: s.now(), Action: "redeem_invitation", Outcome: audit.Refused, Source: source}
		bound, err := tx.Factor.Query().Where(factor.Handle(abroadHandle(is))).Exist(ctx)
		if err != nil {
			return fmt.Errorf("auth: looking for an account at another provider: %w", err)
		}
		var u *ent.User
		if reason = "bound"; !bound {
			if u, reason, err = s.invited(ctx, tx, email, code, ""); err != nil {
				return err
			}
		}
		if u != nil {
			line.Actor, line.Duty, line.Agency = u.ID, u.Duty, u.AgencyID
		}
		if line.Reason = reason; reason != "" {
			return audit.Add(ctx, tx, line)
		}
		if err := s.beginAnew(ctx, tx, u, Hash{}); err != nil {
			return err
		}
		if err := s.bind(ctx, tx, u.ID, KindAbroad, kept{Issuer: is.Issuer, Subject: is.Subject}, abroadHandle(is), 0); err != nil {
			return err
		}
		if e = (Entry{actor(u), StageSetUp}); s.alone {
			e.Stage = StageIn
		}
		line.Outcome, line.Reason = audit.Done, byAbroad
		return audit.Add(ctx, tx, line)
	})
	switch {
	case err != nil:
		return Entry{}, err
	case reason == "bound":
		return Entry{}, fault.New(fault.Unauthorized, sayBound)
	case reason != "":
		return Entry{}, fault.New(fault.Unauthorized, sayInvitation)
	}
	return e, nil
}

// refuseAbroad records an answer that was not believed, unless its network sends
// so many that the log would be full of them, and returns what to say.
func (s *Service) refuseAbroad(ctx context.Context, err error, source string) error {
	if errors.Is(err, abroad.ErrSilent) {
		return fault.Wrap(fault.Unavailable, saySilent, err)
	}
	var why *abroad.Refusal
	if !errors.As(err, &why) {
		return err
	}
	lines := s.abroadRefusals.refused(audit.Line{At: s.now(), Action: "sign_in", Outcome: audit.Refused, Reason: byAbroad + " " + why.Reason, Source: source})
	if len(lines) > 0 {
		err := s.db.Do(ctx, func(tx *ent.Tx) error {
			for _, one := range lines {
				if err := audit.Add(ctx, tx, one); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return fault.Wrap(fault.Unauthorized, sayAbroad, err)
}

// abroadHandle is what an account at another provider is found by in the table.
func abroadHandle(is abroad.Identity) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "nysreferral/abroad/1\x00%d\x00%s%s", len(is.Issuer), is.Issuer, is.Subject))
	return sum[:]
}
