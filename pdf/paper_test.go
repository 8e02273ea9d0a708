package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("EST", -5*3600))

// sheet is a document as the tests make them.
func sheet() Document {
	return Document{Title: "Referral, State copy", Subject: "Record", Reference: "7K4M-2QX9-C3TB-5", Version: "2",
		Digest: strings.Repeat("0123456789abcdef", 4), GeneratedFor: "Dana Reviewer, DCJS", Notice: "Confidential.", At: noon}
}

// names are those of the cases that the program must print as they are written.
var names = []string{"Nguyễn Thị Ánh", "محمد عبد الله", "מרים", "রহিমা খাতুন", "Ольга Сергеевна", "김민지", "Sukarno", "O’Neill-Ávila"}

// samples holds a line for each face beside those of the names.
var samples = []string{"ייִדיש אַרבעט פֿאַר קינדער", "میں نے پولیس کو بتایا ٹھیک ہے", "王小明被强迫劳动", "陳美麗被強迫勞動", "Wąż Łukasz, Kreyòl ayisyen",
	"मेरो नाम सीता हो", "ਸਤ ਸ੍ਰੀ ਅਕਾਲ", "ગુજરાતી", "தமிழ்", "తెలుగు", "සිංහල", "สวัสดีครับ", "ພາສາລາວ", "မြန်မာ", "ភាសាខ្មែរ", "ნინო ბერიძე", "Արմեն", "ሰላም",
	"sent → done ✓ or ≥ 5 ☐", "الأ لإ لا ٱللَّٰه على"}

// finish ends a paper that must not fail.
func finish(t testing.TB, p *paper) ([]byte, []Undrawn) {
	t.Helper()
	out, lack, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out, lack
}

// A document without a time is refused: it would not be the same twice.
func TestNoTime(t *testing.T) {
	d := sheet()
	d.At = time.Time{}
	p := newPaper(d)
	p.Heading(1, "x")
	if out, _, err := p.Bytes(); !errors.Is(err, errNoTime) || out != nil {
		t.Fatalf("got %d bytes, %v", len(out), err)
	}
}

// A notice that leaves no room for text is refused, not drawn over the text.
func TestLongNotice(t *testing.T) {
	d := sheet()
	d.Notice = strings.Repeat("Confidential. ", 2000)
	if _, _, err := newPaper(d).Bytes(); err == nil {
		t.Fatal("accepted")
	}
}

// When a library panics, the document fails with an error that repeats nothing of what the panic said.
func TestPanicIsAnError(t *testing.T) {
	p := newPaper(sheet())
	p.try(func() { panic("Maria Elena Gutierrez Lopez") })
	p.Paragraph("more")
	out, _, err := p.Bytes()
	if err == nil || out != nil || strings.Contains(err.Error(), "Maria") {
		t.Fatalf("%d bytes, %v", len(out), err)
	}
}

// What no face can draw is returned with its number, and nothing of it is left out in silence.
func TestUndrawn(t *testing.T) {
	for text, want := range map[string][]Undrawn{
		"plain":                          nil,
		"smile 😀 and 😀":                  {{0x1F600, 2}},
		"hands 👍🏽":                       {{0x1F3FD, 1}, {0x1F44D, 1}},
		"rare 𠀀 letter":                  {{0x20000, 1}},
		"private \ue001":                 {{0xE001, 1}},
		"null \x00 bell \a":              {{0, 1}, {7, 1}},
		"broken \xff\xfe":                {{0xFFFD, 2}},
		"family 👨\u200d👩":                {{0x1F468, 1}, {0x1F469, 1}},
		"tab\tcr\r\nlf\nff\f nbsp\u00a0": nil,
		"turned \u202eevil\u202c":        nil,
		"heart ❤️":                       nil,
	} {
		p := newPaper(sheet())
		p.Paragraph(text)
		if _, got := finish(t, p); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Every face can be read and shaped, and together they draw every sample.
func TestFaces(t *testing.T) {
	for _, f := range faces {
		if f.load(); f.shaper() == nil || f.upem == 0 {
			t.Errorf("%s: cannot be used", f.file)
		}
	}
	for _, s := range append(names, samples...) {
		p := newPaper(sheet())
		p.Row("Name", s)
		p.Heading(2, s)
		if _, lack := finish(t, p); lack != nil {
			t.Errorf("%q: lacks %v", s, lack)
		}
	}
}

// A shaped run never shows the box of a missing glyph.
func TestNoBoxes(t *testing.T) {
	for _, s := range append(names, samples...) {
		p := newPaper(sheet())
		p.Paragraph(s)
		finish(t, p)
		for _, slot := range p.slots.all {
			for i, g := range slot.glyphs {
				if g.id == 0 {
					t.Errorf("%q: %s draws %U as a box", s, faces[slot.face].name, slot.chars[i])
				}
			}
		}
	}
}

// full writes one of everything, in every script.
func full() *paper {
	p := newPaper(sheet())
	p.Heading(1, "Referral")
	p.Box("How to reach the person safely", "Call only between 9 and 11. اتصل بين 9 و 11 صباحا فقط")
	for _, s := range append(names, samples...) {
		p.Row("Name", s)
		p.Paragraph("He said: «" + s + "» (12 times).")
	}
	p.Part("Letter")
	p.List(names)
	p.Table([]string{"Date", "What"}, []float64{1, 3}, [][]string{{"2026-10-05", "Sent"}, {"2026-10-06", strings.Repeat("Taken ", 40)}})
	p.Strong("Strong 😀")
	p.Small("Small")
	p.Space(10)
	p.Rule()
	p.NewPage()
	p.Paragraph(strings.Repeat("End. ", 2000))
	return p
}

// The same calls give the same bytes, twenty times.
func TestSameBytes(t *testing.T) {
	first, _ := finish(t, full())
	for range 20 {
		if again, _ := finish(t, full()); !bytes.Equal(first, again) {
			t.Fatal("other bytes")
		}
	}
}

// Papers are written side by side without touching each other; the race detector watches.
func TestSideBySide(t *testing.T) {
	want, _ := finish(t, full())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 3 {
				if got, _, err := full().Bytes(); err != nil || !bytes.Equal(got, want) {
					t.Errorf("other bytes, %v", err)
				}
			}
		})
	}
	wg.Wait()
}

