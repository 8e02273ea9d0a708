package handlers

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

var (
	hiddenTyped = regexp.MustCompile(`name="_typed" value="([^"]+)"`)
	hiddenNext  = regexp.MustCompile(`name="next" value="([^"]+)"`)
)

// typedOut has somebody whose session ended send a section, and returns the page
// that answers and what it bears.
func (b *browser) typedOut(path string, page answer, typed url.Values) (answer, url.Values) {
	b.t.Helper()
	got := b.save(path, page, typed)
	if got.status != http.StatusUnauthorized {
		b.t.Fatalf("a section sent by nobody answers %d", got.status)
	}
	in := hiddenOf(got.body)
	sealed, next := hiddenTyped.FindStringSubmatch(got.body), hiddenNext.FindStringSubmatch(got.body)
	if sealed == nil || next == nil || html.UnescapeString(next[1]) != path {
		b.t.Fatalf("the page to sign in bears nothing: %s", got.body)
	}
	in.Set("_typed", sealed[1])
	in.Set("next", path)
	return got, in
}

// proveIt sends the page to sign in.
func (b *browser) proveIt(in url.Values, email, password string) answer {
	b.t.Helper()
	in.Set("email", email)
	in.Set("password", password)
	return b.do(http.MethodPost, "/sign-in", in.Encode())
}

// Who sends a section after the session ended signs in, also at the second try,
// and finds what was typed, to be looked through and saved. Until then nothing
// is saved, and no page but the section shows a word of it.
func TestTypedTextSurvivesSigningIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ida Example")
		b, later := s.browser(), s.browser()
		b.signIn(email)
		path := b.begin() + "/sections/C"
		got, in := later.typedOut(path, b.get(path), url.Values{"familyName": {"Quoin"}, "born.year": {"84"}, "race": {"asian"}})
		if strings.Contains(got.body, "Quoin") || !strings.Contains(got.body, "is not lost") {
			t.Error("the page to sign in shows what was typed, or does not say that it is kept")
		}
		wrong := later.proveIt(in, email, "not the password at all")
		if again := hiddenTyped.FindStringSubmatch(wrong.body); wrong.status != http.StatusUnprocessableEntity || again == nil || again[1] != in.Get("_typed") {
			t.Fatalf("after a wrong password the page answers %d and bears nothing", wrong.status)
		}
		if got := later.proveIt(in, email, password); got.status != http.StatusSeeOther || got.to() != path {
			t.Fatalf("signing in answers %d %s", got.status, got.to())
		}
		for range 2 { // also after loading it again
			got = later.get(path)
			for _, want := range []string{`value="Quoin"`, `value="84"`, `value="asian" checked`, "is not saved yet"} {
				if !strings.Contains(got.body, want) {
					t.Errorf("the section lacks %s", want)
				}
			}
		}
		if strings.Contains(b.get(path).body, "Quoin") || strings.Contains(later.get("/referrals").body, "Quoin") {
			t.Error("it was saved before it was looked through, or stands on another page")
		}
		if got := later.save(path, got, url.Values{"born.year": {"1984"}}); got.status != http.StatusSeeOther {
			t.Errorf("saving it answers %d", got.status)
		}
		if now := later.fields(path); now.Get("familyName") != "Quoin" || now.Get("born.year") != "1984" || strings.Contains(later.get(path).body, "is not saved yet") {
			t.Errorf("afterwards %v is kept", now)
		}
	})
}

// What was typed comes back to nobody but whom the page was drawn for, though
// somebody else signs in on that page, the lead of the agency included; and not
// to a page that it was not typed into.
func TestTypedTextIsItsAuthorsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		agency := s.agency("Harbor House", "social_service_provider", workflow.SideProvider)
		email, _ := s.account(agency, workflow.Referrer, "Ida Example")
		lead, err := s.registry.Commands().AddAccount(t.Context(), registry.NewAccount{Agency: agency, Name: "Lea Example", Title: "Lead", Email: "lea@example.org", Phone: "518-555-0142", Duty: workflow.Referrer, Lead: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.auth.SetPassword(t.Context(), workflow.Actor{}, lead.ID, password, ""); err != nil {
			t.Fatal(err)
		}
		other, _ := s.account(s.agency("Pine Bridge", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Oda Example")
		b := s.browser()
		b.signIn(email)
		path := b.begin() + "/sections/C"
		elsewhere := b.begin() + "/sections/C"
		page := b.get(path)
		for who, status := range map[string]int{"lea@example.org": http.StatusOK, other: http.StatusNotFound} {
			them := s.browser()
			_, in := them.typedOut(path, page, url.Values{"familyName": {"Quoin"}})
			them.proveIt(in, who, password)
			if got := them.get(path); got.status != status || strings.Contains(got.body, "Quoin") {
				t.Errorf("%s: %d, and the text is shown: %t", who, got.status, strings.Contains(got.body, "Quoin"))
			}
		}
		for name, change := range map[string]func(url.Values){
			"another page": func(in url.Values) { in.Set("next", elsewhere) },
			"made up":      func(in url.Values) { in.Set("_typed", strings.Repeat("A", 400)) },
		} {
			own := s.browser()
			_, in := own.typedOut(path, page, url.Values{"familyName": {"Quoin"}})
			change(in)
			own.proveIt(in, email, password)
			for _, p := range []string{path, elsewhere} {
				if got := own.get(p); got.status != http.StatusOK || strings.Contains(got.body, "Quoin") {
					t.Errorf("%s: %s answers %d with the text", name, p, got.status)
				}
			}
		}
	})
}

// A page from before signing in anew, in another window, is not saved unseen and
// loses nothing: it comes back with what was typed and can be saved. One that
// was drawn for somebody else is refused as before.
func TestPageOfAnEarlierSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ida Example")
		b, anew := s.browser(), s.browser()
		b.signIn(email)
		anew.signIn(email)
		path := b.begin() + "/sections/C"
		page := b.get(path)
		got := anew.save(path, page, url.Values{"familyName": {"Quoin"}})
		if got.status != http.StatusForbidden || !strings.Contains(got.body, `value="Quoin"`) || strings.Contains(b.get(path).body, "Quoin") {
			t.Fatalf("it answers %d, or was saved", got.status)
		}
		if got := anew.save(path, got, nil); got.status != http.StatusSeeOther || b.fields(path).Get("familyName") != "Quoin" {
			t.Errorf("saving it answers %d", got.status)
		}
		page.body = strings.Replace(page.body, `name="_rev" value="`, `name="_rev" value="1.AAAA`, 1)
		if got := anew.save(path, page, url.Values{"familyName": {"Quoin"}}); got.status != http.StatusForbidden || strings.Contains(got.body, "Quoin") {
			t.Errorf("a page that was drawn for nobody answers %d", got.status)
		}
	})
}
