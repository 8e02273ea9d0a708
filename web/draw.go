package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nysreferral/forms"
)

// Asked draws questions of a form: one loop over the declaration, for the
// sections of the referral and for the page of an act alike.
type Asked struct {
	Form     *forms.Form
	Answers  any                 // *forms.Referral or *forms.Deed
	Typed    url.Values          // as typed, of a page that was refused; nil draws Answers
	Problems forms.Problems      // of a page that was refused
	Warnings forms.Problems      // what looks odd, to be said at the question
	Needs    func(string) bool   // whether the question at a path must be answered; nil is none
	Choices  map[string][]Option // by path: options of a text that has a list of its own
}

// Drawn is a section as it is drawn.
type Drawn struct {
	Fields   []Field
	Problems []Problem           // linked to the fields, in the order of the page
	Lists    map[string][]Option // shared proposals by id, one for each list of the form
}

// lists returns the ids of the shared proposals, in order.
func (d Drawn) lists() []string { return slices.Sorted(maps.Keys(d.Lists)) }

// Draw returns the fields of list, each conditional one right below its cause.
// What cannot apply whatever is answered on this page is left out.
func (a Asked) Draw(list []*forms.Field) Drawn {
	d := drawer{Asked: a, codes: map[string][]string{}, drawn: Drawn{Lists: map[string][]Option{}},
		here: map[string]*forms.Field{}, under: map[string][]*forms.Field{}}
	for _, one := range a.Form.AnswersTo(list, a.Answers) {
		d.codes[one.Path] = one.Codes()
	}
	for _, f := range list {
		d.here[f.Name] = f
	}
	for _, f := range list {
		cause := d.causeOf(f)
		d.under[cause] = append(d.under[cause], f)
	}
	d.drawn.Fields = d.below(make([]Field, 0, len(list)), "")
	d.problems()
	return d.drawn
}

type drawer struct {
	Asked
	codes map[string][]string       // answers of this page by path
	here  map[string]*forms.Field   // top questions of this page
	under map[string][]*forms.Field // the same by their cause on this page, "" for those without
	asked []asked                   // what was drawn, in the order of the page, for the links of problems
	drawn Drawn
}

// below adds to out the questions whose cause is the one named, each followed by
// its own; the cause "" is for those that have none on this page.
func (d *drawer) below(out []Field, cause string) []Field {
	for _, f := range d.under[cause] {
		if f.Derived || f.Kind == forms.KindMoment || !d.possible(f) {
			continue
		}
		drawn := d.field(f, f.Name, "")
		drawn.Conditional = cause != ""
		out = d.below(append(out, drawn), f.Name)
	}
	return out
}

// causeOf returns the question of this page that f stands below, or "".
func (d *drawer) causeOf(f *forms.Field) string {
	for _, t := range slices.Backward(d.condition(f)) {
		if c := d.here[t.Name]; c != nil && !c.Derived {
			return t.Name
		}
	}
	return ""
}

// condition is that of f; where the page asks questions of several sections, and
// one that decides whether the section of f is asked, also that of the section.
func (d *drawer) condition(f *forms.Field) forms.Condition {
	s := d.Form.Section(f.Section)
	if s == nil || strings.Contains(f.Path, ".") {
		return f.When
	}
	var out forms.Condition
	for _, t := range s.When {
		if d.here[t.Name] != nil {
			out = append(out, t)
		}
	}
	return append(out, f.When...)
}

// possible reports whether f may apply: the terms of its condition that are
// answered on other pages hold.
func (d *drawer) possible(f *forms.Field) bool {
	for _, t := range d.condition(f) {
		if c := d.here[t.Name]; c != nil && !c.Derived {
			continue
		}
		if !(forms.Condition{t}).Holds(func(name string) []string { return d.Form.Codes(d.Answers, name) }) {
			return false
		}
	}
	return true
}

// field draws one question. name is that of its input, prefix that of its row.
func (d *drawer) field(f *forms.Field, name, prefix string) Field {
	out := Field{ID: elementID(f, name), Name: name, Label: f.Label, Hint: f.Hint, Why: f.Why, Error: d.Problems.Of(name), Odd: d.Warnings.Of(name), When: d.when(f, prefix), Max: f.Max}
	d.asked = append(d.asked, asked{path: name, id: out.ID, label: f.Label})
	out.Required = d.Needs != nil && d.Needs(f.Path)
	codes := d.values(f, name)
	switch f.Kind {
	case forms.KindGroup:
		d.group(f, name, &out)
	case forms.KindRepeat:
		d.repeat(f, name, &out)
	case forms.KindDate, forms.KindPartial:
		d.date(f, name, codes, &out)
	case forms.KindMulti:
		d.multi(f, codes, &out)
	case forms.KindChoice:
		d.choice(f, codes, &out)
	default:
		d.line(f, codes, &out)
	}
	return out
}

