package pdf

import (
	"math"
	"strconv"
	"unicode/utf16"
)

// node is an element of the document's structure, by which a screen reader tells headings, tables and lists.
type node struct {
	kind   string // of the PDF: P, H1, Table, TR, TH, TD, L, LI, Lbl, LBody, Sect
	parent int32
	kids   []kid
}

// kid is another node, or a piece of marked content on a page.
type kid struct {
	node int32 // 0: marked content
	page int   // from 1
	mark int
}

// pageObject is the number of the object of page i, from 0, as the drawing library counts; its content is the next one.
func pageObject(i int) int { return 3 + 2*i }

// writer writes the small change of a PDF.
type writer struct{ b []byte }

func (w *writer) text(s string) { w.b = append(w.b, s...) }

func (w *writer) number(n int) { w.b = append(strconv.AppendInt(w.b, int64(n), 10), ' ') }

func (w *writer) reference(n int) {
	w.number(n)
	w.text("0 R ")
}

// length writes points, to a hundredth.
func (w *writer) length(points float64) {
	n := int64(math.Round(points * 100))
	if n < 0 {
		w.text("-")
		n = -n
	}
	w.b = strconv.AppendInt(w.b, n/100, 10)
	if n %= 100; n != 0 {
		w.b = append(w.b, '.', byte('0'+n/10))
		if n %= 10; n != 0 {
			w.b = append(w.b, byte('0'+n))
		}
	}
	w.text(" ")
}

// color sets the color of what follows.
func (w *writer) color(c ink) {
	for _, part := range []uint8{c.r, c.g, c.b} {
		w.length(float64(part) / 255)
	}
	w.text("rg\n")
}

// structure writes the tree of elements: object number first is the root of the tree, which is nodes[0], and the
// others follow. It returns where each begins.
func (p *paper) structure(w *writer, first int) []int {
	starts := make([]int, len(p.nodes))
	w.text("<</Type/StructTreeRoot/K ")
	w.reference(first + 1)
	w.text("/ParentTree<</Nums[")
	for i, marks := range p.marks {
		w.number(i)
		w.text("[")
		for _, n := range marks {
			w.reference(first + int(n))
		}
		w.text("]")
	}
	w.text("]>>/ParentTreeNextKey ")
	w.number(len(p.marks))
	w.text(">>")
	for i := 1; i < len(p.nodes); i++ {
		starts[i] = len(w.b)
		p.element(w, first, &p.nodes[i])
	}
	return starts
}

// element writes one node.
func (p *paper) element(w *writer, first int, n *node) {
	w.text("<</S/" + n.kind + "/P ")
	w.reference(first + int(n.parent))
	if n.kind == "TH" {
		w.text(n.scope(p.nodes))
	}
	page := 0
	for _, k := range n.kids {
		if k.node == 0 && page == 0 {
			page = k.page
			w.text("/Pg ")
			w.reference(pageObject(page - 1))
		}
	}
	w.text("/K[")
	for _, k := range n.kids {
		switch {
		case k.node != 0:
			w.reference(first + int(k.node))
		case k.page == page:
			w.number(k.mark)
		default:
			w.text("<</Type/MCR/Pg ")
			w.reference(pageObject(k.page - 1))
			w.text("/MCID ")
			w.number(k.mark)
			w.text(">>")
		}
	}
	w.text("]>>")
}

// scope says whether a head cell heads its row or its column: a row of label and value is headed by its label.
func (n *node) scope(nodes []node) string {
	for _, k := range nodes[n.parent].kids {
		if nodes[k.node].kind == "TD" {
			return "/A<</O/Table/Scope/Row>>"
		}
	}
	return "/A<</O/Table/Scope/Column>>"
}

// hex writes v with the given number of digits.
func (w *writer) hex(v uint16, digits int) {
	const all = "0123456789ABCDEF"
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		w.b = append(w.b, all[v>>shift&15])
	}
}

// unicode writes text as a string of a PDF.
func (w *writer) unicode(text []rune) {
	w.text("<FEFF")
	for _, u := range utf16.Encode(text) {
		w.hex(u, 4)
	}
	w.text(">")
}
