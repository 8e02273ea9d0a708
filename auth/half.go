package auth

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/session"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Words of a session about how it was proved.
const (
	stageKey  = "stage"   // how far a sign-in has come that is half done
	halfAtKey = "half_at" // since when
	provedKey = "proved"  // when its owner last proved who they are
	beganKey  = "began"   // when it began: signing in anew within it does not make it longer
)

// Halve makes the session one in which a sign-in is half done, under a new
// token. Nobody is signed in; Half says whose it is.
func (m *Sessions) Halve(ctx context.Context, e Entry) error {
	if err := m.RenewToken(ctx); err != nil {
		return fmt.Errorf("auth: renewing a session: %w", err)
	}
	m.Remove(ctx, userKey)
	m.Put(ctx, halfKey, e.Who.ID)
	m.Put(ctx, stageKey, string(e.Stage))
	m.Put(ctx, halfAtKey, m.s.stamp())
	return nil
}

// Half returns whose sign-in is half done in the session and how far it has
// come, on the account as it is now; fault.Unauthorized when there is none, or
// it was begun longer than Halfway ago.
func (m *Sessions) Half(ctx context.Context) (Entry, error) {
	id := m.GetInt(ctx, halfKey)
	if id == 0 || !m.within(ctx, halfAtKey, Halfway) {
		return Entry{}, fault.New(fault.Unauthorized, saySignIn)
	}
	who, err := m.s.Actor(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	return Entry{who, Stage(m.GetString(ctx, stageKey))}, nil
}

func (m *Sessions) forgetHalf(ctx context.Context) {
	for _, key := range []string{halfKey, stageKey, halfAtKey} {
		m.Remove(ctx, key)
	}
}

// Fresh says whether who is signed in has proved so recently enough for the
// gravest acts.
func (m *Sessions) Fresh(ctx context.Context) bool {
	return m.s.alone || m.within(ctx, provedKey, m.s.fresh)
}

// Proved notes that the person proved again who they are, and gives the session
// a new token; the old one is dead.
func (m *Sessions) Proved(ctx context.Context) error {
	if err := m.RenewToken(ctx); err != nil {
		return fmt.Errorf("auth: renewing a session: %w", err)
	}
	m.Put(ctx, provedKey, m.s.stamp())
	return nil
}

// EndOthers ends every other session of who: after a change of how the account
// signs in, nobody who was in before stays in.
func (m *Sessions) EndOthers(ctx context.Context, who workflow.Actor) error {
	own := sessionHash(m.Token(ctx))
	return m.s.db.Do(ctx, func(tx *ent.Tx) error {
		if _, err := tx.Session.Delete().Where(session.UserID(who.ID), session.TokenHashNEQ(own)).Exec(ctx); err != nil {
			return fmt.Errorf("auth: ending other sessions: %w", err)
		}
		return nil
	})
}

// stamp is this moment as a word of a session.
func (s *Service) stamp() string { return strconv.FormatInt(s.moment().UnixMicro(), 10) }

// within says whether the moment that the session holds under key is not
// longer ago than d.
func (m *Sessions) within(ctx context.Context, key string, d time.Duration) bool {
	at, err := strconv.ParseInt(m.GetString(ctx, key), 10, 64)
	if err != nil {
		return false
	}
	return m.s.moment().Before(time.UnixMicro(at).Add(d))
}
