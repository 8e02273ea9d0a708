package forms

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// Schema is a JSON Schema 2020-12 of a form, as far as the form needs it. The
// names that begin with "x-" tell what a schema cannot.
type Schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	MaxLength   int                `json:"maxLength,omitempty"`
	Maximum     *int               `json:"maximum,omitempty"`
	MaxItems    int                `json:"maxItems,omitempty"`
	ReadOnly    bool               `json:"readOnly,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	Additional  *bool              `json:"additionalProperties,omitempty"`
	Required    []string           `json:"required,omitempty"`

	ID      string         `json:"x-id,omitempty"`      // of the question
	Section string         `json:"x-section,omitempty"` // letter
	Sees    []string       `json:"x-sees,omitempty"`    // readers, with what must hold besides
	When    string         `json:"x-when,omitempty"`    // asked only then
	Kind    Kind           `json:"x-kind,omitempty"`    //
	Gate    string         `json:"x-gate,omitempty"`    // must be answered to submit: "always", or the condition
	Shared  Sharing        `json:"x-shared,omitempty"`  // a fact that several people of one encounter have in common
	Label   string         `json:"label,omitempty"`     //
	Hint    string         `json:"hint,omitempty"`      //
	Options []OptionSchema `json:"options,omitempty"`
}

// OptionSchema is one choice of a list with what people read.
type OptionSchema struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// Schema returns the form's schema: a walk over the same declaration that draws
// the page and checks the answers. Which answers a submission needs depends on
// other answers, so no name is "required"; x-gate says when it is.
func (form *Form) Schema(title string) *Schema {
	no := false
	root := &Schema{Dialect: "https://json-schema.org/draft/2020-12/schema", Title: title, Type: "object", Properties: map[string]*Schema{}, Additional: &no}
	for _, s := range form.Sections {
		for _, f := range s.Fields {
			one := form.schema(f)
			if len(s.When) > 0 {
				one.When = strings.TrimSuffix(s.When.String()+"; "+one.When, "; ")
			}
			root.Properties[f.Name] = one
		}
	}
	return root
}

func (form *Form) schema(f *Field) *Schema {
	out := &Schema{ID: f.ID, Section: f.Section, Sees: seesOf(f), When: f.When.String(), Kind: f.Kind, Gate: gateOf(f.Path), Shared: f.Shared,
		Label: f.Label, Title: f.Label, Hint: f.Hint, Description: f.Why, ReadOnly: f.Derived || f.Kind == KindMoment}
	for i, code := range f.Codes {
		out.Options = append(out.Options, OptionSchema{Code: code, Label: f.Labels[i]})
	}
	switch f.Kind {
	case KindGroup, KindRepeat:
		form.schemaOfRows(f, out)
	case KindMulti:
		out.Type, out.Items, out.MaxItems = "array", &Schema{Type: "string", Enum: f.Codes}, f.Max
	case KindTick:
		out.Type = "boolean"
	case KindNumber:
		out.Type, out.Maximum = "integer", &f.Max
	default:
		out.Type, out.MaxLength, out.Enum = "string", f.Max, f.Codes
		out.Format = map[Kind]string{KindEmail: "email", KindDate: "date", KindMoment: "date-time"}[f.Kind]
		if f.Kind == KindPartial {
			out.Pattern = `^(unknown|\d{4}(-\d{2}(-\d{2})?)?)$`
		}
	}
	return out
}

func (form *Form) schemaOfRows(f *Field, out *Schema) {
	no := false
	row := &Schema{Type: "object", Properties: map[string]*Schema{}, Additional: &no}
	for _, child := range f.Fields {
		row.Properties[child.Name] = form.schema(child)
	}
	if f.Kind == KindGroup {
		out.Type, out.Properties, out.Additional = row.Type, row.Properties, row.Additional
		return
	}
	out.Type, out.Items, out.MaxItems = "array", row, f.Max
}

func seesOf(f *Field) []string {
	var out []string
	for _, reader := range slices.Sorted(maps.Keys(f.Sees)) {
		code := string(reader)
		if only := f.Sees[reader]; only != "" {
			code += "/" + only
		}
		out = append(out, code)
	}
	sort.Strings(out)
	return out
}

// gateOf returns when the question at path must be answered: "", "always" or a
// condition.
func gateOf(path string) string {
	for _, g := range Gates {
		if g.Field != path || g.Say == "consent_past" || g.Say == "giver_is_trafficker" {
			continue
		}
		if g.When == "" {
			return "always"
		}
		return g.When
	}
	return ""
}
