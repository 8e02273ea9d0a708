package referrals_test

import (
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// endDrafts runs the job once and wants so many authors warned and so many
// drafts destroyed.
func endDrafts(t *testing.T, s *demo.State, warned, ended int) {
	t.Helper()
	w, e, err := s.Door.EndDrafts(t.Context())
	if err != nil || w != warned || e != ended {
		t.Fatalf("at %s: warned of %d, destroyed %d, want %d and %d: %v", s.Clock.Now(), w, e, warned, ended, err)
	}
}

// keptUntil is what the author reads of the only draft.
func keptUntil(t *testing.T, s *demo.State, who string) referrals.DraftKept {
	t.Helper()
	page, err := s.Door.List(t.Context(), s.As(who), referrals.Filter{})
	if err != nil || len(page.Lines) != 1 {
		t.Fatalf("%d lines: %v", len(page.Lines), err)
	}
	return page.Lines[0].Kept
}

// A draft is destroyed 30 days after it was last saved, and never before its
// author was warned: by a mail without content, and by a line on the own page,
// seven days before. Saving it again keeps it, and asks for a new warning.
func TestDraftsEnd(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		seen, err := s.Door.Begin(t.Context(), s.As("case_manager"))
		if err != nil {
			t.Fatal(err)
		}
		begun := s.Clock.Now()
		endDrafts(t, s, 0, 0)
		if k := keptUntil(t, s, "case_manager"); k.Soon || k.Until.Before(begun.AddDate(0, 0, 30)) || k.Until.After(begun.AddDate(0, 0, 32)) {
			t.Errorf("kept: %+v", k)
		}
		s.Clock.Set(begun.AddDate(0, 0, 22))
		endDrafts(t, s, 0, 0)
		s.Clock.Set(begun.AddDate(0, 0, 25))
		endDrafts(t, s, 1, 0)
		endDrafts(t, s, 0, 0)
		if k := keptUntil(t, s, "case_manager"); !k.Soon {
			t.Errorf("kept: %+v", k)
		}
		if n := warnings(t, s, seen.Ref); n != 1 {
			t.Errorf("%d warnings", n)
		}
		if seen, err = s.Door.Edit(t.Context(), s.As("case_manager"), seen, func(*forms.Referral) forms.Problems { return nil }); err != nil {
			t.Fatal(err)
		}
		s.Clock.Set(begun.AddDate(0, 0, 40))
		endDrafts(t, s, 0, 0)
		s.Clock.Set(begun.AddDate(0, 0, 70)) // nothing ran for a month: the warning comes first, and gives its days
		endDrafts(t, s, 1, 0)
		k := keptUntil(t, s, "case_manager")
		if left := k.Until.Sub(s.Clock.Now()); left < 7*24*time.Hour-12*time.Hour {
			t.Errorf("a late warning gives %s", left)
		}
		s.Clock.Set(begun.AddDate(0, 0, 74))
		endDrafts(t, s, 0, 0)
		s.Clock.Set(begun.AddDate(0, 0, 80))
		endDrafts(t, s, 0, 1)
		endDrafts(t, s, 0, 0)
		if n := s.DB.Read().Referral.Query().CountX(viewer.Job(t.Context(), "test")) + s.DB.Read().Answers.Query().CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		if _, err := s.Door.Open(t.Context(), s.As("case_manager"), seen.Ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("its author opens it: %v", err)
		}
		if l := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("end_draft")).OnlyX(t.Context()); l.Refs[0] != seen.Ref || l.Duty != "system" || l.Rule == "" {
			t.Errorf("the line: %+v", l)
		}
	})
}

func warnings(t *testing.T, s *demo.State, ref string) int {
	t.Helper()
	n := 0
	for _, l := range s.DB.Read().AuditEntry.Query().Where(auditentry.Action("warn_of_draft")).AllX(t.Context()) {
		if l.Refs[0] == ref {
			n++
		}
	}
	return n
}

// What was sent never ends so, however old it is; and the sheet of a group stays
// while somebody of the group is left, and ends after the last one.
func TestDraftsEndOnly(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		sent := refer(t, s, 1).Reference
		one, err := s.Door.BeginGroup(t.Context(), s.As("trooper"), &forms.Referral{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		begun := s.Clock.Now()
		if one.Count != 1 {
			t.Fatalf("%d people", one.Count)
		}
		s.Clock.Set(begun.AddDate(0, 0, 28))
		endDrafts(t, s, 1, 0) // the draft, not the sheet
		s.Clock.Set(begun.AddDate(0, 0, 40))
		endDrafts(t, s, 0, 1) // the draft goes
		endDrafts(t, s, 1, 0) // and nobody is in the group any more
		s.Clock.Set(begun.AddDate(0, 0, 50))
		endDrafts(t, s, 0, 1)
		if left := s.DB.Read().Referral.Query().OnlyX(viewer.Job(t.Context(), "test")); left.Ref != sent || left.Status == string(workflow.Draft) {
			t.Errorf("left: %s", left.Ref)
		}
		if n := s.DB.Read().Referral.Query().Where(referral.WarnedAtNotNil()).CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Error("somebody was warned of what was sent")
		}
	})
}
