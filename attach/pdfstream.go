package attach

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/image/tiff/lzw"
)

// Bounds of what a reader's program would have to unpack.
const (
	maxUnpacked = 1536 << 20 // all streams together
	maxPicture  = 160 << 20  // one picture
	maxStream   = 64 << 20   // anything else
)

// stream writes a stream as it is packed, after it has been unpacked once to see
// how much it is. A photo in it loses what was written beside its dots, and what
// follows the end of what is packed goes nowhere.
func (w *pdfWriter) stream(n int, s pdfStream) error {
	filters := filtersOf(w.f.resolve(s.dict["Filter"]))
	picture := w.f.resolve(s.dict["Subtype"]) == pdfName("Image")
	wide, high := w.f.number(s.dict["Width"]), w.f.number(s.dict["Height"])
	if w.dangerous(s.dict, plain) {
		w.object(n, nil)
		return nil
	}
	if picture && (wide < 1 || high < 1) {
		return unseeable // another program may draw it
	}
	if picture && !w.limits.hold(int64(wide), int64(high)) {
		return tooWide
	}
	if err := w.parms(s.dict["DecodeParms"]); err != nil {
		return err
	}
	raw, err := w.weigh(s.raw, filters, picture)
	if err != nil {
		return err
	}
	d := maps.Clone(s.dict)
	delete(d, "F") // a file elsewhere that the bytes would be in
	if last := len(filters) - 1; last >= 0 && bares[filters[last]] != nil {
		packed, err := w.photo(raw, filters[:last])
		if err != nil {
			return err
		}
		if raw, err = bares[filters[last]](packed, w.limits); err != nil {
			return err
		}
		filters = filters[last:]
		d["Filter"] = pdfName(filters[0])
		if parms, ok := w.f.resolve(d["DecodeParms"]).(pdfArray); ok && len(parms) > last {
			d["DecodeParms"] = parms[last]
		}
	}
	// A program of a web server begins with two letters, which nearly all that is
	// packed holds somewhere: they are looked for in what is not.
	if looksLikeMore(raw) || len(filters) == 0 && !picture && bytes.Contains(raw, []byte("<%")) {
		raw = w.disguise(d, raw, filters)
	}
	d["Length"] = pdfNumber(strconv.Itoa(len(raw)))
	w.begin(n)
	w.value(d, plain, 0)
	w.text("\nstream\n")
	w.text(string(raw))
	w.text("\nendstream\nendobj\n")
	return nil
}

// marks are how other kinds of files begin that are also found in the middle of
// one: a copy is a PDF to whoever reads it, and nothing besides.
var marks = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("PK\x07\x08"), []byte("Rar!\x1a\x07"), []byte("7z\xbc\xaf\x27\x1c"), []byte("MSCF\x00\x00\x00\x00"),
	[]byte("%PDF-"), []byte("%!PS"), []byte("<script"), []byte("<html"), []byte("<!doctype"), []byte("<svg"), []byte("<?php")}

// looksLikeMore says whether a mark is in what would be written.
func looksLikeMore(raw []byte) bool {
	low := bytes.ToLower(raw)
	for _, m := range marks {
		if bytes.Contains(low, bytes.ToLower(m)) {
			return true
		}
	}
	return false
}

// disguise writes raw in letters that no other kind of file has, and has d say so.
func (w *pdfWriter) disguise(d pdfDict, raw []byte, filters []string) []byte {
	names, parms := pdfArray{pdfName("ASCIIHexDecode")}, pdfArray{nil}
	for _, name := range filters {
		names = append(names, pdfName(name))
	}
	switch v := w.f.resolve(d["DecodeParms"]).(type) {
	case pdfArray:
		parms = append(parms, v...)
	case pdfDict:
		parms = append(parms, v)
	}
	d["Filter"] = names
	if delete(d, "DecodeParms"); len(parms) > 1 {
		d["DecodeParms"] = parms
	}
	return append([]byte(hex.EncodeToString(raw)), '>')
}

