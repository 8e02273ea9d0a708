package workflow

import (
	"bytes"
	"strings"
)

// Grid is what was found of each element of the law, by the codes of the form:
// "shown", "not_shown", "unclear", and "waived" for the means, "not_a_minor"
// for the age. "" is not assessed.
type Grid struct{ Action, Means, Purpose, Minor string }

// Shown says whether every element is shown; means may be waived.
//
// Law: 22 USC 7102(11).
func (g Grid) Shown() bool {
	return g.Action == "shown" && (g.Means == "shown" || g.Means == "waived") && g.Purpose == "shown"
}

// Lacks says whether an element is found not to be shown.
func (g Grid) Lacks() bool {
	return g.Action == "not_shown" || g.Means == "not_shown" || g.Purpose == "not_shown"
}

// Ground is a category of the reasons for a decline, and what the grid must
// leave open for it. A decline is never signed for a reason that the grid of
// elements contradicts.
type Ground struct {
	Reason string          // code of the form
	When   string          // in words, for docs/rules.md
	Say    string          // said where the grid contradicts it
	Fits   func(Grid) bool // nil: whatever the grid says
	Law    string
}

// Grounds is every category of a decline.
var Grounds = []Ground{
	{
		Reason: "no_commercial_sex_or_labor_purpose", When: "purpose is not shown, or unclear",
		Say:  "The grid says that the purpose is shown. Choose the reason that holds, or have the elements assessed anew.",
		Fits: func(g Grid) bool { return g.Purpose != "shown" }, Law: lawElements,
	},
	{
		Reason: "no_means_shown", When: "means are not shown, or unclear; never where they are waived",
		Say:  "The grid says that the means are shown, or need not be. Choose the reason that holds, or have the elements assessed anew.",
		Fits: func(g Grid) bool { return g.Means != "shown" && g.Means != "waived" }, Law: lawElements,
	},
	{
		Reason: "facts_insufficient_after_request", When: "an element is not shown, or unclear",
		Say:  "The grid says that every element is shown. Choose the reason that holds, or have the elements assessed anew.",
		Fits: func(g Grid) bool { return !g.Shown() }, Law: lawElements,
	},
	{Reason: "outside_scope", When: "always: it is not about the elements", Law: lawDecide},
	{Reason: "no_new_york_nexus", When: "always: it is not about the elements", Law: lawDecide},
	{Reason: "other", When: "always, with the reason in words", Law: procedure},
}

// ReasonMisfit says why a decline cannot be signed for that reason while the
// grid stands as it is, and what to do; "" where it can. An unknown reason
// never fits.
func ReasonMisfit(reason string, g Grid) string {
	for _, one := range Grounds {
		if one.Reason != reason {
			continue
		}
		if one.Fits == nil || one.Fits(g) {
			return ""
		}
		return one.Say
	}
	return "Choose a reason from the list."
}

// Basis is a basis in law of a confirmation, and what it presupposes. Action
// and purpose belong to each that rests on the elements.
type Basis struct {
	Key      string // code of the form
	Sex      bool   // it is about sex trafficking
	Labor    bool   // it is about labor trafficking
	Elements bool   // it rests on the elements of trafficking
	Means    bool   // force, fraud or coercion belong to it
	Minor    bool   // the person was under 18 at the time
	Law      string
}

// Bases is every basis of a confirmation. The person need only appear to be a
// victim: what the grid calls unclear does not stand against a basis, what it
// excludes does.
//
// Law: SSL 483-aa, 483-cc(b); 22 USC 7102(11).
var Bases = []Basis{
	{Key: "severe_form_adult", Sex: true, Elements: true, Means: true, Law: "22 USC 7102(11)(A)"},
	{Key: "severe_form_minor", Sex: true, Elements: true, Minor: true, Law: "22 USC 7102(11)(A): no means for a minor"},
	{Key: "severe_form_labor", Labor: true, Elements: true, Means: true, Law: "22 USC 7102(11)(B): means at any age"},
	{Key: "pl_230_34", Sex: true, Elements: true, Means: true, Law: "Penal Law 230.34"},
	{Key: "pl_230_34_a", Sex: true, Elements: true, Minor: true, Law: "Penal Law 230.34-a: sex trafficking of a child, no means"},
	{Key: "pl_230_33", Sex: true, Elements: true, Minor: true, Law: "Penal Law 230.33: compelling prostitution, of a person under 18"},
	{Key: "pl_135_35", Labor: true, Elements: true, Means: true, Law: "Penal Law 135.35"},
	{Key: "pl_135_37", Labor: true, Elements: true, Means: true, Law: "Penal Law 135.37"},
	{Key: "otherwise_eligible", Sex: true, Labor: true, Law: "SSL 483-cc(b): otherwise eligible for benefits and services"},
}