// pagesOf returns for each node the pages on which it is drawn, from the first.
func pagesOf(p *paper) map[int32][]int {
	on := map[int32][]int{}
	for i, page := range p.pages {
		for _, o := range page {
			if at := on[o.node]; len(at) == 0 || at[len(at)-1] != i {
				on[o.node] = append(at, i)
			}
		}
	}
	return on
}

// A label begins on the page on which its value begins, wherever on the page the row comes to stand, and a heading
// stands with what follows it.
func TestKeptTogether(t *testing.T) {
	for lines := range 50 {
		for _, value := range []string{"short", strings.Repeat("long value ", 40), strings.Repeat("much longer value ", 400)} {
			p := newPaper(sheet())
			for range lines {
				p.Paragraph("x")
			}
			p.Heading(2, "Section")
			p.Heading(3, "Part of it")
			p.Row(strings.Repeat("label ", 20), value)
			finish(t, p)
			on := pagesOf(p)
			kinds := map[string]int{}
			for n := range p.nodes {
				if at := on[int32(n)]; n > 1 && len(at) > 0 {
					kinds[p.nodes[n].kind] = at[0]
				}
			}
			if page := kinds["TD"]; kinds["TH"] != page || kinds["H2"] != page || kinds["H3"] != page {
				t.Fatalf("after %d lines and with %d letters: %v", lines, len(value), kinds)
			}
		}
	}
}

// No letter stands outside the margins: not of a word of 2,000 letters, nor of one that never ends in a narrow column.
func TestWithinMargins(t *testing.T) {
	for _, s := range []string{strings.Repeat("x", 2000), strings.Repeat("خ", 900), strings.Repeat("ক্ষ", 600), strings.Repeat("漢", 900),
		strings.Repeat("\n", 500), strings.Repeat("a\u0301\u0302", 900), strings.Repeat("word (محمد 12) ", 300), "   ", ""} {
		p := newPaper(sheet())
		p.Heading(1, s)
		p.Box(s, s)
		p.Row(s, s)
		p.List([]string{s})
		p.Table([]string{"a", s, "c", "d", "e", "f", "g", "h", "left out"}, []float64{1, 0, 1}, [][]string{{s, s}, {}, {s, s, s, s, s, s, s, s, s, s}})
		finish(t, p)
		within(t, p)
	}
}

// within fails when a letter stands outside the margins of its page.
func within(t testing.TB, p *paper) {
	t.Helper()
	for i, page := range p.pages {
		for _, o := range page {
			if o.kind != letters {
				continue
			}
			if end := o.x + widthOf(p, o); o.x < sideMargin-0.1 || end > pageWidth-sideMargin+o.w*2 || o.y < 30 || o.y > pageHeight-30 {
				t.Fatalf("page %d: letters from %.1f to %.1f at height %.1f", i+1, o.x, end, o.y)
			}
		}
	}
}

// widthOf is how wide an op of letters is, in points.
func widthOf(p *paper, o op) float64 {
	width := 0
	for _, c := range p.codes[o.from:o.to] {
		width += int(p.slots.all[o.slot-1].glyphs[bytes.IndexByte(codes, c)].advance)
	}
	return float64(width) * o.w / 1000
}
