package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// pairPath is the page that compares two referrals.
func pairPath(ref, other string) string { return refPath(ref, "pairs", other) }

// other returns the reference of the other referral of a pair, in the address.
func (c *call) other() (string, error) {
	ref, ok := forms.ParseReference(c.Param("other"))
	if !ok {
		return "", fault.Absent()
	}
	return ref, nil
}

// inPair is in for an act on a pair.
func (a acting) inPair(rec referrals.Record) (offered, bool) {
	for _, p := range rec.Pairs {
		if p.Reference != a.Other {
			continue
		}
		for _, o := range p.Offers {
			if o.Do == a.Do {
				return offered{say: o.Say, missing: sentences(o.Missing), rev: p.Rev}, true
			}
		}
	}
	return offered{}, false
}

// fillPairs adds to the page of a referral which others may be about the same
// person.
func fillPairs(v *web.StateReview, rec referrals.Record) {
	open := false
	for _, p := range rec.Pairs {
		line := web.PairLine{Reference: p.Reference, Href: pairPath(rec.Reference, p.Reference), Tag: web.PairTag(string(p.Status)), Note: decidedLine(p), Why: p.Why,
			From: joined("From "+p.Agency, "received "+web.Day(p.ReceivedAt))}
		if p.Status == workflow.PairFound {
			line.Tag.Word = strengthWords[p.Strength]
			open = open || p.Strength == "strong" || p.Strength == "likely"
		}
		for _, r := range p.Reasons {
			line.Reasons = append(line.Reasons, r.Words)
		}
		if len(p.HandedOver) > 0 {
			line.Elsewhere = "Handed over to " + strings.Join(p.HandedOver, ", ") + "."
		}
		if p.Status == workflow.PairDismissed {
			v.Apart = append(v.Apart, line)
			continue
		}
		v.Pairs = append(v.Pairs, line)
	}
	if open {
		v.Flags = append(v.Flags, web.MaybeKnown())
	}
}

// strengthWords are how alike two referrals are, where nobody decided.
var strengthWords = map[forms.Strength]string{"strong": "Not decided: much agrees", "likely": "Not decided: look at it", "weak": "Not decided: little agrees", "": "Not decided: alike no longer"}

// decidedLine is what was decided of a pair, by whom and when.
func decidedLine(p referrals.Pair) string {
	if p.Decided == "" {
		return ""
	}
	out := map[workflow.Action]string{workflow.Link: "Decided: the same person", workflow.Dismiss: "Decided: not the same person"}[p.Decided] +
		", " + p.DecidedBy + ", " + web.Day(p.DecidedAt) + "."
	if p.AskedAgain {
		out += " Facts came in since: look again."
	}
	return out
}

// handedOver are the linked referrals under which the person is already with a
// recipient, for OTDA.
func handedOver(rec referrals.Record) []web.Link {
	var out []web.Link
	for _, p := range rec.Pairs {
		if len(p.HandedOver) > 0 {
			out = append(out, web.Link{Label: "Under " + p.Reference + ": " + strings.Join(p.HandedOver, ", "), Href: pairPath(rec.Reference, p.Reference)})
		}
	}
	return out
}

// compare shows two referrals side by side.
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
	p := c.page("Maybe the same person")
	p.Wide = true
	p.Back = &web.Link{Label: "The referral", Href: refPath(got.One.Reference)}
	pair := got.Pair
	v := web.StateCompare{Tag: web.PairTag(string(pair.Status)), Score: fmt.Sprintf("%d of 100 points", pair.Score), Reasons: pairReasons(pair),
		Note: decidedLine(pair), Why: pair.Why, Sides: [2]web.CompareSide{comparedSide(web.ThisReferral, got.One), comparedSide(web.OtherReferral, got.Other)}}
	if len(pair.HandedOver) > 0 {
		v.Sides[1].Rows = append(v.Sides[1].Rows, web.Row{Label: "Handed over to", Values: pair.HandedOver})
	}
	v.First, v.More = compareTables(got)
	for _, o := range pair.Offers {
		v.Steps.Ready = append(v.Steps.Ready, web.Step{Label: o.Say, Href: refPath(got.One.Reference, "pairs", pair.Reference, string(o.Do)), Primary: o.Do == workflow.Link})
	}
	if pair.Status == workflow.PairFound {
		v.Steps.Ready = append(v.Steps.Ready, web.Step{Label: "Decide later", Href: refPath(got.One.Reference)})
	}
	return c.show(http.StatusOK, web.StateComparePage(p, v))
}

func comparedSide(title string, rec referrals.Record) web.CompareSide {
	out := web.CompareSide{Title: title, Reference: rec.Reference, Href: refPath(rec.Reference), Tag: web.TagFor(string(rec.Status), false)}
	for _, r := range []web.Row{{Label: "From", Values: []string{rec.Agency}}, {Label: "Received", Values: []string{web.Moment(rec.ReceivedAt)}}, {Label: "Held by", Values: []string{rec.HeldBy}}} {
		if r.Values[0] != "" {
			out.Rows = append(out.Rows, r)
		}
	}
	return out
}

