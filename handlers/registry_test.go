package handlers

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nysreferral/ent"
	"nysreferral/registry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// office is a site with an agency of every side and the seeded directory.
type office struct {
	*site
	at map[workflow.Side]int
}

func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	o := &office{site: newSite(t, db), at: map[workflow.Side]int{}}
	for side, kind := range map[workflow.Side]string{workflow.SidePolice: "sheriff", workflow.SideProvider: "social_service_provider", workflow.SideDCJS: "dcjs",
		workflow.SideOTDA: "otda", workflow.SideRHTP: "social_service_provider", workflow.SideLDSS: "local_social_services",
		workflow.SideAdministration: "administration", workflow.SideAuditor: "auditor"} {
		o.at[side] = o.agency("Office of "+string(side), kind, side)
	}
	if _, err := o.registry.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o
}

// sideOf is a side at which a duty stands.
func sideOf(duty workflow.Duty) workflow.Side {
	for _, p := range workflow.Posts {
		if p.Duty == duty {
			return p.Sides[0]
		}
	}
	return ""
}

// in returns a browser in which somebody new of a duty is signed in.
func (o *office) in(duty workflow.Duty) *browser {
	o.t.Helper()
	b := o.browser()
	email, _ := o.account(o.at[sideOf(duty)], duty, "Kim "+string(duty))
	b.signIn(email)
	return b
}

var anyParam = regexp.MustCompile(`:[a-z]+`)

// For every other duty a page of the registry is as absent as one that does
// not exist, byte for byte but for the token; who is not signed in is asked to.
func TestRegistryOfOthersIsAbsent(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	list := (&server{}).registryRoutes()
	token := regexp.MustCompile(`name="_csrf" value="[^"]*"`)
	for _, duty := range workflow.Duties() {
		b := o.in(duty)
		none := token.ReplaceAllString(b.get("/no/such/page").body, "")
		own := func(r route) bool { // an address may be another page for another duty
			return slices.ContainsFunc(list, func(o route) bool {
				return o.Method == r.Method && o.Path == r.Path && slices.Contains(o.Duties, duty)
			})
		}
		for _, r := range list {
			if r.Method != get || own(r) {
				continue
			}
			path := anyParam.ReplaceAllString(r.Path, "1")
			if got := b.get(path); got.status != http.StatusNotFound || token.ReplaceAllString(got.body, "") != none {
				t.Errorf("%s opens %s: %d", duty, path, got.status)
			}
		}
		for _, r := range list {
			if r.Method != post || own(r) {
				continue
			}
			path := anyParam.ReplaceAllString(r.Path, "1")
			if got := b.do(http.MethodPost, path, hiddenOf(b.get("/").body).Encode()); got.status != http.StatusNotFound {
				t.Errorf("%s posts to %s: %d", duty, path, got.status)
			}
		}
	}
	stranger := o.browser()
	for _, r := range list {
		if got := stranger.get(anyParam.ReplaceAllString(r.Path, "1")); r.Method == get && (got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), web.PathSignIn)) {
			t.Errorf("a stranger opens %s: %d", r.Path, got.status)
		}
	}
}

