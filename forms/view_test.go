package forms

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// marked fills every place of the forms with an answer: texts with a mark of
// their own, lists with every code, so that no condition hides a question.
func marked(choices map[string]string) (*Referral, *Review, *Route, map[string]string) {
	r, review, route := &Referral{}, &Review{}, &Route{}
	marks := map[string]string{}
	for form, root := range map[*Form]any{Questions: r, Reviews: review, Routes: route} {
		for _, s := range form.Sections {
			mark(marks, choices, s.Fields, reflect.ValueOf(root).Elem())
		}
	}
	return r, review, route, marks
}

// choices are the single choices that must stand so that what depends on them
// is asked; others are those for the questions that these exclude.
var choices = map[string]string{
	"sourceKind": "nypd", "consented": "yes_written", "consentDocument": "typed_signature", "consentLanguage": "spanish", "under18": "yes",
	"offeredToConnect": "not_offered", "tribalNation": "other", "spokenLanguage": "other", "writtenLanguage": "other", "reach": "through_other_advocate",
	"countyNow": "outside_new_york", "living": "hospital", "category": "unknown", "missing": "now", "screeningTool": "tvit_short", "ongoing": "no", "freeToLeave": "no",
	"places.county": "outside_new_york",
}

func others() map[string]string {
	out := maps.Clone(choices)
	out["sourceKind"], out["countyNow"] = "social_service_provider", "homeless"
	return out
}

func mark(marks, choices map[string]string, fields []*Field, at reflect.Value) {
	for _, f := range fields {
		v := at.FieldByIndex(f.index)
		switch f.Kind {
		case KindGroup:
			mark(marks, choices, f.Fields, v)
		case KindRepeat:
			row := reflect.New(v.Type().Elem()).Elem()
			mark(marks, choices, f.Fields, row)
			v.Set(reflect.Append(v, row))
		case KindChoice:
			code := f.Codes[0]
			if want, ok := choices[f.Path]; ok {
				code = want
			}
			v.SetString(code)
		case KindMulti:
			for _, code := range f.Codes {
				item := reflect.New(v.Type().Elem()).Elem()
				item.SetString(code)
				v.Set(reflect.Append(v, item))
			}
		case KindTick:
			v.SetBool(true)
		case KindNumber:
			v.Set(reflect.ValueOf(Of(7)))
		case KindDate:
			v.SetString("2026-01-02")
		case KindPartial:
			v.SetString("unknown")
		case KindMoment:
			v.SetString("2026-01-02T03:04:05Z")
		default:
			marks[f.ID] = fmt.Sprintf("mark%03dx", len(marks))
			v.SetString(marks[f.ID])
		}
	}
}

// declared reads the readers of every field from the tags alone, beside the
// compiled form: what the view is held against.
func declared(t reflect.Type, parentID, parentSees string, out map[string]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		id, sees := f.Tag.Get("id"), f.Tag.Get("sees")
		if parentID != "" {
			id = parentID + "." + f.Tag.Get("json")
		}
		if sees == "" {
			sees = parentSees
		}
		out[id] = sees
		ft := f.Type
		if ft.Kind() == reflect.Slice {
			ft = ft.Elem()
		}
		if ft.Kind() == reflect.Struct && ft != reflect.TypeFor[Number]() {
			declared(ft, id, sees, out)
		}
	}
}

func allDeclared(t *testing.T) (sees map[string]string, asked map[string]bool) {
	t.Helper()
	sees, asked = map[string]string{}, map[string]bool{}
	for i, whole := range []reflect.Type{reflect.TypeFor[Referral](), reflect.TypeFor[Review](), reflect.TypeFor[Route]()} {
		for j := range whole.NumField() {
			part := map[string]string{}
			declared(whole.Field(j).Type, "", "", part)
			for id, who := range part {
				sees[id], asked[id] = who, i == 0
			}
		}
	}
	return sees, asked
}

// A mark appears in a reader's view, as data and as text, if and only if the
// declaration says so: for every field, every reader, and everything that must
// hold besides.
func TestViewShowsWhatIsDeclared(t *testing.T) {
	sees, asked := allDeclared(t)
	tried := map[string]bool{}
	for _, how := range []map[string]string{choices, others()} {
		r, review, route, marks := marked(how)
		if len(marks) < 60 {
			t.Fatalf("only %d marks", len(marks))
		}
		hidden := map[string]bool{}
		for _, path := range Questions.Prune(r.Clone()) {
			hidden[Questions.fieldAt(path).ID] = true
		}
		for _, reader := range Readers() {
			for flags := range 16 {
				sight := Sight{Reader: reader, Consulting: flags&1 > 0, Release: flags&2 > 0, Health: flags&4 > 0}
				if flags&8 > 0 {
					sight.Revealed = revealAll(sees)
				}
				holdView(t, sight, NewView(sight, r, review, NumberedRoute{N: 1, Route: route}), marks, func(id string) (want, try bool) {
					tried[id] = tried[id] || !hidden[id]
					return wanted(sight, sees[id], asked[id], fieldOf(id)), !hidden[id]
				})
			}
		}
	}
	for id := range sees {
		if f := fieldOf(id); f != nil && f.Leaf() && !tried[id] {
			t.Errorf("%s was never tried", id)
		}
	}
}

func revealAll(sees map[string]string) map[string]bool {
	out := map[string]bool{}
	for id := range sees {
		out[id] = true
	}
	return out
}

