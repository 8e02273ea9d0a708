package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Kind says how a field is drawn.
type Kind string

// The kinds of fields. KindChoice with more than Many options is still drawn as
// radio buttons; who wants a list to open says KindSelect or KindLookup.
const (
	KindText     Kind = "text"
	KindProse    Kind = "prose"    // several lines, with a count when Max is set
	KindEmail    Kind = "email"    //
	KindPhone    Kind = "phone"    //
	KindNumber   Kind = "number"   // digits; no spinning wheel
	KindPassword Kind = "password" // never filled in
	KindCode     Kind = "code"     // digits or groups copied from paper
	KindDate     Kind = "date"     // three boxes; Value is "2006-01-02"
	KindPartial  Kind = "partial"  // three boxes that may lack day or month, and "unknown" beside
	KindTick     Kind = "tick"     // one box; ticked when Value is not "", sends "yes"
	KindChoice   Kind = "choice"   // radio buttons
	KindMany     Kind = "many"     // boxes; Values
	KindSelect   Kind = "select"   // a list that opens
	KindLookup   Kind = "lookup"   // a text with proposals; Options, or the shared list List
	KindGroup    Kind = "group"    // Fields under one legend
	KindRepeat   Kind = "repeat"   // Items of Fields, "Add another", a tick to remove
	KindGrid     Kind = "grid"     // Fields are rows, Options the columns: one radio a row
	KindFolded   Kind = "folded"   // Fields that are shown on demand
)

// Width says how many characters an answer has, so that the box tells it.
type Width string

// The widths, in characters; "" is the whole line.
const (
	Width2  Width = "2"
	Width4  Width = "4"
	Width10 Width = "10"
	Width20 Width = "20"
	Width30 Width = "30"
)

// Option is one of a closed list.
type Option struct {
	Code  string
	Label string
	Hint  string
	Apart bool // "Unknown" and its like: drawn below a line, as an ordinary answer
}

// Field is one question as it is drawn. A loop over the declaration of a form
// fills it; nothing here knows what is asked.
type Field struct {
	Kind Kind
	ID   string // of the element that an error's link leads to; unique in the page
	Name string // of the input

	Label string
	Hint  string // how to answer
	Why   string // why it is asked, where that is delicate
	Error string // what to do about the answer; "" when it is fine
	Said  string // what was answered before, where the answer can be changed
	Odd   string // what looks odd in the answer, and does not stop anybody

	Value  string   // the answer; of a date its text, of a tick "" or "yes"
	Values []string // the answers of KindMany; of a date the month, day and year as typed, when they make no date

	Options []Option
	List    string // KindLookup: id of a list drawn once by ListPart
	Max     int    // characters; of KindRepeat items; 0 is none
	Rows    int    // height of KindProse; 0 is 5
	Width   Width

	When        string // condition as of When(…); "" always applies
	Conditional bool   // stands right below its cause, drawn with a bar
	Optional    bool   // says "(optional)"
	Required    bool   // says "(required)"
	Page        bool   // the only question of its page: the label is drawn large

	Autocomplete string // "" is "off": nothing about a person is kept by the browser
	InputMode    string // "" is what the kind wants

	Unknown string   // KindPartial: label of the box beside; "" is "Unknown"
	Fields  []Field  // of KindGroup and KindGrid
	Items   []Item   // of KindRepeat
	Add     string   // KindRepeat: label of the button; "" is "Add another"
	Beside  []string // prompts drawn beside KindProse
}

// Item is one row of a repeat.
type Item struct {
	Title  string // "Name 2"
	Index  int    // of the row; sent as "name.index" to remove it
	Fields []Field
}

// Test is one term of a condition. Exactly one of Is and Not is set. The code
// "" stands for "not answered".
type Test struct {
	Name string   `json:"name"`
	Is   []string `json:"is,omitempty"`  // holds when one of the answers is among these
	Not  []string `json:"not,omitempty"` // holds when none of the answers is among these
}

// When returns the condition that all tests hold, as the attribute data-when
// wants it: {"all":[{"name":"reach","is":["directly"]}]}. No test is "": always.
//
// The script looks for the inputs of that name in the page, and where there are
// none in data-answers of the form: {"sourceKind":["sheriff"],"under18":["yes"]}.
// A date answers "unknown", "" or its text; a tick "yes" or "".
func When(tests ...Test) string {
	if len(tests) == 0 {
		return ""
	}
	text, err := json.Marshal(struct {
		All []Test `json:"all"`
	}{tests})
	if err != nil {
		panic("web: condition: " + err.Error()) // strings always marshal
	}
	return string(text)
}

// Answers returns answers of earlier pages as Form.Answers wants them.
func Answers(codes map[string][]string) string {
	if len(codes) == 0 {
		return ""
	}
	text, err := json.Marshal(codes)
	if err != nil {
		panic("web: answers: " + err.Error())
	}
	return string(text)
}

// Form is the frame of a form that is posted back to where it came from.
type Form struct {
	Action  string
	CSRF    string
	Rev     string // the revision that the person saw, or ""
	Save    string // address of saving while typing, or "": POST of the same fields
	Saved   string // "Saved 14:02" of the last time, or ""
	Answers string // codes of earlier pages, as of Answers(…)
}

