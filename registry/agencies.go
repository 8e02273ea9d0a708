package registry

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"nysreferral/audit"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Agency is an organization whose people use the system.
type Agency struct {
	ID         int // 0 is one that is not yet kept
	Rev        int // as the actor last saw it; 0 with ID 0
	Name       string
	Kind       string // code of Kinds
	Side       workflow.Side
	Designated string // code of Designations
	District   string // code of a district; of a local department only
	Domain     string // of its people's e-mail, "example.org"; empty for any
	Active     bool   // false: its people cannot sign in
	CreatedAt  time.Time
	Accounts   int // accounts that are not disabled
}

// Agencies returns every agency: those whose designation is to be verified
// first, then by name.
func (s *Service) Agencies(ctx context.Context, who workflow.Actor) ([]Agency, error) {
	var out []Agency
	err := s.do(ctx, who, ListAgencies, func(tx *ent.Tx, l *audit.Line) error {
		rows, err := tx.Agency.Query().Order(ent.Asc(agency.FieldName, agency.FieldID)).All(ctx)
		if err != nil {
			return fmt.Errorf("registry: listing agencies: %w", err)
		}
		of, err := countAccounts(ctx, tx)
		if err != nil {
			return err
		}
		out = make([]Agency, len(rows))
		for i, row := range rows {
			out[i] = agencyOf(row)
			out[i].Accounts = of[row.ID]
		}
		slices.SortStableFunc(out, func(a, b Agency) int { return first(a.Designated == "unverified", b.Designated == "unverified") })
		return nil
	})
	return out, err
}

// first sorts what is true before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// countAccounts counts the accounts of each agency that are not disabled.
func countAccounts(ctx context.Context, tx *ent.Tx) (map[int]int, error) {
	var counts []struct {
		AgencyID int `json:"agency_id"`
		Count    int `json:"count"`
	}
	err := tx.User.Query().Where(user.DisabledAtIsNil()).GroupBy(user.FieldAgencyID).Aggregate(ent.Count()).Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("registry: counting accounts: %w", err)
	}
	of := make(map[int]int, len(counts))
	for _, c := range counts {
		of[c.AgencyID] = c.Count
	}
	return of, nil
}

func agencyOf(row *ent.Agency) Agency {
	return Agency{ID: row.ID, Rev: row.Rev, Name: row.Name, Kind: row.Kind, Side: workflow.Side(row.Side), Designated: row.Designated,
		District: row.District, Domain: row.EmailDomain, Active: row.Active, CreatedAt: row.CreatedAt.UTC()}
}

// SaveAgency keeps a new agency (ID 0) or a changed one, as the actor saw it
// (Rev). It returns Problems, or fault.Conflict when somebody else changed it.
// The people of an agency that is not active are signed out at their next
// request (package auth asks each time).
func (s *Service) SaveAgency(ctx context.Context, who workflow.Actor, a Agency) (Agency, error) {
	var out Agency
	err := s.do(ctx, who, SaveAgency, func(tx *ent.Tx, l *audit.Line) (err error) {
		out, err = s.saveAgency(ctx, tx, a, l)
		return err
	})
	return out, err
}

func (s *Service) saveAgency(ctx context.Context, tx *ent.Tx, a Agency, l *audit.Line) (Agency, error) {
	bad := a.check()
	others := tx.Agency.Query().Where(agency.NameEqualFold(a.Name), agency.IDNEQ(a.ID))
	if same, err := others.Exist(ctx); err != nil {
		return a, fmt.Errorf("registry: looking for the agency's name: %w", err)
	} else if same {
		bad.add("name", "There is already an agency of this name. Open that one, or tell them apart by the place.")
	}
	if err := bad.err(); err != nil {
		return a, err
	}
	if a.ID == 0 {
		row, err := tx.Agency.Create().SetName(a.Name).SetKind(a.Kind).SetSide(string(a.Side)).SetDesignated(a.Designated).
			SetDistrict(a.District).SetEmailDomain(a.Domain).SetActive(a.Active).SetCreatedAt(s.now()).Save(ctx)
		if err != nil {
			return a, fmt.Errorf("registry: adding an agency: %w", err)
		}
		l.Refs, l.Reason = []string{agencyRef(row.ID)}, "new"
		return agencyOf(row), nil
	}
	return s.changeAgency(ctx, tx, a, l)
}

