package referrals

import (
	"context"

	"nysreferral/ent"
	"nysreferral/workflow"
)

// askedOf adds to a referrer's list by when an answer is asked for, and how
// many things are to be done.
func (s *Service) askedOf(ctx context.Context, tx *ent.Tx, who workflow.Actor, page *Page) error {
	tasks, err := s.tasksFor(ctx, tx, who, mine(who))
	if err != nil {
		return err
	}
	page.Tasks = len(tasks)
	for i := range page.Lines {
		for _, t := range tasks {
			if t.Kind == workflow.TaskAnswer && t.Reference == page.Lines[i].Reference {
				page.Lines[i].AnswerDue = t.DueAt
			}
		}
	}
	return nil
}