// bares are the formats of photos that can hold more than dots.
var bares = map[string]func([]byte, Limits) ([]byte, error){"DCTDecode": smallJPEG, "DCT": smallJPEG, "JPXDecode": smallJP2, "JBIG2Decode": smallJBIG2}

// smallJPEG is bareJPEG of a photo that is not larger than a picture may be, by
// its own frame: a program that shows it believes that and not the document. One
// that cannot be judged is refused, and not left out of its page in silence.
func smallJPEG(b []byte, l Limits) ([]byte, error) {
	bare := bareJPEG(b)
	h, err := headJPEG(bare)
	if err != nil {
		return nil, unseeable
	}
	if !l.hold(int64(h.width), int64(h.height)) {
		return nil, tooWide
	}
	return bare, nil
}

// smallJP2 is the same of JPEG 2000, by the codes of each picture in it.
func smallJP2(b []byte, l Limits) ([]byte, error) {
	bare := bareJP2(b)
	pictures := codesOf(bare)
	for _, codes := range pictures {
		if len(codes) < 16 || !bytes.HasPrefix(codes, []byte{0xff, 0x4f, 0xff, 0x51}) {
			return nil, unseeable
		}
		if !l.hold(int64(binary.BigEndian.Uint32(codes[8:])), int64(binary.BigEndian.Uint32(codes[12:]))) {
			return nil, tooWide
		}
	}
	if len(pictures) == 0 {
		return nil, unseeable
	}
	return bare, nil
}

// codesOf are the codes of the pictures in what bareJP2 returned.
func codesOf(bare []byte) [][]byte {
	if bytes.HasPrefix(bare, []byte{0xff, 0x4f}) {
		return [][]byte{bare}
	}
	var out [][]byte
	for rest := bare; len(rest) >= 8; {
		n := binary.BigEndian.Uint32(rest)
		if string(rest[4:8]) == "jp2c" {
			out = append(out, rest[8:n])
		}
		rest = rest[n:]
	}
	return out
}

// photo unpacks raw down to a photo.
func (w *pdfWriter) photo(raw []byte, filters []string) ([]byte, error) {
	if len(filters) == 0 {
		return raw, nil
	}
	r, known := through(bytes.NewReader(raw), filters)
	if !known {
		return nil, unreadable
	}
	out, _ := io.ReadAll(io.LimitReader(r, maxCopy+1))
	if len(out) > maxCopy {
		return nil, tooRich
	}
	return out, nil
}

// weigh unpacks a stream as far as its filters are known, keeps nothing of it,
// refuses what grows beyond all measure, and returns it without what follows its
// end.
func (w *pdfWriter) weigh(raw []byte, filters []string, picture bool) ([]byte, error) {
	most := int64(maxStream)
	if picture {
		most = maxPicture
	}
	if len(filters) > 4 || slices.Contains(filters, "Crypt") || slices.Contains(filters, "?") {
		return nil, tooRich
	}
	end := len(raw)
	for i := range filters {
		from := bytes.NewReader(raw)
		r, known := through(from, filters[:i+1])
		if !known {
			break
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, min(most, w.budget)+1))
		if w.budget -= n; n > most || w.budget < 0 {
			return nil, tooRich
		}
		if err := w.ctx.Err(); err != nil {
			return nil, err
		}
		if i == 0 && err == nil && n > 0 {
			end = len(raw) - from.Len()
		}
	}
	return raw[:end], nil
}

// through is a reader of raw through filters, and whether all of them are known.
// What cannot be unpacked is nothing: another program finds no more in it.
func through(r io.Reader, filters []string) (io.Reader, bool) {
	for _, name := range filters {
		switch name {
		case "FlateDecode", "Fl":
			z, err := zlib.NewReader(r)
			if err != nil {
				return bytes.NewReader(nil), true
			}
			r = z
		case "LZWDecode", "LZW":
			r = lzw.NewReader(r, lzw.MSB, 8)
		case "ASCII85Decode", "A85":
			r = ascii85.NewDecoder(&until{r: r, end: '~'})
		case "ASCIIHexDecode", "AHx":
			r = hex.NewDecoder(&until{r: r, end: '>', blanks: true})
		default:
			return r, false
		}
	}
	return r, true
}