func (s *Service) changeAgency(ctx context.Context, tx *ent.Tx, a Agency, l *audit.Line) (Agency, error) {
	was, err := tx.Agency.Get(ctx, a.ID)
	if ent.IsNotFound(err) {
		return a, fault.Absent()
	}
	if err != nil {
		return a, fmt.Errorf("registry: reading an agency: %w", err)
	}
	if err := sideMayChange(ctx, tx, was, a); err != nil {
		return a, err
	}
	n, err := tx.Agency.Update().Where(agency.ID(a.ID), agency.Rev(a.Rev)).SetName(a.Name).SetKind(a.Kind).SetSide(string(a.Side)).
		SetDesignated(a.Designated).SetDistrict(a.District).SetEmailDomain(a.Domain).SetActive(a.Active).AddRev(1).Save(ctx)
	if err != nil {
		return a, fmt.Errorf("registry: changing an agency: %w", err)
	}
	if n == 0 {
		return a, stale("this agency")
	}
	l.Refs, l.Fields = []string{agencyRef(a.ID)}, agencyEdits(agencyOf(was), a)
	a.Rev, a.CreatedAt = a.Rev+1, was.CreatedAt.UTC()
	return a, nil
}

// sideMayChange refuses another side for an agency that has accounts: they
// would read other things from one moment to the next.
func sideMayChange(ctx context.Context, tx *ent.Tx, was *ent.Agency, a Agency) error {
	if was.Side == string(a.Side) {
		return nil
	}
	some, err := tx.User.Query().Where(user.AgencyID(a.ID)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("registry: looking for accounts: %w", err)
	}
	if some {
		return Problems{{"side", "This agency has accounts, and its side says what they may read. Add a new agency for the other side instead."}}
	}
	return nil
}

// agencyRef names an agency in the log.
func agencyRef(id int) string { return fmt.Sprintf("agency:%d", id) }

// agencyEdits names the fields in which two states of an agency differ.
func agencyEdits(was, is Agency) []string {
	var out []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"name", was.Name != is.Name}, {"kind", was.Kind != is.Kind}, {"side", was.Side != is.Side},
		{"designated", was.Designated != is.Designated}, {"district", was.District != is.District},
		{"domain", was.Domain != is.Domain}, {"active", was.Active != is.Active},
	} {
		if f.differs {
			out = append(out, f.name)
		}
	}
	return out
}

var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

// check tidies a and says what is wrong with it.
func (a *Agency) check() Problems {
	var bad Problems
	var wrong string
	if a.Name, wrong = plain(a.Name, true, "the agency's name as people write it"); wrong != "" {
		bad.add("name", wrong)
	}
	kind, known := kindOf(a.Kind)
	if !known {
		bad.add("kind", "Choose what kind of agency it is.")
	} else if !slices.Contains(kind.Sides, a.Side) {
		bad.add("side", "Choose a side that fits the kind of agency.")
	}
	switch {
	case LabelOf(Designations(), a.Designated) == a.Designated:
		bad.add("designated", "Choose which office designated it.")
	case a.Side == workflow.SideProvider && a.Designated == "not_applicable":
		bad.add("designated", "A provider that refers must be designated. Choose the office, or To be verified.")
	case a.Side == workflow.SidePolice && a.Designated != "not_applicable":
		bad.add("designated", "Police and district attorneys need no designation. Choose Not applicable.")
	}
	known = slices.ContainsFunc(directory.Districts(), func(d directory.District) bool { return d.Code == a.District })
	switch {
	case a.Side == workflow.SideLDSS && !known:
		bad.add("district", "Choose the district of this department.")
	case a.Side != workflow.SideLDSS && a.District != "":
		bad.add("district", "Only a local department of social services has a district. Choose None.")
	}
	a.Domain = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(a.Domain)), "@")
	if a.Domain != "" && (len(a.Domain) > 253 || !domainForm.MatchString(a.Domain)) {
		bad.add("domain", "Enter the part of the e-mail addresses after the @, like example.org, or leave it empty.")
	}
	return bad
}
