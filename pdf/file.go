package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

var errFile = errors.New("pdf: the drawing library wrote a file that cannot be read back")

const mostElements = 0xFFFF // of the structure; the table of objects has two bytes for their places

// file is a PDF of the drawing library, cut into its objects.
type file struct {
	objects    [][]byte // by number, from "<<" or whatever they begin with up to before endobj; 0 is none
	root, info int
}

// finish writes the library's objects into the file that is handed out. On the way it adds what the library cannot
// write: the language, the structure, that the title shows in the window bar, and an identifier; and it packs the pages
// with a compressor that is kept, where the library makes a new one for each page.
func (p *paper) finish(printed []byte) ([]byte, error) {
	f, err := cut(printed)
	if err != nil {
		return nil, err
	}
	size := len(f.objects)
	if len(p.nodes) > mostElements {
		return nil, fmt.Errorf("pdf: a document of %d elements is too long", len(p.nodes))
	}
	fonts := len(p.slots.all)
	first := size + fonts + 1 // of the elements; the object before holds them all
	offsets := make([]int, first)
	w := writer{b: make([]byte, 0, len(printed)+len(printed)/4)}
	w.text("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for n := 1; n < size; n++ {
		offsets[n] = len(w.b)
		w.number(n)
		w.text("0 obj\n")
		if err := p.object(&w, f, n); err != nil {
			return nil, err
		}
		w.text("\nendobj\n")
	}
	for i, s := range p.slots.all {
		offsets[size+i] = len(w.b)
		w.number(size + i)
		w.text("0 obj\n")
		if err := w.stream("", s.reading()); err != nil {
			return nil, err
		}
		w.text("\nendobj\n")
	}
	offsets[first-1] = len(w.b)
	if err := p.elements(&w, first-1, first); err != nil {
		return nil, err
	}
	return w.table(offsets, len(p.nodes), f)
}

// object writes an object of the library, with what it lacks.
func (p *paper) object(w *writer, f *file, n int) error {
	body, size := f.objects[n], len(f.objects)
	if page := (n - pageObject(0)) / 2; n >= pageObject(0) && page < len(p.pages) {
		if n != pageObject(page) {
			return w.stream("", inner(body))
		}
		w.open(body)
		w.text("/Tabs/S/StructParents ")
		w.number(page)
		w.text(">>")
		return nil
	}
	font, isFont := p.slots.named(body)
	switch {
	case n == f.info: // its times have no zone
		local := []byte(p.doc.At.UTC().Format("(D:20060102150405)"))
		utc := []byte(p.doc.At.UTC().Format("(D:20060102150405Z00'00)"))
		w.b = append(w.b, bytes.ReplaceAll(body, local, utc)...)
	case n == f.root:
		w.open(body)
		w.text("/Lang")
		w.unicode([]rune(p.doc.Language))
		w.text("/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>/StructTreeRoot ")
		w.reference(size + len(p.slots.all) + 1)
		w.text(">>")
	case isFont:
		w.open(body)
		w.text("/ToUnicode ")
		w.reference(size + font)
		w.text(">>")
	default:
		w.b = append(w.b, body...)
	}
	return nil
}

// open writes a dictionary without its end.
func (w *writer) open(body []byte) { w.b = append(w.b, bytes.TrimSuffix(body, []byte(">>"))...) }

// elements writes the structure into one stream of objects.
func (p *paper) elements(w *writer, number, first int) error {
	var tree, all writer
	starts := p.structure(&tree, first)
	for i, at := range starts {
		all.number(first + i)
		all.number(at)
	}
	w.number(number)
	w.text("0 obj\n")
	err := w.stream("/Type/ObjStm/N "+strconv.Itoa(len(starts))+"/First "+strconv.Itoa(len(all.b)), append(all.b, tree.b...))
	w.text("\nendobj\n")
	return err
}

// stream writes a compressed stream whose dictionary begins with entries.
func (w *writer) stream(entries string, content []byte) error {
	packed, err := deflate(content)
	if err != nil {
		return err
	}
	w.text("<<" + entries + "/Filter/FlateDecode/Length ")
	w.number(len(packed))
	w.text(">>\nstream\n")
	w.b = append(w.b, packed...)
	w.text("\nendstream")
	return nil
}

// table ends the file: where each object stands, those of the structure in the stream that is the last of offsets.
func (w *writer) table(offsets []int, elements int, f *file) ([]byte, error) {
	const width = 7 // of an entry: kind, place, place within
	number, start := len(offsets)+elements, len(w.b)
	entries := make([]byte, 0, width*(number+1))
	entry := func(kind byte, at, within int) {
		entries = append(entries, kind)
		entries = binary.BigEndian.AppendUint32(entries, uint32(at))
		entries = binary.BigEndian.AppendUint16(entries, uint16(within))
	}
	entry(0, 0, 0xFFFF)
	for _, at := range offsets[1:] {
		entry(1, at, 0)
	}
	for i := range elements {
		entry(2, len(offsets)-1, i)
	}
	entry(1, start, 0)
	id := sha256.Sum256(w.b)
	w.number(number)
	w.text("0 obj\n")
	err := w.stream(fmt.Sprintf("/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]", number+1, f.root, f.info, id[:16], id[:16]), entries)
	w.text("\nendobj\nstartxref\n" + strconv.Itoa(start) + "\n%%EOF\n")
	return w.b, err
}

// cut reads the objects of a file of the drawing library by its table of offsets.
func cut(pdf []byte) (*file, error) {
	var size, start int
	f := &file{}
	at := bytes.LastIndex(pdf, []byte("trailer\n"))
	if at < 0 {
		return nil, errFile
	}
	if _, err := fmt.Sscanf(string(pdf[at:]), "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n>>\nstartxref\n%d\n", &size, &f.root, &f.info, &start); err != nil {
		return nil, errFile
	}
	const entry = 20
	table := start + len("xref\n0 \n") + len(strconv.Itoa(size))
	if size < 3 || start < 0 || table+entry*size > len(pdf) || f.root >= size || f.info >= size {
		return nil, errFile
	}
	begins := make([]int, size, size+1)
	for n := 1; n < size; n++ {
		offset, err := strconv.Atoi(string(pdf[table+entry*n : table+entry*n+10]))
		if err != nil || offset <= 0 || offset >= start {
			return nil, errFile
		}
		begins[n] = offset
	}
	sorted := append(slices.Clone(begins[1:]), start)
	slices.Sort(sorted)
	f.objects = make([][]byte, size)
	for n := 1; n < size; n++ {
		i, _ := slices.BinarySearch(sorted, begins[n])
		body := bytes.TrimSuffix(pdf[begins[n]:sorted[i+1]], []byte("\nendobj\n"))
		head := strconv.Itoa(n) + " 0 obj\n"
		if !bytes.HasPrefix(body, []byte(head)) {
			return nil, errFile
		}
		f.objects[n] = body[len(head):]
	}
	return f, nil
}

// inner is the content of an object that is a stream.
func inner(body []byte) []byte {
	_, content, _ := bytes.Cut(body, []byte("stream\n"))
	return bytes.TrimSuffix(content, []byte("\nendstream"))
}