func (f Field) class() string {
	c := "field"
	if f.Error != "" {
		c += " field-wrong"
	}
	if f.Conditional {
		c += " field-under"
	}
	return c
}

// frame returns the attributes of what stands around the field: its class, with
// also when that is not "", and the condition that hides it.
func (f Field) frame(also string) templ.OrderedAttributes {
	c := f.class()
	if also != "" {
		c += " " + also
	}
	return f.hidden(c)
}

// row returns the attributes of the field as a row of a grid.
func (f Field) row() templ.OrderedAttributes {
	if f.Error != "" {
		return f.hidden("grid-row field-wrong")
	}
	return f.hidden("grid-row")
}

// hidden adds to a class the condition that hides a field that does not apply.
func (f Field) hidden(class string) templ.OrderedAttributes {
	out := templ.OrderedAttributes{{Key: "class", Value: class}}
	if f.When != "" {
		out = append(out, attribute{Key: "data-when", Value: f.When})
	}
	return out
}

// about returns the attributes of an input, or of several together: which words
// describe it, and whether it is wrong.
func (f Field) about() templ.OrderedAttributes {
	var out templ.OrderedAttributes
	if ids := f.describedBy(); ids != "" {
		out = append(out, attribute{Key: "aria-describedby", Value: ids})
	}
	if f.Error != "" && f.inputKind() {
		out = append(out, attribute{Key: "aria-invalid", Value: "true"})
	}
	return out
}

// box returns the attributes of one input with its class.
func (f Field) box() templ.OrderedAttributes {
	return append(f.about(), attribute{Key: "class", Value: f.inputClass()})
}

type attribute = templ.KeyValue[string, any]

// describedBy lists the ids of hint, reason and error, for screen readers.
func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if f.Why != "" {
		ids = append(ids, f.ID+"-why")
	}
	if f.Said != "" {
		ids = append(ids, f.ID+"-said")
	}
	if f.Odd != "" {
		ids = append(ids, f.ID+"-odd")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-error")
	}
	if f.Kind == KindProse && f.Max > 0 {
		ids = append(ids, f.ID+"-count")
	}
	return strings.Join(ids, " ")
}

func (f Field) inputClass() string {
	if f.Width == "" {
		return "input"
	}
	return "input w" + string(f.Width)
}

func (f Field) inputType() string {
	switch f.Kind {
	case KindEmail:
		return "email"
	case KindPhone:
		return "tel"
	case KindPassword:
		return "password"
	}
	return "text"
}

func (f Field) inputMode() string {
	if f.InputMode != "" {
		return f.InputMode
	}
	switch f.Kind {
	case KindNumber:
		return "numeric"
	case KindPhone:
		return "tel"
	case KindEmail:
		return "email"
	}
	return ""
}

func (f Field) autocomplete() string { return orElse(f.Autocomplete, "off") }

func (f Field) rows() string {
	if f.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(f.Rows)
}

// optionID is the id of the i-th option: the first has the field's own, so that
// the link of an error leads to it.
func (f Field) optionID(i int) string {
	if i == 0 {
		return f.ID
	}
	return f.ID + "-" + strconv.Itoa(i)
}

func (f Field) chosen(code string) bool {
	if f.Kind == KindMany {
		return slices.Contains(f.Values, code)
	}
	return f.Value == code
}

// apart reports whether a line is drawn before the i-th option.
func (f Field) apart(i int) bool {
	return i > 0 && f.Options[i].Apart && !f.Options[i-1].Apart
}

// long reports whether the options stand in columns on a wide screen.
func (f Field) long() bool {
	if len(f.Options) <= 9 {
		return false
	}
	for _, o := range f.Options {
		if o.Hint != "" || len(o.Label) > 46 {
			return false
		}
	}
	return true
}

// boxes returns month, day and year as they stand in the three boxes.
func (f Field) boxes() (month, day, year string) {
	if len(f.Values) == 3 {
		return f.Values[0], f.Values[1], f.Values[2]
	}
	if f.Value == unknownDate {
		return "", "", ""
	}
	parts := append(strings.Split(f.Value, "-"), "", "")
	return strings.TrimPrefix(parts[1], "0"), strings.TrimPrefix(parts[2], "0"), parts[0]
}

const unknownDate = "unknown"

// under returns f as a row of a grid: with the grid's columns, a legend and no
// frame of its own.
func (f Field) under(grid Field) Field {
	if len(f.Options) == 0 {
		f.Options = grid.Options
	}
	return f
}

func (f Field) optionType() string {
	if f.Kind == KindMany {
		return "checkbox"
	}
	return "radio"
}

// inputKind reports whether the field is one input, which may be called
// invalid; a group of inputs may not.
func (f Field) inputKind() bool {
	switch f.Kind {
	case KindChoice, KindMany, KindDate, KindPartial, KindGroup, KindRepeat, KindGrid:
		return false
	}
	return true
}

// thousands writes n with commas: "15,000".
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
