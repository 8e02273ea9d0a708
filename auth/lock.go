package auth

import (
	"context"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/session"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Away is how long nobody may ask for anything before the screen is locked or,
// where screens are not locked, the session ends.
func (s *Service) Away() time.Duration {
	if s.lock > 0 {
		return s.lock
	}
	return s.idle
}

// idled says what becomes of a session that nobody used for so long, given what
// it holds: its content as it is from now on, nil when it is over. A session of
// somebody who was signed in is locked: it is nobody's until one factor opens it,
// at most until its absolute end. One that is locked already stays so.
func (s *Service) idled(ctx context.Context, row *ent.Session, u *ent.User, hash, data []byte, away time.Duration) (_ []byte, locked bool, err error) {
	h, err := heldIn(data)
	if err != nil {
		return nil, false, err
	}
	switch {
	case s.lock > 0 && h.Words[stageKey] == string(StageLocked):
		return data, true, nil
	case away < s.Away():
		return data, false, nil
	case s.lock > 0 && h.User != 0 && u != nil:
		data, err = s.latch(ctx, row, u, hash, h)
		return data, true, err
	case away < s.idle:
		return data, false, nil
	}
	return nil, false, nil
}

// latch locks the session row of u and records it.
func (s *Service) latch(ctx context.Context, row *ent.Session, u *ent.User, hash []byte, h held) ([]byte, error) {
	h.Half, h.User = h.User, 0
	if h.Words == nil {
		h.Words = map[string]string{}
	}
	h.Words[stageKey] = string(StageLocked)
	delete(h.Words, provedKey)
	data, err := h.text()
	if err != nil {
		return nil, err
	}
	sealed, err := s.ring.Seal(data, sessionPlace(hash))
	if err != nil {
		return nil, fmt.Errorf("auth: sealing a session: %w", err)
	}
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		n, err := tx.Session.Update().Where(session.ID(row.ID), session.SeenAt(row.SeenAt)).SetData(sealed).SetSeenAt(s.moment()).Save(ctx)
		if err != nil {
			return fmt.Errorf("auth: locking a session: %w", err)
		}
		if n == 0 {
			return nil // another request of the same browser did it
		}
		return s.record(ctx, tx, actor(u), "lock_screen", "")
	})
	return data, err
}

// Locked returns whose session it is when the screen is locked, as the account
// is now; else fault.Unauthorized.
func (m *Sessions) Locked(ctx context.Context) (workflow.Actor, error) {
	id := m.GetInt(ctx, halfKey)
	if id == 0 || m.GetString(ctx, stageKey) != string(StageLocked) || !m.within(ctx, beganKey, m.s.absolute) {
		return workflow.Actor{}, fault.New(fault.Unauthorized, saySignIn)
	}
	if u := readWith(ctx, id); u != nil {
		return admitted(u)
	}
	return m.s.Actor(ctx, id)
}

// Left is how long the session of this request has until it locks, as far as a
// quiet request may tell.
func (m *Sessions) Left(ctx context.Context) time.Duration {
	l, ok := ctx.Value(loadedKey{}).(*loaded)
	if !ok || l.seen.IsZero() {
		return 0
	}
	return m.s.Away() - m.s.moment().Sub(l.seen)
}

// Reopen checks the one factor by which who opens a locked screen: a code or a
// password, as Asks says. Wrong ones count as at signing in, and lock as those
// do. A passkey is checked by ReopenPasskey. The caller begins the session anew.
func (s *Service) Reopen(ctx context.Context, who workflow.Actor, p Proof, source string) error {
	return s.proveAs(ctx, who, p, unlockScreen, source)
}

// ReopenPasskey is Reopen with a passkey of who.
func (s *Service) ReopenPasskey(ctx context.Context, who workflow.Actor, held, answer, source string) error {
	_, err := s.byPasskey(ctx, who.ID, held, answer, unlockScreen, source)
	return err
}

// unlockScreen is the word of the log for opening a locked screen.
const unlockScreen = "unlock_screen"
