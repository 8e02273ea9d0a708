package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// lookAsk is the page of a question: the answers that were ticked on the page of
// the referral, and all others on demand.
func lookAsk(c *call, rec referrals.Record, look *actLook) {
	withFacts(c, rec, look)
	cal, now := c.s.Referrals.Calendar, c.s.Now()
	look.First = &forms.Deed{}
	look.First.About = forms.Text(strings.Join(ticked(c), " "))
	look.First.AnswerBy = forms.DateOf(cal.Due(now, 1))
	most := c.s.Referrals.Options.QuestionPause
	look.Redraw = func(d *web.Drawn) {
		if most == 0 {
			d.Fields = slices.DeleteFunc(d.Fields, func(f web.Field) bool { return f.Name == "pause" })
		}
		for i := range d.Fields {
			switch d.Fields[i].Name {
			case "about":
				d.Fields[i] = chooseQuestions(d.Fields[i])
			case "pause":
				d.Fields[i].Hint = "For " + strconv.Itoa(most) + " business days at most. It goes on with the answer, or at the end of the day by which it is asked for."
			}
		}
	}
	if clock := c.s.clockFull(rec.DueAt); clock != nil {
		look.Lead = "One question at a time. " + clock.Said("The decision is due ", "The decision was due ") + ". The clock goes on while you wait."
	}
}

