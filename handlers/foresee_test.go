package handlers

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
)

// Before a director signs, the page shows every letter that the decision has
// written, as it will look, and whom the rules would propose, with what was typed
// kept; what is wrong is said at its field; and nothing was decided by looking.
func TestLettersAreReadBeforeTheDecision(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, withLetters)
		ref := s.send(1, demo.ToDecision...)
		path := refPath(ref)
		d := s.at("director")
		first := func(more url.Values) url.Values {
			out := url.Values{web.InputGo: {web.GoForesee}}
			for name, list := range more {
				out[name] = list
			}
			return out
		}
		if got := d.post(path+"/confirm", path+"/confirm", first(nil)); got.status != http.StatusUnprocessableEntity || strings.Contains(got.body, "As it will be") {
			t.Errorf("letters of a decision without a type: %d", got.status)
		}
		got := d.post(path+"/confirm", path+"/confirm", first(url.Values{"typeConfirmed": {"sex"}, "bases": {"severe_form_adult", "pl_230_34"}}))
		text := html.UnescapeString(got.body)
		for _, want := range []string{"As it will be", "Notice of confirmation: To the person", "Notice to the referring agency: To the referring agency", "State-confirmed is not federally certified",
			"Nobody has signed this letter yet", "Harbor Light Services", `value="sex" checked`, `value="pl_230_34" checked`} {
			if got.status != http.StatusOK || !strings.Contains(text, want) {
				t.Errorf("%d, without %q", got.status, want)
			}
		}
		if strings.Contains(text, "recruiter promised") {
			t.Error("a letter tells what happened")
		}
		if page := d.mustShow(path); strings.Contains(page, "To be signed") || !strings.Contains(page, "Decide") {
			t.Error("looking decided it")
		}
		if got := s.at("reviewer").post(path, path+"/confirm", first(nil)); got.status != http.StatusNotFound {
			t.Errorf("a reviewer looks at the letters of a decision: %d", got.status)
		}
		d.mustDo(path+"/confirm", path+"/confirm", url.Values{"typeConfirmed": {"sex"}, "bases": {"severe_form_adult"}})
	})
}
