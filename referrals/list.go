package referrals

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/predicate"
	"nysreferral/ent/referral"
	"nysreferral/ent/task"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

const (
	pageSize    = 50
	maxPageSize = 200
)

// open are the statuses that a determination is waited for in.
var waiting = []string{string(workflow.Submitted), string(workflow.InReview), string(workflow.Asked)}

// List returns a part of what who may see: a referrer's own referrals, the
// State's queue in the order of the legal due dates, a recipient's hand-overs,
// an auditor's metadata. One line in the log names all that it showed.
func (s *Service) List(ctx context.Context, who workflow.Actor, filter Filter) (Page, error) {
	var out Page
	err := s.do(ctx, who, "list", "", func(ctx context.Context, tx *ent.Tx) error {
		var err error
		if out, err = s.listed(ctx, tx, who, filter); err != nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, "list", out.refs()...))
	})
	return out, err
}

// listed is List without its line in the log.
func (s *Service) listed(ctx context.Context, tx *ent.Tx, who workflow.Actor, filter Filter) (Page, error) {
	where := s.query(who, filter)
	if where == nil {
		return Page{}, fault.Absent()
	}
	return s.page(ctx, tx, who, filter, where)
}

// refs are the references that a part of a list shows.
func (p Page) refs() []string { return refsOf(p.Lines, func(l Line) string { return l.Reference }) }

