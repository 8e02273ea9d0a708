package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// turned is wall time that a test turns on.
type turned struct {
	mu sync.Mutex
	by time.Duration
}

func (c *turned) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.by)
}

func (c *turned) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by += d
}

// idling is a site with a clock for its sessions, and a referrer who is signed in.
func idling(t *testing.T, db *store.DB) (*site, *turned, *browser) {
	clock := &turned{}
	s := newSite(t, db, func(d *Deps) {
		var err error
		if d.Auth, err = auth.New(auth.Options{DB: db, Ring: d.Referrals.Ring, Now: clock.now, Cost: 1, PasswordAlone: true}); err != nil {
			t.Fatal(err)
		}
		d.Registry.Auth = d.Auth
	})
	b := s.browser()
	email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ida Example")
	b.signIn(email)
	return s, clock, b
}

// unlock opens the locked screen with the password and returns where that leads.
func (b *browser) unlock(page answer, secret string) answer {
	b.t.Helper()
	in := hiddenOf(page.body)
	in.Set(web.InputAsk, "password")
	in.Set(web.InputProof, secret)
	return b.do(http.MethodPost, web.PathUnlock, in.Encode())
}

// A locked screen shows nothing of the person or of the page, whatever is asked
// for; a section that is sent from it is not saved, and stands there again after
// the right password, hours later. Scripts are not needed for any of it.
func TestLockedScreenKeepsTyping(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, clock, b := idling(t, db)
		path := b.begin() + "/sections/C"
		page := b.get(path)
		clock.pass(11 * time.Minute)
		for _, at := range []string{"/", "/referrals", path, "/help"} {
			got := b.get(at)
			if strings.Contains(got.body, "Ida") || strings.Contains(got.body, "Harbor") {
				t.Errorf("%s shows who is there", at)
			}
		}
		if got := b.get(path); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), web.PathUnlock+"?next=") {
			t.Errorf("a page answers %d %s", got.status, got.to())
		}
		got := b.save(path, page, url.Values{"familyName": {"Quoin"}, "born.year": {"84"}})
		if got.status != http.StatusUnauthorized || strings.Contains(got.body, "Quoin") || !strings.Contains(got.body, "What you typed is kept") {
			t.Fatalf("a section from a locked screen answers %d: %s", got.status, got.body)
		}
		clock.pass(2 * time.Hour)
		if wrong := b.unlock(got, "not the password at all"); wrong.status != http.StatusUnprocessableEntity || strings.Contains(wrong.body, "Quoin") {
			t.Fatalf("a wrong password answers %d", wrong.status)
		}
		if got = b.unlock(b.get(web.PathUnlock), password); got.status != http.StatusSeeOther || got.to() != path {
			t.Fatalf("unlocking answers %d %s", got.status, got.to())
		}
		back := b.get(path)
		for _, want := range []string{`value="Quoin"`, `value="84"`, "is not saved yet"} {
			if !strings.Contains(back.body, want) {
				t.Errorf("the section lacks %s", want)
			}
		}
		if saved := b.save(path, back, url.Values{"born.year": {"1984"}}); saved.status != http.StatusSeeOther {
			t.Errorf("saving answers %d", saved.status)
		}
		if strings.Contains(b.get(path).body, "is not saved yet") || !strings.Contains(b.get(path).body, `value="Quoin"`) {
			t.Error("it was not saved, or stands there twice")
		}
	})
}

// An act that is sent from a locked screen is not done; after unlocking it is
// shown as not done, and done when its author says so.
func TestLockedScreenDoesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, clock, b := idling(t, db)
		path := b.begin()
		page := b.get(path + "/discard")
		clock.pass(11 * time.Minute)
		got := b.do(http.MethodPost, path+"/discard", hiddenOf(page.body).Encode())
		if got.status != http.StatusUnauthorized {
			t.Fatalf("an act from a locked screen answers %d", got.status)
		}
		if got = b.unlock(got, password); got.to() != web.PathResume {
			t.Fatalf("unlocking leads to %s", got.to())
		}
		if b.get(path).status != http.StatusOK {
			t.Error("the act was done")
		}
		again := b.get(web.PathResume)
		if !strings.Contains(again.body, `action="`+path+`/discard"`) {
			t.Fatalf("what was sent is not shown: %s", again.body)
		}
		if got = b.do(http.MethodPost, path+"/discard", hiddenOf(again.body).Encode()); got.status != http.StatusSeeOther || b.get(path).status == http.StatusOK {
			t.Errorf("sending it answers %d", got.status)
		}
		if got = b.get(web.PathResume); got.to() != "/" {
			t.Errorf("it can be sent twice: %d", got.status)
		}
	})
}

