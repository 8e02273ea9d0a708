package forms

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// set stores what was typed or sent as the answer to f. The sentence that it
// returns says what is wrong; the answer is then left empty.
func (f *Field) set(v reflect.Value, in []string) error {
	in = slices.DeleteFunc(slices.Clone(in), func(s string) bool { return strings.TrimSpace(s) == "" })
	for _, s := range in {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return sentence("This answer holds characters that cannot be read. Type it again.")
		}
	}
	if f.Kind == KindMulti {
		return f.setMulti(v, in)
	}
	if len(in) > 1 {
		return sentence("This answer was sent twice. Reload the page, check the answer and save again.")
	}
	one := ""
	if len(in) == 1 {
		one = strings.TrimSpace(in[0])
	}
	return f.setOne(v, one)
}

func (f *Field) setOne(v reflect.Value, one string) error {
	switch f.Kind {
	case KindTick:
		if one != "" && one != "yes" && one != "no" {
			return sentence("Tick this box or leave it empty.")
		}
		v.SetBool(one == "yes")
	case KindNumber:
		return setNumber(v, one)
	case KindChoice:
		code, ok := f.codeOf(one)
		if one != "" && !ok {
			return sentence(f.unlisted)
		}
		v.SetString(code)
	case KindProse:
		v.SetString(strings.ReplaceAll(one, "\r\n", "\n"))
	default:
		v.SetString(one)
	}
	return nil
}

func setNumber(v reflect.Value, one string) error {
	if one == "" {
		v.SetZero()
		return nil
	}
	n, err := strconv.Atoi(one)
	if err != nil || len(one) > 9 {
		return sentence("Enter a whole number, for example 16.")
	}
	v.Set(reflect.ValueOf(Of(n)))
	return nil
}

func (f *Field) setMulti(v reflect.Value, in []string) error {
	if len(in) > len(f.Codes)+50 {
		return sentence("There are more answers here than the list has. Reload the page and choose again.")
	}
	list := reflect.MakeSlice(v.Type(), 0, len(in))
	seen := map[string]bool{}
	for _, s := range in {
		code, ok := f.codeOf(strings.TrimSpace(s))
		if !ok {
			return sentence("Choose only answers that stand in the list.")
		}
		if seen[code] {
			continue
		}
		seen[code] = true
		item := reflect.New(v.Type().Elem()).Elem()
		item.SetString(code)
		list = reflect.Append(list, item)
	}
	if list.Len() == 0 {
		v.SetZero()
		return nil
	}
	v.Set(list)
	return nil
}

// codeOf returns the code that was meant: the code itself or the label, in any
// case, as a list with free typing sends it.
func (f *Field) codeOf(s string) (string, bool) {
	if slices.Contains(f.Codes, s) {
		return s, true
	}
	want := fold(s)
	for i, label := range f.Labels {
		if want != "" && fold(label) == want {
			return f.Codes[i], true
		}
	}
	return "", false
}

// fold makes two spellings of one word equal: case, accents, punctuation and
// double spaces do not count.
func fold(s string) string {
	s = cases.Fold().String(norm.NFKD.String(s))
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		default:
			space = true
		}
	}
	return b.String()
}
