package handlers

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workers"
)

// Nobody but the department that was told opens a notice about a minor. Its page
// says all that its paper says, block by block: danger and tonight above all else,
// where to call back, and what may be the department's to report within 24 hours,
// until when. That stays said when the notice is acknowledged, there, in the inbox
// and among the tasks: nothing says that nothing is left to do.
func TestNoticePageSaysWhatItsPaperSays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(3)
		path := letterPath(ref, 1)
		for _, stranger := range []string{"ldss_wyoming", "rhtp_harbor", "social_worker", "reviewer", "program", "auditor"} {
			if got := s.at(stranger).get(path); got.status != http.StatusNotFound {
				t.Errorf("%s opens the notice: %d", stranger, got.status)
			}
		}
		erie := s.at("ldss_erie")
		page := html.UnescapeString(erie.mustShow(path, "Acknowledge"))
		paper, err := s.state.Door.LetterPaper(t.Context(), s.state.As("ldss_erie"), ref, 1)
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := workers.Letter(paper)
		if err != nil || len(blocks) < 10 {
			t.Fatalf("%d blocks, %v", len(blocks), err)
		}
		for _, b := range blocks {
			says := append([]string{b.Heading, b.Title, b.Text, b.Strong, b.Small}, b.List...)
			for _, r := range b.Rows {
				says = append(append(says, r.Label), strings.Split(r.Value, "\n")...)
			}
			for _, one := range says {
				if !strings.Contains(page, one) {
					t.Errorf("the paper says %q, the page does not", one)
				}
			}
		}
		if danger, rest := strings.Index(page, "Danger now, or no place for tonight"), strings.Index(page, "How to reach the child safely"); danger < 0 || danger > rest || strings.Contains(page[:danger], "<h2") {
			t.Errorf("danger stands at %d, how to reach the child at %d", danger, rest)
		}
		until := "until November 10, 2026, 12:0"
		if !strings.Contains(page, until) {
			t.Errorf("the page does not say %q", until)
		}
		erie.mustDo(path, path+"/acknowledge", nil)
		erie.mustShow(path, "Acknowledged", "Still for your department to do", until, "To acknowledge this notice is no report.")
		erie.mustShow(inboxPath, "Acknowledged notices", "yours to report within 24 hours: until Tuesday, November 10")
		if page := erie.mustShow(tasksPath, "What the law asks of your department for a child"); strings.Contains(page, "Nothing is left to do") {
			t.Error("the department reads that nothing is left to do")
		}
	})
}
