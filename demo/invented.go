package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"nysreferral/forms"
	"nysreferral/referrals"
)

// inventedIn is the year in which the invented people have the age that they are
// made with.
const inventedIn = 2026

// Invented is somebody who does not exist, made from a number: the same for the
// same number, and for others another. The demonstration's history and the
// measurements take their people from here.
type Invented struct {
	Family, Given forms.Text
	Other         forms.Text // another name, or ""
	Year          int        // of birth
	Gender        forms.Gender
	County        forms.County // where the person was found, and stays
	Country       forms.Country
	Spoken        forms.Tongue
	Category      forms.Category
	Sex           bool // sex trafficking; else labor
	Venue         forms.SexVenue
	Sector        forms.LaborSector
	town          string
}

// weighed is a choice and how often it is made.
type weighed struct {
	code  string
	times int
}

// countyShares are made up, after how many people live where: no count of
// referrals by county is published.
var countyShares = []weighed{{"kings", 13}, {"queens", 13}, {"new_york", 10}, {"bronx", 9}, {"richmond", 3}, {"suffolk", 7}, {"nassau", 6}, {"westchester", 6},
	{"erie", 7}, {"monroe", 5}, {"onondaga", 4}, {"albany", 3}, {"orange", 3}, {"dutchess", 2}, {"rockland", 2}, {"tompkins", 2}, {"broome", 2}, {"niagara", 2},
	{"oneida", 2}, {"saratoga", 1}, {"ulster", 1}, {"schenectady", 1}, {"rensselaer", 1}, {"jefferson", 1}, {"clinton", 1}, {"wyoming", 1}, {"chautauqua", 1}}

// origins are countries. Two of five people are of the United States, as the shares
// of those who receive them let one guess.
var origins = []weighed{{"US", 8}, {"CN", 2}, {"MX", 2}, {"GT", 1}, {"HN", 1}, {"EC", 1}, {"PH", 1}, {"KR", 1}, {"HT", 1}, {"BD", 1}, {"PL", 1}, {"SN", 1}}

// tongues are what people of those countries speak here.
var tongues = map[string]forms.Tongue{"US": "english", "CN": "chinese_mandarin", "MX": "spanish", "GT": "spanish", "HN": "spanish", "EC": "spanish", "PH": "english",
	"KR": "korean", "HT": "haitian_creole", "BD": "bengali", "PL": "polish", "SN": "french"}

var (
	venues  = []forms.SexVenue{"escort_or_online", "illicit_massage", "residential_brothel", "street", "hotel", "bar_strip_club_or_cantina"}
	sectors = []forms.LaborSector{"domestic_work", "agriculture_or_animal_husbandry", "construction", "restaurant_or_food", "landscaping", "nail_or_beauty_salon", "cleaning", "factories"}
)

// Invent makes the person of number n.
func Invent(n int) Invented {
	r := rand.New(rand.NewPCG(uint64(n), 483))
	country := pick(r, origins)
	p := Invented{Family: name(r, 3), Given: name(r, 3), Year: year(r), Gender: "woman_or_girl", County: forms.County(pick(r, countyShares)),
		Country: forms.Country(country), Spoken: tongues[country], Category: "us_citizen_or_national", town: string(name(r, 3)) + "ville"}
	if r.IntN(9) < 4 {
		p.Gender = "man_or_boy"
	}
	if r.IntN(3) == 0 {
		p.Other = name(r, 3)
	}
	if p.Country != "US" {
		p.Category = "other_or_no_status_or_pending"
		if r.IntN(3) == 0 {
			p.Category = "qualified_status"
		}
	}
	p.Sex = r.IntN(100) < map[forms.Gender]int{"woman_or_girl": 70, "man_or_boy": 15}[p.Gender]
	p.Venue, p.Sector = venues[r.IntN(len(venues))], sectors[r.IntN(len(sectors))]
	return p
}

// year is a year of birth: of ten adults seven are 18 to 39.
func year(r *rand.Rand) int {
	if r.IntN(10) < 7 {
		return 1987 + r.IntN(20)
	}
	return 1962 + r.IntN(25)
}

// pick chooses one of the list, each as often as it says.
func pick(r *rand.Rand, list []weighed) string {
	sum := 0
	for _, w := range list {
		sum += w.times
	}
	at := r.IntN(sum)
	for _, w := range list {
		if at -= w.times; at < 0 {
			return w.code
		}
	}
	return list[0].code
}

