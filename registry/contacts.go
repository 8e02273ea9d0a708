package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nysreferral/audit"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Point is what the directory knows of a line, and PointKind what it is for:
// names for those who do not import the directory.
type (
	Point     = directory.Contact
	PointKind = directory.Kind
)

// Contact is one line of the directory.
type Contact struct {
	Point
	Rev        int
	Agency     int // whose people receive what is sent here; 0 for none yet
	AgencyName string
	Rank       int // 0 is asked first
	Ended      bool
	AskedOn    string // the day since when OTDA asks to have it verified; empty: it does not

	NoAccount   bool // of Contact: nobody can sign in there to receive a person
	AskedBefore bool // of AskVerify: it was asked for before, and nothing was done now
}

// asks notes since when OTDA asks for the line. Nobody asks for one that has ended
// or is verified.
func (c *Contact) asks(since map[string]string) {
	if !c.Ended && !c.Verified() {
		c.AskedOn = since[c.Key]
	}
}

// ContactState narrows a list of contact points.
type ContactState string

// The states of contact points. The zero value is every one in use.
const (
	InUse      ContactState = ""
	Unverified ContactState = "unverified"
	Verified   ContactState = "verified"
	Ended      ContactState = "ended" // its last day of use is past
	Asked      ContactState = "asked" // OTDA asks to have it verified
)

// ContactFilter narrows a list of contact points.
type ContactFilter struct {
	State  ContactState
	Kind   PointKind // empty is any
	County string    // code; empty is any
	Name   string    // a part of the name, whatever the case; empty is any
	After  string    // of ContactPage.Next
	Size   int       // lines a page; 0 is 100, at most 500
}

// ContactPage is a part of the directory.
type ContactPage struct {
	Lines      []Contact // unverified first, then by key
	Next       string    // "" at the end
	Total      int       // that the filter lets through
	Unverified int       // in use and unverified, whatever the filter
	Asked      int       // of those, which OTDA asks to have verified
}

// Contacts returns lines of the directory, those that nobody verified first.
func (s *Service) Contacts(ctx context.Context, who workflow.Actor, f ContactFilter) (ContactPage, error) {
	var out ContactPage
	err := s.do(ctx, who, ListContacts, func(tx *ent.Tx, _ *audit.Line) error {
		rows, err := allContacts(ctx, tx)
		if err != nil {
			return err
		}
		ask, err := asked(ctx, tx)
		if err != nil {
			return err
		}
		out = page(rows, ask, f, s.today())
		return nil
	})
	return out, err
}

// page filters and sorts the directory as it is on a day.
func page(rows []*ent.ContactPoint, ask map[string]string, f ContactFilter, today string) ContactPage {
	var out ContactPage
	var list []Contact
	for _, row := range rows {
		c := contactOf(row, today)
		c.asks(ask)
		if !c.Ended && !c.Verified() {
			out.Unverified++
			if c.AskedOn != "" {
				out.Asked++
			}
		}
		if f.lets(c) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b Contact) int { return strings.Compare(a.place(), b.place()) })
	out.Total = len(list)
	from, _ := slices.BinarySearchFunc(list, f.After, func(c Contact, after string) int {
		if c.place() <= after {
			return -1
		}
		return 1
	})
	size := f.Size
	if size <= 0 || size > 500 {
		size = 100
	}
	out.Lines = list[from:min(from+size, len(list))]
	if from+size < len(list) {
		out.Next = list[from+size-1].place()
	}
	return out
}

// place is where a line stands in the list: unverified first, then by key.
func (c Contact) place() string {
	if c.Verified() {
		return "b-" + c.Key
	}
	return "a-" + c.Key
}

func (f ContactFilter) lets(c Contact) bool {
	switch f.State {
	case Unverified:
		if c.Ended || c.Verified() {
			return false
		}
	case Verified:
		if c.Ended || !c.Verified() {
			return false
		}
	case Asked:
		if c.Ended || c.AskedOn == "" {
			return false
		}
	case Ended:
		if !c.Ended {
			return false
		}
	default:
		if c.Ended {
			return false
		}
	}
	named := f.Name == "" || strings.Contains(strings.ToLower(c.Name), strings.ToLower(strings.TrimSpace(f.Name)))
	return named && (f.Kind == "" || c.Kind == f.Kind) && (f.County == "" || c.Serves(f.County))
}

func allContacts(ctx context.Context, tx *ent.Tx) ([]*ent.ContactPoint, error) {
	rows, err := tx.ContactPoint.Query().WithAgency().Order(ent.Asc(contactpoint.FieldKey)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("registry: reading the directory: %w", err)
	}
	return rows, nil
}

func contactOf(row *ent.ContactPoint, today string) Contact {
	c := Contact{Point: pointOf(row), Rev: row.Rev, Rank: row.CapacityRank}
	c.Ended = c.ValidTo != "" && c.ValidTo < today
	if row.AgencyID != nil {
		c.Agency = *row.AgencyID
	}
	if row.Edges.Agency != nil {
		c.AgencyName = row.Edges.Agency.Name
	}
	return c
}

// pointOf is the directory's own view of a row.
func pointOf(row *ent.ContactPoint) directory.Contact {
	return directory.Contact{Key: row.Key, Kind: directory.Kind(row.Kind), District: row.District, Name: row.Name,
		Counties: row.Counties, Region: row.Region, Languages: row.Languages, Specialties: row.Specialties,
		Phone: row.Phone, Address: row.Address, Email: row.Email, URL: row.URL, Source: row.Source,
		VerifiedOn: row.VerifiedOn, VerifiedBy: row.VerifiedBy, VerifiedHow: row.VerifiedHow,
		ValidFrom: row.ValidFrom, ValidTo: row.ValidTo}
}

