package forms

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// personal are the questions of sections that ask for shared facts too, but
// about the person. A question that stands neither here nor carries a mark has
// not been thought about.
const personal = `A9 A13 A14 A14.unknown
	G4 G5 G6 G7 G5.unclear G8 G9 G10 G10.which G11 G12 G12.why G13 G14 G15 G16 G16.score G17 G19 G20 G20.ongoing G20.to
	G21 G21.estimated G22 G22.text G23 G24 G24.text
	H1 H2 H3 H4 H7 H8`

// theirs are sections of which nothing is ever shared: consent, identity,
// language, contact, immigration, childhood, needs, danger, papers, declaration.
const theirs = "B C D E F I J K M N"

// Every question is either marked as a fact of the encounter or known to be the
// person's own; and no question about the person is marked.
func TestEveryQuestionIsSharedOrThePersons(t *testing.T) {
	own := strings.Fields(personal)
	for _, s := range Questions.Sections {
		for _, f := range s.Fields {
			whole := slices.Contains(strings.Fields(theirs), s.ID)
			named := slices.Contains(own, f.ID)
			switch {
			case f.Derived:
				if f.Shared != SharedNever {
					t.Errorf("%s is shared and comes from the account", f.ID)
				}
			case (whole || named) && f.Shared != SharedNever:
				t.Errorf("%s is about the person and is shared", f.ID)
			case !whole && !named && f.Shared == SharedNever:
				t.Errorf("%s: say whether several people of one encounter have it in common", f.ID)
			}
			for _, child := range f.Fields {
				if child.Shared != SharedNever && f.Shared == SharedNever {
					t.Errorf("%s is shared within what is not", child.ID)
				}
			}
		}
	}
	if f := Questions.ByID("G30.relationship"); f.Shared != SharedNever {
		t.Error("who a trafficker is to one person is shared with another")
	}
	for _, id := range own {
		if Questions.ByID(id) == nil {
			t.Errorf("%s is no question", id)
		}
	}
}

// What is asked once for several people are the marked questions and no others,
// and a page of them takes no answer about a person.
func TestFactsAskOnlyWhatIsShared(t *testing.T) {
	var ids []string
	for _, s := range Facts.Sections {
		for _, f := range s.Fields {
			ids = append(ids, f.ID)
		}
	}
	if want := "A4 A5 A6 A7 A7.ext A8 A10 A11 A12 G1 G2 G3 G18 G18.unknown G30 G31 G31.number H5 H5.report H6"; strings.Join(ids, " ") != want {
		t.Errorf("shared are %s", ids)
	}
	for _, body := range []string{`{"familyName":"Xa"}`, `{"summary":"Xa"}`, `{"consented":"yes_written"}`, `{"traffickers":[{"relationship":"employer"}]}`} {
		if bad := Facts.DecodeJSON(&Referral{}, []byte(body)); len(bad) != 1 {
			t.Errorf("%s: %+v", body, []Problem(bad))
		}
	}
	if bad := Facts.DecodeSection(&Referral{}, "G", map[string][]string{"summary": {"Xa"}}); len(bad) != 1 {
		t.Errorf("%+v", []Problem(bad))
	}
	if bad := Facts.DecodeSection(&Referral{}, "C", map[string][]string{"familyName": {"Xa"}}); len(bad) != 1 {
		t.Errorf("%+v", []Problem(bad))
	}
}

// full answers every question with a mark that names its path.
func full(t *testing.T) *Referral {
	t.Helper()
	r := &Referral{}
	root := reflect.ValueOf(r).Elem()
	var fill func(fields []*Field, at reflect.Value, path string)
	fill = func(fields []*Field, at reflect.Value, path string) {
		for _, f := range fields {
			v := at.FieldByIndex(f.index)
			switch f.Kind {
			case KindGroup:
				fill(f.Fields, v, path+f.Name+".")
			case KindRepeat:
				v.Set(reflect.MakeSlice(v.Type(), 2, 2))
				for i := range 2 {
					fill(f.Fields, v.Index(i), fmt.Sprintf("%s%s.%d.", path, f.Name, i))
				}
			case KindMulti:
				one := reflect.New(v.Type().Elem()).Elem()
				one.SetString(f.Codes[0])
				v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), one))
			case KindTick:
				v.SetBool(true)
			case KindNumber:
				v.Set(reflect.ValueOf(Of(3)))
			case KindChoice:
				v.SetString(f.Codes[0])
			default:
				v.SetString(path + f.Name)
			}
		}
	}
	for _, s := range Questions.Sections {
		fill(s.Fields, root, "")
	}
	return r
}

