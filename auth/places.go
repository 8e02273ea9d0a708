package auth

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/session"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Place is one session of an account, as its owner sees it.
type Place struct {
	Mark   string // names it in forms
	Began  time.Time
	Seen   time.Time
	Here   bool // it is the one that asks
	Locked bool
}

// Places returns the sessions in which who is signed in or locked, newest first.
// The page that shows them writes the line.
func (m *Sessions) Places(ctx context.Context, who workflow.Actor) ([]Place, error) {
	own := string(sessionHash(m.Token(ctx)))
	rows, err := m.s.db.Read().Session.Query().Where(session.UserID(who.ID), session.ExpiresAtGT(m.s.moment())).
		Order(ent.Desc(session.FieldSeenAt, session.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("auth: listing sessions: %w", err)
	}
	var out []Place
	for _, row := range rows {
		data, err := m.s.ring.Open(row.Data, sessionPlace(row.TokenHash))
		if err != nil {
			continue // written under keys that are gone: nobody gets in by it
		}
		h, err := heldIn(data)
		if err != nil {
			return nil, err
		}
		locked := h.Words[stageKey] == string(StageLocked)
		if h.User == 0 && !locked {
			continue // a sign-in that is half done
		}
		out = append(out, Place{Mark: placeMark(row.TokenHash), Began: row.CreatedAt.UTC(), Seen: row.SeenAt.UTC(), Here: string(row.TokenHash) == own,
			Locked: locked || m.s.moment().Sub(row.SeenAt) >= m.s.Away()})
	}
	return out, nil
}

// placeMark names a session to its owner; nobody signs in with it.
func placeMark(hash []byte) string { return hex.EncodeToString(hash[:8]) }

// EndPlace ends one session of who; fault.NotFound when who has no such one.
func (m *Sessions) EndPlace(ctx context.Context, who workflow.Actor, mark, source string) error {
	return m.s.db.Do(ctx, func(tx *ent.Tx) error {
		rows, err := tx.Session.Query().Where(session.UserID(who.ID)).All(ctx)
		if err != nil {
			return fmt.Errorf("auth: looking for a session: %w", err)
		}
		for _, row := range rows {
			if placeMark(row.TokenHash) != mark {
				continue
			}
			if err := tx.Session.DeleteOne(row).Exec(ctx); err != nil {
				return fmt.Errorf("auth: ending a session: %w", err)
			}
			return m.s.record(ctx, tx, who, "end_own_session", source)
		}
		return fault.Absent()
	})
}

// EndSessions ends the sessions of every account of an agency, or of all where
// agency is 0, but for those of by, in the transaction of the act that does so. It
// returns how many. It writes no line: the act does.
func (s *Service) EndSessions(ctx context.Context, tx *ent.Tx, by, agency int) (int, error) {
	where := []predicate.Session{session.UserIDNotNil(), session.UserIDNEQ(by)}
	if agency != 0 {
		where = append(where, session.HasUserWith(user.AgencyID(agency)))
	}
	n, err := tx.Session.Delete().Where(where...).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("auth: ending sessions: %w", err)
	}
	return n, nil
}

// EndSessionsOf ends the sessions of one account, as EndSessions does.
func (s *Service) EndSessionsOf(ctx context.Context, tx *ent.Tx, userID int) error {
	if _, err := tx.Session.Delete().Where(session.UserID(userID)).Exec(ctx); err != nil {
		return fmt.Errorf("auth: ending sessions: %w", err)
	}
	return nil
}

// Crowded makes room for a session of who that begins now: at most mostSessions
// live at once. It ends the oldest and says whether there was one to end.
func (m *Sessions) Crowded(ctx context.Context, who workflow.Actor, source string) (ended bool, err error) {
	own := sessionHash(m.Token(ctx))
	err = m.s.db.Do(ctx, func(tx *ent.Tx) error {
		ids, err := tx.Session.Query().Where(session.UserID(who.ID), session.TokenHashNEQ(own), session.ExpiresAtGT(m.s.moment())).
			Order(ent.Desc(session.FieldCreatedAt, session.FieldID)).Offset(mostSessions - 1).Limit(1000).IDs(ctx)
		if err != nil {
			return fmt.Errorf("auth: counting sessions: %w", err)
		}
		if ended = len(ids) > 0; !ended {
			return nil
		}
		if _, err := tx.Session.Delete().Where(session.IDIn(ids...)).Exec(ctx); err != nil {
			return fmt.Errorf("auth: ending the oldest session: %w", err)
		}
		return m.s.record(ctx, tx, who, "end_oldest_session", source)
	})
	return ended, err
}
