package forms

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Sight says as whom a referral is read, and under what circumstances. The zero
// value sees nothing.
type Sight struct {
	Reader     Reader
	Consulting bool            // a consultation is open, so OTDA reads what happened
	Release    bool            // the release names the reader's kind
	Health     bool            // the release covers health
	Revealed   map[string]bool // ids that this reader asked to be shown, which was audited
}

// Item is one question with its answer, as one reader may see it.
type Item struct {
	ID     string
	Name   string
	Path   string // with the number of the row
	Label  string
	Kind   Kind
	Text   []string // as people read it, one entry a choice; empty when masked
	Value  any      // as JSON: string, []string, bool, int; nil when masked or a group
	Masked bool     // answered, and withheld until revealed
	Veiled bool     // hard to read: shown on demand
	Rows   [][]Item // of a group (one row) or a repeat
}

// Part is one section as one reader may see it.
type Part struct {
	Form    string // "referral", "review" or "handover"
	N       int    // number of the hand-over
	Section string
	Title   string
	Items   []Item
}

// View is what one reader may see of one referral, computed here and nowhere
// else: pages, JSON, PDF, CSV and mail are made from it.
type View struct {
	Reader    Reader
	Parts     []Part
	Revisions []Revision // what was told after the submission, the first first
}

// NumberedRoute is what is known of hand-over N.
type NumberedRoute struct {
	N     int
	Route *Route
}

// NewView returns what sight allows of the answers r, of what the State added,
// and of the hand-overs handed in; any of them may be nil. Questions without an
// answer and questions that do not apply are left out.
func NewView(sight Sight, r *Referral, review *Review, routes ...NumberedRoute) View {
	v := View{Reader: sight.Reader}
	if r != nil {
		pruned := *r
		v.add(Questions, sight, Questions.Pruned(&pruned), "referral", 0)
	}
	if review != nil {
		v.add(Reviews, sight, reflect.ValueOf(review).Elem(), "review", 0)
	}
	for _, one := range routes {
		v.add(Routes, sight, reflect.ValueOf(one.Route).Elem(), "handover", one.N)
	}
	return v
}

// Pruned returns r with the answers that do not apply left out; r's own rows
// are not touched.
func (form *Form) Pruned(r *Referral) reflect.Value {
	clone := r.Clone()
	form.Prune(clone)
	return reflect.ValueOf(clone).Elem()
}

func (v *View) add(form *Form, sight Sight, root reflect.Value, name string, n int) {
	for _, s := range form.Sections {
		items := sight.items(s.Fields, root, "")
		if len(items) > 0 {
			v.Parts = append(v.Parts, Part{Form: name, N: n, Section: s.ID, Title: sight.words(s.Title, s.Told), Items: items})
		}
	}
}

func (s Sight) items(fields []*Field, at reflect.Value, prefix string) []Item {
	var out []Item
	for _, f := range fields {
		if item, ok := s.item(f, at.FieldByIndex(f.index), prefix); ok {
			out = append(out, item)
		}
	}
	return out
}

func (s Sight) item(f *Field, v reflect.Value, prefix string) (Item, bool) {
	if v.IsZero() {
		return Item{}, false
	}
	it := Item{ID: f.ID, Name: f.Name, Path: prefix + f.Name, Label: s.words(f.Label, f.Told), Kind: f.Kind}
	switch f.Kind {
	case KindGroup:
		it.Rows = s.row(it.Rows, f, v, it.Path+".")
		return it, len(it.Rows) > 0
	case KindRepeat:
		for i := range v.Len() {
			if one, ok := v.Index(i).Interface().(guarded); ok && !one.shownTo(s) {
				continue
			}
			it.Rows = s.row(it.Rows, f, v.Index(i), it.Path+"."+strconv.Itoa(i)+".")
		}
		return it, len(it.Rows) > 0
	}
	sees, masked := s.sees(f)
	if !sees {
		return Item{}, false
	}
	it.Veiled = f.Veil || f.Sees[s.Reader] == OnlyConsult
	if it.Masked = masked; !masked {
		it.Text, it.Value = shown(f, Answer{Field: f, value: v}.Codes())
	}
	if f.Points && !masked {
		it.Text = s.pointed(it.Text)
	}
	return it, true
}

