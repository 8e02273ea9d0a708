package referrals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/disposal"
	"nysreferral/ent/disposalitem"
	"nysreferral/ent/entry"
	"nysreferral/ent/hold"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Retention is what is kept and what is to end: references, dates and codes,
// and nothing of a person.
type Retention struct {
	Schedule []KeptFor
	Over     []Over     // whose time is over, the first first; at most a page of them
	Holds    []HoldLine // that stand; for those who may know of them
	Batches  []Batch    // the last first, without their items
	Offer    bool       // a batch can be proposed now
}

// KeptFor is one line of the schedule with the count that holds today.
type KeptFor struct {
	workflow.Retained
	Length string // "6 years"
	From   string // what starts it
	Law    string
}

// Over is a referral whose time is over.
type Over struct {
	Reference string
	Outcome   workflow.Outcome
	DueAt     time.Time // the time was over then
	Held      bool      // a legal hold keeps it; said to those who may know of holds
	Batch     int       // number of the open batch that it is in; 0 is none
}

// HoldLine is a legal hold in a list.
type HoldLine struct {
	Reference string
	PlacedAt  time.Time
	Asked     bool // somebody asked that it ends
}

const (
	batchMost  = 100 // referrals of a batch
	overOn     = 200 // referrals on a page
	batchesOn  = 50  // on a page
	lookAtOnce = 500 // rows
)

// Retention returns what is kept how long, whose time is over, what is held,
// and the batches, for those who keep the State's records and for auditors. It
// opens no answer. Everybody else finds nothing.
func (s *Service) Retention(ctx context.Context, who workflow.Actor) (Retention, error) {
	var out Retention
	err := s.do(ctx, who, "read_retention", "", func(ctx context.Context, tx *ent.Tx) error {
		out = Retention{}
		if !workflow.SeesDisposals(who) {
			return fault.Absent()
		}
		var err error
		if out.Schedule, err = s.schedule(ctx, tx); err != nil {
			return err
		}
		if out.Over, err = s.over(ctx, tx, who); err != nil {
			return err
		}
		if out.Holds, err = s.holdLines(ctx, tx, who); err != nil {
			return err
		}
		if out.Batches, err = s.batches(ctx, tx); err != nil {
			return err
		}
		_, cannot := workflow.NextDisposal(who, workflow.ProposeBatch, workflow.Unbatched, workflow.Circumstances{})
		out.Offer = cannot == nil && slices.ContainsFunc(out.Over, Over.free)
		out.Over = out.Over[:min(len(out.Over), overOn)]
		refs := append(refsOf(out.Over, func(o Over) string { return o.Reference }), refsOf(out.Holds, func(h HoldLine) string { return h.Reference })...)
		slices.Sort(refs)
		return s.record(ctx, tx, s.line(who, "read_retention", slices.Compact(refs)...))
	})
	return out, err
}

// free says whether it can be put in a batch.
func (o Over) free() bool { return !o.Held && o.Batch == 0 }

func (s *Service) schedule(ctx context.Context, tx *ent.Tx) ([]KeptFor, error) {
	c, err := s.countingBy(ctx, tx.Setting, &file{})
	if err != nil {
		return nil, err
	}
	var out []KeptFor
	for _, r := range workflow.Retention {
		clock, _ := workflow.ClockOf(r.Clock)
		out = append(out, KeptFor{r, clock.Length(c.count(r.Clock, s.now())), clock.Starts, clock.Law})
	}
	return out, nil
}

// over are the referrals whose time is over, as far as who may know of them, the
// longest first.
func (s *Service) over(ctx context.Context, tx *ent.Tx, who workflow.Actor) ([]Over, error) {
	c, err := s.countingBy(ctx, tx.Setting, &file{})
	if err != nil {
		return nil, err
	}
	var out []Over
	for after := 0; ; {
		rows, err := tx.Referral.Query().Where(referral.StatusIn(string(workflow.Withdrawn), string(workflow.Closed)), referral.DataKeyNotNil(), referral.IDGT(after)).
			Order(ent.Asc(referral.FieldID)).Limit(lookAtOnce).Select(referral.FieldRef, referral.FieldStatus).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("referrals: reading what has ended: %w", err)
		}
		found, err := s.overOf(ctx, tx, who, c, rows)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		if len(rows) < lookAtOnce {
			break
		}
		after = rows[len(rows)-1].ID
	}
	slices.SortStableFunc(out, func(a, b Over) int { return a.DueAt.Compare(b.DueAt) })
	return out, nil
}