// A line, an agency and an account that do not exist are absent pages, and a
// form without its revision or from an old page is refused as such.
func TestRegistryAbsentAndStale(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	b := o.in(workflow.Administrator)
	for _, path := range []string{"/directory/none", "/directory/none/edit", "/directory/none/verify", "/directory/none/end", "/agencies/0", "/agencies/9999", "/agencies/01", "/agencies/x", "/people?agency=x", "/holidays/x"} {
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	csrf := hiddenOf(b.get("/directory/new").body).Get(web.InputCSRF)
	for path, answers := range map[string]url.Values{
		"/directory/ldss-erie/verify": {"how": {"phone"}, "whom": {"a desk"}},
		"/directory/ldss-erie/edit":   {"name": {"X"}},
		"/directory/ldss-erie/end":    {},
		"/people/act":                 {"account": {"1"}, "do": {"disable"}},
	} {
		answers.Set(web.InputCSRF, csrf)
		if got := b.do(http.MethodPost, path, answers.Encode()); got.status != http.StatusConflict {
			t.Errorf("%s without a revision: %d", path, got.status)
		}
		answers.Set(web.InputRev, "77")
		if got := b.do(http.MethodPost, path, answers.Encode()); got.status < 400 {
			t.Errorf("%s from an old page: %d", path, got.status)
		}
	}
	if got := b.do(http.MethodPost, "/people/act", url.Values{web.InputCSRF: {csrf}, web.InputRev: {"1"}, "account": {"9999"}, "do": {"disable"}}.Encode()); got.status != http.StatusNotFound {
		t.Errorf("an account that does not exist: %d", got.status)
	}
}

// An administrator finds what nobody verified first, is asked how and whom,
// and what waited is told; changing the phone then asks for it again.
func TestVerifyByPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		told := 0
		o.registry.OnVerified = func(context.Context, *ent.Tx, *ent.ContactPoint) error { told++; return nil }
		b := o.in(workflow.Administrator)
		if got := b.get("/directory?show=unverified&county=albany"); !strings.Contains(got.body, `href="/directory/ldss-albany"`) || strings.Contains(got.body, "ldss-erie") {
			t.Errorf("the filter does not keep what it says: %d", got.status)
		}
		bad := b.post("/directory/ldss-albany/verify", "/directory/ldss-albany/verify", url.Values{"how": {""}, "whom": {""}})
		if bad.status != 422 || !strings.Contains(bad.body, "Say how you checked it.") || !strings.Contains(bad.body, "<title>Error: ") || told != 0 {
			t.Errorf("%d: %s", bad.status, bad.body)
		}
		answers := url.Values{"how": {"phone"}, "whom": {"J. Rivera, intake"}, "agency": {strconv.Itoa(o.at[workflow.SideLDSS])}}
		if got := b.post("/directory/ldss-albany/verify", "/directory/ldss-albany/verify", answers); got.status != 303 || got.to() != "/directory/ldss-albany" || told != 1 {
			t.Fatalf("%d, told %d: %s", got.status, told, got.body)
		}
		page := b.get("/directory/ldss-albany").body
		for _, want := range []string{"What waited for this line goes on", "answered by J. Rivera, intake", "Office of ldss", "November 9, 2026"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		form := b.get("/directory/ldss-albany/edit").body
		all := formOf(form)
		all.Set("phone", "call me")
		if got := b.do(http.MethodPost, "/directory/ldss-albany/edit", all.Encode()); got.status != 422 || !strings.Contains(got.body, `href="#phone"`) || !strings.Contains(got.body, "call me") {
			t.Errorf("%d: the refused phone is not shown as typed", got.status)
		}
		all.Set("phone", "518-555-0177")
		if got := b.do(http.MethodPost, "/directory/ldss-albany/edit", all.Encode()); got.status != 303 {
			t.Fatalf("%d: %s", got.status, got.body)
		}
		if page := b.get("/directory/ldss-albany").body; !strings.Contains(page, "has to be verified again") || !strings.Contains(page, "Nobody has verified this line") {
			t.Error("the page does not say that the verification is gone")
		}
		if got := b.do(http.MethodPost, "/directory/ldss-albany/edit", all.Encode()); got.status != http.StatusConflict {
			t.Errorf("an old page saved: %d", got.status)
		}
	})
}

var (
	tagInputs  = regexp.MustCompile(`<input[^>]*>`)
	tagAttrs   = regexp.MustCompile(`([a-z]+)="([^"]*)"`)
	tagSelects = regexp.MustCompile(`(?s)<select[^>]* name="([^"]*)".*?</select>`)
	tagOptions = regexp.MustCompile(`<option value="([^"]*)" selected`)
)

