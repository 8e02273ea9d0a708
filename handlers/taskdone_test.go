package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/forms"
	"nysreferral/store/storetest"
)

// A task that is marked done without words, or with too many, comes back at its
// field with everything that was typed; of a person who may be a minor it asks
// which of the two it was.
func TestTaskComesBackAsTyped(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.sendWith(1, func(r *forms.Referral) {
		r.Under18, r.Under18Then, r.Custody, r.SCR, r.HHSRequest, r.Born = "not_sure", "yes", "no", "no", "no", "unknown"
	})
	program := s.at("program")
	page := program.mustShow(tasksPath, "Which of the two was it?", "The district was told in another way.")
	_, after, _ := strings.Cut(page, "Which of the two was it?")
	before := page[:len(page)-len(after)]
	i := strings.LastIndex(before, `name="_task" value="`)
	id, _, _ := strings.Cut(before[i+len(`name="_task" value="`):], `"`)
	send := func(way, note string) answer {
		form := hiddenOf(page)
		form.Set("_task", id)
		form.Set("way", way)
		form.Set("note", note)
		return program.do(http.MethodPost, tasksPath, form.Encode())
	}
	long := strings.Repeat("Seen. ", 400)
	for _, typed := range []url.Values{{"way": {""}, "note": {"Called the referrer."}}, {"way": {"The district was told in another way."}, "note": {""}},
		{"way": {"The district was told in another way."}, "note": {long}}} {
		got := send(typed.Get("way"), typed.Get("note"))
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, strings.TrimSpace(typed.Get("note"))) || !strings.Contains(got.body, "data-problems") {
			t.Errorf("%.60v: %d", typed, got.status)
		}
	}
	if got := send("The district was told in another way.", "By telephone, at ten."); got.status != http.StatusSeeOther {
		t.Errorf("done: %d", got.status)
	}
	if page := program.mustShow(tasksPath); strings.Contains(page, "The district was told in another way.") || ref == "" {
		t.Error("it is still to be done")
	}
}
