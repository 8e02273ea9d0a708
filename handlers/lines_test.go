package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
)

// OTDA reads the directory and changes nothing in it: every page that changes a
// line is absent to it, and to a recipient the directory is. It asks for a
// verification by a button; the administrator reads the question on top of the
// directory, naming the line and no referral, until the line is verified.
func TestOTDALooksThroughTheDirectory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		b, runs := s.at("program"), s.at("administrator")
		for _, path := range []string{"/directory/new", "/directory/import", "/directory/export", "/directory/ldss-monroe/edit", "/directory/ldss-monroe/verify", "/directory/ldss-monroe/end"} {
			if got := b.get(path); got.status != http.StatusNotFound {
				t.Errorf("OTDA opens %s: %d", path, got.status)
			}
		}
		for _, key := range []string{"rhtp_harbor", "reviewer", "detective"} {
			if got := s.at(key).get("/directory"); got.status != http.StatusNotFound {
				t.Errorf("%s opens the directory: %d", key, got.status)
			}
		}
		page := b.mustShow("/directory", "Find by name, county or kind", "Not verified")
		if strings.Contains(page, "Add a line") || strings.Contains(page, "Import") {
			t.Error("OTDA is offered to change the directory")
		}
		to := b.mustDo("/directory", "/directory", url.Values{"name": {"erie"}, "county": {"erie"}, "show": {"unverified"}})
		if page := b.mustShow(to, "/directory/ldss-erie\""); strings.Contains(page, "ldss-albany") {
			t.Error("what was not looked for is listed")
		}
		b.mustShow("/directory/ldss-erie", "Nobody has verified this line", "Ask the administrator to verify it")
		if page := runs.mustShow("/directory"); strings.Contains(page, "OTDA asks you to verify") {
			t.Error("nobody asked yet")
		}
		b.mustDo("/directory/ldss-erie", "/directory/ldss-erie/ask", nil)
		if page := b.mustShow("/directory/ldss-erie", "The administrator was asked"); strings.Contains(page, "/ask\"") {
			t.Error("it can be asked for twice")
		}
		runs.mustShow("/directory", "OTDA asks you to verify", "/directory?show=asked")
		runs.mustShow("/directory?show=asked", "/directory/ldss-erie\"")
		runs.mustShow("/directory/ldss-erie", "OTDA asks you to verify this line")
		runs.mustDo("/directory/ldss-erie/verify", "/directory/ldss-erie/verify", url.Values{"how": {"phone"}, "whom": {"The front desk"}, "agency": {""}})
		if page := runs.mustShow("/directory"); strings.Contains(page, "OTDA asks you to verify") {
			t.Error("the question stays though it was answered")
		}
		if got := b.post("/directory/ldss-erie", "/directory/ldss-erie/ask", nil); got.status != http.StatusConflict {
			t.Errorf("to ask for a verified line answers %d", got.status)
		}
	})
}

// OTDA chooses a recipient from a list that says name, kind, whom it serves and
// whether it is verified, and looks for others by county or name without losing
// what it typed, without a county in any address, and without a key to type. A
// search that finds nothing says so and offers no text to type into.
func TestChooseALineOfTheDirectory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.sendWith(1, func(r *forms.Referral) { r.Preference = "" }, confirmed()...)
		b, path := s.at("program"), handoverPath(ref, 1, "reroute")
		find := func(county, name string) string {
			got := b.post(path, path, url.Values{inCounty: {county}, inNamed: {name}, "reason": {"Nearer to her sister."}, web.InputGo: {web.GoFind}})
			if got.status != http.StatusOK || strings.Contains(got.header.Get("Location"), "county") {
				t.Fatalf("looking answers %d", got.status)
			}
			return got.body
		}
		if got := s.at("rhtp_harbor").do(http.MethodPost, path, ""); got.status != http.StatusNotFound && got.status != http.StatusForbidden {
			t.Errorf("a recipient looks: %d", got.status)
		}
		if page := find("", "no such office"); !strings.Contains(page, "No line was found") || strings.Contains(page, `type="text" name="contact"`) || strings.Contains(page, `value="demo-`) {
			t.Error("a search that finds nothing offers something")
		}
		page := find("erie", "")
		for _, want := range []string{`type="radio"`, `value="ldss-erie"`, "Not verified.", "Nearer to her sister.", "Department: ", "lines were found"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		if strings.Contains(page, `value="ldss-albany"`) || strings.Contains(page, `value="ldss-erie-child"`) {
			t.Error("a line of another county, or for children, is offered")
		}
		if page := find("", "open door"); !strings.Contains(page, "Verified.") || strings.Contains(page, "Not verified.") {
			t.Error("a verified line is not said to be")
		}
		if rec := s.state.As("program"); rec.ID != 0 {
			one, err := s.state.Door.Open(t.Context(), rec, ref, referrals.Want{})
			if err != nil || len(one.Handover) == 0 || one.Handover[0].Status != "proposed" {
				t.Errorf("looking changed the hand-over: %v", err)
			}
		}
		if to := b.mustDo(path, path, url.Values{inCounty: {"erie"}, "contact": {"ldss-erie"}, "reason": {"Nearer to her sister."}}); to != refPath(ref) {
			t.Errorf("it leads to %s", to)
		}
		page = b.mustShow(handoverPath(ref, 2), "Nearer to her sister.", "Chosen by OTDA", "Not verified", "Ask the administrator to verify it")
		b.mustDo(handoverPath(ref, 2), "/directory/ldss-erie/ask", nil)
		b.mustShow(handoverPath(ref, 2), "The administrator was asked on")
		if strings.Contains(page, "Directory row") {
			t.Error("an internal key is shown")
		}
	})
}

// Who asks for a line that somebody asked for already is told so, in words.
func TestAskedAlreadyIsSaid(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	b := s.at("program")
	b.mustDo("/directory/ldss-erie", "/directory/ldss-erie/ask", nil)
	b.mustShow("/directory/ldss-erie", "The administrator was asked to verify this line.")
	b.mustDo("/directory/ldss-erie", "/directory/ldss-erie/ask", nil)
	b.mustShow("/directory/ldss-erie", "The administrator was asked already, on ")
}
