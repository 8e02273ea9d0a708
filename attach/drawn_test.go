package attach

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

// What a page draws stays in the copy under whatever name the document gave it:
// a resource may be called Pg, as an element of a structure names its page, or
// Rect, as a note names its place.
func TestChosenNamesStay(t *testing.T) {
	photo := madeJPEG(t, shade(20, 20))
	doc := func(name string) []byte {
		return page("", "/Resources<</Font<</F1 5 0 R>>/XObject<</"+name+" 6 0 R>>>>",
			streamOf(imageOf+"/Width 20/Height 20/Filter/DCTDecode", photo))
	}
	for _, name := range []string{"Im0", "Pg", "Rect", "S", "Type"} {
		if out := copied(t, name, doc(name)); !bytes.Contains(out, []byte("DCTDecode")) {
			t.Errorf("a picture called %s is gone from the copy, and nobody is told", name)
		}
	}
	for name, resources := range map[string]string{
		"a font called Pg":               "/Font<</F1 5 0 R/Pg 5 0 R>>",
		"a font called Pg, by reference": "/Font 6 0 R",
		"spaces called Rect and Subtype": "/Font<</F1 5 0 R>>/ColorSpace<</Rect[/Indexed/DeviceRGB 0<77AA88>]/Subtype/DeviceGray>>",
	} {
		out := copied(t, name, page("", "/Resources<<"+resources+">>", "<</F1 5 0 R/Pg 5 0 R>>"))
		if !bytes.Contains(out, []byte("Helvetica")) {
			t.Errorf("%s: the font of the text is gone from the copy", name)
		}
		if bytes.Contains([]byte(resources), []byte("77AA88")) && !bytes.Contains(out, []byte("77AA88")) {
			t.Errorf("%s: they are gone from the copy", name)
		}
	}
}

// What is read aloud for a page that is not in the copy is not in it either,
// however little the document says of what it is.
func TestElementsOfOtherPagesGo(t *testing.T) {
	said := "/ActualText(" + secret + ")"
	for name, element := range map[string]string{
		"by its kind": "<</S/P/Pg 7 0 R" + said + ">>", "by its type": "<</Type/StructElem/Pg 7 0 R" + said + ">>",
		"by its words alone": "<</Pg 7 0 R" + said + ">>",
	} {
		doc := page("/StructTreeRoot<</Type/StructTreeRoot/K[6 0 R]>>", "", element, "<</Type/Page/MediaBox[0 0 9 9]>>")
		if tells(t, copied(t, name, doc)) {
			t.Errorf("%s: the copy says what stood on a page that is gone", name)
		}
	}
}

// A picture that this program cannot judge, and another may draw, has the file
// refused with what to do, and is not left out of its page in silence.
func TestPicturesAreNotLeftOutInSilence(t *testing.T) {
	drawn := func(dict string, b []byte) []byte { return page("", draws(6), streamOf(imageOf+dict, b)) }
	photo := madeJPEG(t, shade(20, 20))
	at := bytes.Index(photo, []byte{0xff, 0xc0})
	changed := func(at int, with ...byte) []byte {
		out := bytes.Clone(photo)
		copy(out[at:], with)
		return drawn("/Width 20/Height 20/Filter/DCTDecode", out)
	}
	tall := bytes.Clone(photo[:len(photo)-2])
	tall[at+5], tall[at+6] = 0, 0
	tall = append(tall, 0xff, 0xdc, 0, 4, 0, 20, 0xff, 0xd9)
	codes := codesSized(20) + "\xff\x90rest"
	long := u32(1) + "jp2c" + u32(0) + u32(uint32(16+len(codes))) + codes
	jp2 := func(b string) []byte { return drawn("/Width 20/Height 20/Filter/JPXDecode", []byte(b)) }
	sized := func(dict string) []byte { return drawn(dict, []byte("harbor")) }
	for name, doc := range map[string][]byte{
		"its height is told after the dots, as scanners do": drawn("/Width 20/Height 20/Filter/DCTDecode", tall),
		"by arithmetic":                     changed(at+1, 0xc9),
		"of 12 bits":                        changed(at+4, 12),
		"bytes between its segments":        drawn("/Width 20/Height 20/Filter/DCTDecode", bytes.Join([][]byte{photo[:2], photo}, []byte("odd"))),
		"packed, and the packing is broken": drawn("/Width 20/Height 20/Filter[/FlateDecode/DCTDecode]", photo),
		"a box of extended length":          jp2(long),
		"a box within that cannot be read":  jp2(boxOf("jp2h", u32(99)+"ihdr") + boxOf("jp2c", codes)),
		"codes without a size":              jp2(boxOf("jp2c", "\xff\x4f\xff\xd9")),
		"codes that are none":               jp2("harbor"),
		"a size of parts":                   sized("/Width 20.5/Height 20"),
		"a size in short words":             sized("/W 20/H 20"),
		"a size with a sign":                sized("/Width -1/Height 20"),
		"no size":                           sized(""),
	} {
		f, err := read(t.Context(), doc, Limits{}.or())
		if !errors.Is(err, unseeable) {
			t.Errorf("%s: %v, a copy of %d bytes", name, err, len(f.Copy))
		}
	}
	if !strings.Contains(unseeable.Error(), "Scan the paper again") {
		t.Errorf("what to do is not said: %v", unseeable)
	}
	for name, doc := range map[string][]byte{
		"a size of whole reals": drawn("/Width 20.0/Height 20./Filter/DCTDecode", photo),
		"in boxes":              jp2(boxOf("jp2h", boxOf("ihdr", strings.Repeat("\x00", 14))) + boxOf("jp2c", codes)),
		"codes alone":           jp2(codes),
	} {
		if out := copied(t, name, doc); !bytes.Contains(out, photo[len(photo)-40:]) && !bytes.Contains(out, []byte(codes)) {
			t.Errorf("%s: the picture is gone from the copy", name)
		}
	}
}

