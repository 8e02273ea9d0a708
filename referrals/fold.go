package referrals

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// review folds what happened into the facts that the State added. Nothing of
// them is kept twice: the entries are the record.
func (s *Service) review(f *file) forms.Review {
	var r forms.Review
	if f.row.SubmittedAt != nil {
		r.Received = forms.At(*f.row.SubmittedAt)
		r.Urgent = forms.Rank(s.urgency(f.answers))
		r.AgeBand = ageBand(f.answers, s.Today())
		r.SourceCheck = "valid"
		if f.answers.Designated == "unverified" {
			r.SourceCheck = "unverified"
		}
		r.ConsentCheck = s.consentCheck(f.answers)
	}
	r.Pairs = samePerson(f)
	if f.row.DueAt != nil {
		r.Due = forms.At(*f.row.DueAt)
	}
	for _, e := range f.entries {
		if fold, ok := folds[workflow.Action(e.Action)]; ok && e.Handover == 0 {
			e.whom = f.names[e.deed.Account.N]
			if e.deed.AnswerBy != "" {
				e.answerDue = s.closing(e.deed.AnswerBy)
			}
			fold(&r, e, f.nameOf(e))
		}
	}
	if r.Decided == "" && s.circumstances(f, nil).SecondBy == 0 {
		r.SecondReader = "" // read the grid as it was
	}
	return r
}

func (f *file) nameOf(e happened) string {
	if e.AuthorID == nil {
		return ""
	}
	return f.names[*e.AuthorID]
}

// folds says what each act adds to the facts.
var folds = map[workflow.Action]func(r *forms.Review, e happened, name string){
	workflow.Consult: func(r *forms.Review, e happened, _ string) {
		talk := forms.Talk{At: forms.At(e.At), With: e.deed.With, Outcome: e.deed.Outcome, Note: e.deed.Note}
		if ofProgram(e) {
			r.WithProgram = append(r.WithProgram, talk)
			return
		}
		r.WithReferrer = append(r.WithReferrer, talk)
	},
	workflow.Ask: func(r *forms.Review, e happened, _ string) {
		q := forms.Question{Asked: forms.At(e.At), Text: e.deed.Question, About: e.deed.About, AnswerBy: forms.At(e.answerDue)}
		if e.deed.Pause {
			q.Pause = forms.Pause{From: q.Asked, Before: e.deed.DueBefore, After: e.deed.DueAfter, Law: workflow.LawPause}
		}
		r.Questions = append(r.Questions, q)
	},
	workflow.Answer: func(r *forms.Review, e happened, _ string) {
		if n := len(r.Questions); n > 0 {
			q := &r.Questions[n-1]
			q.Answered, q.Answer, q.Version = forms.At(e.At), e.deed.Answer, e.deed.Version
			resumed(q, e)
		}
	},
	workflow.Take: func(r *forms.Review, e happened, _ string) {
		if n := len(r.Questions); n > 0 && e.FromStatus == string(workflow.Asked) {
			r.Questions[n-1].WentOn = forms.At(e.At)
			resumed(&r.Questions[n-1], e)
		}
	},
	workflow.Assess: func(r *forms.Review, e happened, _ string) {
		r.Action, r.Means, r.Purpose, r.Minor = e.deed.Action, e.deed.Means, e.deed.Purpose, e.deed.Minor
	},
	workflow.Recommend: func(r *forms.Review, e happened, _ string) {
		r.Advice, r.Category, r.Why = e.deed.Advice, e.deed.ReasonCode, e.deed.Reason
	},
	workflow.Note: func(r *forms.Review, e happened, _ string) {
		r.Notes = append(r.Notes, forms.Note{At: forms.At(e.At), Text: e.deed.Note})
	},
	workflow.Second: func(r *forms.Review, e happened, name string) { r.SecondReader = forms.Text(name) },
	workflow.Disagree: func(r *forms.Review, e happened, name string) {
		r.Disagreed = append(r.Disagreed, forms.Disagreement{At: forms.At(e.At), Who: forms.Text(name), Reason: e.deed.Reason})
	},
	workflow.Confirm: func(r *forms.Review, e happened, name string) {
		r.SecondReader, r.Finding, r.Bases, r.Confirmed = "", "confirmed", e.deed.Bases, e.deed.Confirmed
		signed(r, e, name)
	},
	workflow.Decline: func(r *forms.Review, e happened, name string) {
		r.Finding, r.ReasonCode, r.Reason = "not_confirmed", e.deed.ReasonCode, e.deed.Reason
		r.OtherHelp, r.AppealUntil = e.deed.OtherHelp, e.deed.AppealUntil
		signed(r, e, name)
	},
	workflow.Sign: func(r *forms.Review, e happened, _ string) {
		if e.deed.ForPerson != "" {
			r.ForPerson = e.deed.ForPerson
		}
	},
	workflow.Extend: func(r *forms.Review, e happened, _ string) {
		r.Extended, r.ExtendedFrom, r.ExtendedDays, r.ExtendedWhy = e.deed.DueAfter, e.deed.DueBefore, e.deed.Days, e.deed.Reason
	},
	workflow.Add: func(r *forms.Review, e happened, _ string) {
		r.Additions = append(r.Additions, forms.Addition{At: forms.At(e.At), Text: e.deed.Facts, Version: e.deed.Version})
	},
	workflow.Recuse: func(r *forms.Review, e happened, name string) {
		r.Out = append(r.Out, forms.Out{At: forms.At(e.At), Who: forms.Text(name), Reason: e.deed.Reason})
	},
	workflow.Exclude: func(r *forms.Review, e happened, _ string) {
		r.Out = append(r.Out, forms.Out{At: forms.At(e.At), Who: forms.Text(e.whom), Reason: e.deed.Reason})
	},
	workflow.Readmit: func(r *forms.Review, e happened, _ string) {
		for i := range slices.Backward(r.Out) {
			if string(r.Out[i].Who) == e.whom {
				r.Out[i].Readmits = forms.At(e.At)
				return
			}
		}
	},
	workflow.Reconsider: reopened,
	workflow.Appeal:     reopened,
}

