package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nysreferral/calendar"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// Referrers says which account refers in which case.
var Referrers = map[int]string{1: "detective", 2: "case_manager", 3: "social_worker", 4: "attorney", 5: "trooper", 6: "case_manager",
	7: "case_manager", 8: "case_manager", 9: "trooper", 10: "case_manager"}

// SecondReferrer is the account of the second referral of case 10.
const SecondReferrer = "detective"

// Step is one act in a story, by the account of that key.
type Step struct {
	Who    string
	Do     workflow.Action
	N      int  // hand-over; 0 the referral
	Letter bool // N is a letter; 0 all that wait for the signature
	Deed   func(d *forms.Deed)
}

// ToDecision are the steps from the queue to where a director can decide.
var ToDecision = []Step{
	{Who: "reviewer", Do: workflow.Take},
	{Who: "program", Do: workflow.Consult, Deed: func(d *forms.Deed) { d.With, d.Outcome = "Robin Hill, DCJS", "agrees" }},
	{Who: "reviewer", Do: workflow.Consult, Deed: func(d *forms.Deed) { d.With, d.Outcome = "The referrer", "spoken_with" }},
	{Who: "reviewer", Do: workflow.Assess, Deed: func(d *forms.Deed) {
		d.Action = forms.Element{Finding: "shown", ShownBy: "G4 G14"}
		d.Means = forms.Element{Finding: "shown", ShownBy: "G6 G7"}
		d.Purpose = forms.Element{Finding: "shown", ShownBy: "G1"}
		d.Minor = forms.Element{Finding: "not_a_minor", ShownBy: "C5"}
	}},
	{Who: "reviewer", Do: workflow.Recommend, Deed: func(d *forms.Deed) { d.Advice, d.Reason = "confirm", "All elements are shown." }},
}

// Confirm is the director's step.
var Confirm = Step{Who: "director", Do: workflow.Confirm, Deed: func(d *forms.Deed) {
	d.Confirmed, d.Bases = "sex", []forms.Basis{"severe_form_adult", "pl_230_34"}
}}

// Letters are OTDA's steps after a confirmation: both letters are signed and
// sent, the one to the person into the referrer's hand.
var Letters = []Step{
	{Who: "program", Do: workflow.Sign, Letter: true, Deed: func(d *forms.Deed) { d.Title = "Program Manager" }},
	{Who: "program", Do: workflow.Deliver, Letter: true, N: 1, Deed: by(workflow.ByReferrer)},
	{Who: "program", Do: workflow.Deliver, Letter: true, N: 2, Deed: by(workflow.OnPage)},
}

func by(way workflow.Way) func(*forms.Deed) {
	return func(d *forms.Deed) { d.Way = forms.Text(way) }
}

// Decline is the second reader's step and the director's.
var Decline = []Step{
	{Who: "second_reviewer", Do: workflow.Second},
	{Who: "director", Do: workflow.Decline, Deed: func(d *forms.Deed) {
		d.ReasonCode, d.Reason = "no_new_york_nexus", "The facts that we have do not lead to New York yet. New facts can be sent at any time."
	}},
}

// Take does steps of a story on the referral ref. Whoever acts looks at it first.
func (s *State) Take(ctx context.Context, ref string, steps ...Step) (referrals.Record, error) {
	return s.take(ctx, ref, true, steps...)
}

// take is Take; without looks only the first of the steps looks, and the others
// begin from what came of the one before.
func (s *State) take(ctx context.Context, ref string, looks bool, steps ...Step) (referrals.Record, error) {
	var last referrals.Record
	for i, step := range steps {
		who, now := s.As(step.Who), last
		var err error
		if looks || i == 0 || step.N > 0 && !step.Letter {
			now, err = s.Door.Open(ctx, who, ref, referrals.Want{})
		}
		if err != nil {
			return last, fmt.Errorf("demo: %s opens: %w", step.Who, err)
		}
		seen := referrals.Seen{Ref: ref, N: step.N, Rev: now.Rev}
		for _, h := range now.Handover {
			if h.N == step.N {
				seen.Rev = h.Rev
			}
		}
		deed := &forms.Deed{}
		if step.Deed != nil {
			step.Deed(deed)
		}
		act := s.Door.Act
		if step.Letter {
			seen.Rev, act = now.Rev, s.Door.ActLetter
		}
		if last, err = act(ctx, who, seen, step.Do, deed); err != nil {
			return last, fmt.Errorf("demo: %s does %s: %w", step.Who, step.Do, err)
		}
	}
	return last, nil
}

// Send refers case n as its account, on the day of the clock.
func (s *State) Send(ctx context.Context, n int) (referrals.Receipt, error) {
	r, _, err := Referral(n, s.Door.Today())
	if err != nil {
		return referrals.Receipt{}, err
	}
	return s.refer(ctx, n, Referrers[n], r)
}

// SendSecond is Send for the second referral of case 10.
func (s *State) SendSecond(ctx context.Context) (referrals.Receipt, error) {
	r, _, err := Second(s.Door.Today())
	if err != nil {
		return referrals.Receipt{}, err
	}
	return s.refer(ctx, 10, SecondReferrer, r)
}

func (s *State) refer(ctx context.Context, n int, key string, r *forms.Referral) (referrals.Receipt, error) {
	receipt, err := s.Door.Send(ctx, s.As(key), r, "", nil)
	if err != nil {
		return receipt, fmt.Errorf("demo: case %d: %w", n, err)
	}
	return receipt, nil
}

