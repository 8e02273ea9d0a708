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

// leftOut are keys of a stream that draw nothing, or that fetch from elsewhere.
var leftOut = []pdfName{"AF", "Alternates", "DL", "F", "FDecodeParms", "FFilter", "LastModified", "Length", "Measure", "Metadata", "OPI", "PieceInfo", "PtData", "Ref"}

// stream writes a stream as it is packed, after it has been unpacked once to see
// how much it is. A photo in it loses what was written beside its dots.
func (w *pdfWriter) stream(n int, s pdfStream) error {
	if w.dangerous(s.dict) {
		w.object(n, nil, false)
		return nil
	}
	filters := filtersOf(w.f.resolve(s.dict["Filter"]))
	picture := w.f.resolve(s.dict["Subtype"]) == pdfName("Image")
	if picture {
		if wide, high := w.f.number(s.dict["Width"]), w.f.number(s.dict["Height"]); int64(max(wide, 0))*int64(max(high, 0)) > w.limits.Pixels {
			return tooWide
		}
	}
	if err := w.weigh(s.raw, filters, picture); err != nil {
		return err
	}
	d, raw := maps.Clone(s.dict), s.raw
	for _, key := range leftOut {
		delete(d, key)
	}
	if last := len(filters) - 1; last >= 0 && bares[filters[last]] != nil {
		packed, err := w.photo(s.raw, filters[:last])
		if err != nil {
			return err
		}
		raw = bares[filters[last]](packed)
		d["Filter"] = pdfName(filters[last])
		if parms, ok := w.f.resolve(d["DecodeParms"]).(pdfArray); ok && len(parms) > last {
			d["DecodeParms"] = parms[last]
		}
	}
	d["Length"] = pdfNumber(strconv.Itoa(len(raw)))
	w.begin(n)
	w.value(d, false, 0)
	w.text("\nstream\n")
	w.text(string(raw))
	w.text("\nendstream\nendobj\n")
	return nil
}

// bares are the formats of photos that can hold more than dots.
var bares = map[string]func([]byte) []byte{"DCTDecode": bareJPEG, "DCT": bareJPEG, "JPXDecode": bareJP2}

// photo unpacks raw down to a photo.
func (w *pdfWriter) photo(raw []byte, filters []string) ([]byte, error) {
	if len(filters) == 0 {
		return raw, nil
	}
	r, known := through(raw, filters)
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
// and refuses what grows beyond all measure.
func (w *pdfWriter) weigh(raw []byte, filters []string, picture bool) error {
	most := int64(maxStream)
	if picture {
		most = maxPicture
	}
	if len(filters) > 4 || slices.Contains(filters, "Crypt") || slices.Contains(filters, "?") {
		return tooRich
	}
	for i := range filters {
		r, known := through(raw, filters[:i+1])
		if !known {
			return nil
		}
		n, _ := io.Copy(io.Discard, io.LimitReader(r, min(most, w.budget)+1))
		if w.budget -= n; n > most || w.budget < 0 {
			return tooRich
		}
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// through is a reader of raw through filters, and whether all of them are known.
// What cannot be unpacked is nothing: another program finds no more in it.
func through(raw []byte, filters []string) (io.Reader, bool) {
	var r io.Reader = bytes.NewReader(raw)
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

// bareJPEG leaves out of a picture's segments what was written beside it: where
// and when it was taken, and by whom. Of what is no picture nothing is left.
func bareJPEG(b []byte) []byte {
	out := make([]byte, 0, len(b)+2)
	out = append(out, 0xff, 0xd8)
	dots := false
	_ = segments(b, func(marker byte, data []byte, end int) error {
		if marker == 0xfe || marker >= 0xe0 && marker <= 0xef && marker != 0xee {
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

// bareJP2 leaves out of a JPEG 2000 file the boxes that are no picture.
func bareJP2(b []byte) []byte {
	if bytes.HasPrefix(b, []byte{0xff, 0x4f}) {
		return b
	}
	var out []byte
	for at := 0; at+8 <= len(b); {
		n, kind := int64(binary.BigEndian.Uint32(b[at:])), string(b[at+4:at+8])
		if n == 0 {
			n = int64(len(b) - at)
		}
		if n < 8 || n > int64(len(b)-at) {
			return nil
		}
		if slices.Contains([]string{"jP  ", "ftyp", "jp2h", "jp2c"}, kind) {
			out = append(out, b[at:at+int(n)]...)
		}
		at += int(n)
	}
	return out
}
