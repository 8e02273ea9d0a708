package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
)

// The search is an address that there is not for whoever is not of the State, to
// read it and to send to it.
func TestSearchIsAbsent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		for _, name := range []string{"detective", "case_manager", "rhtp_harbor", "coordinator", "administrator", "auditor"} {
			b := s.at(name)
			there, none := b.get(searchPath), b.get("/no-such-page")
			if there.status != http.StatusNotFound || there.body != strings.ReplaceAll(none.body, "/no-such-page", searchPath) {
				t.Errorf("%s: %d, and another page than for what is not there", name, there.status)
			}
		}
		if got := s.site.browser().get(searchPath); got.status == http.StatusOK {
			t.Errorf("not signed in: %d", got.status)
		}
	})
}

// A search shows what was found with a link to it, keeps what was typed when
// something lacks, and puts nothing of it into an address.
func TestSearchPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		b := s.at("reviewer")
		page := b.mustShow(searchPath, "Whom do you look for, and why?", "Write no name")
		if strings.Contains(page, "Found</caption>") {
			t.Error("something was found before anything was looked for")
		}
		asked := url.Values{"family": {"Quillfeather"}, "born" + web.DateMonth: {"13"}, "born" + web.DateDay: {"1"}, "born" + web.DateYear: {"1990"}}
		got := b.post(searchPath, searchPath, asked)
		for _, want := range []string{"Quillfeather", `value="13"`, "Choose why", "Say in a sentence", "Write the date"} {
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, want) {
				t.Errorf("%d, and without %q", got.status, want)
			}
		}
		asked = url.Values{"family": {"Quillfeather"}, "given": {"Ottoline"}, "reason": {"safety"}, "words": {"A call from a hospital."}}
		if got = b.post(searchPath, searchPath, asked); got.status != http.StatusOK || !strings.Contains(got.body, "Nobody was found") || got.to() != "" {
			t.Errorf("%d %q: %.300s", got.status, got.to(), got.body)
		}
	})
}
