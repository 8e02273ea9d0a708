package web

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var token = regexp.MustCompile(`--([a-z0-9-]+):\s*(#[0-9a-f]{6})`)

// palette returns the tokens of one mode; dark ones stand over the light ones.
func palette(t *testing.T, dark bool) map[string]string {
	t.Helper()
	light, night, ok := strings.Cut(string(one("static/css/1-tokens.css")), "@media")
	if !ok {
		t.Fatal("no dark tokens")
	}
	if dark {
		light += night
	}
	colors := map[string]string{"white": "#ffffff", "black": "#1b1b1b"}
	for _, m := range token.FindAllStringSubmatch(light, -1) {
		colors[m[1]] = m[2]
	}
	return colors
}

func luminance(t *testing.T, color string) float64 {
	t.Helper()
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatalf("color %q: %v", color, err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	high, low := luminance(t, a), luminance(t, b)
	if high < low {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

// Whatever is read has a contrast of 4.5 to 1 with what is behind it, and
// whatever only marks has 3 to 1, in both modes.
func TestContrast(t *testing.T) {
	read := []string{
		"ink/ground", "ink/ground-soft", "ink/ground-card", "ink/theme-weaker", "ink/theme-faint",
		"ink-weak/ground", "ink-weak/ground-soft", "ink-weak/ground-card", "ink-weak/theme-weaker", "ink-weak/theme-faint",
		"link/ground", "link/ground-soft", "link/ground-card", "link/theme-weaker", "link/theme-faint", "link-hover/ground", "link-hover/theme-weaker",
		"theme/ground", "theme/theme-weaker", "theme-strong/ground", "theme-strong/theme-weaker", "theme-stronger/ground", "theme-stronger/theme-weaker",
		"head-ink/head", "head-ink-weak/head", "head-ink/nav", "black/warning", "white/danger-button", "white/danger-button-hover",
		"button-ink/button", "button-ink/button-hover", "button-ink/theme", "danger/ground", "danger/ground-card",
		"calm-strong/calm-ground", "info-strong/info-ground", "warning-strong/warning-ground", "success-strong/success-ground", "danger-strong/danger-ground",
		"ink/info-ground", "ink/warning-ground", "ink/success-ground", "ink/danger-ground", "link/info-ground", "link/warning-ground", "link/success-ground", "link/danger-ground",
		"warning-strong/ground", "ink-weak/warning-ground",
	}
	mark := []string{"line-input/ground", "line-input/theme-faint", "focus/ground", "focus/theme-weaker", "focus/ground-card", "theme-mid/ground", "danger/ground", "theme/ground-soft"}
	for _, dark := range []bool{false, true} {
		colors := palette(t, dark)
		check := func(pair string, least float64) {
			over, under, _ := strings.Cut(pair, "/")
			if colors[over] == "" || colors[under] == "" {
				t.Fatalf("no such token in %s", pair)
			}
			if c := contrast(t, colors[over], colors[under]); c < least {
				t.Errorf("dark %t: %s is %.2f to 1, wants %.1f", dark, pair, c, least)
			}
		}
		for _, pair := range read {
			check(pair, 4.5)
		}
		for _, pair := range mark {
			check(pair, 3)
		}
	}
}

// A status is never told by color alone: each has a word and a shape of its own
// beside those of the same color.
func TestTagsDifferWithoutColor(t *testing.T) {
	words := map[string]string{}
	for key, tag := range statusTags {
		if tag.Word == "" || tag.Shape.Path == "" || tag.Tone == "" {
			t.Errorf("%s lacks a word, a shape or a tone", key)
		}
		if other, ok := words[tag.Word]; ok {
			t.Errorf("%s and %s have the same word", key, other)
		}
		words[tag.Word] = key
	}
	for _, name := range []string{"Draft", "Submitted", "InReview", "Asked", "Confirmed", "Declined", "Withdrawn", "Closed", "Proposed", "Sent", "Accepted", "Returned", "Reached", "Served", "NotReached"} {
		if _, ok := statusTags[strings.ToLower(name)]; !ok {
			t.Errorf("%s has no tag", name)
		}
	}
	if TagOf("in_review") != TagOf("InReview") || TagOf("Parked").Word != "Parked" {
		t.Error("a status is not found by its name, or an unknown one is hidden")
	}
}

// A clock says what is left, and that something is over.
func TestDueClock(t *testing.T) {
	for left, want := range map[int]string{-2: "2 business days over", -1: "1 business day over", 0: "due today 5 pm", 1: "1 business day left", 2: "2 business days left"} {
		if got := DueClock(left, "5 pm", "").Words; got != want {
			t.Errorf("%d: %q, wants %q", left, got, want)
		}
	}
	for left, want := range map[int]string{-1: "1 hour over", 0: "0 hours left", 20: "20 hours left"} {
		if got := HoursClock(left, "").Words; got != want {
			t.Errorf("%d: %q, wants %q", left, got, want)
		}
	}
}

// What is over is said to be over, and by how much in the words of its clock; what
// is not, by when it is due.
func TestClockInASentence(t *testing.T) {
	for left, want := range map[int]string{
		2: "The decision is due Friday, November 6, 5:00 pm", 0: "The decision is due Friday, November 6, 5:00 pm",
		-1: "The decision was due Friday, November 6, 5:00 pm: 1 business day over", -3: "The decision was due Friday, November 6, 5:00 pm: 3 business days over",
	} {
		if got := DueClock(left, "5 pm", "Friday, November 6, 5:00 pm").Said("The decision is due ", "The decision was due "); got != want {
			t.Errorf("%d: %q, wants %q", left, got, want)
		}
	}
}

// A hostile answer stays a text, wherever it is drawn.
func TestFieldsEscape(t *testing.T) {
	const hostile = `"><script>alert(1)</script></textarea>`
	for _, kind := range []Kind{KindText, KindProse, KindEmail, KindPhone, KindNumber, KindCode, KindDate, KindPartial, KindChoice, KindMany, KindSelect, KindLookup, KindTick} {
		page := draw(t, FieldPart(Field{Kind: kind, ID: "x", Name: "x", Label: hostile, Hint: hostile, Why: hostile, Error: hostile, Value: hostile, Options: []Option{{Code: hostile, Label: hostile, Hint: hostile}}}))
		if strings.Contains(page, "<script") || strings.Contains(page, "</textarea><") && kind != KindProse {
			t.Errorf("%s: %s", kind, page)
		}
	}
}

// A password is never sent back to the page.
func TestPasswordIsNeverFilledIn(t *testing.T) {
	if page := draw(t, FieldPart(Field{Kind: KindPassword, ID: "p", Name: "p", Label: "Password", Value: "correct horse"})); strings.Contains(page, "horse") {
		t.Error("the password stands in the page")
	}
}

// A text that begins with an empty line comes back as it was typed.
func TestProseKeepsItsFirstLine(t *testing.T) {
	page := draw(t, FieldPart(Field{Kind: KindProse, ID: "p", Name: "p", Label: "What happened", Value: "\nfirst", Max: 100}))
	if !strings.Contains(page, ">\n\nfirst</textarea>") {
		t.Errorf("drawn as %q", page)
	}
}

// Names, references and counts of a record never stand in a title, and the
// refused page says so first.
func TestTitle(t *testing.T) {
	if got := (Page{Title: "My referrals", ErrorTitle: true}).title(); got != "Error: My referrals – New York State" {
		t.Errorf("title %q", got)
	}
}
