package reports

// fill is one column of figures and where they come from.
type fill struct {
	Column
	figure func(g *grid, p part, row string) Figure
}

func persons(key, label string, col column) fill {
	return fill{Column{key, label, inPersons}, func(g *grid, p part, row string) Figure { return g.persons(p, row, col) }}
}

func share(key, label string, col column, of ...column) fill {
	return fill{Column{key, label, InPercent}, func(g *grid, p part, row string) Figure { return g.share(p, row, col, of...) }}
}

func rank(key, label string, s span, percent int) fill {
	return fill{Column{key, label, unitOf(s)}, func(g *grid, p part, row string) Figure { return g.rank(p, row, s, percent) }}
}

// table draws a part with a row of totals at the end, unless its rows add up
// to nothing.
func (g *grid) table(p part, key, title string, fills []fill) Table {
	out := Table{Key: key, Title: title, Head: heads[p]}
	for _, f := range fills {
		out.Columns = append(out.Columns, f.Column)
	}
	for _, row := range g.rowsOf(p) {
		out.Rows = append(out.Rows, g.row(p, row, g.wordOf(p, row), fills))
	}
	if !divisions[p].several {
		total := g.row(whole, "", "Total", fills)
		total.Key = Total
		out.Rows = append(out.Rows, total)
	}
	return out
}

func (g *grid) row(p part, row, label string, fills []fill) Row {
	out := Row{Key: row, Label: label}
	for _, f := range fills {
		out.Figures = append(out.Figures, f.figure(g, p, row))
	}
	return out
}

// keys are the names of tables.
var keys = [parts]string{byMonth: "month", bySource: "referrer", byType: "type", byAge: "age", byGender: "gender", byCounty: "county_found",
	byStay: "county_now", byOrigin: "citizenship", byLanguage: "language", byVenue: "venue", bySector: "sector", byReason: "reason", byFound: "type_confirmed"}

// titles are what tables of referrals are called.
var titles = [parts]string{byMonth: "By month", bySource: "By kind of referrer", byType: "By type of trafficking, as it was referred", byAge: "By age",
	byGender: "By gender", byCounty: "By county where the person was found", byStay: "By county where the person lives or stays", byOrigin: "By citizenship",
	byLanguage: "By language", byVenue: "Venues of sex trafficking", bySector: "Sectors of labor trafficking", byReason: "Why not confirmed",
	byFound: "Confirmed, by type"}

// referralsByMonth is what came of the referrals of each month.
func referralsByMonth(g *grid) Table {
	t := g.table(byMonth, keys[byMonth], titles[byMonth], []fill{persons("referred", "Referred", counted), persons("confirmed", "Confirmed", confirmed),
		persons("not_confirmed", "Not confirmed", declined), persons("open", "Open", pending)})
	t.Note = withoutWithdrawn
	return t
}

const withoutWithdrawn = "Without those that were withdrawn or destroyed."

// summary is all that was received.
func summary(g *grid) Table {
	out := Table{Key: "all", Title: "All referrals", Head: "What came of them", Columns: []Column{{"people", "People", inPersons}}}
	for _, one := range []struct {
		key, word string
		col       column
	}{{"received", "Received", received}, {"confirmed", "Confirmed", confirmed}, {"not_confirmed", "Not confirmed", declined}, {"open", "Open", pending},
		{"withdrawn", "Withdrawn or destroyed", withdrawn}, {"extended", "Of those decided, with more time granted", extended}} {
		out.Rows = append(out.Rows, Row{Key: one.key, Label: one.word, Figures: []Figure{g.persons(whole, "", one.col)}})
	}
	return out
}

// extentOf is how many were referred and confirmed, by a part.
func extentOf(p part) func(*grid) Table {
	return func(g *grid) Table {
		t := g.table(p, keys[p], titles[p], []fill{persons("referred", "Referred", counted), persons("confirmed", "Confirmed", confirmed)})
		t.Note = withoutWithdrawn
		return t
	}
}

// plain is one column of counts.
func plain(p part, col column, label string) func(*grid) Table {
	return func(g *grid) Table {
		t := g.table(p, keys[p], titles[p], []fill{persons("people", label, col)})
		if divisions[p].several {
			t.Note = "A person may stand in several rows."
		}
		return t
	}
}

// timesBy is how soon referrals were decided, by a part.
func timesBy(p part) func(*grid) Table {
	return func(g *grid) Table {
		t := g.table(p, "time_by_"+keys[p], "Time to the determination, "+lower(titles[p]), []fill{
			persons("decided", "Decided", decided), rank("median", "Median", toDecision, 50), rank("p90", "90th percentile", toDecision, 90),
			persons("within_3", "Within 3 days", within3), share("share_3", "Within 3 days, share", within3, decided),
			persons("within_6", "Within 6 days", within6), share("share_6", "Within 6 days, share", within6, decided),
			persons("over_6", "Later", over6)})
		t.Plot = 4
		return t
	}
}

