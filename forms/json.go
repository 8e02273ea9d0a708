package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Clone returns a copy of r that shares no rows with it.
func (r *Referral) Clone() *Referral {
	out := *r
	unshare(reflect.ValueOf(&out).Elem())
	return &out
}

// unshare gives v rows and lists of its own.
func unshare(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			unshare(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		v.Set(own)
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				unshare(v.Index(i))
			}
		}
	}
}

// MarshalJSON writes the answers as one object by name, then what the State
// added, then the hand-overs; a masked answer is {"masked":true}.
func (v View) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, form := range []string{"referral", "review"} {
		if i > 0 {
			b.WriteByte(',')
		}
		name := map[string]string{"referral": "answers", "review": "review"}[form]
		fmt.Fprintf(&b, "%q:", name)
		var items []Item
		for _, p := range v.Of(form) {
			items = append(items, p.Items...)
		}
		if err := writeItems(&b, items); err != nil {
			return nil, err
		}
	}
	b.WriteString(`,"routes":[`)
	if err := writeRoutes(&b, v.Of("handover")); err != nil {
		return nil, err
	}
	b.WriteString("]}")
	return b.Bytes(), nil
}

func writeRoutes(b *bytes.Buffer, parts []Part) error {
	for i := 0; i < len(parts); {
		if i > 0 {
			b.WriteByte(',')
		}
		items := []Item{{Name: "n", Value: parts[i].N}}
		for n := parts[i].N; i < len(parts) && parts[i].N == n; i++ {
			items = append(items, parts[i].Items...)
		}
		if err := writeItems(b, items); err != nil {
			return err
		}
	}
	return nil
}

func writeItems(b *bytes.Buffer, items []Item) error {
	b.WriteByte('{')
	for i, it := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q:", it.Name)
		if err := writeItem(b, it); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func writeItem(b *bytes.Buffer, it Item) error {
	switch {
	case it.Masked:
		b.WriteString(`{"masked":true}`)
	case it.Kind == KindGroup:
		return writeItems(b, it.Rows[0])
	case it.Kind == KindRepeat:
		b.WriteByte('[')
		for i, row := range it.Rows {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeItems(b, row); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		text, err := json.Marshal(it.Value)
		if err != nil {
			return fmt.Errorf("forms: writing %s: %w", it.ID, err)
		}
		b.Write(text)
	}
	return nil
}

// String keeps the answers out of logs.
func (r *Referral) String() string { return "(withheld)" }

// GoString keeps the answers out of logs.
func (r *Referral) GoString() string { return "(withheld)" }

// Format keeps the answers out of logs, whatever the verb.
func (r Referral) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(withheld)") }
