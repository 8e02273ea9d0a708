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
	if got := b.get("/log"); got.status != 200 || !strings.Contains(got.body, "contact:ldss-erie") || !strings.Contains(got.body, "Older lines") {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/log", "/log", url.Values{"account": {"x"}}); got.status != 422 || !strings.Contains(got.body, "Enter the number of an account") {
		t.Errorf("%d", got.status)
	}
	if got := b.post("/log", "/log", url.Values{"from.month": {"2"}, "from.day": {"30"}, "from.year": {"2026"}}); got.status != 422 || !strings.Contains(got.body, "Enter a day of the calendar") {
		t.Errorf("%d", got.status)
	}
	found := b.post("/log", "/log", url.Values{"reference": {"contact:ldss-erie"}, "action": {"open_contact"}})
	if found.status != 200 || strings.Contains(found.body, "search_log") || !strings.Contains(found.body, `name="action" value="open_contact"`) {
		t.Errorf("%d", found.status)
	}
	cursor := regexp.MustCompile(`name="cursor" value="(\d+)"`).FindStringSubmatch(found.body)[1]
	if got := b.post("/log", "/log", url.Values{"reference": {"contact:ldss-erie"}, "action": {"open_contact"}, "cursor": {cursor}}); got.status != 200 || strings.Contains(got.body, "Older lines") || !strings.Contains(got.body, "open_contact") {
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
