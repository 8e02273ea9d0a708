package handlers

import (
	"net/url"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/store/storetest"
)

// A box that can never be accepted is not offered: a question stops the clock
// only where the State chose that it may.
func TestPauseIsOfferedWhereItHolds(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	path := refPath(s.send(9, demo.ToDecision[0])) + "/ask"
	if strings.Contains(s.at("reviewer").mustShow(path), `name="pause"`) {
		t.Error("stopping the clock is offered while no question may")
	}
	s.state.Door.Options.QuestionPause = 2
	s.at("reviewer").mustShow(path, `name="pause"`)
}

// While a question is open the reviewer reads why nothing is assessed or
// decided and what brings it back; the referrer's list goes by the time for the
// answer and counts it among the tasks.
func TestOpenQuestionIsExplained(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	path := refPath(s.send(9, demo.ToDecision[0]))
	said := "again when the answer comes, or when you choose “Go on without the answer”"
	if strings.Contains(s.at("reviewer").mustShow(path), said) {
		t.Error("it is said while nothing is asked")
	}
	s.at("reviewer").mustDo(path+"/ask", path+"/ask", url.Values{"question": {"Where did the person sleep?"}, "about": {"G14"},
		"answerBy.month": {"11"}, "answerBy.day": {"10"}, "answerBy.year": {"2026"}})
	s.at("reviewer").mustShow(path, said, "Go on without the answer")
	if strings.Contains(s.at("program").mustShow(path), said) {
		t.Error("OTDA, which neither assesses nor decides, reads it")
	}
	list := s.at("trooper").mustShow("/referrals", "November 10")
	if _, nav, _ := strings.Cut(list, `href="/tasks"`); !strings.Contains(nav[:min(len(nav), 300)], "nav-count") {
		t.Errorf("the menu counts no task: %.300s", nav)
	}
}

// Who steps back reads first what follows from it.
func TestSteppingBackSaysWhatFollows(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	path := refPath(s.send(9, demo.ToDecision[0])) + "/recuse"
	s.at("reviewer").mustShow(path, "You see nothing of this referral any more, at once", "counts no longer and is done anew")
	if to := s.at("reviewer").mustDo(path, path, url.Values{"reason": {"I know the family."}}); to != queuePath {
		t.Errorf("it leads to %s, which is absent now", to)
	}
}
