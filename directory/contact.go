package directory

import (
	"cmp"
	"slices"
)

// Kind says for whom or for what a contact point is.
type Kind string

// The kinds of contact points. Adult, Child and Any, AfterHours and Liaison are
// of a local department of social services.
const (
	Adult      Kind = "adult"       // adults' benefits and services
	Child      Kind = "child"       // child welfare and Safe Harbour
	Any        Kind = "any"         // the department as a whole: adults and children
	AfterHours Kind = "after_hours" // nights and free days
	Liaison    Kind = "liaison"     // the human trafficking liaison
	RHTP       Kind = "rhtp"        // a provider of the Response to Human Trafficking Program
	Tribal     Kind = "tribal"      // a tribal nation's program
	State      Kind = "otda"        // OTDA itself, to call back; nothing is sent there
)

// Kinds returns every kind.
func Kinds() []Kind { return []Kind{Adult, Child, Any, AfterHours, Liaison, RHTP, Tribal, State} }

// Contact is one contact point. All texts may be empty but Key, Kind and Name.
// Days are written 2026-11-03. It serves its Counties; when it names none, all
// of its District; when that is empty too, all of its Region.
type Contact struct {
	Key         string   // stable name within the directory: "ldss-erie-child"
	Kind        Kind     // for whom
	District    string   // code of a District; empty for providers and tribes
	Name        string   // the department, provider or unit, as people write it
	Counties    []string // codes of counties
	Region      string   // region of the program: NewYorkCity, MetroArea or RestOfState
	Languages   []string // codes of the form's spoken languages: "chinese_mandarin"
	Specialties []string // codes: "labor", "sex", "minor"
	Phone       string   // as dialed from within New York
	Address     string   // on one line
	Email       string   // never used to send anything of a person
	URL         string   // http or https
	Source      string   // where the line was found
	VerifiedOn  string   // the day on which somebody asked, empty for never
	VerifiedBy  string   // who asked
	VerifiedHow string   // how, and who answered
	ValidFrom   string   // first day of use, empty for always
	ValidTo     string   // last day of use, empty for no end
}

// Verified reports whether somebody has checked the contact point, so that it
// may be used.
func (c Contact) Verified() bool { return c.VerifiedOn != "" && c.VerifiedBy != "" }

// Holds reports whether the contact point is in use on a day written
// 2026-11-03. Both of its own days are within.
func (c Contact) Holds(on string) bool {
	return (c.ValidFrom == "" || c.ValidFrom <= on) && (c.ValidTo == "" || on <= c.ValidTo)
}

// Serves reports whether the contact point serves a county, by its code. It
// says no for a code that is no county.
func (c Contact) Serves(county string) bool {
	of, ok := CountyOf(county)
	switch {
	case !ok:
		return false
	case len(c.Counties) > 0:
		return slices.Contains(c.Counties, county)
	case c.District != "":
		return c.District == of.District
	}
	return c.Region != "" && c.Region == of.RHTPRegion
}

// fits reports whether a contact point of kind c.Kind answers a search for kind.
func (c Contact) fits(kind Kind) bool {
	switch kind {
	case Adult, Child:
		return c.Kind == kind || c.Kind == Any
	case Any:
		return c.Kind == Adult || c.Kind == Child || c.Kind == Any
	}
	return c.Kind == kind
}

// Serving returns those of contacts that serve a county for kind on a day
// written 2026-11-03: verified ones first, then those of exactly that kind,
// then by key. The department's Any points answer for Adult and Child; Any
// asks for the three of them; every other kind answers for itself. Ones that
// are not verified are returned too, so that a page can name what has to be
// verified: look at Verified before sending anything.
func Serving(contacts []Contact, county string, kind Kind, on string) []Contact {
	var list []Contact
	for _, c := range contacts {
		if c.fits(kind) && c.Holds(on) && c.Serves(county) {
			list = append(list, c.clone())
		}
	}
	slices.SortStableFunc(list, func(a, b Contact) int {
		return cmp.Or(order(a.Verified(), b.Verified()), order(a.Kind == kind, b.Kind == kind), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// order sorts what is true before what is not.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// clone returns a contact that shares no list with c.
func (c Contact) clone() Contact {
	c.Counties = slices.Clone(c.Counties)
	c.Languages = slices.Clone(c.Languages)
	c.Specialties = slices.Clone(c.Specialties)
	return c
}
