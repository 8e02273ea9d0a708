// Package auth says who is asking: it signs people in with a password, keeps
// their sessions, knows the bearer tokens of the API, and reads the account
// anew at every request, so that disabling one works at once. It answers every
// wrong sign-in with the same sentence after the same work, and writes each to
// the audit log. It does not make accounts (registry does) and decides nothing
// that an account may do (workflow does).
package auth

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"nysreferral/abroad"
	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/session"
	"nysreferral/ent/token"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/workflow"
)

// Limits of the password path. Sessions that live stay usable when it locks.
const (
	MostFailures = 5                // wrong passwords before the path locks
	Window       = 15 * time.Minute // in which they count
	LockedFor    = 15 * time.Minute // how long it locks; a coordinator can release it before
	MostInAll    = 100              // wrong ones since the last sign-in, however slowly, before it locks until it is released
)

// forever is how long a lock lasts that somebody has to release.
const forever = 100 * 365 * 24 * time.Hour

const (
	sayWrong  = "The email address or the password is not right, or signing in with a password is paused for this account. Try again, or ask your coordinator."
	saySignIn = "You are not signed in. Sign in, then try again."
	sayBusy   = "Many people are signing in at this moment. Wait a minute, then try again."
)

// Options say how a Service works.
type Options struct {
	DB       *store.DB
	Ring     *seal.Ring
	Now      func() time.Time // wall time, also in the demo
	Cost     int              // rounds of PBKDF2 for new passwords; see config.LeastPasswordCost
	Idle     time.Duration    // a session of nobody, and where nothing locks each, ends after this long without a request; 0 is 15 minutes
	Absolute time.Duration    // a session ends after this long whatever happens; 0 is 10 hours
	Lock     time.Duration    // the screen locks after this long without a request; 0 is 10 minutes, below 0 never: then Idle ends it

	// PasswordAlone lets a password sign in where the account has no second
	// factor, and asks nobody to prove again who they are. It is for the
	// demonstration and for tests, whose people are made up.
	PasswordAlone bool

	// Guessing ends nobody's session for asking for what is not there. It is for
	// the demonstration, where everybody tries that, and for tests.
	Guessing bool

	// KeepUnused switches no account off because nobody used it. It is for a
	// demonstration, whose clock is not the machine's.
	KeepUnused    bool
	Known         Known            // passwords that nobody may have
	PasswordAge   time.Duration    // a password has to be changed after this long; 0 is never
	Release       bool             // a locked password path stays locked until somebody releases it
	PasskeyDuties []workflow.Duty  // who signs in with a passkey and nothing else; nil is StateDuties
	PublicURL     string           // where people reach this system: passkeys are bound to its host; "" or a number has none
	Name          string           // neutral name of this system, as devices show it; "" is "Partner Services"
	Abroad        *abroad.Provider // another provider of sign-in, in place of passwords; nil is none
	Fresh         time.Duration    // how long a proof lasts for the gravest acts; 0 is 5 minutes
}

// Service signs people in and says who they are. It is safe for concurrent use.
type Service struct {
	db             *store.DB
	ring           *seal.Ring
	now            func() time.Time
	cost           int
	idle           time.Duration
	absolute       time.Duration
	lock           time.Duration // 0: never
	pepper         []byte
	nobody         Hash          // what the password of an unknown account is compared with
	work           chan struct{} // bounds how many passwords are hashed at once
	refusals       flood         // of tokens
	sprays         spray         // of passwords
	self           string        // this server among those of the database
	marks          []byte        // key of what addresses are counted by
	known          Known
	passwordAge    time.Duration
	lockedFor      time.Duration
	abroad         *abroad.Provider
	abroadRefusals flood // of answers of another provider
	alone          bool
	guessing       bool
	keepUnused     bool
	passkeys       []workflow.Duty
	fresh          time.Duration
	keys           *webauthn.WebAuthn // nil: passkeys do not work at this address
	handles        []byte             // key of what devices know accounts by
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.DB == nil || o.Ring == nil || o.Now == nil || o.Cost < 1 {
		return nil, errors.New("auth: a database, keys, a clock and a cost are needed")
	}
	pepper, err := o.Ring.Derive("password pepper/1")
	if err != nil {
		return nil, fmt.Errorf("auth: deriving the pepper: %w", err)
	}
	s := &Service{
		db: o.DB, ring: o.Ring, now: o.Now, cost: o.Cost, idle: o.Idle, absolute: o.Absolute,
		pepper: pepper, work: make(chan struct{}, runtime.GOMAXPROCS(0)),
		known: o.Known, passwordAge: o.PasswordAge, abroad: o.Abroad, alone: o.PasswordAlone, guessing: o.Guessing, keepUnused: o.KeepUnused, passkeys: o.PasskeyDuties, fresh: o.Fresh,
	}
	if s.passkeys == nil {
		s.passkeys = StateDuties()
	}
	if s.fresh == 0 {
		s.fresh = 5 * time.Minute
	}
	if s.idle == 0 {
		s.idle = 15 * time.Minute
	}
	if s.absolute == 0 {
		s.absolute = 10 * time.Hour
	}
	if s.lockedFor = LockedFor; o.Release {
		s.lockedFor = forever
	}
	switch {
	case o.Lock == 0:
		s.lock = min(10*time.Minute, s.idle)
	case o.Lock > 0:
		s.lock = o.Lock
	}
	s.nobody, s.self = newHash(s.cost), random(8)
	if s.marks, err = o.Ring.Derive("address marks/1"); err != nil {
		return nil, fmt.Errorf("auth: deriving the key of marks: %w", err)
	}
	if s.keys, err = newPasskeys(o.Name, o.PublicURL); err != nil {
		return nil, err
	}
	if s.handles, err = o.Ring.Derive("passkey handle/1"); err != nil {
		return nil, fmt.Errorf("auth: deriving the key of handles: %w", err)
	}
	return s, nil
}

