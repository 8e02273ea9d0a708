package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
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

var errTrailer = errors.New("pdf: the drawing library wrote no trailer that can be read")

// describe appends what the drawing library cannot write, in the way in which a PDF is amended (an incremental
// update, ISO 32000-1 section 7.5.6): the language, that the title shows in the window bar, the structure, and an
// identifier. Nothing that the library wrote is touched.
func (p *paper) describe(pdf []byte) ([]byte, error) {
	size, root, info, start, err := trailer(pdf)
	if err != nil {
		return nil, err
	}
	catalog, err := object(pdf, start, root)
	if err != nil {
		return nil, err
	}
	a := amendment{out: bytes.NewBuffer(pdf), at: map[int]int{}, next: size}
	first := a.next // of the nodes
	a.next += len(p.nodes)
	for i := range p.pages {
		if err := a.page(pdf, start, i); err != nil {
			return nil, err
		}
	}
	p.structure(&a, first)
	a.begin(root)
	fmt.Fprintf(a.out, "<<%s\n/Version /1.7\n/Lang %s\n/MarkInfo <</Marked true>>\n/ViewerPreferences <</DisplayDocTitle true>>\n/StructTreeRoot %d 0 R>>\nendobj\n",
		catalog, hexText([]rune(p.doc.Language)), first)
	id := sha256.Sum256(a.out.Bytes())
	a.finish(fmt.Sprintf("/Size %d /Root %d 0 R /Info %d 0 R /Prev %d /ID [<%x> <%x>]", a.next, root, info, start, id[:16], id[:16]))
	return a.out.Bytes(), nil
}

// structure writes the tree of elements: nodes[0] is its root, object number first.
func (p *paper) structure(a *amendment, first int) {
	a.begin(first)
	fmt.Fprintf(a.out, "<</Type /StructTreeRoot /K %d 0 R /ParentTree <</Nums [", first+1)
	for i, marks := range p.marks {
		fmt.Fprintf(a.out, "%d [", i)
		for _, n := range marks {
			a.reference(first + int(n))
		}
		a.out.WriteString("]\n")
	}
	fmt.Fprintf(a.out, "]>> /ParentTreeNextKey %d>>\nendobj\n", len(p.marks))
	for i := 1; i < len(p.nodes); i++ {
		n := &p.nodes[i]
		a.begin(first + i)
		a.out.WriteString("<</Type /StructElem /S /" + n.kind + " /P ")
		a.reference(first + int(n.parent))
		if n.kind == "TH" {
			a.out.WriteString(n.scope(p.nodes))
		}
		page := 0
		for _, k := range n.kids {
			if k.node == 0 && page == 0 {
				page = k.page
				a.out.WriteString("/Pg ")
				a.reference(1 + 2*page)
			}
		}
		a.out.WriteString("/K [")
		for _, k := range n.kids {
			switch {
			case k.node != 0:
				a.reference(first + int(k.node))
			case k.page == page:
				a.number(k.mark)
			default:
				fmt.Fprintf(a.out, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", 1+2*k.page, k.mark)
			}
		}
		a.out.WriteString("]>>\nendobj\n")
	}
}

// scope says whether a head cell heads its row or its column: a row of label and value is headed by its label.
func (n *node) scope(nodes []node) string {
	for _, k := range nodes[n.parent].kids {
		if nodes[k.node].kind == "TD" {
			return "/A <</O /Table /Scope /Row>> "
		}
	}
	return "/A <</O /Table /Scope /Column>> "
}

// amendment is what is appended to a PDF: objects that are new or replace others.
type amendment struct {
	out  *bytes.Buffer
	at   map[int]int // object number → offset
	next int         // first free object number
}

func (a *amendment) begin(number int) {
	a.at[number] = a.out.Len()
	a.number(number)
	a.out.WriteString("0 obj\n")
}

func (a *amendment) number(n int) {
	a.out.Write(strconv.AppendInt(a.out.AvailableBuffer(), int64(n), 10))
	a.out.WriteByte(' ')
}

func (a *amendment) reference(n int) {
	a.number(n)
	a.out.WriteString("0 R ")
}

// page says which entry of the parent tree is that of a page, and that its tab order follows the structure.
func (a *amendment) page(pdf []byte, table, key int) error {
	number := 3 + 2*key
	old, err := object(pdf, table, number)
	if err != nil {
		return err
	}
	a.begin(number)
	fmt.Fprintf(a.out, "<<%s\n/StructParents %d /Tabs /S>>\nendobj\n", old, key)
	return nil
}

// finish writes the table of offsets and the trailer.
func (a *amendment) finish(entries string) {
	start := a.out.Len()
	a.out.WriteString("xref\n")
	for n := 0; n < a.next; {
		if _, ok := a.at[n]; !ok {
			n++
			continue
		}
		end := n
		for _, ok := a.at[end]; ok; _, ok = a.at[end] {
			end++
		}
		fmt.Fprintf(a.out, "%d %d\n", n, end-n)
		for ; n < end; n++ {
			fmt.Fprintf(a.out, "%010d 00000 n \n", a.at[n])
		}
	}
	fmt.Fprintf(a.out, "trailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n", entries, start)
}

// trailer reads what the end of a PDF of the drawing library says: number of objects, catalog, properties, and where
// the table of offsets stands.
func trailer(pdf []byte) (size, root, info, start int, err error) {
	at := bytes.LastIndex(pdf, []byte("trailer\n"))
	if at < 0 {
		return 0, 0, 0, 0, errTrailer
	}
	if _, err := fmt.Sscanf(string(pdf[at:]), "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n>>\nstartxref\n%d\n", &size, &root, &info, &start); err != nil {
		return 0, 0, 0, 0, errTrailer
	}
	return size, root, info, start, nil
}

// object returns what stands between << and >> of an object that is a dictionary. table is where the table of offsets
// stands.
func object(pdf []byte, table, number int) ([]byte, error) {
	const entry = 20
	var size int
	if table < 0 || table >= len(pdf) {
		return nil, errTrailer
	}
	if _, err := fmt.Sscanf(string(pdf[table:min(table+40, len(pdf))]), "xref\n0 %d\n", &size); err != nil || number >= size {
		return nil, errTrailer
	}
	at := table + len(fmt.Sprintf("xref\n0 %d\n", size)) + entry*number
	if at+10 > len(pdf) {
		return nil, errTrailer
	}
	offset, err := strconv.Atoi(string(pdf[at : at+10]))
	head := []byte(strconv.Itoa(number) + " 0 obj\n<<")
	if err != nil || offset > len(pdf) || !bytes.HasPrefix(pdf[offset:], head) {
		return nil, errTrailer
	}
	from := offset + len(head)
	end := bytes.Index(pdf[from:], []byte(">>\nendobj"))
	if end < 0 {
		return nil, errTrailer
	}
	return pdf[from : from+end], nil
}

// hexText writes text as a string of a PDF.
func hexText(text []rune) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(6 + 4*len(text))
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode(text) {
		for shift := 12; shift >= 0; shift -= 4 {
			b.WriteByte(digits[u>>shift&15])
		}
	}
	b.WriteByte('>')
	return b.String()
}
