package handlers

import (
	"encoding/csv"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/auth"
	"nysreferral/ent"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// lookedAt has the log say n times that the reviewer opened the referral.
func (s *stage) lookedAt(ref string, n int) {
	s.t.Helper()
	who := s.state.As("reviewer")
	err := s.state.DB.Do(s.t.Context(), func(tx *ent.Tx) error {
		for i := range n {
			l := audit.Line{At: started.Add(time.Duration(i) * time.Minute), Actor: who.ID, Duty: string(who.Duty), Agency: who.Agency, Action: "read", Outcome: audit.Done, Refs: []string{ref}}
			if err := audit.Add(s.t.Context(), tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// The page of who looked at a referral ends nowhere in silence: it says how many
// there are and leads on to all of them. Who answers demands from outside takes the
// list as a file, in which every opening stands once, by office and without anybody's
// name; the referrer and OTDA have no such file.
func TestWhoLookedIsToldWhole(t *testing.T) {
	older := regexp.MustCompile(`<a class="button button-second" href="([^"]+)">Show older openings</a>`)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1)
		s.lookedAt(ref, 130)
		for _, key := range []string{"detective", "reviewer", "program"} {
			first := s.at(key).get(refPath(ref, "looks"))
			next := older.FindStringSubmatch(first.body)
			if next == nil || !strings.Contains(first.body, "130 openings in all; this page shows the last 100 openings.") || strings.Count(first.body, "<tr>") != 101 {
				t.Fatalf("%s: %d rows, %q", key, strings.Count(first.body, "<tr>"), next)
			}
			second := s.at(key).get(html.UnescapeString(next[1]))
			if older.MatchString(second.body) || strings.Count(second.body, "<tr>") != 31 || !strings.Contains(second.body, "this page goes on with 30 openings.") {
				t.Errorf("%s: the second page has %d rows", key, strings.Count(second.body, "<tr>"))
			}
			if may := key == "reviewer"; strings.Contains(first.body, "Take the list as a file") != may {
				t.Errorf("%s is offered the file: %t", key, !may)
			}
		}
		for key, status := range map[string]int{"detective": http.StatusNotFound, "program": http.StatusNotFound, "trooper": http.StatusNotFound, "auditor": http.StatusNotFound,
			"reviewer": http.StatusOK, "director": http.StatusOK} {
			got := s.at(key).get(refPath(ref, "looks", "file"))
			if got.status != status {
				t.Errorf("%s: the file answers %d", key, got.status)
			}
			if status != http.StatusOK {
				continue
			}
			lines, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
			if err != nil || len(lines) != 131 || lines[1][0] != ref || lines[1][3] != s.state.As("reviewer").Office || lines[1][4] != "Opened" {
				t.Errorf("%s: %d lines, %v", key, len(lines), err)
			}
			if strings.Contains(got.body, s.state.As("reviewer").Name) || got.header.Get("Content-Disposition") != `attachment; filename="document.csv"` {
				t.Errorf("%s: the file names somebody, or is named %s", key, got.header.Get("Content-Disposition"))
			}
		}
	})
}

// Each way of looking that the list shows has words of its own.
func TestEveryLookHasWords(t *testing.T) {
	for _, action := range referrals.LooksOf() {
		if lookWords[action] == "" {
			t.Errorf("%s has no words", action)
		}
	}
}

// Before the list of who looked is taken as a file they prove anew who they are.
func TestLooksFileAsksForProof(t *testing.T) {
	s := strictly(t, storetest.SQLite(t), time.Microsecond, func(o *auth.Options) { o.PublicURL = here })
	for _, duty := range []workflow.Duty{workflow.Reviewer, workflow.Director} {
		email, _ := s.account(s.agency("Agency of "+string(duty), "dcjs", workflow.SideDCJS), duty, "Ada "+string(duty))
		b := s.browser()
		b.half(email)
		b.bindKey()
		if got := b.get("/referrals/7K4M2QX9C3TB5/looks/file"); got.status != http.StatusOK || !strings.Contains(got.body, "Confirm that it is you") {
			t.Errorf("%s: %d without being asked", duty, got.status)
		}
	}
}
