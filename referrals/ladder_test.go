package referrals_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// climb does what is due by now, and wants it done without a failure.
func climb(t *testing.T, s *demo.State) int {
	t.Helper()
	n, err := s.Door.Climb(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// kinds are the kinds of the open tasks of an account on a referral, but those
// about letters, and the notice that waits for them.
func kinds(t *testing.T, s *demo.State, key, ref string) []string {
	t.Helper()
	list, err := s.Door.Tasks(t.Context(), s.As(key), false)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, one := range list {
		if one.Reference == ref && !strings.HasPrefix(one.Kind, "letter_") && one.Kind != workflow.TaskNotice {
			out = append(out, one.Kind)
		}
	}
	slices.Sort(out)
	return out
}

// onBoard is hand-over n of a referral on OTDA's board.
func onBoard(t *testing.T, s *demo.State, ref string, n int) (referrals.Waiting, bool) {
	t.Helper()
	b, err := s.Door.Board(t.Context(), s.As("program"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range append(b.OnTheWay, b.Reached...) {
		if w.Reference == ref && w.N == n {
			return w, true
		}
	}
	return referrals.Waiting{}, false
}

// entered counts the entries of an action.
func entered(t *testing.T, s *demo.State, do workflow.Action) int {
	t.Helper()
	return s.DB.Read().Entry.Query().Where(entry.Action(string(do))).CountX(viewer.Job(t.Context(), "test"))
}

// Nothing happens before its time; a hand-over that nobody accepts in two
// business days is a reminder to the recipient, and a business day later
// OTDA's task, each once, with an entry and a line in the log; accepting ends
// it all.
func TestNobodyAccepts(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil)) // Monday, November 2
		climb(t, s)
		s.Clock.Set(day("2026-11-05T21:59:00Z")) // Election Day is free, so the second business day is Thursday
		climb(t, s)
		if n := entered(t, s, workflow.Remind); n != 0 {
			t.Fatal("reminded before the time is over")
		}
		s.Clock.Set(day("2026-11-05T22:01:00Z"))
		climb(t, s)
		if n := entered(t, s, workflow.Remind); n != 1 || slices.Contains(kinds(t, s, "program", ref), workflow.TaskNotAccepted) {
			t.Fatalf("%d reminders, and OTDA has %v", n, kinds(t, s, "program", ref))
		}
		s.Clock.Set(day("2026-11-06T22:01:00Z"))
		climb(t, s)
		climb(t, s)
		if n := entered(t, s, workflow.Escalate); n != 1 || !slices.Contains(kinds(t, s, "program", ref), workflow.TaskNotAccepted) {
			t.Fatalf("%d escalations, and OTDA has %v", n, kinds(t, s, "program", ref))
		}
		if n := s.DB.Read().AuditEntry.Query().Where(auditentry.Action("ladder")).CountX(t.Context()); n != 2 {
			t.Errorf("%d lines of the ladder, want 2", n)
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Accept, 1, nil))
		if got := kinds(t, s, "program", ref); len(got) > 0 {
			t.Errorf("OTDA still has %v", got)
		}
		if got := kinds(t, s, "rhtp_harbor", ref); !slices.Equal(got, []string{workflow.TaskContact, workflow.TaskTry}) {
			t.Errorf("the recipient has %v", got)
		}
	})
}

// Many servers climb at once: every rung happens once.
func TestRungsHappenOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		s.Clock.Set(day("2026-11-20T15:00:00Z"))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := s.Door.Climb(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if r, e := entered(t, s, workflow.Remind), entered(t, s, workflow.Escalate); r != 1 || e != 1 {
			t.Errorf("%d reminders and %d escalations", r, e)
		}
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskNotAccepted}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// A referral that was withdrawn or closed is left alone, however late it is: but
// for the letters, which ring while nobody signs or hands them over, and for the
// recipient who was told to stop, and is told again until OTDA has to call.
func TestLadderLeavesTheEndedAlone(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		gone, over := refer(t, s, 1).Reference, refer(t, s, 1).Reference
		for _, ref := range []string{gone, over} {
			confirmed(t, s, ref)
			take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		}
		take(t, s, gone, do("detective", workflow.Withdraw, 0, nil))
		take(t, s, over, do("rhtp_harbor", workflow.Refuse, 1, saidNo), do("program", workflow.Close, 0, nil))
		s.Clock.Set(day("2027-03-01T15:00:00Z"))
		if n := climb(t, s); n != 8 || entered(t, s, workflow.Remind) != 2 || entered(t, s, workflow.Escalate) != 1 || entered(t, s, workflow.Warm) != 0 {
			t.Errorf("%d things happened to what has ended, want the alarms of letters and the ladder of one who was told to stop", n)
		}
		letters(t, s, gone, "program", workflow.Stop, 3, func(d *forms.Deed) { d.Reason = "The person has left." })
		s.Clock.Set(day("2027-06-01T15:00:00Z"))
		if n := climb(t, s); n != 2 || climb(t, s) != 0 {
			t.Errorf("%d things happened to what has ended, want the alarms of OTDA's task to call", n)
		}
		if n, err := s.Door.Mend(t.Context()); n != 0 || err != nil {
			t.Errorf("%d were mended, %v", n, err)
		}
	})
}

