package reports

import (
	"slices"

	"nysreferral/forms"
)

// source is the field of the form whose codes and words the rows of a part have.
var source = map[part]*forms.Field{
	bySource:   forms.Questions.Field("sourceKind"),
	byType:     forms.Reviews.Field("typeConfirmed"),
	byFound:    forms.Reviews.Field("typeConfirmed"),
	byAge:      forms.Reviews.Field("ageBand"),
	byGender:   forms.Questions.Field("gender"),
	byCounty:   forms.Questions.Field("countyFound"),
	byPlace:    forms.Questions.Field("countyFound"),
	byStay:     forms.Questions.Field("countyNow"),
	byLanguage: forms.Questions.Field("spokenLanguage"),
	byVenue:    forms.Questions.Field("sexVenues"),
	bySector:   forms.Questions.Field("laborSectors"),
	byReason:   forms.Reviews.Field("reasonCategory"),
}

// own are the rows of parts that no field of the form names.
var own = map[part][][2]string{
	whole:    {{"", "All"}},
	byOrigin: {{"us", "U.S. citizen or national"}, {"foreign", "Not a U.S. citizen or national"}},
	byKind:   {{ldss, "Local department of social services"}, {rhtp, "RHTP provider"}, {otda, "Kept by OTDA"}, {"", "No recipient yet"}},
}

// heads are what the rows of a part are.
var heads = [parts]string{byMonth: "Received in", bySource: "Kind of referrer", byType: "Type of trafficking", byAge: "Age", byGender: "Gender",
	byCounty: "County where found", byStay: "Where the person lives or stays", byOrigin: "Citizenship", byLanguage: "Language", byVenue: "Venue",
	bySector: "Sector", byReason: "Reason", byFound: "Type that was confirmed", byKind: "Recipient", byPlace: "County of the recipient"}

// named are the codes and words of the rows that a part can have.
func (c *Count) named(p part) (codes, words []string) {
	if p == byMonth {
		return c.Period.rows()
	}
	for _, row := range own[p] {
		codes, words = append(codes, row[0]), append(words, row[1])
	}
	if f := source[p]; f != nil {
		codes, words = append(codes, f.Codes...), append(words, f.Labels...)
	}
	if p != whole && p != byKind && !slices.Contains(codes, unknown) {
		codes, words = append(codes, unknown), append(words, "Not known or not told")
	}
	return codes, words
}

// wordOf is what people read for a row.
func (c *Count) wordOf(p part, row string) string {
	codes, words := c.named(p)
	if i := slices.Index(codes, row); i >= 0 {
		return words[i]
	}
	return row
}
