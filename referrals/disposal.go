package referrals

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/disposal"
	"nysreferral/ent/disposalitem"
	"nysreferral/ent/referral"
	"nysreferral/ent/user"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// Batch is a number of referrals that are destroyed together when their time is
// over: references, dates and codes, and nothing of a person.
type Batch struct {
	N          int
	Status     workflow.DisposalStatus
	Rev        int
	ProposedAt time.Time
	ProposedBy Signatory
	DecidedAt  time.Time // approved or refused; zero: not yet
	DecidedBy  Signatory
	Reason     string    // code of workflow.RefuseReasons, of one that was refused
	DoneAt     time.Time // zero: not yet
	Digest     string    // SHA-256 of the certificate as CSV, in hex; once it is done
	Items      []BatchItem
	Hidden     int // items that the reader stepped back from: they are not shown
	Destroyed  int
	LeftOut    int
	Offers     []workflow.DisposalOffer
}

// Signatory is who took part in a batch: the number of the account, and its
// office.
type Signatory struct {
	Account int
	Office  string
}

// BatchItem is one referral of a batch.
type BatchItem struct {
	Reference string
	Outcome   workflow.Outcome
	DueAt     time.Time // its time was over then
	DoneAt    time.Time // zero: not yet
	LeftOut   string    // code of workflow.LeftReasons; "" once it was destroyed
}

// Dispose is the job of destroying what an approved batch holds.
type Dispose struct {
	N int `json:"n"`
}

// Kind names the job.
func (Dispose) Kind() string { return "dispose" }

func batchRef(n int) string { return "disposal:" + strconv.Itoa(n) }

// ProposeDisposal makes a batch of the referrals whose time is over and that
// nothing keeps, the longest first. Nothing is destroyed before another person
// approves. It returns fault.Conflict when there is none.
func (s *Service) ProposeDisposal(ctx context.Context, who workflow.Actor) (Batch, error) {
	var out Batch
	err := s.do(ctx, who, "disposal_propose", "", func(ctx context.Context, tx *ent.Tx) error {
		step, err := nextDisposal(who, workflow.ProposeBatch, nil, "")
		if err != nil {
			return err
		}
		list, err := s.over(ctx, tx, who)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(o Over) bool { return !o.free() })
		if len(list) == 0 {
			return fault.New(fault.Conflict, "No referral's time is over, or all of them are held or in a batch already. Nothing was proposed.")
		}
		list = list[:min(len(list), batchMost)]
		row, err := tx.Disposal.Create().SetStatus(string(step.To)).SetProposedAt(s.now()).SetProposedByID(who.ID).Save(ctx)
		if err != nil {
			return fmt.Errorf("referrals: proposing a batch: %w", err)
		}
		if err := s.addItems(ctx, tx, row, list); err != nil {
			return err
		}
		if out, err = s.batch(ctx, tx, who, row.ID); err != nil {
			return err
		}
		l := s.line(who, "disposal_propose", append([]string{batchRef(row.ID)}, refsOf(list, func(o Over) string { return o.Reference })...)...)
		l.Rule = step.Law
		return s.record(ctx, tx, l)
	})
	return out, err
}

// nextDisposal is the step, or why not; to who may not know of batches they are
// absent.
func nextDisposal(who workflow.Actor, do workflow.Action, row *ent.Disposal, reason string) (workflow.DisposalStep, error) {
	if !workflow.SeesDisposals(who) {
		return workflow.DisposalStep{}, fault.Absent()
	}
	from, c := workflow.Unbatched, workflow.Circumstances{HasReason: reason != ""}
	if row != nil {
		from, c.Firsts = workflow.DisposalStatus(row.Status), []int{row.ProposedByID}
	}
	step, err := workflow.NextDisposal(who, do, from, c)
	if err != nil {
		return step, refusedHere(err)
	}
	return step, nil
}

