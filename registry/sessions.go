package registry

import (
	"context"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/workflow"
)

// Attest says that the owner of an account still works for the agency with this
// duty. It is asked for every 90 days.
func (s *Service) Attest(ctx context.Context, who workflow.Actor, id, rev int) error {
	return s.change(ctx, who, AttestAccount, id, rev, func(_ *ent.Tx, u *ent.UserUpdate) error {
		u.SetAttestedAt(s.now())
		return nil
	})
}

// EndSessions signs everybody out at once but who does it: a coordinator the own
// agency, an administrator everybody. It returns how many sessions ended.
func (s *Service) EndSessions(ctx context.Context, who workflow.Actor) (n int, err error) {
	err = s.do(ctx, who, EndSessions, func(tx *ent.Tx, l *audit.Line) error {
		of := 0
		if who.Duty == workflow.Coordinator {
			of = who.Agency
			l.Refs = []string{agencyRef(of)}
		}
		n, err = s.Auth.EndSessions(ctx, tx, who.ID, of)
		return err
	})
	return n, err
}

// EndAccountSessions signs the owner of one account out everywhere.
func (s *Service) EndAccountSessions(ctx context.Context, who workflow.Actor, id, rev int) error {
	return s.change(ctx, who, EndSessions, id, rev, func(tx *ent.Tx, _ *ent.UserUpdate) error {
		return s.Auth.EndSessionsOf(ctx, tx, id)
	})
}
