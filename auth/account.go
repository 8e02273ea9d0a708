package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/workflow"
)

// What every request asks of an account and its agency, in one statement: by
// the account of a session, or by the hash of a token.
const (
	accountColumns = `u.id, u.agency_id, u.duty, u.lead, u.name, u.disabled_at, a.name, a.kind, a.side, a.designated, a.active`
	accountOfUser  = `SELECT ` + accountColumns + `, NULL, NULL FROM users u JOIN agencies a ON a.id = u.agency_id WHERE u.id = $1`
	accountOfToken = `SELECT ` + accountColumns + `, t.expires_at, t.revoked_at FROM tokens t JOIN users u ON u.id = t.user_id JOIN agencies a ON a.id = u.agency_id WHERE t.hash = $1`
)

// account is a user with its agency, as far as accountColumns go, and the times
// of the token by which it was found.
type account struct {
	*ent.User
	expires, revoked *time.Time
}

// account asks one of the statements above; nil is nobody.
func (s *Service) account(ctx context.Context, query string, by any) (_ *account, err error) {
	rows, err := s.db.Read().QueryContext(ctx, query, by)
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
	of := &ent.Agency{}
	a := &account{User: &ent.User{Edges: ent.UserEdges{Agency: of}}}
	err = rows.Scan(&a.ID, &a.AgencyID, &a.Duty, &a.Lead, &a.Name, &a.DisabledAt, &of.Name, &of.Kind, &of.Side, &of.Designated, &of.Active,
		&a.expires, &a.revoked)
	if err != nil {
		return nil, fmt.Errorf("auth: reading an account: %w", err)
	}
	of.ID = a.AgencyID
	return a, nil
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
