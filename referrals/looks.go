package referrals

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// looked are the acts of the log that mean that somebody saw the content.
var looked = []string{"read", "print", "export", string(workflow.Reveal), "paper", lookFile, "read_disclosure", actDisclosed, actPackage}

// aRecipient stands for the office of a recipient whose name a reader may not
// know.
const aRecipient = "A recipient"

// Looks returns who opened the referral, by office and never by name, the last
// first. It is for the referrer whose referral it is and for the State's staff.
// What was given to somebody outside stands in it; not for the referrer where a
// court forbids that the person is told.
// Police do not learn which recipient it was: that would tell where the person
// is.
func (s *Service) Looks(ctx context.Context, who workflow.Actor, ref string) ([]Look, error) {
	var out []Look
	err := s.do(ctx, who, "looks", ref, func(ctx context.Context, tx *ent.Tx) error {
		f, _, err := s.visible(ctx, tx, who, ref)
		if err != nil {
			return err
		}
		if who.Duty != workflow.Referrer && !workflow.SeesHolds(who) {
			return fault.Absent()
		}
		lines, err := tx.AuditEntry.Query().Where(auditentry.ActionIn(looked...), auditentry.Outcome(audit.Done), func(q *sql.Selector) {
			// The first is the one that was opened; others were named beside it.
			q.Where(sqljson.ValueEQ(auditentry.FieldRefs, f.row.Ref, sqljson.Path("[0]")))
		}).Order(ent.Desc(auditentry.FieldID)).Limit(200).All(ctx)
		if err != nil {
			return fmt.Errorf("referrals: reading who looked: %w", err)
		}
		offices, err := officesOf(ctx, tx, who, lines)
		if err != nil {
			return err
		}
		out = nil
		for _, l := range lines {
			if who.Duty == workflow.Referrer && barred(l.Reason) {
				continue
			}
			out = append(out, Look{At: l.At, Who: offices[l.Agency], What: l.Action})
		}
		return s.record(ctx, tx, s.line(who, "looks", f.row.Ref))
	})
	return out, err
}

// barred says whether a line is about a disclosure of which the person is not to
// learn.
func barred(reason string) bool {
	return slices.ContainsFunc(workflow.TellPersons, func(t workflow.TellPerson) bool { return t.Hidden && strings.Contains(reason, lineTells+t.Code) })
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
