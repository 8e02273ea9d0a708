package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// do runs fn as one unit of work for who. A refusal undoes the work and is a
// line in the log of its own; when that line cannot be written, the refusal is
// not told either. What is wrong with the answers is no refusal.
func (s *Service) do(ctx context.Context, who workflow.Actor, action, ref string, fn func(ctx context.Context, tx *ent.Tx) error) error {
	return s.tried(ctx, who, action, ref, func(ctx context.Context) error {
		return s.DB.Do(ctx, func(tx *ent.Tx) error { return fn(ctx, tx) })
	})
}

// tried does what do says with work, which names who reads to the database.
func (s *Service) tried(ctx context.Context, who workflow.Actor, action, ref string, work func(ctx context.Context) error) error {
	seen := viewer.Person(ctx, who)
	err := s.told(seen, who, work(seen))
	kind := fault.KindOf(err)
	if err == nil || who.ID == 0 || kind != fault.NotFound && kind != fault.Forbidden && kind != fault.Conflict && kind != fault.Gone && kind != fault.TooMany {
		return err
	}
	l := s.line(who, action)
	l.Outcome, l.Reason = audit.Refused, refusals[kind]
	if clean, ok := forms.ParseReference(ref); ok {
		l.Refs = []string{clean}
	}
	failed := s.DB.Do(ctx, func(tx *ent.Tx) error {
		own := l
		if failed := s.overLine(ctx, tx, &own, err); failed != nil {
			return failed
		}
		return s.record(ctx, tx, own)
	})
	if failed != nil {
		return failed
	}
	return err
}

// refusals are the words of the log for a refusal.
var refusals = map[fault.Kind]string{fault.NotFound: "absent or not theirs", fault.Forbidden: "the rules do not allow it",
	fault.Conflict: "somebody was first", fault.Gone: "its key was destroyed", fault.TooMany: "over the limit of an hour"}

// refusedHere is refused for an act whose page asks for a reason: where that is
// all that stands against it, it is said at the field.
func refusedHere(err error) error {
	var r *workflow.Refusal
	if errors.As(err, &r) && r.Guard != "" && r.Guard.Condition().OnPage {
		return forms.Problems{{ID: "reason", Field: "reason", Message: r.Say}}
	}
	return refused(err)
}

// refused turns a refusal of the rules into one that a person is shown.
func refused(err error) error {
	var r *workflow.Refusal
	if errors.As(err, &r) {
		return fault.New(fault.Forbidden, r.Say)
	}
	return err
}

// changedAt is when the row was last changed, as far as who may know. Outside the
// State that is so of a draft alone, which nobody else changes: of a withdrawn
// referral too a recipient says that it stopped, which tells that there was one.
func changedAt(who workflow.Actor, row *ent.Referral) time.Time {
	if (who.Duty == workflow.Referrer || who.Duty == workflow.Recipient) && row.Status != string(workflow.Draft) {
		return time.Time{}
	}
	return row.UpdatedAt
}

// withdrawnAt is when a withdrawn referral was withdrawn, zero for others: what
// happens to it later, by itself or for a child, does not move that.
func (f *file) withdrawnAt() time.Time {
	for _, e := range slices.Backward(f.entries) {
		if f.status() == workflow.Withdrawn && workflow.Action(e.Action) == workflow.Withdraw {
			return e.At
		}
	}
	return time.Time{}
}

// movedOn is the answer to an act on an old revision. The State learns who was
// first and when. Everybody else learns only that the referral moved on: a name
// would tell the destination, and the moment alone that somebody acted who may
// be another recipient.
func (s *Service) movedOn(f *file) error {
	if f.sheet != nil {
		return fault.New(fault.Conflict, "This group moved on since you opened it. Look at it again, then decide; nothing of yours was saved.")
	}
	if f.reader != forms.ReadsReviewer && f.reader != forms.ReadsProgram {
		return fault.New(fault.Conflict, "This referral moved on since you opened it. Look at it again, then decide; nothing of yours was saved.")
	}
	who, when := "Somebody", f.row.UpdatedAt
	if f.known > 0 {
		last := f.entries[f.known-1]
		when = last.At
		if name := f.nameOf(last); name != "" {
			who = name
		}
	}
	return fault.New(fault.Conflict, fmt.Sprintf("%s changed this referral on %s. Look at it again, then decide; nothing of yours was saved.",
		who, forms.At(when).Words()))
}