// signed notes who signed the determination, when, by which rules and on which
// answers.
func signed(r *forms.Review, e happened, name string) {
	r.Decided, r.SignedBy, r.Rules, r.Decision.Version = forms.At(e.At), forms.Text(name), e.deed.Rules, e.deed.Version
}

// resumed notes when the clock went on that had stood still for a question.
func resumed(q *forms.Question, e happened) {
	if q.Pause.From != "" {
		q.Pause.Until, q.Pause.After = forms.At(e.At), e.deed.DueAfter
	}
}

// reopened: what was told with it is a new fact, and the determination stands no
// longer. It is kept among the earlier ones, so that the history is whole.
func reopened(r *forms.Review, e happened, _ string) {
	r.Additions = append(r.Additions, forms.Addition{At: forms.At(e.At), Text: e.deed.Reason, Version: e.deed.Version})
	r.Earlier = append(r.Earlier, forms.Earlier{Finding: r.Finding, Decided: r.Decided, ReasonCode: r.ReasonCode, Reason: r.Reason, SignedBy: r.SignedBy,
		SecondReader: r.SecondReader, Rules: r.Rules, Reopened: forms.At(e.At), By: forms.Reopening(e.Action)})
	r.Decision, r.Advice, r.Category, r.Why = forms.Decision{}, "", "", ""
}

// routeFacts folds what happened to hand-over h.
func (f *file) routeFacts(h *passed) forms.Route {
	var r forms.Route
	r.Kind, r.Rule = forms.RouteKind(h.route.Kind), forms.Text(h.route.Rule)
	r.Reason, r.Override = forms.Prose(h.route.Reason), forms.Prose(h.route.Override)
	r.Recipient = forms.Text(h.name())
	if h.NextAt != nil {
		r.FollowUp = forms.At(*h.NextAt)
	}
	if h.SentAt != nil {
		r.PacketVersion = "1"
	}
	for _, e := range f.entries {
		if e.Handover != h.N || !slices.Contains(logged, workflow.Action(e.Action)) {
			continue
		}
		r.Attempts = append(r.Attempts, forms.Attempt{At: forms.At(e.At), Act: forms.Text(saidOf(e)), Note: cmp.Or(e.deed.Note, e.deed.Reason),
			How: label("how", string(e.deed.How)), Result: resultOf(e.deed)})
	}
	return r
}

// resultOf is what came of an act of a hand-over, in the words of its lists.
func resultOf(d forms.Deed) forms.Text {
	var words []string
	if d.Unpermitted {
		words = append(words, workflow.NotPermitted)
	}
	for _, one := range []struct{ field, code string }{{"result", string(d.Result)}, {"returnReason", string(d.ReturnReason)},
		{"closeReason", string(d.CloseReason)}, {"progress", string(d.Progress)}, {"canBring", string(d.CanBring)}} {
		words = append(words, string(label(one.field, one.code)))
	}
	for _, help := range d.Started {
		words = append(words, string(label("servicesStarted", string(help))))
	}
	words = append(words, string(d.Services), string(d.PassOnTo))
	if day, err := time.Parse(time.DateOnly, string(d.WaitUntil)); err == nil {
		words = append(words, "until "+day.Format("January 2, 2006"))
	}
	return forms.Text(strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), ", "))
}

// logged are the acts that stand in a recipient's log.
var logged = []workflow.Action{workflow.Accept, workflow.Attempt, workflow.Reach, workflow.Miss, workflow.Serve, workflow.Return, workflow.Close,
	workflow.Wait, workflow.Warm, workflow.Bring, workflow.Enroll, workflow.Tell, workflow.Refuse, workflow.Revoke, workflow.Transfer, workflow.Remind, workflow.Escalate}

// label returns what people read for a code of a deed's field.
func label(field, code string) forms.Text {
	if code == "" {
		return ""
	}
	return forms.Text(forms.FormOf("").Field(field).LabelOf(code))
}

// name is the recipient as people write it.
func (p *passed) name() string {
	switch {
	case p.route.Kind == workflow.KindOTDA:
		return "OTDA"
	case p.agency != nil:
		return p.agency.Name
	case p.contact != nil:
		return p.contact.Name
	}
	return ""
}
