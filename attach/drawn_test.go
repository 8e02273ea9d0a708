package attach

import (
	"bytes"
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
