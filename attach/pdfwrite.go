package attach

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
)

// pdfWriter writes a PDF of what is reached from its pages.
type pdfWriter struct {
	f       *pdfFile
	ctx     context.Context
	limits  Limits
	out     limited
	numbers map[int]int // new number of an old object
	offsets []int       // of new objects, the first at 0
	waiting []waiting
	budget  int64        // bytes that may still be unpacked
	judged  map[int]bool // segments of scans that are shared, by object
	many    int          // annotations so far
	pages   int          // of the copy
	full    bool         // more was written than a copy may be
}

// waiting is an object that was referred to and is to be written.
type waiting struct {
	old int
	m   mode
}

// write writes the whole file. Object 1 is the catalog, 2 the tree of pages,
// then come the pages, then what they draw with.
func (w *pdfWriter) write(root pdfDict, pages []pdfPage) ([]byte, error) {
	w.out.most = maxCopy
	w.text("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	w.offsets, w.pages = make([]int, 2+len(pages)), len(pages)
	kids := make(pdfArray, len(pages))
	for i, p := range pages {
		if _, twice := w.numbers[p.number]; p.number >= 0 && !twice {
			w.numbers[p.number] = 3 + i
		}
		kids[i] = pdfNew(3 + i)
	}
	catalog := pdfDict{"Type": pdfName("Catalog"), "Pages": pdfNew(2)}
	for _, key := range []pdfName{"Lang", "MarkInfo", "StructTreeRoot", "OCProperties"} {
		if root[key] != nil {
			catalog[key] = root[key]
		}
	}
	w.object(1, catalog)
	w.object(2, pdfDict{"Type": pdfName("Pages"), "Kids": kids, "Count": pdfNumber(strconv.Itoa(len(pages)))})
	for i, p := range pages {
		page, err := w.page(p)
		if err != nil {
			return nil, err
		}
		w.object(3+i, page)
	}
	for len(w.waiting) > 0 {
		if err := w.ctx.Err(); err != nil || w.full {
			return nil, cmp.Or(err, tooRich)
		}
		next := w.waiting[0]
		w.waiting = w.waiting[1:]
		v := w.f.resolve(w.f.objects[next.old])
		if s, ok := v.(pdfStream); ok {
			if err := w.stream(w.numbers[next.old], s); err != nil {
				return nil, err
			}
			continue
		}
		w.begin(w.numbers[next.old])
		w.value(v, next.m, 0)
		w.text("\nendobj\n")
	}
	return w.finish()
}

// pdfNew is a reference to an object of the new file.
type pdfNew int

// page is what is kept of a page.
func (w *pdfWriter) page(p pdfPage) (pdfDict, error) {
	out := pdfDict{"Type": pdfName("Page"), "Parent": pdfNew(2)}
	for _, key := range inherited {
		if p.had[key] != nil {
			out[key] = p.had[key]
		}
	}
	for _, key := range []pdfName{"BleedBox", "TrimBox", "ArtBox", "Contents", "Group", "StructParents", "Tabs"} {
		if p.dict[key] != nil {
			out[key] = p.dict[key]
		}
	}
	for _, key := range boxes {
		size, err := w.f.box(out[key])
		if err != nil {
			return nil, err
		}
		if delete(out, key); size != nil {
			out[key] = size
		}
	}
	if out["MediaBox"] == nil {
		out["MediaBox"] = pdfArray{pdfNumber("0"), pdfNumber("0"), pdfNumber("612"), pdfNumber("792")}
	}
	if notes := w.notes(p.dict); len(notes) > 0 {
		out["Annots"] = notes
	}
	return out, nil
}

// finish writes the table of objects and the end.
func (w *pdfWriter) finish() ([]byte, error) {
	at := w.out.Len()
	w.text(fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1))
	for _, offset := range w.offsets {
		w.text(fmt.Sprintf("%010d 00000 n \n", offset))
	}
	w.text(fmt.Sprintf("trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, at))
	if w.full {
		return nil, tooRich
	}
	return w.out.Bytes(), nil
}

// text writes s, as long as there is room.
func (w *pdfWriter) text(s string) {
	if _, err := io.WriteString(&w.out, s); err != nil {
		w.full = true
	}
}

func (w *pdfWriter) begin(n int) {
	for len(w.offsets) < n {
		w.offsets = append(w.offsets, 0)
	}
	w.offsets[n-1] = w.out.Len()
	w.text(strconv.Itoa(n) + " 0 obj\n")
}

func (w *pdfWriter) object(n int, v any) {
	w.begin(n)
	w.value(v, plain, 0)
	w.text("\nendobj\n")
}
