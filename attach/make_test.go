package attach

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"golang.org/x/image/tiff"
)

// secret stands in what must not be in any copy.
const secret = "Maria at 42.8864 north"

// shade is a small picture whose corners differ.
func shade(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x * 3), uint8(y * 5), 90, 255})
		}
	}
	return img
}

func madePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func madeJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func madeTIFF(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tiff.Encode(&b, shade(8, 8), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chunkOf is one chunk of a PNG with its right sum.
func chunkOf(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngOf is a PNG that says of itself what head says, with chunks before the end.
func pngOf(w, h uint32, depth, color, interlace byte, chunks ...[]byte) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	head = append(head, depth, color, 0, 0, interlace)
	out := append([]byte(pngMagic), chunkOf("IHDR", head)...)
	return append(append(out, bytes.Join(chunks, nil)...), chunkOf("IEND", nil)...)
}

// into puts a chunk behind the first of a PNG.
func into(b []byte, more ...[]byte) []byte {
	return bytes.Join([][]byte{b[:33], bytes.Join(more, nil), b[33:]}, nil)
}

// zeros are n packed bytes of nothing.
func zeros(t testing.TB, n int64) []byte {
	t.Helper()
	return packed(t, io.LimitReader(nothing{}, n))
}

func packed(t testing.TB, r io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(z, r); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type nothing struct{}

// Read reads zeros.
func (nothing) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// segment is one segment of a JPEG.
func segment(marker byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

// exif is a segment that says which side is up, where the picture was taken, and
// who took it.
func exif(up byte) []byte {
	var ifd bytes.Buffer
	entry := func(tag, kind uint16, n uint32, value []byte) {
		for _, v := range []any{tag, kind, n} {
			_ = binary.Write(&ifd, binary.LittleEndian, v)
		}
		ifd.Write(value)
	}
	_ = binary.Write(&ifd, binary.LittleEndian, uint16(3))
	entry(0x0112, 3, 1, []byte{up, 0, 0, 0})
	entry(0x013b, 2, uint32(len(secret)+1), []byte{74, 0, 0, 0}) // artist
	entry(0x8825, 4, 1, []byte{50, 0, 0, 0})                     // where: at 50
	ifd.Write([]byte{0, 0, 0, 0})
	_ = binary.Write(&ifd, binary.LittleEndian, uint16(1))
	entry(1, 2, 2, []byte{'N', 0, 0, 0})
	ifd.Write([]byte{0, 0, 0, 0})
	for ifd.Len() < 66 {
		ifd.WriteByte(0)
	}
	return segment(0xe1, "Exif\x00\x00II*\x00\x08\x00\x00\x00"+ifd.String()+secret+"\x00")
}

// behind puts segments behind the first mark of a JPEG.
func behind(b []byte, more ...[]byte) []byte {
	return bytes.Join([][]byte{b[:2], bytes.Join(more, nil), b[2:]}, nil)
}

// codesSized are the first codes of a picture of JPEG 2000 that says it is n by n.
func codesSized(n uint32) string {
	return "\xff\x4f\xff\x51\x00\x29\x00\x00" + u32(n) + u32(n) + u32(0) + u32(0) + u32(n) + u32(n) + u32(0) + u32(0) + "\x00\x01\x07\x01\x01"
}

// pdfOf is a PDF of objects, the first of which is the catalog, with an honest
// table.
func pdfOf(objects ...string) []byte { return pdfWith("", objects...) }

// pdfWith is pdfOf with more in the trailer.
func pdfWith(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, table)
	return b.Bytes()
}

// page is a document of one page with more in its catalog, its page and behind
// it; the objects of more have the numbers from 6 on.
func page(catalog, page string, more ...string) []byte {
	return pdfOf(append(onePage(catalog, page), more...)...)
}

func onePage(catalog, page string) []string {
	return []string{"<</Type/Catalog/Pages 2 0 R" + catalog + ">>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>" + page + ">>",
		streamOf("", []byte("BT /F1 20 Tf 20 100 Td (Seven lanterns) Tj ET")), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
}

// draws has a page draw with objects, beside its font.
func draws(objects ...int) string {
	var b strings.Builder
	for _, n := range objects {
		fmt.Fprintf(&b, "/X%d %d 0 R", n, n)
	}
	return "/Resources<</Font<</F1 5 0 R>>/XObject<<" + b.String() + ">>>>"
}

func streamOf(dict string, b []byte) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(b), b)
}

// objectsIn is an object stream that holds objects under their numbers.
func objectsIn(t testing.TB, objects map[int]string) string {
	t.Helper()
	var head, body strings.Builder
	for n, o := range objects {
		fmt.Fprintf(&head, "%d %d ", n, body.Len())
		body.WriteString(o + " ")
	}
	return streamOf(fmt.Sprintf("/Type/ObjStm/N %d/First %d/Filter/FlateDecode", len(objects), head.Len()), packed(t, strings.NewReader(head.String()+body.String())))
}
