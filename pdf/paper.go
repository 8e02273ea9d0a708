package pdf

import (
	"errors"
	"fmt"
	"time"
)

// Document is what every page of a document says about itself. Nothing in it may name the person: titles and subjects
// show in file lists, window bars and search results.
type Document struct {
	Title        string    // neutral, such as "Confirmation letter"
	Subject      string    // neutral, may be empty
	Producer     string    // of the properties; empty is the name of this program
	Language     string    // of the words around the answers, a BCP 47 tag; empty is en-US
	Reference    string    // as people see it: 7K4M-2QX9-C3TB-5
	Version      string    // of the record that is printed, such as "2"
	Digest       string    // hexadecimal; the first 16 digits are printed
	GeneratedFor string    // who asked for it
	Notice       string    // of confidentiality, at the foot of each page
	At           time.Time // when it was made, printed in its own zone; zero is refused
}

// Letter size and the lines of the page, in points.
const (
	pageWidth  = 612.0
	pageHeight = 792.0
	sideMargin = 54.0
	bodyTop    = 76.0
	bodyWidth  = pageWidth - 2*sideMargin
	labelWidth = 168.0
	gutter     = 14.0
)

var (
	theme  = ink{0x15, 0x49, 0x73}
	black  = ink{0x1b, 0x1b, 0x1b}
	quiet  = ink{0x4a, 0x4d, 0x4f}
	hair   = ink{0xbe, 0xc0, 0xc1}
	tinted = ink{0xef, 0xf6, 0xfb}

	bodyStyle   = style{size: 10.5, leading: 15, ink: black}
	boldStyle   = style{size: 10.5, leading: 15, ink: black, bold: true}
	rowStyle    = style{size: 10, leading: 13.5, ink: black}
	labelStyle  = style{size: 10, leading: 13.5, ink: quiet}
	headStyle   = style{size: 10, leading: 13.5, ink: theme, bold: true}
	smallStyle  = style{size: 8, leading: 10.5, ink: quiet}
	titleStyle  = style{size: 8.5, leading: 11, ink: theme, bold: true}
	headingOf   = [...]style{{size: 18, leading: 23, ink: theme, bold: true}, {size: 13, leading: 17, ink: theme, bold: true}, {size: 11, leading: 15, ink: black, bold: true}}
	spaceBefore = [...]float64{4, 16, 10}
)

var errNoTime = errors.New("pdf: a document needs the time at which it was made")

// paper is a document being written, from top to bottom. Its methods do not return errors: Bytes tells the first one,
// and after it the others do nothing. One goroutine writes a paper; any number of papers can be written at once.
type paper struct {
	doc     Document
	err     error
	cleaner cleaner
	shaper  shaper
	slots   slots
	codes   []byte
	actual  []rune
	pages   [][]op
	title   string   // at the head of pages that begin now
	titles  []string // of the pages
	y       float64  // where the next block begins
	bottom  float64  // where the foot of the page begins
	foot    galley
	keep    keep
	columns [8]galley // of the block at hand
	nodes   []node
	marks   [][]int32 // by page: the node of each marked content
	table   int32     // the open table of rows, or 0
}

// newPaper begins a document.
func newPaper(doc Document) *paper {
	p := &paper{doc: doc, title: doc.Title, nodes: []node{{}, {kind: "Document"}}}
	if doc.Language == "" {
		p.doc.Language = "en-US"
	}
	if doc.At.IsZero() {
		p.err = errNoTime
		return p
	}
	p.try(func() {
		p.set(&p.foot, p.footText(), smallStyle, footWidth, 0, ownSide)
		p.bottom = pageHeight - 36 - float64(p.foot.lines())*smallStyle.leading - 14
		if p.bottom < pageHeight/2 {
			p.err = fmt.Errorf("pdf: the foot of the page takes more than half of it")
			return
		}
		p.newPage()
	})
	return p
}

// try runs f unless the paper has failed, and turns a panic of a library into the paper's error. The panic's own words
// are left out: they may hold what a person wrote.
func (p *paper) try(f func()) {
	if p.err != nil {
		return
	}
	defer func() {
		if v := recover(); v != nil {
			if e, ok := v.(error); ok && errors.As(e, new(*faceError)) {
				p.err = e
				return
			}
			p.err = fmt.Errorf("pdf: laying out: a library failed (%T)", v)
		}
	}()
	f()
}

// keep remembers a heading at the end of a page, which goes to the next page with what follows it.
type keep struct {
	on     bool
	at     int     // the first op of the heading
	y      float64 // where it begins
	height float64
}

// newPage begins a page, and takes a heading with it that would be left alone.
func (p *paper) newPage() {
	page := make([]op, 0, 192)
	p.y = bodyTop
	if n := len(p.pages); p.keep.on && p.keep.at > 0 {
		last := p.pages[n-1]
		for _, o := range last[p.keep.at:] {
			o.y -= p.keep.y - bodyTop
			page = append(page, o)
		}
		p.pages[n-1] = last[:p.keep.at]
		p.y += p.keep.height
	}
	p.keep.on = false
	p.pages, p.titles = append(p.pages, page), append(p.titles, p.title)
}

// room begins a new page unless height is left on this one or nothing stands on this one.
func (p *paper) room(height float64) {
	if p.y+height > p.bottom && p.y > bodyTop {
		p.newPage()
	}
}

