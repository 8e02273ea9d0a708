package referrals_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/tallies"
	"nysreferral/workflow"
)

// several sends cases that the State may open, and sets the clock to one moment
// after all of them.
func several(t *testing.T, s *demo.State, n int) (refs []string) {
	t.Helper()
	latest := s.Door.Now()
	for range n {
		refs = append(refs, refer(t, s, 1).Reference)
		if now := s.Door.Now(); now.After(latest) {
			latest = now
		}
	}
	s.Clock.Set(latest.Add(time.Minute))
	return refs
}

// sitting is a request by a page, of somebody who proved or did not.
func sitting(t *testing.T, proved *bool) (context.Context, *referrals.Sitting) {
	at := &referrals.Sitting{Proved: func() bool { return *proved }}
	return referrals.Attended(t.Context(), at), at
}

// Who opens more different referrals in an hour than the budget gets none of them
// before a proof, and whoever runs the system learns of it; with a proof it goes
// on until three times the budget, and there it ends. What was opened stays open,
// colleagues are not held up, and an hour later all is as before.
func TestReadsHaveABudget(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		refs := several(t, s, 7)
		s.Door.Options.Reads.State = 2
		proved := false
		open := func(who, ref string) (shown bool, err error) {
			ctx, at := sitting(t, &proved)
			_, err = s.Door.Open(ctx, s.As(who), ref, referrals.Want{})
			return at.Shown, err
		}
		good := func(who, ref string) {
			t.Helper()
			if shown, err := open(who, ref); err != nil || !shown {
				t.Errorf("%s opens one: shown %t, %v", who, shown, err)
			}
		}
		told := func(want int) {
			t.Helper()
			n, err := tallies.Alarms(t.Context(), s.DB, s.Door.Now().Add(-tallies.Hour))
			if err != nil || n[tallies.ManyOpened] != want {
				t.Errorf("%d are told of, want %d: %v", n[tallies.ManyOpened], want, err)
			}
		}
		if shown, err := open("reviewer", refs[0]); err != nil || !shown {
			t.Fatal(shown, err)
		}
		for range 3 {
			good("reviewer", refs[0])
		}
		good("reviewer", refs[1])
		told(0)
		shown, err := open("reviewer", refs[2])
		if !referrals.MustProve(err) || fault.KindOf(err) != fault.TooMany || shown {
			t.Fatalf("the third: shown %t, %v", shown, err)
		}
		told(1)
		last := newestLine(t, s)
		if last.Outcome != audit.Refused || last.Reason != "over the budget of an hour: a proof was asked" || len(last.Refs) != 1 || last.Refs[0] != refs[2] {
			t.Errorf("the log says %+v", last)
		}
		good("reviewer", refs[0])
		good("director", refs[2])
		proved = true
		for _, ref := range refs[2:6] {
			good("reviewer", ref)
			if last := newestLine(t, s); last.Outcome != audit.Done || last.Reason != "over the budget of an hour" {
				t.Errorf("the log says %+v", last)
			}
		}
		shown, err = open("reviewer", refs[6])
		if say, _ := fault.Say(err); referrals.MustProve(err) || fault.KindOf(err) != fault.TooMany || shown || say == "" {
			t.Errorf("the seventh: shown %t, %v", shown, err)
		}
		good("reviewer", refs[5])
		proved = false
		s.Clock.Set(s.Door.Now().Add(tallies.Hour + time.Second))
		good("reviewer", refs[6])
		told(0)
	})
}

type line struct {
	Outcome, Reason string
	Refs            []string
}

func newestLine(t *testing.T, s *demo.State) line {
	t.Helper()
	row := s.DB.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).FirstX(t.Context())
	return line{row.Outcome, row.Reason, row.Refs}
}

// What one account opens at the same moment, through two servers, is counted
// exactly: not one more than three times the budget.
func TestBudgetHoldsAtOnce(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		refs := several(t, s, 9)
		s.Door.Options.Reads.State = 2
		other := *s.Door
		doors := []*referrals.Service{s.Door, &other}
		var opened atomic.Int32
		var all sync.WaitGroup
		for i, ref := range refs {
			all.Go(func() {
				ctx := referrals.Attended(t.Context(), &referrals.Sitting{}) // a program, which nobody asks for a proof
				_, err := doors[i%2].Open(ctx, s.As("reviewer"), ref, referrals.Want{})
				switch {
				case err == nil:
					opened.Add(1)
				case fault.KindOf(err) != fault.TooMany || referrals.MustProve(err):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := opened.Load(); n != 6 {
			t.Errorf("%d were opened, want 6", n)
		}
	})
}

// Whoever has opened too much still takes a release back or withdraws for the
// person; lists, and the drafts that one writes oneself, count for nothing; and of
// what is not theirs the answer stays what it was.
func TestBudgetStopsNobodyFromActing(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		refs := several(t, s, 5)
		who := s.As(demo.Referrers[1])
		s.Door.Options.Reads.Referrer = 1
		proved := true
		ctx, _ := sitting(t, &proved)
		for i, ref := range refs[:4] {
			_, err := s.Door.Open(ctx, who, ref, referrals.Want{})
			if (err == nil) != (i < 3) {
				t.Fatalf("opening %d: %v", i, err)
			}
		}
		if _, err := s.Door.List(ctx, who, referrals.Filter{}); err != nil {
			t.Errorf("the list: %v", err)
		}
		draft, err := s.Door.Begin(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		at, mine := sitting(t, &proved)
		if _, err := s.Door.Open(at, who, draft.Ref, referrals.Want{}); err != nil || mine.Shown {
			t.Errorf("the own draft: shown %t, %v", mine.Shown, err)
		}
		record, deed := open(t, s, demo.Referrers[1], refs[4]), &forms.Deed{}
		deed.Reason = "The person asked for it."
		if _, err := s.Door.Act(ctx, who, referrals.Seen{Ref: refs[4], Rev: record.Rev}, workflow.Withdraw, deed); err != nil {
			t.Errorf("withdrawing: %v", err)
		}
		for _, ref := range []string{forms.NewReference(1234567), "nothing"} {
			if _, err := s.Door.Open(ctx, who, ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("what is not there: %v", err)
			}
		}
	})
}
