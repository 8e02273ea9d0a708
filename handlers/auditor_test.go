package handlers

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// An auditor searches the log with nothing in the address, checks it, and
// counts access by office; a wrong day and a wrong number are said.
func TestAuditorByPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	admin := o.in(workflow.Administrator)
	for range 60 {
		admin.get("/directory/ldss-erie")
	}
	b := o.in(workflow.Auditor)
	if got := b.get("/log"); got.status != 200 || !strings.Contains(got.body, "line ldss-erie of the directory") || !strings.Contains(got.body, "Older lines") {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/log", "/log", url.Values{"account": {"x"}}); got.status != 422 || !strings.Contains(got.body, "Enter the number of an account") {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/log", "/log", url.Values{"from.month": {"2"}, "from.day": {"30"}, "from.year": {"2026"}}); got.status != 422 || !strings.Contains(got.body, "Enter a day of the calendar") {
		t.Errorf("%d", got.status)
	}
	found := b.post("/log", "/log", url.Values{"reference": {"contact:ldss-erie"}, "action": {"open_contact"}})
	if found.status != 200 || strings.Count(found.body, "Searched the log") != 1 || !strings.Contains(found.body, `name="action" value="open_contact"`) {
		t.Errorf("%d", found.status)
	}
	cursor := regexp.MustCompile(`name="cursor" value="(\d+)"`).FindStringSubmatch(found.body)[1]
	if got := b.post("/log", "/log", url.Values{"reference": {"contact:ldss-erie"}, "action": {"open_contact"}, "cursor": {cursor}}); got.status != 200 || strings.Contains(got.body, "Older lines") || strings.Count(got.body, "Opened a line of the directory") < 3 {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/log/verify", "/log/verify", url.Values{"kept": {""}}); got.status != 200 || !strings.Contains(got.body, "The log is whole") {
		t.Errorf("%d: %s", got.status, got.body)
	}
	if got := b.post("/log/verify", "/log/verify", url.Values{"kept": {"made up"}}); got.status != 200 || !strings.Contains(got.body, "Something is wrong") {
		t.Errorf("%d", got.status)
	}
	if got := b.get("/log/checkpoints"); got.status != 200 || !strings.Contains(got.body, "No line has been taken in yet") {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/log/access", "/log/access", url.Values{"reference": {""}}); got.status != 422 {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/log/access", "/log/access", url.Values{"reference": {"contact:ldss-erie"}}); got.status != 200 || !strings.Contains(got.body, "Office of administration") || !strings.Contains(got.body, ">60<") && !strings.Contains(got.body, "60") {
		t.Errorf("%d", got.status)
	}
}

// An auditor looks through the last week and says what was found; without saying,
// nothing is kept; then the page says who looked, and which weeks nobody did.
func TestWeekByPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	b := o.in(workflow.Auditor)
	page := b.get(weekPath)
	monday := regexp.MustCompile(`name="monday"[^>]*value="([0-9-]+)"|value="([0-9-]+)"[^>]*name="monday"|<option value="(\d{4}-[0-9-]+)"`).FindString(page.body)
	day := regexp.MustCompile(`\d{4}-\d{2}-\d{2}`).FindString(monday)
	if page.status != 200 || day == "" || strings.Count(page.body, "By nobody yet") != 8 {
		t.Fatalf("%d, week %q", page.status, day)
	}
	if got := b.post(weekPath, weekPath, url.Values{"monday": {day}, "found": {""}}); got.status != 422 || !strings.Contains(got.body, "Say what you found.") {
		t.Errorf("%d", got.status)
	}
	if got := b.post(weekPath, weekPath, url.Values{"monday": {day}, "found": {"nothing to follow up"}}); got.status != 303 || got.to() != weekPath+"?from="+day {
		t.Errorf("%d %s", got.status, got.to())
	}
	if got := b.get(weekPath + "?from=" + day); strings.Count(got.body, "By nobody yet") != 7 || !strings.Contains(got.body, "nothing to follow up") {
		t.Errorf("%d", got.status)
	}
	if got := b.get(weekPath + "?from=2020-01-06"); got.status != 404 {
		t.Errorf("long ago: %d", got.status)
	}
}
