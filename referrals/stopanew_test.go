package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/ent/shred"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// While OTDA has still to call a recipient that does not stop, the key is not
// destroyed, and the refusal says so; once it noted what the recipient says, it is.
func TestDestroyWaitsForTheCall(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ledger := withLedger(t, s)
		ref := withdrawnOne(t, s)
		for range 20 {
			s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
			climb(t, s)
		}
		one := theTask(t, s, "program", ref, workflow.TaskStopUnread)
		gone := destroys(s, ref, "withdrawn", "director", "program")
		if err := s.Door.Destroy(t.Context(), gone); fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "has not said that it stopped") {
			t.Errorf("destroyed while OTDA has to call: %v", err)
		}
		if list, err := ledger.Read(); err != nil || len(list) > 0 {
			t.Errorf("the ledger: %v, %v", list, err)
		}
		if got := kindsOf(t, s, ref); !slices.Contains(got, workflow.TaskStopUnread) {
			t.Errorf("the call is lost: %v", got)
		}
		if err := s.Door.Done(t.Context(), s.As("program"), one.ID, "Called: it shredded the packet today."); err != nil {
			t.Fatal(err)
		}
		if err := s.Door.Destroy(t.Context(), gone); err != nil {
			t.Error(err)
		}
	})
}

// A backup brings a referral back that was destroyed, with a task of its recipient
// that is due in weeks and with reminders of its own: when the key goes again, the
// recipient is told to stop at once, it has the time of who is told to stop, and
// both further mails and OTDA's come after that. A second replay does nothing.
func TestReplayTellsToStopAnew(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ledger := withLedger(t, s)
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		for range 10 { // it is reminded, and OTDA is told, of what is not accepted
			s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
			climb(t, s)
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Accept, 1, nil))
		if err := ledger.Append(seal.Shredded{Ref: ref, At: s.Clock.Now(), By: s.As("director").ID}); err != nil {
			t.Fatal(err)
		}
		far := s.Clock.Now().AddDate(0, 0, 60)
		job := viewer.Job(t.Context(), "test")
		if err := s.DB.Do(job, func(tx *ent.Tx) error {
			return tx.Task.Update().Where(task.HasReferralWith(referral.Ref(ref)), task.DoneAtIsNil(), task.Duty(string(workflow.Recipient))).SetDueAt(far).Exec(job)
		}); err != nil {
			t.Fatal(err)
		}
		told := stopMails(t, s, "rhtp_harbor")
		for _, want := range []int{1, 0} {
			if n, err := s.Door.Replay(t.Context()); n != want || err != nil {
				t.Fatalf("destroyed %d again: %v", n, err)
			}
		}
		if n := stopMails(t, s, "rhtp_harbor") - told; n != 1 {
			t.Errorf("told %d times at once, want once", n)
		}
		one := theTask(t, s, "rhtp_harbor", ref, workflow.TaskStopped)
		if limit := s.Clock.Now().AddDate(0, 0, 5); one.DueAt.After(limit) || !one.DueAt.After(s.Clock.Now()) {
			t.Errorf("to stop is due %s, it is %s", one.DueAt, s.Clock.Now())
		}
		told, due := stopMails(t, s, "rhtp_harbor"), mailsAbout(t, s, "due")
		for range 20 {
			s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
			climb(t, s)
			climb(t, s)
		}
		if again, otda := stopMails(t, s, "rhtp_harbor")-told, mailsAbout(t, s, "due")-due; again != 2 || otda != 1 {
			t.Errorf("told %d times again and OTDA %d times, want 2 and 1", again, otda)
		}
		if !s.DB.Read().Shred.Query().Where(shred.Ref(ref)).ExistX(job) {
			t.Error("the database does not know that it was destroyed")
		}
	})
}