// A picture of JPEG 2000 that says it is beyond all measure is refused, also where
// width by height is more than 64 bits hold, and where a smaller one stands before it.
func TestJPEG2000TooWideIsRefused(t *testing.T) {
	for name, codes := range map[string]string{
		"too wide": codesSized(100_000), "beyond 64 bits": codesSized(0xffffffff),
		"the second of two":      boxOf("jp2c", codesSized(20)) + boxOf("jp2c", codesSized(100_000)),
		"behind a word in a box": boxOf("jp2h", boxOf("colr", codesSized(20))) + boxOf("jp2c", codesSized(100_000)),
	} {
		doc := page("", draws(6), streamOf(imageOf+"/Width 20/Height 20/Filter/JPXDecode", []byte(codes)))
		if _, err := read(t.Context(), doc, Limits{}.or()); !errors.Is(err, tooWide) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What scans in two colors share is judged as they are: a page of it that is
// beyond all measure is refused, however the segments are packed.
func TestSharedSegmentsTooWideAreRefused(t *testing.T) {
	shared := func(side uint32) []byte { return []byte(jbig2(48, u32(side)+u32(side)) + "lanterns") }
	doc := func(parms, dict string, b []byte) []byte {
		return page("", draws(6), streamOf(imageOf+"/Width 20/Height 20/Filter/JBIG2Decode/DecodeParms"+parms, []byte(jbig2(48, u32(20)+u32(20)))), streamOf(dict, b), "7 0 R")
	}
	for name, b := range map[string][]byte{
		"plain":           doc("<</JBIG2Globals 7 0 R>>", "", shared(1<<20)),
		"beyond 64 bits":  doc("<</JBIG2Globals 7 0 R>>", "", shared(0xfffffffe)),
		"in a list":       doc("[<</JBIG2Globals 7 0 R>>]", "", shared(1<<20)),
		"by another word": doc("<</JBIG2Globals 8 0 R>>", "", shared(1<<20)),
		"packed":          doc("<</JBIG2Globals 7 0 R>>", "/Filter/FlateDecode", packed(t, bytes.NewReader(shared(1<<20)))),
	} {
		if _, err := read(t.Context(), b, Limits{}.or()); !errors.Is(err, tooWide) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if out := copied(t, "good ones", doc("<</JBIG2Globals 7 0 R>>", "", shared(20))); !bytes.Contains(out, []byte("lanterns")) {
		t.Error("what good scans share is gone")
	}
}

// A large scan is copied as it is packed, and does not double in size because two
// letters meet in it by chance; in what is not packed they are still disguised.
func TestPackedStreamsKeepTheirSize(t *testing.T) {
	dots := make([]byte, 300*300*3)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(dots)
	scan := packed(t, bytes.NewReader(dots))
	if !bytes.Contains(scan, []byte("<%")) {
		t.Fatal("the two letters are not in it; the test proves nothing")
	}
	for name, doc := range map[string][]byte{
		"packed":     page("", draws(6), streamOf(imageOf+"/Width 300/Height 300/Filter/FlateDecode", scan)),
		"not packed": page("", draws(6), streamOf(imageOf+"/Width 300/Height 300", append(dots[:len(dots)-2:len(dots)-2], "<%"...))),
	} {
		if out := copied(t, name, doc); len(out) > len(doc)+2000 {
			t.Errorf("%s: the copy of %d bytes has %d", name, len(doc), len(out))
		}
	}
	out := copied(t, "a program", page("", "/Contents[4 0 R 6 0 R]", streamOf("", []byte("% <% run %>\nq Q"))))
	if bytes.Contains(out, []byte("<%")) {
		t.Error("a program of a web server stands in the copy")
	}
}
