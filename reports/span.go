package reports

// span is a length of time between two moments, or up to now.
type span uint8

// The spans.
const (
	toDecision  span = iota // business days from receipt to the determination
	toSent                  // days from the determination to the first hand-over
	toAccepted              // days from there to acceptance
	toReached               // days from there to reaching the person
	toServed                // days from there to services
	inConfirmed             // days that those who wait have stood there
	inSent
	inAccepted
	inReached
	inServed
	toNotice // hours from receipt to the notice about a minor

	spans
)

// about is the column whose people a span is measured of.
var about = [spans]column{toDecision: decided, toSent: sent, toAccepted: accepted, toReached: reached, toServed: served,
	inConfirmed: waitsConfirmed, inSent: waitsSent, inAccepted: waitsAccepted, inReached: waitsReached, inServed: waitsServed, toNotice: minors}

// buckets are the columns into which the same span is counted: as long as one
// of them is withheld, the span must not tell it.
var buckets = [spans][]column{toDecision: {within3, over3, over6}, toNotice: {told1, toldLater, untold}}

// lengths counts how often each length of a span was seen. It grows with the
// number of different lengths, not with that of referrals.
type lengths map[int]int

// longest is the length from which on all count as one: ten years in hours.
const longest = 10 * 366 * 24

func (l lengths) add(n int) { l[min(max(n, 0), longest)]++ }

func (l lengths) merge(other lengths) {
	for n, times := range other {
		l[n] += times
	}
}

func (l lengths) count() int {
	total := 0
	for _, times := range l {
		total += times
	}
	return total
}

// rank is the length that at least percent of 100 do not exceed, by the
// nearest rank, so that it is always one that was seen.
func (l lengths) rank(percent int) int {
	want := (l.count()*percent + 99) / 100
	seen, out := 0, 0
	for _, n := range sorted(l) {
		if out, seen = n, seen+l[n]; seen >= want {
			break
		}
	}
	return out
}