// A referral that somehow has nothing next is found by the sweep and given its
// next date.
func TestSweep(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		if n, err := s.Door.Mend(t.Context()); n != 0 || err != nil {
			t.Fatalf("%d were mended, %v", n, err)
		}
		change(t, s, func(tx *ent.Tx) error {
			return tx.Task.Update().SetDoneAt(s.Clock.Now().UTC().Truncate(time.Microsecond)).Exec(viewer.Job(t.Context(), "test"))
		})
		if n, err := s.Door.Mend(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d were mended, %v", n, err)
		}
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskOwn}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// Only OTDA has a board, and in it stand offices, dates and codes, and no word
// of anybody.
func TestBoardIsOTDAs(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil),
			do("rhtp_harbor", workflow.Attempt, 1, func(d *forms.Deed) { d.How, d.Result, d.Note = "phone", "no_answer", "Her aunt Mei answered." }))
		for _, a := range s.Accounts {
			if _, err := s.Door.Board(t.Context(), a.Actor); a.Duty != workflow.Program && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s has the board: %v", a.Key, err)
			}
		}
		got, ok := onBoard(t, s, ref, 1)
		if !ok || got.Recipient != "Harbor Light Services (made up)" || len(got.Tries) != 1 || got.NoContact || got.Next.Kind != workflow.TaskTry {
			t.Errorf("%+v", got)
		}
	})
}

// What the State sets holds for clocks that start from its day on. One that
// runs already keeps the count and the rungs with which it began.
func TestSetCounts(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		early, late := refer(t, s, 1).Reference, refer(t, s, 1).Reference
		for _, ref := range []string{early, late} {
			confirmed(t, s, ref)
		}
		take(t, s, early, do("program", workflow.Send, 1, nil))
		before := theTask(t, s, "rhtp_harbor", early, workflow.TaskAcceptance)
		for key, count := range map[workflow.ClockKey]int{workflow.ClockAcceptance: 5, workflow.ClockEscalation: 4} {
			if _, err := s.Registry.SetClock(t.Context(), s.As("administrator"), registry.NewTerm{Key: key, From: "2026-11-04", Count: count, Reason: "A memo."}); err != nil {
				t.Fatal(err)
			}
		}
		s.Clock.Set(day("2026-11-04T15:00:00Z"))
		take(t, s, late, do("program", workflow.Send, 1, nil))
		if got := theTask(t, s, "rhtp_harbor", early, workflow.TaskAcceptance); !got.DueAt.Equal(before.DueAt) {
			t.Errorf("the clock that ran is due %s, and was %s", got.DueAt, before.DueAt)
		}
		if got := theTask(t, s, "rhtp_harbor", late, workflow.TaskAcceptance); !got.DueAt.Equal(day("2026-11-12T22:00:00Z")) { // Veterans Day is free
			t.Errorf("the new clock is due %s", got.DueAt)
		}
		s.Clock.Set(day("2026-11-06T22:01:00Z"))
		climb(t, s)
		if got := kinds(t, s, "program", early); !slices.Contains(got, workflow.TaskNotAccepted) {
			t.Errorf("the rung of the clock that ran waits longer: %v", got)
		}
	})
}

// One referral that cannot be read does not keep the sweep from the others.
func TestSweepGoesOn(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		broken, lost := accepted(t, s, 1, "rhtp_harbor"), accepted(t, s, 1, "rhtp_harbor")
		change(t, s, func(tx *ent.Tx) error {
			err := tx.Task.Update().Where(task.DoneAtIsNil()).SetDoneAt(s.Clock.Now().UTC().Truncate(time.Microsecond)).Exec(viewer.Job(t.Context(), "test"))
			return errors.Join(err, tx.Handover.Update().Where(handover.HasReferralWith(referral.Ref(broken))).SetSealed([]byte("broken")).Exec(viewer.Job(t.Context(), "test")))
		})
		if n, err := s.Door.Mend(t.Context()); n != 1 || err == nil {
			t.Errorf("%d were mended, %v", n, err)
		}
		if got := kinds(t, s, "program", lost); !slices.Equal(got, []string{workflow.TaskOwn}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}
