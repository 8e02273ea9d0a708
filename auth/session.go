package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"nysreferral/ent"
	"nysreferral/ent/session"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/workflow"
)

const (
	// grain is how exactly the last request of a session is kept: a page and
	// what it loads write once. A session ends up to this much early, never late.
	grain = 10 * time.Second
	// mostSessions is how many an account has at once; a new one ends the oldest.
	mostSessions = 3
	userKey      = "user"
	halfKey      = "half"
)

// Sessions are the sessions of browsers: the manager of scs over our own
// table. The cookie holds a random token and the table its hash.
type Sessions struct {
	*scs.SessionManager
	s *Service
}

// Sessions returns the sessions of s. secure is false only on loopback without
// TLS: then the cookie has no __Host- prefix, which browsers give to TLS only.
func (s *Service) Sessions(secure bool) *Sessions {
	m := scs.New()
	m.Store, m.Codec = &SessionStore{s}, sessionCodec{}
	m.Lifetime = s.absolute
	m.IdleTimeout = 0 // the store counts idle time by our clock, without a write for each request
	m.Cookie = scs.SessionCookie{Name: "session", Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure}
	if secure {
		m.Cookie.Name = "__Host-session"
	}
	return &Sessions{SessionManager: m, s: s}
}

// LoadAndSave is the middleware that loads the session before next and stores
// it after.
func (m *Sessions) LoadAndSave(next http.Handler) http.Handler {
	inner := m.SessionManager.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), loadedKey{}, &loaded{})))
	})
}

// Begin makes the session that of who, under a new token; the old token is dead.
func (m *Sessions) Begin(ctx context.Context, who workflow.Actor) error {
	if err := m.RenewToken(ctx); err != nil {
		return fmt.Errorf("auth: renewing a session: %w", err)
	}
	if m.GetString(ctx, stageKey) != string(StageLocked) {
		m.Put(ctx, beganKey, m.s.stamp())
	}
	m.forgetHalf(ctx)
	m.Put(ctx, userKey, who.ID)
	m.Put(ctx, provedKey, m.s.stamp())
	return nil
}

// Who returns the account of the session as it is now, or fault.Unauthorized.
func (m *Sessions) Who(ctx context.Context) (workflow.Actor, error) {
	id := m.GetInt(ctx, userKey)
	if id == 0 || !m.within(ctx, beganKey, m.s.absolute) {
		return workflow.Actor{}, fault.New(fault.Unauthorized, saySignIn)
	}
	if u := readWith(ctx, id); u != nil {
		return admitted(u)
	}
	return m.s.Actor(ctx, id)
}

// End signs out: the session is gone from the table and the log says who ended
// it. Without anybody signed in it only clears the session. Neither waits for the
// other: who leaves is out though the log takes no line, and the browser loses its
// cookie though the database takes nothing at all. The error says what failed.
func (m *Sessions) End(ctx context.Context, source string) error {
	who, err := m.Who(ctx)
	if fault.KindOf(err) == fault.Unauthorized {
		who, err = m.Locked(ctx)
	}
	if err == nil {
		err = m.s.SignedOut(ctx, who, source)
	}
	if fault.KindOf(err) == fault.Unauthorized {
		err = nil
	}
	var kept error
	if failed := m.Destroy(context.WithValue(ctx, keptKey{}, &kept)); failed != nil {
		kept = failed
	}
	if kept != nil {
		err = errors.Join(err, fmt.Errorf("auth: ending a session: %w", kept))
	}
	return err
}

// Leave ends the session of a request that came without LoadAndSave, and takes
// its cookie away from the browser in any case, also when it returns an error.
func (m *Sessions) Leave(ctx context.Context, w http.ResponseWriter, r *http.Request, source string) error {
	cookie, err := r.Cookie(m.Cookie.Name)
	if err != nil || cookie.Value == "" {
		return nil
	}
	m.WriteSessionCookie(ctx, w, "", time.Time{})
	if ctx, err = m.Load(ctx, cookie.Value); err != nil {
		return fmt.Errorf("auth: reading a session: %w", err)
	}
	if m.Token(ctx) == "" {
		return nil // it ended before
	}
	return m.End(ctx, source)
}

// Quiet marks a request that a page makes by itself, such as asking whether
// something is new: it reads the session and does not keep it alive. Mark it
// before LoadAndSave.
func Quiet(ctx context.Context) context.Context { return context.WithValue(ctx, quietKey{}, true) }

type (
	quietKey  struct{}
	loadedKey struct{}
	keptKey   struct{}
)

// loaded remembers which session a request began with, so that one that was
// revoked meanwhile is not written anew at its end, and the account that was
// read with it.
type loaded struct {
	hash string
	user *ent.User // until it is asked for; nil: nobody is signed in
	seen time.Time // when it was last used before
}

// readWith returns the account id if it was read with the session of this
// request, once: who asks again asks what has changed since.
func readWith(ctx context.Context, id int) *ent.User {
	l, ok := ctx.Value(loadedKey{}).(*loaded)
	if !ok || l.user == nil || l.user.ID != id {
		return nil
	}
	u := l.user
	l.user = nil
	return u
}

// SessionStore keeps sessions in our table, for scs. What a session holds is
// sealed.
type SessionStore struct{ s *Service }

var _ scs.CtxStore = (*SessionStore)(nil)

