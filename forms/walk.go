package forms

import (
	"reflect"
	"strconv"
	"strings"
)

// Answer is one place of a filled-in form that can hold an answer.
type Answer struct {
	Field *Field
	Path  string // with the number of the row: "traffickers.0.name"

	value reflect.Value
}

// Codes returns the answer as codes or typed text, one for each choice of a
// list; nothing when there is no answer. A ticked box is "yes".
func (a Answer) Codes() []string {
	v := a.value
	switch a.Field.Kind {
	case KindMulti:
		out := make([]string, v.Len())
		for i := range out {
			out[i] = v.Index(i).String()
		}
		return out
	case KindTick:
		if v.Bool() {
			return []string{"yes"}
		}
		return nil
	case KindNumber:
		if n := v.Interface().(Number); n.Set {
			return []string{n.String()}
		}
		return nil
	}
	if s := v.String(); s != "" {
		return []string{s}
	}
	return nil
}

// Empty reports whether there is no answer.
func (a Answer) Empty() bool { return len(a.Codes()) == 0 }

// Answers returns every place of r that can hold an answer, in the order of
// the form; r is a pointer to the struct that form was compiled from.
func (form *Form) Answers(r any) []Answer {
	var out []Answer
	for _, s := range form.Sections {
		out = append(out, form.AnswersTo(s.Fields, r)...)
	}
	return out
}

// AnswersTo is Answers for some of the questions that stand in no group.
func (form *Form) AnswersTo(fields []*Field, r any) []Answer {
	return leaves(nil, fields, reflect.ValueOf(r).Elem(), "")
}

// Codes returns the codes that answer a question of r by its name, as a
// condition reads them.
func (form *Form) Codes(r any, name string) []string { return form.named(r)(name) }

func leaves(out []Answer, fields []*Field, parent reflect.Value, prefix string) []Answer {
	for _, f := range fields {
		v := parent.FieldByIndex(f.index)
		switch f.Kind {
		case KindGroup:
			out = leaves(out, f.Fields, v, prefix+f.Name+".")
		case KindRepeat:
			for i := range v.Len() {
				out = leaves(out, f.Fields, v.Index(i), prefix+f.Name+"."+strconv.Itoa(i)+".")
			}
		default:
			out = append(out, Answer{Field: f, Path: prefix + f.Name, value: v})
		}
	}
	return out
}

// codesIn returns what answers a question that a condition names: a sibling in
// the same group or row first, then one of the form's own.
func (form *Form) codesIn(root, siblings reflect.Value, parent *Field) func(string) []string {
	return func(name string) []string {
		if parent != nil {
			if f := form.byPath[parent.Path+"."+name]; f != nil {
				return Answer{Field: f, value: siblings.FieldByIndex(f.index)}.Codes()
			}
		}
		f := form.byPath[name]
		if f == nil || !f.Leaf() {
			return nil
		}
		return Answer{Field: f, value: root.FieldByIndex(f.index)}.Codes()
	}
}

// Prune drops the answers of r to questions that do not apply, and rows
// without an answer. A condition names earlier questions only, so one walk in
// the order of the form is enough. It returns the paths that it emptied.
func (form *Form) Prune(r any) []string {
	p := pruner{form: form, root: reflect.ValueOf(r).Elem()}
	for _, s := range form.Sections {
		asked := s.When.Holds(form.codesIn(p.root, reflect.Value{}, nil))
		p.fields(s.Fields, p.root, nil, "", asked)
	}
	return p.dropped
}

type pruner struct {
	form    *Form
	root    reflect.Value
	dropped []string
}

func (p *pruner) fields(fields []*Field, at reflect.Value, parent *Field, prefix string, asked bool) {
	answers := p.form.codesIn(p.root, at, parent)
	for _, f := range fields {
		v := at.FieldByIndex(f.index)
		if !asked || !f.When.Holds(answers) {
			if !v.IsZero() {
				p.dropped = append(p.dropped, prefix+f.Name)
				v.SetZero()
			}
			continue
		}
		switch f.Kind {
		case KindGroup:
			p.fields(f.Fields, v, f, prefix+f.Name+".", true)
		case KindRepeat:
			for i := range v.Len() {
				p.fields(f.Fields, v.Index(i), f, prefix+f.Name+"."+strconv.Itoa(i)+".", true)
			}
			dropEmptyRows(v)
		}
	}
}

func dropEmptyRows(v reflect.Value) {
	kept := 0
	for i := range v.Len() {
		if !v.Index(i).IsZero() {
			v.Index(kept).Set(v.Index(i))
			kept++
		}
	}
	if kept == 0 {
		v.SetZero()
		return
	}
	v.SetLen(kept)
}

// named returns what answers a question of r by its name.
func (form *Form) named(r any) func(string) []string {
	return form.codesIn(reflect.ValueOf(r).Elem(), reflect.Value{}, nil)
}

// Asks reports whether the section s is asked, given the answers in r.
func (form *Form) Asks(r any, s *Section) bool { return s.When.Holds(form.named(r)) }

// Applies reports whether the question at path is asked, given the answers in r.
func (form *Form) Applies(r any, path string) bool {
	f := form.byPath[path]
	return f != nil && form.applies(f, form.named(r))
}

// applies reports whether f is asked, given what answers it by name.
func (form *Form) applies(f *Field, answers func(string) []string) bool {
	return form.Section(f.Section).When.Holds(answers) && f.When.Holds(answers)
}

// answered reports whether the question at path, or any question in it, has
// an answer in r.
func (form *Form) answered(r any, path string) bool {
	f := form.byPath[path]
	v := reflect.ValueOf(r).Elem()
	if parent, _, nested := strings.Cut(path, "."); nested {
		v = v.FieldByIndex(form.byPath[parent].index)
	}
	v = v.FieldByIndex(f.index)
	if f.Leaf() {
		return !Answer{Field: f, value: v}.Empty()
	}
	return !v.IsZero()
}
