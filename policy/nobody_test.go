package policy_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// handed sends a referral that answers every question as far as a recipient.
func (s *site) handed(t *testing.T) (ref string, marks map[string]string) {
	t.Helper()
	r, marks := marked(t, grown)
	r.ConsentFrom, r.FirstEncounter, r.SourceKind = s.Door.Today(), s.Door.Today(), "social_service_provider"
	receipt, err := s.Door.Send(t.Context(), s.As("case_manager"), r, "", nil)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	steps := append(slices.Clone(demo.ToDecision), demo.Confirm, step("program", workflow.Send, 1), step("rhtp_harbor", workflow.Accept, 1))
	if _, err := s.Take(t.Context(), receipt.Reference, steps...); err != nil {
		t.Fatal(err)
	}
	return receipt.Reference, applying(t, r, marks)
}

var link = regexp.MustCompile(`href="(/[^"#]*)"`)

// newFactor reports whether a page begins a new factor of the own account. It is
// another one each time, and knows nobody but the account.
func newFactor(path string) bool { return path == "/account/app" || path == "/account/passkeys/new" }

// crawl returns every page and answer that the account comes to: all addresses
// that there are, and from each every link, until there is no other.
func (s *site) crawl(key, ref string) map[string]string {
	seen, next := map[string]string{}, []string{"/"}
	for _, one := range s.addresses(ref) {
		if path, ok := strings.CutPrefix(one, "GET "); ok && path != "/exit" && !newFactor(path) {
			next = append(next, path)
		}
	}
	for len(next) > 0 && len(seen) < 2000 {
		path := next[0]
		next = next[1:]
		if _, done := seen[path]; done || strings.HasPrefix(path, "/static/") || path == "/exit" || newFactor(path) {
			continue
		}
		got := s.ask(key, http.MethodGet, path, "")
		seen[path] = s.text(got)
		for _, m := range link.FindAllStringSubmatch(got.body, -1) {
			next = append(next, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	return seen
}

// A coordinator and an administrator never see anything of a person, nor that
// there is a referral; an auditor sees that there is one and nothing of the
// person: on every page, list, paper and answer of the API that they come to,
// and in what the forms of the log and the directory find.
func TestTheySeeNoPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		ref, marks := s.handed(t)
		for _, key := range []string{"coordinator", "administrator", "auditor"} {
			pages := s.crawl(key, ref)
			if len(pages) < 60 {
				t.Errorf("%s came to %d pages only", key, len(pages))
			}
			for _, search := range []struct{ page, path, words string }{
				{"/log", "/log", "reference=" + ref}, {"/log/access", "/log/access", "reference=" + ref}, {"/log/verify", "/log/verify", ""},
				{"/directory", "/directory", "name=Harbor"}, {"/people/new", "/people/new", "name=A"}} {
				if page := s.ask(key, http.MethodGet, search.page, ""); page.status == http.StatusOK {
					got := s.ask(key, http.MethodPost, search.path, hidden(page.body).Encode()+"&"+search.words)
					pages["POST "+search.path+"?"+search.words] = got.body
				}
			}
			for path, text := range pages {
				for mark, id := range marks {
					held(t, !strings.Contains(text, mark), "%s: %s holds %s", key, path, id)
				}
				held(t, key == "auditor" || strings.Contains(path, ref) || !strings.Contains(text, ref), "%s: %s holds a reference", key, path)
			}
		}
	})
}

// Nobody who refers can look for a person: whatever is asked of an address that
// they reach, and by whatever name, the answer is the same for the words of a
// referral of others and for words of nobody.
func TestReferrersSearchNobody(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	ref, marks := s.handed(t)
	var word string
	for mark, id := range marks {
		if id == "C1" {
			word = mark
		}
	}
	none := "Zx" + word[2:len(word)-2] + "xz"
	names := []string{"q", "query", "search", "name", "find", "person", "filter", "contains", "status", "cursor", "with", "agency", "reference"}
	for _, f := range forms.Questions.Sections[2].Fields {
		names = append(names, f.Name, f.ID)
	}
	asked := 0
	for _, key := range []string{"attorney", "trooper", "detective"} {
		for _, one := range s.addresses(ref) {
			path, ok := strings.CutPrefix(one, "GET ")
			if !ok || path == "/exit" || newFactor(path) || strings.Contains(path, "/papers/") && key != "attorney" {
				continue
			}
			with := func(word string) answer {
				query := url.Values{}
				for _, name := range names {
					query.Set(name, word)
				}
				return s.ask(key, http.MethodGet, path+"?"+query.Encode(), "")
			}
			asked++
			real, made := with(word), with(none)
			if strings.HasPrefix(path, "/api/") {
				held(t, real.status == made.status && real.status >= 400, "%s: %s takes what is no parameter of it: %d, %d", key, path, real.status, made.status)
				continue
			}
			held(t, told(real, word) == told(made, none), "%s: %s tells a person from nobody", key, path)
		}
	}
	if asked < 200 {
		t.Errorf("only %d addresses were asked", asked)
	}
}
