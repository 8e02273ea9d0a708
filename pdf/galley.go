package pdf

import "slices"

// ink is a color, red green blue.
type ink struct{ r, g, b uint8 }

// style is how a text looks. Sizes are in points.
type style struct {
	size    float64
	leading float64 // from line to line
	bold    bool
	ink     ink
}

// op is one thing drawn on a page. Its place is in points from the upper left corner of the page, or of the galley
// as long as it stands in one.
type op struct {
	kind     opKind
	node     int32 // the element of the document that it belongs to; 0 is none: rules, headers, footers
	slot     uint16
	ink      ink
	from, to int32   // letters: codes; span: characters; both in the paper's stores
	x, y     float64 // letters: where the pen stands on the base line; others: the upper left corner
	w, h     float64 // fill: width and height; letters: w is the size
}

type opKind uint8

const (
	letters  opKind = iota
	fill            // a rectangle
	spanFrom        // what follows up to spanTo reads as the characters from..to
	turnFrom        // what follows up to spanTo are letters from left to right of text from right to left
	spanTo
)

// galley is a column of lines that is set but does not stand on a page yet.
type galley struct {
	ops     []op
	ends    []int // index into ops, one a line
	leading float64
	spare   []text
}

// lines is how many lines the galley has.
func (g *galley) lines() int { return len(g.ends) }

// line returns the ops of line i.
func (g *galley) line(i int) []op {
	from := 0
	if i > 0 {
		from = g.ends[i-1]
	}
	return g.ops[from:g.ends[i]]
}

// alignment of lines that read from right to left.
type alignment uint8

const (
	ownSide  alignment = iota // right, as they are written
	nearLeft                  // left when there is one line: beside its label
	allRight                  // every line right
)

// set lays s out in lines of width points into g, which it empties first. One line of s is one paragraph.
func (p *paper) set(g *galley, s string, st style, width float64, node int32, align alignment) {
	g.ops, g.ends, g.leading = g.ops[:0], g.ends[:0], st.leading
	g.spare = p.cleaner.clean(g.spare[:0], s, st.bold)
	limit := int32(width * 1000 / st.size)
	for i, t := range g.spare {
		if len(t.runes) == 0 {
			g.ends = append(g.ends, len(g.ops))
			continue
		}
		p.shaper.paragraph(t)
		for from := 0; from < len(p.shaper.clusters); {
			to, drawn := p.shaper.wrap(from, limit)
			right := align == allRight ||
				p.shaper.levels.base == 1 && (align == ownSide || from > 0 || to < len(p.shaper.clusters))
			x := 0.0
			if right {
				x = width - float64(drawn)*st.size/1000
			}
			goesOn := to < len(p.shaper.clusters) || i+1 < len(g.spare)
			p.write(g, line{from, to, x, node, st, goesOn})
			g.ends = append(g.ends, len(g.ops))
			from = to
		}
	}
	clear(g.spare) // nothing that people wrote stays longer than it must
}

// line is the part of the paragraph at hand that stands on one line.
type line struct {
	from, to int // clusters
	x        float64
	node     int32
	style    style
	goesOn   bool // more of the text follows on the next line
}

// write appends the ops of a line: its clusters from left to right, and around those that are shaped the text as it
// was written, for those who copy, search or listen. Right-to-left text is marked as such instead: readers turn it
// around themselves, and those at hand would turn around its text too.
func (p *paper) write(g *galley, l line) {
	s := &p.shaper
	end := l.to
	for l.to > l.from && s.blank(l.to-1) {
		l.to--
	}
	gap := l.goesOn && l.node != 0 && (l.to < end || end == len(s.clusters))
	order, plain := s.visual(l.from, l.to)
	pen := pen{paper: p, galley: g, line: l, x: l.x, open: -1}
	if plain {
		for i := l.from; i < l.to; i++ {
			pen.cluster(&s.clusters[i])
		}
		if gap {
			pen.gap()
		}
		return
	}
	for _, r := range s.stretches(order) {
		pen.x, pen.open = l.x+float64(r.left)*l.style.size/1000, -1
		if s.clusters[order[r.from]].level%2 == 0 {
			pen.stretch(order[r.from:r.to])
			continue
		}
		// Letters stand from left to right within an op, and the ops in the order of writing (ISO 32000-1 section
		// 14.8.2.3.3).
		g.ops = append(g.ops, op{kind: turnFrom, node: l.node})
		start := len(g.ops)
		pen.stretch(order[r.from:r.to])
		slices.Reverse(g.ops[start:])
		g.ops = append(g.ops, op{kind: spanTo, node: l.node})
	}
	if gap {
		pen.x, pen.open = l.x, -1
		if s.levels.base == 0 {
			for _, i := range order {
				pen.x += float64(s.clusters[i].width) * l.style.size / 1000
			}
		}
		pen.gap()
	}
}

// gap draws the space at the end of a line that goes on. Nobody sees it, but those who copy, search or listen find two
// words instead of one. A line that reads from right to left ends at its left side, where the column ends too: there the
// gap has its place over the last letter.
func (p *pen) gap() {
	at := faceRegular
	if p.line.style.bold {
		at = faceBold
	}
	f := faces[at]
	id := f.load().glyph(' ')
	p.letter(p.paper.slots.plain(at, id, ' '), f.advance[id])
}

// stretch is a part of a line, of one direction and without a gap in the writing.
type stretch struct {
	from, to int   // of the order from left to right
	left     int32 // where it begins, in thousandths of an em
	first    int32 // its first cluster as written
}

