package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
)

// kept are the tables that hold what people say, and the jobs that follow from
// it. The log and the sessions are not among them: a refusal may be written down.
var kept = []string{"referrals", "answers", "entries", "handovers", "letters", "tasks", "documents", "requests", "river_job"}

// holds sums up what is stored: rows of each table, revisions, and the last
// answers as they lie there.
func holds(t *testing.T, db *store.DB) string {
	t.Helper()
	var out strings.Builder
	ask := func(query string) {
		var got string
		if err := db.SQL().QueryRowContext(t.Context(), query).Scan(&got); err != nil {
			t.Fatal(err)
		}
		out.WriteString(got + ";")
	}
	for _, table := range kept {
		ask("SELECT count(*) || ',' || coalesce(max(id), 0) FROM " + table)
	}
	ask("SELECT coalesce(sum(rev), 0) || ',' || coalesce(max(updated_at), '') FROM referrals")
	ask("SELECT coalesce((SELECT hex(sealed) FROM answers ORDER BY id DESC LIMIT 1), '')")
	return out.String()
}

// FuzzSection: whatever is sent to the page of a section, it is saved, or it is
// refused and nothing of it is kept; the program never fails, and the page can be
// opened afterwards.
func FuzzSection(f *testing.F) {
	for i, sec := range forms.Questions.Sections {
		var r forms.Referral
		if bad := forms.Questions.DecodeJSON(&r, cases.Load(3).Answers); len(bad) > 0 {
			f.Fatal(bad)
		}
		f.Add(uint8(i), false, inputsOf(&r, sec).Encode())
	}
	f.Add(uint8(2), false, "familyName=x&otherNames.0.name=y&otherNames.7.remove=yes&_add=otherNames&_go=continue")
	f.Add(uint8(2), false, "born.month=13&born.day=&born.year=%00&_remove=otherNames.0&_csrf=x&_rev=9")
	f.Add(uint8(6), false, "traffickers.999999999999999999999.age=-1&trafficking=sex&trafficking=labor&_go=save")
	f.Add(uint8(1), true, "--x\r\nContent-Disposition: form-data; name=\"consented\"\r\n\r\nno\r\n--x--")
	db := storetest.SQLite(f)
	s, b := harbor(f, db)
	at := b.begin()
	f.Fuzz(func(t *testing.T, which uint8, multipart bool, body string) {
		b.t, s.t = t, t
		list := forms.Questions.Sections
		path := at + "/sections/" + list[int(which)%len(list)].ID
		before := holds(t, db)
		got := b.send(at, path, multipart, body)
		after := holds(t, db)
		switch {
		case got.status >= http.StatusInternalServerError:
			t.Fatalf("%s answers %d: %s", path, got.status, s.log.String()[max(0, len(s.log.String())-2000):])
		case got.status >= http.StatusBadRequest && before != after:
			t.Fatalf("%s answers %d, and something is kept\n%s\n%s", path, got.status, before, after)
		}
		if page := b.get(path); page.status != http.StatusOK && page.status != http.StatusNotFound {
			t.Fatalf("afterwards %s answers %d", path, page.status)
		}
	})
}

// send posts a body to a section with the token and the revision of the draft at
// before it, as a page would.
func (b *browser) send(at, path string, multipart bool, body string) answer {
	b.t.Helper()
	page := b.get(path)
	if page.status != http.StatusOK { // not asked of this draft
		page = b.get(at + "/sections/A")
	}
	in := hiddenOf(page.body)
	if !multipart {
		return b.do(http.MethodPost, path, in.Encode()+"&"+body)
	}
	var whole strings.Builder
	for _, name := range []string{web.InputCSRF, web.InputRev} {
		fmt.Fprintf(&whole, "--x\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, in.Get(name))
	}
	return b.do(http.MethodPost, path, whole.String()+body, "Content-Type", "multipart/form-data; boundary=x")
}

// inputsOf are the inputs that a page would send for a section.
func inputsOf(r *forms.Referral, sec *forms.Section) url.Values {
	out := url.Values{}
	for _, a := range forms.Questions.Answers(r) {
		if a.Field.Section == sec.ID && !a.Field.Derived {
			out[a.Path] = slices.Clone(a.Codes())
		}
	}
	return out
}
