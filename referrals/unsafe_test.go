package referrals_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// tries is a try of a recipient that nobody answered.
func tries(how forms.ContactMethod) demo.Step {
	return do("rhtp_harbor", workflow.Attempt, 1, func(d *forms.Deed) { d.How, d.Result = how, "no_answer" })
}

// A try by a way that the referral does not call safe is logged, for it
// happened; OTDA has it among its tasks at once and alone, with which way it was,
// and no second time while it looks; the recipient is told to use a safe way. To
// give the hand-over back does not end it, nor does a withdrawal.
func TestUnsafeTryAlarms(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor") // who may be reached only through the referrer
		asked := func() int {
			list, err := s.Door.Tasks(t.Context(), s.As("program"), false)
			if err != nil {
				t.Fatal(err)
			}
			return len(slices.DeleteFunc(list, func(one referrals.Task) bool { return one.Kind != workflow.TaskUnsafe }))
		}
		take(t, s, ref, tries("through_the_referrer"))
		if asked() != 0 {
			t.Fatal("a safe try alarms")
		}
		take(t, s, ref, tries("text_message"), tries("phone"))
		if n := asked(); n != 1 {
			t.Errorf("OTDA is asked %d times", n)
		}
		one := theTask(t, s, "program", ref, workflow.TaskUnsafe)
		if one.Standing != workflow.Overdue || !strings.Contains(strings.ToLower(one.Words), "text message") {
			t.Errorf("%s: %q", one.Standing, one.Words)
		}
		if next := theTask(t, s, "rhtp_harbor", ref, workflow.TaskTry); !strings.Contains(next.Words, "use that way only") {
			t.Errorf("the recipient reads %q", next.Words)
		}
		for _, key := range []string{"rhtp_harbor", "detective", "reviewer"} {
			if err := s.Door.Done(t.Context(), s.As(key), one.ID, "Nothing happened."); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s ends it: %v", key, err)
			}
			if slices.ContainsFunc(open(t, s, key, ref).Clocks, func(c referrals.Task) bool { return c.Kind == workflow.TaskUnsafe }) {
				t.Errorf("%s sees it", key)
			}
		}
		take(t, s, ref, tries("through_the_referrer"))
		if next := theTask(t, s, "rhtp_harbor", ref, workflow.TaskTry); strings.Contains(next.Words, "use that way only") {
			t.Errorf("after a safe try the recipient still reads %q", next.Words)
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Return, 1, func(d *forms.Deed) { d.ReturnReason = "capacity" }), do("detective", workflow.Withdraw, 0, nil))
		if asked() != 1 {
			t.Error("the alarm is lost with the hand-over")
		}
		if err := s.Door.Done(t.Context(), s.As("program"), one.ID, "Called the detective: nobody saw the text."); err != nil {
			t.Fatal(err)
		}
		if asked() != 0 {
			t.Error("it stays open")
		}
	})
}

// A further try that is not safe, by another recipient, is told to OTDA too,
// though it looks at the first: by a mail, and by the words of the one task, which
// say both recipients and both ways. The same again is mailed, and not said twice.
func TestFurtherUnsafeTryAlarms(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, tries("text_message"))
		take(t, s, ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "She asked for it." }),
			do("program", workflow.Send, 2, nil), do("rhtp_open_door", workflow.Accept, 2, nil))
		again := do("rhtp_open_door", workflow.Attempt, 2, func(d *forms.Deed) { d.How, d.Result = "in_person", "no_answer" })
		for n := 1; n <= 2; n++ {
			before := mailsAbout(t, s, "due")
			take(t, s, ref, again)
			if got := mailsAbout(t, s, "due") - before; got != 1 {
				t.Errorf("try %d is told by %d mails", n, got)
			}
		}
		one := theTask(t, s, "program", ref, workflow.TaskUnsafe)
		for _, word := range []string{"Hand-over 1", "Harbor Light", "ext message", "Hand-over 2", "Open Door", "n person"} {
			if strings.Count(one.Words, word) != 1 {
				t.Errorf("OTDA reads %q, want %q once", one.Words, word)
			}
		}
	})
}

// A person who was reached by a text that might not be sent was put in danger
// too. So was one who was reached in person, wherever the person is still with the
// trafficker or in danger: it is on the record all the same. One who is neither,
// and came, was not.
func TestReachedByAnUnsafeWay(t *testing.T) {
	away := func(r *forms.Referral) { r.Living, r.LastContact, r.Danger = "own_home", "within_a_month", "no" }
	each(t, monday, func(t *testing.T, s *demo.State) {
		for _, tt := range []struct {
			how    forms.ContactMethod
			change func(r *forms.Referral)
			want   bool
		}{
			{"text_message", away, true},
			{"in_person", func(r *forms.Referral) { away(r); r.Living = "with_trafficker" }, true},
			{"in_person", func(r *forms.Referral) { away(r); r.LastContact = "still_with" }, true},
			{"in_person", func(r *forms.Referral) { away(r); r.Danger = "yes" }, true},
			{"in_person", away, false},
		} {
			ref := acceptedSaying(t, s, tt.change)
			take(t, s, ref, do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = tt.how }))
			if got := slices.Contains(kindsOf(t, s, ref), workflow.TaskUnsafe); got != tt.want {
				t.Errorf("reached by %s: OTDA is asked %v, want %v", tt.how, got, tt.want)
			}
			if h := open(t, s, "rhtp_harbor", ref).Handover[0]; h.Status != workflow.Reached {
				t.Errorf("reached by %s: it stands at %s", tt.how, h.Status)
			}
		}
	})
}