// What a page sends when it hides itself is kept for that page alone; a page
// whose session is used in another window is told to stay, and that is no use of
// it. What no page of the session sent is not kept.
func TestPageHidesItself(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		_, clock, b := idling(t, db)
		path := b.begin()
		at := path + "/discard"
		in := hiddenOf(b.get(at).body)
		in.Set("why", "Moonlit")
		in.Set(web.InputPage, at)
		in.Set(web.InputTo, at)
		clock.pass(9 * time.Minute)
		if got := b.do(http.MethodPost, web.PathLock, in.Encode()); got.status != http.StatusOK || !strings.Contains(got.body, `"seconds":`) {
			t.Errorf("a session in use answers %d %s", got.status, got.body)
		}
		clock.pass(2 * time.Minute)
		foreign := url.Values{web.InputPage: {at}, web.InputTo: {at}, "why": {"Foreign"}, web.InputCSRF: {"made up"}}
		if got := b.do(http.MethodPost, web.PathLock, foreign.Encode()); got.status != http.StatusForbidden {
			t.Errorf("what no page sent answers %d", got.status)
		}
		if got := b.do(http.MethodPost, web.PathLock, in.Encode()); got.status != http.StatusNoContent {
			t.Fatalf("a page that hides answers %d", got.status)
		}
		locked := b.get(web.PathUnlock)
		if strings.Contains(locked.body, "Moonlit") {
			t.Error("the locked screen shows what was typed")
		}
		if got := b.unlock(locked, password); got.to() != at {
			t.Fatalf("unlocking leads to %s", got.to())
		}
		if strings.Contains(b.get(path).body, "Moonlit") {
			t.Error("another page has it")
		}
		if !strings.Contains(b.get(at).body, "Moonlit") || strings.Contains(b.get(at).body, "Moonlit") {
			t.Error("the page does not have it, or more than once")
		}
	})
}

// Who signs in at the locked screen of somebody else finds nothing of what was
// typed there: neither on the page, nor to be sent.
func TestLockedTypingIsItsOwners(t *testing.T) {
	s, clock, b := idling(t, storetest.SQLite(t))
	path := b.begin()
	at := path + "/discard"
	in := hiddenOf(b.get(at).body)
	in.Set("why", "Moonlit")
	in.Set(web.InputPage, at)
	in.Set(web.InputTo, at)
	clock.pass(11 * time.Minute)
	if got := b.do(http.MethodPost, web.PathLock, in.Encode()); got.status != http.StatusNoContent {
		t.Fatalf("a page that hides answers %d", got.status)
	}
	if got := b.do(http.MethodPost, at, in.Encode()); got.status != http.StatusUnauthorized {
		t.Fatalf("an act from a locked screen answers %d", got.status)
	}
	lead := s.agency("Pine Bridge", "social_service_provider", workflow.SideProvider)
	other, _ := s.account(lead, workflow.Referrer, "Ada Example")
	b.signIn(other)
	for _, page := range []string{at, web.PathResume, "/referrals", path} {
		if got := b.get(page); strings.Contains(got.body, "Moonlit") || strings.Contains(got.body, at) {
			t.Errorf("%s shows it: %s", page, got.body)
		}
	}
}

// From a locked screen somebody can sign out, which the log says of them.
func TestSigningOutOfLockedScreen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, clock, b := idling(t, db)
		clock.pass(time.Hour)
		page := b.get(web.PathUnlock)
		if got := b.do(http.MethodPost, web.PathSignOut, hiddenOf(page.body).Encode()); got.status != http.StatusSeeOther {
			t.Fatalf("signing out answers %d", got.status)
		}
		if got := b.get(web.PathUnlock); got.to() != web.PathSignIn+"?ended=1" {
			t.Errorf("it is locked still: %d %s", got.status, got.to())
		}
		lines, err := s.registry.DB.Read().AuditEntry.Query().All(t.Context())
		if err != nil || lines[len(lines)-1].Action != "sign_out" || lines[len(lines)-1].Actor == 0 {
			t.Errorf("the log does not say who: %v", err)
		}
	})
}
