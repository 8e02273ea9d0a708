package reports

import (
	"slices"
	"time"
)

// stop is one stop of the road of a confirmed person.
type stop struct {
	came  column // came this far
	at    column // and no further
	waits column
	ended column
	took  span // from the stop before; of the first, from receipt
	stood span
}

// stops is the road, in order.
var stops = []stop{
	{confirmed, atConfirmed, waitsConfirmed, endedConfirmed, toDecision, inConfirmed},
	{sent, atSent, waitsSent, endedSent, toSent, inSent},
	{accepted, atAccepted, waitsAccepted, endedAccepted, toAccepted, inAccepted},
	{reached, atReached, waitsReached, endedReached, toReached, inReached},
	{served, served, waitsServed, endedServed, toServed, inServed},
}

// moments are when a person came to each stop by the first of the hand-overs that
// came so far; zero for a stop that none came to.
func moments(f *Fact, handed []Handed) [5]time.Time {
	out := [5]time.Time{f.DecidedAt}
	for _, h := range handed {
		for i, at := range []time.Time{h.SentAt, h.AcceptedAt, h.ReachedAt, h.ServedAt} {
			if !at.IsZero() && (out[i+1].IsZero() || at.Before(out[i+1])) {
				out[i+1] = at
			}
		}
	}
	return out
}

// Stop is a stop of the road of a confirmed person.
type Stop int

// The stops, in order.
const (
	AtConfirmed Stop = iota
	AtSent
	AtAccepted
	AtReached
	AtServed
)

// Standing is where a confirmed person stands: the farthest stop to which any
// hand-over came that holds, since when, and whether the person still waits there:
// has a hand-over that is not closed. ok is false for who is not confirmed. Every
// count of people on the road is made by it.
func Standing(f *Fact) (at Stop, since time.Time, waits, ok bool) {
	if f.Outcome != Confirmed {
		return 0, time.Time{}, false, false
	}
	came := moments(f, holding(f))
	for i, moment := range came {
		if !moment.IsZero() {
			at = Stop(i)
		}
	}
	return at, came[at], !atEnd(f), true
}

// holding are the hand-overs that say where a person stands. While one is open,
// those do not count that ended before the person was reached, or by which nobody
// helps any more: who said no to one recipient and waits for another was reached by
// nobody who helps. When all are closed, all count.
func holding(f *Fact) []Handed {
	if atEnd(f) {
		return f.Handed
	}
	var out []Handed
	for _, h := range f.Handed {
		if h.UndoneAt.IsZero() && (h.ClosedAt.IsZero() || !h.ReachedAt.IsZero()) {
			out = append(out, h)
		}
	}
	return out
}

// Before reports whether somebody reached the person by a hand-over that holds no
// more, while nobody has by one that does: the person waits for another recipient.
func Before(f *Fact) bool {
	at, _, waits, ok := Standing(f)
	if !ok || !waits || at >= AtReached {
		return false
	}
	return slices.ContainsFunc(f.Handed, func(h Handed) bool { return !h.ReachedAt.IsZero() })
}

// stage is how far a confirmed person came, and since when.
func (c *Count) stage(f *Fact) (set, time.Time) {
	last, since, waits, ok := Standing(f)
	if !ok {
		return 0, time.Time{}
	}
	var out set
	for i := Stop(0); i <= last; i++ {
		out |= of(stops[i].came)
	}
	out |= of(stops[last].at)
	if waits {
		return out | of(stops[last].waits), since
	}
	return out | of(stops[last].ended), since
}

// atEnd reports whether every hand-over of a person is closed.
func atEnd(f *Fact) bool {
	for _, h := range f.Handed {
		if h.ClosedAt.IsZero() {
			return false
		}
	}
	return len(f.Handed) > 0
}

// stages measures how long each part of the road took, and how long who waits
// has stood.
func (c *Count) stages(f *Fact, kind string, since time.Time, cols set) {
	came := moments(f, f.Handed)
	for i, s := range stops {
		if i > 0 && cols.has(s.came) && !came[i].IsZero() && !came[i-1].IsZero() {
			c.both(kind, s.took, days(came[i-1], came[i]))
		}
		if cols.has(s.waits) {
			c.both(kind, s.stood, days(since, c.Now))
		}
	}
}

func (c *Count) both(kind string, s span, n int) {
	c.measure(whole, "", s, n)
	c.measure(byKind, kind, s, n)
}

func days(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

// firstKind is the kind of the first recipient, "" before there is one.
func firstKind(f *Fact) string {
	if len(f.Handed) == 0 {
		return ""
	}
	return f.Handed[0].Kind
}

// contact counts whether a person who was sent to a kind of recipient was ever
// reached by one of it, as the State Comptroller counted: whoever was not, was
// not, whether nobody accepted, nobody answered, or it was given back. Who can
// still be reached in time is counted apart.
//
// Law: SSL 483-bb(b); State Comptroller, March 2025: 74 of 139 sampled people
// who were sent to local departments never made contact.
func (c *Count) contact(f *Fact, kind string, col [5]column) {
	var county string
	wentThere, inTime, spoken := false, false, false
	for _, h := range f.Handed {
		if h.Kind != kind || h.SentAt.IsZero() {
			continue
		}
		if !wentThere {
			wentThere, county = true, h.County
		}
		spoken = spoken || !h.ReachedAt.IsZero()
		inTime = inTime || h.ClosedAt.IsZero() && !c.Now.After(c.limit(h))
	}
	if !wentThere {
		return
	}
	cols := of(col[0])
	switch {
	case spoken:
		cols |= of(col[1], col[2])
	case inTime:
		cols |= of(col[4])
	default:
		cols |= of(col[1], col[3])
	}
	c.tick(whole, "", cols)
	if county == "" {
		county = unknown
	}
	c.tick(byPlace, county, cols)
}

// limit is until when the person can be reached in time.
func (c *Count) limit(h Handed) time.Time {
	from := h.AcceptedAt
	if from.IsZero() {
		from = c.Calendar.Due(h.SentAt, c.AcceptDays)
	}
	return from.AddDate(0, 0, c.ContactDays)
}