// FindCtx returns what the session of token holds, unless it idled too long,
// is too old or ended. One that nobody used for a while is locked on the way.
func (st *SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	s, hash := st.s, sessionHash(token)
	row, u, err := s.session(ctx, hash)
	if row == nil || err != nil {
		return nil, false, err
	}
	now := s.moment()
	if !now.Before(row.ExpiresAt) {
		return nil, false, nil
	}
	data, err := s.ring.Open(row.Data, sessionPlace(hash))
	if err != nil {
		return nil, false, nil // written under keys that are gone: as good as none
	}
	data, locked, err := s.idled(ctx, row, u, hash, data, now.Sub(row.SeenAt))
	if data == nil || err != nil {
		return nil, false, err
	}
	if ctx.Value(quietKey{}) == nil && !locked && now.Sub(row.SeenAt) >= grain {
		err := s.db.Do(ctx, func(tx *ent.Tx) error {
			return tx.Session.Update().Where(session.ID(row.ID), session.SeenAtLT(now)).SetSeenAt(now).Exec(ctx)
		})
		if err != nil && fault.KindOf(err) != fault.Unavailable { // where nothing can be saved it ends early, and never late
			return nil, false, fmt.Errorf("auth: keeping a session: %w", err)
		}
	}
	if l, ok := ctx.Value(loadedKey{}).(*loaded); ok {
		l.hash, l.user, l.seen = string(hash), u, row.SeenAt
	}
	return data, true, nil
}

// session returns the session of that hash with the account that it belongs
// to, in one statement; nil without one, and a session alone while nobody is
// signed in.
func (s *Service) session(ctx context.Context, hash []byte) (*ent.Session, *ent.User, error) {
	row := &ent.Session{}
	u, err := s.account(ctx, accountOfSession, hash, &row.ID, &row.SeenAt, &row.ExpiresAt, &row.Data)
	if u != nil || err != nil {
		return row, u, err
	}
	row, err = s.db.Read().Session.Query().Where(session.TokenHash(hash)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("auth: reading a session: %w", err)
	}
	return row, nil, nil
}

// CommitCtx stores what the session of token holds. A session ends Absolute
// after it was first stored; the expiry that scs counts by its own clock is
// not used. A session that was revoked since the request began stays revoked.
func (st *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	s, hash := st.s, sessionHash(token)
	held, err := heldIn(data)
	if err != nil {
		return err
	}
	sealed, err := s.ring.Seal(data, sessionPlace(hash))
	if err != nil {
		return fmt.Errorf("auth: sealing a session: %w", err)
	}
	l, _ := ctx.Value(loadedKey{}).(*loaded)
	known := l != nil && l.hash == string(hash)
	return s.db.Do(ctx, func(tx *ent.Tx) error {
		n, err := tx.Session.Update().Where(session.TokenHash(hash)).SetData(sealed).SetSeenAt(s.moment()).Save(ctx)
		if err != nil {
			return fmt.Errorf("auth: storing a session: %w", err)
		}
		if n > 0 || known {
			return nil
		}
		return s.addSession(ctx, tx, hash, sealed, held)
	})
}

func (s *Service) addSession(ctx context.Context, tx *ent.Tx, hash, sealed []byte, h held) error {
	now := s.moment()
	add := tx.Session.Create().SetTokenHash(hash).SetCreatedAt(now).SetSeenAt(now).SetExpiresAt(now.Add(s.absolute)).SetData(sealed)
	userID := h.User
	if who := userID + h.Half; who != 0 { // one of them is 0
		add.SetUserID(who)
	}
	if _, err := add.Save(ctx); err != nil {
		return fmt.Errorf("auth: adding a session: %w", err)
	}
	if userID == 0 {
		return nil
	}
	old, err := tx.Session.Query().Where(session.UserID(userID)).
		Order(ent.Desc(session.FieldCreatedAt, session.FieldID)).Offset(mostSessions).Limit(1000).IDs(ctx)
	if err != nil || len(old) == 0 {
		return err
	}
	if _, err := tx.Session.Delete().Where(session.IDIn(old...)).Exec(ctx); err != nil {
		return fmt.Errorf("auth: ending the oldest session: %w", err)
	}
	return nil
}

// DeleteCtx ends the session of token. Where it cannot, End hears of it and scs
// does not, which would leave the browser its cookie.
func (st *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	err := st.s.db.Do(ctx, func(tx *ent.Tx) error {
		if _, err := tx.Session.Delete().Where(session.TokenHash(sessionHash(token))).Exec(ctx); err != nil {
			return fmt.Errorf("auth: ending a session: %w", err)
		}
		return nil
	})
	if kept, ok := ctx.Value(keptKey{}).(*error); ok && err != nil {
		*kept = err
		return nil
	}
	return err
}

// Sweep deletes sessions that are over and returns how many. Where screens lock,
// those of accounts are kept to their absolute end.
func (s *Service) Sweep(ctx context.Context) (n int, err error) {
	now := s.moment()
	idle := session.SeenAtLTE(now.Add(-s.idle))
	if s.lock > 0 {
		idle = session.And(idle, session.UserIDIsNil())
	}
	err = s.db.Do(ctx, func(tx *ent.Tx) error {
		n, err = tx.Session.Delete().Where(session.Or(session.ExpiresAtLTE(now), idle)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("auth: sweeping sessions: %w", err)
		}
		return nil
	})
	return n, err
}

var errContext = errors.New("auth: a session needs the context of its request")

// Find is there for scs, which calls FindCtx instead.
func (*SessionStore) Find(string) ([]byte, bool, error) { return nil, false, errContext }

// Commit is there for scs, which calls CommitCtx instead.
func (*SessionStore) Commit(string, []byte, time.Time) error { return errContext }

// Delete is there for scs, which calls DeleteCtx instead.
func (*SessionStore) Delete(string) error { return errContext }

func sessionHash(token string) []byte {
	sum := sha256.Sum256([]byte("nysreferral/session/1\x00" + token))
	return sum[:]
}

func sessionPlace(hash []byte) seal.Place {
	return seal.Place{Table: "sessions", Column: "data", Row: hex.EncodeToString(hash), Version: heldVersion}
}
