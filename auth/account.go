package auth

import (
	"context"
	"errors"
	"fmt"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// What every request asks of an account and its agency, in one statement: by
// the account, by the hash of a session with what the session is, or by the
// hash of a token with when it ends and when it was revoked.
const (
	accountColumns   = `u.id, u.agency_id, u.duty, u.lead, u.name, u.disabled_at, a.name, a.kind, a.side, a.designated, a.active`
	accountOfUser    = `SELECT ` + accountColumns + ` FROM users u JOIN agencies a ON a.id = u.agency_id WHERE u.id = $1`
	accountOfSession = `SELECT ` + accountColumns + `, s.id, s.seen_at, s.expires_at, s.data FROM sessions s JOIN users u ON u.id = s.user_id JOIN agencies a ON a.id = u.agency_id WHERE s.token_hash = $1`
	accountOfToken   = `SELECT ` + accountColumns + `, t.expires_at, t.revoked_at FROM tokens t JOIN users u ON u.id = t.user_id JOIN agencies a ON a.id = u.agency_id WHERE t.hash = $1`
)

// account asks one of the statements above: the user with its agency, as far as
// accountColumns go, and into more what the statement tells besides. nil is
// nobody.
func (s *Service) account(ctx context.Context, query string, by any, more ...any) (_ *ent.User, err error) {
	rows, err := s.db.Ask(ctx, query, by)
	if err != nil {
		return nil, fmt.Errorf("auth: reading an account: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("auth: reading an account: %w", err)
		}
		return nil, nil
	}
	a := &ent.Agency{}
	u := &ent.User{Edges: ent.UserEdges{Agency: a}}
	into := append([]any{&u.ID, &u.AgencyID, &u.Duty, &u.Lead, &u.Name, &u.DisabledAt, &a.Name, &a.Kind, &a.Side, &a.Designated, &a.Active}, more...)
	if err := rows.Scan(into...); err != nil {
		return nil, fmt.Errorf("auth: reading an account: %w", err)
	}
	a.ID = u.AgencyID
	return u, nil
}

// admitted returns who u is, or fault.Unauthorized when nobody is or the
// account cannot be used.
func admitted(u *ent.User) (workflow.Actor, error) {
	if u == nil || !usable(u) {
		return workflow.Actor{}, fault.New(fault.Unauthorized, saySignIn)
	}
	return actor(u), nil
}

// usable says whether an account may be used at all.
func usable(u *ent.User) bool {
	a := u.Edges.Agency
	return u.DisabledAt == nil && a != nil && a.Active && workflow.Fits(workflow.Duty(u.Duty), workflow.Side(a.Side))
}

func actor(u *ent.User) workflow.Actor {
	a := u.Edges.Agency
	return workflow.Actor{ID: u.ID, Agency: u.AgencyID, Duty: workflow.Duty(u.Duty), Side: workflow.Side(a.Side), Lead: u.Lead, Name: u.Name,
		Office: a.Name, Kind: a.Kind, Designated: a.Designated}
}
