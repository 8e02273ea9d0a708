package schema

import (
	"context"
	"errors"

	"entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"nysreferral/ent/privacy"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// The second lock. The first is the door, which finds out what an account may
// see and do. Should a way past it open, these rules still hold: what belongs to
// a person is read for an account or for a named work of the program, and an
// account meets only rows of its own side. Each table says what it is by what it
// embeds; a test wants that of all. The rules know neither fields nor statuses
// nor reasons: that is the door's.

// ErrNobody says that a row of a person was asked for without saying for whom:
// a defect of the program, never an answer to an account.
var ErrNobody = errors.New("ent: nobody is named for whom this is read or written")

// personal is a table of which every row belongs to one referral: its column
// referral_id, or the referral itself.
type personal struct{ ent.Schema }

// Policy reads rows for a work of the program, for the State, and otherwise for
// the agency that referred or that a hand-over or notice goes to.
func (personal) Policy() ent.Policy { return locked(ownRows) }

// state is what the State alone knows: of two referrals together, which were
// destroyed, which are held, and what somebody outside demands. No agency reads
// it.
//
// Law: 34 USC 12291(b)(2).
type state struct{ ent.Schema }

// Policy reads rows for a work of the program and for the State alone.
func (state) Policy() ent.Policy { return locked(nobodys) }

// secret is what somebody signs in with.
type secret struct{ ent.Schema }

// Policy refuses whoever reads referrals: the two never meet in one request.
func (secret) Policy() ent.Policy {
	rule := privacy.ContextQueryMutationRule(func(ctx context.Context) error {
		if v, ok := viewer.From(ctx); ok && v.Job() == "" {
			return privacy.Denyf("ent: a request about referrals reads no secrets of accounts")
		}
		return privacy.Allow
	})
	return privacy.Policy{Query: privacy.QueryPolicy{rule}, Mutation: privacy.MutationPolicy{rule}}
}

// common is a table that holds nothing of a person who was referred.
type common struct{ ent.Schema }

// Policy lets everybody read: who may is the doors' to say.
func (common) Policy() ent.Policy {
	return privacy.Policy{Query: privacy.QueryPolicy{privacy.AlwaysAllowRule()}, Mutation: privacy.MutationPolicy{privacy.AlwaysAllowRule()}}
}

// locked is the policy of a table of which accounts that are not the State's
// read the rows that narrow leaves.
func locked(narrow func(workflow.Actor) func(*sql.Selector)) ent.Policy {
	return privacy.Policy{
		Query:    privacy.QueryPolicy{reading(narrow), privacy.AlwaysDenyRule()},
		Mutation: privacy.MutationPolicy{privacy.MutationRuleFunc(writing), privacy.AlwaysDenyRule()},
	}
}

// writing wants somebody to be named. What may be written, the door says: a rule
// here would not see rows that are made.
func writing(ctx context.Context, _ ent.Mutation) error {
	if _, ok := viewer.From(ctx); !ok {
		return privacy.Denyf("%w", ErrNobody)
	}
	return privacy.Allow
}

// reading narrows a query to what an account may meet.
func reading(narrow func(workflow.Actor) func(*sql.Selector)) privacy.QueryRule {
	return privacy.QueryRuleFunc(func(ctx context.Context, q ent.Query) error {
		v, ok := viewer.From(ctx)
		switch {
		case !ok:
			return privacy.Denyf("%w", ErrNobody)
		case v.Job() != "" || open[v.Who.Duty] && workflow.Fits(v.Who.Duty, v.Who.Side):
			return privacy.Allow
		}
		if !where(q, narrow(v.Who)) {
			return privacy.Denyf("ent: no rule knows this table")
		}
		return privacy.Allow
	})
}

// open are the duties that meet every referral. Of what they read of it, the
// door tells; an auditor gets codes and dates.
var open = map[workflow.Duty]bool{workflow.Reviewer: true, workflow.Director: true, workflow.Program: true, workflow.Auditor: true}

// nobodys leaves no row.
func nobodys(workflow.Actor) func(*sql.Selector) {
	return func(s *sql.Selector) { s.Where(sql.False()) }
}
