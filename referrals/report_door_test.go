package referrals_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// The rules of who sees which report name the reports that there are.
func TestReportRulesAreOfReports(t *testing.T) {
	var ruled []string
	for _, r := range workflow.Reports {
		ruled = append(ruled, r.Name)
	}
	if names := reports.Names(); !slices.Equal(ruled, names) {
		t.Errorf("ruled are %v, made are %v", ruled, names)
	}
}

// Whoever may not see reports gets what a report that does not exist gives, and
// the refusal is a line; each report that is seen is one line that names it and
// its period; a period that is none is told at its field, and nothing is shown.
func TestReportIsForFewAndInTheLog(t *testing.T) {
	each(t, lastDay, func(t *testing.T, s *demo.State) {
		quarter(t, s)
		_, absent := s.Door.Report(t.Context(), s.As("director"), referrals.Asked{Name: "names"})
		if fault.KindOf(absent) != fault.NotFound {
			t.Fatalf("a report that does not exist: %v", absent)
		}
		may := map[workflow.Duty]bool{workflow.Director: true, workflow.Program: true, workflow.Auditor: true, workflow.Administrator: true}
		for _, a := range s.Accounts {
			before := reportLines(t, s)
			rep, err := s.Door.Report(t.Context(), a.Actor, referrals.Asked{Name: "contact", From: "2026-01", To: "2026-03"})
			lines := reportLines(t, s)[len(before):]
			if len(lines) != 1 || lines[0].Actor != a.Actor.ID {
				t.Fatalf("%s leaves %d lines", a.Key, len(lines))
			}
			if !may[a.Duty] {
				if err == nil || err.Error() != absent.Error() || lines[0].Outcome != audit.Refused || len(rep.Tables) > 0 {
					t.Errorf("%s: %v, %s", a.Key, err, lines[0].Outcome)
				}
				continue
			}
			if err != nil || lines[0].Outcome != audit.Done || !slices.Equal(lines[0].Refs, []string{"report:contact"}) || lines[0].Reason != "2026-01 to 2026-03" {
				t.Errorf("%s: %v, %+v", a.Key, err, lines[0])
			}
		}
		if _, err := s.Door.Report(t.Context(), workflow.Actor{}, referrals.Asked{Name: "contact"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("nobody sees a report: %v", err)
		}
		var bad forms.Problems
		if _, err := s.Door.Report(t.Context(), s.As("auditor"), referrals.Asked{Name: "contact", From: "2026-13", To: "1999-01"}); !errors.As(err, &bad) || bad.Of("from") == "" || bad.Of("to") == "" {
			t.Errorf("a period that is none: %v", err)
		}
	})
}

func reportLines(t *testing.T, s *demo.State) []*ent.AuditEntry {
	t.Helper()
	lines, err := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("report")).Order(ent.Asc(auditentry.FieldID)).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// What the acts of the road leave for counting is what happened: moments, kind
// of recipient, the outcome, and nothing once the referral is withdrawn.
func TestCourseFollowsTheRoad(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		at := func(hours int) time.Time {
			s.Clock.Set(monday.Add(time.Duration(hours) * time.Hour))
			return s.Clock.Now()
		}
		near := func(what string, got, want time.Time) {
			t.Helper()
			if d := got.Sub(want); d < -time.Second || d > time.Minute {
				t.Errorf("%s at %v, want about %v", what, got, want)
			}
		}
		at(0)
		receipt, err := s.Send(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		if f := onlyFact(t, s); f.Outcome != reports.Pending || f.Source == "" || f.County == "" || len(f.Handed) > 0 {
			t.Errorf("sent: %+v", f)
		}
		when := at(24)
		take(t, s, ref, demo.ToDecision...)
		take(t, s, ref, demo.Confirm)
		sent := at(48)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		accepted := at(72)
		take(t, s, ref, do("ldss_tompkins", workflow.Accept, 1, nil))
		reached := at(96)
		take(t, s, ref, do("ldss_tompkins", workflow.Reach, 1, func(d *forms.Deed) { d.How = "phone" }))
		f := onlyFact(t, s)
		if f.Outcome != reports.Confirmed || f.Found != "sex" || len(f.Handed) != 2 || f.Handed[0].Kind != "ldss" || f.Handed[0].County != "tompkins" || !f.Handed[0].ServedAt.IsZero() {
			t.Fatalf("reached: %+v", f)
		}
		near("decided", f.DecidedAt, when)
		near("sent", f.Handed[0].SentAt, sent)
		near("accepted", f.Handed[0].AcceptedAt, accepted)
		near("reached", f.Handed[0].ReachedAt, reached)
		served := at(120)
		take(t, s, ref, do("ldss_tompkins", workflow.Serve, 1, func(d *forms.Deed) { d.Started = []forms.Help{"benefits"} }))
		closed := at(144)
		take(t, s, ref, do("ldss_tompkins", workflow.Close, 1, func(d *forms.Deed) { d.CloseReason, d.Reason = "services_completed", "Done." }))
		f = onlyFact(t, s)
		near("served", f.Handed[0].ServedAt, served)
		near("closed", f.Handed[0].ClosedAt, closed)
		take(t, s, ref, do("trooper", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "The person asked for it." }))
		if f := onlyFact(t, s); f.Outcome != reports.Withdrawn || f.County != "" || f.Source != "" || len(f.Handed) > 0 {
			t.Errorf("of a withdrawn referral more than the moment is counted: %+v", f)
		}
	})
}

