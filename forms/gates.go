package forms

import (
	"slices"
	"strings"
)

// Gate is one thing that must hold before a referral can be submitted. What is
// no gate never blocks.
type Gate struct {
	Field string                             // path of the question that the sentence stands at
	When  string                             // the gate is there only then; the question's own condition counts besides
	Say   string                             // key of the sentence; "" is the question's own
	Met   func(r *Referral, today Date) bool // nil: the question is answered
}

// Gates is the whole list.
//
// Law: SSL 483-cc(a) (a provider needs consent; police and district attorneys
// advise and offer); 34 USC 12291(b)(2), 28 CFR 94.115 (written, time-limited,
// never by the abuser); 9 NYCRR 6174.3(d) (what the Director considers).
var Gates = []Gate{
	{Field: "consented", When: "provider", Say: "consented", Met: func(r *Referral, _ Date) bool { return r.Consented == "yes_written" }},
	{Field: "consentDocument", When: "provider; consented=yes_written"},
	{Field: "consentSignature", When: "provider; consentDocument=typed_signature"},
	{Field: "consentGivenOn", When: "provider; consented=yes_written"},
	{Field: "consentValidUntil", When: "provider; consented=yes_written"},
	{Field: "consentValidUntil", Say: "consent_past", Met: consentLasts},
	{Field: "mayReceive", When: "provider; consented=yes_written"},
	{Field: "consentGivenBy", When: "provider; consented=yes_written"},
	{Field: "consentGiver.name", When: "provider; consentGivenBy=parent_or_guardian|ldss_or_acs_as_custodian|court_appointed_guardian|other"},
	{Field: "consentGiver.name", When: "provider", Say: "giver_is_trafficker", Met: func(r *Referral, _ Date) bool { return !r.GiverIsTrafficker() }},
	{Field: "toldThePerson", When: "provider", Say: "told_all", Met: func(r *Referral, _ Date) bool { return len(r.Told) >= len(Told("").Options()) }},
	{Field: "organization"},
	{Field: "referrerName"}, {Field: "referrerTitle"}, {Field: "referrerEmail"}, {Field: "referrerPhone"},
	{Field: "firstEncounter"}, {Field: "countyFound"},
	{Field: "advisedOfServices", When: "law"}, {Field: "offeredToConnect", When: "law"},
	{Field: "under18"}, {Field: "under18Then", When: "under18!=yes"}, {Field: "gender"},
	{Field: "spokenLanguage"}, {Field: "interpreterNeeded"},
	{Field: "reach"}, {Field: "countyNow"}, {Field: "living"},
	{Field: "category"}, {Field: "hhsRequest"},
	{Field: "trafficking"}, {Field: "force", Say: "means", Met: meansSaid},
	{Field: "summary"}, {Field: "knownBy"},
	{Field: "willingToAssist"}, {Field: "arrested"},
	{Field: "custody"}, {Field: "scrReport"},
	{Field: "needs"},
	{Field: "danger"}, {Field: "shelterTonight"},
	{Field: "trueToBestKnowledge"}, {Field: "authorized"},
}

// gateWhen is the condition of each gate, read once.
var gateWhen = func() map[string]Condition {
	out := map[string]Condition{}
	for _, g := range Gates {
		out[g.When] = parseCondition(g.When)
	}
	return out
}()

// Required reports whether the question at path must be answered in r.
func (form *Form) Required(r *Referral, path string) bool {
	return slices.ContainsFunc(Gates, func(g Gate) bool {
		return g.Field == path && (g.Met == nil || g.Say != "consent_past" && g.Say != "giver_is_trafficker") && form.gateApplies(g, form.named(r))
	})
}

// gateApplies reports whether g is there, given what answers it by name.
func (form *Form) gateApplies(g Gate, answers func(string) []string) bool {
	top, _, _ := strings.Cut(g.Field, ".")
	return form.applies(form.byPath[top], answers) && gateWhen[g.When].Holds(answers)
}

func (form *Form) gates(r *Referral, today Date) Problems {
	var out Problems
	answers := form.named(r)
	for _, g := range Gates {
		if !form.gateApplies(g, answers) || out.Of(g.Field) != "" {
			continue
		}
		met := g.Met != nil && g.Met(r, today) || g.Met == nil && form.answered(r, g.Field)
		if met {
			continue
		}
		f := form.byPath[g.Field]
		say := f.Missing
		if g.Say != "" {
			say = form.words.Gates[g.Say]
		}
		out = append(out, Problem{ID: f.ID, Field: g.Field, Message: say})
	}
	return out
}

// ReleaseEnded is what stands at the last day of a release that has ended, for
// whoever knows the hour: the gate itself knows the day alone.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2) (reasonably time-limited).
func (form *Form) ReleaseEnded() Problem {
	f := form.byPath["consentValidUntil"]
	return Problem{ID: f.ID, Field: "consentValidUntil", Message: form.words.Gates["consent_past"]}
}

func consentLasts(r *Referral, today Date) bool {
	return r.ConsentUntil == "" || r.ConsentUntil >= today
}

// meansSaid: a means is ticked, or waived, or said to be unclear beside a summary.
func meansSaid(r *Referral, _ Date) bool {
	return len(r.Force)+len(r.Fraud)+len(r.Coercion) > 0 || r.MeansWaived() || bool(r.MeansUnclear) && r.Summary != ""
}

// MinorThen reports whether the person was under 18 during the exploitation;
// under 18 now says so.
func (r *Referral) MinorThen() bool { return r.Under18 == "yes" || r.Under18Then == "yes" }

// UnderAge is whether the person is under 18 on the day today, as far as the
// answers say. A "no" that no date of birth and no age allows is not sure:
// whoever may be a child is handled as one until somebody has asked.
//
// Law: SSL 483-cc(b).
func (r *Referral) UnderAge(today Date) YesNoNotSure {
	if oldest, _ := r.agesOn(today); r.Under18 == "no" && oldest < 18 {
		return "not_sure"
	}
	return r.Under18
}

// TreatAsMinor reports whether the person is, or is handled as, a minor on the
// day today.
func (r *Referral) TreatAsMinor(today Date) bool {
	is := r.UnderAge(today)
	return is == "yes" || is == "not_sure"
}

// agesOn are the highest and the lowest age that the answers allow.
func (r *Referral) agesOn(today Date) (oldest, youngest int) {
	if first := r.Born.First(); first != "" {
		return AgeOn(first, today), AgeOn(r.Born.Last(), today)
	}
	if r.Age.Set {
		return r.Age.N, r.Age.N
	}
	return 110, 0
}

// MeansWaived reports whether no means need be shown: sex trafficking of a
// minor, and nothing beside it. Labor trafficking needs means at any age.
//
// Law: 22 USC 7102(11)(A) and (B); Penal Law 230.34-a.
func (r *Referral) MeansWaived() bool {
	return r.MinorThen() && slices.Contains(r.Trafficking, "sex") && !slices.Contains(r.Trafficking, "labor")
}

// FromLaw reports whether police or a district attorney refers.
func (r *Referral) FromLaw() bool {
	return parseCondition("law").Holds(func(string) []string { return []string{string(r.SourceKind)} })
}