// overOf are those of rows whose time is over.
func (s *Service) overOf(ctx context.Context, tx *ent.Tx, who workflow.Actor, c counting, rows []*ent.Referral) ([]Over, error) {
	ids := make([]int, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	acts, err := endings(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	held, err := heldOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	in, err := batchOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var out []Over
	for _, row := range rows {
		outcome, due := s.endOf(c, workflow.Status(row.Status), acts[row.ID])
		if outcome == workflow.Unended || s.now().Before(due) || leftUnread(acts[row.ID], who) {
			continue
		}
		out = append(out, Over{row.Ref, outcome, due, held[row.ID] && workflow.SeesHolds(who), in[row.ID]})
	}
	return out, nil
}

// endOf is how a referral that stands at at ended, and when its time is over, by
// the acts that endings reads.
func (s *Service) endOf(c counting, at workflow.Status, acts []*ent.Entry) (workflow.Outcome, time.Time) {
	var last *ent.Entry
	for _, a := range acts {
		if workflow.Status(a.ToStatus) == at {
			last = a
		}
	}
	if last == nil {
		return workflow.Unended, time.Time{}
	}
	outcome := workflow.OutcomeOf(at, workflow.Status(last.FromStatus))
	line, ok := workflow.RetainedAs(outcome)
	if !ok || !line.Batch {
		return workflow.Unended, time.Time{}
	}
	return outcome, c.due(line.Clock, last.At)
}

// endings are the acts by which referrals ended, and those by which somebody
// stepped back, by row; without their words.
func endings(ctx context.Context, tx *ent.Tx, ids []int) (map[int][]*ent.Entry, error) {
	acts, err := tx.Entry.Query().Where(entry.ReferralIDIn(ids...), entry.Or(entry.ToStatusIn(string(workflow.Withdrawn), string(workflow.Closed)), entry.ActionIn(leaves...))).
		Order(ent.Asc(entry.FieldReferralID), ent.Asc(entry.FieldSeq)).
		Select(entry.FieldReferralID, entry.FieldSeq, entry.FieldAction, entry.FieldAuthorID, entry.FieldAt, entry.FieldFromStatus, entry.FieldToStatus, entry.FieldHandover).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading how referrals ended: %w", err)
	}
	out := map[int][]*ent.Entry{}
	for _, a := range acts {
		if a.Handover == 0 {
			out[a.ReferralID] = append(out[a.ReferralID], a)
		}
	}
	return out, nil
}

// heldOf says which of the referrals a legal hold keeps.
func heldOf(ctx context.Context, tx *ent.Tx, ids []int) (map[int]bool, error) {
	rows, err := tx.Hold.Query().Where(hold.ReferralIDIn(ids...), hold.StatusIn(holding...)).Select(hold.FieldReferralID).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading legal holds: %w", err)
	}
	out := map[int]bool{}
	for _, row := range rows {
		out[row.ReferralID] = true
	}
	return out, nil
}

// batchOf says in which open batch each of the referrals is.
func batchOf(ctx context.Context, tx *ent.Tx, ids []int) (map[int]int, error) {
	open := disposalitem.HasDisposalWith(disposal.StatusIn(string(workflow.DisposalProposed), string(workflow.DisposalApproved)))
	rows, err := tx.DisposalItem.Query().Where(disposalitem.ReferralIDIn(ids...), disposalitem.DoneAtIsNil(), open).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading batches: %w", err)
	}
	out := map[int]int{}
	for _, row := range rows {
		out[row.ReferralID] = row.DisposalID
	}
	return out, nil
}
