package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
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