// SignIn checks a password and returns whose it is and what follows. An unknown
// address, a wrong password, a locked and a disabled account get the same
// fault.Unauthorized after the same work; only the audit log knows which it
// was. source is where the request came from, as far as policy keeps it.
func (s *Service) SignIn(ctx context.Context, email, password, source string) (Entry, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if err := s.unpaused(source); err != nil {
		return Entry{}, err
	}
	u, err := s.db.Read().User.Query().Where(user.Email(email)).WithAgency().Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return Entry{}, fmt.Errorf("auth: reading an account: %w", err)
	}
	stored := s.nobody
	if u != nil && len(u.PasswordHash) > 0 {
		stored = hashOf(u)
	}
	right, err := s.matches(ctx, stored, password)
	if err != nil {
		return Entry{}, err
	}
	again := Hash{}
	if right && (stored.Cost != s.cost || stored.Scheme != scheme) {
		if again, err = s.hash(ctx, password); err != nil {
			return Entry{}, err
		}
	}
	a := attempt{u: u, right: right && u != nil, again: again, listed: listed(password) || s.known.has(password), source: source}
	var reason string
	var stage Stage
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		var err error
		reason, stage, err = s.settle(ctx, tx, a)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	if reason != "" {
		if err := s.sprayed(ctx, email, source); err != nil {
			return Entry{}, err
		}
		return Entry{}, fault.New(fault.Unauthorized, sayWrong)
	}
	return Entry{actor(u), stage}, nil
}

// attempt is a sign-in whose password has been compared.
type attempt struct {
	u      *ent.User // as read before; nil when the address is unknown
	right  bool      // the password is that of u
	listed bool      // everybody may know the password
	again  Hash      // the password hashed at today's cost, if it must be
	source string
}

// Reasons in the audit log for a refused sign-in.
const (
	unknown   = "unknown"    // no account has this address
	wrong     = "wrong"      // the password
	lockedNow = "locked_now" // wrong, and the path is locked from now on
	locked    = "locked"     // the path was locked before
	disabled  = "disabled"   // the account, its agency, or no duty that fits
)

// settle decides an attempt on the account as it is now, and records it. It
// returns the reason of a refusal or "", and what follows. Refusals run the same
// statements.
func (s *Service) settle(ctx context.Context, tx *ent.Tx, a attempt) (string, Stage, error) {
	now := s.now().UTC().Truncate(time.Microsecond)
	id := 0
	if a.u != nil {
		id = a.u.ID
	}
	q := tx.User.Query().Where(user.ID(id)).WithAgency()
	if s.db.Dialect() == store.Postgres {
		q.ForUpdate()
	}
	u, err := q.Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return "", "", fmt.Errorf("auth: reading an account: %w", err)
	}
	line := audit.Line{At: now, Action: "sign_in", Outcome: audit.Refused, Source: a.source}
	change := tx.User.Update().Where(user.ID(id))
	var stage Stage
	switch {
	case u == nil:
		line.Reason = unknown
		change.SetFailures(0)
	case u.LockedUntil != nil && now.Before(*u.LockedUntil):
		line.Reason = locked
		change.SetFailures(u.Failures)
	case !a.right || string(u.PasswordHash) != string(a.u.PasswordHash):
		line.Reason = s.countFailure(change, u, now)
	case !usable(u):
		line.Reason = disabled
		change.SetFailures(u.Failures)
	default:
		if stage, err = s.passed(ctx, tx, a, u, change); err != nil {
			return "", "", err
		}
		line.Reason = noFactor
		if stage != "" {
			line.Outcome, line.Reason = audit.Done, ""
		}
		if stage != StageIn && stage != "" {
			line.Action = "password" // the first of two steps
		}
	}
	if u != nil {
		line.Actor, line.Duty, line.Agency = u.ID, u.Duty, u.AgencyID
	}
	if _, err := change.Save(ctx); err != nil {
		return "", "", fmt.Errorf("auth: recording a sign-in: %w", err)
	}
	return line.Reason, stage, audit.Add(ctx, tx, line)
}

