package registry

import (
	"context"
	"fmt"
	"strings"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Commands is what whoever holds the machine may do with a command of the
// program, without an account: begin agencies and accounts of every duty,
// import the directory. The lines say so. No handler makes one.
type Commands struct{ s *Service }

// Commands returns the door for commands on the machine itself.
func (s *Service) Commands() Commands { return Commands{s} }

// machine is the actor of a command: no account, and no duty that a table of
// rules names.
func machine() workflow.Actor { return workflow.Actor{Duty: "operator", Name: "operator"} }

// AddAgency keeps a new agency, or returns Problems.
func (c Commands) AddAgency(ctx context.Context, a Agency) (Agency, error) {
	a.ID, a.Rev = 0, 0
	var out Agency
	err := c.s.run(ctx, machine(), SaveAgency, func(tx *ent.Tx, l *audit.Line) (err error) {
		out, err = c.s.saveAgency(ctx, tx, a, l)
		return err
	})
	return out, err
}

// AddAccount keeps a new account of any duty that fits its agency, without a
// password, or returns Problems.
func (c Commands) AddAccount(ctx context.Context, n NewAccount) (Account, error) {
	var out Account
	err := c.s.run(ctx, machine(), AddAccount, func(tx *ent.Tx, l *audit.Line) error {
		of, err := agencyRow(ctx, tx, n.Agency)
		if err != nil {
			return err
		}
		out, err = c.s.addAccount(ctx, tx, machine(), n, of, l)
		return err
	})
	return out, err
}

// Agencies returns every agency, as the method of Service does.
func (c Commands) Agencies(ctx context.Context) ([]Agency, error) {
	rows, err := c.s.DB.Read().Agency.Query().Order(ent.Asc("name", "id")).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: listing agencies: %w", err)
	}
	out := make([]Agency, len(rows))
	for i, row := range rows {
		out[i] = agencyOf(row)
	}
	return out, nil
}

// Accounts returns every account, those that are switched off too, by agency and
// name, as the method of Service does.
func (c Commands) Accounts(ctx context.Context) ([]Account, error) {
	var out []Account
	err := c.s.run(ctx, machine(), ListAccounts, func(tx *ent.Tx, _ *audit.Line) (err error) {
		out, err = c.s.listAccounts(ctx, tx, machine(), AccountFilter{Disabled: true})
		return err
	})
	if err != nil {
		return nil, err // no line, no list
	}
	return out, nil
}

// Disable switches the account with an e-mail off, as the method of Service
// does.
func (c Commands) Disable(ctx context.Context, email string) error {
	return c.s.run(ctx, machine(), DisableAccount, func(tx *ent.Tx, l *audit.Line) error {
		row, err := tx.User.Query().Where(user.Email(strings.ToLower(strings.TrimSpace(email)))).Only(ctx)
		if ent.IsNotFound(err) {
			return fault.Absent()
		}
		if err != nil {
			return fmt.Errorf("registry: reading an account: %w", err)
		}
		if err := tx.User.UpdateOne(row).SetDisabledAt(c.s.now()).AddRev(1).Exec(ctx); err != nil {
			return fmt.Errorf("registry: disabling an account: %w", err)
		}
		if err := c.s.Auth.Revoke(ctx, tx, row.ID); err != nil {
			return err
		}
		l.Refs = []string{accountRef(row.ID), agencyRef(row.AgencyID)}
		return nil
	})
}

// Preview is ImportPreview for a command.
func (c Commands) Preview(ctx context.Context, csv []byte) (Preview, error) {
	var out Preview
	err := c.s.run(ctx, machine(), PreviewImport, func(tx *ent.Tx, l *audit.Line) (err error) {
		out, _, err = c.s.preview(ctx, tx, csv)
		l.Reason = out.counts()
		return err
	})
	return out, err
}

// Import is Import for a command.
func (c Commands) Import(ctx context.Context, csv []byte, digest string) (Preview, error) {
	var out Preview
	err := c.s.run(ctx, machine(), ImportContacts, func(tx *ent.Tx, l *audit.Line) (err error) {
		out, err = c.s.importFile(ctx, tx, csv, digest, l)
		return err
	})
	return out, err
}

// Link says whose people receive what is sent to a verified contact point. It
// is for the demonstration: everywhere else Verify says it.
func (c Commands) Link(ctx context.Context, key string, agency int) error {
	return c.s.run(ctx, machine(), VerifyContact, func(tx *ent.Tx, l *audit.Line) error {
		row, err := contactRow(ctx, tx, key)
		if err != nil {
			return err
		}
		var bad Problems
		if err := receives(ctx, tx, row, agency, &bad); err != nil {
			return err
		}
		if !pointOf(row).Verified() {
			bad.add("key", "This line is not verified.")
		}
		if err := bad.err(); err != nil {
			return err
		}
		err = tx.ContactPoint.Update().Where(contactpoint.Key(key)).SetAgencyID(agency).AddRev(1).Exec(ctx)
		if err != nil {
			return fmt.Errorf("registry: linking a contact point: %w", err)
		}
		l.Refs, l.Reason = []string{contactRef(key), agencyRef(agency)}, "link"
		return nil
	})
}

// AccountID returns the number of the account with an e-mail, or fault.Absent.
func (c Commands) AccountID(ctx context.Context, email string) (int, error) {
	id, err := c.s.DB.Read().User.Query().Where(user.Email(strings.ToLower(strings.TrimSpace(email)))).OnlyID(ctx)
	if ent.IsNotFound(err) {
		return 0, fault.Absent()
	}
	if err != nil {
		return 0, fmt.Errorf("registry: reading an account: %w", err)
	}
	return id, nil
}
