package handlers

import (
	"slices"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// round is how far the review has come since the referral was received, or
// opened again.
type round struct {
	program, referrer     bool // consultations on the record
	assessed, recommended bool
	second                bool // a second reader agreed to the grid as it is
}

// roundOf reads it from what the reader sees: entries before the last reopening
// do not count, and a new assessment ends what rested on the old one.
func roundOf(rec referrals.Record) round {
	var out round
	var since time.Time
	for _, e := range rec.Timeline {
		if e.N != 0 {
			continue
		}
		switch e.Action {
		case workflow.Reconsider, workflow.Appeal:
			out, since = round{}, e.At
		case workflow.Assess:
			out.assessed, out.recommended, out.second = true, false, false
		case workflow.Recommend:
			out.recommended = true
		case workflow.Second:
			out.second = true
		}
	}
	after := func(path string) bool {
		from := string(forms.At(since))
		return slices.ContainsFunc(talksIn(rec.View, path), func(t talk) bool { return t.at >= from })
	}
	out.program, out.referrer = after("consultedProgram"), after("consultedReferrer")
	return out
}

// talk is one row of what was said.
type talk struct {
	at   string // moment, RFC 3339
	said map[string]string
}

// when is the moment as all pages write it.
func (t talk) when() string {
	at, err := time.Parse(time.RFC3339, t.at)
	if err != nil {
		return ""
	}
	return web.Moment(at)
}

// talksIn returns the rows of a repeat of the view.
func talksIn(v forms.View, path string) []talk {
	it := v.Item(path)
	if it == nil {
		return nil
	}
	var out []talk
	for _, row := range it.Rows {
		t := talk{said: map[string]string{}}
		for _, sub := range row {
			t.said[sub.Name] = strings.Join(sub.Text, ", ")
			if code, ok := sub.Value.(string); ok && sub.Kind == forms.KindMoment && t.at == "" {
				t.at = code
			}
			if sub.Masked {
				t.said[sub.Name] = "Withheld. " + sub.Label
			}
		}
		out = append(out, t)
	}
	return out
}

// gridLines are the elements as the page names them, by path.
var gridLines = []struct{ path, name, asks string }{
	{"elementAction", "Action", "What was done to the person?"},
	{"elementMeans", "Means", "By force, fraud or coercion?"},
	{"elementPurpose", "Purpose", "For commercial sex, labor or services?"},
	{"elementMinor", "Minor", "Under 18 at the time?"},
}

// elements draws the grid as it was assessed.
func elements(v forms.View, facts []web.FactPart) []web.ElementLine {
	var out []web.ElementLine
	for _, l := range gridLines {
		out = append(out, web.ElementLine{Name: l.name, Asks: l.asks, Finding: web.FindingTag(codeIn(v, l.path+".finding")),
			Pointers: web.Pointers(textIn(v, l.path+".shownBy"), facts)})
	}
	return out
}

// fillWork fills in the elements and what was done with the referral.
func fillWork(v *web.StateReview, rec referrals.Record) {
	v.Elements = elements(rec.View, v.Facts)
	if rec.View.Item("elementAction") == nil {
		v.Unfilled = "Nobody has assessed the elements yet."
	}
	v.Advice = advice(rec.View)
	v.Decision = decided(rec.View)
	if waits(rec.Status) {
		v.Wanted = checkpoints(rec)
	}
	v.Said = talked(rec.View, v.Facts)
	for _, e := range slices.Backward(rec.Timeline) {
		v.History = append(v.History, web.Event{When: web.Moment(e.At), Title: e.Words, Who: e.Who, Tone: toneOf(e.Action)})
	}
}

func toneOf(do workflow.Action) web.Tone {
	switch do {
	case workflow.Confirm, workflow.Accept, workflow.Reach, workflow.Serve:
		return web.ToneGood
	case workflow.Ask, workflow.Return, workflow.Miss:
		return web.ToneAsk
	case workflow.Decline, workflow.Withdraw:
		return web.ToneOver
	}
	return web.ToneCalm
}

func advice(v forms.View) *web.Row {
	what := textIn(v, "recommendation")
	if what == "" {
		return nil
	}
	row := web.Row{Label: "Recommended: " + strings.ToLower(what)}
	if why := textIn(v, "recommendationWhy"); why != "" {
		row.Values = []string{why}
	}
	return &row
}

// decided is the determination, nil before it.
func decided(v forms.View) *web.Summary {
	if v.Item("determination") == nil {
		return nil
	}
	out := web.Summary{Title: "Determination"}
	for _, path := range []string{"determination", "typeConfirmed", "bases", "reasonCategory", "reason", "decidedAt", "signedBy", "secondReader", "extendedTo", "extensionReason"} {
		if it := v.Item(path); it != nil {
			out.Rows = append(out.Rows, web.Row{Label: it.Label, Values: it.Text})
		}
	}
	return &out
}

// checkpoints are what the law and the procedure want before a determination.
//
// Law: SSL 483-cc(b); 9 NYCRR 6174.3.
func checkpoints(rec referrals.Record) []web.Checkpoint {
	done := roundOf(rec)
	out := []web.Checkpoint{
		{Done: done.program, Words: "OTDA’s view is on the record"},
		{Done: done.referrer, Words: "The referring agency was consulted"},
		{Done: done.assessed, Words: "Every element is assessed"},
		{Done: done.recommended, Words: "A recommendation is written"},
	}
	if codeIn(rec.View, "recommendation") == "decline" || done.second {
		out = append(out, web.Checkpoint{Done: done.second, Words: "A second reader agrees to a decline"})
	}
	if until := textIn(rec.View, "extendedTo"); until != "" {
		out = append(out, web.Checkpoint{Done: true, Words: "The time was extended to " + until})
	}
	return out
}

// talked is what was said about the referral, the last first.
func talked(v forms.View, facts []web.FactPart) []web.Talk {
	type dated struct {
		at string
		web.Talk
	}
	var list []dated
	add := func(t talk, kind string, fill func(*web.Talk)) {
		one := web.Talk{Kind: kind, When: t.when()}
		fill(&one)
		list = append(list, dated{t.at, one})
	}
	for path, kind := range map[string]string{"consultedProgram": "OTDA’s view", "consultedReferrer": "Talk with the referring agency"} {
		for _, t := range talksIn(v, path) {
			add(t, kind, func(o *web.Talk) { o.Who, o.Text = joined(t.said["outcome"], t.said["with"]), t.said["note"] })
		}
	}
	for _, t := range talksIn(v, "questions") {
		add(t, "Question to the referrer", func(o *web.Talk) {
			o.Text, o.About, o.Reply = t.said["question"], web.Pointers(t.said["about"], facts), t.said["answer"]
			switch {
			case o.Reply != "":
			case t.said["answeredAt"] != "":
				o.Wait = "Answered. What was told is read while your view is asked for."
			default:
				o.Wait = "Not answered yet. The clock goes on."
			}
		})
	}
	for _, t := range talksIn(v, "additions") {
		add(t, "Facts added by the referrer", func(o *web.Talk) { o.Text = t.said["text"] })
	}
	for _, t := range talksIn(v, "notes") {
		add(t, "Internal note", func(o *web.Talk) { o.Text = t.said["text"] })
	}
	slices.SortStableFunc(list, func(a, b dated) int { return strings.Compare(b.at+b.Kind, a.at+a.Kind) })
	out := make([]web.Talk, len(list))
	for i, one := range list {
		out[i] = one.Talk
	}
	return out
}

// joined writes the parts that are there with a comma between.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
