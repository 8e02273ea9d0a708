package referrals

import (
	"slices"
	"strings"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Why a line of the directory is not for the person.
const (
	onlyForChildren = "This line is for children, and the person is an adult. Choose another recipient."
	onlyForAdults   = "This line is for adults, and the person is a minor. Choose another recipient."
	notForPeople    = "Nobody is handed over to a line of this kind. Choose a local department or an RHTP provider."
)

// unfit says why a person may not be handed over to a line of the directory
// because of the person's age, "" when nothing stands against it. A person whose
// age is not settled may go to either: heeds says it. Whoever was a minor when
// referred and is grown up today may go to either as well.
//
// Law: SSL 483-bb, 483-cc(b): children and adults are helped by different services.
func (s *Service) unfit(r *forms.Referral, c directory.Contact) string {
	minor := workflow.Minor(r.UnderAge(s.Today()))
	switch {
	case c.Kind == directory.Child && minor == workflow.Adult:
		return onlyForChildren
	case c.Kind == directory.Adult && minor == workflow.IsMinor && !s.grownUp(r):
		return onlyForAdults
	}
	return ""
}

// grownUp reports whether the day of birth makes the person an adult today.
func (s *Service) grownUp(r *forms.Referral) bool {
	last := r.Born.Last()
	return last != "" && forms.AgeOn(last, s.Today()) >= 18
}

// helpedIn is the county in which the rules look for help, "" when they name none.
func (f *file) helpedIn() string {
	if len(f.handovers) == 0 {
		return ""
	}
	county := f.handovers[0].route.County
	if _, ok := directory.CountyOf(county); !ok {
		return ""
	}
	return county
}

func countyName(code string) string {
	of, _ := directory.CountyOf(code)
	return of.Name
}

// servedBy names the counties that a line serves, or how many they are.
func servedBy(c directory.Contact) string {
	var names []string
	for _, of := range directory.Counties() {
		if c.Serves(of.Code) {
			names = append(names, of.Name)
		}
	}
	switch {
	case len(names) == 0:
		return "no county of New York"
	case len(names) > 3:
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

// takesPeople reports whether people are handed over to lines of that kind. Others
// stand in the directory to be called or asked: they never learn of a person here.
func takesPeople(kind directory.Kind) bool { return slices.Contains(toPeople, string(kind)) }

// stillOf reports whether a line of the directory takes people, and is of the kind
// for which the hand-over was proposed: the release was looked at for that one.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115.
func stillOf(contact *ent.ContactPoint, proposed workflow.Kind) bool {
	kind, _ := kindOfContact(contact)
	return takesPeople(directory.Kind(contact.Kind)) && kind == proposed
}

// chosen is the line of the directory that OTDA chose for a person, refused where
// it takes nobody over or is not for people of that age.
func (s *Service) chosen(f *file, contact *ent.ContactPoint) error {
	why := s.unfit(f.answers, contactOf(contact))
	if !takesPeople(directory.Kind(contact.Kind)) {
		why = notForPeople
	}
	if why != "" {
		return forms.Problems{{ID: "contact", Field: "contact", Message: why}}
	}
	return nil
}

// addHeeds says of each line, and of the line of each hand-over that may still be
// sent, what OTDA has to know before it is chosen.
func (s *Service) addHeeds(f *file, out *Record) {
	mark := func(list []Candidate) {
		for i := range list {
			list[i].Heed = s.heeds(f, list[i].Point)
		}
	}
	mark(out.Lines)
	if out.Proposal != nil {
		mark(out.Proposal.Candidates)
	}
	for i := range out.Handover {
		one := &out.Handover[i]
		mark(one.Candidates)
		h := f.handover(one.N)
		if h == nil || h.contact == nil {
			continue
		}
		one.Point = contactOf(h.contact)
		if slices.Contains(onTheWay, h.status()) {
			one.Heed = s.heeds(f, one.Point)
		}
	}
}
