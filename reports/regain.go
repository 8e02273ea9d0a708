package reports

import (
	"cmp"
	"maps"
	"slices"
)

// regain shows again what need not have been withheld after all: whole rows
// first, then single cells, the dearest first. Withholding goes step by step
// and cannot know what a later step makes needless.
func (g *guard) regain() {
	rows := map[int][]int{}
	var single [][]int
	for i, c := range g.cells {
		if c.idle || c.small || !c.hidden {
			continue
		}
		if !c.free {
			single = append(single, []int{i})
		}
		rows[c.base] = append(rows[c.base], i)
	}
	for _, list := range [][][]int{slices.Collect(maps.Values(rows)), single} {
		slices.SortFunc(list, func(a, b []int) int { return cmp.Or(cmp.Compare(g.worth(b), g.worth(a)), cmp.Compare(a[0], b[0])) })
		for _, some := range list {
			g.show(some)
		}
	}
}

func (g *guard) worth(some []int) int {
	out := 0
	for _, i := range some {
		out += g.price(i)
	}
	return out
}

// show shows some cells, unless that told what is still withheld.
func (g *guard) show(some []int) {
	var back []int
	for _, i := range some {
		if g.cells[i].hidden {
			g.cells[i].hidden = false
			back = append(back, i)
		}
	}
	if len(back) == 0 || g.safe(back) {
		return
	}
	for _, i := range back {
		g.cells[i].hidden = true
	}
}

// safe reports whether nothing that is withheld near some cells can be worked
// out.
func (g *guard) safe(some []int) bool {
	near := map[int]bool{}
	for _, i := range some {
		for _, r := range g.in[i] {
			if g.tight(r) {
				return false
			}
			for _, k := range g.relations[r] {
				near[k] = true
			}
		}
	}
	lo, hi := g.bounds()
	for i, c := range g.cells {
		if c.hidden && hi[i]-lo[i] < g.far(i) {
			return false
		}
	}
	for _, group := range g.tied() {
		if slices.ContainsFunc(group, func(i int) bool { return near[i] }) && g.narrowest(group) >= 0 {
			return false
		}
	}
	return true
}
