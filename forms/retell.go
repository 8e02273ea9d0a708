package forms

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// somewhere is the letter of the section that a form made by Some has.
const somewhere = "some"

// With returns the questions of these ids and those that are asked because of
// them, sections as a whole among them, in the order of the form. What is no question, or is filled in by the
// program, is left out.
func (form *Form) With(ids []string) []*Field {
	var out []*Field
	names := map[string]bool{}
	asked := func(t Term) bool { return names[t.Name] }
	for _, s := range form.Sections {
		whole := slices.ContainsFunc(s.When, asked)
		for _, f := range s.Fields {
			because := whole || slices.ContainsFunc(f.When, asked)
			if !f.Derived && (because || slices.Contains(ids, f.ID)) {
				out = append(out, f)
				names[f.Name] = true
			}
		}
	}
	return out
}

// DecodeSome reads the answers to these questions from a page into r, as
// DecodeSection does for a section; other answers stay as they are.
func (form *Form) DecodeSome(r *Referral, fields []*Field, in map[string][]string) Problems {
	some := *form
	some.Sections = []*Section{{ID: somewhere, Fields: fields}}
	return some.DecodeSection(r, somewhere, in)
}

// Replace reads one JSON object of answers into r: each question that it names
// is answered by it alone, also with null, and the others stay as they are.
func (form *Form) Replace(r *Referral, data []byte) Problems {
	var names map[string]json.RawMessage
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && json.Unmarshal(data, &names) == nil {
		root := reflect.ValueOf(r).Elem()
		for name := range names {
			if f := form.byPath[name]; f != nil && !f.Derived && !strings.Contains(name, ".") {
				root.FieldByIndex(f.index).SetZero()
			}
		}
	}
	return form.DecodeJSON(r, data)
}

// Changed returns the questions, each as a whole, that two versions of the
// answers answer differently, in the order of the form.
func (form *Form) Changed(before, after *Referral) []*Field {
	was, is := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	var out []*Field
	for _, s := range form.Sections {
		for _, f := range s.Fields {
			if !reflect.DeepEqual(was.FieldByIndex(f.index).Interface(), is.FieldByIndex(f.index).Interface()) {
				out = append(out, f)
			}
		}
	}
	return out
}
