package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/document"
	"nysreferral/ent/entry"
	"nysreferral/ent/referral"
	"nysreferral/ent/shred"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/seal"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Destruction orders that the key of a referral is destroyed. Second agrees.
type Destruction struct {
	Ref    string
	Reason string // code of workflow.DestroyReasons
	First  workflow.Actor
	Second workflow.Actor
}

// Destroy destroys the only key of a referral, and with it everything that the
// key sealed: answers, entries' words, letters, papers, attached files, facets, and
// what lies of them in backups once the ledger is replayed there. The row, its dates, the
// acts by name and the log stay. It returns fault.Forbidden when the rules do
// not allow it, and fault.Unavailable when the ledger cannot be written: then
// nothing is destroyed.
func (s *Service) Destroy(ctx context.Context, d Destruction) error {
	return s.do(ctx, d.First, "shred", d.Ref, func(ctx context.Context, tx *ent.Tx) error {
		f, look, err := s.visible(ctx, tx, d.First, d.Ref)
		if err != nil {
			return err
		}
		if other := s.look(f, d.Second); look.extent == workflow.Nothing || other.extent == workflow.Nothing {
			return fault.Absent()
		}
		why, err := workflow.Destroy(d.First, d.Second, f.status(), d.Reason)
		if err != nil {
			return refused(err)
		}
		if err := lockKept(ctx, tx, f); err != nil {
			return err
		}
		if held, err := keptByHold(ctx, tx, f); err != nil || held {
			return orHeld(err)
		}
		if err := s.nothingOwed(ctx, tx, f); err != nil {
			return err
		}
		if s.Ledger == nil {
			return fault.New(fault.Unavailable, "There is no ledger of destroyed keys here, and without one a backup would bring the key back. Set shred-ledger first; nothing was destroyed.")
		}
		if err := s.shred(ctx, tx, f.row, s.now(), d.First.ID); err != nil {
			return err
		}
		l := s.line(d.First, "shred", f.row.Ref)
		l.Rule, l.Reason = why.Law, fmt.Sprintf("%s; agreed to by account %d", why.Code, d.Second.ID)
		if err := s.record(ctx, tx, l); err != nil {
			return err
		}
		return s.Ledger.Append(seal.Shredded{Ref: f.row.Ref, At: s.now(), By: d.First.ID})
	})
}

// orHeld is err, or that a legal hold keeps the referral.
func orHeld(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "A legal hold stands on this referral: nothing destroys it until two persons end the hold.")
}

// nothingOwed refuses while something is open that outlasts a withdrawal and
// would end with the key: what the law asks for a child, an answer that somebody
// outside demands, a try that was not safe, and OTDA's call to a recipient that
// does not stop.
//
// Law: SSL 483-cc(b); 22 USC 7105(b); 28 CFR 94.115.
func (s *Service) nothingOwed(ctx context.Context, tx *ent.Tx, f *file) error {
	if err := f.readTasks(ctx, tx); err != nil {
		return err
	}
	for _, t := range f.tasks { // the others of a hand-over are about a recipient that was told to stop, and outlast the key
		kind, _ := workflow.TaskOf(t.about.Kind)
		if !t.open() || t.row.Handover != 0 && kind.Key != workflow.TaskStopUnread || !workflow.Outlasts(kind.Key, workflow.Withdraw) {
			continue
		}
		return fault.New(fault.Forbidden, owedSay(kind.Key)+": "+kind.Short+". Finish it first; nothing was destroyed.")
	}
	return nil
}

// owedSay says of which sort the task is that keeps a key.
func owedSay(kind string) string {
	switch kind {
	case workflow.TaskDisclosure:
		return "A demand from outside is still open"
	case workflow.TaskStopUnread:
		return "A recipient has not said that it stopped, and OTDA has still to call it"
	case workflow.TaskUnsafe:
		return "OTDA has still to look at whether the person is in danger"
	}
	return "Something that the law asks for a child is still open"
}

// shred takes away the key of row and what makes no sense without it. Who was told
// to stop stays told. What
// others keep of it as a pair goes first, while it can still be read.
func (s *Service) shred(ctx context.Context, tx *ent.Tx, row *ent.Referral, at time.Time, by int) error {
	if err := s.forgetPairs(ctx, tx, row); err != nil {
		return err
	}
	if _, err := tx.Document.Delete().Where(document.ReferralID(row.ID)).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: destroying papers: %w", err)
	}
	if err := s.dropFiles(ctx, tx, row.ID); err != nil {
		return err
	}
	if err := s.endAllButStops(ctx, tx, row); err != nil {
		return err
	}
	err := tx.Referral.UpdateOneID(row.ID).ClearDataKey().ClearFacets().SetShreddedAt(at).SetUpdatedAt(at).AddRev(1).Exec(ctx)
	if err != nil {
		return fmt.Errorf("referrals: destroying a key: %w", err)
	}
	listed, err := tx.Shred.Query().Where(shred.Ref(row.Ref)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading destroyed keys: %w", err)
	}
	if listed {
		return nil
	}
	if err := tx.Shred.Create().SetRef(row.Ref).SetAt(at).SetBy(by).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: noting a destroyed key: %w", err)
	}
	return nil
}

