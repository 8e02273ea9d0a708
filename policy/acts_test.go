package policy_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/workflow"
)

// statusesOf names the statuses of a table of workflow, and two that there are not.
func statusesOf[S ~string](list []S) []string {
	out := []string{"none", "lost"}
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// zero is the word of the tables as workflow has it.
func zero(status string) string {
	if status == "none" {
		return ""
	}
	return status
}

// Everybody may do to a referral what the table says and nothing else: whoever
// it is, whatever it is to them, at whatever status. The buttons agree.
func TestActs(t *testing.T) {
	table := permitted(t, "acts.txt")
	for name, who := range people {
		for _, at := range statusesOf(workflow.Statuses()) {
			for _, do := range append(workflow.Actions(), "nonsense") {
				c := around(name, string(do), at)
				_, err := workflow.Next(who, do, workflow.Status(zero(at)), c)
				want := slices.Contains(table[name][at], string(do))
				held(t, (err == nil) == want, "%s does %s at %s: %v, want permitted %v", name, do, at, err, want)
				offered := slices.ContainsFunc(workflow.Open(who, workflow.Status(zero(at)), c), func(o workflow.Offer) bool { return o.Do == do && o.Ready() })
				held(t, offered == want, "%s is offered %s at %s: %v, want %v", name, do, at, offered, want)
			}
		}
	}
}

// The same of a hand-over.
func TestHandoverActs(t *testing.T) {
	table := permitted(t, "handovers.txt")
	for name, who := range people {
		for _, at := range statusesOf(workflow.HandoverStatuses()) {
			for _, do := range append(workflow.HandoverActions(), "nonsense") {
				c := around(name, "", "")
				c.Handover = workflow.HandoverStatus(zero(at))
				_, err := workflow.NextHandover(who, do, c.Handover, c)
				want := slices.Contains(table[name][at], string(do))
				held(t, (err == nil) == want, "%s does %s to a hand-over at %s: %v, want permitted %v", name, do, at, err, want)
			}
		}
	}
}

// Each thing that must hold for an act does: without it the act is refused, and
// an act is refused for no other.
func TestActsNeed(t *testing.T) {
	table, must := permitted(t, "acts.txt"), needs(t, "needs.txt")
	tried := map[string]bool{}
	for name, acts := range table {
		who := people[name]
		if strings.HasPrefix(string(who.Duty), "referrer") && name != "author" {
			continue // the lead does what the author does
		}
		for at, list := range acts {
			for _, do := range list {
				for condition, breaks := range conditions {
					if condition == "other_agency" && who.Duty == workflow.Referrer || condition == "in_office" && who.Duty == workflow.Program {
						continue // it is theirs; and OTDA has nobody who steps back
					}
					c := around(name, do, at)
					breaks(who, &c)
					if strings.HasSuffix(name, "of the referring agency") && condition == "other_agency" {
						continue // it never holds for them
					}
					_, err := workflow.Next(who, workflow.Action(do), workflow.Status(at), c)
					wanted := wants(must, do, at, string(who.Duty), condition)
					tried[condition] = tried[condition] || wanted
					held(t, (err != nil) == wanted, "%s does %s at %s without %s: %v, want refused %v", name, do, at, condition, err, wanted)
				}
			}
		}
	}
	for condition := range conditions {
		held(t, tried[condition], "nothing needs %s", condition)
	}
}

// The same of a hand-over.
func TestHandoverActsNeed(t *testing.T) {
	table, must := permitted(t, "handovers.txt"), needs(t, "handover-needs.txt")
	tried := map[string]bool{}
	for name, acts := range table {
		for at, list := range acts {
			for _, do := range list {
				for condition, breaks := range handoverConditions {
					c := around(name, "", "")
					c.Handover = workflow.HandoverStatus(zero(at))
					breaks(&c)
					_, err := workflow.NextHandover(people[name], workflow.Action(do), c.Handover, c)
					wanted := wants(must, do, at, string(people[name].Duty), condition) || condition == "handed_over_once" && wants(must, do, at, string(people[name].Duty), "reason")
					tried[condition] = tried[condition] || wanted
					held(t, (err != nil) == wanted, "%s does %s at %s without %s: %v, want refused %v", name, do, at, condition, err, wanted)
				}
			}
		}
	}
	for condition := range handoverConditions {
		held(t, tried[condition], "nothing needs %s", condition)
	}
}

// sighted is what somebody sees, by the table.
type sighted struct {
	reader string
	at     map[string]string // by status, how much
	way    map[string]string // by status of the hand-over, for recipients
}

func sights(t *testing.T) map[string]sighted {
	t.Helper()
	out := map[string]sighted{}
	for _, b := range blocks(t, "sights.txt") {
		s := sighted{b.head, map[string]string{}, map[string]string{}}
		for _, line := range b.lines {
			words := strings.Fields(line)
			last, to := len(words)-1, s.at
			if words[0] == "handover" {
				words, to, last = words[1:], s.way, last-1
			}
			for _, at := range words[:last] {
				to[at] = words[last]
			}
		}
		for _, who := range b.names {
			out[who] = s
		}
	}
	return out
}

// how much is what the table says of a referral at a status, by way of a
// hand-over at a status of its own.
func (s sighted) much(at, way string, permitted bool) string {
	if len(s.way) > 0 && at == "confirmed" && permitted && s.way[way] != "" {
		return s.way[way]
	}
	if s.at[at] != "" {
		return s.at[at]
	}
	return "nothing"
}

// Everybody sees as much as the table says, as the reader that it names, at
// every status of the referral and of the hand-over, with the release and
// without it.
func TestSights(t *testing.T) {
	for name, want := range sights(t) {
		who := people[name]
		for _, at := range statusesOf(workflow.Statuses()) {
			for _, way := range statusesOf(workflow.HandoverStatuses()) {
				for _, permitted := range []bool{true, false} {
					c := around(name, "", "")
					c.Handover, c.ReleaseAllows = workflow.HandoverStatus(zero(way)), permitted
					got := workflow.Look(who, workflow.Status(zero(at)), c)
					held(t, got.String() == want.much(at, way, permitted), "%s at %s, hand-over %s, permitted %v: sees %s, want %s", name, at, way, permitted, got, want.much(at, way, permitted))
					if got == workflow.Nothing {
						continue
					}
					reader := string(workflow.Sees(who, workflow.Owns(who, c)))
					held(t, reader == want.reader, "%s reads as %q, want %q", name, reader, want.reader)
				}
			}
		}
	}
}