func (s *Service) addItems(ctx context.Context, tx *ent.Tx, row *ent.Disposal, list []Over) error {
	refs := refsOf(list, func(o Over) string { return o.Reference })
	rows, err := tx.Referral.Query().Where(referral.RefIn(refs...)).Select(referral.FieldRef).All(ctx)
	if err != nil {
		return fmt.Errorf("referrals: reading what is proposed: %w", err)
	}
	id := map[string]int{}
	for _, r := range rows {
		id[r.Ref] = r.ID
	}
	adds := make([]*ent.DisposalItemCreate, len(list))
	for i, o := range list {
		adds[i] = tx.DisposalItem.Create().SetDisposalID(row.ID).SetReferralID(id[o.Reference]).SetOutcome(string(o.Outcome)).SetDueAt(o.DueAt)
	}
	if err := tx.DisposalItem.CreateBulk(adds...).Exec(ctx); err != nil {
		return fmt.Errorf("referrals: proposing a batch: %w", err)
	}
	return nil
}

// Disposal returns batch n, or fault.Absent.
func (s *Service) Disposal(ctx context.Context, who workflow.Actor, n int) (Batch, error) {
	var out Batch
	err := s.do(ctx, who, "read_disposal", "", func(ctx context.Context, tx *ent.Tx) error {
		var err error
		if out, err = s.batch(ctx, tx, who, n); err != nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, "read_disposal", append([]string{batchRef(n)}, refsOf(out.Items, func(i BatchItem) string { return i.Reference })...)...))
	})
	return out, err
}

// BatchDecision is what a second person says to a batch.
type BatchDecision struct {
	N      int
	Rev    int // as it was seen
	Do     workflow.Action
	Reason string // code of workflow.RefuseReasons, to refuse
}

// DecideDisposal approves a batch, which is then destroyed by a job, or refuses
// it. To who proposed it, approving is fault.Forbidden. fault.Conflict is
// another revision; fault.Unavailable a system without a ledger of destroyed
// keys.
func (s *Service) DecideDisposal(ctx context.Context, who workflow.Actor, d BatchDecision) (Batch, error) {
	var out Batch
	action := "disposal_" + string(d.Do)
	err := s.do(ctx, who, action, "", func(ctx context.Context, tx *ent.Tx) error {
		before, err := s.batch(ctx, tx, who, d.N)
		if err != nil {
			return err
		}
		row, err := tx.Disposal.Get(ctx, d.N)
		if err != nil {
			return fmt.Errorf("referrals: reading a batch: %w", err)
		}
		if row.Rev != d.Rev {
			return batchMovedOn()
		}
		reason, _ := workflow.RefuseReasonOf(d.Reason)
		step, err := nextDisposal(who, d.Do, row, reason.Code)
		if err != nil {
			return err
		}
		if err := s.mayDestroy(step.To, before); err != nil {
			return err
		}
		if err := s.decideBatch(ctx, tx, who, row, step.To, reason.Code); err != nil {
			return err
		}
		if out, err = s.batch(ctx, tx, who, d.N); err != nil {
			return err
		}
		l := s.line(who, action, append([]string{batchRef(d.N)}, refsOf(before.Items, func(i BatchItem) string { return i.Reference })...)...)
		l.Rule, l.Reason = step.Law, fmt.Sprintf("proposed by account %d", row.ProposedByID)
		return s.record(ctx, tx, l)
	})
	return out, err
}

// mayDestroy refuses to approve what cannot be destroyed for good, or what the
// second person stepped back from.
func (s *Service) mayDestroy(to workflow.DisposalStatus, b Batch) error {
	switch {
	case to != workflow.DisposalApproved:
		return nil
	case b.Hidden > 0:
		return fault.New(fault.Forbidden, "You stepped back from a referral that is in this batch. Ask a colleague to decide about it.")
	case s.Ledger == nil:
		return fault.New(fault.Unavailable, "There is no ledger of destroyed keys here, and without one a backup would bring the keys back. Have shred-ledger set first; nothing was approved.")
	}
	return nil
}

