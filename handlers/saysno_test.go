package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// inputNames are the names of the inputs of a page.
var inputNames = regexp.MustCompile(`<(?:input|select|textarea|button)[^>]* name="([^"]*)"`)

// Who writes that the person says no is asked how the person said so and what the
// words were, and nothing of how somebody tried; what is missing is said in the same
// words. So is who writes that the person was reached.
func TestSayingNoAsksItsOwnQuestions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})...)
		b := s.at("rhtp_harbor")
		for act, asks := range map[string]struct{ shown, missing []string }{
			"refuse": {[]string{"How did the person say so?", "What did the person say?"}, []string{"Choose how the person said so.", "Write what the person said."}},
			"reach":  {[]string{"How did you speak with the person?", "Note"}, []string{"Choose how you spoke with the person."}},
		} {
			path := handoverPath(ref, 1, act)
			page := b.mustShow(path, asks.shown...)
			got := b.post(path, path, url.Values{})
			if got.status != http.StatusUnprocessableEntity {
				t.Fatalf("%s without answers: %d", act, got.status)
			}
			for _, words := range asks.missing {
				if !strings.Contains(got.body, words) {
					t.Errorf("%s does not say %q", act, words)
				}
			}
			for _, one := range []string{page, got.body} {
				for _, name := range inputNames.FindAllStringSubmatch(one, -1) {
					if !strings.HasPrefix(name[1], "_") && name[1] != "how" && name[1] != "note" {
						t.Errorf("%s asks %s", act, name[1])
					}
				}
				for _, wrong := range []string{"how you tried", openWay, silentWay} {
					if strings.Contains(one, wrong) {
						t.Errorf("%s says %q", act, wrong)
					}
				}
			}
		}
	})
}
