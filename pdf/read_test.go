package pdf

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nysreferral/pdf/pdftest"
)

var (
	directions = regexp.MustCompile("[\u200d\u200e\u200f\u202a-\u202e]")
	spaces     = regexp.MustCompile(`\s+`)
)

// copied returns the text of a PDF as somebody copies it, with single spaces.
func copied(t *testing.T, pdf []byte) string {
	t.Helper()
	return spaces.ReplaceAllString(directions.ReplaceAllString(pdftest.Run(t, pdf, "pdftotext", "-layout", "@", "-"), ""), " ")
}

// Names come out of the document as they were written, letter for letter, in a row, a paragraph, a heading, a box and
// in the middle of a sentence.
func TestNamesAsWritten(t *testing.T) {
	for place, write := range map[string]func(p *paper, s string){
		"row":       func(p *paper, s string) { p.Row("Name of the person", s) },
		"paragraph": func(p *paper, s string) { p.Paragraph(s) },
		"heading":   func(p *paper, s string) { p.Heading(2, s) },
		"box":       func(p *paper, s string) { p.Box("Call", s) },
		"sentence":  func(p *paper, s string) { p.Paragraph("She is " + s + " and works.") },
	} {
		p := newPaper(sheet())
		for _, s := range append(names, samples...) {
			write(p, s)
		}
		out, _ := finish(t, p)
		got := copied(t, out)
		for _, s := range append(names, samples...) {
			if !strings.Contains(got, s) {
				t.Errorf("%s: %q is not in %q", place, s, got)
			}
		}
	}
}

// What cannot be drawn is said so where it stands.
func TestSaysWhatIsMissing(t *testing.T) {
	p := newPaper(sheet())
	p.Row("Name", "Ana 😀 Lopez 𠀀")
	out, _ := finish(t, p)
	if got := copied(t, out); !strings.Contains(got, "Ana [U+1F600 cannot be printed] Lopez [U+20000 cannot be printed]") {
		t.Fatal(got)
	}
}

// Every page says which one it is, of how many, and carries reference, notice, version, digest, reader and time.
func TestFoot(t *testing.T) {
	p := newPaper(sheet())
	for range 200 {
		p.Row("Label", "Value")
	}
	out, _ := finish(t, p)
	n := len(p.pages)
	if n < 3 {
		t.Fatalf("%d pages", n)
	}
	for i := 1; i <= n; i++ {
		page := spaces.ReplaceAllString(pdftest.Run(t, out, "pdftotext", "-layout", "-f", fmt.Sprint(i), "-l", fmt.Sprint(i), "@", "-"), " ")
		for _, want := range []string{fmt.Sprintf("Page %d of %d", i, n), "Referral, State copy", "7K4M-2QX9-C3TB-5", "Confidential.", "Version 2",
			"Digest 0123456789abcdef ·", "Generated for Dana Reviewer, DCJS", "November 22, 2026, 12:00 pm EST"} {
			if !strings.Contains(page, want) {
				t.Errorf("page %d lacks %q: %s", i, want, page)
			}
		}
	}
}

// A part of a packet carries its own title from its first page on.
func TestPartTitles(t *testing.T) {
	p := newPaper(sheet())
	p.Paragraph("cover")
	p.Part("Confirmation letter")
	p.Paragraph("letter")
	out, _ := finish(t, p)
	for page, want := range []string{"Referral, State copy", "Confirmation letter"} {
		if got := pdftest.Run(t, out, "pdftotext", "-f", fmt.Sprint(page+1), "-l", fmt.Sprint(page+1), "@", "-"); !strings.HasPrefix(got, want) {
			t.Errorf("page %d begins %q", page+1, got)
		}
	}
}

// The file is a sound PDF with everything in it.
func TestSound(t *testing.T) {
	out, _ := finish(t, full())
	if said := pdftest.Run(t, out, "qpdf", "--check", "@"); strings.Contains(said, "WARNING") || strings.Contains(said, "ERROR") {
		t.Fatal(said)
	}
	for _, line := range strings.Split(pdftest.Run(t, out, "pdffonts", "@"), "\n")[2:] {
		if line != "" && !strings.Contains(line, " yes yes yes ") {
			t.Errorf("a font is not embedded, subset and readable: %s", line)
		}
	}
	if said := pdftest.Run(t, out, "pdftoppm", "-r", "20", "-png", "@", filepath.Join(t.TempDir(), "p")); said != "" {
		t.Error(said)
	}
}

