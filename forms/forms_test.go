package forms

import (
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const day = Date("2026-11-10")

// Every option's code is in the words file, and a code is made of small
// letters, digits and underscores, so that it can stand in a name.
func TestOptionsHaveWords(t *testing.T) {
	for _, form := range []*Form{Questions, Reviews, Routes} {
		for path, f := range form.byPath {
			for i, code := range f.Codes {
				if f.Labels[i] == "" {
					t.Errorf("%s: no label for %s", path, code)
				}
				if f.List != "Country" && strings.ToLower(code) != code || strings.ContainsAny(code, " -|;=") {
					t.Errorf("%s: odd code %q", path, code)
				}
			}
			seen := map[string]string{}
			for i, label := range f.Labels {
				if other, twice := seen[fold(label)]; twice {
					t.Errorf("%s: %s and %s read alike", path, other, f.Codes[i])
				}
				seen[fold(label)] = f.Codes[i]
			}
		}
	}
}

// The words file holds no words that nobody asks for.
func TestNoIdleWords(t *testing.T) {
	asked := map[string]bool{}
	for _, form := range []*Form{Questions, Reviews, Routes, FormOf("").Form} {
		for id := range form.byID {
			asked[id] = true
		}
	}
	for id := range english.Fields {
		if !asked[id] && !askedByAct(id) {
			t.Errorf("words for %s, which is no question", id)
		}
	}
}

// The specification's questions are all there, by id.
func TestEveryQuestionOfTheSpecification(t *testing.T) {
	want := "A1-A14 B1-B12 C1-C17 D1-D11 E1-E4 F1-F5 G1-G24 G30-G31 H1-H8 I1-I8 J1-J4 K1-K5 M1-M2 N1-N3"
	for span := range strings.FieldsSeq(want) {
		from, to, _ := strings.Cut(span, "-")
		a, _ := strconv.Atoi(from[1:])
		b, _ := strconv.Atoi(to[1:])
		for n := a; n <= b; n++ {
			if Questions.ByID(from[:1]+strconv.Itoa(n)) == nil {
				t.Errorf("%s%d is not asked", from[:1], n)
			}
		}
	}
	if n := len(countries); n != 249 && n != 250 {
		t.Errorf("%d countries, want the standard's 249 (and Kosovo)", n)
	}
	if n := len(County("").Options()); n != 62 {
		t.Errorf("%d counties, want 62", n)
	}
}

// What a page cannot ask it refuses, at the field, in a sentence, and keeps
// nothing of it.
func TestDecodeSectionRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		section string
		in      url.Values
		field   string
	}{
		"unknown name":         {"A", url.Values{"nonsense": {"x"}}, ""},
		"name of other page":   {"A", url.Values{"summary": {"x"}}, ""},
		"derived":              {"A", url.Values{"organization": {"Another agency"}}, ""},
		"sent twice":           {"A", url.Values{"referrerName": {"A", "B"}}, "referrerName"},
		"no such option":       {"A", url.Values{"countyFound": {"paris"}}, "countyFound"},
		"month 13":             {"A", url.Values{"firstEncounter.year": {"2026"}, "firstEncounter.month": {"13"}, "firstEncounter.day": {"1"}}, "firstEncounter"},
		"February 30":          {"A", url.Values{"firstEncounter.year": {"2026"}, "firstEncounter.month": {"2"}, "firstEncounter.day": {"30"}}, "firstEncounter"},
		"day missing":          {"A", url.Values{"firstEncounter.year": {"2026"}, "firstEncounter.month": {"2"}}, "firstEncounter"},
		"two-digit year":       {"C", url.Values{"born.year": {"84"}}, "born"},
		"date and unknown":     {"C", url.Values{"born.year": {"1984"}, "born.unknown": {"yes"}}, "born"},
		"words for a number":   {"C", url.Values{"age": {"sixteen"}}, "age"},
		"invalid UTF-8":        {"C", url.Values{"familyName": {"\xff\xfe"}}, "familyName"},
		"NUL":                  {"C", url.Values{"familyName": {"a\x00b"}}, "familyName"},
		"option not in a list": {"G", url.Values{"trafficking": {"sex", "other"}}, "trafficking"},
		"no such section":      {"Z", url.Values{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var r Referral
			got := Questions.DecodeSection(&r, c.section, c.in)
			if len(got) == 0 {
				t.Fatal("accepted")
			}
			if got[0].Field != c.field || !strings.HasSuffix(got[0].Message, ".") {
				t.Errorf("says %q at %q, want a sentence at %q", got[0].Message, got[0].Field, c.field)
			}
			if c.field != "" && Questions.answered(&r, c.field) {
				t.Error("kept what it refused")
			}
		})
	}
}

