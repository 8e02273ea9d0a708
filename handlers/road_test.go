package handlers

import (
	"strings"
	"testing"
	"time"

	"nysreferral/calendar"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// A referrer reads that a hand-over is late only where none was ever sent and one is
// to be: not of one that came back, was taken back or ended, and not before the State
// has decided.
func TestRoadIsLateOnlyWhereSomethingIsDue(t *testing.T) {
	now := time.Date(2026, 12, 30, 17, 0, 0, 0, time.UTC)
	s := &server{Deps: Deps{Now: func() time.Time { return now }, Referrals: &referrals.Service{Calendar: calendar.New(calendar.Options{CloseHour: 17}), Now: func() time.Time { return now }}}}
	before, sent, ended := now.AddDate(0, 0, -30), now.AddDate(0, 0, -28), now.AddDate(0, 0, -20)
	decided := referrals.Record{Status: workflow.Confirmed, DueAt: before, RouteDueAt: before, DecidedAt: before}
	for name, c := range map[string]struct {
		rec  func(r *referrals.Record)
		want string
	}{
		"none was sent": {func(r *referrals.Record) { r.Handover = []referrals.Handover{{N: 1, Status: workflow.Proposed}} }, "Was due by"},
		"it came back": {func(r *referrals.Record) {
			r.Handover = []referrals.Handover{{N: 1, Status: workflow.Returned, SentAt: sent}}
		}, "OTDA is choosing"},
		"it was taken back": {func(r *referrals.Record) {
			r.Handover = []referrals.Handover{{N: 1, Status: workflow.HandoverClosed, SentAt: sent, ClosedAt: ended, Revoked: true}}
		}, "The release was taken back"},
		"it ended, and another is to come": {func(r *referrals.Record) {
			r.Handover = []referrals.Handover{{N: 1, Status: workflow.HandoverClosed, SentAt: sent, ClosedAt: ended}, {N: 2, Status: workflow.Proposed}}
		}, "This one ended"},
		"nobody was told": {func(r *referrals.Record) {
			r.Handover = []referrals.Handover{{N: 1, Status: workflow.HandoverClosed, ClosedAt: ended}}
		}, "never sent"},
		"it waits": {func(r *referrals.Record) {
			r.Handover = []referrals.Handover{{N: 1, Status: workflow.Sent, SentAt: sent}}
		}, "It waits to be accepted"},
		"nothing is decided": {func(r *referrals.Record) { r.DecidedAt = time.Time{}; r.Status = workflow.InReview }, "After the decision"},
		"the decision is later": {func(r *referrals.Record) {
			r.DecidedAt, r.Status, r.DueAt, r.RouteDueAt = time.Time{}, workflow.InReview, now.AddDate(0, 0, 9), now.AddDate(0, 0, 5)
		}, "After the decision"},
		"all is in time": {func(r *referrals.Record) {
			r.DecidedAt, r.Status, r.DueAt, r.RouteDueAt = time.Time{}, workflow.InReview, now.AddDate(0, 0, 5), now.AddDate(0, 0, 9)
		}, "Due by"},
	} {
		rec := decided
		c.rec(&rec)
		if got := s.road(rec)[2].Text; !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Where offices close at three, a deadline of today says three.
func TestDueSaysItsHour(t *testing.T) {
	now := time.Date(2026, 12, 30, 17, 0, 0, 0, time.UTC)
	cal := calendar.New(calendar.Options{CloseHour: 15})
	s := &server{Deps: Deps{Now: func() time.Time { return now }, Referrals: &referrals.Service{Calendar: cal}}}
	due := cal.Due(now.AddDate(0, 0, -1), 1)
	if got := s.due(due).Words; got != "due today 3 pm" {
		t.Errorf("a deadline of today says %q", got)
	}
	if got := howCounted(referrals.Task{Kind: workflow.TaskDetermination, Count: 3, DueAt: due}); !strings.Contains(got, "it ends at 3 pm in New York") {
		t.Errorf("how it is counted says %q", got)
	}
}
