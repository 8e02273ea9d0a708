package referrals

import (
	"context"
	"fmt"

	"nysreferral/ent/task"
	"nysreferral/viewer"
)

// Overdue is how many tasks are open past their time, of all duties: for whoever
// watches the program, who learns of no task which it is.
func (s *Service) Overdue(ctx context.Context) (int, error) {
	n, err := s.DB.Read().Task.Query().Where(task.DoneAtIsNil(), task.DueAtLT(s.now())).Count(viewer.Job(ctx, "count overdue"))
	if err != nil {
		return 0, fmt.Errorf("referrals: counting what is overdue: %w", err)
	}
	return n, nil
}
