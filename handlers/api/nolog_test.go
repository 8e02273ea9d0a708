package api_test

import (
	"net/http"
	"strings"
	"testing"

	"nysreferral/store/storetest"
)

// When the line of the log cannot be written the answer is 500 with nothing of
// the person in it, and the program's own log holds nothing of the person.
func TestNoLineNoAnswer(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	receipt, err := h.Send(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	whole := h.want(http.StatusOK, "reviewer", "GET", "/referrals/"+receipt.Reference, "")
	if _, err := h.DB.SQL().ExecContext(t.Context(), `CREATE TRIGGER no_room BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no room'); END`); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, w := range strings.FieldsFunc(string(whole.body), func(r rune) bool { return strings.ContainsRune(`",:{}[]`, r) }) {
		if len(w) > 30 && strings.Contains(w, " ") {
			words = append(words, w)
		}
	}
	if len(words) < 3 {
		t.Fatalf("%d words to look for in %s", len(words), whole.body)
	}
	for _, who := range []string{"reviewer", "detective", "trooper", "program"} {
		for _, path := range []string{"/referrals/" + receipt.Reference, "/referrals", "/referrals/" + receipt.Reference + "/receipt"} {
			got := h.want(http.StatusInternalServerError, who, "GET", path, "")
			for _, w := range words {
				if strings.Contains(string(got.body)+h.log.String(), w) {
					t.Errorf("%s reads %q at %s", who, w, path)
				}
			}
		}
	}
}
