package registry

import (
	"slices"

	"nysreferral/directory"
	"nysreferral/workflow"
)

// Kind is a kind of agency: a code that the form keeps as the source's, or one
// of an office of the State, its words, and the sides at which it stands.
type Kind struct {
	Code  string
	Label string
	Sides []workflow.Side
}

// Kinds lists every kind of agency. The codes and words up to "other" are the
// form's own (field A2); a test keeps them equal.
func Kinds() []Kind {
	police, provider := []workflow.Side{workflow.SidePolice}, []workflow.Side{workflow.SideProvider}
	serves := []workflow.Side{workflow.SideProvider, workflow.SideRHTP}
	return []Kind{
		{"municipal_police", "Municipal police", police},
		{"nypd", "NYPD", police},
		{"sheriff", "Sheriff", police},
		{"state_police", "State Police", police},
		{"other_law_enforcement", "Other law enforcement", police},
		{"district_attorney", "District attorney", police},
		{"social_service_provider", "Social service provider", serves},
		{"legal_service_provider", "Legal service provider", serves},
		{"health", "Health care", serves},
		{"court", "Court or court-based program", provider},
		{"local_social_services", "Local department of social services or ACS", []workflow.Side{workflow.SideLDSS, workflow.SideProvider}},
		{"school", "School", provider},
		{"other", "Other", serves},
		{"dcjs", "Division of Criminal Justice Services", []workflow.Side{workflow.SideDCJS}},
		{"otda", "Office of Temporary and Disability Assistance", []workflow.Side{workflow.SideOTDA}},
		{"administration", "State administration of this program", []workflow.Side{workflow.SideAdministration}},
		{"auditor", "Auditor's office", []workflow.Side{workflow.SideAuditor}},
	}
}

// kindOf returns the kind with a code, and whether there is one.
func kindOf(code string) (Kind, bool) {
	all := Kinds()
	at := slices.IndexFunc(all, func(k Kind) bool { return k.Code == code })
	if at < 0 {
		return Kind{}, false
	}
	return all[at], true
}

// Word is a code and its words.
type Word struct{ Code, Label string }

// Designations lists how a source was designated, with the form's codes and
// words (field A3); a test keeps them equal.
//
// Law: SSL 483-cc(a), providers designated by OTDA, OPDV or OVS.
func Designations() []Word {
	return []Word{
		{"otda", "OTDA"}, {"opdv", "OPDV"}, {"ovs", "OVS"},
		{"not_applicable", "Not applicable (police or district attorney)"}, {"unverified", "To be verified"},
	}
}

// SideWords lists the sides in words.
func SideWords() []Word {
	return []Word{
		{string(workflow.SidePolice), "Police or district attorney"},
		{string(workflow.SideProvider), "Service provider that refers"},
		{string(workflow.SideDCJS), "DCJS"},
		{string(workflow.SideOTDA), "OTDA"},
		{string(workflow.SideRHTP), "Provider that receives (RHTP)"},
		{string(workflow.SideLDSS), "Local department of social services"},
		{string(workflow.SideAdministration), "State administration"},
		{string(workflow.SideAuditor), "Auditor"},
	}
}

// Means lists how a contact point can be verified.
func Means() []Word {
	return []Word{
		{"phone", "By phone, at a number from another source"},
		{"visit", "In person"},
		{"letter", "By letter"},
		{"email", "By e-mail, at an address from another source"},
		{"official_list", "From the State's own list, received this year"},
	}
}

// LabelOf returns the words of a code in list, the code itself when it is not
// there.
func LabelOf(list []Word, code string) string {
	at := slices.IndexFunc(list, func(w Word) bool { return w.Code == code })
	if at < 0 {
		return code
	}
	return list[at].Label
}

// PointKinds lists the kinds of contact points in words.
func PointKinds() []Word {
	return []Word{
		{string(directory.Any), "Department: adults and children"},
		{string(directory.Adult), "Department: adults"},
		{string(directory.Child), "Department: children"},
		{string(directory.AfterHours), "Department: nights and free days"},
		{string(directory.Liaison), "Department: human trafficking liaison"},
		{string(directory.RHTP), "Provider of the Response to Human Trafficking Program"},
		{string(directory.Tribal), "Program of a tribal nation"},
		{string(directory.State), "OTDA itself, to call back"},
	}
}

// Districts lists the social services districts, by name.
func Districts() []Word {
	all := directory.Districts()
	out := make([]Word, len(all))
	for i, d := range all {
		out[i] = Word{d.Code, d.Label}
	}
	return out
}

// Counties lists the counties, by name.
func Counties() []Word {
	all := directory.Counties()
	out := make([]Word, len(all))
	for i, c := range all {
		out[i] = Word{c.Code, c.Label()}
	}
	return out
}

// Regions lists the regions of the Response to Human Trafficking Program.
func Regions() []Word {
	return []Word{{directory.NewYorkCity, directory.NewYorkCity}, {directory.MetroArea, directory.MetroArea}, {directory.RestOfState, directory.RestOfState}}
}
