package pdf

import (
	"fmt"
	"slices"
	"strings"

	"nysreferral/forms"
)

// withheld stands for an answer that the reader may see only when asked for, which is recorded.
const withheld = "Withheld. It was answered; the system shows it to those who may ask for it."

// telling writes a view into a document: each item once, and nothing that the view does not hold.
type telling struct {
	*paper
	left []forms.Part // what has not been written yet
}

// tell begins to write v into p.
func (p *paper) tell(v forms.View) *telling {
	t := &telling{paper: p}
	for _, part := range v.Parts {
		part.Items = slices.Clone(part.Items)
		t.left = append(t.left, part)
	}
	return t
}

// take takes the items of these names out of a form, in the order of the names, for a place of their own.
func (t *telling) take(form string, names ...string) []forms.Item {
	var out []forms.Item
	for _, name := range names {
		for i := range t.left {
			if t.left[i].Form != form {
				continue
			}
			t.left[i].Items = slices.DeleteFunc(t.left[i].Items, func(it forms.Item) bool {
				if it.Name == name {
					out = append(out, it)
				}
				return it.Name == name
			})
		}
	}
	return out
}

// section takes a whole section out of a form.
func (t *telling) section(form, id string) []forms.Item {
	var out []forms.Item
	for i := range t.left {
		if t.left[i].Form == form && t.left[i].Section == id {
			out = append(out, t.left[i].Items...)
			t.left[i].Items = nil
		}
	}
	return out
}

// rest writes what has not been written yet, in the order of the view. Hand-overs are numbered where the reader knows
// of several.
func (t *telling) rest(numbered bool) {
	for _, part := range t.left {
		title := part.Title
		if numbered && part.N > 0 {
			title = fmt.Sprintf("%s %d", title, part.N)
		}
		t.under(title, part.Items)
	}
	t.left = nil
}

// under writes items below a heading, and nothing when there are none.
func (t *telling) under(title string, items []forms.Item) {
	if len(items) == 0 {
		return
	}
	hard := slices.ContainsFunc(items, veiled)
	if hard {
		t.need(180)
	}
	t.Heading(2, title)
	if hard {
		t.Box("Content note", "This section tells of exploitation and harm. Read it when you have the time and the quiet for it.")
	}
	for _, it := range items {
		t.item(0, it)
	}
}

// veiled reports whether it, or something in it, is hard to read.
func veiled(it forms.Item) bool {
	if it.Veiled && !it.Masked {
		return true
	}
	return slices.ContainsFunc(it.Rows, func(row []forms.Item) bool { return slices.ContainsFunc(row, veiled) })
}

const shortProse = 160 // letters that read well beside their label

// item writes one item, level groups deep.
func (t *telling) item(level int, it forms.Item) {
	switch {
	case it.Masked:
		t.entry(level, it.Label, withheld)
	case it.Kind == forms.KindGroup || it.Kind == forms.KindRepeat:
		for i, row := range it.Rows {
			name := it.Label
			if it.Kind == forms.KindRepeat {
				name = fmt.Sprintf("%s: %d of %d", strings.TrimRight(name, "?:."), i+1, len(it.Rows))
			}
			t.group(level, name)
			for _, sub := range row {
				t.item(level+1, sub)
			}
		}
	case it.Kind == forms.KindProse && level == 0 && (it.Veiled || len(value(it)) > shortProse):
		t.prose(it)
	default:
		t.entry(level, it.Label, value(it))
	}
}

// prose writes a long answer over the width of the page.
func (t *telling) prose(it forms.Item) {
	t.Heading(3, it.Label)
	if it.Veiled {
		t.Small("May be hard to read.")
	}
	t.Paragraph(value(it))
}

// value is an answer as people read it, one choice a line.
func value(it forms.Item) string { return strings.Join(it.Text, "\n") }

// pairsOf returns items as rows of a panel. A question within a group carries the name of the group once.
func pairsOf(items []forms.Item) []pair {
	var out []pair
	for _, it := range items {
		switch {
		case it.Masked:
			out = append(out, pair{it.Label, withheld})
		case it.Kind == forms.KindGroup || it.Kind == forms.KindRepeat:
			for _, row := range it.Rows {
				for i, sub := range pairsOf(row) {
					if i == 0 {
						sub.label = it.Label + ": " + sub.label
					}
					out = append(out, sub)
				}
			}
		default:
			out = append(out, pair{it.Label, value(it)})
		}
	}
	return out
}
