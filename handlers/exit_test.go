package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nysreferral/ent/auditentry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// Who leaves at once is signed out on the server: no copy of the cookie opens a
// page again, and the browser forgets its own. One line in the log says so.
func TestLeavingSignsOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		b := s.as(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer)
		here, err := url.Parse(s.url)
		if err != nil {
			t.Fatal(err)
		}
		inside := b.http.Jar.Cookies(here)
		got := b.get(web.PathExit, "Sec-Fetch-Site", "same-origin")
		if got.status != http.StatusSeeOther || got.to() != web.LeaveTarget || !strings.Contains(got.header.Get("Clear-Site-Data"), `"cache"`) {
			t.Errorf("leaving: %d to %q, %q", got.status, got.to(), got.header.Get("Clear-Site-Data"))
		}
		if cookies := b.http.Jar.Cookies(here); len(cookies) > 0 {
			t.Errorf("the browser keeps %v", cookies)
		}
		b.http.Jar.SetCookies(here, inside)
		if got := b.get("/referrals"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), web.PathSignIn) {
			t.Errorf("a copy of the cookie opens a page: %d", got.status)
		}
		if n := db.Read().AuditEntry.Query().Where(auditentry.Action("sign_out")).CountX(t.Context()); n != 1 {
			t.Errorf("%d lines say so", n)
		}
	})
}

// A page of another site cannot sign anybody out: it is led away and nothing
// else. Who is not signed in is led away too, and the log says nothing.
func TestLeavingForOthersDoesNothing(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	b := s.as(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer)
	for _, site := range []string{"cross-site", "same-site"} {
		if got := b.get(web.PathExit, "Sec-Fetch-Site", site); got.status != http.StatusSeeOther || got.to() != web.LeaveTarget || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d to %q, %q", site, got.status, got.to(), got.header.Get("Set-Cookie"))
		}
		if got := b.get("/referrals"); got.status != http.StatusOK {
			t.Fatalf("%s signs out: %d", site, got.status)
		}
	}
	stranger := s.browser()
	stranger.get(web.PathSignIn)
	if got := stranger.get(web.PathExit, "Sec-Fetch-Site", "none"); got.to() != web.LeaveTarget {
		t.Errorf("a stranger goes to %q", got.to())
	}
	if got := s.browser().get(web.PathExit); got.to() != web.LeaveTarget {
		t.Errorf("without a cookie: %q", got.to())
	}
	if n := s.referrals.DB.Read().AuditEntry.Query().Where(auditentry.Action("sign_out")).CountX(t.Context()); n != 0 {
		t.Errorf("%d lines", n)
	}
}

// Whoever is watched gets away though signing out fails, and soon.
func TestLeavingNeedsNothing(t *testing.T) {
	db := storetest.SQLite(t)
	s := newSite(t, db)
	b := s.as(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer)
	if _, err := db.SQL().ExecContext(t.Context(), "ALTER TABLE sessions RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+web.PathExit, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Body.Close(); err != nil {
		t.Error(err)
	}
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != web.LeaveTarget || !strings.Contains(got.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d to %q, %q", got.StatusCode, got.Header.Get("Location"), got.Header.Get("Set-Cookie"))
	}
}
