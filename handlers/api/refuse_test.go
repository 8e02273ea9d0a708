package api_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/handlers/api"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// nobody is a reference that is well formed and belongs to nothing.
var nobody = forms.NewReference(1234567)

// No token, a wrong one, a revoked one, one sent in another way and one of a
// disabled account get the same bytes, whatever the call, and whether or not
// the referral exists.
func TestTokenIsNeeded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		ref := h.sent(1).Reference
		who := h.As("case_manager")
		revoked, err := h.Auth.NewToken(t.Context(), who, who.ID, "old", time.Time{}, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Auth.SetPassword(t.Context(), workflow.Actor{}, who.ID, "nine amber kettles sing low", ""); err != nil {
			t.Fatal(err)
		}
		good := h.Account("reviewer").Token
		var first []byte
		for name, header := range map[string]string{"none": "", "empty": "Bearer ", "wrong": "Bearer nyr_" + strings.Repeat("A", 43), "nonsense": "Bearer x",
			"revoked": "Bearer " + revoked, "basic": "Basic " + good, "bare": good, "two": "Bearer " + good + " " + good} {
			for _, path := range []string{"/referrals/" + ref, "/referrals/" + nobody, "/referrals", "/me", "/form", "/tasks", "/referrals/x/receipt"} {
				headers := []string{"Authorization", header}
				if header == "" {
					headers = nil
				}
				got := h.want(401, "", "GET", path, nil, headers...)
				got.trouble(t)
				if got.header.Get("WWW-Authenticate") != "Bearer" {
					t.Errorf("%s: no challenge", name)
				}
				if first == nil {
					first = got.body
				}
				if !bytes.Equal(first, got.body) {
					t.Errorf("%s %s: %s", name, path, got.body)
				}
			}
			h.want(401, "", "POST", "/referrals", "{", "Authorization", header)
		}
		h.want(401, "", "GET", "/me?access_token="+good, nil)
		if cookie := h.want(200, "reviewer", "GET", "/me", nil).header.Get("Set-Cookie"); cookie != "" {
			t.Errorf("a cookie is set: %s", cookie)
		}
		if strings.Contains(h.log.String(), good) || strings.Contains(h.log.String(), ref) {
			t.Error("the log holds a token or a reference")
		}
	})
}

// Whatever is absent or somebody else's gets the same bytes: each call on each
// reference, by each duty that does not see it.
func TestAbsentAndForeignAreAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		sent := h.sent(1).Reference
		seen, err := h.Door.Begin(t.Context(), h.As("case_manager"))
		if err != nil {
			t.Fatal(err)
		}
		calls := []struct{ method, path, body string }{
			{"GET", "", ""}, {"GET", "/receipt", ""}, {"GET", "/packet?for=1", ""}, {"GET", "/packet?for=rhtp", ""}, {"GET", "/letter/referral", ""},
			{"GET", "/letter/confirmation", ""}, {"GET", "/letters/1", ""}, {"POST", "/letters/1/acknowledge", "{}"},
			{"GET", "/letters/1/paper", ""}, {"GET", "/letter/minor_notice", ""}, {"POST", "/letters/1/sign", `{"rev":1,"title":"x"}`},
			{"POST", "/letters/1/deliver", `{"rev":1,"way":"by_mail"}`}, {"POST", "/letters/1/hand_over", `{"rev":1}`}, {"POST", "/letters/1/could_not", `{"rev":1,"reason":"x"}`}, {"GET", "/looks", ""},
			{"POST", "/take", `{"rev":1}`}, {"POST", "/submit", `{"rev":1}`}, {"POST", "/discard", `{"rev":1}`},
			{"POST", "/handovers/1/accept", `{"rev":1}`}, {"POST", "/handovers/7/send", `{"rev":1}`}, {"POST", "/notify", "{}"},
			{"GET", "/pairs/" + nobody, ""}, {"POST", "/pairs/" + nobody + "/link", `{"rev":1,"reason":"x"}`},
			{"POST", "/withdraw", `{"rev":1,"reason":"x"}`}, {"POST", "/save", `{"rev":1,"answers":{"age":"x"}}`},
		}
		strangers := map[string][]string{
			sent:     {"case_manager", "shelter_lead", "coordinator", "administrator", "rhtp_harbor", "ldss_erie"},
			seen.Ref: {"detective", "attorney", "reviewer", "director", "program", "auditor", "administrator", "coordinator", "rhtp_harbor"},
		}
		for ref, keys := range strangers {
			for _, key := range keys {
				for _, c := range calls {
					there := h.want(404, key, c.method, "/referrals/"+ref+c.path, bodyOf(c.body))
					absent := h.want(404, key, c.method, "/referrals/"+nobody+c.path, bodyOf(c.body))
					there.trouble(t)
					if !bytes.Equal(there.body, absent.body) || !sameHeaders(there.header, absent.header) {
						t.Errorf("%s %s %s: %s and %s", key, c.method, c.path, there.body, absent.body)
					}
				}
			}
		}
		drafts := "/drafts/" + seen.Ref
		for _, c := range []struct{ method, path, body string }{{"PUT", drafts, `{"rev":1,"answers":{}}`}, {"DELETE", drafts, `{"rev":1}`}, {"POST", drafts + "/submit", `{"rev":1}`}} {
			h.want(404, "detective", c.method, c.path, c.body)
		}
		h.want(404, "detective", "GET", "/referrals/not-a-reference", nil)
	})
}

