package referrals

import (
	"context"
	"fmt"

	"nysreferral/ent"
	"nysreferral/ent/task"
	"nysreferral/workflow"
)

// endTasksAfter ends the open tasks that make no sense after the step do, which
// ends the referral or its determination. What outlasts it is in the table of
// tasks.
func (s *Service) endTasksAfter(ctx context.Context, tx *ent.Tx, f *file, who workflow.Actor, do workflow.Action) error {
	rows, err := tx.Task.Query().Where(task.ReferralID(f.row.ID), task.DoneAtIsNil()).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading tasks: %w", err)
	}
	var ended []string
	for _, row := range rows {
		var a about
		if err := f.unseal(row.Sealed, taskAt(f.row.Ref, row.CreatedAt), &a); err != nil {
			return err
		}
		if !workflow.Outlasts(a.Kind, do) {
			ended = append(ended, a.Kind)
		}
	}
	if len(ended) == 0 {
		return nil // no kinds would mean all of them
	}
	return s.endTasks(ctx, tx, f, who, ended...)
}
