package attach

import (
	"bytes"
	"compress/zlib"
	"io"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// The values of a PDF. A number is kept as it is written; nil is null.
type (
	pdfName   string
	pdfNumber string
	pdfString string // its bytes
	pdfWord   string // true, false, or an operator where none belongs
	pdfRef    int    // number of an object; generations are not told apart
	pdfArray  []any
	pdfDict   map[pdfName]any
	pdfStream struct {
		dict pdfDict
		raw  []byte // as it lies in the file
	}
)

// Bounds of reading. A document of 200 pages stays far below them.
const (
	maxValues = 2_000_000 // values in a file
	maxNested = 60        // arrays and dictionaries in each other
	maxInner  = 64 << 20  // bytes of what is unpacked to find objects
)

// pdfFile is a PDF with all its objects. Where an object stands several times,
// the last one counts, as in a file that was changed by adding to its end.
type pdfFile struct {
	text    string // the whole file
	objects map[int]any
	at      map[int]int // where each object was found
	root    pdfRef
	rootAt  int
	locked  bool // encrypted
	values  int
	inner   int // bytes that were unpacked to find objects
	passed  int // bytes that were read of them
	streams []span
}

// span is where the bytes of a stream lie in the file.
type span struct{ from, to int }

// readPDF finds every object of a PDF. It does not trust the file's own table of
// where they are, so there is no loop in one that it could follow.
func readPDF(b []byte) (*pdfFile, error) {
	f := &pdfFile{text: string(b), objects: map[int]any{}, at: map[int]int{}, root: -1}
	if !strings.Contains(f.text[max(0, len(f.text)-2048):], "%%EOF") {
		return nil, unreadable
	}
	for at := 0; ; {
		next, n, ok := f.nextObject(at)
		if !ok {
			break
		}
		p := pdfParser{f: f, text: f.text, at: next}
		v, err := p.value(0)
		if err == nil {
			v = p.stream(v)
			f.keep(n, v, next)
		}
		if f.values > maxValues {
			return nil, tooRich
		}
		at = max(p.at, next)
	}
	if err := f.unpackObjects(); err != nil {
		return nil, err
	}
	f.trailers()
	if f.locked {
		return nil, refuse("The PDF is protected by a password. Print it to a new PDF, or save it without the protection, and add that.")
	}
	return f, nil
}

// nextObject finds the next "12 0 obj" from at on, and returns where its value
// begins.
func (f *pdfFile) nextObject(at int) (next, n int, ok bool) {
	for {
		i := strings.Index(f.text[at:], "obj")
		if i < 0 {
			return 0, 0, false
		}
		i += at
		at = i + 3
		rest, generation := lastNumber(strings.TrimRight(f.text[max(0, i-40):i], blanks))
		number := strings.TrimRight(rest, blanks)
		if generation < 0 || len(number) == len(rest) {
			continue
		}
		if _, n := lastNumber(number); n >= 0 {
			return at, n, true
		}
	}
}

// lastNumber cuts a whole number off the end of s; -1 when there is none.
func lastNumber(s string) (rest string, n int) {
	rest = strings.TrimRight(s, "0123456789")
	n, err := strconv.Atoi(s[len(rest):])
	if err != nil || n > 10_000_000 {
		return s, -1
	}
	return rest, n
}

// keep takes an object that was found at a place.
func (f *pdfFile) keep(n int, v any, at int) {
	if old, ok := f.at[n]; ok && old > at {
		return
	}
	f.objects[n], f.at[n] = v, at
	if s, ok := v.(pdfStream); ok && s.dict["Type"] == pdfName("XRef") {
		f.trailer(s.dict, at)
	}
}

// trailers looks for the dictionaries that say which object is the first. One
// within a stream is of another document, that lies in this one.
func (f *pdfFile) trailers() {
	for at := 0; ; {
		i := strings.Index(f.text[at:], "trailer")
		if i < 0 {
			break
		}
		p := pdfParser{f: f, text: f.text, at: at + i + len("trailer")}
		if s, within := f.within(at + i); within {
			at = s.to
			continue
		}
		if d, ok := first(p.value(0)).(pdfDict); ok {
			f.trailer(d, at+i)
		}
		at = max(p.at, at+i+len("trailer"))
	}
}

// within finds the stream in which a place lies.
func (f *pdfFile) within(at int) (span, bool) {
	i := sort.Search(len(f.streams), func(i int) bool { return f.streams[i].to > at })
	if i == len(f.streams) || f.streams[i].from > at {
		return span{}, false
	}
	return f.streams[i], true
}

func first(v any, _ error) any { return v }

func (f *pdfFile) trailer(d pdfDict, at int) {
	if d["Encrypt"] != nil {
		f.locked = true
	}
	if r, ok := d["Root"].(pdfRef); ok && at >= f.rootAt {
		f.root, f.rootAt = r, at
	}
}

// unpackObjects reads the objects that lie packed in streams, in the order in
// which those stand: an object in one may have the number of another.
func (f *pdfFile) unpackObjects() error {
	packed := map[int]pdfStream{}
	for n, v := range f.objects {
		if s, ok := v.(pdfStream); ok && s.dict["Type"] == pdfName("ObjStm") {
			packed[f.at[n]] = s
		}
	}
	for _, at := range slices.Sorted(maps.Keys(packed)) {
		text, err := f.unpack(packed[at])
		if err != nil {
			return err
		}
		if err := f.readPacked(text, packed[at].dict, at); err != nil {
			return err
		}
	}
	return nil
}

// unpack inflates a stream of objects, within what all of them may be together.
func (f *pdfFile) unpack(s pdfStream) (string, error) {
	filters := filtersOf(f.resolve(s.dict["Filter"]))
	if len(filters) == 0 {
		return string(s.raw), nil
	}
	if len(filters) > 1 || filters[0] != "FlateDecode" || f.resolve(s.dict["DecodeParms"]) != nil {
		return "", tooRich // never so by a program that makes PDFs
	}
	z, err := zlib.NewReader(bytes.NewReader(s.raw))
	if err != nil {
		return "", unreadable
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(maxInner-f.inner)+1))
	if f.inner += len(out); f.inner > maxInner {
		return "", tooRich
	}
	if err != nil && len(out) == 0 {
		return "", unreadable
	}
	return string(out), nil
}

