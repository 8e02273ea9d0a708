package referrals

import (
	"slices"
	"time"

	"nysreferral/calendar"
	"nysreferral/forms"
)

// Facets are what lists and statistics read of a referral without opening its
// answers. They are sealed like the answers, and hold codes only.
type Facets struct {
	Month       string   `json:"month"` // of receipt, "2026-11"
	Source      string   `json:"source"`
	County      string   `json:"county"`      // found
	CountyNow   string   `json:"countyNow"`   // stays
	AgeBand     string   `json:"ageBand"`     //
	Minor       bool     `json:"minor"`       // treated as one
	Gender      string   `json:"gender"`      //
	Language    string   `json:"language"`    //
	Type        string   `json:"type"`        // sex, labor or both
	Foreign     string   `json:"foreign"`     // us, foreign or unknown: the only thing kept of the immigration category
	Venues      []string `json:"venues"`      // of sex trafficking
	Sectors     []string `json:"sectors"`     // of labor trafficking
	Urgency     string   `json:"urgency"`     // forms.Rank
	Tonight     bool     `json:"tonight"`     // needs shelter
	Detained    bool     `json:"detained"`    //
	Deadline    string   `json:"deadline"`    // the day, "" for none
	Interpreter bool     `json:"interpreter"` //
	Course      Course   `json:"course,omitzero"`
}

// Labels returns what people read of the facets in a list: age band, type and
// kind of source.
func (f Facets) Labels() (ageBand, trafficking, source string) {
	return forms.Reviews.Field("ageBand").LabelOf(f.AgeBand), forms.Reviews.Field("typeConfirmed").LabelOf(f.Type),
		forms.Questions.Field("sourceKind").LabelOf(f.Source)
}

func (s *Service) facets(r *forms.Referral, received time.Time) Facets {
	f := Facets{Month: received.In(newYork).Format("2006-01"), Source: string(r.SourceKind), County: string(r.CountyFound),
		CountyNow: string(r.CountyNow), AgeBand: string(ageBand(r, s.Today())), Minor: r.TreatAsMinor(forms.Date(calendar.DateOf(received).String())), Gender: string(r.Gender),
		Language: string(r.Spoken), Type: typeOf(r), Foreign: foreign(r.Category), Urgency: s.urgency(r), Tonight: r.Tonight == "yes",
		Detained: r.Living == "jail_prison_or_detention" || r.Proceedings == "yes", Deadline: string(r.Deadline), Interpreter: r.NeedsInterpreter == "yes"}
	for _, v := range r.SexVenues {
		f.Venues = append(f.Venues, string(v))
	}
	for _, v := range r.LaborSectors {
		f.Sectors = append(f.Sectors, string(v))
	}
	return f
}

func typeOf(r *forms.Referral) string {
	switch {
	case len(r.Trafficking) == 2:
		return "both"
	case len(r.Trafficking) == 1:
		return string(r.Trafficking[0])
	}
	return ""
}

// foreign is all that statistics keep of the immigration category.
func foreign(c forms.Category) string {
	switch c {
	case "us_citizen_or_national":
		return "us"
	case "qualified_status", "other_or_no_status_or_pending":
		return "foreign"
	}
	return forms.Unknown
}

// urgency ranks a referral: tonight for danger, shelter, an emergency, or a
// person who is with the trafficker; deadline for one within three days.
func (s *Service) urgency(r *forms.Referral) string {
	switch {
	case r.Danger == "yes", r.Tonight == "yes", r.Emergency == "yes", r.Living == "with_trafficker", r.LastContact == "still_with":
		return "tonight"
	case r.Deadline != "" && within(s.Today(), r.Deadline, 3):
		return "deadline"
	}
	return "normal"
}

// within reports whether day lies at most n days after today, or before it.
func within(today, day forms.Date, n int) bool {
	t, err := time.Parse(time.DateOnly, string(today))
	if err != nil {
		return false
	}
	return string(day) <= t.AddDate(0, 0, n).Format(time.DateOnly)
}

// bands are ages rounded so that they do not tell the person: the first age
// of the next band, and the code.
var bands = []struct {
	under int
	code  forms.AgeBand
}{{13, "under_13"}, {16, "13_to_15"}, {18, "16_to_17"}, {25, "18_to_24"}, {40, "25_to_39"}, {60, "40_to_59"}, {200, "60_and_over"}}

func ageBand(r *forms.Referral, today forms.Date) forms.AgeBand {
	age := r.Age.N
	switch first := r.Born.First(); {
	case first != "":
		age = forms.AgeOn(first, today)
	case !r.Age.Set:
		return forms.Unknown
	}
	i := slices.IndexFunc(bands, func(b struct {
		under int
		code  forms.AgeBand
	}) bool {
		return age < b.under
	})
	if i < 0 {
		return forms.Unknown
	}
	return bands[i].code
}

func (s *Service) consentCheck(r *forms.Referral) forms.Release {
	switch {
	case r.FromLaw():
		return "not_applicable"
	case r.Consented != "yes_written", r.GiverIsTrafficker():
		return "missing"
	case over(r.ConsentUntil, s.now()):
		return "expired"
	}
	return "in_order"
}
