package forms

import (
	"reflect"
	"slices"
	"strings"
)

// Change is one answer that is not as it was before, as one reader may see it.
type Change struct {
	ID     string
	Path   string
	Label  string
	Before []string // as people read it; nothing when there was no answer
	After  []string // nothing when there is none any more
	Masked []string // ids of what is withheld in it until revealed
	Veiled bool     // hard to read: shown on demand
}

// Revision is a version of the answers that was told after the submission.
type Revision struct {
	Version int
	At      Moment
	Changes []Change // as the reader of the view may see them; none when nothing that the reader sees has changed
}

// Changes returns, question by question, what is not the same in two versions
// of the answers, as sight allows. A question of which the reader sees nothing is
// not among them, and one that is withheld tells only that it changed. Answers
// that do not apply count as none. A repeat is one question.
func Changes(sight Sight, before, after *Referral) []Change {
	was, is := Questions.Pruned(before), Questions.Pruned(after)
	var out []Change
	for _, s := range Questions.Sections {
		out = sight.changes(out, s.Fields, was, is, "")
	}
	return out
}

func (s Sight) changes(out []Change, fields []*Field, was, is reflect.Value, prefix string) []Change {
	for _, f := range fields {
		a, b := was.FieldByIndex(f.index), is.FieldByIndex(f.index)
		if reflect.DeepEqual(a.Interface(), b.Interface()) {
			continue
		}
		if f.Kind == KindGroup {
			out = s.changes(out, f.Fields, a, b, prefix+f.Name+".")
			continue
		}
		if c, ok := s.change(f, a, b, prefix); ok {
			out = append(out, c)
		}
	}
	return out
}

func (s Sight) change(f *Field, was, is reflect.Value, prefix string) (Change, bool) {
	before, had := s.item(f, was, prefix)
	after, has := s.item(f, is, prefix)
	if !had && !has {
		return Change{}, false
	}
	c := Change{ID: f.ID, Path: prefix + f.Name, Label: s.words(f.Label, f.Told), Veiled: before.Veiled || after.Veiled,
		Before: before.Lines(), After: after.Lines()}
	for _, id := range maskedIn(maskedIn(nil, []Item{before}), []Item{after}) {
		if !slices.Contains(c.Masked, id) {
			c.Masked = append(c.Masked, id)
		}
	}
	return c, len(c.Masked) > 0 || !slices.Equal(c.Before, c.After)
}

// Lines returns an answer as people read it, one entry a choice or a row; of a
// group and of a row each question stands on a line of its own.
func (it Item) Lines() []string {
	if it.Kind != KindGroup && it.Kind != KindRepeat {
		return it.Text
	}
	var out []string
	for _, row := range it.Rows {
		var lines []string
		for _, sub := range row {
			text := strings.Join(sub.Lines(), ", ")
			if sub.Masked {
				text = "answered"
			}
			lines = append(lines, strings.TrimSuffix(sub.Label, "?")+": "+text)
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	return out
}
