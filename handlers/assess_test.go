package handlers

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// An answer that the form does not have shows nothing: whoever names one is told
// so, with the element's name, in the summary with a link and beside the element,
// whatever else is ticked or found; so is who says that an element is shown and
// not by what.
func TestElementsNameWhatIsWrong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		path := refPath(s.send(1, demo.ToDecision[0])) + "/assess"
		b := s.at("reviewer")
		for _, c := range []struct {
			field string
			typed []string
			says  string
		}{
			{"elementAction", []string{"Z99"}, "Action shown by: The form has no answer Z99."},
			{"elementMeans", []string{"G7", "z99"}, "Means shown by: The form has no answer z99."},
			{"elementPurpose", []string{"G1 G99", ""}, "Purpose shown by: The form has no answer G99."},
			{"elementMinor", []string{"C5", "V8"}, "Age shown by: The form has no answer V8."},
			{"elementAction", []string{""}, "Action shown by: Say which answers show it."},
			{"elementMeans", nil, "Means shown by: Say which answers show it."},
		} {
			in := maps.Clone(grid)
			in[c.field+".shownBy"] = c.typed
			got := b.post(path, path, in)
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s shown by %q answers %d", c.field, c.typed, got.status)
				continue
			}
			_, says, _ := strings.Cut(c.says, ": ")
			id := c.field + "-shownBy"
			for _, want := range []string{`<a href="#` + id + `">` + c.says, `id="` + id + `"`, `id="` + id + `-error"><span class="vh">Error: </span>` + says} {
				if !strings.Contains(got.body, want) {
					t.Errorf("%s shown by %q: the page lacks %q", c.field, c.typed, want)
				}
			}
		}
		b.mustDo(path, path, grid)
	})
}
