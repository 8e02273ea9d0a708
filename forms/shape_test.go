package forms

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"pgregory.net/rapid"
)

// Shape asks the validator only about what is answered. It finds exactly what
// the validator finds when it walks over the whole struct by itself, whatever
// is wrong and wherever.
func TestShapeFindsWhatTheValidatorFinds(t *testing.T) {
	for name, form := range map[string]*Form{"referral": Questions, "review": Reviews, "route": Routes} {
		empty := map[string]any{"referral": &Referral{}, "review": &Review{}, "route": &Route{}}[name]
		t.Run(name, func(t *testing.T) {
			broken := 0
			rapid.Check(t, func(t *rapid.T) {
				r := reflect.New(reflect.TypeOf(empty).Elem())
				for _, s := range form.Sections {
					spoil(t, s.Fields, r.Elem())
				}
				got, want := []string{}, []string{}
				for _, p := range form.Shape(r.Interface(), day) {
					got = append(got, p.Field+": "+p.Message)
				}
				for _, p := range walkedByValidator(form, r.Interface()) {
					want = append(want, p.Field+": "+p.Message)
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("found\n%q, the validator\n%q", got, want)
				}
				broken += len(got)
			})
			if broken < 100 {
				t.Errorf("only %d broken rules were tried", broken)
			}
		})
	}
}

// spoil answers some of the fields, mostly in a wrong shape.
func spoil(t *rapid.T, fields []*Field, at reflect.Value) {
	texts := rapid.SampledFrom([]string{"", "", "x", "yes", "2R", "a\nb", "a\u202eb", "me@example.org", "2999-01-01", "1899", "2026-11-02", "unknown", strings.Repeat("ü", 101), strings.Repeat("a", 15001)})
	for _, f := range fields {
		v := at.FieldByIndex(f.index)
		switch f.Kind {
		case KindGroup:
			spoil(t, f.Fields, v)
		case KindRepeat:
			rows := rapid.SampledFrom([]int{0, 0, 1, 2, f.Max, f.Max + 1}).Draw(t, "rows")
			v.Set(reflect.MakeSlice(v.Type(), rows, rows))
			for i := range min(rows, 2) {
				spoil(t, f.Fields, v.Index(i))
			}
		case KindMulti:
			for range rapid.SampledFrom([]int{0, 0, 1, 3, f.Max + 1}).Draw(t, "choices") {
				item := reflect.New(v.Type().Elem()).Elem()
				item.SetString(rapid.SampledFrom([]string{"x", f.Codes[0]}).Draw(t, "choice"))
				v.Set(reflect.Append(v, item))
			}
		case KindTick:
			v.SetBool(rapid.Bool().Draw(t, "tick"))
		case KindNumber:
			v.Set(reflect.ValueOf(rapid.SampledFrom([]Number{{}, Of(0), Of(-1), Of(25), Of(2_000_000_000)}).Draw(t, "number")))
		default:
			v.SetString(texts.Draw(t, "text"))
		}
	}
}

// walkedByValidator is what the validator says of the whole struct.
func walkedByValidator(form *Form, r any) Problems {
	v := newShape()
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("json") })
	var broken validator.ValidationErrors
	errors.As(v.StructCtx(context.WithValue(context.Background(), todayKey{}, day), r), &broken)
	var out Problems
	for _, fe := range broken {
		// "Referral.Events.traffickers[0].name"; a section has no name of its own.
		parts := strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(fe.Namespace()), ".")[2:]
		f := form.fieldAt(strings.Join(parts, "."))
		if f.Kind == KindMulti && digits(parts[len(parts)-1]) {
			parts = parts[:len(parts)-1]
		}
		out = append(out, Problem{Field: strings.Join(parts, "."), Message: form.words.rule(fe.Tag(), fe.Param(), f)})
	}
	return out
}

// fieldAt returns the question at a path that may hold row numbers.
func (form *Form) fieldAt(path string) *Field {
	return form.byPath[strings.Join(slices.DeleteFunc(strings.Split(path, "."), digits), ".")]
}
