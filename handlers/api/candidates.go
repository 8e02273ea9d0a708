package api

import (
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// candidatesOf are lines of the directory that OTDA can choose, each with what to know
// before.
func candidatesOf(list []referrals.Candidate) []candidate {
	var out []candidate
	for _, c := range list {
		out = append(out, candidate{Key: c.Key, Name: c.Name, Verified: c.Verified, Why: c.Why, Heed: c.Heed})
	}
	return out
}

// proposalOf is one more hand-over that OTDA can propose, nil for none.
func proposalOf(p *referrals.Proposal) *proposal {
	if p == nil {
		return nil
	}
	return &proposal{N: p.N, Action: actionsOf([]workflow.HandoverOffer{p.Offer})[0], Candidates: candidatesOf(p.Candidates)}
}
