package attach

import (
	"context"
	"strconv"
)

// cleanPDF writes a PDF anew that holds the pages of b and what they draw with,
// and nothing else: no script, no action, no link, no attached file, no form, no
// metadata. What is not known to be drawn is left out.
func cleanPDF(ctx context.Context, b []byte, l Limits) ([]byte, int, error) {
	f, err := readPDF(b)
	if err != nil {
		return nil, 0, err
	}
	root := f.dict(f.root)
	if root["Pages"] == nil {
		return nil, 0, unreadable
	}
	leaves, err := f.pages(root["Pages"], l.Pages)
	if err != nil {
		return nil, 0, err
	}
	w := &pdfWriter{f: f, ctx: ctx, limits: l, numbers: map[int]int{}, judged: map[int]bool{}, budget: maxUnpacked}
	out, err := w.write(root, leaves)
	return out, len(leaves), err
}

// pdfPage is one page with what it has from the nodes above it.
type pdfPage struct {
	number int // of its object, -1 when it has none
	dict   pdfDict
	had    pdfDict
}

// inherited are the keys that a page may have from above.
var inherited = []pdfName{"Resources", "MediaBox", "CropBox", "Rotate"}

// pages walks the tree of pages. It goes into no node twice on one way down, and
// counts what is there, not what the file says.
func (f *pdfFile) pages(root any, most int) ([]pdfPage, error) {
	var out []pdfPage
	steps := 0
	var walk func(v any, had pdfDict, above map[pdfRef]bool, depth int) error
	walk = func(v any, had pdfDict, above map[pdfRef]bool, depth int) error {
		if steps++; steps > 20*most+1000 {
			return tooLong(most)
		}
		d := f.dict(v)
		number := -1
		if r, ok := v.(pdfRef); ok {
			if above[r] {
				return unreadable
			}
			number = int(r)
			above[r] = true
			defer delete(above, r)
		}
		if d == nil || depth > 40 {
			return nil
		}
		have := pdfDict{}
		for _, key := range inherited {
			if have[key] = had[key]; d[key] != nil {
				have[key] = d[key]
			}
		}
		kids, node := f.resolve(d["Kids"]).(pdfArray)
		if !node {
			if out = append(out, pdfPage{number, d, have}); len(out) > most {
				return tooLong(most)
			}
			return nil
		}
		for _, kid := range kids {
			if err := walk(kid, have, above, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(root, pdfDict{}, map[pdfRef]bool{}, 0); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, unreadable
	}
	return out, nil
}

func tooLong(most int) error {
	return refuse("The PDF has more than " + strconv.Itoa(most) + " pages. Split it, and add the parts that matter.")
}

// drawn are the annotations that only show something. What is in a form is
// shown as a stamp, so that its answers stay on the page.
var drawn = map[pdfName]pdfName{"Widget": "Stamp", "FreeText": "FreeText", "Stamp": "Stamp", "Ink": "Ink", "Highlight": "Highlight", "Underline": "Underline",
	"StrikeOut": "StrikeOut", "Squiggly": "Squiggly", "Square": "Square", "Circle": "Circle", "Line": "Line", "Polygon": "Polygon", "PolyLine": "PolyLine"}

// noteKeys are what is kept of an annotation.
var noteKeys = []pdfName{"AP", "AS", "BS", "Border", "C", "CA", "Contents", "DA", "F", "IC", "InkList", "L", "LE", "Q", "QuadPoints", "RD", "Rect", "Vertices"}

// unseen are the flags of a note that nobody is shown: hidden, or not on a screen.
const unseen = 2 | 32

// maxNotes bounds the annotations of all pages together.
const maxNotes = 20_000

// pdfNote is an annotation as it is written.
type pdfNote pdfDict

// notes are the annotations of a page as they are written.
func (w *pdfWriter) notes(page pdfDict) pdfArray {
	f := w.f
	list, _ := f.resolve(page["Annots"]).(pdfArray)
	if w.many += len(list); w.many > maxNotes {
		w.full = true
		return nil
	}
	var out pdfArray
	for _, one := range list {
		d := f.dict(one)
		subtype, _ := f.resolve(d["Subtype"]).(pdfName)
		as, ok := drawn[subtype]
		if !ok || max(f.number(d["F"]), 0)&unseen != 0 {
			continue
		}
		kept := pdfNote{"Type": pdfName("Annot"), "Subtype": as}
		for _, key := range noteKeys {
			if d[key] != nil {
				kept[key] = d[key]
			}
		}
		if subtype == "Widget" && f.dict(d["AP"])["N"] == nil {
			answer, ok := f.answer(d)
			if !ok {
				continue
			}
			kept["Subtype"], kept["Contents"], kept["DA"] = pdfName("FreeText"), answer, pdfString("/Helv 9 Tf 0 g")
		}
		out = append(out, kept)
	}
	return out
}

// answer is what was typed into a field that nobody has drawn.
func (f *pdfFile) answer(d pdfDict) (pdfString, bool) {
	for range 8 {
		if v, ok := f.resolve(d["V"]).(pdfString); ok {
			return v, true
		}
		if d = f.dict(d["Parent"]); d == nil {
			break
		}
	}
	return "", false
}
