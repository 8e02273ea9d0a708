package forms

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
)

// shape checks the rules of shape that stand in the tags; it is built once and
// safe for concurrent use.
var shape = newShape()

type todayKey struct{}

func newShape() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterCustomTypeFunc(func(v reflect.Value) any {
		if n := v.Interface().(Number); n.Set {
			return n.N
		}
		return nil
	}, Number{})
	rules := map[string]validator.FuncCtx{
		"line":  func(_ context.Context, fl validator.FieldLevel) bool { return readable(fl.Field().String(), false) },
		"prose": func(_ context.Context, fl validator.FieldLevel) bool { return readable(fl.Field().String(), true) },
		"name": func(_ context.Context, fl validator.FieldLevel) bool {
			return !strings.ContainsFunc(fl.Field().String(), unicode.IsDigit)
		},
		"phone":   func(_ context.Context, fl validator.FieldLevel) bool { return phoneOK(fl.Field().String()) },
		"date":    func(_ context.Context, fl validator.FieldLevel) bool { return Date(fl.Field().String()).Valid() },
		"partial": func(_ context.Context, fl validator.FieldLevel) bool { return PartialDate(fl.Field().String()).Valid() },
		"reference": func(_ context.Context, fl validator.FieldLevel) bool {
			_, ok := ParseReference(fl.Field().String())
			return ok
		},
		"option": func(_ context.Context, fl validator.FieldLevel) bool { return isOption(fl.Field()) },
		"past":   func(ctx context.Context, fl validator.FieldLevel) bool { return notAfter(ctx, fl.Field().String()) },
		"age":    func(ctx context.Context, fl validator.FieldLevel) bool { return livedAge(ctx, fl.Field().String()) },
	}
	for tag, rule := range rules {
		if err := v.RegisterValidationCtx(tag, rule); err != nil {
			panic("forms: rule " + tag + ": " + err.Error())
		}
	}
	return v
}

// Readable says whether a text can be shown and changes nothing of how other
// text is shown; lines may be broken in it where lines is set.
func Readable(s string, lines bool) bool { return readable(s, lines) }

// readable refuses what cannot be shown or would change how other text is
// shown: control characters, invalid UTF-8, and direction overrides.
func readable(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if lines && (r == '\n' || r == '\t') {
			continue
		}
		if unicode.IsControl(r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFFFE || r == 0xFEFF {
			return false
		}
	}
	return true
}

// phoneOK accepts a North American number of ten digits, with or without the
// leading 1, and an international one that begins with +.
func phoneOK(s string) bool {
	international := strings.HasPrefix(strings.TrimSpace(s), "+")
	var d []rune
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			d = append(d, r)
		case !strings.ContainsRune("+-. ()/", r):
			return false
		}
	}
	if international {
		return len(d) >= 7 && len(d) <= 15
	}
	if len(d) == 11 && d[0] == '1' {
		d = d[1:]
	}
	return len(d) == 10 && d[0] >= '2' && d[3] >= '2'
}

// optionCodes are the codes of every list that a form asks, by its type.
var optionCodes = sync.OnceValue(func() map[reflect.Type][]string {
	out := map[reflect.Type][]string{}
	for _, form := range []*Form{Questions, Reviews, Routes} {
		for _, f := range form.byPath {
			switch f.Kind {
			case KindChoice:
				out[f.typ] = f.Codes
			case KindMulti:
				out[f.typ.Elem()] = f.Codes
			}
		}
	}
	return out
})

func isOption(v reflect.Value) bool {
	codes, known := optionCodes()[v.Type()]
	if !known {
		o, ok := v.Interface().(optioned)
		if !ok {
			return false
		}
		codes = o.Options()
	}
	return slices.Contains(codes, v.String())
}

func today(ctx context.Context) Date {
	d, _ := ctx.Value(todayKey{}).(Date)
	return d
}

// notAfter: a date that can only lie after today lies in the future.
func notAfter(ctx context.Context, s string) bool {
	first := PartialDate(s).First()
	return first == "" || first <= today(ctx)
}

// livedAge: nobody alive is older than 110.
func livedAge(ctx context.Context, s string) bool {
	last := PartialDate(s).Last()
	if last == "" {
		return true
	}
	return AgeOn(last, today(ctx)) <= 110
}

// AgeOn returns full years from born to on; both are real dates.
func AgeOn(born, on Date) int {
	b, err := time.Parse(time.DateOnly, string(born))
	if err != nil {
		return 0
	}
	o, err := time.Parse(time.DateOnly, string(on))
	if err != nil {
		return 0
	}
	years := o.Year() - b.Year()
	if o.Month() < b.Month() || o.Month() == b.Month() && o.Day() < b.Day() {
		years--
	}
	return years
}

// Shape returns what is wrong with the form of the answers in r on the day
// today, whether or not more must be answered. A draft is saved only without.
func (form *Form) Shape(r any, on Date) Problems {
	w := shapes{form: form, ctx: context.WithValue(context.Background(), todayKey{}, on)}
	root := reflect.ValueOf(r).Elem()
	for _, s := range form.Sections {
		w.fields(s.Fields, root, "")
	}
	return w.problems
}

// shapes walks over the answers that there are: most of a referral is not
// answered, and every rule accepts no answer.
type shapes struct {
	form     *Form
	ctx      context.Context
	problems Problems
}

func (w *shapes) fields(fields []*Field, at reflect.Value, prefix string) {
	for _, f := range fields {
		v := at.FieldByIndex(f.index)
		if v.IsZero() {
			continue
		}
		switch {
		case f.Kind == KindGroup:
			w.fields(f.Fields, v, prefix+f.Name+".")
		case w.keeps(f, v, prefix) && f.Kind == KindRepeat:
			for i := range v.Len() {
				w.fields(f.Fields, v.Index(i), prefix+f.Name+"."+strconv.Itoa(i)+".")
			}
		}
	}
}

// keeps reports whether v keeps the rules of f, and says where it does not.
func (w *shapes) keeps(f *Field, v reflect.Value, prefix string) bool {
	if f.shape == "" {
		return true
	}
	broken, _ := shape.VarCtx(w.ctx, v.Addr().Interface(), f.shape).(validator.ValidationErrors)
	for _, fe := range broken {
		w.problems = append(w.problems, Problem{ID: f.ID, Field: prefix + f.Name, Message: w.form.words.rule(fe.Tag(), fe.Param(), f)})
	}
	return len(broken) == 0
}

// Check returns everything that stands against submitting r on the day today:
// what is wrong in shape, then what must be answered and is not. The answers
// that do not apply are dropped from r first.
func (form *Form) Check(r *Referral, on Date) Problems {
	form.Prune(r)
	return append(form.Shape(r, on), form.gates(r, on)...)
}
