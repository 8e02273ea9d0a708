package api

import (
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// heed is a warning about a recipient.
type heed struct {
	Code string `json:"code,omitempty" say:"missing where nothing can be sent there whatever is said"`
	Say  string `json:"say"`
}

func heedsOf(list []referrals.Heed) []heed {
	var out []heed
	for _, one := range list {
		out = append(out, heed{Code: string(one.Code), Say: one.Say})
	}
	return out
}

// candidatesOf are lines of the directory that OTDA can choose, each with what to know
// before.
func candidatesOf(list []referrals.Candidate) []candidate {
	var out []candidate
	for _, c := range list {
		out = append(out, candidate{Key: c.Key, Name: c.Name, Verified: c.Verified, Why: c.Why, Heed: heedsOf(c.Heed)})
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
