package handlers

import (
	"strings"
	"testing"
	"time"

	"nysreferral/calendar"
	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
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

// Nobody reads that a decision is due on a day that is over: who asks, who would
// extend the time and who referred read that it was due, and how far it is over, as
// the queue says it.
func TestOverdueDecisionIsNotCalledDue(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	ref := s.send(7, demo.ToDecision[:2]...)
	path := refPath(ref)
	s.at("reviewer").mustShow(path+"/ask", "One question at a time. The decision is due ")
	s.at("case_manager").mustShow(path+"/receipt", "The decision is due by ")
	s.state.Clock.Set(started.AddDate(0, 0, 14))
	for _, one := range []struct{ who, page string }{{"reviewer", path + "/ask"}, {"director", path + "/extend"}, {"case_manager", path + "/receipt"}, {"case_manager", path}} {
		page := s.at(one.who).mustShow(one.page, ": 6 business days over")
		for _, wrong := range []string{"decision is due", "Due by"} {
			if strings.Contains(page, wrong) {
				t.Errorf("%s of %s: %q, and it is over", one.page, one.who, wrong)
			}
		}
	}
	s.at("reviewer").mustShow(queuePath, "6 business days over")
}

// Where the time ran out, the days that are offered for more time are ahead: one
// that is over would be refused. However long it is over, there are five. The
// clock goes on from the moment to which it is set.
func TestDaysOfferedForMoreTimeAreAhead(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	extend := refPath(s.send(7, demo.ToDecision...), "extend")
	newYork := calendar.NewYork()
	for _, c := range []struct {
		now         time.Time
		is          string
		first, last string
	}{
		{started, ">Is due ", ">1 business day <", ">5 business days <"},
		{time.Date(2026, 11, 13, 16, 50, 0, 0, newYork), ">Is due ", ">1 business day <", ">5 business days <"},
		{time.Date(2026, 11, 13, 17, 0, 0, 0, newYork), ">Was due ", ">1 business day <", ">5 business days <"},
		{time.Date(2026, 11, 21, 10, 0, 0, 0, newYork), ">Was due ", ">6 business days <", ">10 business days <"}, // a Saturday
		{time.Date(2026, 11, 23, 16, 50, 0, 0, newYork), ">Was due ", ">6 business days <", ">10 business days <"},
		{time.Date(2026, 11, 23, 17, 0, 0, 0, newYork), ">Was due ", ">7 business days <", ">11 business days <"},
		{time.Date(2036, 11, 21, 10, 0, 0, 0, newYork), ">Was due ", ", 2036, ", ">Wednesday, November 26, 2036, "},
	} {
		s.state.Clock.Set(c.now)
		page := s.at("director").mustShow(extend, c.is, c.first, c.last)
		if rows := strings.Count(page, "data-label=\"Then due\""); rows != daysToOffer {
			t.Errorf("at %s %d days are offered", c.now, rows)
		}
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

// A notice about a minor that went out is still told of when the age was corrected
// afterwards, with the day, before a withdrawal and before a release is taken back by
// anybody: the department keeps it. Of an adult for whom nobody was told it says
// nothing.
func TestNoticeThatWentOutIsToldAfterACorrection(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	adult := s.send(1)
	if page := s.at("detective").mustShow(refPath(adult) + "/withdraw"); strings.Contains(page, "minor") {
		t.Error("of an adult a notice is told that never was")
	}
	ref := s.send(3, confirmed(sent)...)
	rec, err := s.state.Door.Open(t.Context(), s.state.As("social_worker"), ref, referrals.Want{})
	if err != nil || rec.NoticeSent.IsZero() {
		t.Fatalf("no notice went out: %v", err)
	}
	_, err = s.state.Door.Tell(t.Context(), s.state.As("social_worker"), referrals.Seen{Ref: ref, Rev: rec.Rev}, workflow.Add, &forms.Deed{}, func(r *forms.Referral) forms.Problems {
		r.Under18, r.Born, r.Age = "no", "2004-12-25", forms.Number{}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const said = "A notice about a minor went out on November 9, 2026. The answers say since that the person is not a minor"
	s.at("social_worker").mustShow(refPath(ref)+"/withdraw", said)
	for _, key := range []string{"social_worker", "program"} {
		s.at(key).mustShow(handoverPath(ref, 1, "revoke"), said)
	}
}
