package handlers

import (
	"slices"
	"strconv"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// quick is an act of a recipient that is one choice: its answers are buttons.
type quick struct {
	do    workflow.Action
	field string // the choice
	title string
	hint  string
	more  string // label of the act's own page, where there are words too
}

// quicks are the acts that a recipient does with one tap after opening them.
// "other" wants words, and so leads to the act's own page.
var quicks = []quick{
	{workflow.Return, "returnReason", "Give it back", "OTDA then finds somebody else. You will not see the person’s record any more.", "For another reason, or with more words"},
	{workflow.Tell, "progress", "How does it go?", "OTDA asks after 30, 60 and 90 days.", "With a note"},
	{workflow.Close, "closeReason", "Close it", "Say how it ended. It cannot be opened again.", "For another reason, or with more words"},
}

// quickForms are the quick acts that the hand-over offers.
func quickForms(ref string, h referrals.Handover, csrf string) []web.QuickForm {
	var out []web.QuickForm
	for _, q := range quicks {
		if !offers(h, q.do) {
			continue
		}
		path := handoverPath(ref, h.N, string(q.do))
		options := optionsOf(forms.FormOf("handover." + string(q.do)).Field(q.field))
		out = append(out, web.QuickForm{Title: q.title, Hint: q.hint, Name: q.field, More: web.Link{Label: q.more, Href: path},
			Options: slices.DeleteFunc(options, func(o web.Option) bool { return o.Code == "other" }),
			Form:    web.Form{Action: path, CSRF: csrf, Rev: strconv.Itoa(h.Rev)}, Loud: q.do == workflow.Tell && asksNow(h)})
	}
	return out
}

// offers reports whether the act can be done to the hand-over now.
func offers(h referrals.Handover, do workflow.Action) bool {
	return slices.ContainsFunc(h.Offers, func(o workflow.HandoverOffer) bool { return o.Do == do && o.Ready() })
}

// asksNow reports whether OTDA waits to hear how it goes.
func asksNow(h referrals.Handover) bool {
	return slices.ContainsFunc(h.Clocks, func(t referrals.Task) bool {
		asks := t.Kind == workflow.TaskOutcomeMore || slices.Contains(workflow.Outcomes, t.Kind)
		return asks && t.DoneAt.IsZero() && t.Standing != workflow.Runs
	})
}

// withoutQuick leaves out of the foot what stands on the page as buttons.
func withoutQuick(steps web.StepsBar, ref string, n int, tries bool) web.StepsBar {
	there := []workflow.Action{}
	for _, q := range quicks {
		there = append(there, q.do)
	}
	if tries {
		there = append(there, workflow.Attempt, workflow.Reach)
	}
	steps.Ready = slices.DeleteFunc(steps.Ready, func(s web.Step) bool {
		return slices.ContainsFunc(there, func(do workflow.Action) bool { return s.Href == handoverPath(ref, n, string(do)) })
	})
	return steps
}
