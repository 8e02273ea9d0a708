package web

import (
	"slices"
	"strings"

	"nysreferral/forms"
)

// Told draws what a reader may see of a referral: a walk over the view, which
// holds nothing else.
type Told struct {
	Veil     bool                                // hard texts are shown on demand only
	Change   func(section, anchor string) string // address of a question, nil when nothing can be changed
	Problems forms.Problems                      // what must be answered still, or must be looked at
	Warnings forms.Problems                      // what looks odd
}

// Summaries returns one summary for each part, and for each section in sections
// that has nothing but problems. Without sections the order is that of parts.
func (t Told) Summaries(parts []forms.Part, sections ...*forms.Section) []Summary {
	if len(sections) == 0 {
		out := make([]Summary, len(parts))
		for i, p := range parts {
			out[i] = t.summary(p.Section, p.Title, p.Items)
		}
		return out
	}
	var out []Summary
	for _, s := range sections {
		var items []forms.Item
		if i := slices.IndexFunc(parts, func(p forms.Part) bool { return p.Section == s.ID }); i >= 0 {
			items = parts[i].Items
		}
		out = append(out, t.summary(s.ID, s.Title, items))
	}
	return out
}

func (t Told) summary(id, title string, items []forms.Item) Summary {
	s := Summary{ID: "section-" + id, Title: title}
	if t.Change != nil {
		s.Change = t.Change(id, "")
	}
	shown := map[string]bool{}
	for _, it := range items {
		shown[it.Path] = true
		s.Rows = append(s.Rows, t.row(id, it))
	}
	for _, p := range t.Problems {
		top, _, _ := strings.Cut(p.Field, ".")
		f := forms.Questions.Field(top)
		if f == nil || f.Section != id || shown[top] {
			continue
		}
		shown[top] = true
		s.Rows = append(s.Rows, Row{Label: f.Label, Missing: true, Change: t.change(id, elementID(f, top))})
	}
	return s
}

func (t Told) change(section, anchor string) string {
	if t.Change == nil {
		return ""
	}
	return t.Change(section, anchor)
}

func (t Told) row(section string, it forms.Item) Row {
	r := Row{Label: it.Label, Values: Lines(it), Odd: t.odd(it.Path), Change: t.change(section, strings.ReplaceAll(it.ID, ".", "-"))}
	if f := forms.Questions.ByID(it.ID); f != nil && f.Derived {
		r.Change = "" // comes from the account
	}
	if it.Masked {
		r.Masked = "Answered. Shown only when you ask for it."
	}
	if it.Veiled && t.Veil {
		r.Veil = "May be hard to read."
	}
	return r
}

// odd returns what is to be looked at in an answer or in what stands below it.
func (t Told) odd(path string) string {
	for _, list := range []forms.Problems{t.Problems, t.Warnings} {
		for _, p := range list {
			if p.Field == path || strings.HasPrefix(p.Field, path+".") {
				return p.Message
			}
		}
	}
	return ""
}

// Lines returns an answer as people read it, one entry a choice or a row; of a
// group and of a row each question stands on a line of its own.
func Lines(it forms.Item) []string { return it.Lines() }

// AnchorOf is the id of the element that asks the question at path, for links
// to it.
func AnchorOf(path string) string {
	var names []string
	for part := range strings.SplitSeq(path, ".") {
		if strings.Trim(part, "0123456789") != "" {
			names = append(names, part)
		}
	}
	if f := forms.Questions.Field(strings.Join(names, ".")); f != nil {
		return elementID(f, path)
	}
	return ""
}