// story is a case and how far it goes, days before the clock's start.
type story struct {
	n      int
	days   int
	steps  []Step
	second bool // the second referral of the case

	whom func(*forms.Referral) // who is referred in the place of the person of the case; nil for nobody else
}

// answers is what is told in a story on the day, and by which account.
func (one story) answers(day forms.Date) (r *forms.Referral, key string, err error) {
	key = Referrers[one.n]
	if r, _, err = Referral(one.n, day); one.second {
		key = SecondReferrer
		r, _, err = Second(day)
	}
	if err == nil && one.whom != nil {
		one.whom(r)
	}
	return r, key, err
}

func reason(text string) func(*forms.Deed) {
	return func(d *forms.Deed) { d.Reason = forms.Prose(text) }
}

func join(lists ...[]Step) []Step {
	var out []Step
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func one(who string, do workflow.Action, n int, deed func(*forms.Deed)) []Step {
	return []Step{{Who: who, Do: do, N: n, Deed: deed}}
}

// stories leave a referral in every status, and hand-overs too.
func stories() []story {
	confirmed := join(ToDecision, []Step{Confirm})
	handed := join(confirmed, one("program", workflow.Send, 1, nil))
	missed := func(d *forms.Deed) { d.How, d.Result = "through_the_referrer", "no_answer" }
	reached := func(d *forms.Deed) { d.How = "through_the_referrer" }
	return []story{
		{n: 9, days: 1, whom: minji},
		{n: 10, days: 5, steps: ToDecision},
		{n: 10, days: 4, steps: ToDecision[:1], second: true},
		{n: 3, days: 2},
		{n: 4, days: 2, steps: ToDecision[:1]},
		{n: 1, days: 2, steps: ToDecision},
		{n: 7, days: 3, steps: join(ToDecision[:1], one("reviewer", workflow.Ask, 0, func(d *forms.Deed) {
			d.Question, d.About = "Since when has the person been kept from leaving?", "G12 G20"
		}))},
		{n: 7, days: 5, steps: confirmed, whom: another(201)},
		{n: 6, days: 6, steps: confirmed},
		{n: 1, days: 6, steps: join(handed, Letters), whom: another(202)},
		{n: 5, days: 8, steps: join(handed, one("ldss_tompkins", workflow.Accept, 1, nil), one("ldss_tompkins", workflow.Attempt, 1, missed))},
		{n: 1, days: 12, steps: join(handed, one("rhtp_harbor", workflow.Accept, 1, nil), one("rhtp_harbor", workflow.Reach, 1, reached),
			Letters, []Step{{Who: "detective", Do: workflow.HandOver, Letter: true, N: 1}}), whom: another(203)},
		{n: 1, days: 9, steps: join(handed, one("rhtp_harbor", workflow.Return, 1, func(d *forms.Deed) {
			d.ReturnReason, d.Reason = "capacity", "No bed is free this week."
		})), whom: another(204)},
		{n: 5, days: 20, steps: join(handed, one("ldss_tompkins", workflow.Accept, 1, nil), one("ldss_tompkins", workflow.Reach, 1, reached),
			one("ldss_tompkins", workflow.Serve, 1, func(d *forms.Deed) { d.Started, d.Services = []forms.Help{"benefits"}, "Temporary assistance" }),
			one("ldss_tompkins", workflow.Close, 1, func(d *forms.Deed) {
				d.CloseReason, d.Reason = "services_completed", "The person has a place of their own."
			})), whom: another(205)},
		{n: 9, days: 15, steps: join(ToDecision, Decline), whom: another(206)},
		{n: 9, days: 4, steps: one("trooper", workflow.Withdraw, 0, reason("The person asked for it.")), whom: another(207)},
	}
}

// Tell makes the drafts and the stories, the oldest first, so that the log never
// runs back in time. The clock is set back for them, and stands at start
// afterwards.
func (s *State) Tell(ctx context.Context, start time.Time) error {
	defer s.Clock.Set(start)
	list := stories()
	slices.SortStableFunc(list, func(a, b story) int { return b.days - a.days })
	for i, one := range list {
		if at := workday(start, one.days); i == 0 || at.After(s.Clock.Now()) {
			s.Clock.Set(at)
		}
		r, key, err := one.answers(s.Door.Today())
		if err != nil {
			return err
		}
		receipt, err := s.refer(ctx, one.n, key, r)
		if err != nil {
			return err
		}
		if _, err := s.Take(ctx, receipt.Reference, fitting(r, one.steps)...); err != nil {
			return fmt.Errorf("demo: case %d: %w", one.n, err)
		}
	}
	s.Clock.Set(start.Add(-time.Hour))
	if err := s.gatherSome(ctx); err != nil {
		return err
	}
	for _, n := range []int{2, 8} {
		r, _, err := Referral(n, s.Door.Today())
		if err != nil {
			return err
		}
		if _, err := s.Door.Import(ctx, s.As(Referrers[n]), r); err != nil {
			return fmt.Errorf("demo: draft of case %d: %w", n, err)
		}
	}
	return nil
}

// workday is ten o'clock of the business day that lies about days before start.
func workday(start time.Time, days int) time.Time {
	c := calendar.New(calendar.Options{})
	day := start.In(calendar.NewYork()).AddDate(0, 0, -days)
	day = time.Date(day.Year(), day.Month(), day.Day(), 10, 0, 0, 0, calendar.NewYork())
	for !c.BusinessDay(day) {
		day = day.AddDate(0, 0, -1)
	}
	return day.UTC()
}
