package handlers

import (
	"html"
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

// mustShow fails unless the page answers 200 and holds every word.
func (b *browser) mustShow(path string, words ...string) string {
	b.t.Helper()
	got := b.get(path)
	if got.status != http.StatusOK {
		b.t.Fatalf("%s answers %d", path, got.status)
	}
	text := html.UnescapeString(got.body)
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Errorf("%s does not say %q", path, w)
		}
	}
	b.titleTellsNothing(path, text)
	return text
}

var titled = regexp.MustCompile(`<title>([^<]*)</title>`)

// titleTellsNothing fails when the title of a page holds a reference or a name.
func (b *browser) titleTellsNothing(path, page string) {
	b.t.Helper()
	title := titled.FindStringSubmatch(page)
	if len(title) != 2 {
		b.t.Fatalf("%s has no title", path)
	}
	for part := range strings.SplitSeq(path, "/") {
		if len(part) == 16 && strings.Contains(title[1], part) {
			b.t.Errorf("%s: the title %q names the reference", path, title[1])
		}
	}
}

// mustDo posts a form of the page at from and returns where it leads.
func (b *browser) mustDo(from, path string, answers url.Values) string {
	b.t.Helper()
	got := b.post(from, path, answers)
	if got.status != http.StatusSeeOther {
		b.t.Fatalf("%s answers %d: %s", path, got.status, said422(got.body))
	}
	return got.to()
}

var errorLines = regexp.MustCompile(`class="error"[^>]*><span class="vh">Error: </span>([^<]*)<|<h2>What happened</h2><p>([^<]*)`)

func said422(page string) string {
	var out []string
	for _, m := range errorLines.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1]+m[2])
	}
	return strings.Join(out, "; ")
}

// filled is the address of a route with a reference and numbers in it.
func filled(path, ref string) string {
	return strings.NewReplacer(":ref", ref, ":n", "1", ":action", "note", ":kind", "file").Replace(path)
}

// Whoever's duty does not stand in the line of a page gets the same answer,
// byte for byte, as for a page that does not exist: GET and POST alike.
func TestStaffPagesAreAbsentForOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(sent)...)
		shared := byAddress((&server{}).routes())
		own := map[string]bool{}
		for _, r := range (&server{}).staffRoutes() {
			own[r.Method+" "+r.Path] = true
		}
		tried := 0
		for _, key := range []string{"detective", "coordinator", "reviewer", "director", "program", "rhtp_harbor", "ldss_erie", "administrator", "auditor"} {
			b := s.at(key)
			none := b.get("/no/such/page").body
			for _, a := range shared {
				if !own[a.method+" "+a.path] {
					continue
				}
				if _, err := pick(a.routes, s.state.As(key)); err == nil {
					continue
				}
				tried++
				if got := b.do(a.method, filled(a.path, ref), ""); got.status != http.StatusNotFound || got.body != none {
					t.Errorf("%s: %s %s answers %d", key, a.method, a.path, got.status)
				}
			}
		}
		if tried < 60 {
			t.Errorf("only %d refusals were tried", tried)
		}
		if got := s.browser().get(refPath(ref)); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), "/sign-in") {
			t.Errorf("nobody signed in: %d %s", got.status, got.to())
		}
	})
}

