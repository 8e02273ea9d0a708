package api

import (
	"time"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// What is given of two referrals that may be about the same person. Only DCJS
// and OTDA are given any.
type (
	pair struct {
		Reference  string              `json:"reference" say:"of the other referral"`
		Rev        int                 `json:"rev" say:"of the pair; send it with the next step on it"`
		Status     workflow.PairStatus `json:"status"`
		AskedAgain bool                `json:"askedAgain,omitempty" say:"facts came in since it was decided"`
		Score      int                 `json:"score" say:"0 to 100"`
		Strength   string              `json:"strength" say:"strong, likely or weak"`
		Reasons    []agreement         `json:"reasons"`
		FoundAt    time.Time           `json:"foundAt,omitzero"`
		Decided    string              `json:"decided,omitempty" say:"link or dismiss: the last decision that stands"`
		DecidedAt  time.Time           `json:"decidedAt,omitzero"`
		DecidedBy  string              `json:"decidedBy,omitempty"`
		Why        string              `json:"why,omitempty"`
		Other      workflow.Status     `json:"otherStatus" say:"where the other referral stands"`
		Agency     string              `json:"agency,omitempty" say:"that referred the other one"`
		ReceivedAt time.Time           `json:"receivedAt,omitzero" say:"the other one"`
		HandedOver []string            `json:"handedOver,omitempty" say:"to whom the person was handed over under the other one; for OTDA"`
		Actions    []action            `json:"actions,omitempty"`
	}

	agreement struct {
		Code   string `json:"code"`
		Say    string `json:"say"`
		Points int    `json:"points" say:"below 0: it speaks against the same person"`
	}

	comparison struct {
		One   record `json:"one"`
		Other record `json:"other"`
		Pair  pair   `json:"pair"`
	}
)

func pairOf(p referrals.Pair) pair {
	out := pair{Reference: p.Reference, Rev: p.Rev, Status: p.Status, AskedAgain: p.AskedAgain, Score: p.Score, Strength: string(p.Strength),
		FoundAt: utc(p.FoundAt), Decided: string(p.Decided), DecidedAt: utc(p.DecidedAt), DecidedBy: p.DecidedBy, Why: p.Why, Other: p.Other,
		Agency: p.Agency, ReceivedAt: utc(p.ReceivedAt), HandedOver: p.HandedOver, Actions: actionsOf(p.Offers), Reasons: []agreement{}}
	for _, r := range p.Reasons {
		out.Reasons = append(out.Reasons, agreement{string(r.Code), r.Words, r.Points})
	}
	return out
}

// other returns the reference of the other referral of a pair, in the address.
func (c *call) other() (string, error) {
	ref, ok := forms.ParseReference(c.Param("other"))
	if !ok {
		return "", fault.Absent()
	}
	return ref, nil
}

// compare opens the two referrals of a pair side by side.
func (s *server) compare(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	other, err := c.other()
	if err != nil {
		return err
	}
	got, err := s.Referrals.Compare(c.ctx(), c.who, ref, other)
	if err != nil {
		return err
	}
	one, err := recordOf(got.One)
	if err != nil {
		return err
	}
	two, err := recordOf(got.Other)
	if err != nil {
		return err
	}
	return c.give(comparison{One: one, Other: two, Pair: pairOf(got.Pair)})
}

// actPair decides of a pair.
func (s *server) actPair(c *call) error {
	ref, deed, err := c.deed(c.r.deed())
	if err != nil {
		return err
	}
	other, err := c.other()
	if err != nil {
		return err
	}
	at := seen(ref, 0, deed)
	at.Other = other
	got, err := s.Referrals.Act(c.ctx(), c.who, at, c.r.do, deed)
	if err != nil {
		return err
	}
	return c.record(got)
}

// pairActs are the calls of the pair's table.
func pairActs() []route {
	var list []route
	for _, do := range workflow.PairActions() {
		list = append(list, route{Method: post, Path: pairPath + "/" + string(do), Name: "pair_" + string(do), Say: sayOf(workflow.PairSteps, do),
			Body: deedName("pair." + string(do)), Status: 200, Gives: "Record", Handle: (*server).actPair, do: do})
	}
	return list
}

const pairPath = "/referrals/:ref/pairs/:other"
