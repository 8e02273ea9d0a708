package pdf

const step = 14.0 // by how much a question within a group stands to the right of it

// entry writes a label and its value side by side like Row, level steps to the right.
func (p *paper) entry(level int, label, value string) {
	p.try(func() {
		if p.table == 0 {
			p.table = p.add("Table", 1)
		}
		row, in := p.add("TR", p.table), indent(level)
		p.set(&p.columns[0], label, labelStyle, labelWidth-in, p.add("TH", row), ownSide)
		p.set(&p.columns[1], value, rowStyle, bodyWidth-labelWidth-gutter, p.add("TD", row), nearLeft)
		p.row([]cell{{sideMargin + in, labelStyle.size}, {sideMargin + labelWidth + gutter, rowStyle.size}}, nil)
	})
}

// indent is how far level stands to the right; groups do not nest deep, and a page has an end.
func indent(level int) float64 { return step * float64(min(max(level, 0), 4)) }

// group writes the name of what the next entries belong to, and keeps it with the first of them.
func (p *paper) group(level int, name string) {
	p.try(func() {
		if p.table == 0 {
			p.table = p.add("Table", 1)
		}
		st, in := headStyle, indent(level)
		p.set(&p.columns[0], name, st, bodyWidth-in, p.add("TD", p.add("TR", p.table)), ownSide)
		p.room(float64(p.columns[0].lines()+2)*st.leading + 4*rowPad)
		p.row([]cell{{sideMargin + in, st.size}}, nil)
	})
}

// pair is a label and its value.
type pair struct{ label, value string }

// panel writes a framed box of a title, a sentence and rows, such as how to reach a person safely. It stays on one page
// when it fits on one; a longer one is written without the frame.
func (p *paper) panel(title, say string, rows []pair) {
	p.block(func() {
		const pad, bar, head = 10.0, 3.0, 4.0
		x, width := sideMargin+bar+pad, bodyWidth-2*pad-bar
		section := p.add("Sect", 1)
		set := func(s string, st style, width float64, node int32) *galley {
			g := new(galley)
			p.set(g, s, st, width, node, nearLeft)
			return g
		}
		name := set(title, panelStyle, width, p.add("P", section))
		told := set(say, boldStyle, width, p.add("P", section))
		table := p.add("Table", section)
		left, right := make([]*galley, len(rows)), make([]*galley, len(rows))
		height := 2*pad + lengthOf(name) + lengthOf(told) + 2*head
		for i, r := range rows {
			row := p.add("TR", table)
			left[i] = set(r.label, labelStyle, labelWidth-bar-pad, p.add("TH", row))
			right[i] = set(r.value, rowStyle, width-labelWidth+bar+pad-gutter, p.add("TD", row))
			height += max(lengthOf(left[i]), lengthOf(right[i])) + 2*rowPad
		}
		p.y += 4
		p.room(min(height, p.bottom-bodyTop))
		if p.y+height <= p.bottom {
			p.bar(sideMargin, p.y, bodyWidth, height, tinted)
			p.bar(sideMargin, p.y, bar, height, theme)
		}
		p.y += pad
		p.flow(name, x, panelStyle.size, nil)
		p.y += head
		p.flow(told, x, boldStyle.size, nil)
		p.y += head
		for i := range rows {
			p.sides(left[i], right[i], x, sideMargin+labelWidth+gutter)
		}
		p.y += pad + 8
	})
}

var panelStyle = style{size: 12, leading: 16, ink: theme, bold: true}

func lengthOf(g *galley) float64 { return float64(g.lines()) * g.leading }

// sides places two galleys of the same leading side by side, over as many pages as they need.
func (p *paper) sides(left, right *galley, x, xRight float64) {
	lines := max(left.lines(), right.lines())
	p.y += rowPad
	for at := 0; at < lines; {
		n := min(lines-at, p.fits(left.leading))
		if n < 1 {
			p.newPage()
			continue
		}
		p.put(left, min(at, left.lines()), min(at+n, left.lines()), x, p.y, labelStyle.size)
		p.put(right, min(at, right.lines()), min(at+n, right.lines()), xRight, p.y, rowStyle.size)
		p.y += float64(n) * left.leading
		at += n
	}
	p.y += rowPad
}

// need begins a new page unless height is left on this one.
func (p *paper) need(height float64) { p.block(func() { p.room(height) }) }

// blank leaves a labeled line free for what is written by hand.
func (p *paper) blank(label string) {
	p.block(func() {
		g := &p.columns[0]
		p.set(g, label, labelStyle, labelWidth, p.add("P", 1), ownSide)
		height := max(lengthOf(g), 22) + 2
		p.room(height)
		p.put(g, 0, g.lines(), sideMargin, p.y+height-2-lengthOf(g), labelStyle.size)
		p.y += height
		p.bar(sideMargin+labelWidth, p.y-2, bodyWidth-labelWidth, 0.7, quiet)
		p.y += 2
	})
}

// choices writes items with a box before each that is ticked by hand.
func (p *paper) choices(items []string) {
	p.block(func() {
		list := p.add("L", 1)
		const in, size = 20.0, 9.0
		for _, item := range items {
			g := &p.columns[0]
			p.set(g, item, bodyStyle, bodyWidth-in, p.add("LBody", p.add("LI", list)), ownSide)
			p.room(lengthOf(g) + 3)
			p.frame(sideMargin+2, p.y+(bodyStyle.leading-size)/2, size)
			p.flow(g, sideMargin+in, bodyStyle.size, nil)
			p.y += 3
		}
		p.y += 4
	})
}

// frame draws an empty square.
func (p *paper) frame(x, y, size float64) {
	const thin = 0.8
	p.bar(x, y, size, thin, black)
	p.bar(x, y+size-thin, size, thin, black)
	p.bar(x, y, thin, size, black)
	p.bar(x+size-thin, y, thin, size, black)
}