// formOf are the answers that stand in the form of a page, as a browser would
// send them.
func formOf(page string) url.Values {
	out := url.Values{}
	for _, tag := range tagInputs.FindAllString(page, -1) {
		a := map[string]string{}
		for _, m := range tagAttrs.FindAllStringSubmatch(tag, -1) {
			a[m[1]] = m[2]
		}
		box := a["type"] == "checkbox" || a["type"] == "radio"
		if a["name"] != "" && (!box || strings.Contains(tag, " checked")) {
			if strings.HasPrefix(a["name"], "_") {
				out.Del(a["name"])
			}
			out.Add(a["name"], strings.NewReplacer("&#39;", "'", "&amp;", "&", "&#34;", `"`).Replace(a["value"]))
		}
	}
	for _, m := range tagSelects.FindAllStringSubmatch(page, -1) {
		if o := tagOptions.FindStringSubmatch(m[0]); o != nil {
			out.Set(m[1], o[1])
		}
	}
	return out
}

// A new line is added and ended by pages.
func TestAddAndEndByPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	b := o.in(workflow.Administrator)
	answers := url.Values{"key": {"rhtp-new-light"}, "kind": {"rhtp"}, "name": {"New Light"}, "counties": {"erie", "niagara"}, "languages": {"spanish"}, "specialties": {"labor"}, "rank": {"x"}}
	if got := b.post("/directory/new", "/directory/new", answers); got.status != 422 || !strings.Contains(got.body, "Enter a number from 0") {
		t.Errorf("%d", got.status)
	}
	answers.Set("rank", "2")
	if got := b.post("/directory/new", "/directory/new", answers); got.status != 303 || got.to() != "/directory/rhtp-new-light" {
		t.Fatalf("%d: %s", got.status, got.body)
	}
	if page := b.get("/directory/rhtp-new-light").body; !strings.Contains(page, "Erie, Niagara") || !strings.Contains(page, "Spanish") || !strings.Contains(page, "Labor trafficking") {
		t.Error("the line is not as it was entered")
	}
	end := "/directory/rhtp-new-light/end"
	if got := b.post(end, end, url.Values{"valid_to.month": {"2"}, "valid_to.day": {"30"}, "valid_to.year": {"2027"}}); got.status != 422 || !strings.Contains(got.body, `value="30"`) {
		t.Errorf("%d: a day that is none", got.status)
	}
	if got := b.post(end, end, url.Values{"valid_to.month": {"11"}, "valid_to.day": {"8"}, "valid_to.year": {"2026"}}); got.status != 303 {
		t.Errorf("%d", got.status)
	}
	if page := b.get("/directory?show=ended").body; !strings.Contains(page, "rhtp-new-light") {
		t.Error("the ended line is not among those that ended")
	}
}

