package attach

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// acters are documents that act, carry files or fetch something, in the ways in
// which a PDF can say so.
func acters(t testing.TB) []hostile {
	js := "<</S/JavaScript/JS(app.alert\\('" + secret + "'\\))>>"
	note := func(more string) string { return "/Annots[<</Type/Annot/Rect[0 0 9 9]" + more + ">>]" }
	file := streamOf("/Type/EmbeddedFile/Subtype/application#2Foctet-stream", []byte(secret))
	spec := "<</Type/Filespec/F(run.exe)/UF(run.exe)/EF<</F 6 0 R/UF 6 0 R>>/Desc(" + secret + ")>>"
	good := string(page("", ""))
	update := func(objects, root string) []byte {
		return []byte(good + objects + "\ntrailer\n<</Size 9/Root " + root + "/Prev " + fmt.Sprint(strings.Index(good, "xref")) + ">>\nstartxref\n9\n%%EOF\n")
	}
	linear := "%PDF-1.4\n20 0 obj<</Linearized 1/L 9999/H[9 9]/O 3/E 99/N 1/T 99>>endobj\nxref\n20 1\n0000000009 00000 n \ntrailer<</Size 21/Root 1 0 R/Prev 9>>\nstartxref\n0\n%%EOF\n"
	return []hostile{
		{"every letter of a name escaped", page("/#4f#70#65#6e#41#63#74#69#6f#6e<</#53/#4a#61#76#61#53#63#72#69#70#74/#4a#53("+secret+")>>", ""), PDF},
		{"comments and blanks between", page("/OpenAction%x\r<<%/S\n/S%\n/JavaScript\x00\x0c/JS\t%(\n<"+fmt.Sprintf("%x", secret)+">>>", ""), PDF},
		{"a key twice", page("/OpenAction null/OpenAction"+js, ""), PDF},
		{"an action after an action", page("/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<</S/Named/N/NextPage/Next "+js+">>]>>", ""), PDF},
		{"a script in a stream", page("/OpenAction<</S/JavaScript/JS 6 0 R>>", "", streamOf("", []byte(secret))), PDF},
		{"a script behind references", page("/OpenAction 6 0 R", "", "7 0 R", "8 0 R", js), PDF},
		{"a tree of names with branches", page("/Names<</JavaScript<</Kids[6 0 R]>>>>", "", "<</Limits[(a)(b)]/Kids[7 0 R]>>", "<</Names[(a) 8 0 R]>>", js), PDF},
		{"a tree of files with branches", page("/Names<</EmbeddedFiles<</Kids[<</Names[(a) 7 0 R]>>]>>>>", "", file, spec), PDF},
		{"a portfolio", page("/Collection<</Type/Collection/D(a)/View/T>>/Names<</EmbeddedFiles<</Names[(a) 7 0 R]>>>>", "", file, spec), PDF},
		{"a file without its type", page("/AF[7 0 R]", note("/Subtype/FileAttachment/FS 7 0 R"), streamOf("", []byte(secret)), "<</F(run.exe)/EF<</F 6 0 R>>>>"), PDF},
		{"a form of XML in parts", page("/AcroForm<</XFA[(preamble) 6 0 R (config) 6 0 R (template) 6 0 R]/NeedAppearances true>>/NeedsRendering true", "", streamOf("", []byte("<xdp:xdp>"+secret))), PDF},
		{"a field that reckons", page("/AcroForm<</CO[6 0 R]/Fields[6 0 R]>>", "/Annots[6 0 R]", "<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/FT/Tx/T(a)/V(Seven lanterns)/AA<</K"+js+"/F"+js+"/V"+js+"/C"+js+">>/Parent 7 0 R>>", "<</AA<</C"+js+">>>>"), PDF},
		{"a button with looks that act", page("", note("/Subtype/Widget/FT/Btn/MK<</I 6 0 R>>/AP<</N<</JS "+js+"/On 6 0 R>>/D"+js+"/R "+js+">>/AS/On"), streamOf("/Subtype/Form/BBox[0 0 9 9]/AA<</O"+js+">>", []byte("0 0 9 9 re"))), PDF},
		{"an outline that acts", page("/Outlines<</First 6 0 R/Last 6 0 R/Count 1>>", "", "<</Title("+secret+")/A"+js+">>"), PDF},
		{"an address for all links", page("/URI<</Base(https://example.org/"+secret+")>>", note("/Subtype/Link/PA<</S/URI/URI(x)>>/A<</S/GoToR/F<</F(//example.org/x)>>/D[0/Fit]>>")), PDF},
		{"another document within", page("/OpenAction<</S/GoToE/T<</R/C/N(a)>>/D[0/Fit]>>", ""), PDF},
		{"a program by its system", page("/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c calc)/O(open)>>/Unix(x)/Mac(y)>>", ""), PDF},
		{"a film, a sound and a model", page("", "/Annots[<</Subtype/Movie/Rect[0 0 9 9]/Movie<</F(x)>>/A<</ShowControls true>>>><</Subtype/Screen/Rect[0 0 9 9]/A<</S/Rendition/OP 0/R<</S/MR/C<</S/MCD/D 6 0 R>>>>>>>><</Subtype/Sound/Rect[0 0 9 9]/Sound 6 0 R>><</Subtype/3D/Rect[0 0 9 9]/3DD 6 0 R>><</Subtype/RichMedia/Rect[0 0 9 9]/RichMediaContent<</Assets<<>>>>>>]", streamOf("", []byte(secret))), PDF},
		{"a page that fetches its words", page("", "/Contents[4 0 R 6 0 R]", streamOf("/F<</FS/URL/F(https://example.org/"+secret+")>>", nil)), PDF},
		{"a picture that fetches another", page("", draws(6), streamOf(imageOf+"/Width 1/Height 1/Alternates[<</Image 7 0 R/DefaultForPrinting true>>]/OPI<</2.0<</F(x)>>>>", []byte("abc")), streamOf("", []byte(secret))), PDF},
		{"a drawing from another document", page("", draws(6), streamOf("/Subtype/Form/BBox[0 0 9 9]/Ref<</F(x.pdf)/Page 0/ID[<"+fmt.Sprintf("%x", secret)+"><00>]>>", []byte("0 0 9 9 re"))), PDF},
		{"drawn by PostScript", page("", draws(6), streamOf("/Type/XObject/Subtype/PS", []byte("("+secret+") run"))), PDF},
		{"signed, with rights", page("/Perms<</UR3 6 0 R/DocMDP 6 0 R>>/DSS<</Certs[7 0 R]>>/Legal<</JavaScriptActions 1>>", "", "<</Type/Sig/Filter/Adobe.PPKLite/Contents<"+fmt.Sprintf("%x", secret)+">/Name("+secret+")>>", streamOf("", []byte(secret))), PDF},
		{"in packed objects", page("/OpenAction 9 0 R/Names 10 0 R", "", objectsIn(t, map[int]string{9: js, 10: "<</JavaScript<</Names[(a) 9 0 R]>>>>"})), PDF},
		{"changed at its end, twice", update("1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>endobj 6 0 obj"+js+"endobj 1 0 obj<</Type/Catalog/Pages 2 0 R/AA<</WC 6 0 R>>>>endobj", "1 0 R"), PDF},
		{"changed to another root", update("8 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction "+js+">>endobj", "8 0 R"), PDF},
		{"written for the wire", []byte(linear + strings.TrimPrefix(string(page("/OpenAction"+js, "")), "%PDF-1.7\n")), PDF},
		{"stages of a page", page("", "/Trans<</S/Fly>>/PresSteps<</NA"+js+">>/B[6 0 R]/VP[<</Measure<</X"+js+">>>>]/Thumb 6 0 R", streamOf("", []byte(secret))), PDF},
		{"things within what draws", page("", draws(6)+"/Group<</S/Transparency/CS[/Separation/a/DeviceGray "+js+"]>>", streamOf("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</JS 7 0 R>>/Properties<</X "+js+"/Y 8 0 R>>>>", []byte("q")), streamOf("/Subtype/Form/BBox[0 0 1 1]", []byte("Q")), "<</AA<</O "+js+">>/JS(x)>>"), PDF},
	}
}

