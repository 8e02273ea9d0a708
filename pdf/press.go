package pdf

import (
	"bytes"
	"cmp"
	"crypto/fips140"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jung-kurt/gofpdf"
)

// Bytes ends the document and returns it with the characters that it could not draw. The same calls with the same
// Document give the same bytes. It is called once.
func (p *paper) Bytes() ([]byte, []Undrawn, error) {
	p.try(p.furnish)
	var out []byte
	// The library names fonts by SHA-1. That protects nothing, so a program held to FIPS 140 may do it.
	fips140.WithoutEnforcement(func() { p.try(func() { out, p.err = p.print() }) })
	if p.err == nil {
		p.try(func() { out, p.err = p.finish(out) })
	}
	if p.err != nil {
		return nil, p.cleaner.lacking(), p.err
	}
	return out, p.cleaner.lacking(), nil
}

// print hands the pages to the drawing library. No other function of this program speaks to it.
func (p *paper) print() ([]byte, error) {
	f := gofpdf.New("P", "pt", "Letter", "")
	f.SetAutoPageBreak(false, 0)
	f.SetCompression(false) // finish does it
	f.SetMargins(0, 0, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(p.doc.At.UTC())
	f.SetModificationDate(p.doc.At.UTC())
	f.SetProducer(cmp.Or(p.doc.Producer, "nysreferral"), false)
	f.SetTitle(p.doc.Title, true)
	f.SetSubject(p.doc.Subject, true)
	for i, s := range p.slots.all {
		if err := addFont(f, i, s); err != nil {
			return nil, err
		}
	}
	w := writer{b: make([]byte, 0, 16<<10)}
	for i := range p.pages {
		f.AddPage()
		p.printPage(f, &w, i)
	}
	var out bytes.Buffer
	out.Grow((8+20*len(p.pages))<<10 + 16<<10*len(p.slots.all))
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("pdf: printing: %w", err)
	}
	return out.Bytes(), nil
}

// family is what the drawing library calls slot i.
func family(i int) string { return fmt.Sprintf("f%d", i) }

// addFont gives the library a slot as one of its one-byte fonts, with a definition of the kind that its makefont
// command writes.
func addFont(f *gofpdf.Fpdf, i int, s *slot) error {
	program := s.program()
	packed, err := deflate(program)
	if err != nil {
		return err
	}
	face := faces[s.face]
	type box struct{ Xmin, Ymin, Xmax, Ymax int }
	type description struct {
		Ascent, Descent, CapHeight, Flags, StemV int
		FontBBox                                 box
	}
	definition, err := json.Marshal(struct {
		Tp, Name, File string
		Cw             []int
		Desc           description
		OriginalSize   int
	}{"TrueType", s.name(i), family(i) + ".z", s.widths(), description{
		Ascent: face.ascent, Descent: face.descent, CapHeight: 714, Flags: 32, StemV: 80,
		FontBBox: box{face.bounds[0], face.bounds[1], face.bounds[2], face.bounds[3]}}, len(program)})
	if err != nil {
		return fmt.Errorf("pdf: describing a font: %w", err)
	}
	f.AddFontFromBytes(family(i), "", definition, packed)
	if err := f.Error(); err != nil {
		return fmt.Errorf("pdf: adding a font: %w", err)
	}
	return nil
}

// printPage writes the ops of a page, each in the marked content of its element.
func (p *paper) printPage(f *gofpdf.Fpdf, w *writer, page int) {
	state := op{node: -1, ink: ink{1, 1, 1}} // what the page is set to
	next := 0                                // number of the next marked content of this page
	for _, o := range p.pages[page] {
		if o.node != state.node {
			if state.node >= 0 {
				w.text("EMC\n")
			}
			if state.node = o.node; o.node == 0 {
				w.text("/Artifact BMC\n")
			} else {
				w.text("/" + p.nodes[o.node].kind + "<</MCID ")
				w.number(next)
				w.text(">>BDC\n")
				p.nodes[o.node].kids = append(p.nodes[o.node].kids, kid{page: page + 1, mark: next})
				p.marks[page] = append(p.marks[page], o.node)
				next++
			}
		}
		if (o.kind == fill || o.kind == letters) && o.ink != state.ink {
			state.ink = o.ink
			w.color(o.ink)
		}
		if o.kind == letters && (state.slot != o.slot || state.w != o.w) {
			state.slot, state.w = o.slot, o.w
			f.RawWriteStr(string(w.b)) // only the library knows how it calls a font on the page
			w.b = w.b[:0]
			f.SetFont(family(int(o.slot)-1), "", o.w)
		}
		p.printOp(w, o)
	}
	if state.node >= 0 {
		w.text("EMC\n")
	}
	f.RawWriteStr(string(w.b))
	w.b = w.b[:0]
}