// ticked are the answers that were ticked on the page of the referral.
func ticked(c *call) []string {
	var out []string
	for _, id := range c.QueryParams()["about"] {
		if f := forms.Questions.ByID(id); f != nil && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// chooseQuestions turns the text of a question's pins into boxes: what is chosen
// with its words, the rest of the form on demand.
func chooseQuestions(text web.Field) web.Field {
	chosen := forms.Pointed(text.Value)
	here := web.Field{Kind: web.KindMany, ID: text.ID, Name: text.Name, Label: "Chosen", Error: text.Error, Values: chosen,
		Hint: "The referrer gets each with what was answered, and can change it. Tick what you ask about."}
	rest := web.Field{Kind: web.KindFolded, ID: text.ID + "-more", Label: "Choose from the questions of the form"}
	for _, s := range forms.Questions.Sections {
		part := web.Field{Kind: web.KindMany, ID: text.ID + "-" + s.ID, Name: text.Name, Label: s.Title}
		for _, f := range s.Fields {
			if !referrals.Askable(f) {
				continue
			}
			one := web.Option{Code: f.ID, Label: f.ID + " " + strings.TrimSuffix(f.Told, "?")}
			if slices.Contains(chosen, f.ID) {
				here.Options = append(here.Options, one)
				continue
			}
			part.Options = append(part.Options, one)
		}
		if len(part.Options) > 0 {
			rest.Fields = append(rest.Fields, part)
		}
	}
	if len(here.Options) == 0 {
		here.Kind, here.Label, here.Hint = web.KindGroup, "Nothing is chosen yet", "A question can also stand alone."
		rest.Value = "yes" // open
	}
	return web.Field{Kind: web.KindGroup, ID: text.ID + "-all", Label: text.Label, Fields: []web.Field{here, rest}}
}

// joinIDs makes one text of the boxes of that name, each number once.
func joinIDs(in url.Values, name string) {
	if len(in[name]) > 0 {
		in.Set(name, strings.Join(forms.Pointed(strings.Join(in[name], " ")), " "))
	}
}

// lookConsult: OTDA writes its own view; DCJS what came of the talk with the
// referring agency, or that it tried and reached nobody, there or at OTDA.
func lookConsult(c *call, rec referrals.Record, look *actLook) {
	look.First = &forms.Deed{}
	look.Redraw = func(d *web.Drawn) { onlyOutcomes(d, c.who.Duty) }
	if c.who.Duty == workflow.Program {
		look.Title, look.Lead = "OTDA’s view", "DCJS reads it before the decision. Say whether OTDA agrees that the person appears to be a victim of trafficking."
		withFacts(c, rec, look)
		return
	}
	look.Title, look.Lead = "Record a consultation", "The law wants one with the referring agency and one with OTDA. Write down that you spoke with the referrer, or that you tried and reached nobody, with the reason. OTDA writes its own view; for OTDA record only a try."
	look.First.Party, look.First.With = forms.Party(workflow.WithReferrer), forms.Text(joined(textIn(rec.View, "referrerName"), rec.Agency))
	var rows []web.Row
	for _, path := range []string{"referrerName", "referrerTitle", "referrerPhone", "referrerExtension", "referrerEmail", "otherContact"} {
		if it := rec.View.Item(path); it != nil {
			rows = append(rows, web.Row{Label: it.Label, Values: web.Lines(*it)})
		}
	}
	look.Above = append(look.Above, web.SummaryPart(web.Summary{Title: "Whom to call", Rows: rows}))
}

// onlyOutcomes leaves what may have come of the consultations that the duty
// records; whoever records one kind only is not asked which.
func onlyOutcomes(d *web.Drawn, duty workflow.Duty) {
	var outcomes, parties []string
	for _, one := range workflow.Consultings {
		if slices.Contains(one.Duties, duty) {
			outcomes, parties = append(outcomes, one.Outcomes...), append(parties, string(one.With))
		}
	}
	d.Fields = slices.DeleteFunc(d.Fields, func(f web.Field) bool {
		return f.Name == "party" && len(parties) < 2 || f.Name == "with" && duty == workflow.Program // OTDA's view goes to DCJS
	})
	for i := range d.Fields {
		if d.Fields[i].Name == "outcome" {
			d.Fields[i].Options = slices.DeleteFunc(d.Fields[i].Options, func(o web.Option) bool { return !slices.Contains(outcomes, o.Code) })
		}
	}
}

// daysToOffer is how many business days the page of an extension lists.
const daysToOffer = 5

// lookExtend lists the next business days that are ahead, each with how many it is
// after the due date that stands.
func lookExtend(c *call, rec referrals.Record, look *actLook) {
	look.Foresee = foreseeLabel
	if rec.DueAt.IsZero() {
		return
	}
	cal, now := c.s.Referrals.Calendar, c.s.Now()
	after := rec.DueAt
	if yesterday := cal.Before(now, 1, true); after.Before(yesterday) {
		after = yesterday
	}
	t := web.Table{Caption: "Business days after the due date that stands", Columns: []web.Column{{Label: "More time", Row: true}, {Label: "Then due"}}}
	for due := cal.Due(after, 1); len(t.Rows) < daysToOffer; due = cal.Due(due, 1) {
		if !due.After(now) {
			continue // today, after close
		}
		n, _ := cal.Left(rec.DueAt, due)
		t.Rows = append(t.Rows, []web.Cell{{Text: howMany(n, "business day", "business days")}, {Text: web.DueDate(due)}})
	}
	if clock := c.s.clockFull(rec.DueAt); clock != nil {
		look.Above = append(look.Above, web.SummaryPart(web.Summary{Rows: []web.Row{textRow("The decision", clock.Said("Is due ", "Was due "))}}))
	}
	look.Above = append(look.Above, web.TablePart(t))
}

// lookColleagues lists who can be excluded, or who can be readmitted.
func lookColleagues(out bool) func(*call, referrals.Record, *actLook) {
	return func(_ *call, rec referrals.Record, look *actLook) {
		var list []web.Option
		for _, one := range rec.Colleagues {
			if one.Out == out {
				list = append(list, web.Option{Code: one.Key, Label: one.Name + ", " + strings.ToLower(dutyWords[one.Duty])})
			}
		}
		look.Choices = map[string][]web.Option{"whom": list}
	}
}

// weighed is what a decision must not pass over: OTDA's view in its words, a
// second reader who disagrees, and another referral that may be about the same
// person while nobody has decided whether it is.
func weighed(rec referrals.Record) []templ.Component {
	var out []templ.Component
	if list := talksIn(rec.View, "consultedProgram"); len(list) > 0 {
		last := list[len(list)-1]
		box := web.Box{Kind: web.BoxInfo, Title: "OTDA’s view: " + strings.ToLower(last.said["outcome"])}
		if last.codes["outcome"] == "disagrees" {
			box.Kind = web.BoxWarning
		}
		words := last.said["note"]
		if words == "" {
			words = "OTDA wrote no words with it."
		}
		out = append(out, web.RemarkBox(box, joined(last.heard(), last.when())+": "+words))
	}
	if box := contested(rec); box != nil {
		out = append(out, box)
	}
	for _, p := range rec.Pairs {
		if p.Status == workflow.PairFound {
			out = append(out, web.RemarkBox(web.Box{Kind: web.BoxInfo, Title: "Maybe the same person: not decided"},
				p.Reference+", from "+p.Agency+", received "+web.Day(p.ReceivedAt)+". Nobody has decided yet whether both are about the same person; compare them on the page of the referral."))
		}
	}
	return out
}
