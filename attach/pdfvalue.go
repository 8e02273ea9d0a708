package attach

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// acts are what an action dictionary can do. None belongs to what a page draws.
var acts = []pdfName{"GoTo", "GoToR", "GoToE", "GoToDp", "Launch", "Thread", "URI", "Sound", "Movie", "Hide", "Named", "SubmitForm", "ResetForm", "ImportData",
	"JavaScript", "SetOCGState", "Rendition", "Trans", "GoTo3DView", "RichMediaExecute"}

// sorts of objects that draw nothing, or that run.
var sorts = []pdfName{"Action", "EmbeddedFile", "F", "Filespec", "Metadata", "ObjStm", "XRef", "Annot", "3D", "Sig", "DocTimeStamp", "Catalog", "Pages"}

// dangerous says whether d is something that is never written. What has a place is
// a note, unless the document chose the names: then one may be called Rect.
func (w *pdfWriter) dangerous(d pdfDict, m mode) bool {
	sort, _ := w.f.resolve(d["Type"]).(pdfName)
	act, _ := w.f.resolve(d["S"]).(pdfName)
	subtype, _ := w.f.resolve(d["Subtype"]).(pdfName)
	note := m != chosen && d["Rect"] != nil && subtype != ""
	return slices.Contains(sorts, sort) || slices.Contains(acts, act) || note || slices.Contains([]pdfName{"XML", "U3D", "PRC", "PS"}, subtype)
}

// value writes v with new numbers; what is dangerous becomes null.
func (w *pdfWriter) value(v any, m mode, nested int) {
	if nested > maxNested+4 {
		w.text("null")
		return
	}
	if w.full {
		return
	}
	switch v := v.(type) {
	case pdfName:
		w.name(v)
	case pdfNumber:
		w.text(string(v))
	case pdfWord:
		w.text(string(v))
	case pdfString:
		w.string(string(v))
	case pdfNew:
		w.text(strconv.Itoa(int(v)) + " 0 R")
	case pdfRef:
		w.reference(v, m)
	case pdfArray:
		w.array(v, nested)
	case pdfDict:
		w.dict(v, m, nested)
	case pdfNote:
		w.dict(pdfDict(v), plain, 0)
	default:
		w.text("null")
	}
}

// array writes a list. A text in one is the table of an indexed color space, and
// nothing elsewhere.
func (w *pdfWriter) array(v pdfArray, nested int) {
	if w.profiled(v) {
		w.name(w.space(v))
		return
	}
	table := len(v) == 4 && w.f.resolve(v[0]) == pdfName("Indexed")
	w.text("[")
	for i, one := range v {
		if i > 0 {
			w.text(" ")
		}
		if _, text := w.f.resolve(one).(pdfString); text && !table {
			w.text("null")
			continue
		}
		w.value(one, plain, nested+1)
	}
	w.text("]")
}

// reference writes where the new object of an old one is, and has it written.
func (w *pdfWriter) reference(r pdfRef, m mode) {
	old := w.last(r)
	if n, ok := w.numbers[old]; ok {
		w.text(strconv.Itoa(n) + " 0 R")
		return
	}
	target := w.f.resolve(r)
	if d, ok := target.(pdfDict); target == nil || ok && (w.dangerous(d, m) || w.f.resolve(d["Type"]) == pdfName("Page")) {
		w.text("null")
		return
	}
	n := len(w.offsets) + 1
	w.offsets = append(w.offsets, 0)
	w.numbers[old] = n
	w.waiting = append(w.waiting, waiting{old, m})
	w.text(strconv.Itoa(n) + " 0 R")
}

// last is the object at the end of a chain of references.
func (w *pdfWriter) last(r pdfRef) int {
	for range 16 {
		next, ok := w.f.objects[int(r)].(pdfRef)
		if !ok {
			break
		}
		r = next
	}
	return int(r)
}

// dict writes what of a dictionary is known.
func (w *pdfWriter) dict(d pdfDict, m mode, nested int) {
	if nested > 0 && w.dangerous(d, m) || w.elsewhere(d, m) {
		w.text("null")
		return
	}
	w.text("<<")
	layer := d["Type"] == pdfName("OCG")
	for _, key := range slices.Sorted(maps.Keys(d)) {
		if layer && key == "Name" {
			w.text("/Name <4C61796572>") // one has to be there: Layer
			continue
		}
		if !w.kept(key, d[key], m) {
			continue
		}
		w.name(key)
		w.text(" ")
		w.value(d[key], m.below(key), nested+1)
	}
	w.text(">>")
}

// name writes a name; what is not plain in it is written as #41.
func (w *pdfWriter) name(n pdfName) {
	var b strings.Builder
	b.WriteByte('/')
	for i := range len(n) {
		if c := n[i]; c > ' ' && c < 0x7f && regular(c) && c != '#' {
			b.WriteByte(c)
		} else {
			b.WriteByte('#')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	w.text(b.String())
}

// string writes a string in hexadecimal, so that nothing in it can be read as
// anything else.
func (w *pdfWriter) string(s string) {
	var b strings.Builder
	b.Grow(2*len(s) + 2)
	b.WriteByte('<')
	for i := range len(s) {
		b.WriteByte("0123456789ABCDEF"[s[i]>>4])
		b.WriteByte("0123456789ABCDEF"[s[i]&15])
	}
	b.WriteByte('>')
	w.text(b.String())
}
