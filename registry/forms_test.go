package registry_test

import (
	"slices"
	"testing"

	"nysreferral/directory"
	"nysreferral/forms"
	"nysreferral/registry"
	"nysreferral/workflow"
)

// The directory's counties are the form's, in both directions: a person found
// in any county can be handed over, and no contact point serves a county that
// the form cannot say.
func TestCountiesAreTheForms(t *testing.T) {
	var codes []string
	for _, c := range directory.Counties() {
		codes = append(codes, c.Code)
	}
	slices.Sort(codes)
	asked := slices.Sorted(slices.Values(forms.County("").Options()))
	if !slices.Equal(codes, asked) {
		t.Errorf("the directory has %v, the form asks %v", codes, asked)
	}
}

// Every language of a contact point is one that the form asks for: else a
// provider would never be found by it.
func TestLanguagesAreTheForms(t *testing.T) {
	spoken := forms.Tongue("").Options()
	some := false
	for _, c := range append(directory.DemoContacts(), directory.Contacts()...) {
		for _, l := range c.Languages {
			some = true
			if !slices.Contains(spoken, l) || l == "other" || l == "unknown" {
				t.Errorf("%s speaks %s, which the form does not ask", c.Key, l)
			}
		}
	}
	if !some {
		t.Error("no contact point speaks any language")
	}
}

// An agency's kind and designation are what the form keeps of its source, with
// the same words; what is only the State's own office is no source.
func TestKindsAreTheForms(t *testing.T) {
	offices := []string{"dcjs", "otda", "administration", "auditor"}
	var codes []string
	for _, k := range registry.Kinds() {
		if slices.Contains(offices, k.Code) {
			continue
		}
		codes = append(codes, k.Code)
	}
	if want := forms.SourceKind("").Options(); !slices.Equal(codes, want) {
		t.Errorf("kinds %v, the form has %v", codes, want)
	}
	codes = nil
	for _, d := range registry.Designations() {
		codes = append(codes, d.Code)
	}
	if want := forms.Designation("").Options(); !slices.Equal(codes, want) {
		t.Errorf("designations %v, the form has %v", codes, want)
	}
	for _, s := range workflow.Sides() {
		if !slices.ContainsFunc(registry.Kinds(), func(k registry.Kind) bool { return slices.Contains(k.Sides, s) }) {
			t.Errorf("no kind of agency stands at %s", s)
		}
	}
	words := map[string]map[string]string{}
	for _, section := range forms.Questions.Sections {
		for _, f := range section.Fields {
			words[f.ID] = map[string]string{}
			for i, code := range f.Codes {
				words[f.ID][code] = f.Labels[i]
			}
		}
	}
	for _, k := range registry.Kinds() {
		if label, ok := words["A2"][k.Code]; ok && label != k.Label {
			t.Errorf("kind %s: %q, the form says %q", k.Code, k.Label, label)
		}
	}
	for _, d := range registry.Designations() {
		if label := words["A3"][d.Code]; label != d.Label {
			t.Errorf("designation %s: %q, the form says %q", d.Code, d.Label, label)
		}
	}
}