// refsOf are the references of a list, each once, for its line in the log.
func refsOf[T any](list []T, ref func(T) string) []string {
	var out []string
	for _, one := range list {
		if r := ref(one); !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// query is which referrals an actor's list holds, nil for an actor who has none.
func (s *Service) query(who workflow.Actor, filter Filter) []predicate.Referral {
	if !workflow.Fits(who.Duty, who.Side) {
		return nil
	}
	var where []predicate.Referral
	switch who.Duty {
	case workflow.Referrer:
		where = append(where, referral.AgencyID(who.Agency))
		if !who.Lead {
			where = append(where, referral.AuthorID(who.ID))
		}
	case workflow.Reviewer, workflow.Director, workflow.Program, workflow.Auditor:
		where = append(where, referral.StatusNEQ(string(workflow.Draft)))
	case workflow.Recipient:
		where = append(where, referral.Status(string(workflow.Confirmed)),
			handedTo(who.Agency, workflow.Sent, workflow.Accepted, workflow.Reached, workflow.NotReached, workflow.Enrolled, workflow.Served))
	default:
		return nil
	}
	if filter.Status != "" {
		where = append(where, referral.Status(string(filter.Status)))
	}
	if filter.Waiting {
		where = append(where, referral.StatusIn(waiting...))
	}
	if filter.Free {
		where = append(where, referral.AssignedIDIsNil())
	}
	if filter.Mine {
		where = append(where, referral.AssignedID(who.ID))
	}
	return where
}

func (s *Service) page(ctx context.Context, tx *ent.Tx, who workflow.Actor, filter Filter, where []predicate.Referral) (Page, error) {
	size := filter.Size
	if size <= 0 {
		size = pageSize
	}
	size = min(size, maxPageSize)
	order := orderOf(who, filter)
	after, err := s.beyond(who, order, filter.Cursor)
	if err != nil {
		return Page{}, err
	}
	rows, err := order.read(ctx, tx, append(slices.Clone(where), after...), size+1)
	if err != nil {
		return Page{}, fmt.Errorf("referrals: listing: %w", err)
	}
	var out Page
	if len(rows) > size {
		rows = rows[:size]
		if !filter.Last {
			if out.Next, err = s.cursor(who, order, rows[size-1]); err != nil {
				return Page{}, err
			}
		}
	}
	if filter.Last {
		slices.Reverse(rows)
	}
	if out.Lines, err = s.lines(ctx, tx, who, rows); err != nil || who.Duty != workflow.Referrer {
		return out, err
	}
	if err := s.keepUntil(ctx, tx, rows, out.Lines); err != nil {
		return Page{}, err
	}
	if err := s.askedOf(ctx, tx, who, &out); err != nil {
		return Page{}, err
	}
	return out, s.gather(ctx, tx, who, &out)
}

// lines makes the lines of a list as the actor may see them.
func (s *Service) lines(ctx context.Context, tx *ent.Tx, who workflow.Actor, rows []*ent.Referral) ([]Line, error) {
	out := make([]Line, 0, len(rows))
	unseen, err := s.unseen(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	due, err := s.dueBefore(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if unseen[row.ID] {
			continue
		}
		one := lineOf(who, row)
		one.DueBefore = due[row.ID]
		if err := s.fillLine(ctx, tx, who, row, &one); err != nil {
			return nil, err
		}
		if who.Duty == workflow.Recipient && len(one.Handover) == 0 {
			continue // the release no longer permits it
		}
		out = append(out, one)
	}
	return out, nil
}

// lineOf is what the row alone tells.
func lineOf(who workflow.Actor, row *ent.Referral) Line {
	one := Line{Reference: row.Ref, Status: workflow.Status(row.Status), Rev: row.Rev, UpdatedAt: changedAt(who, row)}
	if row.SubmittedAt != nil {
		one.ReceivedAt = *row.SubmittedAt
	}
	if row.DueAt != nil {
		one.DueAt = *row.DueAt
	}
	if row.ShreddedAt != nil {
		one.Destroyed = *row.ShreddedAt
	}
	return one
}

func (s *Service) fillLine(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Referral, one *Line) error {
	switch who.Duty {
	case workflow.Reviewer, workflow.Director, workflow.Program:
		one.Agency = row.Edges.Agency.Name
		if row.Edges.Assigned != nil {
			one.HeldBy = row.Edges.Assigned.Name
		}
		if row.Status == string(workflow.Withdrawn) || len(row.Facets) == 0 {
			return nil
		}
		if err := s.openAt(row, row.Facets, facetsAt(row.Ref), &one.Facets); err != nil {
			return err
		}
		if row.DecidedAt == nil || who.Duty != workflow.Program {
			return nil
		}
	case workflow.Referrer:
		if row.Status != string(workflow.Draft) {
			if err := s.groupIn(row, one); err != nil || row.DecidedAt == nil && row.Status != string(workflow.Withdrawn) {
				return err
			}
		}
	case workflow.Recipient:
	default:
		return nil
	}
	return s.openLine(ctx, tx, who, row, one)
}

// moved reports whether the due date of a determination that is waited for is not
// the one of receipt: only then was it extended.
func (s *Service) moved(row *ent.Referral) bool {
	return row.DueAt != nil && row.SubmittedAt != nil && slices.Contains(waiting, row.Status) && len(row.Facets) > 0 &&
		!row.DueAt.Equal(counting{cal: s.Calendar}.due(workflow.ClockDetermination, *row.SubmittedAt))
}

// dueBefore returns the due dates that determinations had before they were
// extended, by the numbers of the referrals, read at once for a whole list.
func (s *Service) dueBefore(ctx context.Context, tx *ent.Tx, who workflow.Actor, rows []*ent.Referral) (map[int]time.Time, error) {
	byID := map[int]*ent.Referral{}
	if !slices.Contains([]workflow.Duty{workflow.Reviewer, workflow.Director, workflow.Program}, who.Duty) {
		return nil, nil
	}
	for _, row := range rows {
		if s.moved(row) {
			byID[row.ID] = row
		}
	}
	if len(byID) == 0 {
		return nil, nil
	}
	tasks, err := tx.Task.Query().Where(task.ReferralIDIn(slices.Collect(maps.Keys(byID))...), task.Duty(string(workflow.Reviewer)), task.DoneAtIsNil()).
		Order(ent.Asc(task.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading tasks: %w", err)
	}
	out := map[int]time.Time{}
	for _, t := range tasks {
		row := byID[*t.ReferralID]
		var a about
		if err := s.openAt(row, t.Sealed, taskAt(row.Ref, t.CreatedAt), &a); err != nil {
			return nil, err
		}
		if n := len(a.Was); n > 0 {
			out[row.ID] = a.Was[n-1].DueAt
		}
	}
	return out, nil
}

// openLine opens what a line shows beyond its row: what a draft still needs,
// and where hand-overs stand.
func (s *Service) openLine(ctx context.Context, tx *ent.Tx, who workflow.Actor, row *ent.Referral, one *Line) error {
	f, err := s.open(ctx, tx, row.Ref)
	if fault.KindOf(err) == fault.NotFound {
		return nil // shredded
	}
	if err != nil {
		return err
	}
	if f.sheet != nil {
		one.Group = f.row.Ref // no referral: a line of its own stands for it
		return nil
	}
	if f.status() == workflow.Draft {
		one.Group = f.group.Group
		checked := *f.answers
		bad := s.against(&checked)
		one.Missing, one.Amiss = len(bad), forms.Questions.Amiss(&checked, bad)
		return nil
	}
	look := s.look(f, who)
	if look.extent == workflow.Nothing {
		return nil
	}
	if f.status() != workflow.Withdrawn {
		if err := f.readTasks(ctx, tx); err != nil {
			return err
		}
		one.Handover = s.handovers(who, f, look)
	}
	if who.Duty != workflow.Referrer {
		return nil
	}
	letters, err := s.lettersFor(ctx, tx, who, f, look)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(letters, func(l Letter) bool { return len(l.Offers) > 0 }); i >= 0 {
		one.Letter = &letters[i]
	}
	return nil
}

// Letters returns the notices that were sent to the actor's department, the
// last first.
func (s *Service) Letters(ctx context.Context, who workflow.Actor) ([]Letter, error) {
	var out []Letter
	err := s.do(ctx, who, "letters", "", func(ctx context.Context, tx *ent.Tx) error {
		var err error
		if out, err = s.lettersTo(ctx, tx, who); err != nil {
			return err
		}
		return s.record(ctx, tx, s.line(who, "letters", refsOf(out, func(l Letter) string { return l.Reference })...))
	})
	return out, err
}

// lettersTo is Letters without its line in the log.
func (s *Service) lettersTo(ctx context.Context, tx *ent.Tx, who workflow.Actor) ([]Letter, error) {
	if who.Duty != workflow.Recipient || who.Side != workflow.SideLDSS {
		return nil, nil
	}
	rows, err := tx.Letter.Query().Where(sentTo(who.Agency)...).WithReferral().WithContact().Order(ent.Desc("id")).Limit(100).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("referrals: reading letters: %w", err)
	}
	var out []Letter
	for _, row := range rows {
		r := row.Edges.Referral
		if len(r.DataKey) == 0 {
			continue // shredded
		}
		key, err := s.Ring.Key(r.DataKey, r.Ref)
		if err != nil {
			return nil, fmt.Errorf("referrals: opening the key: %w", err)
		}
		f := &file{row: r, key: key}
		p, err := f.postOf(row)
		if err != nil {
			return nil, err
		}
		if p.Kind == workflow.LetterMinor {
			out = append(out, f.letter(p))
		}
	}
	return out, nil
}
