package handlers

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"nysreferral/workflow"
)

// What is counted is the pattern of a route: none of the acts of the law has a
// number of its own, by page or by API, whatever a route is called; what is no act
// keeps its name.
func TestNoActIsCountedApart(t *testing.T) {
	s := &server{}
	s.acts = actsOf(s.routes())
	for _, acts := range [][]workflow.Action{workflow.Actions(), workflow.HandoverActions(), workflow.LetterActions(), workflow.PairActions(), workflow.HoldActions(), workflow.DisclosureActions()} {
		for _, do := range acts {
			for _, path := range []string{"/api/v1/referrals/:ref/", "/api/v1/referrals/:ref/handovers/:n/", "/api/v1/referrals/:ref/letters/:n/", "/api/v1/drafts/:ref/"} {
				if got := s.measured(http.MethodPost, path+string(do)); got != path+anyAct {
					t.Errorf("%s%s is counted as %s", path, do, got)
				}
			}
		}
	}
	for _, r := range s.routes() {
		last := r.Path[strings.LastIndex(r.Path, "/")+1:]
		got := s.measured(r.Method, r.Path)
		if r.Method == post && endsWithAct(r.Path) && strings.HasSuffix(got, last) {
			t.Errorf("POST %s is counted as %s", r.Path, got)
		}
		if known := slices.Contains(workflow.Actions(), workflow.Action(last)); known && strings.Contains(r.Path, ":") && strings.HasSuffix(got, last) {
			t.Errorf("%s %s is counted as %s", r.Method, r.Path, got)
		}
	}
	for path, want := range map[string]string{looksPath: looksPath, "/referrals/:ref": "/referrals/:ref", "/queue/next": "/queue/next", "/*": "/*", sectionPath: sectionPath,
		"/referrals/:ref/notify": "/referrals/:ref/" + anyAct} {
		if got := s.measured(http.MethodGet, path); got != want {
			t.Errorf("GET %s is counted as %s", path, got)
		}
	}
}