func pairReasons(p referrals.Pair) []web.PairReason {
	var out []web.PairReason
	for _, r := range p.Reasons {
		one := web.PairReason{Words: r.Words, Against: r.Points < 0 || r.Code == "given_differs"}
		if r.Points != 0 {
			one.Points = fmt.Sprintf("%+d", r.Points)
		}
		out = append(out, one)
	}
	return out
}

// whoItIs are the sections that tell who somebody is and where; they stand
// first.
var whoItIs = []string{"C", "E", "D", "A"}

// compareTables are the sections of both, each question once: those that tell
// who it is first, then what agrees in the others.
func compareTables(got referrals.Comparison) (first, more []web.Table) {
	one, two := topItems(got.One.View), topItems(got.Other.View)
	tables := map[string]web.Table{}
	var agreeing [][]web.Cell
	for _, s := range forms.Questions.Sections {
		var rows [][]web.Cell
		for _, f := range s.Fields {
			a, b := one[f.ID], two[f.ID]
			if a == nil && b == nil {
				continue
			}
			mark, reason := markOf(got.Pair, f.ID, a, b)
			row := []web.Cell{{Text: labelOf(a, b)}, web.CompareCell(a, refPath(got.One.Reference)), web.CompareCell(b, refPath(got.Other.Reference)), web.MarkCell(mark)}
			if rows = append(rows, row); reason && !slices.Contains(whoItIs, s.ID) {
				agreeing = append(agreeing, row)
			}
		}
		if len(rows) > 0 {
			tables[s.ID] = web.CompareTable(titleOf(s), rows)
		}
	}
	for _, id := range whoItIs {
		if t, ok := tables[id]; ok {
			first = append(first, t)
		}
	}
	if len(agreeing) > 0 {
		first = slices.Insert(first, min(1, len(first)), web.CompareTable("What else agrees", agreeing))
	}
	for _, s := range forms.Questions.Sections {
		if t, ok := tables[s.ID]; ok && !slices.Contains(whoItIs, s.ID) {
			more = append(more, t)
		}
	}
	return first, more
}

func titleOf(s *forms.Section) string {
	if s.Told != "" {
		return s.Told
	}
	return s.Title
}

// topItems are the answers of a view, by the id of the question.
func topItems(v forms.View) map[string]*web.Fact {
	out := map[string]*web.Fact{}
	for _, part := range web.FactParts("", v.Of("referral"), nil) {
		for _, f := range part.Facts {
			out[f.Code] = &f
		}
	}
	return out
}

func labelOf(a, b *web.Fact) string {
	if a != nil {
		return a.Label
	}
	return b.Label
}

// markOf says whether two answers to a question are the same, or whether one of
// the reasons rests on it. What is withheld or veiled is not compared.
func markOf(p referrals.Pair, id string, a, b *web.Fact) (mark *web.StatusTag, reason bool) {
	for _, f := range []*web.Fact{a, b} {
		if f != nil && (f.Masked || f.Veiled) {
			return nil, false
		}
	}
	for _, r := range p.Reasons {
		rests := slices.ContainsFunc(r.Fields, func(one string) bool { return one == id || strings.HasPrefix(one, id+".") })
		// A date stands against an age: one of the two is all that each told.
		if !rests || (a == nil || b == nil) && !slices.Contains(r.Fields, "C5") {
			continue
		}
		mark, reason = &web.MarkAlike, true
		if r.Points < 0 {
			mark = &web.MarkDiffers
		}
		break
	}
	if a != nil && b != nil && len(a.Rows)+len(b.Rows) == 0 && slices.Equal(a.Values, b.Values) {
		mark = &web.MarkSame
	}
	return mark, reason
}

// pairActing is the act on a pair that the address names.
func (c *call) pairActing() (acting, error) {
	ref, err := c.ref()
	if err != nil {
		return acting{}, err
	}
	other, err := c.other()
	if err != nil {
		return acting{}, err
	}
	a := acting{Ref: ref, Other: other, Do: workflow.Action(c.Param("action"))}
	w := pairWords[a.Do]
	a.Said = w.said
	a.Look = func(rec referrals.Record) actLook {
		look := actLook{Title: w.title, Lead: w.lead, Button: w.button, Back: web.Link{Label: "Both referrals", Href: pairPath(ref, other)}}
		for _, p := range rec.Pairs {
			if p.Reference == other {
				look.Above = []templ.Component{web.PairBox(rec.Reference+" and "+p.Reference, pairReasons(p))}
			}
		}
		return look
	}
	return a, nil
}

// pairWords are the words of the acts on a pair.
var pairWords = map[workflow.Action]actWord{
	workflow.Link: {title: "The same person", lead: "Each referral keeps its own road and its own decision. The State sees that they belong together; nobody else learns it.",
		button: "Link them", said: "Linked. Both keep their own road."},
	workflow.Dismiss: {title: "Not the same person", lead: "You are not asked again unless facts come in to either of them.", button: "They are two people", said: "Noted: two people."},
	workflow.Undo:    {title: "Undo the decision", lead: "The question is open again. What was decided stays on the record.", button: "Undo it", said: "The question is open again."},
}

func (s *server) pairAct(c *call) error {
	a, err := c.pairActing()
	if err != nil {
		return err
	}
	return c.actPage(a)
}

func (s *server) pairActed(c *call) error {
	a, err := c.pairActing()
	if err != nil {
		return err
	}
	return c.act(a)
}