// decideBatch writes the decision, if nobody else was first.
func (s *Service) decideBatch(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Disposal, to workflow.DisposalStatus, reason string) error {
	n, err := tx.Disposal.Update().Where(disposal.ID(row.ID), disposal.Rev(row.Rev), disposal.Status(row.Status)).SetStatus(string(to)).
		SetDecidedAt(s.now()).SetDecidedByID(who.ID).SetReason(reason).AddRev(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("referrals: deciding a batch: %w", err)
	}
	if n == 0 {
		return batchMovedOn()
	}
	if to != workflow.DisposalApproved {
		return nil
	}
	return s.later(ctx, tx, Dispose{N: row.ID})
}

func batchMovedOn() error {
	return fault.New(fault.Conflict, "Somebody else was first with this batch. Look at it again, then decide; nothing of yours was saved.")
}

// batch reads batch n as who may see it.
func (s *Service) batch(ctx context.Context, tx *ent.Tx, who workflow.Actor, n int) (Batch, error) {
	if !workflow.SeesDisposals(who) {
		return Batch{}, fault.Absent()
	}
	row, err := tx.Disposal.Query().Where(disposal.ID(n)).WithProposedBy(withOffice).WithDecidedBy(withOffice).Only(ctx)
	if ent.IsNotFound(err) {
		return Batch{}, fault.Absent()
	}
	if err != nil {
		return Batch{}, fmt.Errorf("referrals: reading a batch: %w", err)
	}
	out := batchOfRow(row)
	items, err := tx.DisposalItem.Query().Where(disposalitem.DisposalID(n)).WithReferral().Order(ent.Asc(disposalitem.FieldID)).All(ctx)
	if err != nil {
		return Batch{}, fmt.Errorf("referrals: reading a batch: %w", err)
	}
	ids := make([]int, len(items))
	for i, one := range items {
		ids[i] = one.ReferralID
	}
	acts, err := endings(ctx, tx, ids)
	if err != nil {
		return Batch{}, err
	}
	for _, one := range items {
		out.count(one)
		if leftUnread(acts[one.ReferralID], who) {
			out.Hidden++
			continue
		}
		out.Items = append(out.Items, itemOf(one))
	}
	out.Offers = workflow.OpenDisposal(who, out.Status, workflow.Circumstances{Firsts: []int{row.ProposedByID}})
	return out, nil
}

func (b *Batch) count(one *ent.DisposalItem) {
	switch {
	case one.DoneAt == nil:
	case one.LeftOut == "":
		b.Destroyed++
	default:
		b.LeftOut++
	}
}

func itemOf(one *ent.DisposalItem) BatchItem {
	it := BatchItem{Reference: one.Edges.Referral.Ref, Outcome: workflow.Outcome(one.Outcome), DueAt: one.DueAt, LeftOut: one.LeftOut}
	if one.DoneAt != nil {
		it.DoneAt = *one.DoneAt
	}
	return it
}

// withOffice reads an account with its office.
func withOffice(q *ent.UserQuery) { q.Select(user.FieldAgencyID).WithAgency() }

func batchOfRow(row *ent.Disposal) Batch {
	out := Batch{N: row.ID, Status: workflow.DisposalStatus(row.Status), Rev: row.Rev, ProposedAt: row.ProposedAt, Reason: row.Reason, Digest: row.Digest,
		ProposedBy: signatory(row.Edges.ProposedBy), DecidedBy: signatory(row.Edges.DecidedBy)}
	if row.DecidedAt != nil {
		out.DecidedAt = *row.DecidedAt
	}
	if row.DoneAt != nil {
		out.DoneAt = *row.DoneAt
	}
	return out
}

func signatory(u *ent.User) Signatory {
	if u == nil {
		return Signatory{}
	}
	return Signatory{u.ID, u.Edges.Agency.Name}
}

// batches are the newest batches, without their items.
func (s *Service) batches(ctx context.Context, tx *ent.Tx) ([]Batch, error) {
	rows, err := tx.Disposal.Query().WithProposedBy(withOffice).WithDecidedBy(withOffice).Order(ent.Desc(disposal.FieldID)).Limit(batchesOn).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading batches: %w", err)
	}
	out := make([]Batch, len(rows))
	for i, row := range rows {
		out[i] = batchOfRow(row)
	}
	return out, nil
}
