package pdf

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tool returns the path of a program that reads PDFs. Without it a test is skipped, under CI it fails.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed (Debian: poppler-utils, qpdf)", name)
	}
	t.Skipf("SKIPPED: %s is not installed (Debian: poppler-utils, qpdf); nothing was checked", name)
	return ""
}

// run gives the PDF to a program and returns what it says.
func run(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "@" {
			args[i] = path
		}
	}
	out, err := exec.Command(tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

var (
	directions = regexp.MustCompile("[\u200d\u200e\u200f\u202a-\u202e]")
	spaces     = regexp.MustCompile(`\s+`)
)

// copied returns the text of a PDF as somebody copies it, with single spaces.
func copied(t *testing.T, pdf []byte) string {
	t.Helper()
	return spaces.ReplaceAllString(directions.ReplaceAllString(run(t, pdf, "pdftotext", "-layout", "@", "-"), ""), " ")
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
		page := spaces.ReplaceAllString(run(t, out, "pdftotext", "-layout", "-f", fmt.Sprint(i), "-l", fmt.Sprint(i), "@", "-"), " ")
		for _, want := range []string{fmt.Sprintf("Page %d of %d", i, n), "Referral, State copy", "7K4M-2QX9-C3TB-5", "Confidential.", "Version 2",
			"Digest 0123456789abcdef ·", "Generated for Dana Reviewer, DCJS", "November 22, 2026, 12:00 PM EST"} {
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
		if got := run(t, out, "pdftotext", "-f", fmt.Sprint(page+1), "-l", fmt.Sprint(page+1), "@", "-"); !strings.HasPrefix(got, want) {
			t.Errorf("page %d begins %q", page+1, got)
		}
	}
}

// The file is a sound PDF with everything in it.
func TestSound(t *testing.T) {
	out, _ := finish(t, full())
	if said := run(t, out, "qpdf", "--check", "@"); strings.Contains(said, "WARNING") || strings.Contains(said, "ERROR") {
		t.Fatal(said)
	}
	for _, line := range strings.Split(run(t, out, "pdffonts", "@"), "\n")[2:] {
		if line != "" && !strings.Contains(line, " yes yes yes ") {
			t.Errorf("a font is not embedded, subset and readable: %s", line)
		}
	}
	if said := run(t, out, "pdftoppm", "-r", "20", "-png", "@", filepath.Join(t.TempDir(), "p")); said != "" {
		t.Error(said)
	}
}

// The properties that file lists and search show are neutral, and the time is the document's.
func TestProperties(t *testing.T) {
	p := newPaper(sheet())
	p.Row("Name", "Maria Lopez")
	out, _ := finish(t, p)
	said := run(t, out, "pdfinfo", "-isodates", "@")
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
	said := spaces.ReplaceAllString(run(t, out, "pdfinfo", "-struct-text", "@"), " ")
	want := `Document H1 (block) "Referral" Table (block) TR TH: /Scope /Row "County" TD "Tompkins" Table (block) TR TH: /Scope /Column "Date" ` +
		`TR TD "2026-10-05" L (block) LI (block) Lbl (block) "•" LBody (block) "first" P (block) "The end" `
	if said != want {
		t.Fatalf("%s\nwant\n%s", said, want)
	}
}
