package referrals

import (
	"context"
	"slices"

	"nysreferral/ent"
	"nysreferral/ent/task"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// TaskKinds are all kinds of tasks.
func TaskKinds() []string {
	var out []string
	for _, t := range workflow.Tasks {
		out = append(out, t.Key)
	}
	return out
}

// AddTasks adds an open task of each kind.
func (s *Service) AddTasks(ctx context.Context, tx *ent.Tx, ref string, kinds ...string) error {
	ctx = viewer.Job(ctx, "test")
	f, err := s.open(ctx, tx, ref)
	if err != nil {
		return err
	}
	tasks := make([]newTask, len(kinds))
	for i, kind := range kinds {
		tasks[i] = newTask{kind: kind, duty: workflow.Program, due: s.now()}
	}
	return s.addTasks(ctx, tx, f, tasks...)
}

// OpenTasks are the kinds of the open tasks of a referral, each once.
func (s *Service) OpenTasks(ctx context.Context, ref string) ([]string, error) {
	ctx = viewer.Job(ctx, "test")
	var out []string
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		out = nil
		f, err := s.open(ctx, tx, ref)
		if err != nil {
			return err
		}
		rows, err := tx.Task.Query().Where(task.ReferralID(f.row.ID), task.DoneAtIsNil()).All(ctx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			var a about
			if err := f.unseal(row.Sealed, taskAt(f.row.Ref, row.CreatedAt), &a); err != nil {
				return err
			}
			out = append(out, a.Kind)
		}
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out), err
}
