// Package match says how likely it is that two referrals are about the same
// person, and why: it compares two identities that are already in the clear,
// and gives a score with named reasons. It also says under which keys an
// identity is looked for, so that a candidate is found without opening every
// referral. It decides nothing: people at the State do. It knows no database,
// no key, no reader and no clock.
package match

import (
	"cmp"
	"slices"

	"nysreferral/forms"
)

// Identity is what is compared of one person. Empty parts are not compared.
type Identity struct {
	Names    []Name            // the name as it was given first, then other names
	Born     forms.PartialDate // as far as it is known
	Age      forms.Number      // where the date is not known
	Guessed  bool              // the age is an estimate
	On       forms.Date        // the day on which the age was told
	Phones   []forms.Phone     // the person's own
	Counties []string          // codes: where the person was found and stays
	Places   []forms.Text      // where the person stays and was exploited, in words
}

// Name is one name of a person. An other name, of which nobody says what is
// family and what is given, stands in Given alone.
type Name struct {
	Family forms.Text
	Given  forms.Text
	Other  bool // not the name that was given first
}

// Of returns the identity that the answers of a referral tell. on is the day
// on which they were told.
func Of(r *forms.Referral, on forms.Date) Identity {
	id := Identity{Born: r.Born, Age: r.Age, Guessed: bool(r.AgeEstimated), On: on}
	id.Names = append(id.Names, Name{Family: r.FamilyName, Given: r.GivenNames})
	for _, o := range r.OtherNames {
		id.Names = append(id.Names, Name{Given: o.Name, Other: true})
	}
	if r.NameToUse != "" {
		id.Names = append(id.Names, Name{Given: r.NameToUse, Other: true})
	}
	if r.SafePhone.Phone != "" {
		id.Phones = append(id.Phones, r.SafePhone.Phone)
	}
	id.Counties = []string{string(r.CountyFound), string(r.CountyNow), string(r.HomelessCounty)}
	id.Places = []forms.Text{r.CityZIP, r.Facility}
	for _, p := range r.Places {
		id.Places = append(id.Places, p.Text)
	}
	return id
}

// Reason is one thing that speaks for the same person, or against it.
type Reason struct {
	Code   forms.Agreement
	Points int // below 0: against it
}

// The codes of reasons.
const (
	NameSame     forms.Agreement = "name_same"
	NameAccents  forms.Agreement = "name_accents"
	NameSpelling forms.Agreement = "name_spelling"
	NameScript   forms.Agreement = "name_script"
	NameOrder    forms.Agreement = "name_order"
	NamePart     forms.Agreement = "name_part"
	NameOther    forms.Agreement = "name_other"
	FamilyName   forms.Agreement = "family_name"
	GivenDiffers forms.Agreement = "given_differs"
	NamesDiffer  forms.Agreement = "names_differ"
	BirthSame    forms.Agreement = "birth_same"
	BirthSwapped forms.Agreement = "birth_swapped"
	BirthFits    forms.Agreement = "birth_fits"
	AgeFits      forms.Agreement = "age_fits"
	BirthDiffers forms.Agreement = "birth_differs"
	PhoneSame    forms.Agreement = "phone_same"
	PlaceSame    forms.Agreement = "place_same"
	CountySame   forms.Agreement = "county_same"
)

// Reads says which questions a reason rests on, by their ids: a reader who does
// not see them all is not told the reason.
func Reads(code forms.Agreement) []string {
	switch code {
	case BirthSame, BirthSwapped, BirthFits, AgeFits, BirthDiffers:
		return []string{"C5", "C6"}
	case PhoneSame:
		return []string{"D2.phone"}
	case PlaceSame:
		return []string{"D9", "D10", "G18.text"}
	case CountySame:
		return []string{"A12", "D6", "D6.homeless"}
	}
	return []string{"C1", "C2", "C3.name", "C4"}
}

// Likeness is what came of a comparison.
type Likeness struct {
	Score    int // 0 to 100
	Strength forms.Strength
	Reasons  []Reason // what speaks most for or against it first
}

// The strengths. The zero value is no candidate.
const (
	None   forms.Strength = ""
	Weak   forms.Strength = "weak"
	Likely forms.Strength = "likely"
	Strong forms.Strength = "strong"
)

// From which score on a pair is what.
const (
	fromWeak   = 40
	fromLikely = 55
	fromStrong = 80
)

// Compare compares two identities. It says the same in either order.
func Compare(a, b Identity) Likeness {
	names := compareNames(a.Names, b.Names)
	reasons := slices.Clone(names.reasons)
	reasons = append(reasons, compareBirths(a, b)...)
	reasons = append(reasons, comparePhones(a.Phones, b.Phones)...)
	reasons = append(reasons, comparePlaces(a, b)...)
	out := Likeness{Reasons: reasons}
	for _, r := range reasons {
		out.Score += r.Points
	}
	if names.others {
		out.Score = min(out.Score, fromLikely-1) // twins, sisters, a child with the mother's phone
	}
	out.Score = min(max(out.Score, 0), 100)
	out.Strength = strengthOf(out.Score)
	slices.SortStableFunc(out.Reasons, func(x, y Reason) int {
		return cmp.Or(cmp.Compare(size(y.Points), size(x.Points)), cmp.Compare(x.Code, y.Code))
	})
	return out
}

func strengthOf(score int) forms.Strength {
	switch {
	case score >= fromStrong:
		return Strong
	case score >= fromLikely:
		return Likely
	case score >= fromWeak:
		return Weak
	}
	return None
}

func size(n int) int { return max(n, -n) }
