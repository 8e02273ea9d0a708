package forms

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// MaxKeys is how many names one body may hold; its size is limited before.
const MaxKeys = 2000

// Problem is one thing that is wrong, with the sentence that says what to do.
// Field is the path of the answer, "" for the body as a whole.
type Problem struct {
	ID      string `json:"id"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Problems are all things that are wrong; no problem is no error.
type Problems []Problem

// Error says how many; the sentences are for the page.
func (p Problems) Error() string {
	return "forms: " + strconv.Itoa(len(p)) + " answers need attention"
}

// Err returns p as an error, or nil when nothing is wrong.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Of returns the sentence for the answer at path, or "".
func (p Problems) Of(path string) string {
	for _, one := range p {
		if one.Field == path {
			return one.Message
		}
	}
	return ""
}

// DecodeSection reads one section of a page into r: what is not sent is empty.
// Names that begin with "_" belong to the page. It refuses names that the
// section does not ask.
func (form *Form) DecodeSection(r any, section string, in url.Values) Problems {
	s := form.Section(section)
	if s == nil {
		return Problems{{Message: "This page asks a section that the form does not have. Go back to the list of sections."}}
	}
	if len(in) > MaxKeys {
		return Problems{{Message: "This page sent far more answers than it asks. Reload it and try again."}}
	}
	d := decoder{in: in, left: map[string]bool{}}
	for name := range in {
		d.left[name] = !strings.HasPrefix(name, "_")
	}
	d.fields(s.Fields, reflect.ValueOf(r).Elem(), "")
	for _, unknown := range d.left {
		if unknown {
			return append(d.problems, Problem{Message: "This page sent an answer to a question that it does not ask. Reload the page and try again."})
		}
	}
	return d.problems
}

type decoder struct {
	in       url.Values
	left     map[string]bool // names not read yet
	problems Problems
}

func (d *decoder) take(name string) []string {
	delete(d.left, name)
	return d.in[name]
}

func (d *decoder) fields(fields []*Field, at reflect.Value, prefix string) {
	for _, f := range fields {
		v, path := at.FieldByIndex(f.index), prefix+f.Name
		if f.Derived {
			continue
		}
		if err := d.field(f, v, path); err != nil {
			d.problems = append(d.problems, Problem{ID: f.ID, Field: path, Message: err.Error()})
		}
	}
}

func (d *decoder) field(f *Field, v reflect.Value, path string) error {
	switch f.Kind {
	case KindGroup:
		d.fields(f.Fields, v, path+".")
		return nil
	case KindRepeat:
		return d.rows(f, v, path)
	case KindDate, KindPartial:
		return d.date(f, v, path)
	}
	return f.set(v, d.take(path))
}

// date reads three boxes and the tick beside them.
func (d *decoder) date(f *Field, v reflect.Value, path string) error {
	var boxes [3]string
	for i, box := range []string{".year", ".month", ".day"} {
		in := d.take(path + box)
		if len(in) > 1 {
			return sentence("This date was sent twice. Reload the page, check the date and save again.")
		}
		if len(in) == 1 {
			boxes[i] = in[0]
		}
	}
	unknown := slices.Contains(d.take(path+".unknown"), "yes")
	if f.Kind == KindDate {
		date, err := ParseDate(boxes[0], boxes[1], boxes[2])
		v.SetString(string(date))
		return err
	}
	date, err := ParsePartial(boxes[0], boxes[1], boxes[2])
	switch {
	case unknown && err != nil:
		return sentence(err.Error() + " Or tick Unknown and empty the boxes, not both.")
	case unknown && date != "":
		return sentence("Enter the date as far as you know it, or tick Unknown, not both.")
	}
	if unknown {
		date = Unknown
	}
	v.SetString(string(date))
	return err
}

// rows reads the rows that were sent, in their order; a row with its remove
// box ticked, and one without any answer, is dropped.
func (d *decoder) rows(f *Field, v reflect.Value, path string) error {
	rows := reflect.MakeSlice(v.Type(), 0, 2)
	for _, n := range d.numbers(path + ".") {
		at := path + "." + strconv.Itoa(n)
		row := reflect.New(v.Type().Elem()).Elem()
		before := len(d.problems)
		d.fields(f.Fields, row, at+".")
		if slices.Contains(d.take(at+".remove"), "yes") {
			d.problems = d.problems[:before]
			continue
		}
		if !row.IsZero() {
			rows = reflect.Append(rows, row)
		}
	}
	if rows.Len() > f.Max {
		return sentence("There is room for " + strconv.Itoa(f.Max) + " of these. Take some away.")
	}
	v.SetZero()
	if rows.Len() > 0 {
		v.Set(rows)
	}
	return nil
}

// numbers returns the row numbers below prefix that were sent, in order.
func (d *decoder) numbers(prefix string) []int {
	seen := map[int]bool{}
	for name := range d.in {
		rest, ok := strings.CutPrefix(name, prefix)
		digits, _, cut := strings.Cut(rest, ".")
		n, err := strconv.Atoi(digits)
		if ok && cut && err == nil && n >= 0 && n < 1000 && strconv.Itoa(n) == digits {
			seen[n] = true
		}
	}
	out := make([]int, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
