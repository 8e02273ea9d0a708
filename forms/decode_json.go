package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"unicode/utf8"
)

// DecodeJSON reads one JSON object of answers into r. It is strict where the
// library is not: a name that the form does not ask, a name given twice, a
// value of the wrong kind and invalid UTF-8 are problems. null is no answer;
// what the program fills in itself is passed over.
func (form *Form) DecodeJSON(r any, data []byte) Problems {
	if !utf8.Valid(data) {
		return Problems{{Message: "The body is not valid UTF-8. Send the text as UTF-8."}}
	}
	if !json.Valid(data) {
		return Problems{{Message: errJSON.Error()}}
	}
	var d jsonDecoder
	var top []*Field
	for _, s := range form.Sections {
		top = append(top, s.Fields...)
	}
	if err := d.object(bytes.TrimSpace(data), top, reflect.ValueOf(r).Elem(), ""); err != nil {
		d.add(nil, "", err.Error())
	}
	return d.problems
}

var errJSON = sentence("The body is not one JSON object of answers. Check the commas, quotes and braces.")

// jsonDecoder reads JSON that is known to be valid.
type jsonDecoder struct {
	keys     int
	problems Problems
}

func (d *jsonDecoder) add(f *Field, path, message string) {
	p := Problem{Field: path, Message: message}
	if f != nil {
		p.ID = f.ID
	}
	d.problems = append(d.problems, p)
}

// object reads { name: value, … }. The error that it returns means that the
// text is not read any further.
func (d *jsonDecoder) object(raw []byte, fields []*Field, at reflect.Value, prefix string) error {
	if raw[0] != '{' {
		return errJSON
	}
	seen := map[string]bool{}
	for key, value := range elements(raw) {
		name := unquoted(key)
		if d.keys++; d.keys > MaxKeys {
			return sentence("The body holds far more answers than the form asks.")
		}
		d.member(fields, at, prefix, name, value, seen[name])
		seen[name] = true
	}
	return nil
}

func (d *jsonDecoder) member(fields []*Field, at reflect.Value, prefix, name string, raw []byte, again bool) {
	f := named(fields, name)
	switch {
	case f == nil:
		d.add(nil, prefix+safeName(name), "The form does not ask this. Leave it out; the names stand in the form's schema.")
	case again:
		d.add(f, prefix+name, "This answer was given twice. Give it once.")
	case !f.Derived:
		d.value(f, at.FieldByIndex(f.index), prefix+name, raw)
	}
}

func named(fields []*Field, name string) *Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// safeName returns name if it looks like a name, so that nothing personal that
// stands in the wrong place is repeated.
func safeName(name string) string {
	if len(name) > 40 {
		return "(withheld)"
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return "(withheld)"
		}
	}
	return name
}

func (d *jsonDecoder) value(f *Field, v reflect.Value, path string, raw []byte) {
	if string(raw) == "null" {
		return
	}
	switch f.Kind {
	case KindGroup:
		d.nested(raw, f, v, path)
	case KindRepeat:
		d.rows(f, v, path, raw)
	default:
		in, err := scalar(f, raw)
		if err == nil {
			err = f.set(v, in)
		}
		if err != nil {
			d.add(f, path, err.Error())
		}
	}
}

// nested reads the object raw into the fields of f; a value of another kind is
// a problem of f.
func (d *jsonDecoder) nested(raw []byte, f *Field, v reflect.Value, path string) {
	if err := d.object(raw, f.Fields, v, path+"."); err != nil {
		d.add(f, path, "Give an object with the names that the form's schema lists here.")
	}
}

func (d *jsonDecoder) rows(f *Field, v reflect.Value, path string, raw []byte) {
	if raw[0] != '[' {
		d.add(f, path, "Give a list here, even for a single row.")
		return
	}
	var items [][]byte
	for _, item := range elements(raw) {
		items = append(items, item)
	}
	if len(items) > f.Max {
		d.add(f, path, "There is room for "+strconv.Itoa(f.Max)+" of these. Take some away.")
		return
	}
	rows := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.nested(item, f, rows.Index(i), path+"."+strconv.Itoa(i))
	}
	if len(items) > 0 {
		v.Set(rows)
	}
}

// scalar returns the answer as it would be typed.
func scalar(f *Field, raw []byte) ([]string, error) {
	switch f.Kind {
	case KindTick:
		switch string(raw) {
		case "true":
			return []string{"yes"}, nil
		case "false":
			return nil, nil
		}
		return nil, sentence("Give true or false here.")
	case KindNumber:
		if raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9' {
			return []string{string(raw)}, nil
		}
		return nil, sentence("Give a whole number here, without quotes.")
	case KindMulti:
		return texts(raw)
	}
	if raw[0] == '"' {
		return []string{unquoted(raw)}, nil
	}
	return nil, sentence("Give text in quotes here.")
}

func texts(raw []byte) ([]string, error) {
	if raw[0] != '[' {
		return nil, sentence("Give a list of codes here, even for one.")
	}
	out := []string{}
	for _, item := range elements(raw) {
		if item[0] != '"' {
			return nil, sentence(fmt.Sprintf("Give text in quotes as item %d of this list.", len(out)+1))
		}
		out = append(out, unquoted(item))
	}
	return out, nil
}
