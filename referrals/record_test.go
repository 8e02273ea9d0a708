package referrals_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// page does not overwrite a newer one.
func TestEdit(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		who := s.As("case_manager")
		seen, err := s.Door.Begin(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		wrong := func(r *forms.Referral) forms.Problems { r.Age = forms.Of(200); return nil }
		var problems forms.Problems
		if _, err := s.Door.Edit(t.Context(), who, seen, wrong); !errors.As(err, &problems) || problems.Of("age") == "" {
			t.Fatalf("%v", err)
		}
		name := func(r *forms.Referral) forms.Problems { r.FamilyName = "Sukarno"; return nil }
		next, err := s.Door.Edit(t.Context(), who, seen, name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Edit(t.Context(), who, seen, name); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale page was kept: %v", err)
		}
		got := open(t, s, "case_manager", seen.Ref)
		if got.Answers.FamilyName != "Sukarno" || got.Rev != next.Rev || got.Answers.Age.Set {
			t.Errorf("%+v", got.Rev)
		}
		if err := s.Door.Discard(t.Context(), who, next); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Open(t.Context(), who, seen.Ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a discarded draft is there: %v", err)
		}
	})
}

// backwards.
func TestQueue(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		var want []string
		for i := range 7 {
			s.Clock.Set(monday.Add(time.Duration(i) * 24 * time.Hour))
			receipt, err := s.Send(t.Context(), 9)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, receipt.Reference)
		}
		var got []string
		filter := referrals.Filter{Waiting: true, Size: 3}
		for {
			page, err := s.Door.List(t.Context(), s.As("reviewer"), filter)
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range page.Lines {
				got = append(got, l.Reference)
				if i > 0 && l.DueAt.Before(page.Lines[i-1].DueAt) {
					t.Error("not by due date")
				}
			}
			if filter.Cursor = page.Next; page.Next == "" {
				break
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d lines, want %d", len(got), len(want))
		}
		last, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{Waiting: true, Size: 3, Last: true})
		if err != nil || len(last.Lines) != 3 || last.Lines[2].Reference != got[6] {
			t.Errorf("%+v %v", last, err)
		}
		if _, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{Cursor: "nonsense"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
		if _, err := s.Door.List(t.Context(), s.As("administrator"), referrals.Filter{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an administrator lists referrals: %v", err)
		}
	})
}

// and case 9 is looked for in every column of every table.
func TestNothingInClear(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		refer(t, s, 9)
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		for _, word := range []string{"Meiling", "美玲", "Flushing", "queens", "38,000", "illicit_massage", "Sukarno", "1984-03-09", `"R5"`, "All elements are shown", "minor"} {
			if where := inClear(t, s, word); where != "" {
				t.Errorf("%q lies in clear in %s", word, where)
			}
		}
	})
}

// each with a number of its own.
func TestEntriesAtOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		seen := open(t, s, "rhtp_harbor", ref)
		rev := open(t, s, "detective", ref).Rev
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				deed := &forms.Deed{}
				deed.How, deed.Result = "phone", "no_answer"
				_, err := s.Door.Act(t.Context(), s.As("rhtp_harbor"), referrals.Seen{Ref: ref, N: 1, Rev: seen.Handover[0].Rev}, workflow.Attempt, deed)
				if err != nil && fault.KindOf(err) != fault.Conflict {
					t.Errorf("attempt %d: %v", i, err)
				}
			})
			wg.Go(func() {
				deed := &forms.Deed{}
				deed.Facts = "One more fact."
				_, err := s.Door.Act(t.Context(), s.As("detective"), referrals.Seen{Ref: ref, Rev: rev}, workflow.Add, deed)
				if err != nil && fault.KindOf(err) != fault.Conflict {
					t.Errorf("fact %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		got := open(t, s, "program", ref)
		tries, facts := 0, 0
		for _, e := range got.Timeline {
			switch e.Action {
			case workflow.Attempt:
				tries++
			case workflow.Add:
				facts++
			}
		}
		if tries != 1 || facts != 1 {
			t.Errorf("%d tries and %d facts, want one of each: all others saw an old page", tries, facts)
		}
	})
}

// the not theirs leave the same words.
func TestRefusalsAreLogged(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		for _, one := range []string{ref, "7K4M-2QX9-C3TB-5"} {
			if _, err := s.Door.Open(t.Context(), s.As("trooper"), one, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
				t.Fatal(err)
			}
		}
		lines, err := s.DB.Read().AuditEntry.Query().Where(auditentry.Outcome(audit.Refused), auditentry.Actor(s.As("trooper").ID)).All(t.Context())
		if err != nil || len(lines) != 2 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		if lines[0].Action != "read" || lines[0].Reason != lines[1].Reason || len(lines[0].Refs) != 1 || lines[0].Refs[0] != ref {
			t.Errorf("%+v", lines)
		}
	})
}
