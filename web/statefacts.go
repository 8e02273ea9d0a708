package web

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"nysreferral/forms"
)

// Fact is one answer as it is drawn for those who work with it: with the
// number by which elements point to it.
type Fact struct {
	Anchor string // id of the element, target of pointers; "" in rows
	Code   string // "G14"
	Label  string
	Values []string
	Rows   [][]Fact // of a group or a repeat
	Masked bool     // answered, and withheld until revealed
	Veiled bool     // hard to read: on demand
	Odd    string   // a warning about it
	Pick   bool     // can be ticked, to be asked about or used as evidence
}

// FactPart is one section of facts.
type FactPart struct {
	ID     string // of the element
	Letter string
	Title  string
	Note   string // content note: the whole section is shown on demand
	Facts  []Fact
	Masked string // ids of what is withheld in it, with spaces between
	Hidden int    // how many
}

// FactParts makes the sections of a view for a page. A view holds what its
// reader may see and nothing else, so nothing is decided here. prefix keeps ids
// apart when a page has several views.
func FactParts(prefix string, parts []forms.Part, odd forms.Problems) []FactPart {
	m := factMaker{prefix: prefix, odd: odd}
	var out []FactPart
	for _, p := range parts {
		one := FactPart{ID: prefix + "section-" + p.Section, Letter: p.Section, Title: p.Title}
		if p.N != 0 {
			one.ID += "-" + strconv.Itoa(p.N)
		}
		for _, it := range p.Items {
			one.Facts = append(one.Facts, m.fact(it, p.N == 0))
		}
		masked := forms.View{Parts: []forms.Part{p}}.Masked()
		one.Masked, one.Hidden = strings.Join(masked, " "), len(masked)
		out = append(out, one)
	}
	return out
}

// Unnumbered returns parts without the numbers of the answers, for those to
// whom the numbers say nothing.
func Unnumbered(parts []FactPart) []FactPart {
	for i := range parts {
		unnumber(parts[i].Facts)
	}
	return parts
}

func unnumber(facts []Fact) {
	for i := range facts {
		facts[i].Code = ""
		for _, row := range facts[i].Rows {
			unnumber(row)
		}
	}
}

type factMaker struct {
	prefix string
	odd    forms.Problems
}

func (m factMaker) fact(it forms.Item, anchored bool) Fact {
	f := Fact{Code: it.ID, Label: it.Label, Values: it.Text, Masked: it.Masked, Veiled: it.Veiled && !it.Masked, Odd: m.odd.Of(it.Path)}
	if anchored {
		f.Anchor = m.prefix + anchorOf(it.ID)
	}
	for _, row := range it.Rows {
		var facts []Fact
		for _, sub := range row {
			facts = append(facts, m.fact(sub, anchored && it.Kind == forms.KindGroup))
		}
		f.Rows = append(f.Rows, facts)
	}
	return f
}

func anchorOf(id string) string { return strings.ReplaceAll(id, ".", "-") }

// plain reports whether the answer fits beside its label.
func (f Fact) plain() bool { return !f.Veiled && len(f.Rows) == 0 }

// Pointer is one answer that shows an element.
type Pointer struct {
	Code string // "G14"
	Href string // "#G14", or "" when the page does not show the answer
}

// pointing finds the numbers of answers in what a reviewer typed.
var pointing = regexp.MustCompile(`[A-Z][0-9]+(?:\.[A-Za-z0-9]+)*`)

// Pointers finds the answers that a text names ("G4, G14") and links those that
// stand among the facts of the page.
func Pointers(text string, parts []FactPart) []Pointer {
	anchors := map[string]bool{}
	for _, p := range parts {
		for _, f := range p.Facts {
			f.anchors(anchors)
		}
	}
	var out []Pointer
	for _, code := range pointing.FindAllString(text, -1) {
		p := Pointer{Code: code}
		if a := anchorOf(code); anchors[a] {
			p.Href = "#" + a
		}
		out = append(out, p)
	}
	return out
}

func (f Fact) anchors(into map[string]bool) {
	if f.Anchor != "" {
		into[f.Anchor] = true
	}
	for _, row := range f.Rows {
		for _, sub := range row {
			sub.anchors(into)
		}
	}
}

// Reveal is how a page asks for withheld answers: by POST, so that an address
// never shows them.
type Reveal struct {
	Action string
	CSRF   string
	Shown  []string // ids that are shown already and stay so
}

// shows reports whether the reader asked for the answer on this very page.
func (r *Reveal) shows(code string) bool { return r != nil && slices.Contains(r.Shown, code) }

// Inputs of the page that asks for withheld answers.
const (
	InputReveal = "_reveal" // ids to be shown, with spaces between
	InputShown  = "_shown"  // an id that is shown already
)

// numberOf is the number of a question as people read it: a part of one has that
// of the whole, and its own label beside it.
func numberOf(id string) string {
	number, _, _ := strings.Cut(id, ".")
	return number
}
