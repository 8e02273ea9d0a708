package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/factor"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Stage says how far a sign-in has come.
type Stage string

// The stages. Nobody but StageIn reaches anything but the own way in.
const (
	StageCode   Stage = "code"   // the password was right; a second factor is asked
	StageSetUp  Stage = "set_up" // proved, but what the duty must have is not there: nothing but that can be added
	StageIn     Stage = "in"     // signed in
	StageLocked Stage = "locked" // was signed in and the screen is locked; one factor opens it again
)

// Entry is what a step of signing in has come to.
type Entry struct {
	Who   workflow.Actor
	Stage Stage
}

// Halfway is how long a sign-in may take from its first step to its last.
const Halfway = 10 * time.Minute

// StateDuties are those that sign in with a passkey alone, unless the settings
// say otherwise: what they open is other people's.
func StateDuties() []workflow.Duty {
	return []workflow.Duty{workflow.Reviewer, workflow.Director, workflow.Program, workflow.Administrator, workflow.Auditor}
}

// PasskeyOnly says whether a duty signs in with a passkey and nothing else.
func (s *Service) PasskeyOnly(d workflow.Duty) bool {
	return !s.alone && slices.Contains(s.passkeys, d)
}

// suffices says whether an account of that duty, with these factors, can sign in.
func (s *Service) suffices(d workflow.Duty, have []Kind) bool {
	switch {
	case s.alone || slices.Contains(have, KindPasskey):
		return true
	case s.PasskeyOnly(d):
		return false
	}
	return slices.Contains(have, KindApp)
}

// afterPassword says what follows a right password of u, and whether a sign-in
// with it can come to anything at all.
func (s *Service) afterPassword(ctx context.Context, tx *ent.Tx, u *ent.User) (Stage, bool, error) {
	ever, err := tx.Factor.Query().Where(factor.UserID(u.ID), factor.KindNEQ(string(KindAbroad))).All(ctx)
	if err != nil {
		return "", false, fmt.Errorf("auth: reading factors: %w", err)
	}
	force, app := 0, false
	for _, f := range ever {
		if f.RevokedAt == nil {
			force++
			app = app || Kind(f.Kind) == KindApp
		}
	}
	switch {
	case app, force > 0 && !s.alone: // with passkeys alone, a recovery code may follow
		return StageCode, true, nil
	case s.alone:
		return StageIn, true, nil
	case len(ever) == 0: // the first sign-in of an account
		return StageSetUp, true, nil
	}
	return "", false, nil // what it had was taken away: an invitation begins anew
}

// Reasons in the audit log for a refused second factor.
const (
	wrongCode   = "wrong_code"   // neither a code of the app nor a recovery code
	usedCode    = "used_code"    // it was used before
	needPasskey = "need_passkey" // right, but the duty signs in with a passkey
	noFactor    = "no_factor"    // all factors were taken away
)

const (
	sayCode    = "The code is not right, or was used before, or signing in is paused for this account. Wait for the next code, or use a recovery code."
	sayPasskey = "Your duty signs in with a passkey. Go back and choose Sign in with a passkey. If you lost it, use a recovery code, or ask your coordinator."
)

// Second checks the second factor of an account whose password was right: a
// code of the app or a recovery code. Each is good once, also when it is sent
// fifty times at the same moment. Wrong ones count as wrong passwords do. It
// returns fault.Unauthorized with what to do.
func (s *Service) Second(ctx context.Context, userID int, code, source string) (Entry, error) {
	var e Entry
	var refused error
	err := s.db.Do(ctx, func(tx *ent.Tx) error {
		e, refused = Entry{}, nil
		u, err := s.lockUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		line := audit.Line{At: s.moment(), Actor: u.ID, Duty: u.Duty, Agency: u.AgencyID, Action: "sign_in", Outcome: audit.Refused, Source: source}
		change := tx.User.Update().Where(user.ID(u.ID))
		found, err := s.second(ctx, tx, u, code, change)
		if err != nil {
			return err
		}
		if line.Reason = found.refusal; line.Reason == "" {
			line.Outcome, line.Reason = audit.Done, string(found.stage)+" "+found.by
			e = Entry{actor(u), found.stage}
		} else if refused = fault.New(fault.Unauthorized, sayCode); line.Reason == needPasskey {
			refused = fault.New(fault.Unauthorized, sayPasskey)
		}
		if _, err := change.Save(ctx); err != nil {
			return fmt.Errorf("auth: recording a sign-in: %w", err)
		}
		if found.by == byRecovery {
			if err := s.tellCoordinators(ctx, tx, u); err != nil {
				return err
			}
		}
		return audit.Add(ctx, tx, line)
	})
	if err != nil {
		return Entry{}, err
	}
	return e, refused
}

// How a second factor was given.
const (
	byApp      = "app"
	byRecovery = "recovery_code"
)

// finding is what a second factor came to: a refusal, or a stage and by what.
type finding struct {
	refusal string
	stage   Stage
	by      string
}

// second tries a code on the account as it is now and puts into change what
// follows for the count of failures.
func (s *Service) second(ctx context.Context, tx *ent.Tx, u *ent.User, code string, change *ent.UserUpdate) (finding, error) {
	now := s.moment()
	change.SetFailures(u.Failures)
	switch {
	case u.LockedUntil != nil && now.Before(*u.LockedUntil):
		return finding{refusal: locked}, nil
	case !usable(u):
		return finding{refusal: disabled}, nil
	}
	by, refusal, err := s.spend(ctx, tx, u, code)
	if err != nil {
		return finding{}, err
	}
	if refusal != "" {
		if s.countFailure(change, u, now) == lockedNow {
			refusal = lockedNow
		}
		return finding{refusal: refusal}, nil
	}
	d := workflow.Duty(u.Duty)
	keys, err := factorsOf(ctx, tx.Client(), u.ID, KindPasskey)
	if err != nil {
		return finding{}, err
	}
	stage := StageIn
	switch {
	case s.PasskeyOnly(d) && by == byApp && len(keys) > 0:
		return finding{refusal: needPasskey}, nil
	case s.PasskeyOnly(d):
		stage = StageSetUp
	case s.mustRenew(u):
		stage = StageRenew
	}
	change.SetFailures(0).ClearFailuresSince().ClearLockedUntil().ClearWrongInAll().SetSignedInAt(now)
	return finding{stage: stage, by: by}, nil
}

// spend uses a code up: of the app, else a recovery code. refusal is "" when it
// was good.
func (s *Service) spend(ctx context.Context, tx *ent.Tx, u *ent.User, code string) (by, refusal string, err error) {
	if looksLikeApp(code) {
		refusal, err = s.spendApp(ctx, tx, u.ID, code)
		return byApp, refusal, err
	}
	refusal, err = s.spendRecovery(ctx, tx, u.ID, code)
	return byRecovery, refusal, err
}

// lockUser reads an account with its agency and keeps others from changing it
// until tx ends; fault.Absent without one.
func (s *Service) lockUser(ctx context.Context, tx *ent.Tx, id int) (*ent.User, error) {
	q := tx.User.Query().Where(user.ID(id)).WithAgency()
	if s.db.Dialect() == store.Postgres {
		q.ForUpdate()
	}
	u, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Absent()
	}
	if err != nil {
		return nil, fmt.Errorf("auth: reading an account: %w", err)
	}
	return u, nil
}
