package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/workflow"
)

// schema is a JSON Schema as far as what is given needs it; what is asked has
// that of package forms.
type schema struct {
	Ref         string             `json:"$ref,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Description string             `json:"description,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Minimum     int                `json:"minimum,omitempty"`
	Maximum     int                `json:"maximum,omitempty"`
	MaxLength   int                `json:"maxLength,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Additional  *bool              `json:"additionalProperties,omitempty"`
}

func refTo(name string) *schema { return &schema{Ref: "#/components/schemas/" + name} }

// given are the types of answers that the routes name.
var given = []any{me{}, record{}, receipt{}, draft{}, page{}, letters{}, looks{}, tasks{}, comparison{}, group{}, results{}, reports.Report{}, refusal{}}

// schemasOf returns every schema by its name.
func schemasOf() (map[string]json.RawMessage, error) {
	asked := map[string]*forms.Schema{bodyReferral: plain(forms.Questions.Schema(formTitle), true), bodyFacts: plain(forms.Facts.Schema(factsTitle), true)}
	no := false
	told := map[string]*schema{bodySave: saveSchema(), bodyNothing: {Type: "object", Additional: &no}}
	maps.Copy(told, groupSchemas())
	for _, r := range routes() {
		if do, ok := strings.CutPrefix(r.Body, bodyRev); ok && asked[r.Body] == nil {
			asked[r.Body] = deedSchema(strings.TrimPrefix(do, "."))
		}
	}
	d := describer{told: told, types: map[string]reflect.Type{}}
	for _, v := range given {
		d.describe(reflect.TypeOf(v))
	}
	out := map[string]json.RawMessage{}
	for name, s := range asked {
		if err := write(out, name, s); err != nil {
			return nil, err
		}
	}
	for name, s := range told {
		if err := write(out, name, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func write[T any](out map[string]json.RawMessage, name string, s *T) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("api: writing the schema of %s: %w", name, err)
	}
	out[name] = text
	return nil
}

// plain rewrites a schema of package forms for a description that has its own
// dialect: the words go to title and description. Without form it loses what
// only the form's own questions have.
func plain(s *forms.Schema, form bool) *forms.Schema {
	s.Dialect, s.Label, s.Options = "", "", nil
	s.Description = strings.TrimSpace(s.Hint + " " + s.Description)
	s.Hint = ""
	if !form {
		s.ID, s.Section, s.Sees, s.Kind, s.Gate, s.Shared = "", "", nil, "", "", ""
	}
	for _, child := range s.Properties {
		plain(child, form)
	}
	if s.Items != nil {
		plain(s.Items, form)
	}
	return s
}

// deedSchema is what one act takes.
func deedSchema(do string) *forms.Schema {
	form := forms.FormOf(do)
	s := plain(form.Schema(""), false)
	if do != noted {
		s.Required = []string{"rev"}
	}
	for _, f := range form.Fields {
		if form.Needs(f.Name) {
			s.Required = append(s.Required, f.Name)
		}
	}
	if referrals.Tells(workflow.Action(do)) {
		s.Properties[toldAnswers] = &forms.Schema{Type: "object", Description: "answers that are different now, by name as in the form; each replaces the one before, null takes it away. " +
			"An answer to a question changes only what it was pinned to"}
	}
	return s
}

// saveSchema is what saving a draft takes.
func saveSchema() *schema {
	no := false
	return &schema{Type: "object", Required: []string{"rev", "answers"}, Additional: &no, Properties: map[string]*schema{
		"rev":     {Type: kindInteger, Description: "the revision that the caller saw"},
		"answers": {Ref: refTo(bodyReferral).Ref, Description: "all answers of the draft"},
	}}
}

// component is the name of a type in the description.
func component(t reflect.Type) string {
	return strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
}

// describer describes the types that are given.
type describer struct {
	told  map[string]*schema
	types map[string]reflect.Type
}

// describe adds the schema of a struct, and of those that it holds. It panics
// when two have one name, so that a slip fails the first test.
func (d describer) describe(t reflect.Type) {
	name := component(t)
	if d.types[name] == t {
		return
	}
	if d.told[name] != nil {
		panic("api: two types are described as " + name)
	}
	s := &schema{Type: "object", Properties: map[string]*schema{}}
	d.told[name], d.types[name] = s, t
	for i := range t.NumField() {
		f := t.Field(i)
		key, how, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "-" {
			continue
		}
		one := *d.schemaOf(f.Type)
		if say := f.Tag.Get("say"); say != "" {
			one.Description = say
		}
		s.Properties[key] = &one
		if how == "" {
			s.Required = append(s.Required, key)
		}
	}
	slices.Sort(s.Required)
}

// words are types whose values are a closed list.
type words interface{ Values() []string }

func (d describer) schemaOf(t reflect.Type) *schema {
	switch t {
	case reflect.TypeFor[time.Time]():
		return &schema{Type: kindString, Format: "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return &schema{Type: "object"}
	case reflect.TypeFor[workflow.Action]():
		return &schema{Type: kindString}
	}
	if w, ok := reflect.Zero(t).Interface().(words); ok {
		return &schema{Type: kindString, Enum: w.Values()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.schemaOf(t.Elem())
	case reflect.Slice:
		return &schema{Type: "array", Items: d.schemaOf(t.Elem())}
	case reflect.Struct:
		d.describe(t)
		return refTo(component(t))
	case reflect.Bool:
		return &schema{Type: kindBoolean}
	case reflect.Int:
		return &schema{Type: kindInteger}
	}
	return &schema{Type: kindString}
}