// basisOf returns the basis with that code.
func basisOf(key string) (Basis, bool) {
	for _, b := range Bases {
		if b.Key == key {
			return b, true
		}
	}
	return Basis{}, false
}

// BasisMisfit says why a basis does not go with the type that is confirmed
// ("sex", "labor" or "both") or with the grid, and what to do; "" where it does.
// An unknown basis never fits.
func BasisMisfit(key, confirmed string, g Grid) string {
	b, ok := basisOf(key)
	anew := " Leave it out, or have the elements assessed anew."
	switch {
	case !ok:
		return "Choose a basis from the list."
	case confirmed == "labor" && !b.Labor:
		return "It is about sex trafficking, and you confirm labor trafficking. Leave it out, or choose another type."
	case confirmed == "sex" && !b.Sex:
		return "It is about labor trafficking, and you confirm sex trafficking. Leave it out, or choose another type."
	case b.Minor && (g.Minor == "not_a_minor" || g.Minor == "not_shown"):
		return "It is about a person under 18, and the grid says that the person was not a minor." + anew
	case b.Means && (g.Means == "not_shown" || g.Means == "waived"):
		return "It wants force, fraud or coercion, and the grid does not say that they are shown." + anew
	case b.Elements && (g.Action == "not_shown" || g.Purpose == "not_shown"):
		return "It rests on action and purpose, and the grid says that one of them is not shown." + anew
	}
	return ""
}

// BasesMissing says which type is confirmed without a basis for it, and what to
// do; "" where there is one.
func BasesMissing(keys []string, confirmed string) string {
	var sex, labor bool
	for _, key := range keys {
		b, _ := basisOf(key)
		sex, labor = sex || b.Sex, labor || b.Labor
	}
	switch {
	case confirmed == "both" && !sex:
		return "You confirm sex and labor trafficking. Choose a basis for sex trafficking too, or another type."
	case confirmed == "both" && !labor:
		return "You confirm sex and labor trafficking. Choose a basis for labor trafficking too, or another type."
	}
	return ""
}

// of writes in words what a basis presupposes.
func (b Basis) of() string {
	var out []string
	if b.Elements {
		out = append(out, "action and purpose")
	}
	if b.Means {
		out = append(out, "means")
	}
	if b.Minor {
		out = append(out, "under 18 at the time")
	}
	return or(strings.Join(out, ", "), "nothing of the grid")
}

// about writes in words which types a basis is about.
func (b Basis) about() string {
	switch {
	case b.Sex && b.Labor:
		return "either"
	case b.Labor:
		return "labor"
	}
	return "sex"
}

// ruleGrounds writes on what a decline and a confirmation may rest.
func ruleGrounds(b *bytes.Buffer) {
	heading(b, "Reasons of a decline", "One that the grid of elements contradicts is refused. A recommendation to decline wants its reason, of this list and in plain words; so does one against the grid.")
	row(b, "Reason", "Open while", "Source")
	line(b, 3)
	for _, g := range Grounds {
		row(b, plain(g.Reason), g.When, g.Law)
	}
	heading(b, "Bases of a confirmation", "One that is about another type, or wants what the grid excludes, is refused. What is unclear does not stand against it. "+
		"Who confirms both types names a basis for each.")
	row(b, "Basis", "About", "Wants", "Source")
	line(b, 4)
	for _, one := range Bases {
		row(b, plain(one.Key), one.about(), one.of(), one.Law)
	}
}