// until reads up to a byte that ends a text, and leaves blanks out where they
// disturb.
type until struct {
	r      io.Reader
	end    byte
	blanks bool
	over   bool
}

// Read reads.
func (u *until) Read(p []byte) (int, error) {
	if u.over {
		return 0, io.EOF
	}
	n, err := u.r.Read(p)
	kept := p[:0]
	for _, c := range p[:n] {
		if c == u.end {
			u.over = true
			return len(kept), io.EOF
		}
		if !u.blanks || !blank(c) {
			kept = append(kept, c)
		}
	}
	return len(kept), err
}

// adobe is how long the segment is that says how the colors of a photo are meant.
const adobe = 12

// bareJPEG leaves out of a picture's segments what was written beside it: where
// and when it was taken, and by whom. Of what is no picture nothing is left.
func bareJPEG(b []byte) []byte {
	out := make([]byte, 0, len(b)+2)
	out = append(out, 0xff, 0xd8)
	dots := false
	_ = segments(b, func(marker byte, data []byte, end int) error {
		switch {
		case marker == 0xee && bytes.HasPrefix(data, []byte("Adobe")) && len(data) >= adobe:
			data = data[:adobe] // how its colors are meant
		case marker >= 0xc0 && marker <= 0xcf, marker >= 0xda && marker <= 0xdd: // frame, tables, dots
		default:
			return nil
		}
		out = append(out, 0xff, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(data)+2))
		out = append(out, data...)
		if marker == 0xda {
			dots = true
			out = append(out, b[end:afterDots(b, end)]...)
		}
		return nil
	})
	if !dots {
		return nil
	}
	return append(out, 0xff, 0xd9)
}

// bareJP2 leaves out of a JPEG 2000 file the boxes that are no picture, and the
// comments of the picture itself.
func bareJP2(b []byte) []byte {
	if bytes.HasPrefix(b, []byte{0xff, 0x4f}) {
		return bareCodes(b)
	}
	return boxesOf(b, 0)
}

// pictureBoxes are the boxes that are kept; those that hold others are 1.
var pictureBoxes = map[string]int{"jP  ": 0, "ftyp": 0, "jp2h": 1, "ihdr": 0, "bpcc": 0, "colr": 0, "pclr": 0, "cmap": 0, "cdef": 0, "jp2c": 2}

// boxesOf writes the boxes of a file, or of a box; nil when one cannot be read.
func boxesOf(b []byte, nested int) []byte {
	var out []byte
	for at := 0; at+8 <= len(b); {
		n, kind := int64(binary.BigEndian.Uint32(b[at:])), string(b[at+4:at+8])
		if n == 0 {
			n = int64(len(b) - at)
		}
		if n < 8 || n > int64(len(b)-at) {
			return nil
		}
		inner := b[at+8 : at+int(n)]
		switch what, ok := pictureBoxes[kind]; {
		case !ok:
			inner, kind = nil, ""
		case what == 1 && nested == 0:
			inner = boxesOf(inner, 1)
		case what == 2:
			inner = bareCodes(inner)
		}
		if pictureBoxes[kind] > 0 && nested == 0 && inner == nil {
			return nil
		}
		if kind != "" {
			out = binary.BigEndian.AppendUint32(out, uint32(len(inner)+8))
			out = append(append(out, kind...), inner...)
		}
		at += int(n)
	}
	return out
}

// bareCodes leaves the comments out of the head of a picture's codes.
func bareCodes(b []byte) []byte {
	if len(b) < 2 || b[0] != 0xff || b[1] != 0x4f {
		return nil
	}
	out := []byte{0xff, 0x4f}
	for at := 2; at+4 <= len(b); {
		marker, n := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if b[at] != 0xff || marker == 0x90 || marker == 0xd9 || n < 2 || at+2+n > len(b) {
			return append(out, b[at:]...) // here the dots begin
		}
		if marker != 0x64 {
			out = append(out, b[at:at+2+n]...)
		}
		at += 2 + n
	}
	return out
}
