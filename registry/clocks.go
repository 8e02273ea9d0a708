package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"nysreferral/audit"
	"nysreferral/calendar"
	"nysreferral/ent"
	"nysreferral/ent/setting"
	"nysreferral/fault"
	"nysreferral/workflow"
)

// ClockTerms is one clock with what the State set for it. Nothing that was set
// is ever taken away: a later day, or a later setting of the same day, holds
// from then on.
type ClockTerms struct {
	workflow.Clock
	Rev  int             // of what was set; 0 when nothing was
	Now  int             // the count of clocks that start today
	List []workflow.Term // by their first day
}

// Next returns the first term that lies ahead of today, and whether there is
// one.
func (c ClockTerms) Next(today string) (workflow.Term, bool) {
	for _, t := range c.List {
		if t.From > today {
			return t, true
		}
	}
	return workflow.Term{}, false
}

// Clocks returns every clock with what the State set for it.
func (s *Service) Clocks(ctx context.Context, who workflow.Actor) ([]ClockTerms, error) {
	var out []ClockTerms
	err := s.do(ctx, who, ReadClocks, func(tx *ent.Tx, _ *audit.Line) error {
		out = nil
		for _, c := range workflow.Clocks {
			one, _, err := s.readClock(ctx, tx, c)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// Clock returns one clock with what the State set for it, or fault.Absent.
func (s *Service) Clock(ctx context.Context, who workflow.Actor, key workflow.ClockKey) (ClockTerms, error) {
	var out ClockTerms
	err := s.do(ctx, who, ReadClocks, func(tx *ent.Tx, l *audit.Line) error {
		c, ok := workflow.ClockOf(key)
		if !ok {
			return fault.Absent()
		}
		var err error
		out, _, err = s.readClock(ctx, tx, c)
		l.Refs = []string{workflow.TermsKey(key)}
		return err
	})
	return out, err
}

func (s *Service) readClock(ctx context.Context, tx *ent.Tx, c workflow.Clock) (ClockTerms, string, error) {
	out := ClockTerms{Clock: c, Now: c.Count}
	if !c.Set {
		return out, "", nil
	}
	row, err := tx.Setting.Query().Where(setting.Key(workflow.TermsKey(c.Key))).Only(ctx)
	if ent.IsNotFound(err) {
		return out, "", nil
	}
	if err != nil {
		return out, "", fmt.Errorf("registry: reading a clock: %w", err)
	}
	t, err := workflow.ReadTerms(row.Value)
	if err != nil {
		return out, "", fmt.Errorf("registry: %w", err)
	}
	out.Rev, out.List, out.Now = t.Rev, t.List, c.CountOn(s.today(), t)
	return out, row.Value, nil
}

// NewTerm is a count that somebody sets for a clock.
type NewTerm struct {
	Key    workflow.ClockKey
	Rev    int    // of ClockTerms
	From   string // 2027-01-01, today or later
	Count  int
	Reason string
}

// SetClock sets the count of clocks that start on a day or later; those that
// run already keep their own. A count that the law fixes is fault.Forbidden.
// It returns Problems, or fault.Conflict when the revision is not the one that
// is kept.
func (s *Service) SetClock(ctx context.Context, who workflow.Actor, n NewTerm) (ClockTerms, error) {
	var out ClockTerms
	err := s.do(ctx, who, SetClock, func(tx *ent.Tx, l *audit.Line) error {
		c, ok := workflow.ClockOf(n.Key)
		if !ok {
			return fault.Absent()
		}
		l.Refs, l.Rule = []string{workflow.TermsKey(c.Key)}, c.Law
		if !c.Set {
			return fault.New(fault.Forbidden, "The law fixes this count. Only a change of the law, and of this program, changes it.")
		}
		is, value, err := s.readClock(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := s.checkTerm(c, &n).err(); err != nil {
			return err
		}
		if is.Rev != n.Rev {
			return stale("this clock")
		}
		next := workflow.Terms{Rev: is.Rev + 1, List: append(slices.Clone(is.List),
			workflow.Term{From: n.From, Count: n.Count, Reason: n.Reason, At: s.now(), By: who.ID})}
		slices.SortStableFunc(next.List, func(a, b workflow.Term) int { return strings.Compare(a.From, b.From) })
		text, err := json.Marshal(next)
		if err != nil {
			return fmt.Errorf("registry: writing a clock: %w", err)
		}
		if err := keep(ctx, tx, workflow.TermsKey(c.Key), value, string(text)); err != nil {
			return err
		}
		l.Reason = c.Length(n.Count) + " from " + n.From
		out, _, err = s.readClock(ctx, tx, c)
		return err
	})
	return out, err
}

// checkTerm tidies the reason and says what is wrong.
func (s *Service) checkTerm(c workflow.Clock, n *NewTerm) Problems {
	var bad Problems
	if !c.Takes(n.Count) {
		bad.add("count", fmt.Sprintf("Enter a number from 1 to %d.", c.Most()))
	}
	if date, err := calendar.ParseDate(n.From); err != nil || n.From < s.today() || date.Year > 2199 {
		bad.add("from", "Enter a day from today on. A clock that runs already keeps its count.")
	}
	var wrong string
	if n.Reason, wrong = plain(n.Reason, true, "the reason, for example the decision that changed it"); wrong != "" {
		bad.add("reason", wrong)
	}
	return bad
}
