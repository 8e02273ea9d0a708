package match

import (
	"cmp"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/xrash/smetrics"
)

// How much two words agree. The numbers are such that a sum tells its parts.
const (
	asInitial = 601
	alike     = 849
	same      = 1000
)

// agree says how much two words agree, 0 for not at all. Words that were
// joined must sound the same: as long as they are, they are always near.
func agree(a, b word) int {
	switch {
	case a.joined && b.joined:
		return 0
	case a.text == b.text:
		return same
	case han(a.text) || han(b.text):
		return 0
	case len(a.text) == 1 || len(b.text) == 1:
		if a.text[0] == b.text[0] {
			return asInitial
		}
		return 0
	}
	near := max(smetrics.JaroWinkler(a.text, b.text, 0.7, 4), smetrics.JaroWinkler(b.text, a.text, 0.7, 4))
	sounds := sound(a.text) == sound(b.text)
	if a.joined || b.joined {
		sounds, near = sounds && near >= 0.85, 0.8
	}
	if near >= 0.92 || near >= 0.72 && sounds {
		return alike
	}
	return 0
}

// fit is how two names agree as a whole.
type fit struct {
	sum                   int
	same, alike, initials int  // words that agree, and how
	left                  int  // words of the shorter that agree with none
	extra                 int  // words that the longer has beyond the shorter
	short                 int  // words of the shorter
	lone                  bool // a single name
	ordered               bool // in the order of the other
}

// full reports whether every word of the shorter name agrees, and enough of
// them to be a name.
func (f fit) full() bool {
	return f.left == 0 && f.same+f.alike > 0 && (f.same+f.alike >= 2 || f.extra == 0)
}

// compare says which of two fits is better: above 0 is f.
func (f fit) compare(g fit) int {
	return cmp.Or(yes(f.full())-yes(g.full()), f.sum*60/max(f.short, 1)-g.sum*60/max(g.short, 1), f.sum-g.sum,
		g.extra-f.extra, g.left-f.left, f.same-g.same, f.alike-g.alike, yes(f.ordered)-yes(g.ordered), yes(g.lone)-yes(f.lone))
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fitWords pairs the words of two names so that they agree most.
func fitWords(a, b []word) fit {
	less := func(x, y word) int { return cmp.Compare(x.text, y.text) }
	if len(a) > len(b) || len(a) == len(b) && slices.CompareFunc(a, b, less) > 0 {
		a, b = b, a
	}
	best := pairUp(a, b)
	f := fit{sum: best.sum, same: best.same, alike: best.alike, initials: best.initials, short: len(a), ordered: slices.IsSorted(best.places)}
	f.left, f.extra = unpaired(a, best.ofA), unpaired(b, best.ofB)
	f.lone = len(a) == 1 && !a[0].joined && !(len(b) == 1 && b[0].joined) && !(han(a[0].text) && utf8.RuneCountInString(a[0].text) > 1)
	return f
}

// unpaired counts the words that agree with none; particles do not count.
func unpaired(words []word, taken uint) int {
	n := 0
	for i, w := range words {
		if taken&(1<<i) == 0 && !particle(w.text) {
			n++
		}
	}
	return n
}

// pairing is one way to pair words.
type pairing struct {
	sum                   int
	same, alike, initials int
	places                []int // in b, of the words of a in their order
	ofA, ofB              uint
}

// pairUp finds the best pairing: for each set of words of b the best one of the
// words of a so far.
func pairUp(a, b []word) pairing {
	best := map[uint]pairing{0: {}}
	for i, w := range a {
		next := maps.Clone(best)
		for j, v := range b {
			n := agree(w, v)
			if n == 0 {
				continue
			}
			for taken, p := range best {
				if taken&(1<<j) != 0 {
					continue
				}
				q := p.with(i, j, n)
				if old, known := next[q.ofB]; !known || q.before(old) {
					next[q.ofB] = q
				}
			}
		}
		best = next
	}
	var out pairing
	for _, taken := range slices.Sorted(maps.Keys(best)) {
		if best[taken].sum > out.sum {
			out = best[taken]
		}
	}
	return out
}

// before says which of two pairings of the same words of b is kept.
func (p pairing) before(q pairing) bool {
	return cmp.Or(cmp.Compare(q.sum, p.sum), slices.Compare(p.places, q.places), cmp.Compare(p.ofA, q.ofA)) < 0
}

func (p pairing) with(i, j, n int) pairing {
	p.sum += n
	p.same, p.alike, p.initials = p.same+yes(n == same), p.alike+yes(n == alike), p.initials+yes(n == asInitial)
	p.places = append(slices.Clone(p.places), j)
	p.ofA, p.ofB = p.ofA|1<<i, p.ofB|1<<j
	return p
}