// A recipient sees nothing of a hand-over that is not its own, nothing before it
// is sent, and nothing from the moment on at which it gave it back.
func TestHandoverIsItsRecipientsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed()...)
		harbor, other := s.at("rhtp_harbor"), s.at("rhtp_open_door")
		pages := []string{refPath(ref), handoverPath(ref, 1, "return"), paperPath(ref, "packet", 1), letterPath(ref, 1)}
		absent := func(b *browser, when string, pages ...string) {
			t.Helper()
			none := b.get("/no/such/page").body
			for _, path := range pages {
				if got := b.get(path); got.status != http.StatusNotFound || got.body != none {
					t.Errorf("%s: %s answers %d", when, path, got.status)
				}
			}
			token := hiddenOf(b.get(inboxPath).body)
			token.Set("_rev", "1")
			for _, do := range []workflow.Action{workflow.Accept, workflow.Return, workflow.Attempt, workflow.Reach} {
				if got := b.do("POST", handoverPath(ref, 1, string(do)), token.Encode()); got.status != http.StatusNotFound || got.body != none {
					t.Errorf("%s: %s answers %d", when, do, got.status)
				}
			}
			if strings.Contains(b.get(inboxPath).body, ref) {
				t.Errorf("%s: the inbox names it", when)
			}
		}
		absent(harbor, "before it is sent", pages...)
		page := handoverPath(ref, 1)
		s.at("program").mustDo(page, page+"/send", nil)
		absent(other, "another recipient", pages...)
		harbor.mustShow(inboxPath, ref, "Accept, or give it back")
		harbor.mustDo(page+"/return", page+"/return", url.Values{"returnReason": {"capacity"}, "reason": {"No bed is free this week."}})
		absent(harbor, "after giving it back", pages...)
		s.at("program").mustShow(page, "No capacity", "No bed is free this week.", "Choose another recipient")
	})
}

// Drafts do not exist for the State, in the list, as a page and as a paper.
func TestDraftsAreClosedToTheState(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	seen, err := s.state.Door.Begin(t.Context(), s.state.As("case_manager"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"reviewer", "director", "program"} {
		b := s.at(key)
		for _, path := range []string{refPath(seen.Ref), refPath(seen.Ref, "note"), paperPath(seen.Ref, "file", 0)} {
			if got := b.get(path); got.status != http.StatusNotFound {
				t.Errorf("%s: %s answers %d", key, path, got.status)
			}
		}
		if strings.Contains(b.get(queuePath).body, seen.Ref) {
			t.Errorf("%s: the queue names a draft", key)
		}
	}
}

// Of two reviewers who take the same referral one is told that the other was
// first, by name, and nothing of the second is done.
func TestSecondIsToldWhoWasFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(9)
		late := hiddenOf(s.at("second_reviewer").mustShow(refPath(ref), "Take it"))
		s.at("reviewer").mustDo(refPath(ref), refPath(ref, "take"), nil)
		got := s.at("second_reviewer").do("POST", refPath(ref, "take"), late.Encode())
		if got.status != http.StatusConflict || !strings.Contains(got.body, "Robin Hill changed this referral") {
			t.Errorf("answers %d: %s", got.status, said422(got.body))
		}
		s.at("reviewer").mustShow(refPath(ref), "Held by", "You")
		late.Del("_rev")
		if got := s.at("second_reviewer").do("POST", refPath(ref, "take"), late.Encode()); got.status != http.StatusConflict {
			t.Errorf("without a revision: %d", got.status)
		}
		if got := s.at("reviewer").get(refPath(ref, "note") + "?seen=1"); !strings.Contains(got.body, "has moved on since you read it") {
			t.Error("the page of an act does not say that the referral moved on")
		}
	})
}

// A reviewer who is refused for what is missing reads which sentence stands
// against it, and the words typed stay on the page.
func TestRefusedWordsStay(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(9, demo.ToDecision[0])
	b := s.at("reviewer")
	got := b.post(refPath(ref, "ask"), refPath(ref, "ask"), url.Values{"question": {""}, "about": {"G14", "G20"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="G14" checked`) || !strings.Contains(got.body, `value="G20" checked`) || !strings.Contains(got.body, "<title>Error: ") {
		t.Errorf("answers %d", got.status)
	}
	got = b.post(refPath(ref, "assess"), refPath(ref, "assess"), url.Values{"elementAction.finding": {"shown"}, "elementAction.shownBy": {"G1", "G14", "B1 G1"}})
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("half a grid answers %d", got.status)
	}
	for _, want := range []string{`name="elementAction.shownBy" value="G14" checked`, `value="B1"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page lost %s", want)
		}
	}
	if page := s.at("director").mustShow(refPath(ref, "decide")); strings.Count(page, "The elements are not all assessed yet") != 2 || strings.Contains(page, refPath(ref, "confirm")) {
		t.Error("the page of the decision does not say what is missing, or offers to decide all the same")
	}
}
