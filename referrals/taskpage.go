package referrals

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/workflow"
)

// TaskFilter is which part of which list of tasks is wanted. The zero value is
// the first page of what the actor has to do.
type TaskFilter struct {
	Others bool   // what others have to do, for whoever looks after it
	All    bool   // also what was done in the last 30 days
	Done   bool   // only what was done in the last 30 days, the last first
	Cursor string // of TaskPage.Next
	Size   int    // tasks a page; 0 is 100, at most 500
}

// TaskPage is a part of a list of tasks. What the reader may not see is left out,
// so that a page can hold fewer than its size, and none, though more follow.
type TaskPage struct {
	Tasks []Task // on the first page what concerns a person in danger, and the hand-overs to stop with; then the next due first
	Next  string // "" at the end
}

// TaskPage returns a part of what who has to do, or of what others have to do and
// who looks after: for program staff the tasks of recipients and referrers. Those
// without tasks get none. A cursor that who was not given for this list is
// fault.Invalid.
func (s *Service) TaskPage(ctx context.Context, who workflow.Actor, f TaskFilter) (TaskPage, error) {
	where, action := mine(who), "tasks"
	if f.Others {
		where, action = watched(who), "watched"
	}
	if f.Size <= 0 || f.Size > mostTasks {
		f.Size = 100
	}
	var out TaskPage
	err := s.do(ctx, who, action, "", func(ctx context.Context, tx *ent.Tx) error {
		var err error
		if out, err = s.pageOfTasks(ctx, tx, who, where, f); err != nil || where == nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, action, refsOf(out.Tasks, func(t Task) string { return t.Reference })...))
	})
	return out, err
}

// watched are the tasks that an actor looks after without doing them.
func watched(who workflow.Actor) []predicate.Task {
	if who.Duty != workflow.Program || !workflow.Fits(who.Duty, who.Side) {
		return nil
	}
	return []predicate.Task{task.DutyIn(string(workflow.Recipient), string(workflow.Referrer))}
}

// taskRows are the rows of a page, and the cursor of the next.
func (s *Service) taskRows(ctx context.Context, tx *ent.Tx, who workflow.Actor, where []predicate.Task, f TaskFilter) ([]*ent.Task, string, error) {
	lately := task.DoneAtGT(s.now().AddDate(0, 0, -30))
	while, by := task.DoneAtIsNil(), ent.Asc(task.FieldDueAt, task.FieldID)
	switch {
	case f.Done:
		while, by = lately, ent.Desc(task.FieldDoneAt, task.FieldID)
	case f.All:
		while = task.Or(while, lately)
	}
	after, err := s.tasksAfter(who, f)
	if err != nil {
		return nil, "", err
	}
	rows, err := tx.Task.Query().Where(append(slices.Clone(where), append(after, while)...)...).
		WithReferral(func(q *ent.ReferralQuery) { q.WithAssigned() }).WithContact().WithAgency().
		Order(by).Limit(f.Size + 1).All(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("referrals: reading tasks: %w", err)
	}
	if len(rows) <= f.Size {
		return rows, "", nil
	}
	rows = rows[:f.Size]
	next, err := s.taskCursor(who, f, rows[f.Size-1])
	return rows, next, err
}

// taskCursor is the place after last, sealed, of this list and of who.
func (s *Service) taskCursor(who workflow.Actor, f TaskFilter, last *ent.Task) (string, error) {
	at := last.DueAt
	if f.Done {
		at = last.DoneAt
	}
	if at == nil {
		at = &last.CreatedAt // no task is without a due date
	}
	place := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro()))
	place = binary.BigEndian.AppendUint64(place, uint64(last.ID))
	sealed, err := s.Ring.Seal(place, taskCursorAt(who, f))
	if err != nil {
		return "", fmt.Errorf("referrals: writing a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

func taskCursorAt(who workflow.Actor, f TaskFilter) seal.Place {
	return seal.Place{Table: "tasks", Column: "cursor", Row: fmt.Sprintf("%d %t %t %t", who.ID, f.Others, f.All, f.Done), Version: 1}
}

// tasksAfter are the rows after the cursor, all when there is none.
func (s *Service) tasksAfter(who workflow.Actor, f TaskFilter) ([]predicate.Task, error) {
	if f.Cursor == "" {
		return nil, nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(f.Cursor)
	place, sealErr := s.Ring.Open(sealed, taskCursorAt(who, f))
	if err != nil || sealErr != nil || len(place) != 16 {
		return nil, fault.New(fault.Invalid, "This page of the list does not exist. Begin with the first page.")
	}
	at, id := time.UnixMicro(int64(binary.BigEndian.Uint64(place))).UTC(), int(binary.BigEndian.Uint64(place[8:]))
	if f.Done {
		return []predicate.Task{task.DoneAtLTE(at), task.Or(task.DoneAtLT(at), task.And(task.DoneAt(at), task.IDLT(id)))}, nil
	}
	return []predicate.Task{task.DueAtGTE(at), task.Or(task.DueAtGT(at), task.And(task.DueAt(at), task.IDGT(id)))}, nil
}
