package handlers

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

// holdStates are how a legal hold is shown.
var holdStates = map[workflow.HoldStatus]string{
	workflow.Held:      "It holds: nothing destroys the referral",
	workflow.LiftAsked: "It holds. One person asked that it ends; another one agrees, or keeps it",
	workflow.Lifted:    "It ended",
}

// holdWords are what was done to a hold.
var holdWords = map[workflow.Action]string{workflow.PlaceHold: "Placed", workflow.AskLift: "Asked that it ends", workflow.KeepHold: "Kept", workflow.LiftHold: "Ended"}

// holds shows the legal holds of a referral, and places one.
func (s *server) holds(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	list, err := s.Referrals.Holds(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	p := c.page("Legal holds")
	p.Back = &web.Link{Label: "Referral", Href: refPath(ref)}
	p.Lead = "While a legal hold stands, nothing destroys the referral. One person places it; two end it. Only the State reads of it."
	v := web.Detail{}
	if workflow.SeesHolds(c.who) && placesHolds(c.who) {
		v.Buttons = []web.Button{{Label: "Place a legal hold", Href: holdPath(ref, 0, workflow.PlaceHold)}}
	}
	if len(list) == 0 {
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: "No legal hold"}, "Nothing but the schedule of retention keeps this referral.")}
	}
	for _, h := range list {
		v.Summaries = append(v.Summaries, holdSummary(h))
		for _, o := range h.Offers {
			if o.Ready() {
				v.Buttons = append(v.Buttons, web.Button{Label: o.Say, Href: holdPath(ref, h.N, o.Do), Look: web.ButtonSecond})
			}
		}
	}
	return c.show(http.StatusOK, web.DetailPage(p, v))
}

func placesHolds(who workflow.Actor) bool {
	_, err := workflow.NextHold(who, workflow.PlaceHold, workflow.Unheld, workflow.Circumstances{HasReason: true})
	return err == nil
}

func holdPath(ref string, n int, do workflow.Action) string {
	return refPath(ref, "holds", strconv.Itoa(n), string(do))
}

func holdSummary(h referrals.Hold) web.Summary {
	out := web.Summary{Title: "Legal hold " + strconv.Itoa(h.N), Rows: []web.Row{textRow("State", holdStates[h.Status])}}
	for _, said := range h.Said {
		out.Rows = append(out.Rows, web.Row{Label: holdWords[said.Do], Values: []string{web.Moment(said.At) + ", " + said.Who, said.Why}})
	}
	return out
}

// holdAct asks for the reason of a step.
func (s *server) holdAct(c *call) error { return s.askHold(c, nil) }

func (s *server) askHold(c *call, bad registry.Problems) error {
	ref, n, err := c.holdAt()
	if err != nil {
		return err
	}
	list, err := s.Referrals.Holds(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	do, a := workflow.Action(c.Param("action")), asking{}
	if n == 0 && do == workflow.PlaceHold && placesHolds(c.who) {
		a = asking{Title: "Place a legal hold", Lead: "It keeps the referral from being destroyed until two persons end it. It does not keep the person from withdrawing."}
	}
	for _, h := range list {
		for _, o := range h.Offers {
			if h.N == n && o.Do == do {
				a = asking{Title: o.Say, Rev: h.Rev, Act: web.Act{Above: []templ.Component{web.SummaryPart(holdSummary(h))}, Missing: sentences(o.Missing)}}
			}
		}
	}
	if a.Title == "" {
		return fault.Absent()
	}
	why := field(web.KindProse, "reason", "Why?")
	why.Hint, why.Value = "For example the proceeding, its court and its number. It lies sealed with the referral, and only the State reads it. Name nobody.", c.form().Get("reason")
	a.Action, a.Fields = holdPath(ref, n, do), []web.Field{why}
	a.Act.Button, a.Act.Back = a.Title, web.Link{Label: "Legal holds", Href: refPath(ref, "holds")}
	return c.ask(a, bad)
}

// holdAt is the referral and the number of the hold in the address; 0 is a new
// one.
func (c *call) holdAt() (string, int, error) {
	ref, err := c.ref()
	if err != nil {
		return "", 0, err
	}
	if c.Param("n") == "0" {
		return ref, 0, nil
	}
	n, err := c.n()
	return ref, n, err
}

// holdActed does the step.
func (s *server) holdActed(c *call) error {
	ref, n, err := c.holdAt()
	if err != nil {
		return err
	}
	a := referrals.HoldAct{Ref: ref, N: n, Do: workflow.Action(c.Param("action")), Reason: c.form().Get("reason")}
	if n != 0 {
		if a.Rev, err = c.rev(); err != nil {
			return err
		}
	}
	h, err := s.Referrals.Hold(c.ctx(), c.who, a)
	if bad, err := asProblems(err, ""); err != nil || bad != nil {
		return orAsk(err, func() error { return s.askHold(c, bad) })
	}
	c.flash(web.BoxSuccess, holdStates[h.Status]+".")
	return c.to("/referrals", ref, "holds")
}

// keptRows lead to the legal holds of a referral, and for DCJS to what somebody
// outside demands.
func keptRows(who workflow.Actor, rec referrals.Record) []web.Row {
	say := "None"
	for _, h := range rec.Holds {
		if h.Status.Holds() {
			say = "Since " + web.Day(h.PlacedAt)
		}
	}
	out := []web.Row{{Label: "Legal hold", Part: web.LinkPart(web.Link{Label: say, Href: refPath(rec.Reference, "holds")})}}
	if workflow.SeesDisclosures(who) {
		return append(out, web.Row{Label: "Demands", Part: web.LinkPart(web.Link{Label: "From outside", Href: refPath(rec.Reference, "disclosures")})})
	}
	return append(out, web.Row{Label: "Openings", Part: web.LinkPart(web.Link{Label: "Who has looked at it", Href: refPath(rec.Reference, "looks")})})
}
