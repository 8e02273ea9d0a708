package forms

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Reader is a code of who reads: R the referrer of the own referral, V reviewer
// and director, O OTDA's program staff, P and L a recipient at an RHTP agency
// or a local department that accepted, W a recipient that has not accepted yet,
// N a local department reading the notice about a minor, H whoever holds a letter
// to the person, A auditor, S statistics.
type Reader string

// The readers.
const (
	ReadsReferrer  Reader = "R"
	ReadsReviewer  Reader = "V"
	ReadsProgram   Reader = "O"
	ReadsProvider  Reader = "P"
	ReadsDistrict  Reader = "L"
	ReadsWaiting   Reader = "W"
	ReadsNotice    Reader = "N"
	ReadsHolder    Reader = "H"
	ReadsAuditor   Reader = "A"
	ReadsStatistic Reader = "S"
)

// Readers lists all codes.
func Readers() []Reader {
	return []Reader{ReadsReferrer, ReadsReviewer, ReadsProgram, ReadsProvider, ReadsDistrict, ReadsWaiting, ReadsNotice, ReadsHolder, ReadsAuditor, ReadsStatistic}
}

// What must hold besides for a reader to see a field.
const (
	OnlyMasked  = "masked"  // answered is shown, the answer only when revealed
	OnlyConsult = "consult" // only while a consultation is open, veiled
	OnlyRelease = "release" // only if the release names the reader's kind
	OnlyHealth  = "health"  // only if the release covers health
)

// Field is one question as declared: what machines need, and the words of one
// language.
type Field struct {
	ID      string            // of the specification: "A12", "D2.phone"
	Name    string            // JSON name within its parent; never changes
	Path    string            // names from the root, "safePhone.phone"; rows have no number here
	Section string            // letter of its section
	Kind    Kind              //
	Sees    map[Reader]string // who reads it, and what must hold besides
	When    Condition         // asked only then
	Rules   string            // validator's rules of shape
	Max     int               // characters of a text, rows of a repeat, greatest number; 0 is none
	Codes   []string          // of a list, in order
	List    string            // name of the list
	Derived bool              // filled in by the program, never taken from input
	Shared  Sharing           // whether it is a fact that several people of one encounter have in common
	Veil    bool              // hard to read: shown on demand
	Points  bool              // a text of ids of questions, which people read by their labels
	Fields  []*Field          // of a group, or of a row

	Label   string   // the question
	Told    string   // what the answer is called for a reader who was not asked
	Hint    string   // how to answer
	Why     string   // why it is asked, where that is delicate
	Missing string   // the sentence when it must be answered and is not
	Labels  []string // of Codes

	index    []int
	typ      reflect.Type
	shape    string // of Rules, what the validator is asked of the answer itself
	unlisted string // the sentence for an answer that the list does not have
}

// Section is a part of the form that is answered on one page.
type Section struct {
	ID     string // letter
	Title  string
	Intro  string
	Told   string // the title for a reader who was not asked
	When   Condition
	Fields []*Field
}

// Form is a declared struct with the words of one language, compiled once.
type Form struct {
	Lang     string
	Sections []*Section

	words   *words
	implied []Reader // read every field, said or not
	byPath  map[string]*Field
	byID    map[string]*Field
}

// compile reads the declaration of a struct. It panics on a field that it
// cannot ask, so that a slip fails the first test.
func compile(t reflect.Type, w *words, implied ...Reader) *Form {
	form := &Form{Lang: w.Lang, words: w, implied: implied, byPath: map[string]*Field{}, byID: map[string]*Field{}}
	for i := range t.NumField() {
		part := t.Field(i)
		s := &Section{ID: part.Tag.Get("section"), When: parseCondition(part.Tag.Get("when"))}
		if s.ID == "" {
			panic("forms: " + t.Name() + "." + part.Name + " has no section")
		}
		s.Title, s.Intro, s.Told = w.section(s.ID)
		s.Fields = form.fields(part.Type, nil, s, []int{i})
		form.Sections = append(form.Sections, s)
	}
	for _, f := range form.byPath {
		f.unlisted = w.unlisted(f, form.namesOther(f))
	}
	return form
}

// namesOther is the text in which "other" of the list of f is written, nil
// without one.
func (form *Form) namesOther(f *Field) *Field {
	for _, one := range form.byPath {
		hangs := func(t Term) bool { return t.Name == f.Name && !t.Not && slices.Equal(t.Codes, []string{"other"}) }
		if one.Kind == KindText && slices.ContainsFunc(one.When, hangs) {
			return one
		}
	}
	return nil
}

func (form *Form) fields(t reflect.Type, parent *Field, s *Section, at []int) []*Field {
	var out []*Field
	for i := range t.NumField() {
		f := newField(t.Field(i), parent, s)
		f.index = append(slices.Clone(at), i)
		form.checkCondition(f, parent)
		if form.byPath[f.Path] != nil || form.byID[f.ID] != nil {
			panic("forms: " + f.Path + " or " + f.ID + " is declared twice")
		}
		form.byPath[f.Path], form.byID[f.ID] = f, f
		for _, reader := range form.implied {
			f.Sees[reader] = ""
		}
		form.words.fill(f)
		if f.Kind == KindGroup {
			f.Fields = form.fields(f.typ, f, s, nil)
		}
		if f.Kind == KindRepeat {
			f.Fields = form.fields(f.typ.Elem(), f, s, nil)
		}
		out = append(out, f)
	}
	return out
}