// Contact returns one line of the directory by its key, or fault.NotFound.
func (s *Service) Contact(ctx context.Context, who workflow.Actor, key string) (Contact, error) {
	var out Contact
	err := s.do(ctx, who, OpenContact, func(tx *ent.Tx, l *audit.Line) error {
		row, err := contactRow(ctx, tx, key)
		if err != nil {
			return err
		}
		ask, err := asked(ctx, tx)
		if err != nil {
			return err
		}
		out = contactOf(row, s.today())
		out.asks(ask)
		if out.Kind != directory.State { // nothing is sent to OTDA's own
			if out.NoAccount, err = nobodyThere(ctx, tx, out.Agency); err != nil {
				return err
			}
		}
		l.Refs = []string{contactRef(key)}
		return nil
	})
	return out, err
}

// nobodyThere reports whether nobody can sign in at an agency to receive a person. An
// account that was invited and never came in is nobody.
func nobodyThere(ctx context.Context, tx *ent.Tx, agencyID int) (bool, error) {
	there, err := tx.User.Query().Where(user.AgencyID(agencyID), user.Duty(string(workflow.Recipient)), user.DisabledAtIsNil(), user.HasAgencyWith(agency.Active(true)),
		user.Or(user.PasswordSetAtNotNil(), user.SignedInAtNotNil())).Exist(ctx)
	if err != nil {
		return false, fmt.Errorf("registry: looking who receives: %w", err)
	}
	return !there, nil
}

func contactRow(ctx context.Context, tx *ent.Tx, key string) (*ent.ContactPoint, error) {
	row, err := tx.ContactPoint.Query().Where(contactpoint.Key(key)).WithAgency().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Absent()
	}
	if err != nil {
		return nil, fmt.Errorf("registry: reading a contact point: %w", err)
	}
	return row, nil
}

// contactRef names a contact point in the log.
func contactRef(key string) string { return "contact:" + key }

// SaveContact keeps a new line of the directory (Rev 0) or a changed one, as
// the actor saw it. Verification, last day and agency are not taken from c:
// Verify and EndContact say them. When the ways to reach it or what it is for
// change, the verification is dropped. It returns Problems,
// fault.NotFound or fault.Conflict.
func (s *Service) SaveContact(ctx context.Context, who workflow.Actor, c Contact) (Contact, error) {
	var out Contact
	err := s.do(ctx, who, SaveContact, func(tx *ent.Tx, l *audit.Line) error {
		if c.Rev == 0 {
			return s.addContact(ctx, tx, c, l, &out)
		}
		return s.changeContact(ctx, tx, c, l, &out)
	})
	return out, err
}

func (s *Service) addContact(ctx context.Context, tx *ent.Tx, c Contact, l *audit.Line, out *Contact) error {
	point := c.Point
	point.VerifiedOn, point.VerifiedBy, point.VerifiedHow = "", "", ""
	point, bad := checked(point, c.Rank)
	taken, err := tx.ContactPoint.Query().Where(contactpoint.Key(c.Key)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("registry: looking for a key: %w", err)
	}
	if taken {
		bad.add("key", "There is already a line with this key. Open that one, or use another key.")
	}
	if err := fictional(ctx, tx, c.Key, &bad); err != nil {
		return err
	}
	if err := bad.err(); err != nil {
		return err
	}
	row, err := create(tx, point).SetCapacityRank(c.Rank).Save(ctx)
	if err != nil {
		return fmt.Errorf("registry: adding a contact point: %w", err)
	}
	l.Refs, l.Reason = []string{contactRef(c.Key)}, "new"
	*out = contactOf(row, s.today())
	return nil
}

func (s *Service) changeContact(ctx context.Context, tx *ent.Tx, c Contact, l *audit.Line, out *Contact) error {
	row, err := contactRow(ctx, tx, c.Key)
	if err != nil {
		return err
	}
	was, point := pointOf(row), c.Point
	point.VerifiedOn, point.VerifiedBy, point.VerifiedHow, point.ValidTo = was.VerifiedOn, was.VerifiedBy, was.VerifiedHow, was.ValidTo
	point, bad := checked(point, c.Rank)
	if err := bad.err(); err != nil {
		return err
	}
	change := difference(was, point)
	drop := change.Stale()
	up := tx.ContactPoint.Update().Where(contactpoint.Key(c.Key), contactpoint.Rev(c.Rev)).AddRev(1).SetCapacityRank(c.Rank)
	if drop {
		point.VerifiedOn, point.VerifiedBy, point.VerifiedHow = "", "", ""
	}
	n, err := set(up, point).Save(ctx)
	if err != nil {
		return fmt.Errorf("registry: changing a contact point: %w", err)
	}
	if n == 0 {
		return stale("this line of the directory")
	}
	l.Refs = []string{contactRef(c.Key)}
	for _, e := range change.Edits {
		l.Fields = append(l.Fields, e.Field)
	}
	if drop {
		l.Reason = "verification dropped"
	}
	row, err = contactRow(ctx, tx, c.Key)
	if err != nil {
		return err
	}
	*out = contactOf(row, s.today())
	return nil
}

// difference is how one line of the directory differs from another.
func difference(was, is directory.Contact) directory.Change {
	all := directory.Diff([]directory.Contact{was}, []directory.Contact{is}).Changed
	if len(all) == 0 {
		return directory.Change{Old: was, New: is}
	}
	return all[0]
}
