package referrals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/disposal"
	"nysreferral/ent/disposalitem"
	"nysreferral/fault"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Dispose destroys what the approved batch of the job holds, each referral in a
// unit of work of its own: after a stop it goes on with those that are left,
// and several at once destroy nothing twice. A referral that something keeps is
// left as it is, and the batch says why. What fails is passed over; its error
// is returned with the others, and the job is tried again. When none is left
// the batch is done, and its certificate cannot change any more.
func (s *Service) Dispose(ctx context.Context, job Dispose) error {
	ctx = viewer.Job(ctx, "dispose")
	row, err := s.DB.Read().Disposal.Query().Where(disposal.ID(job.N), disposal.Status(string(workflow.DisposalApproved))).Only(ctx)
	if ent.IsNotFound(err) {
		return nil // done already, or never approved
	}
	if err != nil {
		return fmt.Errorf("referrals: reading a batch: %w", err)
	}
	items, err := s.DB.Read().DisposalItem.Query().Where(disposalitem.DisposalID(row.ID), disposalitem.DoneAtIsNil()).WithReferral().
		Order(ent.Asc(disposalitem.FieldID)).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading a batch: %w", err)
	}
	if s.Ledger == nil && len(items) > 0 {
		return errors.New("referrals: a batch waits to be destroyed, and there is no ledger of destroyed keys")
	}
	var errs []error
	for _, item := range items {
		if err := s.disposeOne(ctx, row, item); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.finishBatch(ctx, row.ID)
}

// ResumeDisposals goes on with every approved batch that is not done: one whose
// job was given up, because nothing could be destroyed for days.
func (s *Service) ResumeDisposals(ctx context.Context) error {
	ctx = viewer.Job(ctx, "dispose")
	ids, err := s.DB.Read().Disposal.Query().Where(disposal.Status(string(workflow.DisposalApproved))).IDs(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading batches: %w", err)
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, s.Dispose(ctx, Dispose{N: id}))
	}
	return errors.Join(errs...)
}

// disposeOne destroys one referral of a batch, or says why it is left.
func (s *Service) disposeOne(ctx context.Context, batch *ent.Disposal, item *ent.DisposalItem) error {
	return s.DB.Do(ctx, func(tx *ent.Tx) error {
		now, ref := s.now(), item.Edges.Referral.Ref
		n, err := tx.DisposalItem.Update().Where(disposalitem.ID(item.ID), disposalitem.DoneAtIsNil()).SetDoneAt(now).Save(ctx)
		if err != nil {
			return fmt.Errorf("referrals: disposing: %w", err)
		}
		if n == 0 {
			return nil // another worker was first
		}
		f, left, err := s.keeps(ctx, tx, ref, workflow.Outcome(item.Outcome))
		if err != nil {
			return err
		}
		by := fmt.Sprintf("disposal %d, proposed by account %d, approved by account %d", batch.ID, batch.ProposedByID, *batch.DecidedByID)
		if left != "" {
			if err := tx.DisposalItem.UpdateOneID(item.ID).SetLeftOut(left).Exec(ctx); err != nil {
				return fmt.Errorf("referrals: disposing: %w", err)
			}
			l := s.systemLine("leave_undestroyed", ref, batchRef(batch.ID))
			l.Reason = left + "; " + by
			return s.record(ctx, tx, l)
		}
		if err := s.shred(ctx, tx, f.row, now, *batch.DecidedByID); err != nil {
			return err
		}
		l := s.systemLine("shred", ref, batchRef(batch.ID))
		l.Rule, l.Reason = workflow.DestroyReasons[0].Law, workflow.DestroyReasons[0].Code+"; "+by
		if err := s.record(ctx, tx, l); err != nil {
			return err
		}
		return s.Ledger.Append(seal.Shredded{Ref: ref, At: now, By: *batch.DecidedByID})
	})
}

// keeps opens a referral that is to be destroyed, locked, and says by a code of
// workflow.LeftReasons what keeps it, "" for nothing.
func (s *Service) keeps(ctx context.Context, tx *ent.Tx, ref string, outcome workflow.Outcome) (*file, string, error) {
	f, err := s.open(ctx, tx, ref)
	var gone *destroyed
	if errors.As(err, &gone) {
		return nil, workflow.LeftGone, nil
	}
	if err != nil {
		return nil, "", err
	}
	if err := lockKept(ctx, tx, f); err != nil {
		return nil, "", err
	}
	held, err := keptByHold(ctx, tx, f)
	if err != nil {
		return nil, "", err
	}
	if held {
		return f, workflow.LeftHeld, nil
	}
	is, due, err := s.ended(ctx, tx, f)
	if err != nil {
		return nil, "", err
	}
	if is != outcome || s.now().Before(due) {
		return f, workflow.LeftMoved, nil
	}
	switch err := s.nothingOwed(ctx, tx, f); {
	case fault.KindOf(err) == fault.Forbidden:
		return f, workflow.LeftOwed, nil
	case err != nil:
		return nil, "", err
	}
	return f, "", nil
}

// ended is how f ended, and when its time is over.
func (s *Service) ended(ctx context.Context, tx *ent.Tx, f *file) (workflow.Outcome, time.Time, error) {
	c, err := s.counting(ctx, tx, f)
	if err != nil {
		return workflow.Unended, time.Time{}, err
	}
	acts, err := endings(ctx, tx, []int{f.row.ID})
	if err != nil {
		return workflow.Unended, time.Time{}, err
	}
	outcome, due := s.endOf(c, f.status(), acts[f.row.ID])
	return outcome, due, nil
}

// finishBatch ends a batch of which nothing is left, with the digest of its
// certificate in the log.
func (s *Service) finishBatch(ctx context.Context, n int) error {
	return s.DB.Do(ctx, func(tx *ent.Tx) error {
		left, err := tx.DisposalItem.Query().Where(disposalitem.DisposalID(n), disposalitem.DoneAtIsNil()).Exist(ctx)
		if err != nil || left {
			return err
		}
		done, err := tx.Disposal.Update().Where(disposal.ID(n), disposal.Status(string(workflow.DisposalApproved))).
			SetStatus(string(workflow.DisposalDone)).SetDoneAt(s.now()).AddRev(1).Save(ctx)
		if err != nil || done == 0 {
			return err
		}
		cert, err := s.certificate(ctx, tx, n)
		if err != nil {
			return err
		}
		if err := tx.Disposal.UpdateOneID(n).SetDigest(cert.Digest).Exec(ctx); err != nil {
			return fmt.Errorf("referrals: ending a batch: %w", err)
		}
		l := s.systemLine("disposal_done", batchRef(n))
		l.Reason = fmt.Sprintf("%d destroyed, %d left; certificate sha256:%s", cert.Destroyed, cert.LeftOut, cert.Digest)
		return s.record(ctx, tx, l)
	})
}
