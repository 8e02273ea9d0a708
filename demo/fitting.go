package demo

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// fitting are the steps with what the answers in r bear: a grid that points at what
// was answered, a recommendation of the decision that then follows, and the type
// that was referred. ToDecision and Confirm alone are made for case 1.
func fitting(r *forms.Referral, steps []Step) []Step {
	out := agreeing(steps)
	for i := range out {
		switch out[i].Do {
		case workflow.Assess:
			out[i].Deed = func(d *forms.Deed) { assessed(r, d) }
		case workflow.Confirm:
			out[i].Deed = func(d *forms.Deed) { confirmedAs(r, d) }
		}
	}
	return out
}

// agreeing are the steps with what leads to the decline that follows: OTDA does not
// see a victim either, and the reviewer recommends it for the same reason.
func agreeing(steps []Step) []Step {
	out := slices.Clone(steps)
	at := slices.IndexFunc(out, func(s Step) bool { return s.Do == workflow.Decline })
	for i := range out {
		before := out[i].Deed
		switch {
		case at < 0:
		case out[i].Do == workflow.Consult && out[i].Who == "program":
			out[i].Deed = func(d *forms.Deed) {
				before(d)
				d.Outcome, d.Note = "disagrees", "What is known so far does not show it to OTDA either."
			}
		case out[i].Do == workflow.Recommend:
			declined := out[at].Deed
			out[i].Deed = func(d *forms.Deed) {
				declined(d)
				d.Advice = "decline"
			}
		}
	}
	return out
}

// assessed fills in the grid as the answers in r show it.
func assessed(r *forms.Referral, d *forms.Deed) {
	d.Action = forms.Element{Finding: "shown", ShownBy: pointed("G14", "G4", len(r.Actions) > 0)}
	d.Purpose = forms.Element{Finding: "shown", ShownBy: "G1"}
	d.Means = forms.Element{Finding: "shown", ShownBy: means(r)}
	switch {
	case d.Means.ShownBy != "":
	case r.MeansWaived():
		d.Means = forms.Element{Finding: "waived", ShownBy: "C7"}
	default:
		d.Means = forms.Element{Finding: "not_shown", ShownBy: "G14"}
	}
	d.Minor = forms.Element{Finding: "not_a_minor", ShownBy: ageSaid(r)}
	if r.MinorThen() {
		d.Minor.Finding = "shown"
	}
}

// pointed is an answer that shows something, and another one if that was given.
func pointed(always, other forms.Text, given bool) forms.Text {
	if given {
		return other + " " + always
	}
	return always
}

// means are the answers that show means.
func means(r *forms.Referral) forms.Text {
	var out []string
	for i, n := range []int{len(r.Force), len(r.Fraud), len(r.Coercion)} {
		if n > 0 {
			out = append(out, "G"+strconv.Itoa(5+i))
		}
	}
	return forms.Text(strings.Join(out, " "))
}

// ageSaid is the answer that says how old the person is.
func ageSaid(r *forms.Referral) forms.Text {
	switch {
	case r.Born != "" && r.Born != forms.Unknown:
		return "C5"
	case r.Age.Set:
		return "C6"
	}
	return "C7"
}

// confirmedAs confirms the type that was referred, each with its bases.
func confirmedAs(r *forms.Referral, d *forms.Deed) {
	sex, labor := slices.Contains(r.Trafficking, "sex"), slices.Contains(r.Trafficking, "labor")
	switch {
	case sex && r.MinorThen():
		d.Confirmed, d.Bases = "sex", []forms.Basis{"severe_form_minor", "pl_230_34_a"}
	case sex:
		d.Confirmed, d.Bases = "sex", []forms.Basis{"severe_form_adult", "pl_230_34"}
	}
	if labor {
		d.Confirmed, d.Bases = "labor", append(d.Bases, "severe_form_labor", "pl_135_35")
	}
	if sex && labor {
		d.Confirmed = "both"
	}
}

// another puts the invented person of that number in the place of the one whom the
// answers name, so that a case can be told of several people: of other names and
// another year of birth. All else stays as it was told.
func another(n int) func(*forms.Referral) {
	return func(r *forms.Referral) {
		p := Invent(n)
		r.FamilyName, r.GivenNames, r.FamilyNameUnknown, r.OtherNames, r.NameToUse = p.Family, p.Given, false, nil, ""
		if r.Born.First() != "" {
			r.Born = forms.PartialDate(strconv.Itoa(p.Year)) + r.Born[len("2006"):]
		}
	}
}

// minji is one of the names of case 9 with the language and the country that belong
// to it: the case itself holds all of them, to show that each can be written.
func minji(r *forms.Referral) {
	r.FamilyName, r.GivenNames, r.OtherNames = "김", "민지", []forms.OtherName{{Name: "Kim Minji", Kind: "other_spelling"}}
	r.Gender, r.BirthCountry, r.Citizenships = "woman_or_girl", "KR", []forms.Country{"KR"}
	r.Spoken, r.NeedsInterpreter, r.Written = "korean", "yes", "korean"
}

// later moves the year of birth by as many years as the day lies after the case, so
// that people are as old as they are told to be.
func later(r *forms.Referral, told time.Time, day time.Time) {
	first, err := time.Parse(time.DateOnly, string(r.Born.First()))
	if err != nil {
		return
	}
	r.Born = forms.PartialDate(strconv.Itoa(first.Year()+day.Year()-told.Year())) + r.Born[len("2006"):]
}