func newField(sf reflect.StructField, parent *Field, s *Section) *Field {
	f := &Field{Name: sf.Tag.Get("json"), Section: s.ID, Rules: sf.Tag.Get("validate"), typ: sf.Type,
		Derived: sf.Tag.Get("derived") != "", Veil: sf.Tag.Get("veil") != "", Points: sf.Tag.Get("points") != "", When: parseCondition(sf.Tag.Get("when"))}
	if f.Name == "" {
		panic("forms: " + sf.Name + " has no name")
	}
	f.ID, f.Path = sf.Tag.Get("id"), f.Name
	if parent != nil {
		f.ID, f.Path = parent.ID+"."+f.Name, parent.Path+"."+f.Name
	}
	if f.ID == "" {
		panic("forms: " + f.Path + " has no id")
	}
	f.Kind, f.List, f.Codes = kindOf(sf.Type)
	f.Sees = parseSees(sf.Tag.Get("sees"))
	if sf.Tag.Get("sees") == "" && parent != nil {
		f.Sees = maps.Clone(parent.Sees)
	}
	if len(f.Sees) == 0 {
		panic("forms: nobody sees " + f.ID)
	}
	f.Shared = parseSharing(sf.Tag.Get("shared"), parent)
	f.Max = limit(f)
	if f.Max == 0 && (f.Kind == KindText || f.Kind == KindProse || f.Kind == KindRepeat) && !f.Derived {
		panic("forms: " + f.ID + " has no limit")
	}
	if len(f.Codes) > 0 && !strings.Contains(f.Rules, "option") {
		panic("forms: " + f.ID + " does not check its option")
	}
	f.shape = shapeOf(f)
	return f
}

// shapeOf returns the rules that an answer to f is asked, without those of its
// rows, which are fields of their own. It panics where no answer would break a
// rule: that is a gate.
func shapeOf(f *Field) string {
	if f.Rules != "" && !strings.HasPrefix(f.Rules, "omitempty,") && !strings.HasPrefix(f.Rules, "max=") {
		panic("forms: " + f.ID + " has a rule for no answer")
	}
	if f.Kind == KindRepeat {
		return strings.TrimSuffix(f.Rules, ",dive")
	}
	return strings.TrimPrefix(f.Rules, "omitempty,")
}

func limit(f *Field) int {
	for rule := range strings.SplitSeq(f.Rules, ",") {
		if n, ok := strings.CutPrefix(rule, "max="); ok {
			max, err := strconv.Atoi(n)
			if err != nil {
				panic("forms: " + f.ID + " has a broken limit")
			}
			return max
		}
	}
	return 0
}

func parseSees(tag string) map[Reader]string {
	out := map[Reader]string{}
	for part := range strings.FieldsSeq(tag) {
		code, only, _ := strings.Cut(part, "/")
		if !slices.Contains(Readers(), Reader(code)) || !slices.Contains([]string{"", OnlyMasked, OnlyConsult, OnlyRelease, OnlyHealth}, only) {
			panic("forms: no such reader " + part)
		}
		out[Reader(code)] = only
	}
	return out
}

// simple are the kinds of the types that are not lists.
var simple = map[reflect.Type]Kind{
	reflect.TypeFor[Text](): KindText, reflect.TypeFor[Prose](): KindProse, reflect.TypeFor[Email](): KindEmail,
	reflect.TypeFor[Phone](): KindPhone, reflect.TypeFor[Date](): KindDate, reflect.TypeFor[PartialDate](): KindPartial,
	reflect.TypeFor[Number](): KindNumber, reflect.TypeFor[Tick](): KindTick, reflect.TypeFor[Moment](): KindMoment,
}

func kindOf(t reflect.Type) (kind Kind, list string, codes []string) {
	if kind, ok := simple[t]; ok {
		return kind, "", nil
	}
	if o, ok := reflect.Zero(t).Interface().(optioned); ok {
		return KindChoice, t.Name(), o.Options()
	}
	if t.Kind() == reflect.Slice {
		if o, ok := reflect.Zero(t.Elem()).Interface().(optioned); ok {
			return KindMulti, t.Elem().Name(), o.Options()
		}
		if t.Elem().Kind() == reflect.Struct {
			return KindRepeat, "", nil
		}
	}
	if t.Kind() == reflect.Struct {
		return KindGroup, "", nil
	}
	panic("forms: cannot ask a " + t.String())
}

// checkCondition panics unless f's condition names earlier questions that have
// codes: the order of the form is then the order of causes.
func (form *Form) checkCondition(f, parent *Field) {
	for _, t := range f.When {
		cause := form.cause(t.Name, parent)
		if cause == nil {
			panic(fmt.Sprintf("forms: %s depends on %s, which does not stand before it", f.Path, t.Name))
		}
		for _, code := range t.Codes {
			if code != "" && !slices.Contains(cause.Codes, code) && code != Unknown {
				panic(fmt.Sprintf("forms: %s depends on %s=%s, which is no option", f.Path, t.Name, code))
			}
		}
	}
}

func (form *Form) cause(name string, parent *Field) *Field {
	if parent != nil {
		if f := form.byPath[parent.Path+"."+name]; f != nil {
			return f
		}
	}
	return form.byPath[name]
}

// Field returns the question by its path ("safePhone.phone"), or nil.
func (form *Form) Field(path string) *Field { return form.byPath[path] }

// ByID returns the question by its id ("D2.phone"), or nil.
func (form *Form) ByID(id string) *Field { return form.byID[id] }

// Section returns the section by its letter, or nil.
func (form *Form) Section(id string) *Section {
	for _, s := range form.Sections {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// Leaf reports whether f holds an answer itself.
func (f *Field) Leaf() bool { return f.Kind != KindGroup && f.Kind != KindRepeat }

// LabelOf returns what people read for a code.
func (f *Field) LabelOf(code string) string {
	if i := slices.Index(f.Codes, code); i >= 0 && i < len(f.Labels) {
		return f.Labels[i]
	}
	return code
}
