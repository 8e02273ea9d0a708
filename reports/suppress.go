package reports

import "slices"

// Least is the smallest count that a report shows of people. What is less is
// withheld, and so is whatever would tell it.
const Least = 11

// spread is how far apart the least and the greatest value have to lie that
// somebody who reads everything else can work out for what is withheld. Where
// already how many a row is about is withheld, what they were divided into
// tells of nobody; it need only not be certain.
const (
	spread      = Least - 1
	spreadSmall = 3
)

// cell is one count of a report.
type cell struct {
	n      int
	hidden bool
	small  bool // withheld for its own sake
	free   bool // stands nowhere, so that it is rather withheld than another
	zero   bool // a 0 tells nothing
	idle   bool // a part of nobody: withheld, and nothing is asked of it
	total  bool // over a whole table
	base   int  // the cell that says how many its row is about; its own index when it is that itself
}

// relation says that the first of these cells is the sum of the others.
type relation []int

// protect withholds every cell under Least, and then as many others as it
// takes until no withheld cell can be worked out from those that are shown.
// What is withheld looks alike, so that nobody knows which was small. Zeros
// count as small unless the cell may show them.
func protect(cells []cell, relations []relation) {
	mark(cells, relations)
	g := guard{cells: cells}
	// From the top down: first the totals by themselves, then how many each row
	// is about, then what these are divided into. What was settled before is
	// touched only where nothing else helps.
	for level := range levels {
		g.look(relations, level)
		for g.loosen() || g.widen() || g.solve() {
			continue
		}
	}
	g.regain()
}

// mark withholds what is small by itself. What is a part of nobody is idle: of a
// total that is known to be 0, or of a row of nobody that is withheld itself.
func mark(cells []cell, relations []relation) {
	for i, c := range cells {
		cells[i].small = c.n < Least && (c.n != 0 || !c.zero)
	}
	for _, rel := range relations {
		if whole := cells[rel[0]]; whole.n == 0 && whole.zero {
			for _, i := range rel[1:] {
				cells[i].idle = cells[i].small
			}
		}
	}
	for i, c := range cells {
		b := cells[c.base]
		if c.base != i && b.n == 0 && (b.small || b.idle) {
			cells[i].idle = true
		}
	}
	for i, c := range cells {
		cells[i].small = c.small && !c.idle
		cells[i].hidden = c.small || c.idle
	}
}

// levels are those of cell.level.
const levels = 3

// level says how early a cell is settled: 0 a total, 1 how many a row is about,
// 2 all others.
func (g *guard) levelOf(i int) int {
	switch c := g.cells[i]; {
	case c.total:
		return 0
	case c.base == i:
		return 1
	}
	return 2
}

// guard is one protection in progress.
type guard struct {
	cells     []cell
	relations []relation
	in        [][]int // the relations that each cell stands in
	level     int     // cells of a higher one are not looked at yet
}

// look takes up the relations among the cells that are settled by this level.
func (g *guard) look(all []relation, level int) {
	g.level, g.relations, g.in = level, nil, make([][]int, len(g.cells))
	for _, rel := range all {
		if slices.ContainsFunc(rel, func(i int) bool { return g.levelOf(i) > level }) {
			continue
		}
		for _, i := range rel {
			g.in[i] = append(g.in[i], len(g.relations))
		}
		g.relations = append(g.relations, rel)
	}
}

// low is the least that a reader can take a withheld cell for.
func (g *guard) low(i int) int {
	if g.cells[i].zero && !g.cells[i].idle {
		return 1 // a zero would be shown
	}
	return 0
}

// far is how far apart the values of a withheld cell have to lie. Of one that
// is not small itself nothing is asked: how near it is known matters only for
// the small ones, and is weighed with them.
func (g *guard) far(i int) int {
	switch b := g.cells[i].base; {
	case !g.cells[i].small:
		return 0
	case b != i && g.cells[b].hidden:
		return spreadSmall
	}
	return spread
}

// loosen looks at each relation by itself: what it withholds must be two cells
// or more that could share their sum in many ways. It reports whether it had
// to withhold something.
func (g *guard) loosen() bool {
	changed := false
	for r := range g.relations {
		for g.tight(r) && g.hide(g.relations[r]) {
			changed = true
		}
	}
	return changed
}

// tight reports whether one relation tells too much of what it withholds.
func (g *guard) tight(r int) bool {
	rel := g.relations[r]
	hidden, idle, room := 0, 0, 0
	for _, i := range rel[1:] {
		if c := g.cells[i]; c.hidden {
			hidden++
			room += c.n - g.low(i)
			if c.idle {
				idle++
			}
		}
	}
	switch {
	case g.cells[rel[0]].hidden:
		return hidden == 0
	case hidden == idle:
		return false
	}
	return hidden == 1 || room < spread
}

