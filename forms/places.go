package forms

import (
	"slices"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// County is one of the 62 counties, by code ("st_lawrence").
type County string

// Options returns the codes in the order of the names.
func (County) Options() []string {
	return list(`albany allegany bronx broome cattaraugus cayuga chautauqua chemung chenango clinton columbia
		cortland delaware dutchess erie essex franklin fulton genesee greene hamilton herkimer jefferson kings
		lewis livingston madison monroe montgomery nassau new_york niagara oneida onondaga ontario orange
		orleans oswego otsego putnam queens rensselaer richmond rockland st_lawrence saratoga schenectady
		schoharie schuyler seneca steuben suffolk sullivan tioga tompkins ulster warren washington wayne
		westchester wyoming yates`)
}

// StaysIn is a county, or one of the answers that stand in its place.
type StaysIn string

// Options returns the counties' codes, then the answers in their place.
func (StaysIn) Options() []string {
	return append(County("").Options(), "homeless", "outside_new_york", "unknown")
}

// Tongue is a spoken language: the State's twelve (Executive Law 202-a; Chinese
// by the spoken kind), American Sign Language, six Indigenous languages, and
// "other", which is then named in words.
type Tongue string

// Options returns the codes.
func (Tongue) Options() []string {
	return list(`english spanish chinese_mandarin chinese_cantonese chinese_fuzhounese russian yiddish bengali
		korean haitian_creole italian arabic polish french urdu american_sign_language kiche mam qeqchi
		garifuna mixtec nahuatl other unknown`)
}

// Reading is a written language, or the wish to be told.
type Reading string

// Options returns the codes.
func (Reading) Options() []string {
	return list(`english spanish chinese_simplified chinese_traditional russian yiddish bengali korean
		haitian_creole italian arabic polish french urdu prefers_to_be_told other unknown`)
}

// Country is a country by its ISO 3166 code of two letters, or "unknown".
type Country string

// Options returns the codes, then "unknown".
func (Country) Options() []string { return append(slices.Clone(countries), "unknown") }

// reserved are codes beside the standard's own: islands and unions kept for
// other uses, and states that are no more.
var reserved = list("AC AN CP CQ CS DG EA EU EZ FQ IC NT PC SU TA UN YU")

// countries is read once: the regions of ISO 3166 that are countries.
var countries = func() []string {
	var out []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string(a) + string(b))
			if err == nil && region.IsCountry() && !slices.Contains(reserved, region.String()) && region.String() == string(a)+string(b) && region.Canonicalize() == region {
				out = append(out, region.String())
			}
		}
	}
	return out
}()

// countryName returns the name of a country's code in English.
func countryName(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.English.Regions().Name(region)
}
