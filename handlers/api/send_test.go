package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// What stands against a referral comes back whole, each with the question's id,
// its place and a sentence, and nothing is made.
func TestSendSaysWhatIsMissing(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	got := h.want(422, "case_manager", "POST", "/referrals", `{"summary":"Short."}`, "Idempotency-Key", "k").trouble(t)
	if len(got.Problems) < 10 {
		t.Errorf("only %d problems", len(got.Problems))
	}
	for _, p := range got.Problems {
		if p.ID == "" || p.Field == "" || !strings.HasSuffix(p.Message, ".") {
			t.Errorf("%+v", p)
		}
	}
	if got.Problems.Of("consented") == "" || got.Problems.Of("countyFound") == "" {
		t.Errorf("%+v", got.Problems)
	}
	if n := len(h.list("case_manager", "")); n != 0 {
		t.Errorf("%d referrals were made", n)
	}
	// The key was not used up by a refusal.
	h.want(201, "case_manager", "POST", "/referrals", h.answers(7), "Idempotency-Key", "k")
}

// The same key again gives the same answer, byte for byte, also after the
// referral moved on; with another body it is refused; another account's key is
// another key.
func TestSameKeySameAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		body := h.answers(1)
		first := h.want(201, "detective", "POST", "/referrals", body, "Idempotency-Key", "a")
		h.do("reviewer", reference(t, first), "take", "")
		h.do("program", reference(t, first), "consult", `"with":"Parker Shore","outcome":"agrees"`)
		h.do("director", reference(t, first), "extend", `"until":"2026-11-20","reason":"The interpreter is away."`)
		again := h.want(201, "detective", "POST", "/referrals", body, "Idempotency-Key", "a")
		if !bytes.Equal(first.body, again.body) || first.header.Get("Location") != again.header.Get("Location") {
			t.Errorf("first %s, again %s", first.body, again.body)
		}
		h.want(409, "detective", "POST", "/referrals", bytes.Replace(body, []byte("美玲"), []byte("美丽"), 1), "Idempotency-Key", "a").trouble(t)
		if other := h.want(201, "trooper", "POST", "/referrals", body, "Idempotency-Key", "a"); reference(t, other) == reference(t, first) {
			t.Error("another account's key is this one's")
		}
	})
}

func reference(t *testing.T, a answer) string {
	t.Helper()
	var out receipt
	a.into(t, &out)
	if out.Reference == "" {
		t.Fatalf("no reference in %s", a.body)
	}
	return out.Reference
}

// Twenty at once with one key make one referral, and all get the same answer.
func TestSameKeyAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		body := h.answers(1)
		got := make([]answer, 20)
		var group sync.WaitGroup
		for i := range got {
			group.Go(func() {
				a, err := h.try("detective", "POST", "/referrals", body, "Idempotency-Key", "once")
				if err != nil {
					t.Error(err)
				}
				got[i] = a
			})
		}
		group.Wait()
		for _, a := range got {
			if a.status != 201 || !bytes.Equal(a.body, got[0].body) {
				t.Errorf("%d %s, and %s", a.status, a.body, got[0].body)
			}
		}
		if n := len(h.list("detective", "")); n != 1 {
			t.Errorf("%d referrals were made", n)
		}
	})
}

type draft struct {
	Reference string `json:"reference"`
	Rev       int    `json:"rev"`
	Status    string `json:"status"`
}

