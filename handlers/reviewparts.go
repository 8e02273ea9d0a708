package handlers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// talk is one row of what was said.
type talk struct {
	at    string // moment, RFC 3339
	said  map[string]string
	codes map[string]string // of what is a code, or ids
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
		t := talk{said: map[string]string{}, codes: map[string]string{}}
		for _, sub := range row {
			t.said[sub.Name] = strings.Join(web.Lines(sub), ", ")
			code, ok := sub.Value.(string)
			if t.codes[sub.Name] = code; ok && sub.Kind == forms.KindMoment && t.at == "" {
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

// heard says to whom OTDA told its view, or whom DCJS tried to ask for it: who is
// named never wrote the words beside the name.
func (t talk) heard() string {
	switch {
	case t.said["with"] == "":
		return ""
	case t.codes["outcome"] == workflow.Failed:
		return "tried: " + t.said["with"]
	}
	return "told to " + t.said["with"]
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
			Pointers: web.Pointers(codeIn(v, l.path+".shownBy"), facts)})
	}
	return out
}

// fillWork fills in the elements and what was done with the referral.
func fillWork(v *web.StateReview, rec referrals.Record) {
	v.Elements = elements(rec.View, v.Facts)
	v.Unfilled = unfilled(rec)
	v.Advice = advice(rec.View)
	v.Decision = decided(rec.View)
	v.Earlier, v.Out = earlier(rec.View), steppedBack(rec.View)
	v.Changed = changed(rec, true)
	if waits(rec.Status) {
		v.Wanted = checkpoints(rec)
	}
	v.Said = talked(rec.View, v.Facts)
	for _, e := range slices.Backward(rec.Timeline) {
		v.History = append(v.History, web.Event{When: web.Moment(e.At), Title: e.Words, Who: e.Who, Tone: toneOf(e.Action)})
	}
}

// unfilled is said where the grid is not to be decided on.
func unfilled(rec referrals.Record) string {
	switch {
	case rec.View.Item("elementAction") == nil:
		return "Nobody has assessed the elements yet."
	case waits(rec.Status) && !rec.Round.Assessed:
		return "This grid counts no longer: it is of an earlier round, or whoever filled it in stepped back. Assess the elements anew."
	}
	return ""
}

