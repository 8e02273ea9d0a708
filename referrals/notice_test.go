package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/workflow"
)

// The clock of notice and routing runs until both have happened: to hand the
// person over does not end it while the person and the referring agency are not
// told, nor do the letters while a hand-over waits to be sent, in either order.
// A letter that comes back after that is another clock's.
func TestNoticeNeedsLettersAndHandover(t *testing.T) {
	send := demo.Step{Who: "program", Do: workflow.Send, N: 1}
	for name, order := range map[string][]demo.Step{"sent first": append([]demo.Step{send}, demo.Letters...), "told first": append(slices.Clone(demo.Letters), send)} {
		t.Run(name, func(t *testing.T) {
			each(t, monday, func(t *testing.T, s *demo.State) {
				ref := refer(t, s, 1).Reference
				confirmed(t, s, ref)
				for i, step := range order {
					open, err := s.Door.OpenTasks(t.Context(), ref)
					if err != nil || !slices.Contains(open, workflow.TaskNotice) {
						t.Fatalf("before step %d open are %q, %v", i, open, err)
					}
					take(t, s, ref, step)
				}
				open, err := s.Door.OpenTasks(t.Context(), ref)
				if err != nil || slices.Contains(open, workflow.TaskNotice) {
					t.Errorf("told and sent, and open are %q, %v", open, err)
				}
			})
		})
	}
}
