package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/jobs"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/tallies"
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

// spray counts in memory: what this server refuses at once, and what others of the
// same database tell of, see Together. It is safe for concurrent use; its zero
// value is ready.
type spray struct {
	common atomic.Bool // others are heard

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
func (s *spray) refused(source string, mark [8]byte, at time.Time) string {
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

// refusedHere is a refusal as servers tell it to each other.
type refusedHere struct {
	By     string `json:"by"`     // the server
	Source string `json:"source"` // the network
	Mark   []byte `json:"mark"`   // of the address, see addressMark
	At     int64  `json:"at"`     // when it was told, seconds since 1970
}

// stale is how old what is told may be: one that was caught and is said again
// later counts nothing. What is said twice at once counts once, by its mark.
const stale = 2 * time.Minute

// sprays is where refusals are told.
const sprays = "nysreferral_refused"

// addressMark stands for an address where nobody shall read it.
func (s *Service) addressMark(email string) [8]byte {
	mac := hmac.New(sha256.New, s.marks)
	mac.Write([]byte(email))
	return [8]byte(mac.Sum(nil)[:8])
}

// refusedPlace is where a told refusal is sealed to.
var refusedPlace = seal.Place{Table: "notices", Column: sprays, Row: "refused", Version: 2}

// sprayed counts a refused password here at once, and tells the other servers,
// sealed, as everybody who has the database hears it. That they cannot be told
// takes nothing from what is counted here.
func (s *Service) sprayed(ctx context.Context, email, source string) error {
	mark := s.addressMark(email)
	told := s.tellSpray(ctx, s.sprays.refused(source, mark, s.now()), source)
	if s.db.Dialect() != store.Postgres {
		return told
	}
	text, err := json.Marshal(refusedHere{s.self, source, mark[:], s.now().Unix()})
	if err != nil {
		return errors.Join(told, fmt.Errorf("auth: telling the other servers: %w", err))
	}
	sealed, err := s.ring.Seal(text, refusedPlace)
	if err != nil {
		return errors.Join(told, fmt.Errorf("auth: telling the other servers: %w", err))
	}
	_ = s.db.Tell(ctx, sprays, base64.StdEncoding.EncodeToString(sealed)) // the count here stands without it
	return told
}

// Together adds what other servers of this database refuse to what this one
// counts, until ctx ends. What no server of these keys told is dropped.
func (s *Service) Together(ctx context.Context, log *slog.Logger) {
	s.db.Hear(ctx, log, sprays, s.sprays.common.Store, func(text string) {
		r, ok := s.heard(text)
		if !ok || r.By == s.self {
			return // forged, said again, of another version, or counted already
		}
		if err := s.tellSpray(ctx, s.sprays.refused(r.Source, [8]byte(r.Mark), s.now()), r.Source); err != nil {
			log.Error("passwords are tried at many accounts, and nobody could be told", "err", err)
		}
	})
}

// heard opens what a server told, and says whether one of ours did.
func (s *Service) heard(text string) (refusedHere, bool) {
	var r refusedHere
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return r, false
	}
	plain, err := s.ring.Open(sealed, refusedPlace)
	if err != nil || json.Unmarshal(plain, &r) != nil {
		return r, false
	}
	return r, len(r.Mark) == 8 && s.now().Sub(time.Unix(r.At, 0)).Abs() <= stale
}

// tellSpray writes the line of a limit that was reached, unless another server did
// for the same within Window.
func (s *Service) tellSpray(ctx context.Context, what, source string) error {
	if what == "" {
		return nil
	}
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		same := tx.AuditEntry.Query().Where(auditentry.Action("password_spray"), auditentry.Reason(what), auditentry.AtGT(s.now().Add(-Window)))
		if what == "network" {
			same.Where(auditentry.Source(source))
		}
		before, err := same.Exist(ctx)
		if err != nil {
			return fmt.Errorf("auth: looking whether it was told: %w", err)
		}
		if before {
			return nil
		}
		ids, err := tx.User.Query().Where(user.Duty(string(workflow.Administrator)), user.DisabledAtIsNil()).IDs(ctx)
		if err != nil {
			return fmt.Errorf("auth: looking for administrators: %w", err)
		}
		if len(ids) > 0 {
			if err := jobs.Add(ctx, tx, s.db.Dialect(), Notice{ID: "spray " + random(8), Users: ids}); err != nil {
				return err
			}
		}
		if err := tallies.Note(ctx, tx, tallies.Sprayed, 0, source, source, s.moment()); err != nil {
			return err
		}
		return audit.Add(ctx, tx, audit.Line{At: s.now(), Action: "password_spray", Outcome: audit.Refused, Reason: what, Source: source})
	})
}
