package referrals

import (
	"context"
	"fmt"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/agency"
	"nysreferral/ent/predicate"
	"nysreferral/ent/user"
	"nysreferral/workflow"
)

// NobodyReceives is said of a hand-over to a line that is verified, and of the line
// itself where one is chosen, while nobody can sign in to receive what is sent there.
const NobodyReceives = "Verified, but nobody signs in there to receive it. Ask the administrator to invite an account, or choose another recipient."

// nobodyYet is the same of a line that is not verified.
const nobodyYet = "Nobody signs in there yet to receive it."

// receivers are the accounts that receive what is sent to an agency: those that are
// told by mail when something comes.
func receivers() predicate.User {
	return user.And(user.Duty(string(workflow.Recipient)), inUse())
}

// inUse are the accounts that can sign in: not disabled, of agencies that are
// active.
func inUse() predicate.User {
	return user.And(user.DisabledAtIsNil(), user.HasAgencyWith(agency.Active(true)))
}

// cameIn are the accounts of somebody who took them over: who chose a password by
// the invitation, or signed in by another way. One that was invited and never came
// in gets its mail, but nobody reads there.
func cameIn() predicate.User {
	return user.Or(user.PasswordSetAtNotNil(), user.SignedInAtNotNil())
}

// manned says at which of these agencies somebody can sign in to receive a person.
func manned(ctx context.Context, tx *ent.Tx, agencies []int) (map[int]bool, error) {
	if len(agencies) == 0 {
		return nil, nil
	}
	ids, err := tx.User.Query().Where(receivers(), cameIn(), user.AgencyIDIn(agencies...)).Unique(true).Select(user.FieldAgencyID).Ints(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: looking who receives: %w", err)
	}
	out := make(map[int]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, nil
}

// unmanned says of a line of the directory, whose agency is given, that nobody can
// receive there, "" when somebody can. Of a line that is not verified and has no agency
// it says nothing: who verifies it names the agency.
func unmanned(point directory.Contact, to *int, there map[int]bool) string {
	switch {
	case to != nil && there[*to]:
		return ""
	case point.Verified():
		return NobodyReceives
	case to != nil:
		return nobodyYet
	}
	return ""
}

// addManned says of each line that OTDA can choose, and of each hand-over, whether
// somebody can receive the person there.
func (s *Service) addManned(ctx context.Context, tx *ent.Tx, f *file, out *Record) error {
	lists := [][]Candidate{out.Lines}
	if out.Proposal != nil {
		lists = append(lists, out.Proposal.Candidates)
	}
	for _, h := range out.Handover {
		lists = append(lists, h.Candidates)
	}
	var ids []int
	for _, list := range lists {
		for _, one := range list {
			if one.agency != nil {
				ids = append(ids, *one.agency)
			}
		}
	}
	there, err := manned(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, list := range lists {
		for i := range list {
			if why := unmanned(list[i].Point, list[i].agency, there); why != "" {
				list[i].Heed = append(list[i].Heed, Heed{Say: why})
			}
		}
	}
	for i := range out.Handover {
		one := &out.Handover[i]
		if h := f.handover(one.N); h != nil && h.contact != nil && h.status() == workflow.Proposed {
			one.NoAccount = unmanned(one.Point, h.AgencyID, f.manned) == NobodyReceives
		}
	}
	return nil
}
