package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// The referrer takes the release back for one recipient from the page of the
// referral, which says before what happens; police read no name of the recipient.
// Nobody else has the page. The recipient's card is gone, and its inbox says to
// stop.
func TestReferrerTakesReleaseBackForOne(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})...)
	path := handoverPath(ref, 1, "revoke")
	for _, key := range []string{"trooper", "rhtp_harbor", "program", "reviewer"} {
		if got := s.at(key).get(path); got.status != http.StatusNotFound {
			t.Errorf("%s opens it: %d", key, got.status)
		}
	}
	b := s.at("detective")
	b.mustShow(refPath(ref), "Take the release back for Hand-over 1", path)
	if page := b.mustShow(path, "Other recipients keep what they have", "It cannot be taken back", "On November"); strings.Contains(page, "Harbor Light") {
		t.Error("police read the name of the recipient")
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
