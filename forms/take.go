package forms

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Sent is one section of a draft as a page sent it.
type Sent struct {
	Section string
	In      url.Values
	// Was holds a mark of what the page showed, one for each question that Marked
	// lists. Questions without one are taken as if nobody else changed them when
	// Fresh, and as if somebody did when not.
	Was   []string
	Fresh bool
	// Mark makes the mark of the answer to a question. Equal answers have equal
	// marks.
	Mark func(f *Field, answer string) string
}

// Taken is what became of a section that was sent.
type Taken struct {
	Wrong     Problems // what is wrong with what was typed, and was left out
	Elsewhere []*Field // answered here and, differently, somewhere else since: the stored answer stands
	Theirs    []*Field // answered somewhere else since, and not here: the stored answer stands
	Now       []string // marks for the page that sent it, which shows what was typed still
}

// Marked returns the questions of a section that bear a mark, each as a whole,
// in the order of the form; nil for a section that there is not.
func (form *Form) Marked(section string) []*Field {
	s := form.Section(section)
	if s == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Fields), func(f *Field) bool { return f.Derived })
}

// Marks returns the marks of the answers of r to the questions of a section.
func (form *Form) Marks(r any, section string, mark func(f *Field, answer string) string) []string {
	var out []string
	for _, f := range form.Marked(section) {
		out = append(out, mark(f, form.text(r, f)))
	}
	return out
}

// text is the whole answer to a question on one line: two answers differ where
// their texts do.
func (form *Form) text(r any, f *Field) string {
	var b strings.Builder
	for _, a := range form.AnswersTo([]*Field{f}, r) {
		for _, code := range a.Codes() {
			b.WriteString(strconv.Quote(a.Path) + strconv.Quote(code))
		}
	}
	return b.String()
}

// Take reads one section of a page into r, a draft that may have changed since
// the page was drawn, and loses nothing of either: an answer that is wrong is
// left out while the others are taken, and one that was changed elsewhere stays
// unless it is the same. A Problem without Field in Wrong means that no page of
// ours sent this, and that nothing was taken.
func (form *Form) Take(r any, p Sent, on Date) Taken {
	stored := reflect.ValueOf(r).Elem()
	typed := reflect.New(stored.Type())
	typed.Elem().Set(stored)
	var out Taken
	out.Wrong = form.DecodeSection(typed.Interface(), p.Section, p.In)
	if slices.ContainsFunc(out.Wrong, func(one Problem) bool { return one.Field == "" }) {
		return out
	}
	form.putBack(typed.Elem(), stored, out.Wrong, false)
	bad := slices.DeleteFunc(form.Shape(typed.Interface(), on), func(one Problem) bool {
		return form.sectionOf(one.Field) != p.Section || out.Wrong.Of(one.Field) != ""
	})
	form.putBack(typed.Elem(), stored, bad, true)
	out.Wrong = append(out.Wrong, bad...)
	form.merge(r, typed.Interface(), p, &out)
	return out
}

// sectionOf is the letter of the section that asks the question at path.
func (form *Form) sectionOf(path string) string {
	top, _, _ := strings.Cut(path, ".")
	if f := form.byPath[top]; f != nil {
		return f.Section
	}
	return ""
}

// putBack undoes what is wrong in typed. In a row it leaves the answer empty, as
// the row that stood there before may have been another one; rows counts those
// rows by the answers and not by the page, where decoding left it empty already.
func (form *Form) putBack(typed, stored reflect.Value, wrong Problems, rows bool) {
	for _, one := range wrong {
		at, was, path, inRow := typed, stored, "", false
		for part := range strings.SplitSeq(one.Field, ".") {
			if n, err := strconv.Atoi(part); err == nil {
				inRow = true
				if !rows || n >= at.Len() {
					at = reflect.Value{}
					break
				}
				at = at.Index(n)
				continue
			}
			path = strings.TrimPrefix(path+"."+part, ".")
			at = at.FieldByIndex(form.byPath[path].index)
			if !inRow {
				was = was.FieldByIndex(form.byPath[path].index)
			}
		}
		switch {
		case !at.IsValid():
		case inRow:
			at.SetZero()
		default:
			at.Set(was)
		}
	}
	if rows {
		for top := range firstParts(wrong) {
			if f := form.byPath[top]; f.Kind == KindRepeat {
				dropEmptyRows(typed.FieldByIndex(f.index))
			}
		}
	}
}

func firstParts(list Problems) map[string]bool {
	out := map[string]bool{}
	for _, one := range list {
		top, _, _ := strings.Cut(one.Field, ".")
		out[top] = true
	}
	return out
}

// merge takes each question of typed into r that nobody else answered since.
func (form *Form) merge(r, typed any, p Sent, out *Taken) {
	wrong := firstParts(out.Wrong)
	to, from := reflect.ValueOf(r).Elem(), reflect.ValueOf(typed).Elem()
	marked := form.Marked(p.Section)
	for i, f := range marked {
		is, says := p.Mark(f, form.text(r, f)), p.Mark(f, form.text(typed, f))
		was := ""
		if len(p.Was) == len(marked) {
			was = p.Was[i]
		} else if p.Fresh {
			was = is
		}
		switch {
		case wrong[f.Name] && is != was:
			out.Elsewhere = append(out.Elsewhere, f)
		case is == was || is == says:
			to.FieldByIndex(f.index).Set(from.FieldByIndex(f.index))
			was = says
		case says == was:
			out.Theirs = append(out.Theirs, f)
		default:
			out.Elsewhere = append(out.Elsewhere, f)
		}
		out.Now = append(out.Now, was)
	}
}
