package referrals

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"nysreferral/directory"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/ent/entry"
	"nysreferral/ent/setting"
	"nysreferral/workflow"
)

// askedLines are the lines of the directory that OTDA asks to have verified, by
// key, each with the day since when. Nobody is asked for a line that has ended.
func (s *Service) askedLines(ctx context.Context, tx *ent.Tx) (map[string]string, error) {
	rows, err := tx.Setting.Query().Where(setting.KeyHasPrefix(directory.AskedPrefix)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading what OTDA asks for: %w", err)
	}
	out := make(map[string]string, len(rows))
	for _, row := range rows {
		out[directory.AskedLine(row.Key)] = row.Value
	}
	if len(out) == 0 {
		return out, nil
	}
	over, err := tx.ContactPoint.Query().Where(contactpoint.KeyIn(slices.Collect(maps.Keys(out))...), contactpoint.ValidToNEQ(""), contactpoint.ValidToLT(string(s.Today()))).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading which lines have ended: %w", err)
	}
	for _, row := range over {
		delete(out, row.Key)
	}
	return out, nil
}

// addWaits says of each task of a list of the State for whom it waits, where who
// cannot do it yet.
func (s *Service) addWaits(ctx context.Context, tx *ent.Tx, who workflow.Actor, list []Task) error {
	if who.Duty != workflow.Reviewer && who.Duty != workflow.Director && who.Duty != workflow.Program {
		return nil
	}
	asked, err := s.askedLines(ctx, tx)
	if err != nil {
		return err
	}
	for i := range list {
		t := &list[i]
		switch {
		case !t.DoneAt.IsZero():
		case (t.Kind == workflow.TaskVerify || t.Kind == "minor_notice") && asked[t.Contact] != "":
			t.Waits = "the administrator, who was asked on " + asked[t.Contact] + " to verify it"
		case t.Kind == workflow.TaskSecond:
			if t.Waits, err = s.freshReader(ctx, tx, who, t.referral); err != nil {
				return err
			}
		default:
			t.Waits = workflow.AwaitedBy(t.Kind, t.status)
		}
	}
	return nil
}

// freshReader is whom a second reading waits for, where who assessed the referral
// or recommended the outcome.
func (s *Service) freshReader(ctx context.Context, tx *ent.Tx, who workflow.Actor, referral int) (string, error) {
	own, err := tx.Entry.Query().Where(entry.ReferralID(referral), entry.AuthorID(who.ID),
		entry.ActionIn(string(workflow.Assess), string(workflow.Recommend))).Exist(ctx)
	if err != nil {
		return "", fmt.Errorf("referrals: reading who assessed: %w", err)
	}
	if own {
		return "a colleague, for you had a hand in it", nil
	}
	return "", nil
}

// addNextWaits says the same of what is next of each hand-over of the board, as
// the list of tasks says it.
func (s *Service) addNextWaits(ctx context.Context, tx *ent.Tx, who workflow.Actor, list []Waiting) error {
	next := make([]Task, len(list))
	for i := range list {
		next[i] = list[i].Next
	}
	if err := s.addWaits(ctx, tx, who, next); err != nil {
		return err
	}
	for i := range list {
		list[i].Next = next[i]
	}
	return nil
}
