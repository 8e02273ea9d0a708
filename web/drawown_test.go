package web

import (
	"strings"
	"testing"

	"nysreferral/forms"
)

// scribble writes on all options of fields as a page does that marks them for one
// person.
func scribble(fields []Field) (options int) {
	for _, f := range fields {
		for i := range f.Options {
			f.Options[i].Hint, f.Options[i].Label = "for one person", f.Options[i].Label+" (for one person)"
			options++
		}
		options += scribble(f.Fields)
		for _, item := range f.Items {
			options += scribble(item.Fields)
		}
	}
	return options
}

// marked says whether a page shows what was written for another one.
func marked(fields []Field) bool {
	for _, f := range fields {
		for _, o := range f.Options {
			if strings.Contains(o.Hint+o.Label, "one person") {
				return true
			}
		}
		if marked(f.Fields) {
			return true
		}
		for _, item := range f.Items {
			if marked(item.Fields) {
				return true
			}
		}
	}
	return false
}

// What a page marks for one person, such as a way that is not permitted, stands on
// no page of anybody else: whatever is written on the fields of one drawing, the
// next is as the form declares it.
func TestDrawnOptionsAreTheirOwn(t *testing.T) {
	for _, section := range forms.Questions.Sections {
		draw := func() Drawn {
			return Asked{Form: forms.Questions, Answers: &forms.Referral{}}.Draw(section.Fields)
		}
		first := draw()
		scribble(first.Fields)
		for _, list := range first.Lists {
			scribble([]Field{{Options: list}})
		}
		second := draw()
		for name, list := range second.Lists {
			if marked([]Field{{Options: list}}) {
				t.Errorf("the list %s of section %s is that of another page", name, section.ID)
			}
		}
		if marked(second.Fields) {
			t.Errorf("section %s shows what was written for another page", section.ID)
		}
	}
	if n := scribble(Asked{Form: forms.Questions, Answers: &forms.Referral{}}.Draw(forms.Questions.Sections[0].Fields).Fields); n == 0 {
		t.Error("nothing was written on")
	}
}
