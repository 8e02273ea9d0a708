package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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
	d := jsonDecoder{json: json.NewDecoder(bytes.NewReader(data)), form: form, root: reflect.ValueOf(r).Elem()}
	d.json.UseNumber()
	var top []*Field
	for _, s := range form.Sections {
		top = append(top, s.Fields...)
	}
	err := d.object(top, d.root, "")
	if err == nil {
		if _, more := d.json.Token(); more != io.EOF {
			err = errJSON
		}
	}
	if err != nil {
		d.add(nil, "", err.Error())
	}
	return d.problems
}

var errJSON = sentence("The body is not one JSON object of answers. Check the commas, quotes and braces.")

type jsonDecoder struct {
	json     *json.Decoder
	form     *Form
	root     reflect.Value
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
// text cannot be read any further.
func (d *jsonDecoder) object(fields []*Field, at reflect.Value, prefix string) error {
	if t, err := d.json.Token(); err != nil || t != json.Delim('{') {
		return errJSON
	}
	seen := map[string]bool{}
	for d.json.More() {
		t, err := d.json.Token()
		if err != nil {
			return errJSON
		}
		name := t.(string)
		if d.keys++; d.keys > MaxKeys {
			return sentence("The body holds far more answers than the form asks.")
		}
		if err := d.member(fields, at, prefix, name, seen[name]); err != nil {
			return err
		}
		seen[name] = true
	}
	if _, err := d.json.Token(); err != nil {
		return errJSON
	}
	return nil
}

func (d *jsonDecoder) member(fields []*Field, at reflect.Value, prefix, name string, again bool) error {
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
		return errJSON
	}
	f := named(fields, name)
	if f == nil {
		d.add(nil, prefix+safeName(name), "The form does not ask this. Leave it out; the names stand in the form's schema.")
		return nil
	}
	if again {
		d.add(f, prefix+name, "This answer was given twice. Give it once.")
		return nil
	}
	if f.Derived {
		return nil
	}
	d.value(f, at.FieldByIndex(f.index), prefix+name, raw)
	return nil
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

func (d *jsonDecoder) value(f *Field, v reflect.Value, path string, raw json.RawMessage) {
	if string(raw) == "null" {
		return
	}
	switch f.Kind {
	case KindGroup:
		d.nested(raw, f, path, func(sub *jsonDecoder) error { return sub.object(f.Fields, v, path+".") })
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

// nested reads raw with read; a value of the wrong kind is a problem of f.
func (d *jsonDecoder) nested(raw json.RawMessage, f *Field, path string, read func(*jsonDecoder) error) {
	sub := &jsonDecoder{json: json.NewDecoder(bytes.NewReader(raw)), form: d.form, root: d.root, keys: d.keys}
	sub.json.UseNumber()
	if err := read(sub); err != nil {
		sub.add(f, path, "Give an object with the names that the form's schema lists here.")
	}
	d.problems, d.keys = append(d.problems, sub.problems...), sub.keys
}

func (d *jsonDecoder) rows(f *Field, v reflect.Value, path string, raw json.RawMessage) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		d.add(f, path, "Give a list here, even for a single row.")
		return
	}
	if len(items) > f.Max {
		d.add(f, path, "There is room for "+strconv.Itoa(f.Max)+" of these. Take some away.")
		return
	}
	rows := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		at := path + "." + strconv.Itoa(i)
		d.nested(item, f, at, func(sub *jsonDecoder) error { return sub.object(f.Fields, rows.Index(i), at+".") })
	}
	if len(items) > 0 {
		v.Set(rows)
	}
}

// scalar returns the answer as it would be typed.
func scalar(f *Field, raw json.RawMessage) ([]string, error) {
	var got any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&got); err != nil {
		return nil, errJSON
	}
	switch f.Kind {
	case KindTick:
		if ticked, ok := got.(bool); ok {
			return map[bool][]string{true: {"yes"}}[ticked], nil
		}
		return nil, sentence("Give true or false here.")
	case KindNumber:
		if n, ok := got.(json.Number); ok {
			return []string{n.String()}, nil
		}
		return nil, sentence("Give a whole number here, without quotes.")
	case KindMulti:
		return texts(got)
	}
	if s, ok := got.(string); ok {
		return []string{s}, nil
	}
	return nil, sentence("Give text in quotes here.")
}

func texts(got any) ([]string, error) {
	list, ok := got.([]any)
	if !ok {
		return nil, sentence("Give a list of codes here, even for one.")
	}
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], ok = item.(string); !ok {
			return nil, sentence(fmt.Sprintf("Give text in quotes as item %d of this list.", i+1))
		}
	}
	return out, nil
}
