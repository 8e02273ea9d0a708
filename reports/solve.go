package reports

import (
	"math"
	"slices"
)

// solve works out exactly, by linear programming, between which values each
// withheld cell lies for somebody who takes all relations together, and
// withholds more where these are too near each other. It reports whether it
// had to.
func (g *guard) solve() bool {
	changed := false
	for _, cells := range g.tied() {
		if i := g.narrowest(cells); i >= 0 && g.hideNear(i) {
			changed = true
		}
	}
	return changed
}

// tied returns the withheld cells in groups: those of a group hang together by
// relations, those of different ones tell nothing of each other.
func (g *guard) tied() [][]int {
	var out [][]int
	seen := make([]bool, len(g.cells))
	for i, c := range g.cells {
		if !c.hidden || seen[i] {
			continue
		}
		group := []int{i}
		seen[i] = true
		for at := 0; at < len(group); at++ {
			for _, r := range g.in[group[at]] {
				for _, k := range g.relations[r] {
					if g.cells[k].hidden && !seen[k] {
						seen[k] = true
						group = append(group, k)
					}
				}
			}
		}
		out = append(out, group)
	}
	return out
}

// narrowest returns a cell of a group whose values lie too near each other, -1 when there is none.
func (g *guard) narrowest(group []int) int {
	p := g.program(group)
	p.begin()
	for v, i := range group {
		if !p.apart(v, float64(g.far(i))) {
			return i
		}
	}
	return -1
}

// program is the relations of a group as linear equations over variables that
// are zero or more: how far each cell lies above the least that a reader can
// take it for. Each row of a holds the coefficients and, last, the right side;
// basis says which variable the row stands for.
type program struct {
	a        [][]float64
	basis    []int // -1 while the row stands for none yet
	n        int   // variables
	low, top []float64
	goal     []float64
	patience int // steps before it goes the sure way instead of the steep one
}

// near is how close to zero a coefficient counts as zero. All begin as 1, 0 or
// -1, and stay small.
const near = 1e-7

func (g *guard) program(group []int) *program {
	p := &program{n: len(group), low: make([]float64, len(group)), top: make([]float64, len(group))}
	at := make(map[int]int, len(group))
	for v, i := range group {
		at[i] = v
		p.low[v] = float64(g.cells[i].n - g.low(i)) // the truth is one solution
		p.top[v] = p.low[v]
	}
	var rels []int
	for _, i := range group {
		rels = append(rels, g.in[i]...)
	}
	slices.Sort(rels)
	for _, r := range slices.Compact(rels) {
		row := make([]float64, p.n+1)
		for k, i := range g.relations[r] {
			v, ok := at[i]
			if !ok {
				continue
			}
			sign := -1.0
			if k == 0 {
				sign = 1
			}
			row[v] += sign
			row[p.n] += sign * float64(g.cells[i].n-g.low(i))
		}
		if row[p.n] < 0 {
			for v := range row {
				row[v] = -row[v]
			}
		}
		p.a, p.basis = append(p.a, row), append(p.basis, -1)
	}
	return p
}

// begin finds a first solution at a corner: it lets every row stand for a
// variable without making any negative. Rows that say nothing new are left out.
func (p *program) begin() {
	// The sum of what rows without a variable still lack goes down to 0.
	p.goal = make([]float64, p.n+1)
	for _, row := range p.a {
		for v := range row {
			p.goal[v] += row[v]
		}
	}
	p.patience = 4 * len(p.a)
	for p.goal[p.n] > near && p.step() {
		continue
	}
	for r := range p.a {
		if p.basis[r] < 0 {
			if v := slices.IndexFunc(p.a[r][:p.n], func(c float64) bool { return math.Abs(c) > near }); v >= 0 {
				p.pivot(r, v)
			}
		}
	}
	for r := len(p.a) - 1; r >= 0; r-- {
		if p.basis[r] < 0 {
			p.a, p.basis = slices.Delete(p.a, r, r+1), slices.Delete(p.basis, r, r+1)
		}
	}
	p.see()
}

// apart reports whether variable v can have values that are so far apart.
func (p *program) apart(v int, far float64) bool {
	for _, sign := range []float64{1, -1} {
		p.aim(v, sign)
		for {
			if p.top[v]-p.low[v] >= far-near {
				return true
			}
			if !p.step() {
				break
			}
			p.see()
		}
	}
	return p.top[v]-p.low[v] >= far-near
}

// aim makes variable v, or less of it, what is to grow.
func (p *program) aim(v int, sign float64) {
	p.goal = make([]float64, p.n+1)
	p.goal[v] = sign
	p.patience = 4 * len(p.a)
	for r, b := range p.basis {
		if b == v {
			for k, c := range p.a[r] {
				p.goal[k] -= sign * c
			}
			p.goal[v] = 0
		}
	}
}

// step goes on to a corner at which the goal is no smaller. It returns false
// at the last one, and when there is no end.
func (p *program) step() bool {
	v := p.entering()
	if v < 0 {
		return false
	}
	r := p.leaving(v)
	if r < 0 {
		p.top[v] = math.Inf(1)
		for k, row := range p.a {
			if b := p.basis[k]; b >= 0 && row[v] < -near {
				p.top[b] = math.Inf(1)
			}
		}
		return false
	}
	p.pivot(r, v)
	return true
}

// entering is the variable that is to grow: the one that the goal gains most
// from, and after a while the first, since that way never goes in circles. It
// is -1 when nothing is to be gained.
func (p *program) entering() int {
	out := -1
	p.patience--
	for v := range p.n {
		if p.goal[v] <= near || out >= 0 && p.goal[v] <= p.goal[out] {
			continue
		}
		if out = v; p.patience < 0 {
			break
		}
	}
	return out
}

// leaving is the row that first stands against variable v growing, -1 for none.
func (p *program) leaving(v int) int {
	out, least := -1, math.Inf(1)
	for r, row := range p.a {
		if row[v] <= near {
			continue
		}
		q := row[p.n] / row[v]
		if q < least-near || q < least+near && p.basis[r] < p.basis[out] {
			out, least = r, min(q, least)
		}
	}
	return out
}

// pivot lets row r stand for variable v.
func (p *program) pivot(r, v int) {
	own := p.a[r]
	by := own[v]
	for k := range own {
		own[k] /= by
	}
	for k, row := range p.a {
		if k != r {
			subtract(row, own, row[v])
		}
	}
	subtract(p.goal, own, p.goal[v])
	p.basis[r] = v
}

func subtract(row, other []float64, times float64) {
	if times == 0 {
		return
	}
	for k, c := range other {
		if c != 0 {
			row[k] -= times * c
		}
	}
}

// see keeps the least and the greatest value that each variable was seen with.
func (p *program) see() {
	at := make([]float64, p.n)
	for r, v := range p.basis {
		if v >= 0 {
			at[v] = p.a[r][p.n]
		}
	}
	for v, x := range at {
		p.low[v], p.top[v] = min(p.low[v], x), max(p.top[v], x)
	}
}