// Beginnings and ends of names that nobody bears.
var (
	starts = strings.Fields("Bra Cel Dov Elb Fen Gor Hul Ixa Jev Kro Lum Myr Nel Orv Pla Quo Rav Sko Tev Ulm Vor Wex Yal Zim")
	middle = strings.Fields("a e i o u an el ir om ush")
	ends   = strings.Fields("dra fik gan lot mond nesk pir quin rath sby tov vane wick xon zel")
)

// name is a name of syllables.
func name(r *rand.Rand, parts int) forms.Text {
	out := starts[r.IntN(len(starts))]
	for range parts - 2 {
		out += middle[r.IntN(len(middle))]
	}
	return forms.Text(out + ends[r.IntN(len(ends))])
}

// Fill puts the person in the place of the one whom the answers name; what
// happened stays as it was told.
func (p Invented) Fill(r *forms.Referral) {
	r.FamilyName, r.GivenNames, r.FamilyNameUnknown, r.OtherNames, r.NameToUse = p.Family, p.Given, false, nil, ""
	if p.Other != "" {
		r.OtherNames = []forms.OtherName{{Name: p.Other, Kind: "nickname"}}
	}
	r.Born, r.Age, r.AgeEstimated = forms.PartialDate(fmt.Sprintf("%d-%02d", p.Year, 1+len(p.Family)%12)), forms.Number{}, false
	r.Gender, r.Spoken, r.NeedsInterpreter, r.Written = p.Gender, p.Spoken, "no", ""
	if p.Spoken != "english" {
		r.NeedsInterpreter = "yes"
	}
	if r.ConsentFrom != "" { // it was asked for in the language that the person speaks
		r.ConsentLanguage, r.Interpreter = p.Spoken, ""
		if p.Spoken != "english" {
			r.Interpreter = "phone_line"
		}
	}
	r.BirthCountry, r.Citizenships, r.Category = p.Country, []forms.Country{p.Country}, p.Category
	r.CountyFound, r.CountyNow = p.County, forms.StaysIn(p.County)
	r.Places, r.PlacesUnknown = []forms.Place{{County: forms.StaysIn(p.County), Text: forms.Text(p.town)}}, false
	r.Living, r.LastContact, r.Debt, r.PapersHeld, r.PapersWhich = "with_family_or_friends", "over_a_year", "", "", ""
	r.Force, r.Fraud, r.Actions = nil, []forms.Fraud{"false_job"}, []forms.Done{"recruited"}
	if p.Sex {
		r.Trafficking, r.SexVenues, r.LaborSectors = []forms.Trafficking{"sex"}, []forms.SexVenue{p.Venue}, nil
		r.Coercion, r.Summary = []forms.Coercion{"debt_or_bond"}, "A job was promised, and a debt was named on arrival. It had to be paid off by meeting strangers, whom others chose."
		return
	}
	r.Trafficking, r.SexVenues, r.LaborSectors = []forms.Trafficking{"labor"}, nil, []forms.LaborSector{p.Sector}
	r.Coercion = []forms.Coercion{"wages_withheld", "threat_of_harm_to_the_person"}
	r.Summary = "A job was promised. It was long days for months without pay, and the person was told what would happen to somebody who leaves."
}

// unshown is what is told of the person where nothing shows means: wages that were
// not paid, and somebody who could leave.
func (p Invented) unshown(r *forms.Referral) {
	r.Trafficking, r.SexVenues, r.LaborSectors = []forms.Trafficking{"labor"}, nil, []forms.LaborSector{p.Sector}
	r.Force, r.Fraud, r.Coercion, r.Actions, r.MeansUnclear = nil, nil, nil, nil, true
	r.Summary = "Worked for two months and was paid for one. The owner says that the rest comes later. The person could leave, and went home each night."
}

// band is the age band in the year of the demonstration's cases.
func (p Invented) band() string {
	switch age := inventedIn - p.Year; {
	case age < 25:
		return "18_to_24"
	case age < 40:
		return "25_to_39"
	case age < 60:
		return "40_to_59"
	}
	return "60_and_over"
}

// Facets are what reports keep of the person.
func (p Invented) Facets(source forms.SourceKind) referrals.Facets {
	f := referrals.Facets{Source: string(source), County: string(p.County), CountyNow: string(p.County), AgeBand: p.band(), Gender: string(p.Gender), Language: string(p.Spoken),
		Type: "labor", Foreign: "foreign", Urgency: "normal", Interpreter: p.Spoken != "english"}
	if p.Category == "us_citizen_or_national" {
		f.Foreign = "us"
	}
	if p.Sex {
		f.Type, f.Venues = "sex", []string{string(p.Venue)}
		return f
	}
	f.Sectors = []string{string(p.Sector)}
	return f
}
