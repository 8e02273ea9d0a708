package referrals

import (
	"context"
	"slices"

	"nysreferral/ent"
	"nysreferral/workflow"
)

// The person can take the release back for one recipient and leave the others. The
// referrer says so by one act on that hand-over, or OTDA on the person's own word:
// it ends, its recipient sees nothing any more and is told to stop, and OTDA sends
// the person there no more.
//
// Law: 28 CFR 94.115; 34 USC 12291(b)(2).

// revoked reports whether the person took the release back for hand-over n.
func (f *file) revoked(n int) bool {
	return slices.ContainsFunc(f.entries, func(e happened) bool { return e.Handover == n && workflow.Action(e.Action) == workflow.Revoke })
}

// tookBack reports whether the person took the release back for the line of the
// directory, or for its agency, by another hand-over than but.
func (f *file) tookBack(contact *ent.ContactPoint, but int) bool {
	return slices.ContainsFunc(f.entries, func(e happened) bool {
		if workflow.Action(e.Action) != workflow.Revoke || e.Handover == but {
			return false
		}
		h := f.handover(e.Handover)
		if h == nil {
			return false
		}
		return h.contact != nil && h.contact.ID == contact.ID || contact.AgencyID != nil && h.AgencyID != nil && *h.AgencyID == *contact.AgencyID
	})
}

// revoke ends the hand-over, and each other one by which the same agency has the
// person: the release was for the agency, not for a line of the directory. Where
// others go on, OTDA looks whether they are enough: what was taken back may have been
// the only one that the person had use for. Whoever referred gives no reason, and none
// is kept; OTDA writes how the person said it, and whoever referred is told.
func revoke(ctx context.Context, x *passing) error {
	byReferrer := x.who.Duty == workflow.Referrer
	if byReferrer {
		own := *x.deed
		own.Reason, x.deed = "", &own
	}
	if err := end(ctx, x); err != nil {
		return err
	}
	left := false
	for _, h := range x.f.handovers {
		if h.N == x.h.N || !h.with(x.h.AgencyID) {
			left = left || h.N != x.h.N && h.status() != workflow.HandoverClosed
			continue
		}
		other := *x
		other.h, other.rev, other.step.From = h, h.Rev, h.status()
		if err := end(ctx, &other); err != nil {
			return err
		}
	}
	if left { // else OTDA is asked to close, or to propose another
		if err := x.s.addTasks(ctx, x.tx, x.f, newTask{kind: workflow.TaskTakenBack, handover: x.h.N}); err != nil {
			return err
		}
	}
	if byReferrer {
		return nil
	}
	return x.mail(ctx, Mail{User: x.f.row.AuthorID, What: "waiting"})
}

// onTheWord reports whether e is OTDA's act on the person's own word: whoever
// referred takes a release back without one.
func (e happened) onTheWord() bool {
	return workflow.Action(e.Action) == workflow.Revoke && e.deed.Reason != ""
}

// with reports whether the agency has the person by this hand-over now.
func (h *passed) with(agency *int) bool {
	there := h.status() != workflow.Proposed && h.status() != workflow.Returned && h.status() != workflow.HandoverClosed
	return there && agency != nil && h.AgencyID != nil && *h.AgencyID == *agency
}
