package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// On a disk that is full a page that is sent is answered with 503, when to try again,
// and all that was typed, which is sent again from there and saved once there is
// room; what is read stays up as far as the log takes its line, and not a word is
// shown where it takes none; who signs out is out.
func TestNothingCanBeSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ida Example")
		b, other := s.browser(), s.browser()
		b.signIn(email)
		path := b.begin() + "/sections/C"
		page := b.get(path)
		if got := b.save(path, page, url.Values{"familyName": {"Quoin"}}); got.status != http.StatusSeeOther {
			t.Fatalf("saving answers %d", got.status)
		}
		page = b.get(path)
		little, lift := storetest.Full(t, db)
		given := b.save(path, page, url.Values{"familyName": {"Quoin"}, "givenNames": {`Ada "Lantern" <Example>`}})
		unsaved := func(what string, got answer) {
			t.Helper()
			if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "Nothing was saved") {
				t.Errorf("%s answers %d, to be tried again after %q", what, got.status, got.header.Get("Retry-After"))
			}
		}
		unsaved("saving a section", given)
		if in := typedFrom(given.body); in.Get("familyName") != "Quoin" || in.Get("givenNames") != `Ada "Lantern" <Example>` || !strings.Contains(given.body, "still here") {
			t.Errorf("what was typed is not given back: %v", in)
		}
		if got := b.get(path); strings.Contains(got.body, "Quoin") {
			t.Errorf("a page without a line in the log answers %d and shows what it holds", got.status)
		} else {
			unsaved("a page that cannot be logged", got)
		}
		for _, public := range []string{"/", "/get-help", "/privacy"} {
			if got := other.get(public); got.status != http.StatusOK {
				t.Errorf("%s answers %d", public, got.status)
			}
		}
		little() // the log takes lines again; nobody has tried yet whether more fits
		if db.Dialect() == store.Postgres && db.Saves() == nil {
			t.Error("it saves again before anybody tried")
		}
		if got := b.get(path); got.status != http.StatusOK || !strings.Contains(got.body, "Quoin") {
			t.Errorf("a page that can be logged answers %d", got.status)
		}
		unsaved("a new draft", b.do(http.MethodPost, "/referrals", hiddenOf(page.body).Encode()))
		unsaved("saving while one types", b.do(http.MethodPost, path, hiddenOf(page.body).Encode(), "Accept", "application/json"))
		other.signIn(email) // to read
		if got := other.post("/referrals", "/sign-out", nil); got.status != http.StatusSeeOther {
			t.Errorf("signing out answers %d", got.status)
		}
		lift()
		if err := db.Resume(t.Context(), storetest.Line(t.Context())); err != nil {
			t.Fatal(err)
		}
		if got := b.do(http.MethodPost, path, typedFrom(given.body).Encode()); got.status != http.StatusSeeOther {
			t.Errorf("sending it again answers %d", got.status)
		}
		if now := b.fields(path); now.Get("givenNames") != `Ada "Lantern" <Example>` {
			t.Errorf("afterwards %v is kept", now)
		}
	})
}

// Who signs out on a full disk is out: the browser loses the cookie and what it kept,
// and the session is gone, though the log takes no line. Where the database takes
// nothing at all the browser is out all the same.
func TestSigningOutOnAFullDisk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ida Example")
		first, second := s.browser(), s.browser()
		pages := map[*browser]answer{}
		for _, b := range []*browser{first, second} {
			b.signIn(email)
			pages[b] = b.get("/referrals")
		}
		sessions := func() int {
			n, err := db.Read().Session.Query().Count(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		leave := func(b *browser) {
			t.Helper()
			got := b.do(http.MethodPost, "/sign-out", hiddenOf(pages[b].body).Encode())
			set := strings.Join(got.header.Values("Set-Cookie"), "\n")
			if got.status != http.StatusSeeOther || !strings.Contains(set, "session=;") || strings.Count(set, "session=") != 1 || !strings.Contains(set, "Max-Age=0") || got.header.Get("Clear-Site-Data") == "" {
				t.Errorf("signing out answers %d, with the cookie %q, and clears %q", got.status, set, got.header.Get("Clear-Site-Data"))
			}
			if got := b.get("/referrals"); got.status == http.StatusOK || strings.Contains(got.body, "Ida Example") {
				t.Errorf("Back answers %d", got.status)
			}
		}
		before := sessions()
		storetest.Full(t, db)
		if leave(first); sessions() != before-1 {
			t.Errorf("%d sessions of %d are left", sessions(), before)
		}
		storetest.Frozen(t, db)
		if leave(second); sessions() != before-1 {
			t.Error("the database takes something")
		}
	})
}

// Each address that is tried though nothing can be saved is one of the site.
func TestReadsAreRoutes(t *testing.T) {
	list := (&server{}).routes()
	for _, path := range reads {
		if !slices.ContainsFunc(list, func(r route) bool { return r.Method == post && r.Path == path }) {
			t.Errorf("%s is no address of a POST", path)
		}
	}
	for _, path := range []string{"/referrals", sectionPath, "/referrals/:ref/submit", web.PathRenew, web.PathNewPasskey} {
		if slices.Contains(reads, path) {
			t.Errorf("%s writes", path)
		}
	}
}
