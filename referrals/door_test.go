package referrals_test

import (
	"strings"
	"sync"
	"testing"

	"nysreferral/demo"
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
			sent:      {"detective": true, "reviewer": true, "second_reviewer": true, "director": true, "deputy_director": true, "program": true, "auditor": true},
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
		if err != nil || len(tasks) != 1 || tasks[0].Kind != "letter_sign" { // the withdrawal is acknowledged
			t.Errorf("%+v %v", tasks, err)
		}
		if _, ok, err := s.Door.PacketToDraw(t.Context(), referrals.DrawPacket{Ref: ref, N: 1}); ok || err != nil {
			t.Errorf("a packet of a withdrawn referral is drawn: %v %v", ok, err)
		}
	})
}

// A draft keeps what was typed, refuses what has a wrong shape, and a stale
// The queue comes by the legal due date, page by page, the same forwards and
// Nothing personal lies in clear in the database: every text typed into case 1
// Acts on two hand-overs and on the referral at once all stand on the record,
// A refusal is a line in the log, with who was refused what, and the absent and
