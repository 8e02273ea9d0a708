package registry

import (
	"context"
	"fmt"
	"strings"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Invite lets the owner of an account begin, or begin anew: it returns a code,
// good once within a day, that whoever gives it hands over in person or by
// phone. An account that was in use needs a second person as well (second): the
// code is of no use until somebody else approves it. It returns fault.Conflict
// while the State has not approved the agency.
func (s *Service) Invite(ctx context.Context, who workflow.Actor, id, rev int) (code string, second bool, err error) {
	err = s.change(ctx, who, InviteAccount, id, rev, func(tx *ent.Tx, _ *ent.UserUpdate) (err error) {
		code, second, err = s.Auth.Invite(ctx, tx, who.ID, id)
		return err
	})
	if err != nil {
		return "", false, err
	}
	return code, second, nil
}

// ApproveInvitation is the second person's word that whoever lost the way in is
// who they say. Whoever gave the invitation cannot approve it.
func (s *Service) ApproveInvitation(ctx context.Context, who workflow.Actor, id, rev int) error {
	return s.change(ctx, who, ApproveInvite, id, rev, func(tx *ent.Tx, _ *ent.UserUpdate) error {
		return s.Auth.ApproveInvitation(ctx, tx, who.ID, id)
	})
}

// Invite is Invite for a command: the first account of a system has nobody who
// could invite it. The machine is one person; another approves what needs two.
func (c Commands) Invite(ctx context.Context, email string) (code string, second bool, err error) {
	err = c.s.run(ctx, machine(), InviteAccount, func(tx *ent.Tx, l *audit.Line) error {
		id, err := tx.User.Query().Where(user.Email(strings.ToLower(strings.TrimSpace(email)))).OnlyID(ctx)
		if ent.IsNotFound(err) {
			return fault.Absent()
		}
		if err != nil {
			return fmt.Errorf("registry: reading an account: %w", err)
		}
		l.Refs = []string{accountRef(id)}
		code, second, err = c.s.Auth.Invite(ctx, tx, 0, id)
		return err
	})
	return code, second, err
}
