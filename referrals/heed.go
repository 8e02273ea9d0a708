package referrals

import (
	"errors"
	"slices"
	"strings"

	"nysreferral/directory"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Heed is something that OTDA has to know of a line of the directory before it
// hands a person over there.
type Heed struct {
	Code forms.Heeded // what OTDA ticks before it sends; "" for what no tick helps against
	Say  string       // a sentence
}

// heeds is what OTDA has to know of a line of the directory before it hands a
// person over there: that it is not for the person, that it may not be, that it
// serves another county than the one in which the rules look for help, or that it
// is of another kind than the person asked for, or than the rules propose. The
// page on which a line is chosen, the page of the hand-over, the API and the door
// read it here.
func (s *Service) heeds(f *file, c directory.Contact) []Heed {
	var out []Heed
	add := func(code forms.Heeded, say string) { out = append(out, Heed{Code: code, Say: say}) }
	facts := s.routeFacts(f.answers)
	switch why := s.unfit(f.answers, c); {
	case why != "":
		add("", why)
	case c.Kind == directory.Adult && facts.Minor != workflow.Adult && !s.grownUp(f.answers):
		add("age_not_known", "It is for adults, and it is not known whether the person is a minor.")
	case c.Kind == directory.Child && facts.Minor != workflow.IsMinor:
		add("age_not_known", "It is for children, and it is not known whether the person is a minor.")
	}
	if county := f.helpedIn(); county != "" && !c.Serves(county) {
		add("another_county", "It serves "+servedBy(c)+"; the person is to be helped in "+countyName(county)+".")
	}
	switch kind, _ := kindOfPoint(c.Kind); {
	case facts.WantsNone:
		add("not_asked_for", "The person asked to be referred to nobody yet.")
	case facts.WantsOnly == workflow.KindRHTP && kind != workflow.KindRHTP:
		add("not_asked_for", "It is a local department; the person asked for an RHTP provider only.")
	case facts.WantsOnly == workflow.KindLDSS && kind != workflow.KindLDSS:
		add("not_asked_for", "It is an RHTP provider; the person asked for the local department only.")
	case !f.byTheRules(kind):
		add("another_kind", "It is "+kindNames[kind]+"; the rules propose "+f.proposedFirst()+".")
	}
	return out
}

// kindNames are the kinds of recipients in the middle of a sentence.
var kindNames = map[workflow.Kind]string{workflow.KindLDSS: "a local department", workflow.KindRHTP: "an RHTP provider", workflow.KindOTDA: "that OTDA keeps it"}

// byTheRules reports whether the rules of routing proposed a hand-over of that
// kind, or none at all yet.
func (f *file) byTheRules(kind workflow.Kind) bool {
	if len(f.handovers) == 0 {
		return true
	}
	return slices.ContainsFunc(f.handovers, func(h *passed) bool { return h.route.Override == "" && h.route.Kind == kind })
}

// proposedFirst is what the rules proposed first, as people write it.
func (f *file) proposedFirst() string { return kindNames[f.handovers[0].route.Kind] }

// unheeded returns the warnings about a hand-over to be sent that hold now and were
// not ticked. It keeps with the deed those that were, in words, as they stood: what
// is ticked and does not hold is dropped.
func (s *Service) unheeded(f *file, h *passed, do workflow.Action, deed *forms.Deed) []Heed {
	if do != workflow.Send || h.contact == nil {
		return nil
	}
	var left []Heed
	var ticked []forms.Heeded
	var said []string
	for _, one := range s.heeds(f, contactOf(h.contact)) {
		switch {
		case one.Code == "": // no tick helps: the rules refuse it
		case slices.Contains(deed.Heeded, one.Code):
			ticked, said = append(ticked, one.Code), append(said, one.Say)
		default:
			left = append(left, one)
		}
	}
	deed.Heeded, deed.Warned = ticked, forms.Prose(strings.Join(said, " "))
	return left
}

// unsaid is a refusal to send. What only the page of the act can say is told at its
// fields, all of it at once: each warning that was not ticked, and why a person is
// handed over again.
func unsaid(err error, who workflow.Actor, c workflow.Circumstances, left []Heed) error {
	var r *workflow.Refusal
	if !errors.As(err, &r) || r.Guard != workflow.WarningsHeeded {
		return refusedHere(err)
	}
	say := "Tick this if the person is to be sent there all the same:"
	for _, one := range left {
		say += " " + one.Say
	}
	out := forms.Problems{{ID: "heeded", Field: "heeded", Message: say}}
	if once := workflow.HandedOverOnce; !once.Met(who, c) {
		out = append(out, forms.Problem{ID: "reason", Field: "reason", Message: once.Say()})
	}
	return out
}
