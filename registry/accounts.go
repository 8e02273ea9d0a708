package registry

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/auth"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/predicate"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Account is the account of one person who works for an agency.
type Account struct {
	ID         int
	Rev        int
	Name       string
	Title      string
	Email      string
	Phone      string
	Duty       workflow.Duty
	Lead       bool // a referrer who sees the agency's referrals
	Agency     int
	AgencyName string
	CreatedAt  time.Time
	SignedInAt time.Time // zero: never
	DisabledAt time.Time // zero: in use
	Locked     bool      // too many wrong passwords
	Attest     bool      // nobody has said for long that the person still works there
	Password   bool      // has one; without it nobody can sign in
	Mine       bool      // the actor's own
	Reach      bool      // the actor may change it
	Unapproved bool      // it has an invitation that a second person has not approved yet
	NotYetOn   bool      // an office of the State added it, and no second person has switched it on yet
	Second     bool      // the actor may be that second person
}

// NewAccount is what is asked for a new account. Agency 0 is the actor's own.
type NewAccount struct {
	Name, Title, Email, Phone string
	Duty                      workflow.Duty
	Lead                      bool
	Agency                    int
}

// AccountFilter narrows a list of accounts.
type AccountFilter struct {
	Agency   int  // 0 is all that the actor reaches
	Disabled bool // the disabled ones too
}

// Accounts returns the accounts that who reaches, by agency and name: a
// coordinator those of the own agency, an administrator all.
func (s *Service) Accounts(ctx context.Context, who workflow.Actor, f AccountFilter) ([]Account, error) {
	var out []Account
	err := s.do(ctx, who, ListAccounts, func(tx *ent.Tx, l *audit.Line) error {
		if who.Duty == workflow.Coordinator && f.Agency == 0 {
			f.Agency = who.Agency
		}
		if !within(who, ListAccounts, f.Agency) {
			return fault.Absent()
		}
		var err error
		if out, err = s.listAccounts(ctx, tx, who, f); err != nil {
			return err
		}
		if f.Agency != 0 {
			l.Refs = []string{agencyRef(f.Agency)}
		}
		return nil
	})
	return out, err
}

// listAccounts reads the accounts that the filter leaves, as who sees them.
func (s *Service) listAccounts(ctx context.Context, tx *ent.Tx, who workflow.Actor, f AccountFilter) ([]Account, error) {
	var where []predicate.User
	if f.Agency != 0 {
		where = append(where, user.AgencyID(f.Agency))
	}
	if !f.Disabled {
		where = append(where, user.DisabledAtIsNil())
	}
	rows, err := tx.User.Query().Where(where...).WithAgency().
		Order(user.ByAgencyField(agency.FieldName), ent.Asc(user.FieldName, user.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: listing accounts: %w", err)
	}
	out := make([]Account, len(rows))
	ids := make([]int, len(rows))
	for i, row := range rows {
		out[i], ids[i] = s.accountOf(who, row), row.ID
	}
	waiting, err := s.Auth.Waiting(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Unapproved = waiting[out[i].ID]
	}
	return out, nil
}

// accountOf is a row, read with its agency, as who sees it.
func (s *Service) accountOf(who workflow.Actor, row *ent.User) Account {
	a := Account{ID: row.ID, Rev: row.Rev, Name: row.Name, Title: row.Title, Email: row.Email, Phone: row.Phone,
		Duty: workflow.Duty(row.Duty), Lead: row.Lead, Agency: row.AgencyID, CreatedAt: row.CreatedAt.UTC(),
		SignedInAt: moment(row.SignedInAt), DisabledAt: moment(row.DisabledAt), Password: len(row.PasswordHash) > 0, Mine: row.ID == who.ID}
	a.Locked = moment(row.LockedUntil).After(s.now())
	since := row.CreatedAt
	if row.AttestedAt != nil {
		since = *row.AttestedAt
	}
	a.Attest = row.DisabledAt == nil && s.now().Sub(since) >= auth.Attested
	if of := row.Edges.Agency; of != nil {
		a.AgencyName = of.Name
		a.Reach = !a.Mine && slices.Contains(Gives(who, workflow.Side(of.Side)), a.Duty)
		a.NotYetOn, a.Second = waits(row), secondFor(who, row)
	}
	return a
}

// moment is a time that may be missing, in UTC; zero when it is.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// AddAccount keeps a new account without a password: its owner chooses one by an
// invitation (Invite). At an office of the State it is switched off until a second
// person switches it on. It returns Problems, or fault.NotFound for an agency
// beyond the actor's reach.
func (s *Service) AddAccount(ctx context.Context, who workflow.Actor, n NewAccount) (Account, error) {
	if n.Agency == 0 {
		n.Agency = who.Agency
	}
	var out Account
	err := s.do(ctx, who, AddAccount, func(tx *ent.Tx, l *audit.Line) error {
		if !within(who, AddAccount, n.Agency) {
			return fault.Absent()
		}
		of, err := agencyRow(ctx, tx, n.Agency)
		if err != nil {
			return err
		}
		if n.Duty != "" && !slices.Contains(Gives(who, workflow.Side(of.Side)), n.Duty) {
			return fault.New(fault.Forbidden, "You cannot give this duty at this agency. Its coordinator gives the duties that read referrals.")
		}
		out, err = s.addAccount(ctx, tx, who, n, of, l)
		return err
	})
	return out, err
}

func agencyRow(ctx context.Context, tx *ent.Tx, id int) (*ent.Agency, error) {
	row, err := tx.Agency.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fault.Absent()
	}
	if err != nil {
		return nil, fmt.Errorf("registry: reading an agency: %w", err)
	}
	return row, nil
}

