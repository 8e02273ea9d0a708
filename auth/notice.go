package auth

import (
	"context"
	"fmt"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/jobs"
	"nysreferral/workflow"
)

// Notice is the job of telling people by mail that something about an account
// changed, or that an account waits for them. The mail says nothing else.
type Notice struct {
	ID      string `json:"id"` // the same when the job runs again
	Users   []int  `json:"users"`
	Invited bool   `json:"invited,omitempty"` // an account waits; else: an account changed
}

// Kind names the job.
func (Notice) Kind() string { return "account_notice" }

// Outside says that it waits for the mail server.
func (Notice) Outside() {}

// Addresses returns where the people of a notice are written to. Who was
// switched off in the meantime is told all the same.
func (s *Service) Addresses(ctx context.Context, n Notice) ([]string, error) {
	rows, err := s.db.Read().User.Query().Where(user.IDIn(n.Users...)).Order(ent.Asc(user.FieldID)).Select(user.FieldEmail).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("auth: reading addresses: %w", err)
	}
	return rows, nil
}

// tell queues a notice about the account u to these accounts.
func (s *Service) tell(ctx context.Context, tx *ent.Tx, u *ent.User, what string, to ...int) error {
	return jobs.Add(ctx, tx, s.db.Dialect(), Notice{ID: fmt.Sprintf("%d %s", u.ID, random(8)), Users: to, Invited: what == invited})
}

// invited is the word for a notice that an account waits.
const invited = "invited"

// tellCoordinators queues a notice about u to its owner and to those who look
// after the accounts of the agency.
func (s *Service) tellCoordinators(ctx context.Context, tx *ent.Tx, u *ent.User) error {
	ids, err := tx.User.Query().Where(user.AgencyID(u.AgencyID), user.Duty(string(workflow.Coordinator)), user.DisabledAtIsNil()).IDs(ctx)
	if err != nil {
		return fmt.Errorf("auth: looking for coordinators: %w", err)
	}
	if !slices.Contains(ids, u.ID) {
		ids = append(ids, u.ID)
	}
	return s.tell(ctx, tx, u, "", ids...)
}