// Shape refuses what is too long, future, or cannot be shown.
func TestShapeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		r     Referral
		field string
	}{
		"too long":         {Referral{Person: Person{FamilyName: Text(strings.Repeat("a", 101))}}, "familyName"},
		"too long prose":   {Referral{Events: Events{Summary: Prose(strings.Repeat("ü", 15001))}}, "summary"},
		"digits in a name": {Referral{Person: Person{GivenNames: "R2D2"}}, "givenNames"},
		"future":           {Referral{Source: Source{FirstEncounter: "2026-11-11"}}, "firstEncounter"},
		"future month":     {Referral{Person: Person{Born: "2026-12"}}, "born"},
		"too old":          {Referral{Person: Person{Born: "1899"}}, "born"},
		"age 111":          {Referral{Person: Person{Age: Of(111)}}, "age"},
		"age -1":           {Referral{Person: Person{Age: Of(-1)}}, "age"},
		"25 hours":         {Referral{Events: Events{Pay: Pay{Hours: Of(25)}}}, "pay.hoursPerDay"},
		"newline in line":  {Referral{Person: Person{NameToUse: "a\nb"}}, "nameToUse"},
		"bidi override":    {Referral{Person: Person{NameToUse: "a\u202eb"}}, "nameToUse"},
		"phone":            {Referral{Source: Source{ReferrerPhone: "call me"}}, "referrerPhone"},
		"email":            {Referral{Source: Source{ReferrerEmail: "me at home"}}, "referrerEmail"},
		"option":           {Referral{Person: Person{Gender: "x"}}, "gender"},
		"option in list":   {Referral{Events: Events{Force: []Force{"weapon", "kindness"}}}, "force"},
		"row":              {Referral{Events: Events{Traffickers: []Trafficker{{}, {Age: Of(200)}}}}, "traffickers.1.age"},
		"reference":        {Referral{Source: Source{ReferredBefore: "yes", PriorReference: "7K4M-2QX9-C3TB-1"}}, "priorReference"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Questions.Shape(&c.r, day)
			if len(got) != 1 || got[0].Field != c.field {
				t.Fatalf("got %+v, want one problem at %s", got, c.field)
			}
			if got[0].ID == "" || !strings.HasSuffix(got[0].Message, ".") {
				t.Errorf("got %+v", got[0])
			}
		})
	}
	if got := Questions.Shape(&Referral{Person: Person{FamilyName: "O’Neill-Ávila", GivenNames: "Nguyễn Thị Ánh", Born: "1984"}, Contact: Contact{SafePhone: SafePhone{Phone: "+86 591 5550 0100"}}}, day); len(got) > 0 {
		t.Errorf("refuses a good one: %+v", got)
	}
}

// A partial date means the days that it leaves open, and never a made-up one;
// what is unknown means none.
func TestPartialDate(t *testing.T) {
	for date, want := range map[PartialDate][3]string{
		"":           {"", "", ""},
		"unknown":    {"", "", "Unknown"},
		"1984":       {"1984-01-01", "1984-12-31", "1984"},
		"1984-02":    {"1984-02-01", "1984-02-29", "February 1984"},
		"1984-02-29": {"1984-02-29", "1984-02-29", "February 29, 1984"},
		"1985-02-29": {"", "", "1985-02-29"},
	} {
		if got := [3]string{string(date.First()), string(date.Last()), date.Words()}; got != want {
			t.Errorf("%q: %q, want %q", date, got, want)
		}
	}
}

