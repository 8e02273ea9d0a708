package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// Limits against somebody who tries few passwords at many accounts, which no lock
// of an account sees. They count different addresses with a wrong password, or
// that nobody has, within Window.
const (
	MostOfNetwork = 50  // of one network; then its passwords are not looked at for the rest of the window
	MostOfAll     = 200 // of all networks; then administrators are told
)

const saySpray = "Too many wrong passwords came from your network. Signing in with a password is paused there for a quarter of an hour; passkeys work. Wait, or ask your coordinator."

// spray counts in memory, each program its own. It is safe for concurrent use;
// its zero value is ready.
type spray struct {
	mu   sync.Mutex
	from map[string]*tries
	all  tries
}

// tries are the addresses that were tried since began.
type tries struct {
	began time.Time
	tried map[[8]byte]bool
}

// add counts an address and says whether it is the one that makes most.
func (t *tries) add(mark [8]byte, at time.Time, most int) bool {
	if t.tried == nil || at.Sub(t.began) >= Window {
		*t = tries{began: at, tried: map[[8]byte]bool{}}
	}
	if len(t.tried) >= most || t.tried[mark] {
		return false
	}
	t.tried[mark] = true
	return len(t.tried) == most
}

// refused counts a refusal and returns what it tells: "network", "all" or "".
func (s *spray) refused(source, email string, at time.Time) string {
	sum := sha256.Sum256([]byte(email))
	mark := [8]byte(sum[:8])
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from == nil {
		s.from = map[string]*tries{}
	}
	t := s.from[source]
	if t == nil && len(s.from) >= mostNetworks {
		for key, old := range s.from {
			if at.Sub(old.began) >= Window {
				delete(s.from, key)
			}
		}
	}
	if t == nil && len(s.from) < mostNetworks {
		t = &tries{}
		s.from[source] = t
	}
	all := s.all.add(mark, at, MostOfAll)
	if t != nil && t.add(mark, at, MostOfNetwork) {
		return "network"
	}
	if all {
		return "all"
	}
	return ""
}

// paused says whether passwords of a network are not looked at.
func (s *spray) paused(source string, at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.from[source]
	return t != nil && len(t.tried) >= MostOfNetwork && at.Sub(t.began) < Window
}

// unpaused refuses with fault.TooMany what comes from a paused network, before
// anything about an account is looked at.
func (s *Service) unpaused(source string) error {
	if s.sprays.paused(source, s.now()) {
		return fault.New(fault.TooMany, saySpray)
	}
	return nil
}

// sprayed counts a refused password; at a limit it writes a line and has the
// administrators told.
func (s *Service) sprayed(ctx context.Context, email, source string) error {
	what := s.sprays.refused(source, email, s.now())
	if what == "" {
		return nil
	}
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		ids, err := tx.User.Query().Where(user.Duty(string(workflow.Administrator)), user.DisabledAtIsNil()).IDs(ctx)
		if err != nil {
			return fmt.Errorf("auth: looking for administrators: %w", err)
		}
		if len(ids) > 0 {
			if err := jobs.Add(ctx, tx, s.db.Dialect(), Notice{ID: "spray " + random(8), Users: ids}); err != nil {
				return err
			}
		}
		return audit.Add(ctx, tx, audit.Line{At: s.now(), Action: "password_spray", Outcome: audit.Refused, Reason: what, Source: source})
	})
}