func toneOf(do workflow.Action) web.Tone {
	switch do {
	case workflow.Confirm, workflow.Accept, workflow.Reach, workflow.Serve:
		return web.ToneGood
	case workflow.Ask, workflow.Return, workflow.Miss, workflow.Disagree:
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
	if category := textIn(v, "recommendationCategory"); category != "" {
		row.Values = []string{category}
	}
	if why := textIn(v, "recommendationWhy"); why != "" {
		row.Values = append(row.Values, why)
	}
	return &row
}

// decided is the determination, nil before it.
func decided(v forms.View) *web.Summary {
	if v.Item("determination") == nil {
		return nil
	}
	return &web.Summary{Title: "Determination", Rows: rowsAt(v, "determination", "typeConfirmed", "bases", "reasonCategory", "reason", "otherHelp", "appealUntil", "decidedAt", "signedBy",
		"secondReader", "extendedFrom", "extendedTo", "extendedBy", "extensionReason", "rulesVersion", "decidedOnVersion")}
}

// earlier are the determinations that stand no longer, the last first.
func earlier(v forms.View) []web.Summary {
	var out []web.Summary
	if it := v.Item("earlierDeterminations"); it != nil {
		for _, row := range slices.Backward(it.Rows) {
			out = append(out, web.Summary{Title: it.Label, Rows: linesOf(row)})
		}
	}
	return out
}

// steppedBack are those who take no part in the referral, nil when there are none.
func steppedBack(v forms.View) *web.Summary {
	it := v.Item("recused")
	if it == nil {
		return nil
	}
	out := &web.Summary{Title: it.Label}
	for _, row := range it.Rows {
		said := named(row)
		one := web.Row{Label: said["who"], Values: []string{said["at"] + ": " + said["reason"]}}
		if said["readmittedAt"] != "" {
			one.Values = append(one.Values, "Readmitted "+said["readmittedAt"])
		}
		out.Rows = append(out.Rows, one)
	}
	return out
}

// linesOf are the answers of a row as lines of a summary.
func linesOf(row []forms.Item) []web.Row {
	var out []web.Row
	for _, it := range row {
		out = append(out, web.Row{Label: it.Label, Values: web.Lines(it)})
	}
	return out
}

// checkpoints are what the law and the procedure want before a determination.
//
// Law: SSL 483-cc(b); 9 NYCRR 6174.3.
func checkpoints(rec referrals.Record) []web.Checkpoint {
	done := rec.Round
	out := []web.Checkpoint{
		{Done: done.Program, Words: "OTDA’s view is on the record" + onlyTried(rec.View, "consultedProgram", done.Program)},
		{Done: done.Referrer, Words: "The referring agency was consulted" + onlyTried(rec.View, "consultedReferrer", done.Referrer)},
		{Done: done.Assessed, Words: "Every element is assessed"},
		{Done: done.Recommended, Words: "A recommendation is written"},
	}
	if codeIn(rec.View, "recommendation") == "decline" || done.Second {
		words := "A second reader agrees to a decline"
		if done.Contested {
			words += ": one disagreed, and said why"
		}
		out = append(out, web.Checkpoint{Done: done.Second, Words: words})
	}
	if until := textIn(rec.View, "extendedTo"); until != "" {
		out = append(out, web.Checkpoint{Done: true, Words: "The time was extended to " + until})
	}
	return out
}

// onlyTried says of a consultation that counts by a try alone that nobody was
// reached: nobody decides without having read that.
func onlyTried(v forms.View, path string, counts bool) string {
	it := v.Item(path)
	if !counts || it == nil || len(it.Rows) == 0 {
		return ""
	}
	for _, sub := range it.Rows[len(it.Rows)-1] {
		if sub.Name == "outcome" && sub.Value == workflow.Failed {
			return ": tried, and nobody was reached. The reason is on the record"
		}
	}
	return ""
}

// changed are the versions that were told after the submission, the last first,
// each with what it changed. With codes the answers are linked.
func changed(rec referrals.Record, codes bool) []web.ChangeSet {
	var out []web.ChangeSet
	for _, r := range slices.Backward(rec.View.Revisions) {
		set := web.ChangeSet{Title: "Version " + strconv.Itoa(r.Version), When: r.At.Words()}
		for _, c := range r.Changes {
			line := web.ChangeLine{Label: c.Label, Before: c.Before, After: c.After, Masked: strings.Join(c.Masked, " "), Veiled: c.Veiled}
			if codes {
				line.Code = c.ID
			}
			set.Lines = append(set.Lines, line)
		}
		out = append(out, set)
	}
	return out
}

// dueStory says how the due date of the determination came to be, when it is not
// the first one; nothing of what was due is lost.
func dueStory(v forms.View) []string {
	var out []string
	if from := textIn(v, "extendedFrom"); from != "" {
		line := "Extended from " + from + " to " + textIn(v, "extendedTo")
		if days := textIn(v, "extendedBy"); days != "" {
			line += " (business days: " + days + ")"
		}
		out = append(out, line+". "+textIn(v, "extensionReason"))
	}
	it := v.Item("questions")
	if it == nil {
		return out
	}
	for _, row := range it.Rows {
		for _, sub := range row {
			if sub.Name != "pause" || len(sub.Rows) == 0 {
				continue
			}
			p := named(sub.Rows[0])
			until := "until the answer"
			if p["until"] != "" {
				until = "until " + p["until"]
			}
			out = append(out, "The clock stood still for a question from "+p["from"]+" "+until+": due "+p["dueWithout"]+" without that, "+p["dueWith"]+" with it. By: "+p["law"]+".")
		}
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
			with := t.said["with"]
			if path == "consultedProgram" {
				with = t.heard()
			}
			add(t, kind, func(o *web.Talk) { o.Who, o.Text = joined(t.said["outcome"], with), t.said["note"] })
		}
	}
	for _, t := range talksIn(v, "questions") {
		add(t, "Question to the referrer", func(o *web.Talk) {
			o.Text, o.About, o.Reply, o.Wait = t.said["question"], web.Pointers(t.codes["about"], facts), t.said["answer"], waitingFor(t)
		})
	}
	for _, t := range talksIn(v, "additions") {
		add(t, "Facts added by the referrer", func(o *web.Talk) {
			if o.Text = t.said["text"]; t.said["answersVersion"] != "" {
				o.Wait = "Answers changed: version " + t.said["answersVersion"] + "."
			}
		})
	}
	for _, t := range talksIn(v, "secondReaderDisagreed") {
		add(t, "The second reader disagreed", func(o *web.Talk) { o.Who, o.Text = t.said["who"], t.said["reason"] })
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

// waitingFor is what is said of a question beside its words.
func waitingFor(t talk) string {
	switch {
	case t.said["answeredAt"] != "" && t.said["answersVersion"] != "":
		return "Answered " + t.said["answeredAt"] + ". Answers changed: version " + t.said["answersVersion"] + "."
	case t.said["answeredAt"] != "" && t.said["answer"] == "":
		return "Answered. What was told is read while your view is asked for."
	case t.said["answeredAt"] != "":
		return "Answered " + t.said["answeredAt"] + "."
	case t.said["wentOnAt"] != "":
		return "Not answered. DCJS went on without it on " + t.said["wentOnAt"] + "."
	case t.said["pause"] != "":
		return "Not answered yet, asked for by " + t.said["answerBy"] + ". The clock stands still."
	}
	return "Not answered yet, asked for by " + t.said["answerBy"] + ". The clock goes on."
}

// joined writes the parts that are there with a comma between.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