func (s *Service) addAccount(ctx context.Context, tx *ent.Tx, who workflow.Actor, n NewAccount, of *ent.Agency, l *audit.Line) (Account, error) {
	bad := n.check(of)
	taken, err := tx.User.Query().Where(user.Email(n.Email)).Exist(ctx)
	if err != nil {
		return Account{}, fmt.Errorf("registry: looking for the e-mail: %w", err)
	}
	if taken {
		bad.add("email", "There is already an account with this e-mail. Each person has one of their own.")
	}
	if err := bad.err(); err != nil {
		return Account{}, err
	}
	made := tx.User.Create().SetName(n.Name).SetTitle(n.Title).SetEmail(n.Email).SetPhone(n.Phone).SetDuty(string(n.Duty)).
		SetLead(n.Lead).SetAgencyID(of.ID).SetCreatedAt(s.now())
	nominate(made, who, of, s.now())
	row, err := made.Save(ctx)
	if err != nil {
		return Account{}, fmt.Errorf("registry: adding an account: %w", err)
	}
	row.Edges.Agency = of
	l.Refs, l.Reason = []string{accountRef(row.ID), agencyRef(of.ID)}, string(n.Duty)
	return s.accountOf(workflow.Actor{}, row), nil
}

// accountRef names an account in the log.
func accountRef(id int) string { return fmt.Sprintf("account:%d", id) }

var phoneForm = regexp.MustCompile(`^[+(]?[0-9][0-9 ().-]{1,30}[0-9]( ?(x|ext\.?) ?[0-9]{1,6})?$`)

// check tidies n and says what is wrong with it for an account of of.
func (n *NewAccount) check(of *ent.Agency) Problems {
	var bad Problems
	var wrong string
	if n.Name, wrong = plain(n.Name, true, "the person's name"); wrong != "" {
		bad.add("name", wrong)
	}
	if n.Title, wrong = plain(n.Title, false, ""); wrong != "" {
		bad.add("title", wrong)
	}
	n.Email = strings.ToLower(strings.TrimSpace(n.Email))
	_, domain, _ := strings.Cut(n.Email, "@")
	one, err := mail.ParseAddress(n.Email)
	switch {
	case err != nil || one.Address != n.Email || len(n.Email) > 254:
		bad.add("email", "Enter a work e-mail like name@example.org.")
	case of.EmailDomain != "" && domain != of.EmailDomain:
		bad.add("email", "Enter an e-mail of the agency: it ends with @"+of.EmailDomain+".")
	}
	n.Phone = strings.TrimSpace(n.Phone)
	if n.Phone != "" && !phoneForm.MatchString(n.Phone) {
		bad.add("phone", "Enter one phone number, like 518-555-0123, or leave it empty.")
	}
	if !workflow.Fits(n.Duty, workflow.Side(of.Side)) {
		bad.add("duty", "Choose what the person is here to do at this agency.")
	}
	if n.Lead && n.Duty != workflow.Referrer {
		bad.add("lead", "Only a referrer can see all referrals of the agency. Leave this unticked.")
	}
	if !of.Active {
		bad.add("agency", "This agency is not active: its people cannot sign in. Make it active first.")
	}
	return bad
}

