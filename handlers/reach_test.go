package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// accepted are the steps until the provider has accepted.
func accepted() []demo.Step {
	return confirmed(sent, demo.Step{Who: "rhtp_harbor", Do: workflow.Accept, N: 1})
}

// A hand-over is given back, tried and reached with one button each, and "other"
// leads to the page that wants words; nothing of it is there for another
// recipient.
func TestRecipientsButtons(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db)
		ref := s.send(1, accepted()...)
		path, page := refPath(ref), handoverPath(ref, 1)
		harbor := s.at("rhtp_harbor")
		card := harbor.mustShow(path, "Give it back", `name="returnReason"`, `value="capacity"`, "Reached the person", "Ask the referrer to help")
		if strings.Contains(card, `value="other"`) {
			t.Error("other is a button without words")
		}
		token := hiddenOf(card)
		token.Set("returnReason", "other")
		if got := harbor.do("POST", page+"/return", token.Encode()); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Write the reason in plain words.") {
			t.Errorf("other without words: %d", got.status)
		}
		if got := s.at("rhtp_open_door").do("POST", page+"/return", token.Encode()); got.status != http.StatusNotFound && got.status != http.StatusForbidden {
			t.Errorf("another recipient gives it back: %d", got.status)
		}
		for _, result := range []string{"no_answer", "left_a_message", "no_answer"} {
			harbor.mustDo(path, page+"/attempt", url.Values{"how": {"phone"}, "result": {result}})
		}
		harbor.mustShow(path, "No contact")
		harbor.mustShow(inboxPath, "No contact", "3 tries, the last today.")
		s.at("program").mustShow(boardPath, "No contact", "3 tries to reach the person, the last today", "1 without contact", `class="strip"`)
		if to := harbor.mustDo(path, page+"/return", url.Values{"returnReason": {"capacity"}}); to != inboxPath {
			t.Errorf("giving back leads to %s", to)
		}
	})
}

// A referrer who is asked finds it among the tasks and on the referral, and
// answers on a page; police read no name there. A recipient and OTDA see that
// it was asked.
func TestReferrerIsAskedToBring(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, accepted()...)
	path, page := refPath(ref), handoverPath(ref, 1)
	s.at("rhtp_harbor").mustDo(path, page+"/warm", nil)
	s.at("program").mustShow(boardPath, "The referrer was asked to bring them together.")
	detective := s.at("detective")
	for _, address := range []string{tasksPath, path} {
		if body := detective.mustShow(address, "Can you bring them together", page+"/bring"); strings.Contains(body, "Harbor Light") {
			t.Errorf("%s names the recipient", address)
		}
	}
	if got := s.at("trooper").get(page + "/bring"); got.status != http.StatusNotFound {
		t.Errorf("a stranger is asked: %d", got.status)
	}
	if got := s.at("reviewer").get(page + "/bring"); got.status != http.StatusNotFound {
		t.Errorf("a reviewer is asked: %d", got.status)
	}
	detective.mustDo(page+"/bring", page+"/bring", url.Values{"canBring": {"yes_call_me_first"}, "note": {"After six."}})
	s.at("rhtp_harbor").mustShow(path, "Yes, but call the referrer first", "After six.")
	if body := detective.mustShow(path); strings.Contains(body, "You are asked to help") {
		t.Error("it is asked again")
	}
}

// Tasks stand by how late they are, each with whose it is; what others have to
// do is OTDA's to see, and nobody else's.
func TestTasksByStanding(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, accepted()...)
	s.state.Clock.Set(started.AddDate(0, 0, 9))
	if _, err := s.state.Door.Climb(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.at("rhtp_harbor").mustShow(tasksPath, "Overdue", "Reach the person.", ref)
	s.at("program").mustShow(tasksPath+"?show=others", "Waits for: Harbor Light Services (made up)", "Waits for: The referrer", ref)
	for _, key := range []string{"reviewer", "rhtp_harbor", "detective"} {
		if got := s.at(key).get(tasksPath + "?show=others"); got.status != http.StatusNotFound {
			t.Errorf("%s sees what others have to do: %d", key, got.status)
		}
	}
	s.at("program").mustShow(handoverPath(ref, 1), "Clocks", "First contact", "State Comptroller, March 2025")
}

// An extension shows the due date of before and the new one: in the queue, on
// the referral of the State and of its referrer.
func TestExtensionShowsBoth(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(1, demo.ToDecision...)
	until := started.AddDate(0, 0, 9)
	s.at("director").mustDo(refPath(ref, "extend"), refPath(ref, "extend"), url.Values{"until.year": {until.Format("2006")}, "until.month": {until.Format("1")},
		"until.day": {until.Format("2")}, "reason": {"An interpreter is found."}})
	for key, address := range map[string]string{"reviewer": queuePath, "director": refPath(ref), "program": refPath(ref), "detective": refPath(ref)} {
		s.at(key).mustShow(address, "before: <s>Friday, November 13, 5:00 pm</s>")
	}
}

// An administrator sets a count with a day and a reason, and sees both; what
// the law fixes has no form; nobody else has the page.
func TestClocksByPages(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	admin := s.at("administrator")
	admin.mustShow(clocksPath, "Acceptance of a hand-over", "2 business days", "9 NYCRR 6174.3(b)")
	if body := admin.mustShow(clocksPath+"/determination", "Fixed by law"); strings.Contains(body, `name="count"`) {
		t.Error("the law's count can be typed over")
	}
	at := clocksPath + "/acceptance"
	token := hiddenOf(admin.mustShow(at))
	if got := admin.do("POST", at, token.Encode()); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Enter a number from 1 to 366.") {
		t.Errorf("nothing: %d", got.status)
	}
	admin.mustDo(at, at, url.Values{"count": {"3"}, "from.month": {"1"}, "from.day": {"4"}, "from.year": {"2027"}, "reason": {"Memo of December"}})
	admin.mustShow(at, "From 2027-01-04", "3 business days. Memo of December")
	admin.mustShow(clocksPath, "2 business days; 3 business days from 2027-01-04")
	for _, key := range []string{"program", "reviewer", "auditor", "detective"} {
		if got := s.at(key).get(at); got.status != http.StatusNotFound {
			t.Errorf("%s has the clocks: %d", key, got.status)
		}
	}
	if got := admin.get(clocksPath + "/coffee"); got.status != http.StatusNotFound {
		t.Errorf("an unknown clock: %d", got.status)
	}
}
