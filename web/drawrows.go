package web

import (
	"slices"
	"strconv"
	"strings"

	"nysreferral/forms"
)

// group draws questions under one legend: as a grid when most of them choose
// from the same list, else one below the other.
func (d *drawer) group(f *forms.Field, name string, out *Field) {
	out.Kind, out.Max = KindGroup, 0
	out.Fields = d.children(f, name+".")
	list := gridList(f)
	if list == "" {
		return
	}
	out.Kind = KindGrid
	for i, child := range f.Fields {
		if child.List == list {
			out.Fields[i].Kind, out.Fields[i].Options = KindChoice, append([]Option{{Label: "Not needed"}}, options(child)...)
		}
	}
}

// gridList returns the list that nearly all questions of a group share, or "".
func gridList(f *forms.Field) string {
	count := map[string]int{}
	for _, child := range f.Fields {
		if child.Kind == forms.KindChoice {
			count[child.List]++
		}
	}
	for list, n := range count {
		if n >= 5 {
			return list
		}
	}
	return ""
}

// children draws the questions of a group or of a row.
func (d *drawer) children(f *forms.Field, prefix string) []Field {
	out := make([]Field, 0, len(f.Fields))
	for _, child := range f.Fields {
		if child.Derived || child.Kind == forms.KindMoment {
			continue
		}
		drawn := d.field(child, prefix+child.Name, prefix)
		drawn.Conditional = len(child.When) > 0
		out = append(out, drawn)
	}
	return out
}

// repeat draws the rows that there are and one more to fill in.
func (d *drawer) repeat(f *forms.Field, name string, out *Field) {
	out.Kind = KindRepeat
	out.Add = "Add another"
	numbers := d.numbers(name + ".")
	last := -1
	if n := len(numbers); n > 0 {
		last = numbers[n-1]
	}
	if len(numbers) < f.Max && (d.Typed == nil || len(numbers) == 0) {
		numbers = append(numbers, last+1)
	}
	for i, n := range numbers {
		out.Items = append(out.Items, Item{Title: f.Label + " " + strconv.Itoa(i+1), Index: n, Fields: d.children(f, name+"."+strconv.Itoa(n)+".")})
	}
}

// numbers returns the row numbers below prefix that have an answer or were
// typed, in order.
func (d *drawer) numbers(prefix string) []int {
	seen := map[int]bool{}
	look := func(name string) {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			return
		}
		digits, _, cut := strings.Cut(rest, ".")
		n, err := strconv.Atoi(digits)
		if cut && err == nil && n >= 0 && n < 1000 {
			seen[n] = true
		}
	}
	if d.Typed == nil {
		for name := range d.codes {
			look(name)
		}
	}
	for name := range d.Typed {
		look(name)
	}
	out := make([]int, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// when returns the condition of f for the script. A name is that of a sibling
// in the same row first, then one of the page, then one of an earlier page.
func (d *drawer) when(f *forms.Field, prefix string) string {
	var tests []Test
	for _, t := range d.condition(f) {
		name, cause := t.Name, d.here[t.Name]
		if sibling := d.Form.Field(strings.TrimSuffix(f.Path, f.Name) + t.Name); prefix != "" && sibling != nil {
			name, cause = prefix+t.Name, sibling
		}
		if cause == nil || cause.Derived {
			continue // answered on another page; possible has looked at it
		}
		test := Test{Name: name}
		if t.Not {
			test.Not = spelled(cause, t.Codes)
		} else {
			test.Is = spelled(cause, t.Codes)
		}
		tests = append(tests, test)
	}
	return When(tests...)
}

// spelled returns codes with their labels beside them where the question is
// answered by typing.
func spelled(f *forms.Field, codes []string) []string {
	out := slices.Clone(codes)
	if slices.Contains(lookups, f.List) {
		for _, code := range codes {
			if label := f.LabelOf(code); label != code {
				out = append(out, label)
			}
		}
	}
	return out
}

// asked is one question that was drawn.
type asked struct{ path, id, label string }

// problems puts the problems in the order of the page, each with the name of
// its question and a link to it.
func (d *drawer) problems() {
	type placed struct {
		at int
		Problem
	}
	var list []placed
	for _, p := range d.Problems {
		one := placed{at: d.place(p.Field), Problem: Problem{Text: p.Message}}
		if one.at < len(d.asked) {
			q := d.asked[one.at]
			one.ID, one.Text = q.id, strings.TrimSuffix(q.label, "?")+": "+p.Message
		}
		list = append(list, one)
	}
	slices.SortStableFunc(list, func(a, b placed) int { return a.at - b.at })
	for _, one := range list {
		d.drawn.Problems = append(d.drawn.Problems, one.Problem)
	}
}

// place is where the question at path, or the nearest that it belongs to,
// stands on the page; beyond the last when it stands on another.
func (d *drawer) place(path string) int {
	for ; path != ""; path = path[:max(0, strings.LastIndexByte(path, '.'))] {
		if i := slices.IndexFunc(d.asked, func(a asked) bool { return a.path == path }); i >= 0 {
			return i
		}
	}
	return len(d.asked)
}

// prompt is what stands beside a long account instead of a long hint.
type prompt struct {
	hint   string
	beside []string // what a reader who decides will look for
}

// prompts are the accounts that have them, by id.
var prompts = map[string]prompt{
	"G14": {"In your own words; a few sentences are enough. Do not name other victims: each has a referral of their own.",
		[]string{"How did they meet?", "What did the person have to do?", "How was the person controlled or kept there?", "What happened on refusing?", "How and why did it end?"}},
}
