package attach

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

// image is the dictionary of a picture that a page draws.
const imageOf = "/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8"

// copied takes a document that has to be taken.
func copied(t *testing.T, name string, b []byte) []byte {
	t.Helper()
	f, err := read(t.Context(), b, Limits{}.or())
	if err != nil {
		t.Errorf("%s is refused: %v", name, err)
	}
	return f.Copy
}

// tells says whether a copy holds the secret, in any way in which a PDF can hold it.
func tells(t *testing.T, b []byte) bool {
	t.Helper()
	var wide []byte
	for _, u := range utf16.Encode([]rune(secret)) {
		wide = binary.BigEndian.AppendUint16(wide, u)
	}
	low := bytes.ToLower(b)
	for _, one := range [][]byte{[]byte(secret), wide} {
		if bytes.Contains(b, one) || bytes.Contains(low, []byte(hex.EncodeToString(one))) {
			return true
		}
	}
	f, err := readPDF(b)
	if err != nil {
		return false
	}
	for _, v := range f.objects {
		s, ok := v.(pdfStream)
		if !ok {
			continue
		}
		if r, known := through(bytes.NewReader(s.raw), filtersOf(s.dict["Filter"])); known || len(filtersOf(s.dict["Filter"])) > 0 {
			if text, _ := io.ReadAll(io.LimitReader(r, 1<<20)); bytes.Contains(text, []byte(secret)) {
				return true
			}
		}
	}
	return false
}

// tellers are documents that tell something beside what they show, as programs
// write it or as somebody could.
func tellers(t testing.TB) []hostile {
	said, wide := "("+secret+")", "<FEFF"+fmt.Sprintf("%X", utf16be(secret))+">"
	photo := madeJPEG(t, shade(20, 20))
	drawn := func(dict string, b []byte) []byte { return page("", draws(6), streamOf(imageOf+dict, b)) }
	form := func(more string) []byte {
		return page("", draws(6), streamOf("/Type/XObject/Subtype/Form/BBox[0 0 9 9]"+more, []byte("0 0 9 9 re f")))
	}
	layers := "/OCProperties<</OCGs[6 0 R]/D<</Creator" + said + "/Name" + said + "/Order[" + said + " 6 0 R]>>>>"
	props := "/Resources<</Font<</F1 5 0 R>>/Properties<</P" + said + "/Q<</Author" + said + ">>/R 6 0 R>>>>"
	profile := streamOf("/N 3/Alternate/DeviceRGB", []byte("acsp desc "+secret))
	codes := "\xff\x4f\xff\x51\x00\x29\x00\x00" + u32(20) + u32(20) + u32(0) + u32(0) + u32(20) + u32(20) + u32(0) + u32(0) + "\x00\x01\x07\x01\x01"
	comment := "\xff\x64" + u16(len(secret)+4) + "\x00\x01" + secret
	return []hostile{
		{"where a figure came from", form("/PTEX.FileName" + said + "/PTEX.InfoDict<</Author" + wide + "/Title" + said + ">>"), PDF},
		{"when and by what a drawing was made", form("/LastModified" + said + "/PieceInfo<</X<</Private" + said + ">>>>/Name" + said), PDF},
		{"who made a layer", page(layers, "/Resources<</Font<</F1 5 0 R>>/Properties<</L 6 0 R>>>>", "<</Type/OCG/Name"+said+"/Usage<</CreatorInfo<</Creator"+said+">>/User<</Name"+wide+">>>>>>"), PDF},
		{"properties by a name", page("", props, "<</Type/Whatever/Note"+wide+">>"), PDF},
		{"a profile of a screen", page("", "/Resources<</Font<</F1 5 0 R>>/ColorSpace<</C[/ICCBased 6 0 R]/DefaultRGB[/ICCBased 6 0 R]/I[/Indexed[/ICCBased 6 0 R]1<000000FFFFFF>]>>>>", profile), PDF},
		{"behind what is packed", drawn("/Width 2/Height 2/Filter/FlateDecode", append(zeros(t, 12), secret...)), PDF},
		{"in a segment for colors", drawn("/Width 20/Height 20/Filter/DCTDecode", behind(photo, segment(0xee, "Adobe\x00d\x00\x00\x00\x00\x00"+secret))), PDF},
		{"in a segment for colors of nobody", drawn("/Width 20/Height 20/Filter/DCTDecode", behind(photo, segment(0xee, secret))), PDF},
		{"in a segment that is reserved", drawn("/Width 20/Height 20/Filter/DCTDecode", behind(photo, segment(0xf7, secret), segment(0x05, secret))), PDF},
		{"in the comment of a picture's codes", drawn("/Width 20/Height 20/Filter/JPXDecode", []byte(codes+comment+"\xff\xd9")), PDF},
		{"in a box within a box", drawn("/Width 20/Height 20/Filter/JPXDecode", []byte(boxOf("jp2h", boxOf("ihdr", strings.Repeat("\x00", 14))+boxOf("uuid", secret))+boxOf("jp2c", codes+comment+"\xff\xd9"))), PDF},
		{"in the tree that is read aloud", page("/StructTreeRoot<</Type/StructTreeRoot/K[6 0 R 7 0 R]>>", "",
			"<</Type/StructElem/S/P/T"+said+"/ID"+said+"/A<</O/UserProperties/P[<</N"+said+"/V"+wide+">>]>>>>", "<</Type/StructElem/S/P/Pg 8 0 R/ActualText"+said+">>", "<</MediaBox[0 0 9 9]/Contents 9 0 R>>", streamOf("", []byte(secret))), PDF},
		{"in a note that nobody is shown", page("", "/Annots[<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/F 2/Contents"+said+">><</Type/Annot/Subtype/Square/Rect[0 0 9 9]/F 32/Contents"+wide+">>]"), PDF},
		{"who wrote a note", page("", "/Annots[<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/T"+said+"/NM"+said+"/RC"+wide+"/M"+said+"/Popup 6 0 R>>]", "<</Type/Annot/Subtype/Popup/Contents"+said+">>"), PDF},
		{"in a page that was taken out", []byte(string(page("", "", streamOf("", []byte(secret)))) + "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/B 6 0 R>>\nendobj\ntrailer\n<</Root 1 0 R/Info 7 0 R>>\nstartxref\n0\n%%EOF\n"), PDF},
		{"in keys of its own", page("/Lang(en)/Whose"+said, "/Whose"+said+"/DPart<</DPM<</Who"+said+">>>>"), PDF},
	}
}

