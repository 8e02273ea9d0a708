package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// kept are the tables that hold what people say, and the jobs that follow from
// it. The log is not among them: a refusal may be written down.
var kept = []string{"referrals", "answers", "entries", "handovers", "letters", "tasks", "documents", "requests", "river_job"}

// stored counts the rows of each table.
func stored(t *testing.T, db *store.DB) string {
	t.Helper()
	var out strings.Builder
	for _, table := range kept {
		var n, last int
		if err := db.SQL().QueryRowContext(t.Context(), "SELECT count(*), coalesce(max(id), 0) FROM "+table).Scan(&n, &last); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %d %d; ", table, n, last)
	}
	return out.String()
}

// FuzzSubmit: whatever a program submits, it is received, or it is refused and
// nothing is kept, neither of it nor of its key; the program never fails.
func FuzzSubmit(f *testing.F) {
	for n := 1; n <= 9; n++ {
		f.Add("application/json", []byte(cases.Load(n).Answers))
	}
	for _, body := range []string{"", "{}", "[]", `{"familyName":"\u0000"}`, `{"rev":1,"answers":{}}`, `{"age":1e999}`, `{"age":-0}`, "\xff", strings.Repeat("[", 10000),
		`{"needs":{"food":"now"},"otherNames":[{},{},{}],"born":"1984-13"}`, `{"summary":"` + strings.Repeat("x", 20000) + `"}`} {
		f.Add("application/json", []byte(body))
	}
	f.Add("text/plain", []byte("{}"))
	f.Add("application/json; charset=utf-7", []byte("{}"))
	db := storetest.SQLite(f)
	h := open(f, db, func(s *demo.State) { s.Door.Options = referrals.Options{SubmissionsAnHour: 1 << 30} })
	key := 0
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		h.t = t
		if strings.ContainsFunc(kind, func(r rune) bool { return r < ' ' || r > '~' }) {
			kind = "application/json" // no client could send it
		}
		key++
		before := stored(t, db)
		got := h.ask("case_manager", http.MethodPost, "/referrals", body, "Content-Type", kind, "Idempotency-Key", fmt.Sprint("fuzz ", key)[5:])
		switch after := stored(t, db); {
		case got.status >= http.StatusInternalServerError:
			t.Fatalf("answers %d: %s\n%s", got.status, got.body, h.log.String()[max(0, len(h.log.String())-2000):])
		case got.status == http.StatusCreated:
			if before == after {
				t.Fatal("a receipt for nothing")
			}
		case got.status < http.StatusBadRequest:
			t.Fatalf("answers %d", got.status)
		case before != after:
			t.Fatalf("answers %d, and something is kept\n%s\n%s", got.status, before, after)
		}
	})
}