func (s Sight) row(rows [][]Item, f *Field, v reflect.Value, prefix string) [][]Item {
	if items := s.items(f.Fields, v, prefix); len(items) > 0 {
		rows = append(rows, items)
	}
	return rows
}

// pointed returns the ids of a text with the words of their questions, one each;
// what is no id stays as it was typed.
func (s Sight) pointed(text []string) []string {
	var out []string
	for _, id := range Pointed(strings.Join(text, " ")) {
		if f := Questions.ByID(id); f != nil {
			id += " " + s.words(f.Label, f.Told)
		}
		out = append(out, id)
	}
	return out
}

// Pointed returns the ids that a text names ("G4, G14"), each once, in capitals
// where they have a letter only; what is no id is among them as it was typed.
func Pointed(text string) []string {
	var out []string
	for _, id := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' }) {
		if Questions.ByID(id) == nil && len(id) > 0 {
			if upper := strings.ToUpper(id[:1]) + id[1:]; Questions.ByID(upper) != nil {
				id = upper
			}
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// words returns the words for the one who was asked, or for the others.
func (s Sight) words(asked, told string) string {
	if s.Reader == ReadsReferrer {
		return asked
	}
	return told
}

// sees reports whether the reader may see f now, and whether only masked.
func (s Sight) sees(f *Field) (sees, masked bool) {
	only, ok := f.Sees[s.Reader]
	if !ok || s.Reader == ReadsAuditor && !f.codes() {
		return false, false
	}
	switch only {
	case OnlyMasked:
		return true, !s.Revealed[f.ID]
	case OnlyConsult:
		return s.Consulting, !s.Revealed[f.ID]
	case OnlyRelease:
		return s.Release, false
	case OnlyHealth:
		return s.Health, false
	}
	return true, false
}

// codes reports whether f holds codes or dates: an auditor reads no words.
func (f *Field) codes() bool {
	switch f.Kind {
	case KindChoice, KindMulti, KindTick, KindDate, KindMoment:
		return true
	}
	return f.Derived
}

// shown returns an answer as people read it and as JSON.
func shown(f *Field, codes []string) (text []string, value any) {
	if len(codes) == 0 {
		return nil, nil
	}
	for _, code := range codes {
		text = append(text, f.words(code))
	}
	switch f.Kind {
	case KindMulti:
		return text, codes
	case KindTick:
		return text, true
	case KindNumber:
		n, err := strconv.Atoi(codes[0])
		if err != nil {
			return text, nil
		}
		return text, n
	}
	return text, codes[0]
}

func (f *Field) words(code string) string {
	switch f.Kind {
	case KindChoice, KindMulti:
		return f.LabelOf(code)
	case KindTick:
		return "Yes"
	case KindDate, KindPartial:
		return PartialDate(code).Words()
	case KindMoment:
		return Moment(code).Words()
	}
	return code
}

// Item returns the item at path ("safePhone.phone"), or nil when the reader
// does not see it or it has no answer.
func (v View) Item(path string) *Item {
	for _, part := range v.Parts {
		if it := find(part.Items, path); it != nil {
			return it
		}
	}
	return nil
}

func find(items []Item, path string) *Item {
	for i := range items {
		if items[i].Path == path {
			return &items[i]
		}
		for _, row := range items[i].Rows {
			if it := find(row, path); it != nil {
				return it
			}
		}
	}
	return nil
}

// Of returns the parts of one form ("referral", "review", "handover").
func (v View) Of(form string) []Part {
	var out []Part
	for _, p := range v.Parts {
		if p.Form == form {
			out = append(out, p)
		}
	}
	return out
}

// Masked returns the ids of the answers that are withheld until revealed.
func (v View) Masked() []string {
	var out []string
	for _, p := range v.Parts {
		out = maskedIn(out, p.Items)
	}
	return out
}

func maskedIn(out []string, items []Item) []string {
	for _, it := range items {
		if it.Masked {
			out = append(out, it.ID)
		}
		for _, row := range it.Rows {
			out = maskedIn(out, row)
		}
	}
	return out
}
