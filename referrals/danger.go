package referrals

import (
	"context"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/sql"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/task"
	"nysreferral/workflow"
)

// dangerAhead puts the tasks of a list that are about a person who may be in danger
// before the rows of its first page: all of them, wherever they would stand by their
// due dates. On later pages they stand no second time.
func (s *Service) dangerAhead(ctx context.Context, tx *ent.Tx, who workflow.Actor, where []predicate.Task, f TaskFilter, rows []*ent.Task) ([]*ent.Task, error) {
	if f.Done || f.Others || !workflow.WarnsOfDanger(who.Duty) {
		return rows, nil
	}
	danger, err := s.dangerRows(ctx, tx, where)
	if err != nil || len(danger) == 0 {
		return rows, err
	}
	rows = slices.DeleteFunc(rows, func(r *ent.Task) bool {
		return slices.ContainsFunc(danger, func(d *ent.Task) bool { return d.ID == r.ID })
	})
	if f.Cursor != "" {
		return rows, nil
	}
	return append(danger, rows...), nil
}

// dangerRows are the open tasks of a list that are about a person who may be in
// danger, the oldest first. Which task is one is sealed. What lies in clear is when
// it began and is due, and those are due the moment they begin: of what is overdue
// only the few rows of which that is true are opened, however long the list is.
func (s *Service) dangerRows(ctx context.Context, tx *ent.Tx, where []predicate.Task) ([]*ent.Task, error) {
	atOnce := append(slices.Clone(where), task.DoneAtIsNil(), task.DueAtLTE(s.now()), predicate.Task(sql.FieldsEQ(task.FieldDueAt, task.FieldCreatedAt)))
	var out []*ent.Task
	for after := 0; ; {
		rows, err := tx.Task.Query().Where(append(slices.Clone(atOnce), task.IDGT(after))...).
			WithReferral(func(q *ent.ReferralQuery) { q.WithAssigned() }).WithContact().WithAgency().
			Order(ent.Asc(task.FieldID)).Limit(mostTasks).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("referrals: reading tasks: %w", err)
		}
		for _, row := range rows {
			after = row.ID
			danger, err := s.ofDanger(row)
			if err != nil {
				return nil, err
			}
			if danger {
				out = append(out, row)
			}
		}
		if len(rows) < mostTasks {
			return out, nil
		}
	}
}

// ofDanger says whether a task is about a person who may be in danger. One whose
// key was destroyed tells nothing any more.
func (s *Service) ofDanger(row *ent.Task) (bool, error) {
	r := row.Edges.Referral
	if r == nil || len(r.DataKey) == 0 {
		return false, nil
	}
	var a about
	if err := s.openAt(r, row.Sealed, taskAt(r.Ref, row.CreatedAt), &a); err != nil {
		return false, err
	}
	kind, _ := workflow.TaskOf(a.Kind)
	return kind.Danger, nil
}
