package referrals

import (
	"slices"
	"strings"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// wordsOf says what is wrong with the note with which a task of a kind is marked
// done. Where several things may have been done, it begins with which.
func (s *Service) wordsOf(kind string, deed *forms.Deed) forms.Problems {
	out := forms.FormOf("note").Check(deed, s.Today())
	k, _ := workflow.TaskOf(kind)
	if len(k.Begins) == 0 || len(out) > 0 {
		return out
	}
	words := string(deed.Note)
	at := slices.IndexFunc(k.Begins, func(one string) bool { return strings.HasPrefix(words, one) })
	switch {
	case at < 0:
		out = append(out, forms.Problem{ID: "note", Field: "way", Message: "Say which it was. Begin with: “" + strings.Join(k.Begins, "” or “") + "”"})
	case strings.TrimSpace(strings.TrimPrefix(words, k.Begins[at])) == "":
		out = append(out, forms.Problem{ID: "note", Field: "note", Message: "Write how you know it."})
	}
	return out
}
