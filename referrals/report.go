package referrals

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/reports"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Asked is which report of which period somebody wants.
type Asked struct {
	Name string // one of reports.Names
	From string // first month, as reports.ParsePeriod takes it
	To   string // last month
}

// Report returns numbers, never about one person: it opens the sealed facets
// of the period's referrals and no answer. It is for the duties in
// workflow.Reports; for all others, and for a name that no report has, it is
// fault.NotFound. A period that is none comes back as forms.Problems. The line
// in the log is kept before anything is shown.
func (s *Service) Report(ctx context.Context, who workflow.Actor, asked Asked) (reports.Report, error) {
	rule, may := workflow.ReportOf(who, asked.Name)
	if !may {
		err := s.do(ctx, who, report, "", func(_ context.Context, _ *ent.Tx) error { return fault.Absent() })
		return reports.Report{}, err
	}
	l := s.line(who, report)
	l.Rule = rule.Law
	return s.counted(ctx, asked, l)
}

// ReportByCommand is Report for whoever may run commands on the machine
// itself; it stands in the log without an account.
func (s *Service) ReportByCommand(ctx context.Context, asked Asked) (reports.Report, error) {
	l := s.line(workflow.Actor{}, report)
	l.Source = "command"
	return s.counted(ctx, asked, l)
}

// MayReport lists the names of the reports that who may see.
func MayReport(who workflow.Actor) []string {
	var out []string
	for _, name := range reports.Names() {
		if _, ok := workflow.ReportOf(who, name); ok {
			out = append(out, name)
		}
	}
	return out
}

// report is the word of the log.
const report = "report"

func (s *Service) counted(ctx context.Context, asked Asked, l audit.Line) (reports.Report, error) {
	if _, _, ok := reports.Described(asked.Name); !ok {
		return reports.Report{}, fault.Absent()
	}
	period, err := reports.ParsePeriod(asked.From, asked.To, s.now())
	if err != nil {
		return reports.Report{}, err
	}
	count, err := s.count(ctx, period)
	if err != nil {
		return reports.Report{}, err
	}
	out, _ := count.Report(asked.Name)
	l.Refs, l.Reason = []string{report + ":" + asked.Name}, period.String()
	if err := s.DB.Do(ctx, func(tx *ent.Tx) error { return s.record(ctx, tx, l) }); err != nil {
		return reports.Report{}, err
	}
	return out, nil
}

// count adds up the referrals of a period. It reads what is committed, part by
// part, and never holds more than a few parts; several goroutines open them.
func (s *Service) count(ctx context.Context, period reports.Period) (*reports.Count, error) {
	accept, _ := workflow.ClockOf(workflow.ClockAcceptance)
	contact, _ := workflow.ClockOf(workflow.ClockContact)
	o := reports.Options{Period: period, Now: s.now(), Calendar: s.Calendar, AcceptDays: accept.Count, ContactDays: contact.Count}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan []*ent.Referral, 1)
	counts, errs := make([]*reports.Count, runtime.GOMAXPROCS(0)), make([]error, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i := range counts {
		counts[i] = reports.NewCount(o)
		wait.Go(func() {
			if errs[i] = s.addAll(counts[i], batches); errs[i] != nil {
				stop()
			}
		})
	}
	failed := s.each(ctx, period, batches)
	close(batches)
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed
	}
	for _, other := range counts[1:] {
		counts[0].Merge(other)
	}
	return counts[0], nil
}

// addAll counts what comes. After a failure it only takes what still comes.
func (s *Service) addAll(c *reports.Count, batches <-chan []*ent.Referral) error {
	var failed error
	for rows := range batches {
		for _, row := range rows {
			if failed != nil {
				break
			}
			fact, err := s.fact(row)
			if err != nil {
				failed = err
				break
			}
			c.Add(fact)
		}
	}
	return failed
}

// part is how many rows are read at once.
const part = 500

// each reads the referrals that were received within a period, a part at a
// time, in the order of their rows.
func (s *Service) each(ctx context.Context, period reports.Period, to chan<- []*ent.Referral) error {
	ctx = viewer.Job(ctx, "report")
	from, until := period.Bounds()
	for last := 0; ; {
		rows, err := s.DB.Read().Referral.Query().
			Where(referral.IDGT(last), referral.SubmittedAtGTE(from), referral.SubmittedAtLT(until)).
			Order(ent.Asc(referral.FieldID)).Limit(part).
			Select(referral.FieldRef, referral.FieldStatus, referral.FieldSubmittedAt, referral.FieldDecidedAt, referral.FieldDataKey, referral.FieldFacets).All(ctx)
		if err != nil {
			return fmt.Errorf("referrals: reading facets: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		last = rows[len(rows)-1].ID
		select {
		case to <- rows:
		case <-ctx.Done():
			return fmt.Errorf("referrals: reading facets: %w", ctx.Err())
		}
	}
}
