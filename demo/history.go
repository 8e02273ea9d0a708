package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// past is one referral of an earlier month: who refers in which case, how often
// a month, and what was done on which day after.
type past struct {
	n, times int
	days     []dayOf
}

type dayOf struct {
	after int
	steps []Step
}

// pasts are a month: most people are confirmed and sent to their department,
// some of them are never reached, some referrals are declined.
func pasts() []past {
	handed := []dayOf{{1, ToDecision}, {2, []Step{Confirm}}, {3, one("program", workflow.Send, 1, nil)}, {5, one("ldss_tompkins", workflow.Accept, 1, nil)}}
	reached := append(handed[:4:4], dayOf{8, one("ldss_tompkins", workflow.Reach, 1, func(d *forms.Deed) { d.How = "through_the_referrer" })})
	served := append(reached[:5:5], dayOf{15, one("ldss_tompkins", workflow.Serve, 1, func(d *forms.Deed) { d.Started, d.Services = []forms.Help{"benefits"}, "Temporary assistance" })})
	return []past{{5, 3, handed}, {5, 2, reached}, {5, 2, served}, {9, 2, []dayOf{{2, ToDecision}, {7, Decline}}}}
}

// History makes nine referrals for each of so many months before start, so that
// reports have something to show. Those of one day are made at the same time,
// and so commit together.
func (s *State) History(ctx context.Context, start time.Time, months int) error {
	defer s.Clock.Set(start)
	list := pasts()
	for month := months; month > 0; month-- {
		began := start.AddDate(0, -month, -untold)
		refs := make([][]string, len(list))
		for i, p := range list {
			refs[i] = make([]string, p.times)
		}
		for day := range 16 {
			s.Clock.Set(workday(began.AddDate(0, 0, day), 0).Add(time.Duration(day) * time.Minute))
			err := s.atOnce(list, func(i, k int) error { return s.live(ctx, list[i], day, month*100+i*10+k, &refs[i][k]) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// atOnce runs fn for every referral of a month, all beside each other.
func (s *State) atOnce(list []past, fn func(i, k int) error) error {
	var wait sync.WaitGroup
	errs := make([][]error, len(list))
	for i, p := range list {
		errs[i] = make([]error, p.times)
		for k := range p.times {
			wait.Go(func() { errs[i][k] = fn(i, k) })
		}
	}
	wait.Wait()
	var all []error
	for _, some := range errs {
		all = append(all, some...)
	}
	return errors.Join(all...)
}

// live does what happens to one referral on one day.
func (s *State) live(ctx context.Context, p past, day, number int, ref *string) error {
	if day == 0 {
		r, _, err := Referral(p.n, s.Door.Today())
		if err != nil {
			return err
		}
		r.FamilyName, r.GivenNames = forms.Text(syllables(number)+"son"), forms.Text(syllables(number*7))
		receipt, err := s.Door.Send(ctx, s.As(Referrers[p.n]), r, "", nil)
		if err != nil {
			return fmt.Errorf("demo: history: %w", err)
		}
		*ref = receipt.Reference
		return nil
	}
	for _, d := range p.days {
		if d.after != day {
			continue
		}
		if _, err := s.Take(ctx, *ref, d.steps...); err != nil {
			return fmt.Errorf("demo: history: %w", err)
		}
	}
	return nil
}

// syllables makes a name that nobody bears.
func syllables(n int) string {
	parts := []string{"dro", "vel", "tam", "qui", "zor", "len", "bax", "fy", "gro", "nu"}
	out := "Q"
	for ; n > 0; n /= 10 {
		out += parts[n%10]
	}
	return out
}

// untold is how many days before the start the last month of the history lies at
// least, so that it ends before the first of the stories begins.
const untold = 12

// Opens is a moment before everything that the demonstration tells, with so many
// months of history.
func Opens(start time.Time, months int) time.Time { return start.AddDate(0, -months-2, 0) }
