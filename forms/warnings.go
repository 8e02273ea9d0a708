package forms

import (
	"slices"
	"strings"
	"time"
)

// Warning is something that looks odd and never blocks.
type Warning struct {
	Field string
	Say   string // key of the sentence
	When  func(r *Referral, today Date) bool
	Here  bool // said also at the question itself, while the draft is written
}

// Warnings is the whole list.
var Warnings = []Warning{
	{Field: "firstEncounter", Say: "encounter_old", When: func(r *Referral, today Date) bool {
		return r.FirstEncounter != "" && days(r.FirstEncounter, today) > 30
	}},
	{Field: "firstEncounter", Say: "before_the_law", When: func(r *Referral, _ Date) bool { return r.FirstEncounter != "" && r.FirstEncounter < "2007-11-01" }},
	{Field: "ownReference", Say: "reference_personal", When: func(r *Referral, _ Date) bool { return looksPersonal(string(r.OwnReference)) }},
	{Field: "consentGivenOn", Say: "consent_old", When: func(r *Referral, today Date) bool { return r.ConsentFrom != "" && days(r.ConsentFrom, today) > 365 }},
	{Field: "consentValidUntil", Say: "consent_long", When: func(r *Referral, today Date) bool { return r.ConsentUntil != "" && days(today, r.ConsentUntil) > 366 }},
	{Field: "consentInterpreter", Say: "interpreter_close", When: func(r *Referral, _ Date) bool { return r.Interpreter == "other" }},
	{Field: "consentGiver.name", Say: "giver_is_trafficker_law", When: func(r *Referral, _ Date) bool { return r.FromLaw() && r.GiverIsTrafficker() }},
	{Field: "consentGiver.name", Say: "giver_shares_name", When: func(r *Referral, _ Date) bool { return r.GiverSharesName() }, Here: true},
	{Field: "consentGivenBy", Say: "minor_both", When: minorWithoutBoth},
	{Field: "under18", Say: "age_conflict", When: ageConflict},
	{Field: "age", Say: "age_missing", When: func(r *Referral, _ Date) bool { return !r.Age.Set && (r.Born == "" || r.Born == Unknown) }},
	{Field: "familyName", Say: "name_and_unknown", When: func(r *Referral, _ Date) bool { return r.FamilyName != "" && bool(r.FamilyNameUnknown) }},
	{Field: "givenNames", Say: "name_and_unknown", When: func(r *Referral, _ Date) bool { return r.GivenNames != "" && bool(r.GivenNamesUnknown) }},
	{Field: "safePhone.phone", Say: "no_safe_channel", When: func(r *Referral, _ Date) bool {
		return r.Reach == "directly" && r.SafePhone.Phone == "" && r.SafeEmail == "" && r.SafeAddress == ""
	}},
	{Field: "reach", Say: "direct_beside_trafficker", When: func(r *Referral, _ Date) bool { return r.Reach == "directly" && r.Living == "with_trafficker" }},
	{Field: "summary", Say: "summary_short", When: func(r *Referral, _ Date) bool { return r.Summary != "" && len([]rune(r.Summary)) < 200 }},
	{Field: "summary", Say: "names_others", When: namesOthers},
	{Field: "ended", Say: "period_reversed", When: func(r *Referral, _ Date) bool {
		return r.Began.First() != "" && r.Ended.Last() != "" && r.Ended.Last() < r.Began.First()
	}},
	{Field: "ageThen", Say: "age_then_above", When: func(r *Referral, _ Date) bool { return r.Age.Set && r.AgeThen.Set && r.AgeThen.N > r.Age.N }},
	{Field: "otherVictims", Say: "one_each", When: func(r *Referral, _ Date) bool { return r.OtherVictims == "yes" }},
	{Field: "mayContactAgencies", Say: "contact_unsaid", When: func(r *Referral, _ Date) bool {
		return r.MayContact == "" && (r.Reported == "yes" || len(r.Agencies) > 0)
	}},
}

// Warn returns what looks odd in r on the day today.
func (form *Form) Warn(r *Referral, today Date) Problems {
	return form.warn(r, today, func(Warning) bool { return true })
}

// WarnHere is Warn for what is said at the questions themselves.
func (form *Form) WarnHere(r *Referral, today Date) Problems {
	return form.warn(r, today, func(w Warning) bool { return w.Here })
}

func (form *Form) warn(r *Referral, today Date, which func(Warning) bool) Problems {
	var out Problems
	for _, w := range Warnings {
		if !which(w) {
			continue
		}
		top, _, _ := strings.Cut(w.Field, ".")
		if form.Applies(r, top) && w.When(r, today) {
			out = append(out, Problem{ID: form.byPath[w.Field].ID, Field: w.Field, Message: form.words.Warnings[w.Say]})
		}
	}
	return out
}

// days counts from a to b; both are real dates.
func days(a, b Date) int {
	from, err := time.Parse(time.DateOnly, string(a))
	if err != nil {
		return 0
	}
	to, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return 0
	}
	return int(to.Sub(from).Hours() / 24)
}

func minorWithoutBoth(r *Referral, today Date) bool {
	own := slices.Contains(r.ConsentBy, "the_person")
	other := len(r.ConsentBy) > 1 || len(r.ConsentBy) == 1 && !own
	return r.TreatAsMinor(today) && len(r.ConsentBy) > 0 && (!own || !other)
}

// ageConflict: the date of birth, the age and the answer on 18 do not agree.
func ageConflict(r *Referral, today Date) bool {
	oldest, youngest := r.agesOn(today)
	return r.Under18 == "yes" && youngest >= 18 || r.Under18 == "no" && oldest < 18
}

// looksPersonal: a reference of the referrer's own that looks like a name or a
// date of birth.
func looksPersonal(s string) bool {
	words, numbers := 0, 0
	for _, w := range strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == ',' || c == '/' || c == '-' || c == '.' }) {
		switch {
		case digits(w) && (len(w) <= 2 || len(w) == 4):
			numbers++
		case len([]rune(w)) > 2 && !strings.ContainsAny(w, "0123456789") && strings.ToUpper(w) != w:
			words++
		}
	}
	return words >= 2 || numbers == 3
}

// namesOthers: the summary repeats a name given for a trafficker's victim or
// puts two capitalized words side by side that are not the person's.
func namesOthers(r *Referral, _ Date) bool {
	own := " " + fold(string(r.FamilyName+" "+r.GivenNames+" "+Text(r.NameToUse))) + " "
	words := strings.Fields(string(r.Summary))
	for i := 1; i+1 < len(words); i++ {
		a, b := words[i], words[i+1]
		if strings.HasSuffix(words[i-1], ".") || !capitalized(a) || !capitalized(b) {
			continue
		}
		if !strings.Contains(own, " "+fold(a)+" ") && !strings.Contains(own, " "+fold(b)+" ") {
			return true
		}
	}
	return false
}

func capitalized(w string) bool {
	r := []rune(w)
	return len(r) > 2 && r[0] >= 'A' && r[0] <= 'Z' && r[1] >= 'a' && r[1] <= 'z'
}
