package forms

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// JSON writes the answers of r, a pointer to the struct that form was compiled
// from, as one object by name in the order of the form. What is not answered
// is left out, so most of a referral is; encoding/json reads it back.
func (form *Form) JSON(r any) ([]byte, error) {
	w := jsonWriter{out: make([]byte, 0, 4096)}
	root := reflect.ValueOf(r).Elem()
	w.out = append(w.out, '{')
	for _, s := range form.Sections {
		w.members(s.Fields, root)
	}
	w.out = append(w.out, '}')
	if w.err != nil {
		return nil, fmt.Errorf("forms: writing answers: %w", w.err)
	}
	return w.out, nil
}

// jsonWriter keeps the first thing that went wrong.
type jsonWriter struct {
	out []byte
	err error
}

func (w *jsonWriter) members(fields []*Field, at reflect.Value) {
	for _, f := range fields {
		v := at.FieldByIndex(f.index)
		if v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
			continue
		}
		w.comma('{')
		w.out = append(w.out, '"')
		w.out = append(append(w.out, f.Name...), '"', ':') // a name is letters and digits
		w.value(f, v)
	}
}

// comma separates a member or an item from the one before it, if there is one.
func (w *jsonWriter) comma(begin byte) {
	if w.out[len(w.out)-1] != begin {
		w.out = append(w.out, ',')
	}
}

func (w *jsonWriter) value(f *Field, v reflect.Value) {
	switch f.Kind {
	case KindGroup:
		w.object(f, v)
	case KindRepeat, KindMulti:
		w.out = append(w.out, '[')
		for i := range v.Len() {
			w.comma('[')
			if f.Kind == KindRepeat {
				w.object(f, v.Index(i))
			} else {
				w.text(v.Index(i).String())
			}
		}
		w.out = append(w.out, ']')
	case KindTick:
		w.out = strconv.AppendBool(w.out, v.Bool())
	case KindNumber:
		w.number(v.Interface().(Number))
	default:
		w.text(v.String())
	}
}

func (w *jsonWriter) object(f *Field, v reflect.Value) {
	w.out = append(w.out, '{')
	w.members(f.Fields, v)
	w.out = append(w.out, '}')
}

func (w *jsonWriter) number(n Number) {
	if !n.Set {
		w.out = append(w.out, "null"...)
		return
	}
	w.out = strconv.AppendInt(w.out, int64(n.N), 10)
}

// text writes s as the library does, which alone knows every character.
func (w *jsonWriter) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil && w.err == nil {
				w.err = err
			}
			w.out = append(w.out, quoted...)
			return
		}
	}
	w.out = append(append(append(w.out, '"'), s...), '"')
}
