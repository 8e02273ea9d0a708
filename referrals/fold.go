package referrals

import (
	"cmp"
	"slices"

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
			fold(&r, e, f.nameOf(e))
		}
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
		if e.deed.Kind == consultOTDA {
			r.WithProgram = append(r.WithProgram, talk)
			return
		}
		r.WithReferrer = append(r.WithReferrer, talk)
	},
	workflow.Ask: func(r *forms.Review, e happened, _ string) {
		r.Questions = append(r.Questions, forms.Question{Asked: forms.At(e.At), Text: e.deed.Question, About: e.deed.About})
	},
	workflow.Answer: func(r *forms.Review, e happened, _ string) {
		if n := len(r.Questions); n > 0 {
			r.Questions[n-1].Answered, r.Questions[n-1].Answer = forms.At(e.At), e.deed.Answer
		}
	},
	workflow.Assess: func(r *forms.Review, e happened, _ string) {
		r.Action, r.Means, r.Purpose, r.Minor = e.deed.Action, e.deed.Means, e.deed.Purpose, e.deed.Minor
	},
	workflow.Recommend: func(r *forms.Review, e happened, _ string) { r.Advice, r.Why = e.deed.Advice, e.deed.Reason },
	workflow.Note: func(r *forms.Review, e happened, _ string) {
		r.Notes = append(r.Notes, forms.Note{At: forms.At(e.At), Text: e.deed.Note})
	},
	workflow.Second: func(r *forms.Review, e happened, name string) { r.SecondReader = forms.Text(name) },
	workflow.Confirm: func(r *forms.Review, e happened, name string) {
		r.Decision = forms.Decision{Bases: e.deed.Bases, Confirmed: e.deed.Confirmed, Finding: "confirmed", Decided: forms.At(e.At),
			SignedBy: forms.Text(name), Extended: r.Extended, ExtendedWhy: r.ExtendedWhy}
	},
	workflow.Decline: func(r *forms.Review, e happened, name string) {
		r.Decision = forms.Decision{Finding: "not_confirmed", ReasonCode: e.deed.ReasonCode, Reason: e.deed.Reason, Decided: forms.At(e.At),
			SignedBy: forms.Text(name), SecondReader: r.SecondReader, Extended: r.Extended, ExtendedWhy: r.ExtendedWhy}
	},
	workflow.Extend: func(r *forms.Review, e happened, _ string) {
		r.Extended, r.ExtendedWhy = closeOf(e.deed.Until), e.deed.Reason
	},
	workflow.Add: func(r *forms.Review, e happened, _ string) {
		r.Additions = append(r.Additions, forms.Addition{At: forms.At(e.At), Text: e.deed.Facts})
	},
	workflow.Reconsider: reopened,
	workflow.Appeal:     reopened,
}

// reopened: what was told with it is a new fact, and the decision stands no
// longer.
func reopened(r *forms.Review, e happened, _ string) {
	r.Additions = append(r.Additions, forms.Addition{At: forms.At(e.At), Text: e.deed.Reason})
	r.Decision, r.Advice, r.Why = forms.Decision{}, "", ""
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
			How: label("how", string(e.deed.How)), Result: cmp.Or(label("result", string(e.deed.Result)), label("returnReason", string(e.deed.ReturnReason)),
				label("closeReason", string(e.deed.CloseReason)), e.deed.Services)})
	}
	return r
}

// logged are the acts that stand in a recipient's log.
var logged = []workflow.Action{workflow.Accept, workflow.Attempt, workflow.Reach, workflow.Miss, workflow.Serve, workflow.Return, workflow.Close}

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