// elementID is the id of the element that asks f: the id of the specification,
// with the numbers of its rows.
func elementID(f *forms.Field, name string) string {
	id := f.ID
	for part := range strings.SplitSeq(name, ".") {
		if _, err := strconv.Atoi(part); err == nil {
			id += "-" + part
		}
	}
	return strings.ReplaceAll(id, ".", "-")
}

// values returns what stands in the inputs of a question: what was typed when
// the page was refused, else the answer.
func (d *drawer) values(f *forms.Field, name string) []string {
	if d.Typed == nil {
		return d.codes[name]
	}
	return d.Typed[name]
}

// line draws the kinds with one input.
func (d *drawer) line(f *forms.Field, codes []string, out *Field) {
	if len(codes) > 0 {
		out.Value = codes[0]
	}
	switch f.Kind {
	case forms.KindProse:
		out.Kind, out.Rows = KindProse, rowsOf(f.Max)
		if p, ok := prompts[f.ID]; ok {
			out.Hint, out.Beside, out.Rows = p.hint, p.beside, 14
		}
	case forms.KindEmail:
		out.Kind, out.Width = KindEmail, Width30
	case forms.KindPhone:
		out.Kind, out.Width = KindPhone, Width20
	case forms.KindNumber:
		out.Kind, out.Width, out.Max = KindNumber, Width4, 0
	case forms.KindTick:
		out.Kind = KindTick
	default:
		out.Kind, out.Width, out.Max = KindText, widthOf(f.Max), 0
		if choices := d.Choices[f.Path]; len(choices) > 0 {
			out.Kind, out.Options = KindChoice, choices
			if len(choices) > mostRadios {
				out.Kind = KindSelect
			}
		}
	}
}

// rowsOf is the height of a text of so many characters.
func rowsOf(max int) int {
	switch {
	case max <= 500:
		return 3
	case max <= 4000:
		return 5
	}
	return 7
}

func widthOf(max int) Width {
	switch {
	case max <= 20:
		return Width20
	case max <= 120:
		return Width30
	}
	return ""
}

// date draws three boxes; of a refused page they stand as they were typed.
func (d *drawer) date(f *forms.Field, name string, codes []string, out *Field) {
	out.Kind = KindDate
	if f.Kind == forms.KindPartial {
		out.Kind = KindPartial
	}
	if d.Typed == nil {
		if len(codes) > 0 {
			out.Value = codes[0]
		}
		return
	}
	out.Values = []string{d.Typed.Get(name + DateMonth), d.Typed.Get(name + DateDay), d.Typed.Get(name + DateYear)}
	if d.Typed.Get(name+DateUnknown) != "" {
		out.Value = unknownDate
	}
}

// mostRadios is how many options stand side by side; more open as a list.
const mostRadios = 12

// lookups are the lists in which one types rather than looks.
var lookups = []string{"Country", "Tongue", "Reading"}

func (d *drawer) choice(f *forms.Field, codes []string, out *Field) {
	if len(codes) > 0 {
		out.Value = codes[0]
	}
	if slices.Contains(lookups, f.List) {
		d.lookup(f, out)
		return
	}
	out.Options = options(f)
	out.Kind = KindChoice
	if len(out.Options) > mostRadios {
		out.Kind = KindSelect
	}
}

// lookup draws a text with the labels of the list as proposals, which all
// fields of the page with that list share.
func (d *drawer) lookup(f *forms.Field, out *Field) {
	out.Kind, out.Width, out.List = KindLookup, Width30, "list-"+strings.ToLower(f.List)
	out.Value = f.LabelOf(out.Value)
	if _, ok := d.drawn.Lists[out.List]; !ok {
		d.drawn.Lists[out.List] = options(f)
	}
}

// multi draws boxes; several of a long list are several texts of one name.
func (d *drawer) multi(f *forms.Field, codes []string, out *Field) {
	if !slices.Contains(lookups, f.List) {
		out.Kind, out.Values, out.Options, out.Max = KindMany, codes, options(f), 0
		return
	}
	out.Kind, out.Max = KindGroup, 0
	codes = slices.DeleteFunc(slices.Clone(codes), func(s string) bool { return strings.TrimSpace(s) == "" })
	for i := range min(len(codes)+1, f.Max) {
		one := Field{ID: out.ID + "-" + strconv.Itoa(i+1), Name: out.Name, Label: f.Label + " " + strconv.Itoa(i+1)}
		if i < len(codes) {
			one.Value = codes[i]
		}
		d.lookup(f, &one)
		out.Fields = append(out.Fields, one)
	}
}

// apart are the codes drawn below a line, as ordinary answers.
var apart = []string{"unknown", "not_sure", "prefers_not_to_say", "none", "not_asked"}

// options returns the options of f anew: a page marks its own, for one person.
func options(f *forms.Field) []Option {
	out := make([]Option, len(f.Codes))
	last := len(f.Codes)
	for last > 0 && slices.Contains(apart, f.Codes[last-1]) {
		last--
	}
	for i, code := range f.Codes {
		out[i] = Option{Code: code, Label: f.Labels[i], Apart: i >= last && last > 0 && len(f.Codes) > 3}
	}
	return out
}