// DecodeJSON refuses what encoding/json would let pass.
func TestDecodeJSONRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"unknown":        `{"familyNam":"x"}`,
		"other case":     `{"FamilyName":"x"}`,
		"twice":          `{"familyName":"x","familyName":"y"}`,
		"twice nested":   `{"safePhone":{"phone":"518-555-0123","phone":"518-555-0124"}}`,
		"number as text": `{"age":"16"}`,
		"half a number":  `{"age":16.5}`,
		"text as list":   `{"familyName":["x"]}`,
		"list as text":   `{"trafficking":"sex"}`,
		"tick as text":   `{"singleName":"yes"}`,
		"group as text":  `{"safePhone":"518-555-0123"}`,
		"rows as object": `{"traffickers":{"name":"x"}}`,
		"unknown in row": `{"traffickers":[{"nam":"x"}]}`,
		"not JSON":       `{"familyName":`,
		"more than one":  `{} {}`,
		"list":           `[]`,
		"empty":          ``,
		"invalid UTF-8":  "{\"familyName\":\"\xff\"}",
		"NUL":            `{"familyName":"a\u0000b"}`,
		"too many keys":  `{` + strings.TrimSuffix(strings.Repeat(`"x":1,`, MaxKeys+1), ",") + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			var r Referral
			if got := Questions.DecodeJSON(&r, []byte(body)); len(got) == 0 {
				t.Fatalf("accepted: %s", body)
			}
		})
	}
	var r Referral
	if got := Questions.DecodeJSON(&r, []byte(`{"familyName":" Sukarno ","age":null,"trafficking":["sex"],"organization":"x","citizenships":["china","US"]}`)); len(got) > 0 {
		t.Fatal(got)
	}
	if r.FamilyName != "Sukarno" || r.Organization != "" || !slices.Equal(r.Citizenships, []Country{"CN", "US"}) {
		t.Errorf("read %+v", r.Person)
	}
}

// fill puts an answer into every question of a random form.
func fill(t *rapid.T, fields []*Field, at reflect.Value) {
	for _, f := range fields {
		v := at.FieldByIndex(f.index)
		switch f.Kind {
		case KindGroup:
			fill(t, f.Fields, v)
		case KindRepeat:
			for range rapid.IntRange(0, 2).Draw(t, f.Path) {
				row := reflect.New(v.Type().Elem()).Elem()
				fill(t, f.Fields, row)
				v.Set(reflect.Append(v, row))
			}
		case KindChoice:
			v.SetString(rapid.SampledFrom(append([]string{""}, f.Codes...)).Draw(t, f.Path))
		case KindMulti:
			for _, code := range rapid.SliceOfNDistinct(rapid.SampledFrom(f.Codes), 0, 2, rapid.ID).Draw(t, f.Path) {
				item := reflect.New(v.Type().Elem()).Elem()
				item.SetString(code)
				v.Set(reflect.Append(v, item))
			}
		case KindTick:
			v.SetBool(rapid.Bool().Draw(t, f.Path))
		case KindNumber:
			v.Set(reflect.ValueOf(Number{N: rapid.IntRange(0, 5).Draw(t, f.Path), Set: rapid.Bool().Draw(t, f.Path+"?")}))
		case KindDate:
			v.SetString(rapid.SampledFrom([]string{"", "2026-01-02"}).Draw(t, f.Path))
		case KindPartial:
			v.SetString(rapid.SampledFrom([]string{"", "unknown", "2001", "2001-02", "2001-02-03"}).Draw(t, f.Path))
		default:
			v.SetString(rapid.SampledFrom([]string{"", "mark"}).Draw(t, f.Path))
		}
	}
}

func anyReferral(t *rapid.T) *Referral {
	r := &Referral{}
	for _, s := range Questions.Sections {
		fill(t, s.Fields, reflect.ValueOf(r).Elem())
	}
	return r
}

// After Prune no answer stands to a question that does not apply, and a second
// Prune changes nothing.
func TestPruneDropsWhatDoesNotApply(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReferral(t)
		Questions.Prune(r)
		for _, a := range Questions.Answers(r) {
			top, _, _ := strings.Cut(a.Path, ".")
			if !a.Empty() && !Questions.Applies(r, top) {
				t.Fatalf("%s is answered and does not apply", a.Path)
			}
		}
		if again := Questions.Prune(r); len(again) > 0 {
			t.Fatalf("a second walk dropped %v", again)
		}
	})
}