// stretches cuts a line, given from left to right, into stretches in the order of writing: that is how those who
// listen hear them.
func (s *shaper) stretches(order []int32) []stretch {
	var all []stretch
	x := int32(0)
	for i := 0; i < len(order); {
		r := stretch{from: i, left: x, first: order[i]}
		step := 1 - 2*int32(s.clusters[order[i]].level%2)
		for ; i < len(order); i++ {
			if i > r.from && (order[i] != order[i-1]+step || s.clusters[order[i]].level != s.clusters[order[r.from]].level) {
				break
			}
			x += s.clusters[order[i]].width
			r.first = min(r.first, order[i])
		}
		r.to = i
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b stretch) int { return int(a.first - b.first) })
	return all
}

// stretch draws clusters from left to right.
func (p *pen) stretch(order []int32) {
	for i := 0; i < len(order); {
		end := i
		for end < len(order) && p.paper.shaper.special(int(order[end])) {
			end++
		}
		if end == i {
			p.cluster(&p.paper.shaper.clusters[order[i]])
			i++
			continue
		}
		p.span(order[i:end])
		i = end
	}
}

// pen draws clusters from left to right.
type pen struct {
	paper  *paper
	galley *galley
	line   line
	x      float64
	open   int // the op that the next letter can join, or -1
}

func (p *pen) cluster(c *cluster) {
	s := &p.paper.shaper
	if !c.shaped {
		p.letter(p.paper.slots.plain(int(c.face), uint16(c.first), s.text.runes[c.from]), c.width)
		return
	}
	glyphs, chars := s.glyphs[c.first:c.last], s.text.runes[c.from:c.to]
	if len(glyphs) == 0 {
		return
	}
	if c.level%2 == 1 {
		p.turned(c, glyphs, chars)
	} else {
		p.upright(c, glyphs, chars)
	}
}

// upright writes the glyphs of a cluster within a span. They read as the characters of the cluster as far as these go,
// for readers that do not know spans.
func (p *pen) upright(c *cluster, glyphs []glyph, chars []rune) {
	for i, g := range glyphs {
		char := rune(0)
		if i < len(chars) {
			char = chars[i]
		}
		p.letter(p.paper.slots.place(int(c.face), g, char), int32(g.advance))
	}
}

// turned writes a cluster of a right-to-left run. Readers expect such text from left to right, a glyph for each
// character, and turn it around themselves. So each character gets its share of the width: a character that is drawn
// as a part of another glyph gets a blank one, and glyphs move so that the picture stays as it was.
func (p *pen) turned(c *cluster, glyphs []glyph, chars []rune) {
	n := max(len(glyphs), len(chars))
	lead := n - len(glyphs) // blanks, on the left
	at, drawn := int32(0), int32(0)
	for i := range n {
		g := blank
		if i >= lead {
			g = glyphs[i-lead]
			g.right += int16(drawn - at)
			drawn += int32(g.advance)
		}
		next := c.width * int32(i+1) / int32(n)
		g.advance = int16(next - at)
		at = next
		char := rune(0)
		if k := n - 1 - i; k < len(chars) {
			char = chars[k]
		}
		p.letter(p.paper.slots.place(int(c.face), g, char), int32(g.advance))
	}
}

// letter draws one glyph, joined to the op before where that goes on, and moves on by its advance.
func (p *pen) letter(at place, advance int32) {
	n := int32(len(p.paper.codes))
	p.paper.codes = append(p.paper.codes, codes[at.at])
	if p.open >= 0 && p.galley.ops[p.open].slot == at.slot {
		p.galley.ops[p.open].to++
	} else {
		p.open = len(p.galley.ops)
		p.galley.ops = append(p.galley.ops, op{kind: letters, node: p.line.node, slot: at.slot, ink: p.line.style.ink,
			from: n, to: n + 1, x: p.x, w: p.line.style.size})
	}
	p.x += float64(advance) * p.line.style.size / 1000
}

// span draws clusters that stand side by side, wrapped in the characters that they write.
func (p *pen) span(order []int32) {
	all := p.paper.shaper.clusters
	from, to := all[order[0]].from, all[order[0]].to
	for _, i := range order {
		from, to = min(from, all[i].from), max(to, all[i].to)
	}
	n := int32(len(p.paper.actual))
	p.paper.actual = append(p.paper.actual, p.paper.shaper.text.runes[from:to]...)
	p.galley.ops = append(p.galley.ops, op{kind: spanFrom, node: p.line.node, from: n, to: n + to - from})
	p.open = -1
	for _, i := range order {
		p.cluster(&all[i])
	}
	p.galley.ops = append(p.galley.ops, op{kind: spanTo, node: p.line.node})
	p.open = -1
}

// blank reports whether cluster i is a space.
func (s *shaper) blank(i int) bool { return s.text.runes[s.clusters[i].from] == ' ' }

// special reports whether cluster i needs its text told beside its glyphs.
func (s *shaper) special(i int) bool { return s.clusters[i].shaped && s.clusters[i].level%2 == 0 }

// visual returns the clusters from..to from left to right (rule L2 of UAX #9), or nil and true when that is how they
// are written and none of them is shaped.
func (s *shaper) visual(from, to int) (order []int32, plain bool) {
	highest, plain := uint8(0), true
	for i := from; i < to; i++ {
		highest = max(highest, s.clusters[i].level)
		plain = plain && !s.clusters[i].shaped && s.clusters[i].level == 0
	}
	if plain {
		return nil, true
	}
	s.order = s.order[:0]
	for i := from; i < to; i++ {
		s.order = append(s.order, int32(i))
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(s.order); i++ {
			end := i
			for end < len(s.order) && s.clusters[s.order[end]].level >= level {
				end++
			}
			if end > i {
				slices.Reverse(s.order[i:end])
				i = end
			}
		}
	}
	return s.order, false
}