// passed says what follows the right password of u, and puts into change what
// does for the row. Wrong passwords and codes are forgotten only by a whole
// sign-in: a right password alone must not give the codes five tries more.
func (s *Service) passed(ctx context.Context, tx *ent.Tx, a attempt, u *ent.User, change *ent.UserUpdate) (Stage, error) {
	stage, ok, err := s.afterPassword(ctx, tx, u)
	if err != nil || !ok {
		change.SetFailures(u.Failures)
		return "", err
	}
	if change.SetFailures(u.Failures); stage != StageCode {
		change.SetFailures(0).ClearFailuresSince().ClearLockedUntil().ClearWrongInAll().SetSignedInAt(s.moment())
	}
	if a.listed {
		change.SetPasswordSetAt(spoiled)
	}
	if stage == StageIn && (a.listed || s.mustRenew(u)) {
		stage = StageRenew
	}
	if a.again.Cost > 0 {
		change.SetPasswordHash(a.again.Bytes).SetPasswordScheme(a.again.Scheme).SetPasswordCost(a.again.Cost)
	}
	return stage, nil
}

// countFailure counts one wrong password of u and locks the path at the fifth
// within the window, and until it is released at the hundredth since the last
// sign-in.
func (s *Service) countFailure(change *ent.UserUpdate, u *ent.User, now time.Time) string {
	all := 1
	if u.WrongInAll != nil {
		all += *u.WrongInAll
	}
	if change.SetWrongInAll(all); all >= MostInAll {
		change.SetLockedUntil(now.Add(forever))
		return lockedNow
	}
	if u.FailuresSince == nil || now.Sub(*u.FailuresSince) >= Window || u.LockedUntil != nil {
		change.SetFailures(1).SetFailuresSince(now).ClearLockedUntil()
		return wrong
	}
	change.SetFailures(u.Failures + 1)
	if u.Failures+1 < MostFailures {
		return wrong
	}
	change.SetLockedUntil(now.Add(s.lockedFor))
	return lockedNow
}

// SignedOut records that who ended the own session.
func (s *Service) SignedOut(ctx context.Context, who workflow.Actor, source string) error {
	return s.db.Do(ctx, func(tx *ent.Tx) error { return s.record(ctx, tx, who, "sign_out", source) })
}

// Actor returns the account as it is now, or fault.Unauthorized when it is
// disabled, its agency is not active or its duty does not fit the agency. Ask
// at every request.
func (s *Service) Actor(ctx context.Context, userID int) (workflow.Actor, error) {
	u, err := s.account(ctx, accountOfUser, userID)
	if err != nil {
		return workflow.Actor{}, err
	}
	return admitted(u)
}

// Revoke ends every session and every token of an account, in the transaction
// that disables it or changes how it signs in. It writes no audit line: the
// act that calls it does.
func (s *Service) Revoke(ctx context.Context, tx *ent.Tx, userID int) error {
	if _, err := tx.Session.Delete().Where(session.UserID(userID)).Exec(ctx); err != nil {
		return fmt.Errorf("auth: ending sessions: %w", err)
	}
	_, err := tx.Token.Update().Where(token.UserID(userID), token.RevokedAtIsNil()).
		SetRevokedAt(s.now().UTC().Truncate(time.Microsecond)).Save(ctx)
	if err != nil {
		return fmt.Errorf("auth: revoking tokens: %w", err)
	}
	return nil
}

// Unlock releases the password path of an account, in the transaction of the
// act that does so. It writes no audit line: the act does.
func (s *Service) Unlock(ctx context.Context, tx *ent.Tx, userID int) error {
	_, err := tx.User.Update().Where(user.ID(userID)).SetFailures(0).ClearFailuresSince().ClearLockedUntil().ClearWrongInAll().Save(ctx)
	if err != nil {
		return fmt.Errorf("auth: unlocking an account: %w", err)
	}
	return nil
}

func (s *Service) record(ctx context.Context, tx *ent.Tx, who workflow.Actor, action, source string) error {
	return audit.Add(ctx, tx, audit.Line{At: s.now(), Actor: who.ID, Duty: string(who.Duty), Agency: who.Agency,
		Action: action, Outcome: audit.Done, Source: source})
}
