package registry

import (
	"context"
	"fmt"
	"time"

	"nysreferral/audit"
	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Verification is what somebody says who has checked a contact point.
type Verification struct {
	Key    string
	Rev    int    // as the actor saw the line: what was checked is what it says
	How    string // code of Means
	Whom   string // who answered: name or office, at most 200 characters
	Agency int    // whose people receive what is sent there; 0 for none yet
}

// Verify marks a contact point as checked today, in New York, by the actor,
// and lets go on what waited for it. It returns Problems, fault.NotFound or
// fault.Conflict.
func (s *Service) Verify(ctx context.Context, who workflow.Actor, v Verification) (Contact, error) {
	var out Contact
	err := s.do(ctx, who, VerifyContact, func(tx *ent.Tx, l *audit.Line) error {
		row, err := contactRow(ctx, tx, v.Key)
		if err != nil {
			return err
		}
		bad := v.check()
		if was := contactOf(row, s.today()); was.Ended {
			bad.add("how", "The last day of use of this line is past. Add a new line instead.")
		}
		if err := receives(ctx, tx, row, v.Agency, &bad); err != nil {
			return err
		}
		if bad.err() == nil && row.Phone == "" && row.Address == "" && row.Email == "" {
			bad.add("how", "This line has no phone, address or e-mail: nobody can be asked there, and nobody reached. Add one first.")
		}
		if err := bad.err(); err != nil {
			return err
		}
		by, err := signature(ctx, tx, who)
		if err != nil {
			return err
		}
		up := tx.ContactPoint.Update().Where(contactpoint.Key(v.Key), contactpoint.Rev(v.Rev)).AddRev(1).
			SetVerifiedOn(s.today()).SetVerifiedBy(by).SetVerifiedHow(LabelOf(Means(), v.How) + "; answered by " + v.Whom)
		if v.Agency == 0 {
			up.ClearAgencyID()
		} else {
			up.SetAgencyID(v.Agency)
		}
		n, err := up.Save(ctx)
		if err != nil {
			return fmt.Errorf("registry: verifying a contact point: %w", err)
		}
		if n == 0 {
			return stale("this line of the directory")
		}
		if err := s.told(ctx, tx, v.Key); err != nil {
			return err
		}
		row, err = contactRow(ctx, tx, v.Key)
		if err != nil {
			return err
		}
		out = contactOf(row, s.today())
		l.Refs, l.Reason = []string{contactRef(v.Key)}, v.How
		if v.Agency != 0 {
			l.Refs = append(l.Refs, agencyRef(v.Agency))
		}
		return nil
	})
	return out, err
}

// check tidies v and says what is wrong with it.
func (v *Verification) check() Problems {
	var bad Problems
	if LabelOf(Means(), v.How) == v.How {
		bad.add("how", "Say how you checked it.")
	}
	var wrong string
	if v.Whom, wrong = plain(v.Whom, true, "who answered: a name and role, or the office"); wrong != "" {
		bad.add("whom", wrong)
	}
	return bad
}

// receives notes a problem when the agency is not one that can receive what is
// sent to the contact point: an RHTP provider for its own point, a local
// department for a point of its district.
func receives(ctx context.Context, tx *ent.Tx, row *ent.ContactPoint, id int, bad *Problems) error {
	if id == 0 {
		return nil
	}
	of, err := tx.Agency.Get(ctx, id)
	if err != nil && !ent.IsNotFound(err) {
		return fmt.Errorf("registry: reading an agency: %w", err)
	}
	if err != nil || !of.Active {
		bad.add("agency", "Choose an active agency, or None.")
		return nil
	}
	side, district := recipientOf(pointOf(row))
	if of.Side != string(side) || of.District != district {
		bad.add("agency", "Choose the agency to which this line belongs, or None: its people receive what is sent here.")
	}
	return nil
}

// recipientOf says at which side, and of which district, the agency of a
// contact point stands.
func recipientOf(c directory.Contact) (side workflow.Side, district string) {
	switch c.Kind {
	case directory.RHTP, directory.Tribal:
		return workflow.SideRHTP, ""
	case directory.State:
		return workflow.SideOTDA, ""
	}
	return workflow.SideLDSS, c.District
}

// ContactToVerify returns a contact point and, by name, the active agencies that
// can receive what is sent to it, for the page that verifies it.
func (s *Service) ContactToVerify(ctx context.Context, who workflow.Actor, key string) (Contact, []Agency, error) {
	var out Contact
	var takes []Agency
	err := s.do(ctx, who, OpenContact, func(tx *ent.Tx, l *audit.Line) error {
		row, err := contactRow(ctx, tx, key)
		if err != nil {
			return err
		}
		out, takes = contactOf(row, s.today()), nil
		l.Refs = []string{contactRef(key)}
		side, district := recipientOf(out.Point)
		rows, err := tx.Agency.Query().Where(agency.Active(true), agency.Side(string(side)), agency.District(district)).
			Order(ent.Asc(agency.FieldName, agency.FieldID)).All(ctx)
		if err != nil {
			return fmt.Errorf("registry: listing agencies: %w", err)
		}
		for _, one := range rows {
			takes = append(takes, agencyOf(one))
		}
		return nil
	})
	return out, takes, err
}

// signature is the actor's name and title, as they stand in the directory.
func signature(ctx context.Context, tx *ent.Tx, who workflow.Actor) (string, error) {
	row, err := tx.User.Query().Where(user.ID(who.ID)).Only(ctx)
	if ent.IsNotFound(err) {
		return "", fault.New(fault.Unauthorized, "Sign in first.")
	}
	if err != nil {
		return "", fmt.Errorf("registry: reading the actor's account: %w", err)
	}
	if row.Title == "" {
		return row.Name, nil
	}
	return row.Name + ", " + row.Title, nil
}

// EndContact sets the last day of use of a contact point, or takes it away
// again when day is empty. The row stays: what was sent to it points there. OTDA's
// question about it ends; of a line that is in use again it asks anew.
func (s *Service) EndContact(ctx context.Context, who workflow.Actor, key string, rev int, day string) error {
	return s.do(ctx, who, EndContact, func(tx *ent.Tx, l *audit.Line) error {
		row, err := contactRow(ctx, tx, key)
		if err != nil {
			return err
		}
		point := pointOf(row)
		point.ValidTo = day
		if _, bad := checked(point, row.CapacityRank); len(bad) > 0 {
			return Problems{{"valid_to", lastDay(day, point.ValidFrom)}}
		}
		n, err := tx.ContactPoint.Update().Where(contactpoint.Key(key), contactpoint.Rev(rev)).AddRev(1).SetValidTo(day).Save(ctx)
		if err != nil {
			return fmt.Errorf("registry: ending a contact point: %w", err)
		}
		if n == 0 {
			return stale("this line of the directory")
		}
		if err := answered(ctx, tx, key); err != nil {
			return err
		}
		l.Refs, l.Reason = []string{contactRef(key)}, day
		return nil
	})
}

// lastDay says what to do about a last day of use that cannot be.
func lastDay(day, from string) string {
	if _, err := time.Parse(time.DateOnly, day); err == nil && from != "" && day < from {
		return "Enter a day that is not before the first day of use."
	}
	return "Enter a day of the calendar, like 11 3 2026."
}
