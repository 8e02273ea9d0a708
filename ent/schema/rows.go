package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	gen "nysreferral/ent"
	"nysreferral/ent/handover"
	"nysreferral/ent/letter"
	"nysreferral/ent/referral"
	"nysreferral/ent/request"
	"nysreferral/workflow"
)

// ownRows leaves the rows of referrals that the actor's agency wrote, or of
// which a hand-over or a notice names it; none for other duties.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115.
func ownRows(who workflow.Actor) func(*sql.Selector) {
	return func(s *sql.Selector) {
		id := s.C(handover.FieldReferralID)
		if s.TableName() == referral.Table {
			id = s.C(referral.FieldID)
		}
		switch {
		case s.TableName() == request.Table:
			s.Where(sql.EQ(s.C(request.FieldUserID), who.ID))
		case !workflow.Fits(who.Duty, who.Side):
			s.Where(sql.False())
		case who.Duty == workflow.Referrer && s.TableName() == referral.Table:
			s.Where(sql.EQ(s.C(referral.FieldAgencyID), who.Agency))
		case who.Duty == workflow.Referrer:
			s.Where(named(referral.Table, referral.FieldID, referral.FieldAgencyID, id, who.Agency))
		case who.Duty == workflow.Recipient:
			s.Where(sql.Or(named(handover.Table, handover.FieldReferralID, handover.FieldAgencyID, id, who.Agency),
				named(letter.Table, letter.FieldReferralID, letter.FieldAgencyID, id, who.Agency)))
		default:
			s.Where(sql.False())
		}
	}
}

// named is that a table has a row of the referral id which names the agency.
func named(table, of, by, id string, agency int) *sql.Predicate {
	t := sql.Table(table).As("locked_" + table)
	return sql.Exists(sql.Select(t.C(of)).From(t).Where(sql.And(sql.ColumnsEQ(t.C(of), id), sql.EQ(t.C(by), agency))))
}

// where puts a condition to a query, and says whether it knows the table.
func where(q ent.Query, p func(*sql.Selector)) bool {
	switch q := q.(type) {
	case *gen.ReferralQuery:
		q.Where(p)
	case *gen.AnswersQuery:
		q.Where(p)
	case *gen.EntryQuery:
		q.Where(p)
	case *gen.RequestQuery:
		q.Where(p)
	case *gen.HandoverQuery:
		q.Where(p)
	case *gen.LetterQuery:
		q.Where(p)
	case *gen.TaskQuery:
		q.Where(p)
	case *gen.DocumentQuery:
		q.Where(p)
	case *gen.AttachmentQuery:
		q.Where(p)
	case *gen.PairIndexQuery:
		q.Where(p)
	case *gen.PairKeyQuery:
		q.Where(p)
	case *gen.PairEntryQuery:
		q.Where(p)
	case *gen.SearchQuery:
		q.Where(p)
	case *gen.ShredQuery:
		q.Where(p)
	case *gen.HoldQuery:
		q.Where(p)
	case *gen.DisposalQuery:
		q.Where(p)
	case *gen.DisposalItemQuery:
		q.Where(p)
	case *gen.DisclosureQuery:
		q.Where(p)
	default:
		return false
	}
	return true
}