// Disable switches an account off: its sessions and tokens end in the same
// moment. Nobody switches off the own account. It returns fault.Conflict when
// somebody else changed the account.
func (s *Service) Disable(ctx context.Context, who workflow.Actor, id, rev int) error {
	return s.change(ctx, who, DisableAccount, id, rev, func(tx *ent.Tx, u *ent.UserUpdate) error {
		u.SetDisabledAt(s.now())
		return s.Auth.Revoke(ctx, tx, id)
	})
}

// Enable switches an account on, again or, as the second person, for the first
// time. Its tokens stay revoked. Whoever added an account at an office of the
// State never switches it on: fault.Forbidden.
func (s *Service) Enable(ctx context.Context, who workflow.Actor, id, rev int) error {
	return s.change(ctx, who, EnableAccount, id, rev, func(_ *ent.Tx, u *ent.UserUpdate) error {
		u.ClearDisabledAt().SetAttestedAt(s.now())
		return nil
	})
}

// Unlock lets somebody try a password again after too many wrong ones.
func (s *Service) Unlock(ctx context.Context, who workflow.Actor, id, rev int) error {
	return s.change(ctx, who, UnlockAccount, id, rev, func(tx *ent.Tx, _ *ent.UserUpdate) error {
		return s.Auth.Unlock(ctx, tx, id)
	})
}

// SetLead says whether a referrer sees all referrals of the own agency. At an
// office of the State nobody alone gives that: it is given with a new account,
// which a second person switches on.
func (s *Service) SetLead(ctx context.Context, who workflow.Actor, id, rev int, lead bool) error {
	return s.change(ctx, who, SetLead, id, rev, func(tx *ent.Tx, u *ent.UserUpdate) error {
		if lead {
			if err := alone(ctx, tx, id); err != nil {
				return err
			}
		}
		u.Where(user.Duty(string(workflow.Referrer))).SetLead(lead)
		return nil
	})
}

// change does one act on an account as who saw it.
func (s *Service) change(ctx context.Context, who workflow.Actor, act Act, id, rev int, set func(*ent.Tx, *ent.UserUpdate) error) error {
	return s.do(ctx, who, act, func(tx *ent.Tx, l *audit.Line) error {
		row, err := tx.User.Query().Where(user.ID(id)).WithAgency().Only(ctx)
		if ent.IsNotFound(err) || err == nil && !within(who, act, row.AgencyID) {
			return fault.Absent()
		}
		if err != nil {
			return fmt.Errorf("registry: reading an account: %w", err)
		}
		if err := reaches(who, act, row); err != nil {
			return err
		}
		u := tx.User.Update().Where(user.ID(id), user.Rev(rev)).AddRev(1)
		if err := set(tx, u); err != nil {
			return err
		}
		n, err := u.Save(ctx)
		if err != nil {
			return fmt.Errorf("registry: changing an account: %w", err)
		}
		if n == 0 {
			return stale("this account")
		}
		l.Refs = []string{accountRef(id), agencyRef(row.AgencyID)}
		return nil
	})
}

// reaches refuses an act on the own account, on a duty that who cannot give,
// and on what is no referrer's. An administrator may switch anybody off: it
// takes away only; and be the second person of an invitation, which another
// gave.
func reaches(who workflow.Actor, act Act, row *ent.User) error {
	switch {
	case row.ID == who.ID:
		return fault.New(fault.Forbidden, "This is your own account. Ask a colleague to change it.")
	case (act == DisableAccount || act == ApproveInvite || act == EndSessions || act == AttestAccount) && who.Duty == workflow.Administrator:
		return nil
	case act == EnableAccount && twoPersons(row.Edges.Agency) && row.AddedBy != nil && *row.AddedBy == who.ID:
		return fault.New(fault.Forbidden, saySecond)
	case act == EnableAccount && secondFor(who, row):
		return nil
	case !slices.Contains(Gives(who, workflow.Side(row.Edges.Agency.Side)), workflow.Duty(row.Duty)):
		return fault.New(fault.Forbidden, "You cannot change an account of this duty. The agency's coordinator or an administrator can.")
	case act == SetLead && row.Duty != string(workflow.Referrer):
		return fault.New(fault.Invalid, "Only a referrer can see all referrals of the agency.")
	}
	return nil
}
