package auth

import (
	"context"
	"fmt"
	"slices"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Proof is how somebody who is signed in proves anew who they are.
type Proof struct {
	Ask    Ask
	Secret string // the password or the code, as typed
}

// Ask is what somebody is asked for.
type Ask string

// What may be asked.
const (
	AskPasskey  Ask = "passkey"
	AskCode     Ask = "code"
	AskPassword Ask = "password"
)

// Asks says by what who proves anew who they are, best first: a duty that
// signs in with a passkey by that alone; others by the passkey or the app that
// they have; who has neither, by the password.
func (s *Service) Asks(ctx context.Context, who workflow.Actor) ([]Ask, error) {
	rows, err := factorsOf(ctx, s.db.Read(), who.ID, KindPasskey, KindApp)
	if err != nil {
		return nil, err
	}
	var out []Ask
	app := false
	for _, row := range rows {
		switch Kind(row.Kind) {
		case KindPasskey:
			if len(out) == 0 {
				out = []Ask{AskPasskey}
			}
		case KindApp:
			app = true
		}
	}
	if s.PasskeyOnly(who.Duty) {
		return []Ask{AskPasskey}, nil
	}
	if app {
		out = append(out, AskCode)
	}
	if len(out) == 0 {
		out = []Ask{AskPassword}
	}
	return out, nil
}

// Prove checks a code or a password of who is signed in. Wrong ones count as
// at signing in, and lock as those do. It returns fault.Unauthorized for a
// wrong one and for a proof that who is not asked for. A passkey is proved by
// ProvePasskey.
func (s *Service) Prove(ctx context.Context, who workflow.Actor, p Proof, source string) error {
	return s.proveAs(ctx, who, p, "prove", source)
}

// proveAs is Prove under another word of the log.
func (s *Service) proveAs(ctx context.Context, who workflow.Actor, p Proof, action, source string) error {
	asks, err := s.Asks(ctx, who)
	if err != nil {
		return err
	}
	if !slices.Contains(asks, p.Ask) || p.Ask == AskPasskey {
		return fault.New(fault.Unauthorized, sayProve)
	}
	right := false
	if p.Ask == AskPassword {
		u, err := s.db.Read().User.Get(ctx, who.ID)
		if err != nil {
			return fmt.Errorf("auth: reading an account: %w", err)
		}
		if right, err = s.matches(ctx, hashOf(u), p.Secret); err != nil {
			return err
		}
	}
	var refusal string
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		refusal, err = s.settleProof(ctx, tx, who, p, right, audit.Line{Action: action, Source: source})
		return err
	})
	if err == nil && refusal != "" {
		return fault.New(fault.Unauthorized, sayProve)
	}
	return err
}

const sayProve = "That is not right, or proving it is paused for this account. Nothing was done. Try again, or ask your coordinator."

func (s *Service) settleProof(ctx context.Context, tx *ent.Tx, who workflow.Actor, p Proof, right bool, line audit.Line) (refusal string, err error) {
	u, err := s.lockUser(ctx, tx, who.ID)
	if err != nil {
		return "", err
	}
	line.At, line.Actor, line.Duty, line.Agency, line.Outcome = s.now(), u.ID, u.Duty, u.AgencyID, audit.Refused
	change := tx.User.Update().Where(user.ID(u.ID)).SetFailures(u.Failures)
	now := s.moment()
	switch {
	case u.LockedUntil != nil && now.Before(*u.LockedUntil):
		refusal = locked
	case p.Ask == AskCode:
		_, refusal, err = s.spend(ctx, tx, u, p.Secret)
	case !right:
		refusal = wrong
	}
	if err != nil {
		return "", err
	}
	switch refusal {
	case "":
		change.SetFailures(0).ClearFailuresSince().ClearLockedUntil()
		line.Outcome, line.Reason = audit.Done, string(p.Ask)
	case locked:
		line.Reason = locked
	default:
		if line.Reason = refusal; s.countFailure(change, u, now) == lockedNow {
			line.Reason = lockedNow
		}
	}
	if _, err := change.Save(ctx); err != nil {
		return "", fmt.Errorf("auth: recording a proof: %w", err)
	}
	return refusal, audit.Add(ctx, tx, line)
}
