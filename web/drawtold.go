package web

import (
	"slices"

	"nysreferral/forms"
)

// WhoIsTold says who will be told what, and by which way, when the referral r
// is sent: in words for its referrer, before the rules do it.
//
// Law: SSL 483-cc(a), (b); 34 USC 12291(b)(2); 28 CFR 94.115.
func WhoIsTold(r *forms.Referral) Table {
	t := Table{Caption: "Who will be told what", Hidden: true, Columns: []Column{{Label: "Who", Row: true}, {Label: "What"}, {Label: "How"}}}
	add := func(who, what, how string) { t.Rows = append(t.Rows, []Cell{{Text: who}, {Text: what}, {Text: how}}) }
	add("DCJS and OTDA", "That a referral has come. Each reads only what it needs.", "In this system. An e-mail without details says that something waits.")
	switch r.Under18 {
	case "yes":
		add("The local department of social services of "+countyOf(r), "Name, age, language and how the child can be reached. Not the story.", "At once, because the law asks it. Consent does not change that.")
	case "not_sure":
		add("The local department of social services of "+countyOf(r), "If the person turns out to be under 18: name, age, language and how the child can be reached.", "As soon as OTDA has settled the age.")
	}
	add("After a confirmation: "+helper(r), "What is needed to help: contact, needs, safety. Not the story.", "In this system, once it has accepted.")
	add("The person", "The outcome, and what help there is.", reached(r))
	add("You", "Each step, and any question.", mailed(r))
	return t
}

func countyOf(r *forms.Referral) string {
	if r.CountyFound == "" {
		return "the county where you met"
	}
	return forms.Questions.Field("countyFound").LabelOf(string(r.CountyFound))
}

// helper names the kinds of recipient that the release, or the offer that the
// person accepted, allows.
func helper(r *forms.Referral) string {
	provider, district := slices.Contains(r.Release, "rhtp_provider"), slices.Contains(r.Release, "ldss")
	if r.FromLaw() {
		provider, district = r.OfferedLink == "accepted", r.OfferedLink == "accepted"
	}
	switch {
	case provider && district:
		return "a provider for trafficking survivors, or the local department"
	case provider:
		return "a provider for trafficking survivors"
	case district:
		return "the local department of social services"
	}
	return "nobody yet, until the person agrees"
}

// reached says how the person hears of it.
func reached(r *forms.Referral) string {
	switch r.Reach {
	case "directly":
		return "Only by the safe ways that you named."
	case "through_attorney":
		return "Through the attorney. Nobody contacts the person directly."
	case "through_other_advocate":
		return "Through the advocate that you named. Nobody contacts the person directly."
	}
	return "Through you. Nobody contacts the person directly."
}

func mailed(r *forms.Referral) string {
	if r.ReferrerEmail == "" {
		return "Here. An e-mail without details says that something waits."
	}
	return "Here. An e-mail without details to " + string(r.ReferrerEmail) + " says that something waits."
}
