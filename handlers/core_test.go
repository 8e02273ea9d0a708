package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// Whatever the answer is, an error, a redirect, a file or a page, it carries
// every header that protects.
func TestHeadersOnEveryAnswer(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), func(d *Deps) { d.Settings.Insecure = false })
	b := s.browser()
	for _, a := range []struct {
		name string
		got  answer
		want int
	}{
		{"page", b.get("/"), 200},
		{"file", b.get(web.Asset("app.css")), 200},
		{"absent file", b.get("/static/none.css"), 404},
		{"absent", b.get("/no/such/page"), 404},
		{"absent call", b.get("/api/v1/none"), 404},
		{"method", b.do("DELETE", "/help", ""), 404},
		{"too large", b.do("POST", web.PathSignIn, strings.Repeat("a", 1<<20+1)), 413},
		{"foreign", b.do("POST", web.PathSignIn, "a=b"), 403},
		{"broken", b.do("POST", web.PathSignIn, "a=%zz"), 400},
		{"away", b.get("/exit"), 303},
	} {
		if a.got.status != a.want {
			t.Errorf("%s: %d, wants %d", a.name, a.got.status, a.want)
		}
		for name, part := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "geolocation=()",
			"Strict-Transport-Security": "max-age=", "Cache-Control": "",
		} {
			if got := a.got.header.Get(name); got == "" || !strings.Contains(got, part) {
				t.Errorf("%s: %s is %q", a.name, name, got)
			}
		}
		if csp := a.got.header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy allows what is inline", a.name)
		}
		if cache := a.got.header.Get("Cache-Control"); a.name != "file" && !strings.Contains(cache, "no-store") {
			t.Errorf("%s: Cache-Control is %q", a.name, cache)
		}
	}
}

// A wrong password, an unknown address and a disabled account get the same
// page, but for what was typed.
func TestSignInTellsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ada Example")
		b := s.browser()
		try := func(email, password string) string {
			got := b.post(web.PathSignIn, web.PathSignIn, url.Values{"email": {email}, "password": {password}})
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", email, got.status)
			}
			return strings.ReplaceAll(got.body, email, "(typed)")
		}
		known, unknown := try(email, "wrong"), try("bea.example@example.org", "wrong")
		if known != unknown {
			t.Error("the page tells whether there is such an account")
		}
		try("a\x00b", "x\x00")
		try("\xff\xfe", "\xff")
	})
}

// Signing in makes a new session, and signing out ends it for every copy of
// the cookie.
func TestSessionBeginsAndEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ada Example")
		b := s.browser()
		here, err := url.Parse(s.url)
		if err != nil {
			t.Fatal(err)
		}
		cookie := func() string {
			for _, c := range b.http.Jar.Cookies(here) {
				if c.Name == "session" {
					return c.Value
				}
			}
			return ""
		}
		b.get(web.PathSignIn)
		before := cookie()
		b.signIn(email)
		inside := cookie()
		if before == "" || inside == "" || before == inside {
			t.Error("the session was not made anew at signing in")
		}
		if got := b.get("/help"); !strings.Contains(got.body, "Ada Example") || !strings.Contains(got.body, "Harbor House") {
			t.Error("the page does not say who is signed in and for whom")
		}
		got := b.post("/help", web.PathSignOut, nil)
		if got.status != http.StatusSeeOther || got.header.Get("Clear-Site-Data") != `"cache", "storage"` {
			t.Errorf("signing out: %d, %q", got.status, got.header.Get("Clear-Site-Data"))
		}
		if set := got.header.Get("Set-Cookie"); !strings.HasPrefix(set, "session=;") || !strings.Contains(set, "Max-Age=0") {
			t.Errorf("signing out leaves the cookie: %q", set)
		}
		b.http.Jar.SetCookies(here, []*http.Cookie{{Name: "session", Value: inside}})
		if got := b.do("POST", web.PathStay, ""); got.status == http.StatusNoContent {
			t.Error("a copy of the cookie still works after signing out")
		}
	})
}

// A POST that another site sent, that names no origin, or that has no token or
// another's, changes nothing.
func TestForeignPostIsRefused(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	agency := s.agency("Harbor House", "social_service_provider", workflow.SideProvider)
	b, other := s.as(agency, workflow.Referrer), s.as(s.agency("Pine Bridge", "social_service_provider", workflow.SideProvider), workflow.Referrer)
	own, foreign := hiddenOf(b.get("/help").body).Encode(), hiddenOf(other.get("/help").body).Encode()
	for _, c := range []struct {
		name, body string
		headers    []string
		want       int
	}{
		{"cross-site", own, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"same-site", own, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"none", own, []string{"Sec-Fetch-Site", "none"}, 403},
		{"foreign origin", own, []string{"Sec-Fetch-Site", "same-origin", "Origin", "https://evil.example"}, 403},
		{"nothing said", own, []string{"Sec-Fetch-Site", ""}, 403},
		{"null origin alone", own, []string{"Sec-Fetch-Site", "", "Origin", "null"}, 403},
		{"no token", "", nil, 403},
		{"token of another", foreign, nil, 403},
		{"token twice", own + "&" + own, nil, 403},
		{"token in the query", "", nil, 403},
		{"origin alone", own, []string{"Sec-Fetch-Site", "", "Origin", s.url}, 204},
		{"ours", own, nil, 204},
	} {
		path := web.PathStay
		if c.name == "token in the query" {
			path += "?" + own
		}
		if got := b.do("POST", path, c.body, c.headers...); got.status != c.want {
			t.Errorf("%s: %d, wants %d", c.name, got.status, c.want)
		}
	}
}

// Every route that the server knows stands in the list with who may call it,
// and every line has a handler.
func TestEveryRouteIsListed(t *testing.T) {
	s := &server{}
	seen := map[string]bool{}
	for _, r := range s.routes() {
		if r.Handle == nil || r.Path == "" || r.Duties != nil && len(r.Duties) == 0 {
			t.Errorf("%s %s is not whole", r.Method, r.Path)
		}
		for _, d := range append([]workflow.Duty{"everybody"}, r.Duties...) {
			if d == "everybody" && r.Duties != nil {
				continue
			}
			key := r.Method + " " + r.Path + " " + string(d)
			if seen[key] {
				t.Errorf("%s stands twice", key)
			}
			seen[key] = true
		}
	}
	newNav(s.routes())
}

// The log holds the route and never the address, and nothing of what was sent.
func TestLogHoldsNothingPersonal(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	b := s.browser()
	b.get("/referrals/7K4M-2QX9-C3TB-5?name=Wanda")
	b.post(web.PathSignIn, web.PathSignIn, url.Values{"email": {"wanda@example.org"}, "password": {"Wanda"}})
	log := s.log.String()
	for _, word := range []string{"7K4M", "Wanda", "wanda", "127.0.0.1"} {
		if strings.Contains(log, word) {
			t.Errorf("the log holds %q", word)
		}
	}
	if !strings.Contains(log, "route=/sign-in") || !strings.Contains(log, "status=422") {
		t.Errorf("the log does not tell what happened:\n%s", log)
	}
}

// A path of another site, or one that a browser reads as such, is not gone to
// after signing in.
func TestNextStaysHere(t *testing.T) {
	for _, path := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "evil", "/a\r\nSet-Cookie: a=b"} {
		if got := local(path); got != "" {
			t.Errorf("%q leads to %q", path, got)
		}
	}
	if local("/referrals/7K4M-2QX9-C3TB-5") == "" {
		t.Error("a path of this site is refused")
	}
}