// Replay destroys again what the ledger says was destroyed and the database
// still holds, because it was put back from a backup; and it tells the ledger
// what it lacks of this database. Whoever opens a database to work with it
// calls it before anything is read. It returns how many it destroyed.
func (s *Service) Replay(ctx context.Context) (int, error) {
	ctx = viewer.Job(ctx, "replay")
	if s.Ledger == nil {
		return 0, nil
	}
	list, err := s.Ledger.Read()
	if err != nil {
		return 0, err
	}
	rows, err := s.DB.Read().Shred.Query().Order(ent.Asc(shred.FieldID)).All(ctx)
	if err != nil {
		return 0, fmt.Errorf("referrals: reading destroyed keys: %w", err)
	}
	var lacks []seal.Shredded
	for _, row := range rows {
		if !slices.ContainsFunc(list, func(one seal.Shredded) bool { return one.Ref == row.Ref }) {
			lacks = append(lacks, seal.Shredded{Ref: row.Ref, At: row.At, By: row.By})
		}
	}
	if len(lacks) > 0 {
		if err := s.Ledger.Append(lacks...); err != nil {
			return 0, err
		}
	}
	n := 0
	for _, one := range append(list, lacks...) {
		again, err := s.shredAgain(ctx, one)
		if err != nil {
			return n, err
		}
		if again {
			n++
		}
	}
	return n, nil
}

// shredAgain destroys one key that came back, in a unit of work of its own.
func (s *Service) shredAgain(ctx context.Context, one seal.Shredded) (bool, error) {
	back, err := s.DB.Read().Referral.Query().Where(referral.Ref(one.Ref), referral.DataKeyNotNil()).Exist(ctx)
	if err != nil || !back {
		return false, err
	}
	err = s.DB.Do(ctx, func(tx *ent.Tx) error {
		row, err := tx.Referral.Query().Where(referral.Ref(one.Ref)).Only(ctx)
		if err != nil {
			return fmt.Errorf("referrals: reading what came back: %w", err)
		}
		if err := s.shred(ctx, tx, row, one.At, one.By); err != nil {
			return err
		}
		if err := s.stopAnew(ctx, tx, row); err != nil {
			return err
		}
		l := s.systemLine("shred_again", one.Ref)
		l.Reason = "the ledger says that it was destroyed, and a backup brought it back"
		return s.record(ctx, tx, l)
	})
	return err == nil, err
}

// destroyed is the answer to an opening of a referral whose key is gone. To
// whoever may not know of the referral it is an absent one.
type destroyed struct {
	row    *ent.Referral
	absent *fault.Error
}

// Error is that of an absent one.
func (d *destroyed) Error() string { return d.absent.Error() }

// Unwrap is the absent one.
func (d *destroyed) Unwrap() error { return d.absent }

// told turns destroyed into what who may be told.
func (s *Service) told(ctx context.Context, who workflow.Actor, err error) error {
	var gone *destroyed
	if !errors.As(err, &gone) {
		return err
	}
	if !workflow.CanSee(who, workflow.Status(gone.row.Status), workflow.Circumstances{AgencyID: gone.row.AgencyID, AuthorID: gone.row.AuthorID}) {
		return fault.Absent()
	}
	acts, failed := s.DB.Read().Entry.Query().Where(entry.ReferralID(gone.row.ID), entry.ActionIn(leaves...)).Order(ent.Asc(entry.FieldSeq)).All(ctx)
	if failed != nil {
		return fmt.Errorf("referrals: reading who stepped back: %w", failed)
	}
	if leftUnread(acts, who) {
		return fault.Absent()
	}
	return fault.New(fault.Gone, "The referral "+gone.row.Ref+" was destroyed"+onDay(gone.row.ShreddedAt)+". Nothing of it can be read any more, by anybody. That it was, its dates and the log stay.")
}

func onDay(at *time.Time) string {
	if at == nil {
		return ""
	}
	return " on " + forms.At(*at).Words()
}

// leftUnread says whether who may have left a referral, or been excluded from
// it, as far as the acts tell without their words. Whom a colleague was
// excluded by is known, and who it was is not: then it is nobody else's of the
// State's reviewers.
func leftUnread(acts []*ent.Entry, who workflow.Actor) bool {
	if who.Duty != workflow.Reviewer && who.Duty != workflow.Director {
		return false
	}
	left := false
	for _, a := range acts {
		own := a.AuthorID != nil && *a.AuthorID == who.ID
		switch workflow.Action(a.Action) {
		case workflow.Recuse:
			left = left || own
		case workflow.Exclude:
			left = left || !own
		}
	}
	return left
}
