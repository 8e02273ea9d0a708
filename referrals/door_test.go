package referrals_test

import (
	"errors"
	"strings"
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

var monday = day("2026-11-02T15:15:00Z")

// Nobody but the author, and the agency's lead, sees a draft; nobody outside of
// those whom the rules name sees a referral; absent and not theirs look the
// same.
func TestStrangers(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		draft, err := s.Door.Begin(t.Context(), s.As("case_manager"))
		if err != nil {
			t.Fatal(err)
		}
		sent := refer(t, s, 1).Reference
		may := map[string]map[string]bool{
			draft.Ref: {"case_manager": true, "shelter_lead": true},
			sent:      {"detective": true, "reviewer": true, "second_reviewer": true, "director": true, "program": true, "auditor": true},
		}
		_, absent := s.Door.Open(t.Context(), s.As("reviewer"), "7K4M-2QX9-C3TB-5", referrals.Want{})
		for ref, allowed := range may {
			for _, a := range s.Accounts {
				_, err := s.Door.Open(t.Context(), a.Actor, ref, referrals.Want{})
				if allowed[a.Key] {
					if err != nil {
						t.Errorf("%s does not see what is theirs: %v", a.Key, err)
					}
					continue
				}
				if err == nil || err.Error() != absent.Error() || fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %v, want what an absent one says", a.Key, err)
				}
			}
		}
		if _, err := s.Door.Open(t.Context(), workflow.Actor{}, sent, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("nobody sees a referral: %v", err)
		}
	})
}

// No stranger acts: every action on a referral that the actor does not see is
// not found, whatever it is.
func TestStrangersDoNotAct(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		for _, key := range []string{"trooper", "case_manager", "coordinator", "administrator", "rhtp_harbor", "ldss_erie"} {
			for _, what := range workflow.Actions() {
				_, err := s.Door.Act(t.Context(), s.As(key), referrals.Seen{Ref: ref, Rev: 2}, what, &forms.Deed{})
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s does %s: %v", key, what, err)
				}
			}
			for _, what := range workflow.HandoverActions() {
				_, err := s.Door.Act(t.Context(), s.As(key), referrals.Seen{Ref: ref, N: 1, Rev: 1}, what, &forms.Deed{})
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s does %s: %v", key, what, err)
				}
			}
		}
	})
}

// Two reviewers take at once: one has it, the other is told who was first, and
// one entry stands on the record.
func TestActOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		seen := referrals.Seen{Ref: ref, Rev: open(t, s, "reviewer", ref).Rev}
		var wg sync.WaitGroup
		var mu sync.Mutex
		var won int
		var lost []string
		for _, key := range []string{"reviewer", "second_reviewer", "director", "reviewer"} {
			wg.Go(func() {
				_, err := s.Door.Act(t.Context(), s.As(key), seen, workflow.Take, &forms.Deed{})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
					return
				}
				if fault.KindOf(err) != fault.Conflict {
					t.Errorf("%s: %v", key, err)
				}
				lost = append(lost, err.Error())
			})
		}
		wg.Wait()
		if won != 1 || len(lost) != 3 {
			t.Fatalf("%d won, %d lost", won, len(lost))
		}
		taken := 0
		for _, e := range open(t, s, "reviewer", ref).Timeline {
			if e.Action == workflow.Take {
				taken++
			}
		}
		if taken != 1 {
			t.Errorf("taken %d times", taken)
		}
	})
}

// A determination on a stale page is refused, and the sentence says who moved it.
func TestStale(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision...)
		seen := referrals.Seen{Ref: ref, Rev: open(t, s, "director", ref).Rev}
		take(t, s, ref, do("detective", workflow.Add, 0, func(d *forms.Deed) { d.Facts = "She left the place last night." }))
		deed := &forms.Deed{}
		demo.Confirm.Deed(deed)
		_, err := s.Door.Act(t.Context(), s.As("director"), seen, workflow.Confirm, deed)
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Dana Rivers") {
			t.Errorf("decided on a stale page: %v", err)
		}
	})
}

// The guards of a determination hold: no consultation, no grid, an assessor, a
// missing second reader each stop it.
func TestGuards(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		for i := range demo.ToDecision[:4] {
			take(t, s, ref, demo.ToDecision[i])
			if i == 3 {
				break
			}
			if _, err := s.Take(t.Context(), ref, demo.Confirm); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("confirmed after step %d: %v", i, err)
			}
		}
		if _, err := s.Take(t.Context(), ref, demo.Decline[1]); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("declined without a second reader: %v", err)
		}
		assess := demo.ToDecision[3]
		assess.Who = "director"
		take(t, s, ref, assess)
		if _, err := s.Take(t.Context(), ref, demo.Confirm); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("decided by who assessed: %v", err)
		}
	})
}

