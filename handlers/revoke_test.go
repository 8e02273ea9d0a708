package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// The referrer takes the release back for one recipient from the page of the
// referral, which says before what happens; police read no name of the recipient.
// Nobody else has the page, but OTDA, in other words. The recipient's card is gone,
// and its inbox says to stop.
func TestReferrerTakesReleaseBackForOne(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})...)
	path := handoverPath(ref, 1, "revoke")
	for _, key := range []string{"trooper", "rhtp_harbor", "reviewer"} {
		if got := s.at(key).get(path); got.status != http.StatusNotFound {
			t.Errorf("%s opens it: %d", key, got.status)
		}
	}
	b := s.at("detective")
	b.mustShow(refPath(ref), "Take the release back for Hand-over 1", path)
	if page := b.mustShow(path, "Other recipients keep what they have", "It cannot be taken back", "On November", "do not guess: the person can call OTDA"); strings.Contains(page, "Harbor Light") || strings.Contains(page, `name="reason"`) {
		t.Error("police read the name of the recipient, or are asked for a reason")
	}
	b.mustDo(path, path, nil)
	if page := b.mustShow(refPath(ref), "This recipient sees nothing any more"); strings.Contains(page, path) {
		t.Error("it is offered again")
	}
	b.mustShow(refPath(ref), "The release was taken back on November")
	if got := s.at("rhtp_harbor").get(refPath(ref)); got.status != http.StatusNotFound {
		t.Errorf("the recipient still sees it: %d", got.status)
	}
	s.at("rhtp_harbor").mustShow(inboxPath, "We stopped, and destroyed our copies")
}

// OTDA takes it back on the person's word from the page of the hand-over: the page
// asks how the person said it, and without that it comes back with a sentence at the
// field. Then OTDA reads its words in the log of the hand-over, whoever referred that
// the person told OTDA, and the recipient only that it has to stop. It is not offered
// of what OTDA keeps itself.
func TestOTDATakesReleaseBackOnTheWord(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})...)
	b, page := s.at("program"), handoverPath(ref, 1)
	path := page + "/revoke"
	b.mustShow(page, "Take the release back on the person's word", path)
	b.mustShow(path, "how do you know that it was the person?", "Harbor Light", "whoever referred is told", "(required)")
	if got := b.post(path, path, nil); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Write the reason in plain words.") {
		t.Errorf("without a word of how it answers %d", got.status)
	}
	s.at("rhtp_harbor").mustShow(refPath(ref))
	if to := b.mustDo(path, path, url.Values{"reason": {"She called on Monday."}}); to != page {
		t.Errorf("it leads to %s", to)
	}
	if left := b.mustShow(page, "whoever referred is told", "She called on Monday."); strings.Contains(left, path) {
		t.Error("it is offered again")
	}
	s.at("detective").mustShow(refPath(ref), "The release was taken back on November", "The person told OTDA.")
	if inbox := s.at("rhtp_harbor").mustShow(inboxPath, "We stopped, and destroyed our copies"); strings.Contains(inbox, "She called") || strings.Contains(inbox, "told OTDA") {
		t.Error("the recipient reads why")
	}
	none := s.sendWith(1, func(r *forms.Referral) { r.WishedLink = []forms.Link{"neither_yet"} }, confirmed(sent, demo.Step{Who: "program", Do: workflow.Accept, N: 1})...)
	if kept := b.mustShow(handoverPath(none, 1)); strings.Contains(kept, "revoke") {
		t.Error("OTDA is offered to keep away from itself")
	}
}

// Police read no name of a recipient and not whether it is a department or a
// provider. Where a person has several hand-overs they tell them apart by number, in
// the cards, in what happened and by the buttons; of one that OTDA has not sent they
// read nothing, and where there is one alone nothing is numbered that need not be.
func TestPoliceTellHandoversApart(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	another := demo.Step{Who: "program", Do: workflow.Propose, N: 2, Deed: func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "They have a bed." }}
	ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1}, another)...)
	b := s.at("detective")
	if page := b.mustShow(refPath(ref), "The hand-over was accepted."); strings.Contains(page, "Hand-over 2") || strings.Contains(page, "Hand-over 1: ") {
		t.Error("police read of what was not sent, or one alone is numbered in what happened")
	}
	if _, err := s.state.Take(t.Context(), ref, demo.Step{Who: "program", Do: workflow.Send, N: 2}); err != nil {
		t.Fatal(err)
	}
	page := b.mustShow(refPath(ref), "Hand-over 1: The hand-over was accepted.", "Hand-over 2: The hand-over was sent.",
		"Take the release back for Hand-over 1", "Take the release back for Hand-over 2", "It waits to be accepted.")
	for _, name := range []string{"Harbor Light", "Open Door", "RHTP provider", "ocal department of social services"} {
		if before, _, _ := strings.Cut(page, "What you sent"); strings.Contains(before, name) {
			t.Errorf("police read %q", name)
		}
	}
}
