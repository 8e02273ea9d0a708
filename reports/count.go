package reports

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"nysreferral/calendar"
)

// Options are what a count needs beside the facts. All fields are needed.
type Options struct {
	Period   Period
	Now      time.Time
	Calendar *calendar.Calendar

	// AcceptDays and ContactDays are how long a recipient has to accept, in
	// business days, and to reach the person from then on, in days. Until then
	// nobody is counted as never reached.
	AcceptDays  int
	ContactDays int
}

// Count adds referrals up, one after another, in memory that grows with the
// tables and not with the referrals. Several goroutines each take a Count of
// their own, which Merge brings together.
type Count struct {
	Options
	from, until time.Time
	tally       [parts]map[string]*[columns]int
	spans       map[place]lengths
}

// place is where a span is measured: in a row of a part.
type place struct {
	part part
	row  string
	span span
}

// NewCount returns an empty count.
func NewCount(o Options) *Count {
	c := &Count{Options: o, spans: map[place]lengths{}}
	c.from, c.until = o.Period.Bounds()
	for p := range c.tally {
		c.tally[p] = map[string]*[columns]int{}
	}
	return c
}

// Add counts one referral that was received within the period. Others are left
// out.
func (c *Count) Add(f *Fact) {
	if f.ReceivedAt.Before(c.from) || !f.ReceivedAt.Before(c.until) {
		return
	}
	month := c.Period.row(f.ReceivedAt)
	if f.Outcome == Withdrawn {
		c.tick(whole, "", of(received, withdrawn))
		c.tick(byMonth, month, of(received, withdrawn))
		return
	}
	cols := of(received, counted) | c.fate(f)
	stage, since := c.stage(f)
	if f.Outcome == Confirmed {
		cols |= stage
	}
	cols |= c.notice(f)
	c.tick(whole, "", cols)
	c.tick(byMonth, month, cols)
	for _, one := range [...]struct {
		part part
		row  string
	}{{bySource, f.Source}, {byType, f.Type}, {byAge, f.AgeBand}, {byGender, f.Gender}, {byCounty, f.County}, {byStay, f.Stays},
		{byOrigin, f.Origin}, {byLanguage, f.Language}} {
		c.tick(one.part, cmp.Or(one.row, unknown), cols)
	}
	c.several(byVenue, f.Venues, cols)
	c.several(bySector, f.Sectors, cols)
	switch f.Outcome {
	case Declined:
		c.tick(byReason, cmp.Or(f.Reason, unknown), cols)
	case Confirmed:
		c.tick(byFound, cmp.Or(f.Found, unknown), cols)
		kind := firstKind(f)
		c.tick(byKind, kind, cols)
		c.stages(f, kind, since, cols)
		c.contact(f, ldss, [5]column{ldssSent, ldssDue, ldssReached, ldssMissed, ldssEarly})
		c.contact(f, rhtp, [5]column{rhtpSent, rhtpDue, rhtpReached, rhtpMissed, rhtpEarly})
	}
	c.soon(f, month, cols)
}

// tick counts one in those of the columns that the part has.
func (c *Count) tick(p part, row string, cols set) {
	cols &= divisions[p].cols
	if cols == 0 {
		return
	}
	t := c.tally[p][row]
	if t == nil {
		t = &[columns]int{}
		c.tally[p][row] = t
	}
	for col := range columns {
		if cols.has(col) {
			t[col]++
		}
	}
}

func (c *Count) several(p part, rows []string, cols set) {
	for i, row := range rows {
		if !slices.Contains(rows[:i], row) {
			c.tick(p, row, cols)
		}
	}
}

// fate is what came of a referral, and how soon.
//
// Law: 9 NYCRR 6174.3(b), three business days; State Comptroller, March 2025,
// six.
func (c *Count) fate(f *Fact) set {
	var out set
	switch f.Outcome {
	case Confirmed:
		out = of(decided, confirmed)
	case Declined:
		out = of(decided, declined, others)
	default:
		return of(pending, others)
	}
	if f.Extended {
		out |= of(extended)
	} else {
		out |= of(unextended)
	}
	switch {
	case !c.after(f, 3):
		return out | of(within3, within6)
	case !c.after(f, 6):
		return out | of(over3, within6)
	}
	return out | of(over6)
}

// after reports whether the determination came after the close of that
// business day. The long way round is gone only near the limit.
func (c *Count) after(f *Fact, days int) bool {
	switch n := c.businessDays(f.ReceivedAt, f.DecidedAt); {
	case n < days:
		return false
	case n > days+1:
		return true
	}
	return f.DecidedAt.After(c.Calendar.Due(f.ReceivedAt, days))
}

func (c *Count) businessDays(from, to time.Time) int {
	n, over := c.Calendar.Left(from, to)
	if over {
		return 0
	}
	return n
}

// soon measures how long the determination and the notice took.
func (c *Count) soon(f *Fact, month string, cols set) {
	if cols.has(decided) {
		n := c.businessDays(f.ReceivedAt, f.DecidedAt)
		c.measure(whole, "", toDecision, n)
		c.measure(byMonth, month, toDecision, n)
		c.measure(bySource, cmp.Or(f.Source, unknown), toDecision, n)
	}
	if cols.has(minors) && !f.NoticeAt.IsZero() {
		n := int(f.NoticeAt.Sub(f.ReceivedAt).Hours())
		c.measure(whole, "", toNotice, n)
		c.measure(byMonth, month, toNotice, n)
	}
}

func (c *Count) measure(p part, row string, s span, n int) {
	at := place{p, row, s}
	if c.spans[at] == nil {
		c.spans[at] = lengths{}
	}
	c.spans[at].add(n)
}

// notice says how soon the district was told of somebody handled as a minor.
//
// Law: SSL 483-cc(b).
func (c *Count) notice(f *Fact) set {
	young := slices.Contains(under18, f.AgeBand)
	if !young && !f.Minor {
		return 0
	}
	out := of(minors)
	if !young {
		out |= of(minorsOther)
	}
	switch {
	case f.NoticeAt.IsZero():
		return out | of(untold)
	case f.NoticeAt.Sub(f.ReceivedAt) <= 24*time.Hour:
		return out | of(told1)
	}
	return out | of(toldLater)
}

// Merge adds what another count has counted; both are of the same options.
func (c *Count) Merge(other *Count) {
	for p := range other.tally {
		for row, t := range other.tally[p] {
			if c.tally[p][row] == nil {
				c.tally[p][row] = &[columns]int{}
			}
			for col, n := range t {
				c.tally[p][row][col] += n
			}
		}
	}
	for at, l := range other.spans {
		if c.spans[at] == nil {
			c.spans[at] = lengths{}
		}
		c.spans[at].merge(l)
	}
}

// sorted are the keys of a map in order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