func bodyOf(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// sameHeaders compares what a caller could tell two answers apart by.
func sameHeaders(a, b http.Header) bool {
	a, b = a.Clone(), b.Clone()
	a.Del("Date")
	b.Del("Date")
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// strictCall is a call that is refused, and how.
type strictCall struct {
	name, method, path string
	body               any
	headers            []string
	want               int
}

func strictCalls(ref string) []strictCall {
	key := []string{"Idempotency-Key", "one"}
	return []strictCall{
		{"method", "DELETE", "/referrals", nil, nil, 405},
		{"method of one", "PATCH", "/referrals/" + ref, `{}`, nil, 405},
		{"act by GET", "GET", "/referrals/" + ref + "/take", nil, nil, 405},
		{"HEAD", "HEAD", "/me", nil, nil, 405},
		{"unknown act", "POST", "/referrals/" + ref + "/explode", `{"rev":1}`, nil, 404},
		{"unknown report", "GET", "/reports/everything", nil, nil, 404},
		{"unknown address", "GET", "/persons", nil, nil, 404},
		{"form", "POST", "/referrals", "a=b", append([]string{"Content-Type", "application/x-www-form-urlencoded"}, key...), 415},
		{"no type", "POST", "/referrals", "{}", append([]string{"Content-Type", ""}, key...), 415},
		{"charset", "POST", "/referrals", "{}", append([]string{"Content-Type", "application/json; charset=latin1"}, key...), 415},
		{"compressed", "POST", "/referrals", "{}", append([]string{"Content-Encoding", "gzip"}, key...), 415},
		{"long", "POST", "/referrals", `{"summary":"` + strings.Repeat("a", 1<<20) + `"}`, key, 413},
		{"no key", "POST", "/referrals", "{}", nil, 422},
		{"key with spaces", "POST", "/referrals", "{}", []string{"Idempotency-Key", "a b"}, 422},
		{"long key", "POST", "/referrals", "{}", []string{"Idempotency-Key", strings.Repeat("k", 201)}, 422},
		{"unknown name", "POST", "/referrals", `{"nonsense":1}`, key, 422},
		{"doubled name", "POST", "/referrals", `{"age":20,"age":21}`, key, 422},
		{"wrong kind", "POST", "/referrals", `{"age":"twenty"}`, key, 422},
		{"list for text", "POST", "/referrals", `{"summary":["a"]}`, key, 422},
		{"NUL", "POST", "/referrals", `{"summary":"a\u0000b"}`, key, 422},
		{"bad UTF-8", "POST", "/referrals", []byte("{\"summary\":\"\xff\"}"), key, 422},
		{"no object", "POST", "/referrals", `[]`, key, 422},
		{"two objects", "POST", "/referrals", `{}{}`, key, 422},
		{"broken", "POST", "/referrals", `{"a`, key, 422},
		{"nothing", "POST", "/referrals", ``, append([]string{"Content-Type", "application/json"}, key...), 422},
		{"parameter", "GET", "/referrals?colour=red", nil, nil, 422},
		{"status", "GET", "/referrals?status=lost", nil, nil, 422},
		{"twice", "GET", "/referrals?status=draft&status=draft", nil, nil, 422},
		{"flag", "GET", "/referrals?mine=perhaps", nil, nil, 422},
		{"size", "GET", "/referrals?size=1000", nil, nil, 422},
		{"cursor", "GET", "/referrals?cursor=next", nil, nil, 422},
		{"broken query", "GET", "/referrals?a=%zz", nil, nil, 422},
		{"unknown id", "GET", "/referrals/" + ref + "?reveal=Z99", nil, nil, 422},
		{"no rev", "POST", "/referrals/" + ref + "/withdraw", `{"reason":"x"}`, nil, 422},
		{"rev as text", "POST", "/referrals/" + ref + "/withdraw", `{"rev":"1"}`, nil, 422},
		{"name of another act", "POST", "/referrals/" + ref + "/withdraw", `{"rev":1,"typeConfirmed":"sex"}`, nil, 422},
		{"doubled rev", "POST", "/referrals/" + ref + "/withdraw", `{"rev":1,"rev":1}`, nil, 422},
		{"body for nothing", "POST", "/referrals/" + ref + "/notify", `{"a":1}`, nil, 422},
		{"tampered number", "POST", "/referrals/" + ref + "/handovers/01/accept", `{"rev":1}`, nil, 404},
	}
}

// What the API does not know is refused: methods, addresses, types, lengths,
// parameters, names, kinds, bytes.
func TestCallsAreStrict(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	ref := h.sent(1).Reference
	for _, c := range strictCalls(ref) {
		t.Run(c.name, func(t *testing.T) {
			got := h.ask("detective", c.method, c.path, c.body, c.headers...)
			if got.status != c.want {
				t.Fatalf("answers %d, wants %d: %s", got.status, c.want, got.body)
			}
			if c.method != "HEAD" {
				if said := got.trouble(t); got.status == 422 && c.name != "cursor" && (len(said.Problems) == 0 || !strings.HasSuffix(said.Problems[0].Message, ".")) {
					t.Errorf("no sentence says what is wrong: %s", got.body)
				}
			}
			if (got.status == 405) != (got.header.Get("Allow") != "") {
				t.Errorf("%d with Allow %q", got.status, got.header.Get("Allow"))
			}
			for name, part := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"} {
				holds(t, got.header.Get(name), part)
			}
		})
	}
	if n := len(h.list("detective", "")); n != 1 {
		t.Errorf("%d referrals after refusals, want the first alone", n)
	}
}

// A body of unknown length is measured while it is read.
func TestEndlessBodyIsRefused(t *testing.T) {
	h := open(t, storetest.SQLite(t))
	r, err := http.NewRequest("POST", h.url+api.Base+"/drafts", io.LimitReader(endless{}, 3<<20))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.Account("detective").Token)
	r.Header.Set("Content-Type", "application/json")
	got, err := h.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Body.Close(); err != nil || got.StatusCode != 413 {
		t.Errorf("%d, %v", got.StatusCode, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// Over the limit of an hour nothing is made, and the answer says when to come
// again.
func TestTooManyIsToldWhenToComeAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db, func(s *demo.State) { s.Door.Options.DraftsAnHour, s.Door.Options.SubmissionsAnHour = 2, 2 })
		for range 2 {
			h.want(201, "detective", "POST", "/drafts", `{}`)
		}
		got := h.want(429, "detective", "POST", "/drafts", `{}`)
		got.trouble(t)
		if got.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		h.want(429, "detective", "POST", "/referrals", h.answers(1), "Idempotency-Key", "late")
	})
}
