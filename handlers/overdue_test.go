package handlers

import (
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// A determination whose time ran out stands among what is overdue, and is counted,
// also while the referrer was asked: its time goes on.
func TestOverdueDeterminationIsShownAsOverdue(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(7, demo.ToDecision[0], demo.Step{Who: "reviewer", Do: workflow.Ask, Deed: func(d *forms.Deed) { d.Question, d.About = "Where was that?", "G2 G14 G20" }})
	s.state.Clock.Set(started.AddDate(0, 0, 14))
	page := s.at("reviewer").mustShow(tasksPath, ref)
	if !strings.Contains(page, "group-overdue") {
		t.Error("nothing is said to be overdue")
	}
	if strings.Contains(page, "Waiting for somebody else") {
		t.Error("what the law asks of DCJS stands as somebody else's")
	}
}

// The 24 hours of a department are not gone from its inbox when they are over.
func TestInboxSaysThatTheHoursAreOver(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(3)
	s.state.Clock.Set(started.Add(26 * time.Hour))
	if page := s.at("ldss_erie").mustShow(inboxPath, ref, "Not acknowledged"); !strings.Contains(page, "24 hours") {
		t.Error("a notice that nobody acknowledged says nothing of what was to be reported within 24 hours")
	}
}

// Who takes the release back for a department reads that a notice about a minor
// stays there, as before a withdrawal.
func TestRevokePageSaysWhatStays(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(3, confirmed(sent)...)
	page := s.at("social_worker").mustShow(handoverPath(ref, 1, "revoke"), "Take it back for this recipient")
	if !strings.Contains(page, "notice about a minor") {
		t.Error("it says that this recipient sees nothing any more, and the department keeps its notice")
	}
}
