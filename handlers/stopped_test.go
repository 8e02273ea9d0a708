package handlers

import (
	"net/http"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// After a withdrawal the recipient's inbox says to stop, with the reference and
// nothing that can be opened, until the recipient says that it did; another
// recipient can neither read nor say it.
func TestInboxSaysStop(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, append(accepted(), demo.Step{Who: "detective", Do: workflow.Withdraw})...)
	action := handoverPath(ref, 1, "stopped")
	other, harbor := s.at("rhtp_open_door"), s.at("rhtp_harbor")
	if got := other.do(http.MethodPost, action, hiddenOf(other.get(inboxPath).body).Encode()); got.status != http.StatusNotFound && got.status != http.StatusForbidden {
		t.Errorf("another recipient says it: %d", got.status)
	}
	if page := other.get(inboxPath).body; strings.Contains(page, ref) {
		t.Error("another recipient reads it")
	}
	page := harbor.mustShow(inboxPath, "Stop", ref, "destroy the packet", `action="`+action+`"`)
	if strings.Contains(page, `href="`+refPath(ref)+`"`) || strings.Contains(page, "Nothing waits for you") {
		t.Error("the ended one can be opened, or the inbox looks empty")
	}
	harbor.mustShow(tasksPath, ref, `href="`+inboxPath+`"`)
	if to := harbor.mustDo(inboxPath, action, nil); to != inboxPath {
		t.Errorf("leads to %s", to)
	}
	if page := harbor.get(inboxPath).body; strings.Contains(page, ref) {
		t.Error("it still says stop")
	}
}

// Where the recipient goes on with another hand-over of the same person, the card
// says which one stops and which goes on, and the button speaks of the one.
func TestInboxStopsWithOneOfTwo(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	reroute := func(n int, to string) []demo.Step {
		return []demo.Step{{Who: "program", Do: workflow.Reroute, N: n, Deed: func(d *forms.Deed) { d.Contact, d.Reason = forms.Text(to), "She asked for it." }},
			{Who: "program", Do: workflow.Send, N: n + 1}}
	}
	ref := s.send(1, append(append(accepted(), reroute(1, "demo-rhtp-open-door")...), reroute(2, "demo-rhtp-harbor-light")...)...)
	page := s.at("rhtp_harbor").mustShow(inboxPath, ref+", hand-over 1", "Only hand-over 1 has ended", "Hand-over 3 goes on", `action="`+handoverPath(ref, 1, "stopped")+`"`, `href="`+refPath(ref)+`"`)
	if strings.Contains(page, "destroy the packet and every copy") {
		t.Error("it is told to destroy what it still needs")
	}
	s.at("rhtp_open_door").mustShow(inboxPath, "destroy the packet and every copy")
}