// fits is how many lines of leading fit below y.
func (p *paper) fits(leading float64) int { return max(0, int((p.bottom-p.y+0.01)/leading)) }

// draw appends o to the page at hand.
func (p *paper) draw(o op) { p.pages[len(p.pages)-1] = append(p.pages[len(p.pages)-1], o) }

// put places lines from..to of g on the page, its left side at x, the first line's upper edge at y.
func (p *paper) put(g *galley, from, to int, x, y float64, size float64) {
	p.keep.on = false
	page := &p.pages[len(p.pages)-1]
	for i := from; i < to; i++ {
		base := y + float64(i-from)*g.leading + (g.leading+0.72*size)/2
		for _, o := range g.line(i) {
			o.x += x
			o.y += base
			*page = append(*page, o)
		}
	}
}

// bar draws a filled rectangle.
func (p *paper) bar(x, y, w, h float64, color ink) {
	p.draw(op{kind: fill, x: x, y: y, w: w, h: h, ink: color})
}

// add makes a node of the document's structure below parent.
func (p *paper) add(kind string, parent int32) int32 {
	n := int32(len(p.nodes))
	p.nodes = append(p.nodes, node{kind: kind, parent: parent})
	p.nodes[parent].kids = append(p.nodes[parent].kids, kid{node: n})
	return n
}

// block begins a block that is no row: it closes the table of rows.
func (p *paper) block(f func()) {
	p.try(func() {
		p.table = 0
		f()
	})
}

// Part begins a part of the document, such as one letter of a packet, on a page of its own. Its pages carry title, which
// is neutral like the document's.
func (p *paper) Part(title string) {
	p.block(func() {
		p.title = title
		if last := len(p.pages) - 1; len(p.pages[last]) == 0 {
			p.titles[last] = title
			return
		}
		p.keep.on = false
		p.newPage()
	})
}

const mostKept = 8 // lines that are kept together whatever it takes

// Heading writes a heading of level 1 to 3 and keeps it with what follows.
func (p *paper) Heading(level int, text string) {
	p.block(func() {
		level = min(max(level, 1), len(headingOf))
		st := headingOf[level-1]
		if p.y > bodyTop {
			p.y += spaceBefore[level-1]
		}
		g := &p.columns[0]
		p.set(g, text, st, bodyWidth, p.add(fmt.Sprintf("H%d", level), 1), ownSide)
		if g.lines() > mostKept {
			p.flow(g, sideMargin, st.size, nil)
			return
		}
		height := float64(g.lines()) * st.leading
		p.room(height + 3*bodyStyle.leading)
		k := p.keep
		if !k.on {
			k = keep{on: true, at: len(p.pages[len(p.pages)-1]), y: p.y}
		}
		p.put(g, 0, g.lines(), sideMargin, p.y, st.size)
		p.y += height + 3
		if level == 2 {
			p.bar(sideMargin, p.y, bodyWidth, 0.9, theme)
			p.y += 5
		}
		k.height = p.y - k.y
		p.keep = k
	})
}

// Paragraph writes text; a line break in it begins a new line.
func (p *paper) Paragraph(text string) { p.paragraph(text, bodyStyle, 6) }

// Strong writes a paragraph in bold.
func (p *paper) Strong(text string) { p.paragraph(text, boldStyle, 6) }

// Small writes a paragraph in small quiet type.
func (p *paper) Small(text string) { p.paragraph(text, smallStyle, 4) }

func (p *paper) paragraph(text string, st style, after float64) {
	p.block(func() {
		g := &p.columns[0]
		p.set(g, text, st, bodyWidth, p.add("P", 1), ownSide)
		p.flow(g, sideMargin, st.size, nil)
		p.y += after
	})
}

// flow places all lines of g, over as many pages as they need. No first line stands alone at the foot of a page and no
// last one at the head of the next. each, when there is one, is told of each part before it is placed.
func (p *paper) flow(g *galley, x, size float64, each func(y, height float64)) {
	for at := 0; at < g.lines(); {
		left := g.lines() - at
		n := min(left, p.fits(g.leading))
		if n < left && left-n < 2 {
			n = left - 2
		}
		if n < min(left, 2) {
			if p.y > bodyTop {
				p.newPage()
				continue
			}
			n = min(left, max(1, p.fits(g.leading)))
		}
		if each != nil {
			each(p.y, float64(n)*g.leading)
		}
		p.put(g, at, at+n, x, p.y, size)
		p.y += float64(n) * g.leading
		if at += n; at < g.lines() {
			p.newPage()
		}
	}
}

// Space leaves points free, unless a page begins here.
func (p *paper) Space(points float64) {
	p.block(func() {
		if p.y > bodyTop {
			p.y += points
		}
	})
}

// Rule draws a thin line over the width of the text.
func (p *paper) Rule() {
	p.block(func() {
		p.room(12)
		p.bar(sideMargin, p.y+4, bodyWidth, 0.6, hair)
		p.y += 10
	})
}

// NewPage begins a new page unless nothing stands on this one.
func (p *paper) NewPage() {
	p.block(func() {
		if len(p.pages[len(p.pages)-1]) > 0 {
			p.newPage()
		}
	})
}