// stopWords are what people read for the stops of the road.
var stopWords = [5][2]string{{"confirmed", "Confirmed"}, {"sent", "Sent to a recipient"}, {"accepted", "Accepted"}, {"reached", "Reached"}, {"served", "Services began"}}

// roadOf is the road of those whose first recipient was of a kind.
func roadOf(kind string) func(*grid) Table {
	return func(g *grid) Table {
		return g.road(byKind, kind, "road_"+kind, "First sent to: "+g.wordOf(byKind, kind))
	}
}

// roadOfAll is the road of all confirmed people, with those who stand at each
// stop now.
func roadOfAll(g *grid) Table {
	out := g.road(whole, "", "road", "All confirmed people")
	out.Columns = append(out.Columns, Column{"waits", "Stand here now", inPersons}, Column{"waits_median", "Days they stand, median", inDays},
		Column{"waits_p90", "Days they stand, 90th percentile", inDays}, Column{"ended", "Ended here", inPersons})
	for i, s := range stops {
		r := &out.Rows[i]
		r.Figures = append(r.Figures, g.persons(whole, "", s.waits), g.rank(whole, "", s.stood, 50), g.rank(whole, "", s.stood, 90), g.persons(whole, "", s.ended))
	}
	return out
}

func (g *grid) road(p part, kind, key, title string) Table {
	out := Table{Key: key, Title: title, Head: "Stop", Columns: []Column{{"came", "Came this far", inPersons}, {"share", "Of those at the stop before", InPercent},
		{"median", "Days from the stop before, median", inDays}, {"p90", "Days from the stop before, 90th percentile", inDays}}}
	for i, s := range stops {
		r := Row{Key: stopWords[i][0], Label: stopWords[i][1], Figures: []Figure{g.persons(p, kind, s.came), {}, {}, {}}}
		if i > 0 {
			r.Figures[1] = g.share(p, kind, s.came, stops[i-1].came)
			r.Figures[2], r.Figures[3] = g.rank(p, kind, s.took, 50), g.rank(p, kind, s.took, 90)
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// contactColumns are the columns of each kind of recipient.
var contactColumns = []struct {
	kind, word                         string
	sent, due, reached, missed, waited column
}{{ldss, "Local department", ldssSent, ldssDue, ldssReached, ldssMissed, ldssEarly}, {rhtp, "RHTP provider", rhtpSent, rhtpDue, rhtpReached, rhtpMissed, rhtpEarly}}

// contactByKind is who was never reached, by kind of recipient.
func contactByKind(g *grid) Table {
	out := Table{Key: "contact_by_kind", Title: "By kind of recipient", Head: heads[byKind], Plot: 4, Columns: []Column{{"sent", "People sent", inPersons},
		{"in_time", "Can still be reached in time", inPersons}, {"reached", "Reached", inPersons}, {"never_reached", "Never reached", inPersons},
		{"share", "Never reached, share", InPercent}}}
	for _, k := range contactColumns {
		out.Rows = append(out.Rows, Row{Key: k.kind, Label: g.wordOf(byKind, k.kind), Figures: []Figure{g.persons(whole, "", k.sent), g.persons(whole, "", k.waited),
			g.persons(whole, "", k.reached), g.persons(whole, "", k.missed), g.share(whole, "", k.missed, k.due)}})
	}
	return out
}

// contactByPlace is who was never reached, by county and kind of recipient.
func contactByPlace(g *grid) Table {
	var fills []fill
	for _, k := range contactColumns {
		fills = append(fills, persons(k.kind+"_reached", k.word+": reached", k.reached), persons(k.kind+"_never_reached", k.word+": never reached", k.missed),
			share(k.kind+"_share", k.word+": never reached, share", k.missed, k.due))
	}
	t := g.table(byPlace, "contact_by_county", "By county of the recipient", fills)
	t.Note, t.Plot = "Without those who can still be reached in time.", 2
	return t
}

func noticesByMonth(g *grid) Table {
	return g.table(byMonth, "minors_by_month", "Minors, by month of the referral", []fill{persons("minors", "Handled as minors", minors),
		persons("within_24_hours", "Told within 24 hours", told1), share("share", "Within 24 hours, share", told1, minors), persons("later", "Told later", toldLater),
		persons("not_told", "Not told yet", untold), rank("median", "Hours to the notice, median", toNotice, 50), rank("p90", "90th percentile", toNotice, 90)})
}

// lower writes a title as it stands within a sentence.
func lower(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}
