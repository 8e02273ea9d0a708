package handlers

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// A hand-over to a line of another county and of another kind is not sent by one
// button: the page of the hand-over warns, its button leads to a page that has each
// warning ticked in its own words, and nobody else has that page. What is sent
// without, or with one of two, comes back at the field with what was ticked; then it
// is sent, and OTDA reads on the record what it knew. A hand-over that fits is sent
// by the one button as ever.
func TestWarningsAreTickedBeforeSending(t *testing.T) {
	const county, kind = "It serves Tompkins; the person is to be helped in Queens.", "It is a local department; the rules propose an RHTP provider."
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, confirmed(demo.Step{Who: "program", Do: workflow.Propose, N: 2, Deed: func(d *forms.Deed) {
			d.Contact, d.Reason = "demo-ldss-tompkins-adult", "Her sister lives there."
		}})...)
		b, path := s.at("program"), handoverPath(ref, 2, "send")
		for _, key := range []string{"rhtp_harbor", "ldss_tompkins", "detective", "reviewer"} {
			if got := s.at(key).get(path); got.status != http.StatusNotFound {
				t.Errorf("%s opens it: %d", key, got.status)
			}
		}
		page := b.mustShow(handoverPath(ref, 2), "Look before you send", `href="`+path+`"`)
		if !strings.Contains(page, county) || !strings.Contains(page, kind) || strings.Contains(page, `action="`+path+`"`) {
			t.Error("the page of the hand-over does not warn, or sends by one button")
		}
		page = b.mustShow(path, "Nothing is sent yet", "Tompkins")
		for _, want := range []string{"I know: " + county, "I know: " + kind, `value="another_county"`, `value="another_kind"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the page before sending does not say %q", want)
			}
		}
		if strings.Contains(page, "age_not_known") || strings.Contains(page, `name="reason"`) {
			t.Error("it asks what does not hold, or a reason that nobody wants")
		}
		for _, ticked := range []url.Values{nil, {"heeded": {"another_kind"}}} {
			got := b.post(path, path, ticked)
			said := html.UnescapeString(got.body)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(said, "Tick this if the person is to be sent there all the same: It serves Tompkins") || !strings.Contains(said, `href="#heeded"`) {
				t.Errorf("with %v it answers %d", ticked, got.status)
			}
			if strings.Contains(said, `value="another_kind" checked`) != (ticked != nil) || strings.Contains(said, `value="another_county" checked`) {
				t.Errorf("with %v what was ticked is lost, or ticks itself", ticked)
			}
		}
		b.mustShow(handoverPath(ref, 2), "Look before you send")
		if to := b.mustDo(path, path, url.Values{"heeded": {"another_county", "another_kind"}}); to != handoverPath(ref, 2) {
			t.Errorf("it leads to %s", to)
		}
		b.mustShow(handoverPath(ref, 2), "Sent. The recipient is told that something waits")
		if page := b.mustShow(refPath(ref)); !strings.Contains(page, "OTDA knew: "+county) {
			t.Error("what OTDA knew does not stand on the record")
		}
		b.mustDo(handoverPath(ref, 1), handoverPath(ref, 1, "send"), nil)
	})
}
