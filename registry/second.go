package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// stateSides are the offices whose people read what others referred, run the
// program or read its log. Nobody alone makes an account there.
var stateSides = []workflow.Side{workflow.SideDCJS, workflow.SideOTDA, workflow.SideAdministration, workflow.SideAuditor}

// saySecond is for whoever added the account.
const saySecond = "You added this account, so somebody else switches it on: another coordinator of the office, or an administrator."

// twoPersons says whether an account at the agency needs a second person.
func twoPersons(of *ent.Agency) bool {
	return of != nil && slices.Contains(stateSides, workflow.Side(of.Side))
}

// nominate notes who adds the account. At an office of the State it stays
// switched off until a second person switches it on. A command on the machine
// itself has no account and begins the first ones.
func nominate(made *ent.UserCreate, who workflow.Actor, of *ent.Agency, now time.Time) {
	if who.ID == 0 {
		return
	}
	made.SetAddedBy(who.ID)
	if twoPersons(of) {
		made.SetDisabledAt(now)
	}
}

// waits says whether nobody has switched the account on yet.
func waits(row *ent.User) bool {
	return twoPersons(row.Edges.Agency) && row.AddedBy != nil && row.Rev == 1 && row.DisabledAt != nil && row.DisabledAt.Equal(row.CreatedAt)
}

// secondFor says whether who may switch on, as the second person, an account
// that waits: somebody else than who added it and than whose it is, an
// administrator or another coordinator of the office.
func secondFor(who workflow.Actor, row *ent.User) bool {
	if !waits(row) || row.ID == who.ID || *row.AddedBy == who.ID {
		return false
	}
	return who.Duty == workflow.Administrator || who.Duty == workflow.Coordinator && who.Agency == row.AgencyID
}

// alone refuses to give a power to an account at an office of the State.
func alone(ctx context.Context, tx *ent.Tx, id int) error {
	row, err := tx.User.Query().Where(user.ID(id)).WithAgency().Only(ctx)
	if err != nil {
		return fmt.Errorf("registry: reading an account: %w", err)
	}
	if twoPersons(row.Edges.Agency) {
		return fault.New(fault.Forbidden, "At an office of the State nobody alone gives more to an account. Add a new account that is a lead: a second person switches it on.")
	}
	return nil
}
