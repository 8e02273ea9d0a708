package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// EndDrafts is the job of warning the authors of drafts that are kept no longer
// soon, and of destroying those whose author was warned in time.
type EndDrafts struct{}

// Kind names the job.
func (EndDrafts) Kind() string { return "end_drafts" }

// draftEnd is from when on the author of a draft that was last saved at saved is
// warned, and when it is destroyed: never without a warning, and never sooner
// after one than the clock says. warned is when it was given, nil when it was
// not; one of before the last save counts no more.
func (c counting) draftEnd(saved time.Time, warned *time.Time, now time.Time) (warn, end time.Time) {
	end = c.due(workflow.ClockDraft, saved)
	warn = c.soon(workflow.ClockDraft, end)
	if now.Before(warn) {
		return warn, end
	}
	if warned != nil && warned.After(saved) {
		now = *warned
	}
	clock, _ := workflow.ClockOf(workflow.ClockDraft)
	if least := c.cal.DueDays(now, clock.Soon); end.Before(least) {
		end = least
	}
	return warn, end
}

// EndDrafts warns the authors of drafts that end soon, by a mail without
// content, and destroys drafts whose time is over. It opens a draft only to
// find whether it is the sheet of a group, which stays while somebody is in it.
// What fails is passed over; its error is returned with the others. It returns
// how many authors were warned of a draft, and how many drafts were destroyed.
func (s *Service) EndDrafts(ctx context.Context) (warned, ended int, err error) {
	ctx = viewer.Job(ctx, "end drafts")
	c, err := s.countingBy(ctx, s.DB.Read().Setting, &file{})
	if err != nil {
		return 0, 0, err
	}
	var errs []error
	for after := 0; ; {
		rows, err := s.DB.Read().Referral.Query().Where(referral.Status(string(workflow.Draft)), referral.DataKeyNotNil(), referral.IDGT(after)).
			Order(ent.Asc(referral.FieldID)).Limit(lookAtOnce).All(ctx)
		if err != nil {
			return warned, ended, fmt.Errorf("referrals: reading drafts: %w", err)
		}
		for _, row := range rows {
			after = row.ID
			warns, ends, err := s.endDraft(ctx, c, row)
			if err != nil {
				errs = append(errs, err)
			}
			warned, ended = warned+warns, ended+ends
		}
		if len(rows) < lookAtOnce {
			return warned, ended, errors.Join(errs...)
		}
	}
}

// endDraft does what is to be done with one draft now.
func (s *Service) endDraft(ctx context.Context, c counting, row *ent.Referral) (warned, ended int, err error) {
	now := s.now()
	told := row.WarnedAt != nil && row.WarnedAt.After(row.UpdatedAt)
	warn, end := c.draftEnd(row.UpdatedAt, row.WarnedAt, now)
	switch {
	case !told && !now.Before(warn):
		err = s.DB.Do(ctx, func(tx *ent.Tx) error { warned, err = s.warnOfDraft(ctx, tx, row); return err })
	case told && !now.Before(end):
		err = s.DB.Do(ctx, func(tx *ent.Tx) error { ended, err = s.destroyDraft(ctx, tx, row); return err })
	}
	if fault.KindOf(err) == fault.Conflict || fault.KindOf(err) == fault.NotFound {
		return 0, 0, nil // it was saved, sent or discarded meanwhile
	}
	return warned, ended, err
}

// stillOf opens the draft of row, and says whether it is a sheet with somebody
// in it: that ends with the last of them.
func (s *Service) stillOf(ctx context.Context, tx *ent.Tx, row *ent.Referral) (*file, bool, error) {
	f, err := s.open(ctx, tx, row.Ref)
	if err != nil || f.sheet == nil {
		return f, false, err
	}
	left, _, err := s.rowsIn(ctx, tx, f, func(*ent.Referral) bool { return true })
	return f, len(left) > 0, err
}

func (s *Service) warnOfDraft(ctx context.Context, tx *ent.Tx, row *ent.Referral) (int, error) {
	_, needed, err := s.stillOf(ctx, tx, row)
	if err != nil || needed {
		return 0, err
	}
	n, err := tx.Referral.Update().Where(referral.ID(row.ID), referral.Rev(row.Rev), referral.Status(string(workflow.Draft))).SetWarnedAt(s.now()).Save(ctx)
	if err != nil || n == 0 {
		return 0, err
	}
	if err := s.later(ctx, tx, Mail{User: row.AuthorID, What: mailDue}); err != nil {
		return 0, err
	}
	return 1, s.record(ctx, tx, s.systemLine("warn_of_draft", row.Ref))
}

func (s *Service) destroyDraft(ctx context.Context, tx *ent.Tx, row *ent.Referral) (int, error) {
	f, needed, err := s.stillOf(ctx, tx, row)
	if err != nil || needed {
		return 0, err
	}
	if f.status() != workflow.Draft {
		return 0, nil
	}
	if err := s.destroy(ctx, tx, f, row.Rev); err != nil {
		return 0, err
	}
	clock, _ := workflow.ClockOf(workflow.ClockDraft)
	l := s.systemLine("end_draft", row.Ref)
	l.Rule = clock.Law
	return 1, s.record(ctx, tx, l)
}

// keepUntil adds to the lines of drafts until when they are kept.
func (s *Service) keepUntil(ctx context.Context, tx *ent.Tx, rows []*ent.Referral, lines []Line) error {
	var c counting
	for _, row := range rows {
		at := slices.IndexFunc(lines, func(l Line) bool { return l.Reference == row.Ref })
		if row.Status != string(workflow.Draft) || at < 0 {
			continue
		}
		if c.terms == nil {
			var err error
			if c, err = s.countingBy(ctx, tx.Setting, &file{}); err != nil {
				return err
			}
		}
		lines[at].Kept = c.kept(row, s.now())
	}
	return nil
}

// kept is until when the draft of row is kept.
func (c counting) kept(row *ent.Referral, now time.Time) DraftKept {
	warn, end := c.draftEnd(row.UpdatedAt, row.WarnedAt, now)
	return DraftKept{end, !now.Before(warn)}
}

// DraftKept is until when a draft is kept, unless it is saved again.
type DraftKept struct {
	Until time.Time // zero: it is no draft
	Soon  bool      // so soon that its author is warned
}
