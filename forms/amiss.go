package forms

import "strings"

// Amiss returns those of the problems that stand at an answer: nothing is missing
// there, and what was said cannot be sent as it is. The others wait for an answer.
func (form *Form) Amiss(r *Referral, list Problems) Problems {
	var out Problems
	for _, p := range list {
		if form.byPath[p.Field] == nil || form.answered(r, p.Field) { // a path with a row's number is of an answer
			out = append(out, p)
		}
	}
	return out
}

// AmissHere is Amiss for the gates of one section, to be said at its questions.
func (form *Form) AmissHere(r *Referral, section string, today Date) Problems {
	var out Problems
	for _, g := range Gates {
		top, _, _ := strings.Cut(g.Field, ".")
		if g.Met == nil || form.byPath[top].Section != section || !form.answered(r, g.Field) || g.Met(r, today) || !form.gateApplies(g, form.named(r)) {
			continue
		}
		out = append(out, Problem{ID: form.byPath[g.Field].ID, Field: g.Field, Message: form.words.Gates[g.Say]})
	}
	return out
}
