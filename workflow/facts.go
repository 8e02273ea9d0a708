package workflow

import "strings"

// Facts are what routing may look at, and nothing else: no name, no narrative.
// Counties are codes of the form ("st_lawrence"); an answer in the place of a
// county ("homeless", "outside_new_york", "unknown") counts as no county.
type Facts struct {
	Minor            Minor
	ConsentWithdrawn bool        // the person took the consent back
	WantsNone        bool        // wants no contact, from neither kind
	WantsOnly        Kind        // wants contact from this kind only; empty: no such wish
	Immigration      Immigration // the category, for routing only
	GrantedTVisa     bool        // a T visa was granted
	HHSLetter        bool        // HHS certification or eligibility letter

	ResidesIn      string // county where the person lives or stays now
	FoundIn        string // county where the person was found
	WishesIn       string // county where the person wishes services
	OutsideNY      bool   // lives outside of New York
	CountyUnknown  bool   // the county of residence is not known
	Homeless       bool   // without a home; ResidesIn may still name the county
	InCustodyOf    string // county of the district that has custody of a minor
	Tribal         bool   // tribal nation, or on its territory
	Facility       bool   // in jail, prison, detention or hospital
	FacilityCounty string // where that is; empty if it is not known

	Sex, Labor     bool   // type of trafficking
	Language       string // preferred spoken language, the form's code
	Scope          Scope
	DoNotRefer     []string // names or keys where the person must not be referred
	SafetyConflict bool     // the trafficker's people are near, or may work there
	ProviderWish   string   // name or key of the provider that the person wishes
	Tried          []string // keys of those who returned it, had no room or did not answer
	NeedsUncovered bool     // safe house, legal help or case management is needed
}

// Scope is to whom the release permits a hand-over. The zero value permits
// none. DCJS and OTDA are always in it.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115.
type Scope struct {
	RHTP bool // a provider under the Response to Human Trafficking Program
	LDSS bool // a local department of social services
}

// allows says whether a hand-over to that kind is within the scope.
func (s Scope) allows(kind Kind) bool {
	switch kind {
	case KindRHTP:
		return s.RHTP
	case KindLDSS:
		return s.LDSS
	}
	return kind == KindOTDA
}

// Kind is to what sort of agency a hand-over goes.
type Kind string

// The kinds.
const (
	KindLDSS Kind = "ldss" // local department of social services
	KindRHTP Kind = "rhtp" // provider of the Response to Human Trafficking Program
	KindOTDA Kind = "otda" // OTDA keeps it and sets itself a next date
)

// ContactKind is which contact point of the district or provider is meant.
type ContactKind string

// The kinds of contact points. New York City is one district with an adult and
// a child point.
const (
	ContactNone  ContactKind = "" // OTDA itself
	ContactAdult ContactKind = "adult"
	ContactChild ContactKind = "child"
	ContactRHTP  ContactKind = "rhtp"
)

// Where names a county among the facts.
type Where string

// The counties that a rule may ask for.
const (
	Custody  Where = "the county whose district has custody"
	Found    Where = "the county where the person was found"
	Resides  Where = "the county where the person lives or stays"
	Wishes   Where = "the county where the person wishes services"
	Facility Where = "the county of the facility"
)

// County returns the county's code, or "" if the facts do not tell it.
func (f Facts) County(w Where) string {
	switch w {
	case Custody:
		return county(f.InCustodyOf)
	case Found:
		return county(f.FoundIn)
	case Wishes:
		return county(f.WishesIn)
	case Facility:
		return county(f.FacilityCounty)
	case Resides:
		if f.CountyUnknown || f.OutsideNY {
			return ""
		}
		return county(f.ResidesIn)
	}
	return ""
}

// abroad says whether the person lives outside of New York.
func (f Facts) abroad() bool { return f.OutsideNY || f.ResidesIn == "outside_new_york" }

// federal says whether the federal government has already said that the person
// is a victim.
//
// Law: 22 USC 7105(b); 8 USC 1641.
func (f Facts) federal() bool { return f.GrantedTVisa || f.HHSLetter }

// county keeps the code of a county and drops the answers in its place.
func county(code string) string {
	switch code {
	case "homeless", "outside_new_york", "unknown":
		return ""
	}
	return code
}

// inCity says whether a county is one of New York City's five, which are one
// district.
//
// Law: SSL 61.
func inCity(code string) bool {
	return among(code, []string{"bronx", "kings", "new_york", "queens", "richmond"})
}

// sameDistrict says whether two counties are served by one district.
func sameDistrict(a, b string) bool { return a == b || inCity(a) && inCity(b) }

// folded makes names comparable: lower case, letters and digits only.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 127:
			return r
		}
		return -1
	}, strings.ToLower(s))
}
