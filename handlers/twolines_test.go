package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/forms"
	"nysreferral/store/storetest"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// A recipient that has one person by two lines finds both in its inbox, opens and
// accepts each by itself, and reads of the one that it did not accept no way to the
// person. OTDA's board marks the person whom it reached by one and not by the other.
func TestTwoHandoversOfOnePerson(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, confirmed(sent)...)
	err := s.state.DB.Do(t.Context(), func(tx *ent.Tx) error {
		return tx.ContactPoint.Update().Where(contactpoint.Key("demo-rhtp-hudson-bridge")).SetAgencyID(s.state.As("rhtp_harbor").Agency).Exec(viewer.Job(t.Context(), "test"))
	})
	if err != nil {
		t.Fatal(err)
	}
	to := func(key string) func(*forms.Deed) {
		return func(d *forms.Deed) { d.Contact, d.Reason = forms.Text(key), "It is nearer." }
	}
	knowing := func(d *forms.Deed) { d.Heeded = []forms.Heeded{"another_county", "another_kind"} }
	if _, err := s.state.Take(t.Context(), ref, demo.Step{Who: "program", Do: workflow.Propose, N: 2, Deed: to("demo-rhtp-open-door")},
		demo.Step{Who: "program", Do: workflow.Reroute, N: 2, Deed: to("demo-rhtp-hudson-bridge")}, demo.Step{Who: "program", Do: workflow.Send, N: 3, Deed: knowing}); err != nil {
		t.Fatal(err)
	}
	harbor, one, other := s.at("rhtp_harbor"), handoverPath(ref, 1), handoverPath(ref, 3)
	harbor.mustShow(inboxPath, one+`"`, other+`"`, "you have more than one of this person")
	for _, path := range []string{refPath(ref), one, other} {
		harbor.mustShow(path, "You have this person by another hand-over too", "Do not try to reach the person yet")
	}
	if got := harbor.get(handoverPath(ref, 2)); got.status != http.StatusNotFound {
		t.Errorf("a hand-over that it never had: %d", got.status)
	}
	if got := s.at("rhtp_open_door").get(one); got.status != http.StatusNotFound {
		t.Errorf("another recipient opens it: %d", got.status)
	}
	if to := harbor.mustDo(other, other+"/accept", nil); to != other {
		t.Errorf("accepting leads to %s", to)
	}
	harbor.mustShow(other, "Ask the referrer to help")
	if page := harbor.mustShow(one, "Do not try to reach the person yet"); strings.Contains(page, "Only through the referrer") || strings.Contains(page, "Ask the referrer to help") {
		t.Error("what was not accepted tells how the person is reached")
	}
	harbor.mustDo(one, one+"/accept", nil)
	harbor.mustDo(other, other+"/reach", url.Values{"how": {"through_the_referrer"}})
	s.at("program").mustShow(boardPath, "Beside: not reached", "1 reached by one recipient and not by another")
	for range 3 {
		harbor.mustDo(one, one+"/attempt", url.Values{"how": {"through_the_referrer"}, "result": {"no_answer"}})
	}
	s.at("program").mustShow(boardPath, "Beside: no contact", "1 without contact")
}
