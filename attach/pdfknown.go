package attach

import (
	"slices"
	"strconv"
	"strings"
)

// known are all the keys that a copy may have: those by which a page draws, and
// by which it is read aloud. What programs add of their own, where a file came
// from and who made it, is not among them, and neither is any way to act.
var known = setOf(`
	Type Subtype Parent Kids Count Pages Resources MediaBox CropBox BleedBox TrimBox ArtBox Rotate Contents Group StructParents StructParent Tabs Annots
	ExtGState ColorSpace Pattern Shading XObject Font ProcSet Properties
	Length Filter DecodeParms Predictor Colors BitsPerComponent Columns EarlyChange K EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1 DamagedRowsBeforeError JBIG2Globals ColorTransform
	Width Height Intent ImageMask Mask Decode Interpolate SMask SMaskInData Matte OC FormType BBox Matrix S CS I G BC TR
	PatternType PaintType TilingType XStep YStep ShadingType Background AntiAlias Function Domain Coords Extend BitsPerCoordinate BitsPerFlag VerticesPerRow
	FunctionType Range Size BitsPerSample Order Encode C0 C1 N Functions Bounds
	LW LC LJ ML D RI OP op OPM BG BG2 UCR UCR2 TR2 FL SM SA BM CA ca AIS TK
	Name BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts FontBBox FontMatrix CharProcs CIDSystemInfo Registry Ordering Supplement
	DW W DW2 W2 CIDToGIDMap FontName FontFamily FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth
	MissingWidth FontFile FontFile2 FontFile3 CharSet Style Panose Lang FD CIDSet Length1 Length2 Length3 BaseEncoding Differences CMapName UseCMap WMode
	WhitePoint BlackPoint Gamma Colorants Process Components OCGs P VE OCProperties BaseState ON OFF ListMode RBGroups Locked
	StructTreeRoot ParentTree ParentTreeNextKey RoleMap Nums Limits Pg R Alt E ActualText MCID Stm StmOwn Marked MarkInfo
	Rect AP AS BS Border C DA F IC InkList L LE Q QuadPoints RD Vertices`)

// spoken are the keys whose value is a text.
var spoken = setOf("ActualText Alt CharSet Contents DA E FontFamily Lang Ordering Panose Registry")

func setOf(words string) map[pdfName]bool {
	out := map[pdfName]bool{}
	for _, w := range strings.Fields(words) {
		out[pdfName(w)] = true
	}
	return out
}

// mode is what the keys of a dictionary are.
type mode int

const (
	plain     mode = iota // keys that PDF gives
	resources             // kinds of what a page draws with
	looks                 // how a note looks
	chosen                // names that the document chose: one may be called JS
)

// below is the mode of what stands under a key.
func (m mode) below(key pdfName) mode {
	switch {
	case m == plain && key == "Resources":
		return resources
	case m == plain && key == "AP":
		return looks
	case m == plain && (key == "CharProcs" || key == "Colorants" || key == "RoleMap"), m == looks && key == "N",
		m == resources && slices.Contains([]pdfName{"ColorSpace", "ExtGState", "Font", "Pattern", "Properties", "Shading", "XObject"}, key):
		return chosen
	}
	return plain
}

// kept says whether what stands under a key of a dictionary is written.
func (w *pdfWriter) kept(key pdfName, v any, m mode) bool {
	v = w.f.resolve(v)
	_, text := v.(pdfString)
	number := func() bool { _, is := v.(pdfNumber); return is }
	switch {
	case m == chosen:
		// A name leads to something that draws; a word in its place says something.
		return !text && !number() && (!strings.HasPrefix(string(key), "Default") || !w.profiled(v))
	case m == looks:
		return key == "N"
	case text:
		return spoken[key]
	case key == "F":
		return number() // what a note is; elsewhere it would be the name of a file
	}
	return known[key]
}

// element says whether d is part of the tree by which a document is read aloud.
func (w *pdfWriter) element(d pdfDict) bool {
	sort, _ := w.f.resolve(d["Type"]).(pdfName)
	return d["S"] != nil || d["ActualText"] != nil || d["Alt"] != nil || d["E"] != nil || slices.Contains([]pdfName{"StructElem", "MCR", "OBJR"}, sort)
}

// elsewhere says whether d is read aloud for a page that is not in the copy. Where
// the document chose the names, Pg is the name of something that is drawn.
func (w *pdfWriter) elsewhere(d pdfDict, m mode) bool {
	if m != plain || !w.element(d) {
		return false
	}
	r, ok := d["Pg"].(pdfRef)
	if !ok {
		return d["Pg"] != nil
	}
	n, ok := w.numbers[w.last(r)]
	return !ok || n > w.pages+2
}

// profiled says whether v is a color space by a profile. Those tell of the screen
// or the scanner they were made for, and are replaced by the plain space.
func (w *pdfWriter) profiled(v any) bool {
	a, ok := v.(pdfArray)
	return ok && len(a) == 2 && w.f.resolve(a[0]) == pdfName("ICCBased")
}

// space is the plain color space in place of one by a profile.
func (w *pdfWriter) space(a pdfArray) pdfName {
	s, _ := w.f.resolve(a[1]).(pdfStream)
	switch w.f.number(s.dict["N"]) {
	case 1:
		return "DeviceGray"
	case 4:
		return "DeviceCMYK"
	}
	return "DeviceRGB"
}

// widest is how long a side of a page may be, in points of 1/72 inch: the
// largest that programs agree on.
const widest = 14_400

// boxes are the keys of the sizes of a page.
var boxes = []pdfName{"MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox"}

// box reads a size of a page; nil when it is none.
func (f *pdfFile) box(v any) (pdfArray, error) {
	a, _ := f.resolve(v).(pdfArray)
	if len(a) != 4 {
		return nil, nil
	}
	var side [4]float64
	out := make(pdfArray, 4)
	for i := range a {
		n, _ := f.resolve(a[i]).(pdfNumber)
		x, err := strconv.ParseFloat(string(n), 64)
		if err != nil {
			return nil, nil
		}
		side[i], out[i] = x, n
	}
	for i := range 2 {
		if d := side[i+2] - side[i]; d > widest || -d > widest {
			return nil, refuse("A page of the PDF is larger than can be shown. Print or scan it at a usual size, and add that.")
		}
	}
	return out, nil
}

// Bounds of what a picture's packing says of itself; programs that believe it
// reserve that much.
var mostParms = map[pdfName]int{"Predictor": 15, "Colors": 32, "BitsPerComponent": 16, "Columns": 1 << 20, "Rows": 1 << 20}

// parms refuses what no packing can mean.
func (w *pdfWriter) parms(v any) error {
	switch v := w.f.resolve(v).(type) {
	case pdfArray:
		if len(v) > 8 {
			return unreadable
		}
		for _, one := range v {
			if err := w.parms(w.f.dict(one)); err != nil {
				return err
			}
		}
	case pdfDict:
		for key, most := range mostParms {
			if v[key] != nil && (w.f.number(v[key]) < 0 || w.f.number(v[key]) > most) {
				return unreadable
			}
		}
		if wide, high := w.f.number(v["Columns"]), w.f.number(v["Rows"]); int64(max(wide, 0))*int64(max(high, 0)) > w.limits.Pixels {
			return tooWide
		}
		return w.globals(v["JBIG2Globals"])
	}
	return nil
}