func utf16be(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return out
}

func u16(n int) string    { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
func u32(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

func boxOf(kind, data string) string { return u32(uint32(8+len(data))) + kind + data }

// A copy says nothing that its page does not show: not who made it, with what, on
// which machine, nor what was there before.
func TestNothingIsTold(t *testing.T) {
	for _, h := range tellers(t) {
		if !tells(t, h.file) {
			t.Errorf("%s: the document does not tell; the test proves nothing", h.name)
		}
		out := copied(t, h.name, h.file)
		if tells(t, out) {
			t.Errorf("%s: the copy tells it", h.name)
		}
		if !bytes.Contains(out, []byte("Seven lanterns")) {
			t.Errorf("%s: the page is gone", h.name)
		}
	}
}

// What is huge is refused by what a program that shows it would believe: the
// photo's own frame, a size that is no whole number, a page of miles.
func TestHugeWithin(t *testing.T) {
	good := madeJPEG(t, shade(20, 20))
	huge := bytes.Clone(good)
	copy(huge[bytes.Index(huge, []byte{0xff, 0xc0})+5:], "\xff\xff\xff\xff")
	wide := "\xff\x4f\xff\x51\x00\x29\x00\x00" + u32(1<<20) + u32(1<<20) + strings.Repeat("\x00", 29) + "\xff\xd9"
	drawn := func(dict string, b []byte) []byte { return page("", draws(6), streamOf(imageOf+dict, b)) }
	for name, b := range map[string][]byte{
		"a photo that is larger than it is called":         drawn("/Width 20/Height 20/Filter/DCTDecode", huge),
		"the same, packed again":                           drawn("/Width 20/Height 20/Filter[/FlateDecode/DCTDecode]", packed(t, bytes.NewReader(huge))),
		"a picture of JPEG 2000":                           drawn("/Width 20/Height 20/Filter/JPXDecode", []byte(wide)),
		"a row without end":                                drawn("/Width 20/Height 20/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 2147483647/Columns 2147483647>>", zeros(t, 10)),
		"a predictor that there is not":                    drawn("/Width 20/Height 20/Filter/FlateDecode/DecodeParms[<</Predictor 99>>]", zeros(t, 10)),
		"a fax of a square mile":                           drawn("/Width 20/Height 20/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 1000000/Rows 1000000>>", []byte("x")),
		"a scan in two colors":                             drawn("/Width 20/Height 20/Filter/JBIG2Decode", []byte(jbig2(48, u32(1<<20)+u32(1<<20)+"\x00\x00\x00\x00\x00\x00\x00\x00"))),
		"a region of one":                                  drawn("/Width 20/Height 20/Filter/JBIG2Decode", []byte(jbig2(48, u32(20)+u32(0xffffffff))+jbig2(38, u32(0xffffffff)+u32(0xffffffff)))),
		"a page of miles":                                  page("", "/MediaBox[0 0 2000000000 2000000000]"),
		"a page of miles, backwards":                       page("", "/MediaBox[9000000 0 0 200]"),
		"the same by reference":                            page("", "/MediaBox 6 0 R", "[0 0 7 0 R 200]", "20000000"),
		"a size of reals":                                  drawn("/Width 60000.0/Height 60000.0", []byte("x")),
		"a size beyond what is counted":                    drawn("/Width 4294967296/Height 4294967296", []byte("x")),
		"a picture of 60,000 by 60,000 that calls it so W": drawn("/Width 60000/Height 60000/W 1/H 1", []byte("x")),
	} {
		var refused *Refusal
		if f, err := read(t.Context(), b, Limits{}.or()); !errors.As(err, &refused) {
			t.Errorf("%s is not refused: %v, %d bytes", name, err, len(f.Copy))
		}
	}
	if out := copied(t, "a unit of miles", page("", "/UserUnit 75000/MediaBox[0 0 300 200]")); bytes.Contains(out, []byte("UserUnit")) {
		t.Error("a unit of miles is in the copy")
	}
	if _, err := read(t.Context(), drawn("/Width 20/Height 20/Filter/DCTDecode", good), Limits{}.or()); err != nil {
		t.Errorf("a good photo: %v", err)
	}
	if out := copied(t, "a good scan", drawn("/Width 20/Height 20/Filter/JBIG2Decode", []byte(jbig2(48, u32(20)+u32(20))+"lanterns"))); !bytes.Contains(out, []byte("lanterns")) {
		t.Error("a good scan is gone")
	}
	if img, _, err := image.Decode(bytes.NewReader(good)); err != nil || img.Bounds().Dx() != 20 {
		t.Errorf("the photo is none: %v", err)
	}
}

// jbig2 is one segment of a scan.
func jbig2(kind byte, data string) string {
	return "\x00\x00\x00\x01" + string(rune(kind)) + "\x00\x01" + u32(uint32(len(data))) + data
}

// Packed objects that have each other's numbers are read the same each time.
func TestPackedOverPacked(t *testing.T) {
	one := page("", "", objectsIn(t, map[int]string{7: "(a)", 20: "(x)"}), objectsIn(t, map[int]string{6: "(b)", 20: "(y)"}))
	first, firstErr := read(t.Context(), one, Limits{}.or())
	for range 30 {
		if again, err := read(t.Context(), one, Limits{}.or()); (err == nil) != (firstErr == nil) || !bytes.Equal(first.Copy, again.Copy) {
			t.Fatalf("once %v, once %v", firstErr, err)
		}
	}
	if firstErr != nil {
		t.Error(firstErr)
	}
}

// A copy is a PDF and nothing besides, to whatever program looks at it, and
// whatever was in the streams of the document.
func TestCopyIsNothingElse(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	if w, err := z.Create("run.exe"); err != nil {
		t.Fatal(err)
	} else if _, err := w.Write([]byte("MZ lantern")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	inside := archive.String()
	drawn := func(dict string, b []byte) []byte { return page("", draws(6), streamOf(dict, b)) }
	for name, b := range map[string][]byte{
		"in a picture that is not packed": drawn(imageOf+"/Width 2/Height 2", []byte(inside)),
		"behind what is packed":           drawn("/Filter/FlateDecode", append(zeros(t, 100), inside...)),
		"behind what is broken":           drawn("/Filter/FlateDecode", append(append(zeros(t, 100)[:8], 0xff), inside...)),
		"in a fax":                        drawn(imageOf+"/Width 2/Height 2/Filter/CCITTFaxDecode/DecodeParms<</Columns 2>>", []byte(inside)),
		"in a font":                       drawn("/Length1 9", []byte(inside)),
		"in what a page draws":            page("", "/Contents[4 0 R 6 0 R]", streamOf("", []byte("% "+inside+"\n<script>alert(1)</script> Rar!\x1a\x07 7z\xbc\xaf\x27\x1c"))),
	} {
		out := copied(t, name, b)
		if r, err := zip.NewReader(bytes.NewReader(out), int64(len(out))); err == nil && len(r.File) > 0 {
			t.Errorf("%s: the copy is an archive too", name)
		}
		if looksLikeMore(out[8:]) {
			t.Errorf("%s: the copy has the mark of another kind", name)
		}
		if again, err := read(t.Context(), out, Limits{}.or()); err != nil || again.Pages != 1 {
			t.Errorf("%s: the copy is not taken itself: %v", name, err)
		}
	}
	// What is written in other letters is still drawn.
	f, err := readPDF(copied(t, "a word", page("", "/Contents[4 0 R 6 0 R]", streamOf("", []byte("% PK\x03\x04\nq Q")))))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, v := range f.objects {
		if s, ok := v.(pdfStream); ok {
			r, _ := through(bytes.NewReader(s.raw), filtersOf(s.dict["Filter"]))
			text, _ := io.ReadAll(r)
			found = found || strings.HasSuffix(string(text), "q Q")
		}
	}
	if !found {
		t.Error("what a page draws is gone")
	}
}

// A document that lies in another as it is says nothing of where that one begins,
// nor that it is locked.
func TestDocumentWithin(t *testing.T) {
	inner := pdfWith("/Encrypt<</Filter/Standard>>", "<</Type/Catalog/Pages 99 0 R>>")
	out := copied(t, "a document within", page("", draws(6), streamOf("/Subtype/Form", bytes.ReplaceAll(inner, []byte("/Root 1 0 R"), []byte("/Root 6 0 R")))))
	if !bytes.Contains(out, []byte("Seven lanterns")) {
		t.Error("another document's pages are shown")
	}
	if _, err := read(t.Context(), page("", "", "6 0 obj trailer <</Encrypt 1 0 R>>"), Limits{}.or()); err == nil {
		t.Error("one that is locked is taken")
	}
}