// readPacked reads "12 0 13 57 …", which says where each object begins, and the
// objects.
func (f *pdfFile) readPacked(text string, d pdfDict, at int) error {
	count, begins := f.number(d["N"]), f.number(d["First"])
	if count < 0 || begins < 0 || begins > len(text) {
		return unreadable
	}
	head := pdfParser{f: f, text: text[:begins]}
	for range count {
		n, err := head.value(0)
		if err != nil {
			return nil
		}
		offset, err := head.value(0)
		if err != nil {
			return nil
		}
		number, where := f.number(n), f.number(offset)
		if number < 0 || number > 10_000_000 || where < 0 || begins+where > len(text) {
			continue
		}
		p := pdfParser{f: f, text: text, at: begins + where}
		if v, err := p.value(0); err == nil {
			f.keep(number, v, at)
		}
		f.passed += p.at - begins - where
		if f.values > maxValues || f.passed > 2*maxInner { // many may begin at one place
			return tooRich
		}
	}
	return nil
}

// number returns a whole number, which may be written 20.0; -1 for anything else.
func (f *pdfFile) number(v any) int {
	s, ok := f.resolve(v).(pdfNumber)
	if !ok {
		return -1
	}
	whole, rest, _ := strings.Cut(string(s), ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || strings.Trim(rest, "0") != "" {
		return -1
	}
	return n
}

// resolve follows references to what they mean, nil when that is nothing.
func (f *pdfFile) resolve(v any) any {
	for range 16 {
		r, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = f.objects[int(r)]
	}
	return nil
}

func (f *pdfFile) dict(v any) pdfDict {
	d, _ := f.resolve(v).(pdfDict)
	return d
}

// filtersOf are the names of a stream's filters in their order.
func filtersOf(v any) []string {
	switch v := v.(type) {
	case pdfName:
		return []string{string(v)}
	case pdfArray:
		var out []string
		for _, one := range v {
			n, ok := one.(pdfName)
			if !ok {
				return []string{"?"}
			}
			out = append(out, string(n))
		}
		return out
	}
	return nil
}