// To go through the attorney or an advocate tells a third party of the person. It
// is safe where a release that has not ended names the attorney, and nowhere else.
func TestTryThroughAnAttorney(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for _, tt := range []struct {
			reach forms.Reach
			named []forms.Receiver
			want  bool // OTDA is asked
		}{
			{"through_attorney", nil, true},
			{"through_other_advocate", []forms.Receiver{"rhtp_provider", "victims_attorney"}, true},
			{"through_attorney", []forms.Receiver{"rhtp_provider"}, true},
			{"through_attorney", []forms.Receiver{"rhtp_provider", "victims_attorney"}, false},
		} {
			ref := acceptedSaying(t, s, func(r *forms.Referral) {
				r.Reach, r.ReachedByName = tt.reach, "Ann Sample"
				if len(tt.named) > 0 {
					r.Consented, r.ConsentFrom, r.ConsentUntil = "yes_verbal", "2026-11-01", "2027-03-01"
					r.ConsentBy, r.Release = []forms.Giver{"the_person"}, append([]forms.Receiver{"dcjs_and_otda"}, tt.named...)
				}
			})
			take(t, s, ref, tries("through_attorney_or_advocate"))
			if got := slices.Contains(kindsOf(t, s, ref), workflow.TaskUnsafe); got != tt.want {
				t.Errorf("%s, the release names %v: OTDA is asked %v, want %v", tt.reach, tt.named, got, tt.want)
			}
		}
	})
}

// confirmedSaying is case 1 with other answers, confirmed.
func confirmedSaying(t *testing.T, s *demo.State, change func(r *forms.Referral)) string {
	t.Helper()
	r, body, err := demo.Referral(1, "")
	if err != nil {
		t.Fatal(err)
	}
	change(r)
	receipt, err := s.Door.Send(t.Context(), s.As(demo.Referrers[1]), r, "", body)
	if err != nil {
		t.Fatal(err)
	}
	confirmed(t, s, receipt.Reference)
	return receipt.Reference
}

// acceptedSaying is confirmedSaying, which its recipient accepted.
func acceptedSaying(t *testing.T, s *demo.State, change func(r *forms.Referral)) string {
	t.Helper()
	ref := confirmedSaying(t, s, change)
	take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
	return ref
}

// A try by a way that is not permitted stands in the log as such. It leaves the
// recipient's clock of the next try as it ran, and does not open "Not reached"; a
// permitted one does both. OTDA's alarm of it stands before whatever was due
// earlier, and its card on the board is marked.
func TestUnpermittedTryCountsForNothing(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor") // who may be reached only through the referrer
		missed := func() bool {
			return slices.ContainsFunc(open(t, s, "rhtp_harbor", ref).Handover[0].Offers, func(o workflow.HandoverOffer) bool { return o.Do == workflow.Miss && o.Ready() })
		}
		before := theTask(t, s, "rhtp_harbor", ref, workflow.TaskTry)
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
		rec, err := s.Take(t.Context(), ref, tries("phone"))
		if err != nil || !rec.Unsafe {
			t.Fatalf("%v, unsafe %v", err, rec.Unsafe)
		}
		if after := theTask(t, s, "rhtp_harbor", ref, workflow.TaskTry); after.ID != before.ID || !after.DueAt.Equal(before.DueAt) {
			t.Errorf("the next try is due %s, was %s", after.DueAt, before.DueAt)
		}
		if missed() {
			t.Error("an unpermitted try opens Not reached")
		}
		log := open(t, s, "program", ref).View.Item("attempts")
		if log == nil || !strings.Contains(fmt.Sprint(log.Rows), workflow.NotPermitted) {
			t.Errorf("the log does not mark it: %+v", log)
		}
		list, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil || len(list) == 0 || list[0].Kind != workflow.TaskUnsafe {
			t.Errorf("the alarm does not stand first: %v, %+v", err, list)
		}
		board, err := s.Door.Board(t.Context(), s.As("program"))
		if err != nil || !slices.ContainsFunc(board.OnTheWay, func(w referrals.Waiting) bool { return w.Reference == ref && w.Unsafe }) {
			t.Errorf("the board does not mark it: %v", err)
		}
		take(t, s, ref, tries("through_the_referrer"))
		if after := theTask(t, s, "rhtp_harbor", ref, workflow.TaskTry); after.ID == before.ID || !missed() {
			t.Errorf("a permitted try leaves the clock: %+v, missed %v", after, missed())
		}
	})
}
