package reports

import "slices"

// grid is every count of a period, protected: whatever report is asked for,
// the same cells are withheld, so that two reports of one period tell no more
// than each by itself.
type grid struct {
	*Count
	at    map[address]int
	cells []cell
}

// address is where a count stands.
type address struct {
	part part
	row  string
	col  column
}

// protected returns the counts with what must be withheld marked.
func (c *Count) protected() *grid {
	g := &grid{Count: c, at: map[address]int{}}
	for p := range divisions {
		for _, row := range c.rowsOf(part(p)) {
			g.add(part(p), row)
		}
	}
	var all []relation
	for p := range divisions {
		all = append(all, g.across(part(p))...)
		if part(p) != whole && !divisions[p].several {
			all = append(all, g.down(part(p))...)
		}
	}
	all = append(all, g.young())
	protect(g.cells, all)
	return g
}

// rowsOf are the rows that a part has: all that it could have, also those that
// nobody stands in, and then those that were counted beside.
func (c *Count) rowsOf(p part) []string {
	known, _ := c.named(p)
	out := slices.Clone(known)
	for _, row := range sorted(c.tally[p]) {
		if !slices.Contains(known, row) {
			out = append(out, row)
		}
	}
	return out
}

func (g *grid) add(p part, row string) {
	d := divisions[p]
	var t [columns]int
	if counted := g.tally[p][row]; counted != nil {
		t = *counted
	}
	for col := range columns {
		if d.cols.has(col) {
			g.at[address{p, row, col}] = len(g.cells)
			g.cells = append(g.cells, cell{n: t[col], free: !d.printed.has(col), total: p == whole,
				zero: d.zero(col)})
		}
	}
	for col := range columns {
		i, ok := g.at[address{p, row, col}]
		base, has := g.at[address{p, row, col.base()}]
		switch {
		case ok && has:
			g.cells[i].base = base
		case ok:
			g.cells[i].base = i
		}
	}
}

// zero reports whether a part shows that nobody stands in a column. That there
// were no minors is never shown.
func (d division) zero(col column) bool {
	if col.base() == col {
		return d.empty && col != minors
	}
	return d.process
}

// across are the sums within each row of a part.
func (g *grid) across(p part) []relation {
	var out []relation
	for _, row := range g.rowsOf(p) {
		for _, s := range sums {
			if r := g.relation(address{p, row, s.whole}, p, row, s.parts); r != nil {
				out = append(out, r)
			}
		}
	}
	return out
}

// relation is a sum of cells of one row, nil when the part lacks one of them.
func (g *grid) relation(sum address, p part, row string, parts []column) relation {
	first, ok := g.at[sum]
	out := relation{first}
	for _, col := range parts {
		i, has := g.at[address{p, row, col}]
		ok = ok && has
		out = append(out, i)
	}
	if !ok {
		return nil
	}
	return out
}

// down are the sums of each column of a part: the total is the rows together.
func (g *grid) down(p part) []relation {
	var out []relation
	for col := range columns {
		if !divisions[p].cols.has(col) {
			continue
		}
		r := relation{g.at[address{whole, "", col}]}
		for _, row := range g.rowsOf(p) {
			r = append(r, g.at[address{p, row, col}])
		}
		out = append(out, r)
	}
	return out
}

// young says that minors are those below 18 and some whose age is not known,
// which ties the table of ages to the report about minors.
func (g *grid) young() relation {
	out := relation{g.at[address{whole, "", minors}], g.at[address{whole, "", minorsOther}]}
	for _, band := range under18 {
		out = append(out, g.at[address{byAge, band, counted}])
	}
	return out
}

// cell returns the count at a place.
func (g *grid) cell(p part, row string, col column) cell { return g.cells[g.at[address{p, row, col}]] }

// persons is a count as a figure.
func (g *grid) persons(p part, row string, col column) Figure {
	c := g.cell(p, row, col)
	if c.hidden || c.n == 0 && g.cells[c.base].hidden {
		return Figure{Withheld: true}
	}
	return Figure{Value: &c.n}
}

// share is how many of 100 a count is, of the sum of others. Any of them that
// is withheld withholds it.
func (g *grid) share(p part, row string, col column, of ...column) Figure {
	total := 0
	for _, one := range of {
		c := g.cell(p, row, one)
		if c.hidden {
			return Figure{Withheld: true}
		}
		total += c.n
	}
	c := g.cell(p, row, col)
	switch {
	case c.hidden:
		return Figure{Withheld: true}
	case total == 0:
		return Figure{}
	}
	n := (c.n*200 + total) / (2 * total)
	return Figure{Value: &n}
}

// rank is the length that percent of 100 do not exceed. It is shown of Least
// people or more, when their number is shown; and where a bucket of the same
// lengths is withheld only if Least or more lie on either side of it.
func (g *grid) rank(p part, row string, s span, percent int) Figure {
	l := g.spans[place{p, row, s}]
	n := l.count()
	if n == 0 && !g.cell(p, row, about[s]).hidden && g.cell(p, row, about[s]).n == 0 {
		return Figure{}
	}
	if n < Least || g.cell(p, row, about[s]).hidden {
		return Figure{Withheld: true}
	}
	open := !slices.ContainsFunc(buckets[s], func(col column) bool { return g.cell(p, row, col).hidden })
	if !open && n*min(percent, 100-percent) < Least*100 {
		return Figure{Withheld: true}
	}
	v := l.rank(percent)
	return Figure{Value: &v}
}