// hide withholds one more of some cells: of those of the present level the one
// that costs least, else of those that were settled before. It reports whether
// there was one to withhold.
func (g *guard) hide(among []int) bool {
	best, least := -1, 0
	for _, i := range among {
		if c := g.cells[i]; c.hidden || c.zero && c.n == 0 {
			continue
		}
		later := best >= 0 && g.levelOf(i) > g.levelOf(best)
		sooner := best >= 0 && g.levelOf(i) < g.levelOf(best)
		if cost := g.cost(i); best < 0 || later || !sooner && cost < least {
			best, least = i, cost
		}
	}
	if best < 0 {
		return false
	}
	g.cells[best].hidden = true
	return true
}

// cost is how many people would no longer be counted anywhere if cell i were
// withheld: those of the cell itself, and of what would have to be withheld
// with it in relations that hid nothing so far.
func (g *guard) cost(i int) int {
	out := g.price(i)
	for _, r := range g.in[i] {
		next, alone := -1, true
		for _, k := range g.relations[r] {
			c := g.cells[k]
			if k == i || c.zero && c.n == 0 {
				continue
			}
			alone = alone && !c.hidden
			if n := g.price(k); next < 0 || n < next {
				next = n
			}
		}
		if alone {
			out += max(next, 0)
		}
	}
	return out
}

// price is what withholding cell i costs by itself.
func (g *guard) price(i int) int {
	c := g.cells[i]
	if c.free {
		return c.n / 2
	}
	return c.n
}

// widen passes what is known from relation to relation, and withholds one more
// where a withheld cell comes to lie between values that are too near each
// other. It finds in little time most of what solve would find. It reports
// whether it had to withhold something.
func (g *guard) widen() bool {
	lo, hi := g.bounds()
	for i, c := range g.cells {
		if c.hidden && hi[i]-lo[i] < g.far(i) && g.hideNear(i) {
			return true
		}
	}
	return false
}

// unbounded stands for a value to which nothing sets an upper end.
const unbounded = 1 << 40

// rounds is how often bounds are passed on along the relations; in tables they
// stand still after few.
const rounds = 64

// bounds returns a least and a greatest value between which each cell lies for
// somebody who goes from relation to relation with what is shown.
func (g *guard) bounds() (lo, hi []int) {
	lo, hi = make([]int, len(g.cells)), make([]int, len(g.cells))
	for i, c := range g.cells {
		lo[i], hi[i] = c.n, c.n
		if c.hidden {
			lo[i], hi[i] = g.low(i), unbounded
		}
	}
	for range rounds {
		moved := false
		for _, rel := range g.relations {
			moved = narrow(rel, lo, hi) || moved
		}
		if !moved {
			break
		}
	}
	return lo, hi
}

// narrow passes bounds on along one relation and reports whether any moved.
func narrow(rel relation, lo, hi []int) bool {
	sumLo, sumHi := 0, 0
	for _, i := range rel[1:] {
		sumLo, sumHi = sumLo+lo[i], sumHi+hi[i]
	}
	moved := lift(lo, rel[0], sumLo)
	moved = press(hi, rel[0], sumHi) || moved
	for _, i := range rel[1:] {
		moved = lift(lo, i, lo[rel[0]]-(sumHi-hi[i])) || moved
		moved = press(hi, i, hi[rel[0]]-(sumLo-lo[i])) || moved
	}
	return moved
}

func lift(lo []int, i, to int) bool {
	if to <= lo[i] {
		return false
	}
	lo[i] = to
	return true
}

func press(hi []int, i, to int) bool {
	if to >= hi[i] || to >= unbounded {
		return false
	}
	hi[i] = to
	return true
}

// hideNear withholds a cell that shares a relation with cell i, or, when all of
// those are withheld, with one of them, and so on: first among the cells of the
// present level, and only when there is none among those that were settled.
func (g *guard) hideNear(i int) bool {
	return g.hideFrom(i, true) || g.hideFrom(i, false)
}

func (g *guard) hideFrom(i int, present bool) bool {
	seen := map[int]bool{i: true}
	for near := []int{i}; len(near) > 0; {
		var next []int
		for _, j := range near {
			for _, r := range g.in[j] {
				for _, k := range g.relations[r] {
					if !seen[k] {
						seen[k] = true
						next = append(next, k)
					}
				}
			}
		}
		near = slices.DeleteFunc(slices.Clone(next), func(k int) bool { return !g.cells[k].hidden })
		if present {
			next = slices.DeleteFunc(next, func(k int) bool { return g.levelOf(k) < g.level })
		}
		if g.hide(next) {
			return true
		}
	}
	return false
}