// A draft is begun, saved, read back as it was saved, and submitted once.
func TestDraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		var d draft
		made := h.want(201, "case_manager", "POST", "/drafts", nil)
		made.into(t, &d)
		if d.Status != "draft" || made.header.Get("Location") != "/api/v1/referrals/"+d.Reference {
			t.Errorf("%s at %s", made.body, made.header.Get("Location"))
		}
		begun := h.read("case_manager", d.Reference)
		if string(begun.Answers["referrerName"]) != `"Casey Brook"` || len(begun.Problems) == 0 {
			t.Errorf("begun: %v, %d problems", begun.Answers, len(begun.Problems))
		}
		path := "/drafts/" + d.Reference
		save := func(rev int, answers string) answer {
			return h.ask("case_manager", "PUT", path, fmt.Sprintf(`{"rev":%d,"answers":%s}`, rev, answers))
		}
		for _, bad := range []string{`null`, `[]`, `{"age":"x"}`, `{"nonsense":1}`, `{"born":"1984-13"}`, `{"age":20,"age":20}`} {
			if got := save(d.Rev, bad); got.status != 422 || len(got.trouble(t).Problems) == 0 {
				t.Errorf("%s: %d %s", bad, got.status, got.body)
			}
		}
		if got := save(d.Rev+5, `{}`); got.status != 409 {
			t.Errorf("another revision: %d", got.status)
		}
		// The answer to a question that is not asked now is kept.
		kept := `{"arrested":"no","arrest":{"charge":"Trespass"},"needs":{"food":"now"},"otherNames":[{"name":"Ro"},{"name":"Lo"}],"meansUnclear":true,"age":0}`
		if got := save(d.Rev, kept); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		} else {
			got.into(t, &d)
		}
		back := h.read("case_manager", d.Reference)
		delete(back.Answers, "organization")
		delete(back.Answers, "sourceKind")
		delete(back.Answers, "designated")
		if !sameJSON(t, back.Answers, kept) || back.Rev != d.Rev {
			t.Errorf("read back %v, revision %d", back.Answers, back.Rev)
		}
		h.want(422, "case_manager", "POST", path+"/submit", map[string]int{"rev": d.Rev})
		save(d.Rev, string(h.answers(7))).into(t, &d)
		body := map[string]int{"rev": d.Rev}
		h.want(422, "case_manager", "POST", path+"/submit", nil, "Content-Type", "application/json")
		h.want(422, "case_manager", "POST", path+"/submit", body, "Idempotency-Key", "")
		sent := h.want(201, "case_manager", "POST", path+"/submit", body, "Idempotency-Key", "d")
		again := h.want(201, "case_manager", "POST", path+"/submit", body, "Idempotency-Key", "d")
		if !bytes.Equal(sent.body, again.body) || reference(t, sent) != d.Reference {
			t.Errorf("%s and %s", sent.body, again.body)
		}
		h.want(409, "case_manager", "POST", path+"/submit", body)
		h.want(409, "case_manager", "PUT", path, fmt.Sprintf(`{"rev":%d,"answers":{}}`, d.Rev))
		h.want(403, "case_manager", "PUT", path, fmt.Sprintf(`{"rev":%d,"answers":{}}`, h.read("case_manager", d.Reference).Rev))
	})
}

// The table's own words do the same as the calls below /drafts, and a discarded
// draft is gone.
func TestDraftByTheTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		var d draft
		h.want(201, "case_manager", "POST", "/drafts", h.answers(7)).into(t, &d)
		path := "/referrals/" + d.Reference
		h.want(200, "case_manager", "POST", path+"/save", fmt.Sprintf(`{"rev":%d,"answers":%s}`, d.Rev, h.answers(7))).into(t, &d)
		h.want(409, "case_manager", "DELETE", "/drafts/"+d.Reference, map[string]int{"rev": d.Rev + 1})
		h.want(204, "case_manager", "DELETE", "/drafts/"+d.Reference, map[string]int{"rev": d.Rev})
		gone := h.want(404, "case_manager", "GET", path, nil)
		if absent := h.want(404, "case_manager", "GET", "/referrals/"+nobody, nil); !bytes.Equal(gone.body, absent.body) {
			t.Errorf("%s and %s", gone.body, absent.body)
		}
		h.want(201, "case_manager", "POST", "/drafts", h.answers(7)).into(t, &d)
		h.want(201, "case_manager", "POST", "/referrals/"+d.Reference+"/submit", map[string]int{"rev": d.Rev})
		h.want(201, "case_manager", "POST", "/drafts", `{}`).into(t, &d)
		h.want(204, "case_manager", "POST", "/referrals/"+d.Reference+"/discard", map[string]int{"rev": d.Rev})
	})
}

// A list is read page by page, each referral once.
func TestListByPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		for i := range 5 {
			h.want(201, "detective", "POST", "/referrals", h.answers(1), "Idempotency-Key", fmt.Sprint(i))
		}
		seen, cursor := map[string]bool{}, ""
		for pages := 0; ; pages++ {
			var page struct {
				Referrals []struct {
					Reference string `json:"reference"`
					Facets    struct {
						Urgency string `json:"urgency"`
						Source  string `json:"source"`
					} `json:"facets"`
				} `json:"referrals"`
				Next string `json:"next"`
			}
			got := h.want(200, "reviewer", "GET", "/referrals?waiting=true&size=2&status=submitted&cursor="+cursor, nil)
			got.into(t, &page)
			for _, name := range []string{"queens", "美玲", "fuzhounese"} {
				if bytes.Contains(got.body, []byte(name)) {
					t.Errorf("a list tells %s", name)
				}
			}
			for _, l := range page.Referrals {
				if seen[l.Reference] || l.Facets.Source != "nypd" || l.Facets.Urgency != "tonight" {
					t.Errorf("%+v", l)
				}
				seen[l.Reference] = true
			}
			if cursor = page.Next; cursor == "" || pages > 5 {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d of 5 were listed", len(seen))
		}
		if n := len(h.list("auditor", "")); n != 5 {
			t.Errorf("an auditor counts %d", n)
		}
		if got := h.want(200, "case_manager", "GET", "/referrals", nil); string(got.body) != `{"referrals":[]}` {
			t.Errorf("another referrer's list: %s", got.body)
		}
		for _, key := range []string{"coordinator", "administrator"} {
			h.want(404, key, "GET", "/referrals", nil)
		}
	})
}

func sameJSON(t *testing.T, got any, want string) bool {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	one, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	two, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(one, two)
}
