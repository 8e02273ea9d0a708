package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/task"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// busy gives the agency of a recipient 500 more open tasks, all due before
// whatever begins later.
func busy(t *testing.T, s *demo.State, key string) {
	t.Helper()
	job := viewer.Job(t.Context(), "test")
	err := s.DB.Do(job, func(tx *ent.Tx) error {
		one, err := tx.Task.Query().Where(task.Duty(string(workflow.Recipient)), task.AgencyID(s.As(key).Agency), task.DoneAtIsNil()).First(job)
		if err != nil {
			return err
		}
		adds := make([]*ent.TaskCreate, 500)
		for i := range adds { // at the same moment, which is where the sealed part belongs
			adds[i] = tx.Task.Create().SetReferralID(*one.ReferralID).SetDuty(one.Duty).SetAgencyID(*one.AgencyID).
				SetHandover(one.Handover).SetCreatedAt(one.CreatedAt).SetNillableDueAt(one.DueAt).SetSealed(one.Sealed)
		}
		return tx.Task.CreateBulk(adds...).Exec(job)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An agency with more open tasks than a list holds is told to stop all the same:
// its inbox says so, it is the first of its tasks, and it can say that it stopped.
func TestStopAmongManyTasks(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		accepted(t, s, 1, "rhtp_harbor")
		busy(t, s, "rhtp_harbor")
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 1))
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("detective", workflow.Withdraw, 0, nil))
		if got := toStop(t, s, "rhtp_harbor", ref); !slices.Equal(got, []int{1}) {
			t.Errorf("the inbox says to stop with %v", got)
		}
		list, err := s.Door.Tasks(t.Context(), s.As("rhtp_harbor"), false)
		if err != nil || len(list) == 0 || list[0].Kind != workflow.TaskStopped || list[0].Reference != ref {
			t.Fatalf("of %d tasks the first is not to stop: %v", len(list), err)
		}
		same := list[0].ID
		if slices.ContainsFunc(list[1:], func(one referrals.Task) bool { return one.ID == same }) {
			t.Error("it stands there twice")
		}
		if err := s.Door.Stopped(t.Context(), s.As("rhtp_harbor"), ref, 1); err != nil {
			t.Error(err)
		}
	})
}