// The same key sends once, whatever many at once; with another body it is a
// conflict.
func TestSendOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		_, body, err := demo.Referral(1, "")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		got := make([]referrals.Receipt, 20)
		for i := range got {
			wg.Go(func() {
				r, _, err := demo.Referral(1, "")
				if err == nil {
					got[i], err = s.Door.Send(t.Context(), s.As("detective"), r, "key-1", body)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, r := range got {
			if r.Reference != got[0].Reference || r.Digest != got[0].Digest || !r.DueAt.Equal(got[0].DueAt) {
				t.Fatalf("%+v and %+v", r, got[0])
			}
		}
		page, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{})
		if err != nil || len(page.Lines) != 1 {
			t.Fatalf("%d referrals, %v", len(page.Lines), err)
		}
		r, _, err := demo.Referral(1, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Door.Send(t.Context(), s.As("detective"), r, "key-1", []byte("another")); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another body: %v", err)
		}
	})
}

// A masked answer is not in the reviewer's view until it is revealed, and the
// revealing stands in the log; a recipient cannot reveal anything.
func TestReveal(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		if it := open(t, s, "reviewer", ref).View.Item("category"); it == nil || !it.Masked || it.Value != nil || len(it.Text) != 0 {
			t.Fatalf("%+v", it)
		}
		got, err := s.Door.Open(t.Context(), s.As("reviewer"), ref, referrals.Want{Reveal: []string{"F1"}})
		if err != nil {
			t.Fatal(err)
		}
		if it := got.View.Item("category"); it.Masked || it.Value != "other_or_no_status_or_pending" {
			t.Errorf("%+v", it)
		}
		if _, err := s.Door.Open(t.Context(), s.As("detective"), ref, referrals.Want{Reveal: []string{"F1"}}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a referrer reveals: %v", err)
		}
		n, err := s.DB.Read().AuditEntry.Query().Where(func(q *sqlSelector) { q.Where(actionIs("reveal")) }).Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("%d lines, %v", n, err)
		}
	})
}

// A recipient that has not accepted sees the outline; one that has accepted
// sees its view; one that gave it back sees nothing.
func TestRecipientSight(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		got := open(t, s, "rhtp_harbor", ref)
		if got.View.Item("familyName") != nil || got.View.Item("category") != nil || got.View.Item("needs.emergencyHousing") == nil || got.View.Item("ageBand") == nil {
			t.Errorf("before accepting: %+v", got.View)
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Accept, 1, nil))
		got = open(t, s, "rhtp_harbor", ref)
		if got.View.Item("familyName") == nil || got.View.Item("summary") != nil || got.View.Item("traffickers") != nil {
			t.Errorf("after accepting: %+v", got.View)
		}
		for _, other := range []string{"rhtp_open_door", "ldss_nyc_adult"} {
			if _, err := s.Door.Open(t.Context(), s.As(other), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s sees it: %v", other, err)
			}
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Return, 1, func(d *forms.Deed) { d.ReturnReason, d.Reason = "capacity", "Full." }))
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after giving it back: %v", err)
		}
	})
}

// Withdrawing hides the referral from its recipients at once and ends every
// task; the State sees that it was withdrawn and nothing more.
func TestWithdraw(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil), do("detective", workflow.Withdraw, 0, nil))
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the recipient still sees it: %v", err)
		}
		got := open(t, s, "reviewer", ref)
		if got.Status != workflow.Withdrawn || len(got.View.Parts) > 0 || len(got.Timeline) > 0 {
			t.Errorf("%+v", got)
		}
		tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || len(tasks) > 0 {
			t.Errorf("%+v %v", tasks, err)
		}
		if _, ok, err := s.Door.PacketToDraw(t.Context(), referrals.DrawPacket{Ref: ref, N: 1}); ok || err != nil {
			t.Errorf("a packet of a withdrawn referral is drawn: %v %v", ok, err)
		}
	})
}

// A draft keeps what was typed, refuses what has a wrong shape, and a stale
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

// The queue comes by the legal due date, page by page, the same forwards and
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

// Nothing personal lies in clear in the database: every text typed into case 1
// and case 9 is looked for in every column of every table.
func TestNothingInClear(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		refer(t, s, 9)
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		for _, word := range []string{"Meiling", "美玲", "Flushing", "queens", "38,000", "illicit_massage", "Sukarno", "1984", "R5", "All elements are shown", "minor"} {
			if where := inClear(t, s, word); where != "" {
				t.Errorf("%q lies in clear in %s", word, where)
			}
		}
	})
}

// Acts on two hand-overs and on the referral at once all stand on the record,
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

// A refusal is a line in the log, with who was refused what, and the absent and
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