// An administrator adds an agency and its coordinator; a coordinator adds a
// person of the own agency, makes them lead and switches them off.
func TestAgencyAndPeopleByPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	b := o.in(workflow.Administrator)
	answers := url.Values{"name": {"Bridge Legal"}, "kind": {"legal_service_provider"}, "side": {"provider"}, "designated": {"not_applicable"}, "active": {"yes"}}
	if got := b.post("/agencies/new", "/agencies/new", answers); got.status != 422 || !strings.Contains(got.body, "must be designated") || !strings.Contains(got.body, `value="Bridge Legal"`) {
		t.Errorf("%d", got.status)
	}
	answers.Set("designated", "ovs")
	added := b.post("/agencies/new", "/agencies/new", answers)
	if added.status != 303 {
		t.Fatalf("%d: %s", added.status, added.body)
	}
	number := strings.TrimPrefix(added.to(), "/agencies/")
	person := url.Values{"name": {"Noor Example"}, "email": {"noor@example.org"}, "agency": {number}, "duty": {"referrer"}}
	if got := b.post("/people/new", "/people/new", person); got.status != 422 || !strings.Contains(got.body, "You cannot give this duty") {
		t.Errorf("an administrator gave a duty that reads referrals: %d", got.status)
	}
	if got := b.post("/people/new", "/people/new", url.Values{"name": {"Noor Example"}, "email": {"noor@example.org"}}); got.status != 422 || !strings.Contains(got.body, "Choose the agency.") {
		t.Errorf("%d", got.status)
	}
	person.Set("duty", "coordinator")
	if got := b.post("/people/new", "/people/new", person); got.status != 303 {
		t.Fatalf("%d: %s", got.status, got.body)
	}
	if page := b.get("/people?agency=" + number).body; !strings.Contains(page, "noor@example.org") || strings.Contains(page, "auditor") || !strings.Contains(page, "No password yet") {
		t.Error("the coordinator is not alone among the agency's people")
	}
	if got := b.get(added.to()); got.status != 200 || !strings.Contains(got.body, "Bridge Legal") {
		t.Errorf("%d", got.status)
	}

	c := o.in(workflow.Coordinator)
	person = url.Values{"name": {"Sam Example"}, "email": {"sam@example.org"}, "duty": {"referrer"}, "agency": {number}}
	if got := c.post("/people/new", "/people/new", person); got.status != http.StatusNotFound {
		t.Errorf("a coordinator added a person elsewhere: %d", got.status)
	}
	person.Del("agency")
	if got := c.post("/people/new", "/people/new", person); got.status != 303 {
		t.Fatalf("%d: %s", got.status, got.body)
	}
	page := c.get("/people").body
	if !strings.Contains(page, "Sam Example") || strings.Contains(page, "Noor Example") {
		t.Error("a coordinator sees the own agency, and no other")
	}
	at := regexp.MustCompile(`name="account" value="(\d+)"`).FindStringSubmatch(page)[1]
	for i, do := range []string{"lead", "unlead", "disable", "enable", "unlock"} {
		answers := url.Values{"account": {at}, "do": {do}, web.InputRev: {strconv.Itoa(i + 1)}}
		askedOnceMore(t, c, answers)
		if got := c.post("/people", "/people/act", answers); got.status != 303 {
			t.Errorf("%s: %d", do, got.status)
		}
		if got := c.post("/people?show=all", "/people/act", answers); got.status != http.StatusConflict {
			t.Errorf("%s again from the old page: %d", do, got.status)
		}
	}
	if got := c.post("/people", "/people/act", url.Values{"account": {at}, "do": {"promote"}, web.InputRev: {"6"}}); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
}

// askedOnceMore wants a page that asks before the account is switched off, and
// says yes in answers.
func askedOnceMore(t *testing.T, c *browser, answers url.Values) {
	t.Helper()
	if answers.Get("do") != "disable" {
		return
	}
	if got := c.post("/people", "/people/act", answers); got.status != 200 || !strings.Contains(got.body, "Sam Example") || !strings.Contains(got.body, `name="sure"`) {
		t.Errorf("an account is switched off without being asked once more: %d", got.status)
	}
	if !strings.Contains(c.get("/people").body, "Sam Example") {
		t.Error("the account is off before anybody said yes")
	}
	answers.Set("sure", "yes")
}

// The holidays of a year are changed as lines of text, and mistakes are shown
// as they were typed.
func TestHolidaysByPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	b := o.in(workflow.Administrator)
	if page := b.get("/holidays").body; !strings.Contains(page, "2026-11-03 Election Day") {
		t.Error("this year's holidays are not shown")
	}
	if got := b.post("/holidays/2027", "/holidays/2027", url.Values{"days": {"2027-01-01 New Year's Day\r\nJuly 5 Day"}}); got.status != 422 || !strings.Contains(got.body, "Entry 2: Enter a day of 2027") || !strings.Contains(got.body, "July 5 Day") {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/holidays/2027", "/holidays/2027", url.Values{"days": {"\r\n2027-07-06 Day of mourning\r\n\r\n2027-01-01 New Year's Day"}}); got.status != 303 {
		t.Fatalf("%d: %s", got.status, got.body)
	}
	if page := b.get("/holidays/2027").body; !strings.Contains(page, "a list of the State&#39;s own") || !strings.Contains(page, "2027-01-01 New Year&#39;s Day\n2027-07-06 Day of mourning") {
		t.Errorf("the own list is not shown: %s", page)
	}
}

// Each way of verifying and each duty has its words on the pages.
func TestRegistryWords(t *testing.T) {
	for _, d := range workflow.Duties() {
		if dutyWords[d] == "" || dutyHints[d] == "" {
			t.Errorf("%s has no words", d)
		}
	}
	if len(spoken()) < 20 || registry.LabelOf(spoken(), "kiche") == "kiche" {
		t.Error("languages have no words")
	}
}