// holdView holds one view against what is wanted of every question.
func holdView(t *testing.T, s Sight, view View, marks map[string]string, want func(id string) (want, try bool)) {
	t.Helper()
	text, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []*Form{Questions, Reviews, Routes} {
		for id, f := range form.byID {
			if !f.Leaf() {
				continue
			}
			got := shownIn(view, id)
			if mark := marks[id]; mark != "" && strings.Contains(string(text), mark) != got {
				t.Errorf("%s for %+v: the JSON and the items differ", id, s)
			}
			if want, try := want(id); try && got != want {
				t.Errorf("%s for %s (consulting %v, release %v, health %v, revealed %v): shown %v", id, s.Reader, s.Consulting, s.Release, s.Health, s.Revealed != nil, got)
			}
		}
	}
}

func fieldOf(id string) *Field {
	for _, form := range []*Form{Questions, Reviews, Routes} {
		if f := form.ByID(id); f != nil {
			return f
		}
	}
	return nil
}

// wanted is the declaration read as a sentence: this reader, under these
// circumstances, reads the answer itself.
func wanted(s Sight, sees string, asked bool, f *Field) bool {
	if s.Reader == ReadsReferrer && asked {
		return true
	}
	only := slices.IndexFunc(strings.Fields(sees), func(one string) bool {
		code, _, _ := strings.Cut(one, "/")
		return code == string(s.Reader)
	})
	if only < 0 {
		return false
	}
	if s.Reader == ReadsAuditor && !slices.Contains([]Kind{KindChoice, KindMulti, KindTick, KindDate, KindMoment}, f.Kind) && !f.Derived {
		return false
	}
	_, must, _ := strings.Cut(strings.Fields(sees)[only], "/")
	return map[string]bool{"": true, "masked": s.Revealed != nil, "consult": s.Consulting && s.Revealed != nil, "release": s.Release, "health": s.Health}[must]
}

// shownIn reports whether the view holds the answer to the question id.
func shownIn(v View, id string) bool {
	var in func(items []Item) bool
	in = func(items []Item) bool {
		for _, it := range items {
			if it.ID == id && it.Value != nil && len(it.Text) > 0 {
				return true
			}
			for _, row := range it.Rows {
				if in(row) {
					return true
				}
			}
		}
		return false
	}
	for _, p := range v.Parts {
		if in(p.Items) {
			return true
		}
	}
	return false
}

// A question that is added in one line of Go is asked on the page, checked,
// described in the schema and shown to its readers, because all of them walk
// the declaration; nothing has a list of its own.
func TestEveryQuestionIsInEveryWalk(t *testing.T) {
	schema := Questions.Schema("The form")
	for _, how := range []map[string]string{choices, others()} {
		r, _, _, _ := marked(how)
		hidden := Questions.Prune(r)
		view := NewView(Sight{Reader: ReadsReferrer}, r, nil)
		for _, a := range Questions.Answers(r) {
			if s := schemaAt(schema, a.Field.Path); s == nil || s.ID != a.Field.ID || s.Label != a.Field.Label || s.Section != a.Field.Section || len(s.Sees) != len(a.Field.Sees) {
				t.Errorf("%s: the schema says %+v", a.Field.Path, s)
			}
			if view.Item(a.Path) == nil && !slices.Contains(hidden, a.Path) {
				t.Errorf("%s is answered and not in the referrer's view", a.Path)
			}
		}
	}
}

func schemaAt(s *Schema, path string) *Schema {
	for name := range strings.SplitSeq(path, ".") {
		if s.Items != nil && len(s.Items.Properties) > 0 {
			s = s.Items
		}
		if s = s.Properties[name]; s == nil {
			return nil
		}
	}
	return s
}

// A referral does not print its answers, whatever the verb.
func TestReferralIsWithheld(t *testing.T) {
	r := Referral{Person: Person{FamilyName: "Sukarno"}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		for _, text := range []string{fmt.Sprintf(verb, r), fmt.Sprintf(verb, &r)} {
			if strings.Contains(text, "Sukarno") {
				t.Errorf("%s prints the answers", verb)
			}
		}
	}
}

// What happened is OTDA's to read only while a consultation is open, and then
// one answer after the other: outside of it the section holds for OTDA the type,
// which routing needs, and whether there are others. The alleged traffickers it
// never reads.
func TestProgramReadsWhatHappenedWhileConsulted(t *testing.T) {
	r, _, _, _ := marked(choices)
	always := []string{"G1", "G31", "G31.number"}
	ids := func(s Sight, shown bool) []string {
		var out []string
		for _, p := range NewView(s, r, nil).Of("referral") {
			for _, it := range p.Items {
				if p.Section == "G" && (!shown || !it.Masked && shownIn(View{Parts: []Part{p}}, leafOf(it).ID)) {
					out = append(out, it.ID)
				}
			}
		}
		return out
	}
	if got := ids(Sight{Reader: ReadsProgram}, false); !slices.Equal(got, always) {
		t.Errorf("outside of a consultation OTDA is shown %v, want %v", got, always)
	}
	if got := ids(Sight{Reader: ReadsProgram, Consulting: true}, true); !slices.Equal(got, always) {
		t.Errorf("unasked OTDA reads %v, want %v", got, always)
	}
	sees, _ := allDeclared(t)
	all := ids(Sight{Reader: ReadsProgram, Consulting: true, Revealed: revealAll(sees)}, true)
	for _, f := range Questions.Section("G").Fields {
		if want := f.ID != "G30"; slices.Contains(all, f.ID) != want && Questions.Applies(r, f.Path) {
			t.Errorf("%s asked for during a consultation: shown %v", f.ID, !want)
		}
	}
	if len(all) < 30 {
		t.Errorf("only %d answers were tried", len(all))
	}
}

// leafOf returns an item, or of a group or repeat the first that it holds.
func leafOf(it Item) Item {
	for len(it.Rows) > 0 && len(it.Rows[0]) > 0 {
		it = it.Rows[0][0]
	}
	return it
}
