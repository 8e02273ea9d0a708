package forms

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A change tells a reader the answer of before, or the one of now, if and only
// if the reader's view of that version holds it: for every question, every
// reader, and everything that must hold besides.
func TestChangesTellWhatTheViewShows(t *testing.T) {
	sees, asked := allDeclared(t)
	tried := 0
	for _, how := range []map[string]string{choices, others()} {
		full, _, _, marks := marked(how)
		hidden := map[string]bool{}
		for _, path := range Questions.Prune(full.Clone()) {
			hidden[Questions.fieldAt(path).ID] = true
		}
		empty := &Referral{}
		for _, reader := range Readers() {
			for flags := range 16 {
				sight := Sight{Reader: reader, Consulting: flags&1 > 0, Release: flags&2 > 0, Health: flags&4 > 0}
				if flags&8 > 0 {
					sight.Revealed = revealAll(sees)
				}
				for name, changes := range map[string][]Change{"told": Changes(sight, empty, full), "taken back": Changes(sight, full, empty)} {
					text, err := json.Marshal(changes)
					if err != nil {
						t.Fatal(err)
					}
					for id, mark := range marks {
						f := Questions.ByID(id)
						if f == nil || !f.Leaf() || hidden[id] {
							continue
						}
						tried++
						if got, want := strings.Contains(string(text), mark), wanted(sight, sees[id], asked[id], f); got != want {
							t.Errorf("%s, %s, to %s (consulting %v): told %v", id, name, reader, sight.Consulting, got)
						}
					}
				}
			}
		}
	}
	if tried < 1000 {
		t.Fatalf("only %d were tried", tried)
	}
}

// told are a referral and what was told of it afterwards.
func retold() (before, after *Referral) {
	before = &Referral{Immigration: Immigration{Category: "unknown"}, Contact: Contact{CountyNow: "queens", SafePhone: SafePhone{Phone: "518-555-0101", Text: "yes"}},
		Events: Events{PapersHeld: "yes", PapersWhich: "Passport", Trafficking: []Trafficking{"sex"}, Places: []Place{{County: "queens"}}, Summary: "Told once."}}
	after = before.Clone()
	after.Category, after.SafePhone.Phone, after.PapersHeld, after.Summary = "us_citizen_or_national", "518-555-0102", "no", "Told twice."
	after.Trafficking, after.Places = append(after.Trafficking, "labor"), append(after.Places, Place{County: "kings"})
	return before, after
}

// A withheld answer that changed tells that it changed, and no more; what does
// not apply any more counts as no answer; what is the same is no change.
func TestChanges(t *testing.T) {
	before, after := retold()
	kind := "G1 Sex trafficking > Sex trafficking; Labor trafficking"
	happened := []string{kind, "G10 Yes > No", "G10.which Passport > ", "G14 Told once. > Told twice.", "G18 County: Queens > County: Queens; County: Kings (Brooklyn)"}
	for _, tt := range []struct {
		name  string
		sight Sight
		want  []string
	}{
		{"auditor", Sight{Reader: ReadsAuditor}, nil},
		{"provider", Sight{Reader: ReadsProvider}, []string{"D2.phone 518-555-0101 > 518-555-0102", "F1 Unknown > U.S. citizen or national", kind, "G10 Yes > No", "G10.which Passport > "}},
		{"reviewer", Sight{Reader: ReadsReviewer}, append([]string{"F1 withheld"}, happened...)},
		{"reviewer who asked", Sight{Reader: ReadsReviewer, Revealed: map[string]bool{"F1": true}}, append([]string{"F1 Unknown > U.S. citizen or national"}, happened...)},
		{"OTDA", Sight{Reader: ReadsProgram}, []string{"D2.phone 518-555-0101 > 518-555-0102", "F1 Unknown > U.S. citizen or national", kind}},
		{"OTDA, consulted", Sight{Reader: ReadsProgram, Consulting: true}, []string{"D2.phone 518-555-0101 > 518-555-0102", "F1 Unknown > U.S. citizen or national", kind,
			"G10 withheld", "G10.which withheld", "G14 withheld", "G18 withheld"}},
	} {
		var got []string
		for _, c := range Changes(tt.sight, before, after) {
			line := c.ID + " " + strings.Join(c.Before, "; ") + " > " + strings.Join(c.After, "; ")
			if len(c.Masked) > 0 {
				line = c.ID + " withheld"
				if told := strings.Join(append(c.Before, c.After...), " "); strings.Contains(told, "Queens") || strings.Contains(told, "Told") {
					t.Errorf("%s: %s tells what is withheld: %+v", tt.name, c.ID, c)
				}
			}
			got = append(got, line)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q\nwant %q", tt.name, got, tt.want)
		}
	}
	if got := Changes(Sight{Reader: ReadsReviewer}, before, before.Clone()); len(got) > 0 {
		t.Errorf("nothing changed, and %+v is told", got)
	}
	if before.PapersWhich != "Passport" || !reflect.DeepEqual(before.Trafficking, []Trafficking{"sex"}) {
		t.Error("comparing changed the answers")
	}
}

// Ids of questions stand in a text as they are typed and read with the words of
// the question, as the reader was asked or not; what is no id stays.
func TestPointedTextReadsAsWords(t *testing.T) {
	review := &Review{Consultations: Consultations{Questions: []Question{{Text: "Which?", About: "g12, A4 X9"}}}}
	for reader, want := range map[Reader][]string{
		ReadsReferrer: {"G12 " + Questions.ByID("G12").Label, "A4 " + Questions.ByID("A4").Label, "X9"},
		ReadsReviewer: {"G12 " + Questions.ByID("G12").Told, "A4 " + Questions.ByID("A4").Told, "X9"},
	} {
		it := NewView(Sight{Reader: reader}, nil, review).Item("questions.0.about")
		if it == nil || !slices.Equal(it.Text, want) || it.Value != "g12, A4 X9" {
			t.Errorf("%s reads %+v", reader, it)
		}
	}
}
