package referrals

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/predicate"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// looked are the acts of the log that mean that somebody saw the content.
var looked = []string{"read", "print", "export", string(workflow.Reveal), "paper", lookFile, "read_disclosure", actDisclosed, actPackage}

// LooksOf are the words of the log for acts that show the content of a referral.
func LooksOf() []string { return slices.Clone(looked) }

// ActTakeLooks is the word of the log for carrying off who looked at a referral.
const ActTakeLooks = "take_looks"

// aRecipient stands for the office of a recipient whose name a reader may not
// know.
const aRecipient = "A recipient"

const (
	looksAPage = 100 // looks on a page of them
	looksARead = 500 // looks that are read at once where all of them are wanted
)

// LookPage is a part of who looked at a referral.
type LookPage struct {
	Looks []Look // the last first
	Next  string // the cursor of the next part, "" at the end
	All   int    // how many there are in all, of those that the reader may know
}

// Looks returns who opened the referral, by office and never by name, the last
// first, a page at a time. It is for the referrer whose referral it is and for the
// State's staff. What was given to somebody outside stands in it; not for the
// referrer where a court forbids that the person is told.
// Police do not learn which recipient it was: that would tell where the person
// is. A cursor that who was not given for this referral is fault.Invalid.
func (s *Service) Looks(ctx context.Context, who workflow.Actor, ref, cursor string) (LookPage, error) {
	var out LookPage
	err := s.do(ctx, who, "looks", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, err := s.toldLooks(ctx, tx, who, ref, workflow.LooksRead)
		if err != nil {
			return err
		}
		before, err := s.looksBefore(who, f.row.Ref, cursor)
		if err != nil {
			return err
		}
		out = LookPage{}
		where := looksAt(who, f.row.Ref)
		if out.All, err = tx.AuditEntry.Query().Where(where...).Count(ctx); err != nil {
			return fmt.Errorf("referrals: counting who looked: %w", err)
		}
		lines, err := looksOf(ctx, tx, where, before, looksAPage+1)
		if err != nil {
			return err
		}
		if len(lines) > looksAPage {
			lines = lines[:looksAPage]
			if out.Next, err = s.looksCursor(who, f.row.Ref, lines[looksAPage-1].ID); err != nil {
				return err
			}
		}
		if out.Looks, err = inOffices(ctx, tx, who, lines); err != nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, "looks", f.row.Ref))
	})
	return out, err
}

// TakeLooks returns all of Looks at once, to be carried off: for those of the State
// who answer demands from outside. It is a line of its own in the log.
func (s *Service) TakeLooks(ctx context.Context, who workflow.Actor, ref string) ([]Look, error) {
	var out []Look
	err := s.do(ctx, who, ActTakeLooks, ref, func(ctx context.Context, tx *ent.Tx) error {
		f, err := s.toldLooks(ctx, tx, who, ref, workflow.LooksCarry)
		if err != nil {
			return err
		}
		out = nil
		for before := 0; ; {
			lines, err := looksOf(ctx, tx, looksAt(who, f.row.Ref), before, looksARead)
			if err != nil {
				return err
			}
			some, err := inOffices(ctx, tx, who, lines)
			if err != nil {
				return err
			}
			out = append(out, some...)
			if len(lines) < looksARead {
				return s.record(ctx, tx, s.line(who, ActTakeLooks, f.row.Ref))
			}
			before = lines[len(lines)-1].ID
		}
	})
	return out, err
}

// toldLooks is the referral, for whom it is told in that way who looked at it.
func (s *Service) toldLooks(ctx context.Context, tx *ent.Tx, who workflow.Actor, ref, way string) (*file, error) {
	f, _, err := s.visible(ctx, tx, who, ref)
	if err != nil {
		return nil, err
	}
	if !workflow.ToldLooks(who, way) {
		return nil, fault.Absent()
	}
	return f, nil
}

// looksAt are the lines of the log that tell of looks at a referral, as far as who
// may know of them: of a disclosure that a court keeps from the person the referrer
// reads none, and none is counted.
func looksAt(who workflow.Actor, ref string) []predicate.AuditEntry {
	out := []predicate.AuditEntry{auditentry.ActionIn(looked...), auditentry.Outcome(audit.Done), func(q *sql.Selector) {
		// The first is the one that was opened; others were named beside it.
		q.Where(sqljson.ValueEQ(auditentry.FieldRefs, ref, sqljson.Path("[0]")))
	}}
	if who.Duty != workflow.Referrer {
		return out
	}
	for _, t := range workflow.TellPersons {
		if t.Hidden {
			out = append(out, auditentry.Not(auditentry.ReasonContains(lineTells+t.Code)))
		}
	}
	return out
}

// looksOf are the last of the lines, those before a line where it is not 0.
func looksOf(ctx context.Context, tx *ent.Tx, where []predicate.AuditEntry, before, most int) ([]*ent.AuditEntry, error) {
	if before != 0 {
		where = append(slices.Clone(where), auditentry.IDLT(before))
	}
	lines, err := tx.AuditEntry.Query().Where(where...).Order(ent.Desc(auditentry.FieldID)).Limit(most).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading who looked: %w", err)
	}
	return lines, nil
}

// inOffices are lines of the log as looks.
func inOffices(ctx context.Context, tx *ent.Tx, who workflow.Actor, lines []*ent.AuditEntry) ([]Look, error) {
	offices, err := officesOf(ctx, tx, who, lines)
	if err != nil {
		return nil, err
	}
	out := make([]Look, len(lines))
	for i, l := range lines {
		out[i] = Look{At: l.At, Who: offices[l.Agency], What: l.Action}
	}
	return out, nil
}

// looksCursor is the place after a line, sealed: its number would tell how much
// is done in the whole system.
func (s *Service) looksCursor(who workflow.Actor, ref string, last int) (string, error) {
	sealed, err := s.Ring.Seal(binary.BigEndian.AppendUint64(nil, uint64(last)), looksCursorAt(who, ref))
	if err != nil {
		return "", fmt.Errorf("referrals: writing a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

func looksCursorAt(who workflow.Actor, ref string) seal.Place {
	return seal.Place{Table: "audit_entries", Column: "cursor", Row: fmt.Sprintf("%d %s", who.ID, ref), Version: 1}
}

// looksBefore is the line that a cursor stands after, 0 for none.
func (s *Service) looksBefore(who workflow.Actor, ref, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	place, sealErr := s.Ring.Open(sealed, looksCursorAt(who, ref))
	if err != nil || sealErr != nil || len(place) != 8 {
		return 0, fault.New(fault.Invalid, "This page of the list does not exist. Begin with the first page.")
	}
	return int(binary.BigEndian.Uint64(place)), nil
}

func officesOf(ctx context.Context, tx *ent.Tx, who workflow.Actor, lines []*ent.AuditEntry) (map[int]string, error) {
	var ids []int
	for _, l := range lines {
		if !slices.Contains(ids, l.Agency) {
			ids = append(ids, l.Agency)
		}
	}
	rows, err := tx.Agency.Query().Where(agency.IDIn(ids...)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading agencies: %w", err)
	}
	out := map[int]string{0: "The system"}
	for _, a := range rows {
		out[a.ID] = a.Name
		receives := a.Side == string(workflow.SideRHTP) || a.Side == string(workflow.SideLDSS)
		if receives && who.Duty == workflow.Referrer && !learnsRecipient(who) {
			out[a.ID] = aRecipient
		}
	}
	return out, nil
}
