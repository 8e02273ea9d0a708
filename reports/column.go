package reports

// column is one thing that a referral is counted as. A referral counts in
// every column that holds for it.
type column uint8

// The columns. What is withdrawn or destroyed is counted as received and
// withdrawn, and as nothing else: no fact about the person is read of it.
const (
	received column = iota
	withdrawn
	counted // received and not withdrawn
	others  // counted and not confirmed

	decided
	pending
	confirmed
	declined
	within3 // business days from receipt to the first determination
	within6 // three, or six
	over3   // four to six
	over6
	extended
	unextended

	// The road of a confirmed person: how far any hand-over came, who stands
	// there, and of those who waits and who is at an end.
	sent
	accepted
	reached
	served
	atConfirmed
	atSent
	atAccepted
	atReached
	waitsConfirmed
	waitsSent
	waitsAccepted
	waitsReached
	waitsServed
	endedConfirmed
	endedSent
	endedAccepted
	endedReached
	endedServed

	// A person and one kind of recipient: sent there, and then.
	ldssSent
	ldssDue // reached, or the time to do so is over
	ldssReached
	ldssMissed
	ldssEarly
	rhtpSent
	rhtpDue
	rhtpReached
	rhtpMissed
	rhtpEarly

	// Handled as a minor.
	minors
	told1 // the notice went out within 24 hours
	toldLater
	untold
	minorsOther // no age below 18 is known, and handled as a minor

	columns // how many there are
)

// set is a set of columns.
type set uint64

func of(list ...column) set {
	var out set
	for _, c := range list {
		out |= 1 << c
	}
	return out
}

func (s set) has(c column) bool { return s&(1<<c) != 0 }

// sum says that a column is the sum of others, in every row.
type sum struct {
	whole column
	parts []column
}

// sums is all that is known of how columns add up. Whoever reads a report
// knows it too, so nothing is withheld that they would tell.
var sums = []sum{
	{received, []column{counted, withdrawn}},
	{counted, []column{decided, pending}},
	{counted, []column{confirmed, others}},
	{others, []column{declined, pending}},
	{decided, []column{confirmed, declined}},
	{decided, []column{within6, over6}},
	{within6, []column{within3, over3}},
	{decided, []column{extended, unextended}},

	{confirmed, []column{atConfirmed, sent}},
	{sent, []column{atSent, accepted}},
	{accepted, []column{atAccepted, reached}},
	{reached, []column{atReached, served}},
	{atConfirmed, []column{waitsConfirmed, endedConfirmed}},
	{atSent, []column{waitsSent, endedSent}},
	{atAccepted, []column{waitsAccepted, endedAccepted}},
	{atReached, []column{waitsReached, endedReached}},
	{served, []column{waitsServed, endedServed}},

	{ldssSent, []column{ldssDue, ldssEarly}},
	{ldssDue, []column{ldssReached, ldssMissed}},
	{rhtpSent, []column{rhtpDue, rhtpEarly}},
	{rhtpDue, []column{rhtpReached, rhtpMissed}},

	{minors, []column{told1, toldLater, untold}},
}

// bases are the columns that say how many a row is about, in the order in which
// they are looked for.
var bases = []struct{ first, last, base column }{{received, withdrawn, received}, {counted, unextended, counted}, {sent, endedServed, confirmed},
	{ldssSent, ldssEarly, ldssDue}, {rhtpSent, rhtpEarly, rhtpDue}, {minors, minorsOther, minors}}

// base is the column of a row that says how many the row is about.
func (c column) base() column {
	for _, b := range bases {
		if b.first <= c && c <= b.last {
			return b.base
		}
	}
	return counted
}

// extent are those of a row that tells how many were referred and confirmed.
var extent = of(counted, confirmed, others)

// times are those of a row that tells how soon they were decided.
var times = extent | of(decided, pending, declined, within3, within6, over3, over6)

// way are those of a row that tells how far people came.
var way = of(confirmed, sent, accepted, reached, served, atConfirmed, atSent, atAccepted, atReached)

// contacts are those of a row that tells who was reached.
var contacts = of(ldssDue, ldssReached, ldssMissed, rhtpDue, rhtpReached, rhtpMissed)

// notices are those of a row about minors.
var notices = of(minors, told1, toldLater, untold)

// part is a way to divide referrals into rows.
type part uint8

// The parts. No part is a county together with anything about the person: a
// county stands beside what came of the referral and who was reached, never
// beside age, gender or type.
const (
	whole part = iota // one row, the total
	byMonth
	bySource
	byType
	byAge
	byGender
	byCounty // found
	byStay   // lives or stays
	byOrigin // citizen of the United States, or not
	byLanguage
	byVenue  // several at once
	bySector // several at once
	byReason // of those not confirmed
	byFound  // type, of those confirmed
	byKind   // of the first recipient, of those confirmed
	byPlace  // county of the recipient

	parts
)

// division is what is counted of a part.
type division struct {
	cols    set
	printed set  // stand in some report
	process bool // a zero within a row tells about the process alone, so it is shown
	empty   bool // a row of nobody tells of nobody, so its zero is shown too
	several bool // a person may stand in several rows, so they add up to nothing
}

// divisions is every part with what is counted of it.
var divisions = [parts]division{
	whole:      {cols: 1<<columns - 1, printed: (1<<columns - 1) &^ of(others, over3, unextended, atConfirmed, atSent, atAccepted, atReached, minorsOther), process: true, empty: true},
	byMonth:    {cols: times | notices, printed: (times | notices) &^ of(others, over3), process: true, empty: true},
	bySource:   {cols: times, printed: times &^ of(others, over3, pending, declined), process: true, empty: true},
	byType:     {cols: extent, printed: extent &^ of(others)},
	byAge:      {cols: extent, printed: extent &^ of(others)},
	byGender:   {cols: extent, printed: extent &^ of(others)},
	byCounty:   {cols: extent, printed: extent &^ of(others)},
	byStay:     {cols: extent, printed: extent &^ of(others)},
	byOrigin:   {cols: extent, printed: extent &^ of(others)},
	byLanguage: {cols: extent, printed: extent &^ of(others)},
	byVenue:    {cols: of(counted), printed: of(counted), several: true},
	bySector:   {cols: of(counted), printed: of(counted), several: true},
	byReason:   {cols: of(declined), printed: of(declined)},
	byFound:    {cols: of(confirmed), printed: of(confirmed)},
	byKind:     {cols: way, printed: way &^ of(atConfirmed, atSent, atAccepted, atReached), process: true, empty: true},
	byPlace:    {cols: contacts, printed: contacts, process: true},
}
