package reports

import (
	"fmt"
	"slices"
)

// sheet is one report of the catalog.
type sheet struct {
	name, title, lead string
	tables            []func(*grid) Table
	notes             []string
}

// catalog is every report. Who may see which, package workflow says.
var catalog = []sheet{
	{"timeliness", "Time to the determination", "How soon referrals are confirmed or not, counted in business days of New York from receipt.",
		[]func(*grid) Table{timesBy(byMonth), timesBy(bySource)}, []string{noteTime}},
	{"road", "From confirmed to served", "How far confirmed people came, how long each part of the road took, and who stands where now.",
		[]func(*grid) Table{roadOfAll, roadOf(ldss), roadOf(rhtp), roadOf(otda)}, []string{noteRoad}},
	{"contact", "People who were never reached", "Of the people who were sent to a recipient, how many no recipient of that kind ever reached.",
		[]func(*grid) Table{contactByKind, contactByPlace}, []string{noteContact}},
	{"minors", "Notices about minors", "How soon the district of the county where a minor was found was told.",
		[]func(*grid) Table{noticesByMonth}, []string{noteMinors}},
	{"referrals", "Referrals", "How many people were referred, and what came of it.", referralTables, []string{noteReferrals}},
	{"yearly", "Yearly report", "The nature and extent of trafficking as the referrals show it, and what the State did: all tables of a period.",
		yearlyTables(), []string{noteReferrals, noteTime, noteRoad, noteContact, noteMinors}},
}

// Notes say how things were counted.
const (
	noteTime = "The determination is due on the third business day after receipt, 9 NYCRR 6174.3(b); the State Comptroller looked for six. The first determination counts, also when it was looked at again later. More time granted for good cause is counted beside, and not taken off."
	noteRoad = "A confirmed person counts at the farthest stop to which any hand-over came. While another one is open, one does not count that ended before the person was reached, that was given back, passed on or taken back, or to which the person said no. Who waits has a hand-over that is not closed. Days between two stops are whole days."

	noteContact = "Counted as the State Comptroller did in March 2025, when 74 of 139 sampled people who were sent to local departments had never made contact: a person who was sent there and whom nobody there ever reached, for whatever reason. The share is of those who were reached and those who were not; who can still be reached in time is counted apart. A person who was sent to both kinds of recipient counts once for each."
	noteMinors  = "Everybody who is handled as a minor, also when it is not certain. The law asks for the notice on receipt; it waits for a contact that is verified, SSL 483-cc(b)."

	noteReferrals = "Referrals count in the month in which they were received. Drafts are not counted. A referral that was withdrawn or destroyed is counted by its month only: nothing about the person is kept for numbers."
)

// noteSmall says what withheld means.
var noteSmall = fmt.Sprintf("Withheld: a number of people under %d, zero among them, or one from which such a number could be worked out. Nobody can tell which. Rows of which everything is withheld are told together.", Least)

var referralTables = []func(*grid) Table{summary, referralsByMonth, extentOf(bySource), extentOf(byType), plain(byFound, confirmed, "Confirmed"), extentOf(byAge),
	extentOf(byGender), extentOf(byCounty), extentOf(byStay), extentOf(byOrigin), extentOf(byLanguage), plain(byVenue, counted, "Referred"),
	plain(bySector, counted, "Referred"), plain(byReason, declined, "Not confirmed")}

// yearlyTables are those of all other reports.
//
// Law: SSL 483-ee, the data that the interagency task force collects.
func yearlyTables() []func(*grid) Table {
	return append(append([]func(*grid) Table{}, referralTables...),
		timesBy(byMonth), timesBy(bySource), roadOfAll, roadOf(ldss), roadOf(rhtp), roadOf(otda), contactByKind, contactByPlace, noticesByMonth)
}

// Names lists the names of the reports.
func Names() []string {
	out := make([]string, len(catalog))
	for i, s := range catalog {
		out[i] = s.name
	}
	return out
}

// Described returns the title of a report and what it is for, and whether there
// is one of that name.
func Described(name string) (title, lead string, ok bool) {
	for _, s := range catalog {
		if s.name == name {
			return s.title, s.lead, true
		}
	}
	return "", "", false
}

// Report returns the report of that name over all that was counted, and
// whether there is one.
func (c *Count) Report(name string) (Report, bool) {
	for _, s := range catalog {
		if s.name == name {
			return c.report(s), true
		}
	}
	return Report{}, false
}

func (c *Count) report(s sheet) Report {
	out := Report{Name: s.name, Title: s.title, Lead: s.lead, From: c.Period.From.String(), To: c.Period.To.String(), MadeAt: c.Now.UTC(),
		Tables: []Table{}, Notes: append(append([]string{}, s.notes...), noteSmall)}
	g := c.protected()
	for _, t := range s.tables {
		out.Tables = append(out.Tables, t(g))
	}
	if !slices.ContainsFunc(out.Tables, Table.Shown) {
		out.TooFew, out.Tables = tooFew, []Table{}
	}
	return out
}

// tooFew is said instead of tables in which everything is withheld.
var tooFew = fmt.Sprintf("Too few to show: there are fewer than %d people behind each of these numbers, or so few more that the numbers would tell of them. Choose a longer period.", Least)
