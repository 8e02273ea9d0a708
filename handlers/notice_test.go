package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// Nobody reaches a page of a duty in a new browser before agreeing to the notice,
// whose four statements it says; nothing that is sent before is done. Then the
// browser is not asked again, but for another person, and another browser is.
func TestNotice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, func(d *Deps) { d.Settings.Notice = true })
		agency := s.agency("Harbor House", "social_service_provider", workflow.SideProvider)
		email, _ := s.account(agency, workflow.Referrer, "Ida Example")
		other, _ := s.account(agency, workflow.Referrer, "Ada Example")
		b := s.browser()
		b.signIn(email)
		for _, path := range []string{"/referrals", web.PathWays} {
			if got := b.get(path); got.status != http.StatusSeeOther || got.to() != web.PathNotice {
				t.Errorf("%s answers %d %s before the notice", path, got.status, got.to())
			}
		}
		page := b.get(web.PathNotice)
		for _, says := range []string{"restricted information system", "recorded, and can be audited", "prohibited, and can be punished under criminal and civil law", "you consent"} {
			if !strings.Contains(page.body, says) {
				t.Errorf("the notice lacks %q", says)
			}
		}
		if got := b.do(http.MethodPost, "/referrals", hiddenOf(page.body).Encode()); got.to() != web.PathNotice {
			t.Errorf("beginning a referral answers %d %s", got.status, got.to())
		}
		if got := b.do(http.MethodPost, web.PathNotice, hiddenOf(page.body).Encode()); got.to() != web.PathWays {
			t.Errorf("agreeing leads to %s", got.to())
		}
		if line := s.lastLine(); line.Action != "acknowledge_notice" || line.Actor == 0 {
			t.Errorf("the log says %s", line.Action)
		}
		if got := b.get("/referrals"); got.status != http.StatusOK {
			t.Errorf("after the notice: %d", got.status)
		}
		again := func(b *browser, email string, want int) {
			t.Helper()
			b.do(http.MethodPost, web.PathSignOut, hiddenOf(b.get(web.PathWays).body).Encode())
			b.signIn(email)
			if got := b.get("/referrals"); got.status != want {
				t.Errorf("signing in again: %d, want %d", got.status, want)
			}
		}
		again(b, email, http.StatusOK)
		again(b, other, http.StatusSeeOther)
		elsewhere := s.browser()
		elsewhere.signIn(email)
		if got := elsewhere.get("/referrals"); got.status != http.StatusSeeOther {
			t.Errorf("another browser: %d", got.status)
		}
	})
}

// Who has to change the password is nobody until it is changed, by a page that
// says what is wrong with the new one.
func TestRenewingByThePage(t *testing.T) {
	db := storetest.SQLite(t)
	s := newSite(t, db, func(d *Deps) {
		known, err := auth.ReadKnown(strings.NewReader(password))
		if err != nil {
			t.Fatal(err)
		}
		if d.Auth, err = auth.New(auth.Options{DB: db, Ring: d.Referrals.Ring, Now: time.Now, Cost: 1, PasswordAlone: true, Known: known}); err != nil {
			t.Fatal(err)
		}
	})
	email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ida Example")
	b := s.browser()
	if to := b.half(email); to != web.PathRenew {
		t.Fatalf("it leads to %s", to)
	}
	b.reachesNothing("a password that is known")
	give := func(one, two string) answer {
		return b.post(web.PathRenew, web.PathRenew, url.Values{"password": {one}, "again": {two}})
	}
	for _, wrong := range [][2]string{{"a quiet harbor in Oswego now", "another one"}, {"short", "short"}, {password, password}} {
		if got := give(wrong[0], wrong[1]); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%q answers %d", wrong, got.status)
		}
	}
	const fresh = "eleven kettles on a slow tide"
	if got := give(fresh, fresh); got.status != http.StatusSeeOther || b.get("/referrals").status != http.StatusOK {
		t.Errorf("a new one answers %d %s", got.status, got.to())
	}
}
