package pdf

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	gotext "github.com/go-text/typesetting/bidi"
)

// The levels of mixed text are those of the Unicode Bidirectional Algorithm. Capitals stand for Hebrew letters.
func TestLevels(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"car", "000"},
		{"CAR", "111"},
		{"he said CAR 12 now", "000000001111220000"},
		{"he said CAR. now", "0000000011100000"},
		{"CAR is 5", "11112222"},
		{"(CAR) x", "1111112"},
		{"x (CAR)", "0001110"},
		{"A-5$ B", "112211"},
		{"5 A", "211"},
		{"", ""},
	} {
		var l levels
		l.resolve(hebrew(c.text))
		got := ""
		for _, n := range l.level {
			got += fmt.Sprint(n)
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

// hebrew writes capitals as Hebrew letters.
func hebrew(s string) []rune {
	r := []rune(s)
	for i := range r {
		if r[i] >= 'A' && r[i] <= 'Z' {
			r[i] += 0x05D0 - 'A'
		}
	}
	return r
}

// FuzzLevels compares directions with those of another implementation, which is tested with all of Unicode's cases.
func FuzzLevels(f *testing.F) {
	for _, s := range append(names, "abc (محمد 12, 13) def", "א-5$ [ב) c", "١٢٣ abc א", "a\u0301 ב\u05b7 1,2 3") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c cleaner
		for _, p := range c.clean(nil, s, false) {
			text := string(p.runes)
			if strings.ContainsAny(text, "\u001c\u001d\u001e\u001f\u0085") || len(p.runes) == 0 {
				continue
			}
			var l levels
			l.resolve(p.runes)
			var other gotext.Paragraph
			runs := other.Segment(p.runes, gotext.Neutral)
			for i := range runs.NumRuns() {
				for at := runs.Run(i).Start; at < runs.Run(i).End; at++ {
					if blankAtEnd(p.runes, at) {
						continue // decided line by line
					}
					if right := l.level[at]%2 == 1; right == runs.Run(i).IsLeftToRight() {
						t.Fatalf("%q: character %d (%U) of %v", text, at, p.runes[at], l.level)
					}
				}
			}
		}
	})
}

// blankAtEnd reports whether only spaces follow from at on.
func blankAtEnd(r []rune, at int) bool { return strings.TrimSpace(string(r[at:])) == "" }

// Lines end after spaces and hyphens, not within numbers, and a long word is broken.
func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		ems  int32
		want string
	}{
		{"the quick brown fox", 5, "the quick|brown fox"},
		{"well-known person", 4, "well-|known|person"},
		{"call 607-555-0142", 4, "call|607-555|-0142"},
		{"aaaaaaaaaa", 3, "aaaaa|aaaaa"},
		{"王小明被强迫劳动", 3, "王小明|被强迫|劳动"},
		{"王小明。被", 3, "王小|明。被"},
		{"x", 0, "x"},
	} {
		var cl cleaner
		var s shaper
		s.paragraph(cl.clean(nil, c.text, false)[0])
		var lines []string
		for from := 0; from < len(s.clusters); {
			to, _ := s.wrap(from, c.ems*1000)
			lines = append(lines, strings.TrimSpace(string(s.text.runes[s.clusters[from].from:s.clusters[to-1].to])))
			from = to
		}
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

// Letters that Unicode knows as one are drawn as one, however they were typed.
func TestComposed(t *testing.T) {
	for typed, want := range map[string]string{"Nguye\u0302\u0303n Thi\u0323 A\u0301nh": "Nguyễn Thị Ánh", "\u1100\u1175\u11b7": "김", "e\u20dd": "e⃝"} {
		var c cleaner
		if got := string(c.clean(nil, typed, false)[0].runes); got != want && !strings.Contains(got, "cannot be printed") {
			t.Errorf("%q: %q", typed, got)
		}
	}
}

// FuzzText draws any bytes anywhere: no panic, no failure, within the margins, and nothing is lost in silence.
func FuzzText(f *testing.F) {
	for _, s := range append(append(names, samples...), "😀", "\xff\x00\u202e", strings.Repeat("x", 400), "a\u0301\u0302\u20dd", "\u0e33\u0e33", "ا\u0651\u064e", "𠀀\u200d\ufe0f") {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 4000 {
			return
		}
		p := newPaper(sheet())
		p.Heading(2, a)
		p.Row(a, b)
		p.Paragraph(b + " " + a)
		p.Box(b, a)
		_, lack := finish(t, p)
		within(t, p)
		if !utf8.ValidString(a) && len(lack) == 0 {
			t.Fatal("an invalid byte went unsaid")
		}
	})
}