// answersIn returns the paths of r that have an answer.
func answersIn(r *Referral) []string {
	var out []string
	for _, a := range Questions.Answers(r) {
		if !a.Empty() {
			out = append(out, a.Path)
		}
	}
	return out
}

// Of a referral in which everything is answered, another person gets the marked
// answers alone; of a single referral those of the encounter and nothing that
// was said of what happened.
func TestTakeTakesNothingOfThePerson(t *testing.T) {
	from := full(t)
	for how, letters := range map[Sharing]string{SharedEncounter: "A", SharedOperation: "AGH"} {
		to := &Referral{}
		Take(to, from, how)
		for _, path := range answersIn(to) {
			f := Questions.fieldAt(path)
			if f.Shared == SharedNever || f.Shared == SharedOperation && how == SharedEncounter || !strings.Contains(letters, f.Section) {
				t.Errorf("%q takes %s", how, path)
			}
		}
	}
	to := &Referral{Source: Source{CountyFound: "suffolk"}}
	Take(to, from, SharedOperation)
	if to.CountyFound != "suffolk" || to.Traffickers[1].Name != "traffickers.1.name" || to.Traffickers[0].Relationship != "" || to.OtherContact.Name == "" {
		t.Error("what stands there was written over, or something was not taken")
	}
	to.Traffickers[0].Name, to.Trafficking[0] = "another", "other"
	if from.Traffickers[0].Name == "another" || from.Trafficking[0] == "other" {
		t.Error("two people share one row")
	}
}

// A change of the shared facts reaches a draft where it still says what was
// shared before, and never where the referrer wrote something for this person.
func TestCarry(t *testing.T) {
	before := &Referral{}
	before.FirstEncounter, before.CountyFound = "2026-10-15", "nassau"
	before.Traffickers = []Trafficker{{Name: "One"}, {Name: "Two"}}
	draft := func() *Referral {
		r := &Referral{}
		Take(r, before, SharedOperation)
		r.CountyFound, r.FamilyName = "suffolk", "Xa"
		r.Traffickers[1].Relationship = "employer"
		return r
	}
	after := SharedOf(before)
	after.FirstEncounter, after.CountyFound = "2026-10-14", "queens"
	after.Traffickers = []Trafficker{{Name: "Two", Aliases: "Too"}, {Name: "Three"}}
	r := draft()
	if changed, differ := Carry(r, before, after); changed != 2 || differ != 1 {
		t.Errorf("%d changed, %d differ", changed, differ)
	}
	if r.FirstEncounter != "2026-10-14" || r.CountyFound != "suffolk" || r.FamilyName != "Xa" {
		t.Error("the wrong answers were carried")
	}
	if len(r.Traffickers) != 2 || r.Traffickers[0] != (Trafficker{Name: "Two", Aliases: "Too", Relationship: "employer"}) || r.Traffickers[1].Relationship != "" {
		t.Error("what was said of a row for this person went to another row, or was lost")
	}
	if changed, differ := Carry(r, before, after); changed != 0 || differ != 1 {
		t.Errorf("a second time: %d changed, %d differ", changed, differ)
	}
	after.Traffickers = after.Traffickers[1:] // the row with the person's own answer goes
	r = draft()
	if _, differ := Carry(r, before, after); differ != 2 || len(r.Traffickers) != 2 || r.Traffickers[1].Relationship != "employer" {
		t.Error("what was said for this person was thrown away")
	}
	after.Traffickers, after.FirstEncounter = nil, ""
	r = draft()
	r.Traffickers[1].Relationship = ""
	if changed, _ := Carry(r, before, after); changed != 2 || r.Traffickers != nil || r.FirstEncounter != "" {
		t.Error("what was taken away from the shared facts stays")
	}
}
