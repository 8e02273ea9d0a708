package pdf

// cell is one column of a row while it is placed.
type cell struct {
	x    float64
	size float64
}

// Row writes a label and its value side by side. Rows that follow each other make one table. A label never stands
// without the first line of its value.
func (p *paper) Row(label, value string) {
	p.try(func() {
		if p.table == 0 {
			p.table = p.add("Table", 1)
		}
		row := p.add("TR", p.table)
		p.set(&p.columns[0], label, labelStyle, labelWidth, p.add("TH", row), ownSide)
		p.set(&p.columns[1], value, rowStyle, bodyWidth-labelWidth-gutter, p.add("TD", row), nearLeft)
		p.row([]cell{{sideMargin, labelStyle.size}, {sideMargin + labelWidth + gutter, rowStyle.size}}, func() {
			var again galley
			p.set(&again, label+" (continued)", smallStyle, bodyWidth, 0, ownSide)
			p.put(&again, 0, min(again.lines(), 2), sideMargin, p.y, smallStyle.size)
			p.y += float64(min(again.lines(), 2)) * smallStyle.leading
		})
	})
}

const rowPad = 3.0 // above and below the lines of a row

// row places the first columns of the paper side by side and a hairline below them. head, when there is one, is
// called on each new page.
func (p *paper) row(cells []cell, head func()) {
	leading, lines := p.columns[0].leading, 0
	for i := range cells {
		lines = max(lines, p.columns[i].lines())
	}
	next := func() {
		p.newPage()
		if head != nil {
			head()
		}
	}
	for at := 0; at < lines; {
		p.y += rowPad
		left := lines - at
		n := min(left, p.fits(leading))
		whole := at == 0 && left <= mostKept // a short row is never broken
		if n < left && (whole || n < 2) && p.y > bodyTop+6*rowStyle.leading {
			p.y -= rowPad
			next()
			continue
		}
		n = max(n, 1)
		for i, c := range cells {
			g := &p.columns[i]
			if from, to := min(at, g.lines()), min(at+n, g.lines()); from < to {
				p.put(g, from, to, c.x, p.y, c.size)
			}
		}
		p.y += float64(n)*leading + rowPad
		if at += n; at < lines {
			next()
			continue
		}
		p.bar(sideMargin, p.y-0.25, bodyWidth, 0.5, hair)
	}
}

// Table writes rows below a head that is repeated on each page. widths are shares of the width of the page, one a
// column; without them the columns are equal. A row has as many cells as head, eight at most: others are left out.
func (p *paper) Table(head []string, widths []float64, rows [][]string) {
	p.block(func() {
		n := min(len(head), len(p.columns))
		if n == 0 {
			return
		}
		cells, wide := columnsOf(widths, n)
		table := p.add("Table", 1)
		write := func(texts []string, row int32, kind string, st style, again func()) {
			for i := range n {
				s := ""
				if i < len(texts) {
					s = texts[i]
				}
				cells[i].size = st.size
				at := int32(0)
				if row != 0 {
					at = p.add(kind, row)
				}
				p.set(&p.columns[i], s, st, wide[i], at, nearLeft)
			}
			p.row(cells, again)
		}
		p.room(60)
		write(head, p.add("TR", table), "TH", headStyle, nil)
		repeat := func() { write(head, 0, "", headStyle, nil) }
		for i := range n {
			if p.columns[i].lines() > mostKept {
				repeat = nil
			}
		}
		for _, r := range rows {
			p.tableRow(n, func(again func()) { write(r, p.add("TR", table), "TD", rowStyle, again) },
				repeat)
		}
		p.y += 6
	})
}

// tableRow writes a row and, should it begin a page, the head before it. The head is set in the same columns, so those
// of the row are put aside meanwhile.
func (p *paper) tableRow(n int, write func(again func()), head func()) {
	write(func() {
		var aside [len(p.columns)]galley
		copy(aside[:n], p.columns[:n])
		for i := range n {
			p.columns[i] = galley{}
		}
		if head != nil {
			head()
		}
		copy(p.columns[:n], aside[:n])
	})
}

// columnsOf returns where n columns of the given shares stand and how wide they are.
func columnsOf(widths []float64, n int) ([]cell, []float64) {
	sum := 0.0
	for i := range n {
		if i < len(widths) && widths[i] > 0 {
			sum += widths[i]
		}
	}
	cells, wide, x := make([]cell, n), make([]float64, n), sideMargin
	for i := range n {
		share := 1 / float64(n)
		if sum > 0 && len(widths) >= n {
			share = max(widths[i], 0) / sum
		}
		cells[i].x = x
		wide[i] = max(share*bodyWidth-8, 12)
		x += share * bodyWidth
	}
	return cells, wide
}

// List writes items with a bullet before each.
func (p *paper) List(items []string) {
	p.block(func() {
		list := p.add("L", 1)
		const indent = 14.0
		for _, item := range items {
			entry := p.add("LI", list)
			bullet, body := &p.columns[0], &p.columns[1]
			p.set(bullet, "•", bodyStyle, indent, p.add("Lbl", entry), ownSide)
			p.set(body, item, bodyStyle, bodyWidth-indent, p.add("LBody", entry), nearLeft)
			first := true
			p.flow(body, sideMargin+indent, bodyStyle.size, func(y, _ float64) {
				if first {
					p.put(bullet, 0, 1, sideMargin+2, y, bodyStyle.size)
					first = false
				}
			})
			p.y += 2
		}
		p.y += 4
	})
}

// Box writes a framed text, such as how to reach a person safely. It stays on one page when it fits on one.
func (p *paper) Box(title, text string) {
	p.block(func() {
		const pad, bar = 9.0, 3.0
		width, x := bodyWidth-2*pad-bar, sideMargin+bar+pad
		section := p.add("Sect", 1)
		head, body := &p.columns[0], &p.columns[1]
		p.set(head, title, headStyle, width, p.add("P", section), ownSide)
		p.set(body, text, bodyStyle, width, p.add("P", section), ownSide)
		if title == "" {
			head.ends = head.ends[:0]
		}
		height := float64(head.lines())*head.leading + float64(body.lines())*body.leading + 2*pad
		p.y += 3
		p.room(min(height, p.bottom-bodyTop))
		frame := func(y, h float64) {
			p.bar(sideMargin, y, bodyWidth, h, tinted)
			p.bar(sideMargin, y, bar, h, theme)
		}
		if p.y+height <= p.bottom {
			frame(p.y, height)
			frame = nil
		}
		p.y += pad - 1
		p.flow(head, x, headStyle.size, frame)
		p.y++
		p.flow(body, x, bodyStyle.size, frame)
		p.y += pad + 8
	})
}