// A decline that is looked at again is open, and the first determination is
// what counts; a notice about a minor has its moment; a person who is handed on
// has two hand-overs.
func TestCourseOfTurns(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		declined, err := s.Send(t.Context(), 9)
		if err != nil {
			t.Fatal(err)
		}
		take(t, s, declined.Reference, demo.ToDecision...)
		take(t, s, declined.Reference, demo.Decline...)
		f := onlyFact(t, s)
		if f.Outcome != reports.Declined || f.Reason != "no_new_york_nexus" {
			t.Fatalf("declined: %+v", f)
		}
		first := f.DecidedAt
		s.Clock.Set(monday.AddDate(0, 0, 7))
		take(t, s, declined.Reference, do("trooper", workflow.Reconsider, 0, func(d *forms.Deed) { d.Reason = "A witness has spoken." }))
		if f := onlyFact(t, s); f.Outcome != reports.Pending || !f.DecidedAt.Equal(first) {
			t.Errorf("reconsidered: %+v", f)
		}
	})
	each(t, monday, func(t *testing.T, s *demo.State) {
		if _, err := s.Send(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
		if f := onlyFact(t, s); !f.Minor || f.NoticeAt.Sub(f.ReceivedAt) > time.Minute || f.NoticeAt.IsZero() {
			t.Errorf("a minor: %+v", f)
		}
	})
}

func onlyFact(t *testing.T, s *demo.State) *reports.Fact {
	t.Helper()
	facts, err := s.Door.Facts(t.Context(), "2026-01", "")
	if err != nil || len(facts) != 1 {
		t.Fatalf("%d facts, %v", len(facts), err)
	}
	return facts[0]
}

// Two hand-overs and the referral itself are acted on at once: each act is in
// the course that reports count.
func TestCourseAtOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		seen := open(t, s, "rhtp_harbor", ref)
		acts := []func() error{
			func() error {
				_, err := s.Door.Act(t.Context(), s.As("rhtp_harbor"), referrals.Seen{Ref: ref, N: 1, Rev: seen.Handover[0].Rev}, workflow.Accept, &forms.Deed{})
				return err
			},
			func() error {
				deed := &forms.Deed{}
				deed.Facts = "The person has a new lawyer."
				_, err := s.Door.Act(t.Context(), s.As("detective"), referrals.Seen{Ref: ref, Rev: open(t, s, "detective", ref).Rev}, workflow.Add, deed)
				return err
			},
		}
		errs := make(chan error, len(acts))
		for _, act := range acts {
			go func() { errs <- act() }()
		}
		for range acts {
			if err := <-errs; err != nil && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if f := onlyFact(t, s); len(f.Handed) != 1 || f.Handed[0].AcceptedAt.IsZero() || f.Handed[0].SentAt.IsZero() {
			t.Errorf("%+v", f.Handed)
		}
	})
}

// A report opens the sealed facets of the period and nothing else: one whose
// answers cannot be opened any more is still counted, and one whose facets were
// changed by a stranger's hand stops the report.
func TestReportOpensFacetsOnly(t *testing.T) {
	each(t, lastDay, func(t *testing.T, s *demo.State) {
		quarter(t, s) // no referral of it has answers, entries or hand-overs
		asked := referrals.Asked{Name: "timeliness", From: "2026-01", To: "2026-03"}
		if _, err := s.Door.Report(t.Context(), s.As("program"), asked); err != nil {
			t.Fatal(err)
		}
		err := s.DB.Do(t.Context(), func(tx *ent.Tx) error {
			row, err := tx.Referral.Query().Order(ent.Asc("id")).First(viewer.Job(t.Context(), "test"))
			if err != nil {
				return err
			}
			row.Facets[len(row.Facets)-1] ^= 1
			return row.Update().SetFacets(row.Facets).Exec(viewer.Job(t.Context(), "test"))
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Door.Report(t.Context(), s.As("program"), asked)
		if err == nil || !strings.Contains(err.Error(), "facets") || fault.KindOf(err) == fault.NotFound {
			t.Errorf("facets that somebody changed were counted: %v", err)
		}
	})
}

// Facts that are told after a hand-over take nothing from the numbers.
func TestFactsKeepTheCourse(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		adds(t, s, "detective", ref, func(r *forms.Referral) { r.Needs.Wanted.Food = "now" })
		take(t, s, ref, do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "phone" }))
		facts, err := s.Door.Facts(t.Context(), "2026-11", "2026-11")
		if err != nil || len(facts) != 1 {
			t.Fatal(len(facts), err)
		}
		got := facts[0]
		if got.Outcome != "confirmed" || got.Found == "" || len(got.Handed) != 1 || got.Handed[0].AcceptedAt.IsZero() || got.Handed[0].ReachedAt.IsZero() {
			t.Errorf("%+v", got)
		}
	})
}