// However a document says that it acts, carries a file or fetches something, the
// copy does none of it, to us and to others that read it, and shows its page.
func TestActsInEverySyntax(t *testing.T) {
	dir := t.TempDir()
	for i, h := range append(acters(t), tellers(t)...) {
		out := copied(t, h.name, h.file)
		if bytes.Contains(out, []byte(secret)) || tells(t, out) {
			t.Errorf("%s: the copy carries it", h.name)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.pdf", i)), out, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := readPDF(out)
		if err != nil {
			t.Errorf("%s: %v", h.name, err)
			continue
		}
		for n, v := range f.objects {
			if found := actsWithin(v); found != "" {
				t.Errorf("%s: object %d has %s", h.name, n, found)
			}
		}
	}
	for i, h := range append(acters(t), tellers(t)...) {
		file := filepath.Join(dir, fmt.Sprintf("%d.pdf", i))
		if out := run(t, "qpdf", "--check", file); strings.Contains(out, "WARNING") || strings.Contains(out, "exit status") {
			t.Errorf("%s: qpdf says %s", h.name, out)
		}
		if out := run(t, "pdfinfo", "-js", file); strings.Contains(out, "Name Dictionary") || strings.Contains(out, "alert") {
			t.Errorf("%s: poppler finds a script: %s", h.name, out)
		}
		if out := run(t, "pdfdetach", "-list", file); !strings.Contains(out, "0 embedded files") {
			t.Errorf("%s: poppler finds a file: %s", h.name, out)
		}
		if out := run(t, "pdftotext", file, "-"); !strings.Contains(out, "Seven lanterns") {
			t.Errorf("%s: the words are gone: %q", h.name, out)
		}
	}
	for _, line := range strings.Split(run(t, "exiftool", "-a", "-u", "-G1", dir), "\n") {
		if strings.Contains(line, "Maria") || strings.Contains(line, "Author") || strings.Contains(line, "Creator") || strings.Contains(line, "JavaScript") {
			t.Errorf("exiftool reads in a copy: %s", line)
		}
	}
}

// actsWithin is the first key or action in a value that is none of a copy's.
func actsWithin(v any) string {
	switch v := v.(type) {
	case pdfArray:
		for _, one := range v {
			if found := actsWithin(one); found != "" {
				return found
			}
		}
	case pdfStream:
		return actsWithin(v.dict)
	case pdfDict:
		for key, one := range v {
			if bad := "/" + string(key); key == "S" && one == pdfName("JavaScript") || key != "JS" && strings.Contains(strings.Join(acting, " ")+" /OPI /Alternates /Ref /PresSteps /Perms /Outlines /Thumb ", bad+" ") {
				return bad
			}
			if found := actsWithin(one); found != "" {
				return found
			}
		}
	}
	return ""
}
