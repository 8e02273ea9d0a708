package handlers

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nysreferral/ent/auditentry"
	"nysreferral/registry"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

var (
	neverSeen    = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<!--.*?-->`)
	heardIn      = regexp.MustCompile(`(?:aria-label|placeholder|title|data-label)="([^"]*)"`)
	anyTag       = regexp.MustCompile(`(?s)<[^>]*>`)
	leadsTo      = regexp.MustCompile(`<a [^>]*href="(/[^"#]*)`)
	programWords = regexp.MustCompile(`\b[a-zA-Z0-9]+(?:_[a-zA-Z0-9]+)+\b|\b[a-z][a-zA-Z0-9]*\.[a-z0-9_][a-zA-Z0-9_.]*\b`)
	addressLike  = regexp.MustCompile(`\S*(?:@|://)\S*|\b[a-z0-9.-]+\.(?:org|gov|com|ny\.us)\b\S*`)
	oneOfMany    = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]|[0-9A-HJKMNP-TV-Z]{13}|\b\d+\b|ldss-[a-z-]+|rhtp-[a-z-]+|demo-[a-z-]+`)
)

// allowedWords are what looks like a word of the program and is none, with why.
var allowedWords = map[string]string{
	"a.k.a": "an abbreviation, in the name of an office",
	"v6.0":  "the version of a policy that a rule of the log cites",
}

// seenText is what people see or hear of a page.
func seenText(page string) string {
	var heard []string
	page = neverSeen.ReplaceAllString(page, " ")
	for _, m := range heardIn.FindAllStringSubmatch(page, -1) {
		heard = append(heard, m[1])
	}
	return addressLike.ReplaceAllString(html.UnescapeString(strings.Join(heard, " ")+" "+anyTag.ReplaceAllString(page, " ")), " ")
}

// words crawls the pages of one account, a few of each kind.
type words struct {
	s     *stage
	t     *testing.T
	key   string
	seen  map[string]bool
	kinds map[string]int
	said  map[string]bool
}

// look reports each word of the program that a page shows.
func (w *words) look(path, page string) {
	w.t.Helper()
	text := seenText(page)
	for _, at := range programWords.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		if allowedWords[word] != "" || w.said[word] {
			continue
		}
		w.said[word] = true
		w.t.Errorf("%s reads %q on %s: …%s…", w.key, word, path, strings.Join(strings.Fields(text[max(0, at[0]-60):min(len(text), at[1]+40)]), " "))
	}
}

// wants says whether a page of this kind is still to be looked at.
func (w *words) wants(path string) bool {
	u, err := url.Parse(path)
	if err != nil || w.seen[path] || strings.Contains(u.Path, "/papers/") || strings.HasPrefix(u.Path, "/static/") || slices.Contains([]string{"/sign-out", "/exit"}, u.Path) {
		return false
	}
	kind, most := oneOfMany.ReplaceAllString(u.Path, "*"), 1
	if kind == "/referrals/*" {
		most = 6 // one of each status
	}
	if w.kinds[kind] == most {
		return false
	}
	w.kinds[kind]++
	w.seen[path] = true
	return true
}

// walk looks at the page of a path and at those that links lead to.
func (w *words) walk(first string) {
	w.t.Helper()
	b := w.s.at(w.key)
	for queue := []string{first}; len(queue) > 0; queue = queue[1:] {
		if !w.wants(queue[0]) {
			continue
		}
		got := b.get(queue[0])
		if got.status != http.StatusOK || !strings.Contains(got.header.Get("Content-Type"), "text/html") {
			continue
		}
		w.look(queue[0], got.body)
		for _, m := range leadsTo.FindAllStringSubmatch(got.body, -1) {
			queue = append(queue, html.UnescapeString(m[1]))
		}
	}
}

// No page of any duty shows a word of the program: the name of an act, of a kind, of
// a status or of an answer, as a log or a table keeps it. The made-up State has a
// history for each duty, and the auditor reads all that the others left in the log.
func TestPagesSpeakPlainWords(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	if err := s.state.Tell(t.Context(), started); err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, key := range []string{"case_manager", "detective", "coordinator", "reviewer", "director", "program", "rhtp_harbor", "ldss_erie", "administrator", "auditor"} {
		w := &words{s: s, t: t, key: key, seen: map[string]bool{}, kinds: map[string]int{}, said: said}
		for _, first := range []string{"/", "/referrals", queuePath, tasksPath, inboxPath, "/directory", "/people", "/log"} {
			w.walk(first)
		}
		if len(w.seen) < 8 {
			t.Errorf("%s: %d pages only", key, len(w.seen))
		}
	}
	b, w := s.at("auditor"), &words{s: s, t: t, key: "auditor", said: said}
	page := b.get("/log")
	for pages := 0; ; pages++ {
		w.look("/log", page.body)
		cursor := regexp.MustCompile(`name="cursor" value="(\d+)"`).FindStringSubmatch(page.body)
		if cursor == nil {
			break
		}
		if page = b.post("/log", "/log", url.Values{"cursor": {cursor[1]}}); page.status != http.StatusOK || pages > 60 {
			t.Fatalf("page %d of the log answers %d", pages, page.status)
		}
	}
	w.look("/log/access", b.post("/log/access", "/log/access", url.Values{"reference": {s.anyReference()}}).body)
	var acts []string
	if err := s.state.DB.Read().AuditEntry.Query().Unique(true).Select(auditentry.FieldAction).Scan(t.Context(), &acts); err != nil {
		t.Fatal(err)
	}
	for _, act := range acts {
		if allDid[act] == "" {
			t.Errorf("the act %q of the log has no words of its own", act)
		}
	}
}

// anyReference is one that the log holds.
func (s *stage) anyReference() string {
	s.t.Helper()
	line := s.state.DB.Read().AuditEntry.Query().Where(auditentry.Action(string(workflow.Confirm))).FirstX(s.t.Context())
	return line.Refs[0]
}

// Every act that somebody can do has words of its own in the log: those of the law,
// and those of the registers.
func TestEveryActHasWordsInTheLog(t *testing.T) {
	list := map[string][]workflow.Action{"": workflow.Actions(), "handover_": workflow.HandoverActions(), "letter_": workflow.LetterActions(), "pair_": workflow.PairActions(),
		"hold_": workflow.HoldActions(), "disposal_": workflow.DisposalActions(), "disclosure_": workflow.DisclosureActions()}
	for family, acts := range list {
		for _, act := range acts {
			if allDid[family+string(act)] == "" {
				t.Errorf("%s%s has no words", family, act)
			}
		}
	}
	for _, p := range registryPowers() {
		if allDid[p] == "" {
			t.Errorf("%s has no words", p)
		}
	}
}

func registryPowers() []string {
	out := make([]string, len(registry.Powers))
	for i, p := range registry.Powers {
		out[i] = string(p.Do)
	}
	return out
}
