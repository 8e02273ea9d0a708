package handlers

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/auth/authtest"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

var questionShown = regexp.MustCompile(`data-passkey-ask="([^"]*)"`)

// question is what a page asks a device.
func question(t testing.TB, page string) string {
	t.Helper()
	m := questionShown.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no passkey is asked: %s", page)
	}
	return html.UnescapeString(m[1])
}

// bindKey adds a passkey by the page.
func (b *browser) bindKey() (*authtest.Key, answer) {
	b.t.Helper()
	key := authtest.New(here, "referrals.example.org")
	page := b.get(web.PathNewPasskey)
	in := hiddenOf(page.body)
	in.Set("answer", key.Make(question(b.t, page.body)))
	in.Set("label", "blue key")
	return key, b.do(http.MethodPost, web.PathNewPasskey, in.Encode())
}

// useKey signs in with a passkey by the page.
func (b *browser) useKey(key *authtest.Key) answer {
	b.t.Helper()
	page := b.get(web.PathSignIn + "?next=/queue")
	in := hiddenOf(page.body)
	in.Set("answer", key.Use(question(b.t, page.body)))
	in.Set("next", "/queue")
	return b.do(http.MethodPost, web.PathPasskey, in.Encode())
}

// A reviewer's first sign-in leads to a first passkey and then in; from then on
// the passkey alone lets in, an answer is good once, and a false page's is good
// for nothing. Before a grave act the passkey is asked again.
func TestReviewerSignsInWithPasskey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := strictly(t, db, time.Microsecond, func(o *auth.Options) { o.PublicURL = here })
		email, _ := s.account(s.agency("State", "dcjs", workflow.SideDCJS), workflow.Reviewer, "Ada Example")
		b := s.browser()
		if to := b.half(email); to != web.PathSetUp {
			t.Fatalf("leads to %s", to)
		}
		if got := b.post(web.PathNewPasskey, web.PathNewPasskey, url.Values{"answer": {""}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("no answer: %d", got.status)
		}
		key, got := b.bindKey()
		if got.status != http.StatusOK || strings.Count(got.body, `<li class="mono">`) != 10 {
			t.Fatalf("adding answers %d: %s", got.status, got.body)
		}
		if got := b.get("/queue"); got.status != http.StatusOK {
			t.Errorf("after the first passkey: %d", got.status)
		}
		other := s.browser()
		lying := key.Copy()
		lying.Origin = "https://referrals.example.org.evil.example"
		if got := other.useKey(lying); got.status != http.StatusUnprocessableEntity {
			t.Errorf("relayed by a false page: %d", got.status)
		}
		page := other.get(web.PathSignIn)
		in := hiddenOf(page.body)
		in.Set("answer", key.Use(question(t, page.body)))
		if got := other.do(http.MethodPost, web.PathPasskey, in.Encode()); got.status != http.StatusSeeOther {
			t.Fatalf("with the passkey: %d %s", got.status, got.body)
		}
		third := s.browser()
		third.get(web.PathSignIn)
		if got := third.do(http.MethodPost, web.PathPasskey, hiddenOf(third.get(web.PathSignIn).body).Encode()+"&answer="+url.QueryEscape(in.Get("answer"))); got.status != http.StatusUnprocessableEntity {
			t.Errorf("the answer of another: %d", got.status)
		}
		if to := third.half(email); to != web.PathCode {
			t.Errorf("the password of a reviewer with a passkey leads to %s", to)
		}
		third.reachesNothing("a reviewer's password")

		asked := other.post(web.PathWays, web.PathCodes, nil)
		if asked.status != http.StatusOK || !strings.Contains(asked.body, "Confirm that it is you") || strings.Contains(asked.body, `type="password"`) {
			t.Fatalf("a grave act: %d %s", asked.status, asked.body)
		}
		in = hiddenOf(asked.body)
		in.Set(web.InputAsk, "passkey")
		in.Set(web.InputProof, key.Use(question(t, asked.body)))
		if got := other.do(http.MethodPost, web.PathCodes, in.Encode()); got.status != http.StatusOK || strings.Count(got.body, `<li class="mono">`) != 10 {
			t.Errorf("proved: %d %s", got.status, got.body)
		}
		if got := other.do(http.MethodPost, web.PathCodes, in.Encode()); strings.Contains(got.body, `<li class="mono">`) {
			t.Error("one proof was good twice")
		}
	})
}