// What is written as JSON reads back the same, through the strict decoder and
// through the library.
func TestJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReferral(t)
		r.Organization, r.SourceKind, r.Designated, r.ConsentWording = "", "", "", ""
		r.Files = nil
		Questions.Prune(r)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var strict Referral
		if p := Questions.DecodeJSON(&strict, text); len(p) > 0 {
			t.Fatal(p)
		}
		again, err := json.Marshal(&strict)
		if err != nil || string(again) != string(text) {
			t.Fatalf("%s\n%s", text, again)
		}
		short, err := Questions.JSON(&strict)
		if err != nil {
			t.Fatal(err)
		}
		var back Referral
		if err := json.Unmarshal(short, &back); err != nil || !reflect.DeepEqual(back, strict) {
			t.Fatalf("%s is not what was kept: %v", short, err)
		}
		if !reflect.DeepEqual(r.Clone(), r) {
			t.Fatal("the clone differs")
		}
	})
}

// A gate's field, condition and sentence exist; so do a warning's.
func TestGatesAreWhole(t *testing.T) {
	for _, g := range Gates {
		if Questions.byPath[g.Field] == nil {
			t.Fatalf("gate at %s, which is no question", g.Field)
		}
		if g.Say != "" && english.Gates[g.Say] == "" {
			t.Errorf("gate %s has no words", g.Say)
		}
		for _, term := range parseCondition(g.When) {
			if Questions.byPath[term.Name] == nil {
				t.Errorf("gate at %s depends on %s", g.Field, term.Name)
			}
		}
	}
	for _, w := range Warnings {
		if Questions.byPath[w.Field] == nil || english.Warnings[w.Say] == "" {
			t.Errorf("warning %s at %s has no words or no question", w.Say, w.Field)
		}
	}
}

// A reference reads back however it was typed; one changed letter is noticed.
func TestReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := NewReference(rapid.Uint64().Draw(t, "random"))
		typed := strings.ToLower(strings.ReplaceAll(ref, "-", " "))
		if got, ok := ParseReference(typed); !ok || got != ref {
			t.Fatalf("%s came back as %s", ref, got)
		}
		at := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15}).Draw(t, "at")
		letter := crockford[rapid.IntRange(0, 31).Draw(t, "letter")]
		wrong := ref[:at] + string(letter) + ref[at+1:]
		if _, ok := ParseReference(wrong); ok != (wrong == ref) {
			t.Fatalf("%s passes for %s", wrong, ref)
		}
	})
}

// FuzzDecodeJSON: no body makes the decoder panic, and what it accepts has no
// shape that a page would refuse for its characters.
func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"familyName":"x","traffickers":[{"name":"y"}],"safePhone":{"phone":"+1"}}`))
	f.Add([]byte(`{"born":"1984-03","age":3,"singleName":true,"force":["weapon"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var r Referral
		if len(Questions.DecodeJSON(&r, body)) == 0 {
			Questions.Check(&r, day)
		}
	})
}

// FuzzDecodeSection: no page makes the decoder panic.
func FuzzDecodeSection(f *testing.F) {
	f.Add("C", "familyName=x&born.year=1984&otherNames.0.name=y&otherNames.7.remove=yes")
	f.Add("G", "trafficking=sex&trafficking=labor&traffickers.0.age=x")
	f.Fuzz(func(t *testing.T, section, body string) {
		in, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		var r Referral
		Questions.DecodeSection(&r, section, in)
		Questions.Check(&r, day)
		Questions.Warn(&r, day)
	})
}

// An act refuses to go on without what it must be told, and says so at the
// field; with it, nothing stands against it.
func TestDeedForms(t *testing.T) {
	for act := range asks {
		d := FormOf(act)
		got := d.Check(&Deed{}, day)
		for _, f := range d.Fields {
			name := f.Name
			if f.Kind == KindGroup {
				name += ".finding"
			}
			if d.Needs(f.Name) != (got.Of(name) != "") {
				t.Errorf("%s: %s needed %v, says %q", act, name, d.Needs(f.Name), got.Of(name))
			}
		}
	}
	var deed Deed
	if p := FormOf("ask").DecodeJSON(&deed, []byte(`{"rev":3,"question":"Since when?","services":"x"}`)); len(p) != 1 || p[0].Field != "services" {
		t.Errorf("an act takes what it does not ask: %v", p)
	}
	if got := FormOf("ask").Check(&deed, day); len(got) > 0 || deed.Rev.N != 3 {
		t.Errorf("%v %v", got, deed.Rev)
	}
}