// The properties that file lists and search show are neutral, and the time is the document's.
func TestProperties(t *testing.T) {
	p := newPaper(sheet())
	p.Row("Name", "Maria Lopez")
	out, _ := finish(t, p)
	said := pdftest.Run(t, out, "pdfinfo", "-isodates", "@")
	for _, want := range []string{"Title:           Referral, State copy", "Producer:        nysreferral", "CreationDate:    2026-11-22T17:00:00Z",
		"ModDate:         2026-11-22T17:00:00Z", "Tagged:          yes", "Page size:       612 x 792 pts (letter)"} {
		if !strings.Contains(said, want) {
			t.Errorf("lacks %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "Maria") || strings.Contains(said, "Author") {
		t.Error(said)
	}
}

// A screen reader finds headings, rows whose label heads the row, tables whose head heads the column, and lists.
func TestStructure(t *testing.T) {
	p := newPaper(sheet())
	p.Heading(1, "Referral")
	p.Row("County", "Tompkins")
	p.Table([]string{"Date"}, nil, [][]string{{"2026-10-05"}})
	p.List([]string{"first"})
	p.Paragraph("The end")
	out, _ := finish(t, p)
	said := spaces.ReplaceAllString(pdftest.Run(t, out, "pdfinfo", "-struct-text", "@"), " ")
	want := `Document H1 (block) "Referral" Table (block) TR TH: /Scope /Row "County" TD "Tompkins" Table (block) TR TH: /Scope /Column "Date" ` +
		`TR TD "2026-10-05" L (block) LI (block) Lbl (block) "•" LBody (block) "first" P (block) "The end" `
	if said != want {
		t.Fatalf("%s\nwant\n%s", said, want)
	}
}

// quoted returns the texts that a screen reader finds in a document, in the order of its elements, with one space between
// words.
func quoted(t *testing.T, pdf []byte) []string {
	t.Helper()
	var out []string
	open := false // the line before belongs to the same element
	for line := range strings.Lines(pdftest.Run(t, pdf, "pdfinfo", "-struct-text", "@")) {
		line = strings.TrimSpace(directions.ReplaceAllString(line, ""))
		if len(line) < 2 || line[0] != '"' {
			open = false
			continue
		}
		text := strings.TrimSuffix(line[1:], `"`)
		if open {
			out[len(out)-1] += text
		} else {
			out = append(out, text)
		}
		open = true
	}
	for i, s := range out {
		out[i] = strings.TrimSpace(spaces.ReplaceAllString(s, " "))
	}
	return out
}

// Words stay apart where a line ends, for those who listen: in a paragraph, a heading, a label, a value of several lines, a
// list, a box and a table, and over the end of a page. A word that is broken at its hyphen, or in a script without spaces,
// gets no space.
func TestWordsStayApart(t *testing.T) {
	texts := []string{
		strings.Repeat("Nobody of the agency takes part in a well-kept and long-lasting determination. ", 8),
		"Housing\nLegal help\n\nMedical care, soon",
		strings.Repeat("陳美麗被強迫勞動", 20),
		strings.Repeat("Ольга Сергеевна ", 20),
	}
	p := newPaper(sheet())
	var want []string
	for range 6 { // over the end of several pages
		for _, s := range texts {
			p.Heading(2, s)
			p.Paragraph(s)
			p.Small(s)
			p.Row(s, s)
			p.List([]string{s})
			p.Box(s, s)
			p.Table([]string{s}, nil, [][]string{{s}})
			s = strings.TrimSpace(spaces.ReplaceAllString(s, " "))
			want = append(want, s, s, s, s, s, "•", s, s, s, s, s)
		}
	}
	out, _ := finish(t, p)
	got := quoted(t, out)
	if len(got) != len(want) {
		t.Fatalf("%d texts, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("text %d:\n%s\nwant\n%s", i, got[i], want[i])
		}
	}
}

// A line that is copied ends in a space where the text goes on, in every direction of writing and within what is shaped,
// and the space neither moves a letter nor turns the order of the words.
func TestCopiedLines(t *testing.T) {
	for s, phrase := range map[string]string{"محمد عبد الله يعمل في مزرعة ": "محمد عبد الله يعمل في مزرعة", "ייִדיש אַרבעט פֿאַר קינדער ": "ייִדיש אַרבעט פֿאַר קינדער",
		"রহিমা খাতুন ": "রহিমা খাতুন", "He said محمد عبد الله at noon. ": "محمد عبد الله", "Plain word ": "Plain word"} {
		p := newPaper(sheet())
		p.Paragraph(strings.Repeat(s, 12))
		out, _ := finish(t, p)
		if got := copied(t, out); strings.Count(got, phrase) < 8 {
			t.Errorf("%q is not in %s", phrase, got)
		}
		lines, gaps := map[float64]bool{}, map[float64]bool{}
		for _, o := range p.pages[0] {
			if o.kind != letters || o.node == 0 {
				continue
			}
			lines[o.y] = true
			slot, at := p.slots.all[o.slot-1], bytes.IndexByte(codes, p.codes[o.to-1])
			if slot.chars[at] == ' ' {
				gaps[o.y] = true
			}
		}
		if len(gaps) != len(lines)-1 && len(gaps) != len(lines) {
			t.Errorf("%q: %d lines, %d of them with a space that ends a piece of text", s, len(lines), len(gaps))
		}
		within(t, p)
	}
}

// The number of a page stands free: however long the line is that names who asked for the document, and whatever the
// notice says, nothing else is written where the number stands, and the number is never cut.
func TestFootBesideTheNumber(t *testing.T) {
	for n := 0; n < 160; n += 3 {
		d := sheet()
		d.GeneratedFor = strings.Repeat("W", n)
		d.Notice = strings.Repeat("word ", n)
		p := newPaper(d)
		p.Paragraph("x")
		finish(t, p)
		number := 0.0 // the height of its line
		left := pageWidth - sideMargin - numberWidth
		for _, o := range p.pages[0] {
			if o.kind == letters && o.x >= left && o.y > p.bottom {
				number = o.y
			}
		}
		if number == 0 {
			t.Fatalf("%d letters: no number", n)
		}
		for _, o := range p.pages[0] {
			if o.kind != letters || o.y < p.bottom || o.x >= left {
				continue
			}
			if end := o.x + widthOf(p, o); end > left {
				t.Fatalf("%d letters: the foot goes to %.1f, the number begins at %.1f or later", n, end, left)
			}
		}
	}
	var g galley
	p := newPaper(sheet())
	if p.set(&g, "Page 9999 of 9999", smallStyle, numberWidth, 0, allRight); g.lines() != 1 {
		t.Errorf("the number of a long document takes %d lines", g.lines())
	}
}