// printOp writes one op in the operators of a page (ISO 32000-1 annex A), whose origin is the lower left corner.
func (p *paper) printOp(w *writer, o op) {
	switch o.kind {
	case letters:
		w.text("BT ")
		w.length(o.x)
		w.length(pageHeight - o.y)
		w.text("Td(")
		for _, c := range p.codes[o.from:o.to] {
			if c == '(' || c == ')' || c == '\\' {
				w.text("\\")
			}
			w.b = append(w.b, c)
		}
		w.text(")Tj ET\n")
	case fill:
		w.length(o.x)
		w.length(pageHeight - o.y - o.h)
		w.length(o.w)
		w.length(o.h)
		w.text("re f\n")
	case spanFrom:
		w.text("/Span<</ActualText")
		w.unicode(p.actual[o.from:o.to])
		w.text(">>BDC\n")
	case turnFrom:
		w.text("/ReversedChars BMC\n")
	case spanTo:
		w.text("EMC\n")
	}
}

// furnish draws head and foot of each page, which only now can say how many there are.
func (p *paper) furnish() {
	var title, reference, number galley
	p.set(&reference, p.doc.Reference, titleStyle, bodyWidth*0.38, 0, allRight)
	last := max(p.foot.lines()-1, 0)
	for i := range p.pages {
		if i == 0 || p.titles[i] != p.titles[i-1] {
			p.set(&title, p.titles[i], titleStyle, bodyWidth*0.6, 0, ownSide)
		}
		p.set(&number, fmt.Sprintf("Page %d of %d", i+1, len(p.pages)), smallStyle, numberWidth, 0, allRight)
		pages := p.pages
		p.pages = pages[:i+1] // put draws on the last page
		p.put(&title, 0, min(title.lines(), 2), sideMargin, 38, titleStyle.size)
		p.put(&reference, 0, min(reference.lines(), 2), sideMargin+bodyWidth*0.62, 38, titleStyle.size)
		p.bar(sideMargin, 60, bodyWidth, 1.2, theme)
		p.bar(sideMargin, p.bottom+10, bodyWidth, 0.5, hair)
		p.put(&p.foot, 0, p.foot.lines(), sideMargin, p.bottom+14, smallStyle.size)
		p.put(&number, 0, 1, pageWidth-sideMargin-numberWidth, p.bottom+14+float64(last)*smallStyle.leading, smallStyle.size)
		p.pages = pages
	}
	p.marks = make([][]int32, len(p.pages))
}

const (
	numberWidth = 76.0                             // of "Page 9999 of 9999"
	footWidth   = bodyWidth - numberWidth - gutter // of what stands beside it
)

// footText is what stands at the foot of every page beside its number.
func (p *paper) footText() string {
	d := p.doc
	var words []string
	for _, w := range []struct{ before, text string }{{"Version ", d.Version}, {"Digest ", short(d.Digest)}, {"Generated for ", d.GeneratedFor}} {
		if w.text != "" {
			words = append(words, w.before+w.text)
		}
	}
	words = append(words, d.At.Format("January 2, 2006, 3:04 pm MST"))
	text := strings.Join(words, " · ")
	if d.Notice != "" {
		text = d.Notice + "\n" + text
	}
	return text
}

// short is the part of a digest that is printed.
func short(digest string) string {
	if len(digest) > 16 {
		return digest[:16]
	}
	return digest
}
