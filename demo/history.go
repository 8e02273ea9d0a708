package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// monthly is how many referrals of earlier months the history has a month.
const monthly = 10

// again are the numbers of people who were referred before, and the number under
// which: true duplicates are few.
var again = map[int]int{37: 14, 82: 55}

// life is one referral of an earlier month.
type life struct {
	number int
	began  time.Time
	base   int // the case whose way of referring it has
	years  int // by which births lie later than they were invented
	told   *forms.Referral
	ref    string
	n      int    // of the hand-over that was sent
	keeper string // account that it was sent to
}

// person is who is referred.
func (l *life) person() Invented {
	n := l.number
	if before, ok := again[n]; ok {
		n = before
	}
	p := Invent(n)
	p.Year += l.years
	return p
}

// event is what happens to one referral on one day.
type event struct {
	at   time.Time
	whom *life
	do   func(ctx context.Context, s *State, l *life) error
}

// onDay is an event, so many days after the referral.
type onDay struct {
	after int
	do    func(ctx context.Context, s *State, l *life) error
}

// steps are steps of a story whose hand-over is the one that was sent, by the
// recipient where the step names nobody.
func steps(list ...Step) func(context.Context, *State, *life) error {
	return func(ctx context.Context, s *State, l *life) error {
		mine := slices.Clone(list)
		for i := range mine {
			if mine[i].Who == "" {
				mine[i].Who, mine[i].N = l.keeper, l.n
			}
			if mine[i].Who == "referrer" {
				mine[i].Who = Referrers[l.base]
			}
		}
		_, err := s.take(ctx, l.ref, false, fitting(l.told, mine)...)
		return err
	}
}

// fates are what comes of the ten referrals of a month: most people are confirmed
// and served, some are never reached, some referrals are declined or withdrawn.
var fates = [monthly][]onDay{served, served, missed, served, served, missed, served, declined, served, withdrawn}

// letters are signed and sent, and the one to the person handed over.
var letters = steps(append(slices.Clone(Letters), Step{Who: "referrer", Do: workflow.HandOver, Letter: true, N: 1})...)

// withoutMeans are the steps to a decline where nothing shows means.
var withoutMeans = agreeing(append(slices.Clone(ToDecision), Decline[0], Step{Who: "director", Do: workflow.Decline, Deed: func(d *forms.Deed) {
	d.ReasonCode, d.Reason = "no_means_shown", "What we know so far does not show that anybody was made to stay. New facts can be sent at any time."
}}))

var (
	confirmedThen = []onDay{{0, send}, {1, steps(ToDecision...)}, {2, steps(Confirm)}, {3, letters}, {4, handOver}, {6, steps(Step{Do: workflow.Accept})}}
	tried         = Step{Do: workflow.Attempt, Deed: func(d *forms.Deed) { d.How, d.Result = "through_the_referrer", "no_answer" }}
	served        = append(confirmedThen[:6:6],
		onDay{9, steps(Step{Do: workflow.Reach, Deed: func(d *forms.Deed) { d.How = "through_the_referrer" }})},
		onDay{15, steps(Step{Do: workflow.Serve, Deed: func(d *forms.Deed) { d.Started, d.Services = []forms.Help{"benefits"}, "Temporary assistance" }})},
		onDay{26, steps(Step{Do: workflow.Close, Deed: func(d *forms.Deed) { d.CloseReason = "services_completed" }})}, onDay{27, wrapUp})
	missed = append(confirmedThen[:6:6], onDay{7, steps(tried)}, onDay{9, steps(tried)}, onDay{12, steps(tried)}, onDay{24, giveUp})

	declined = []onDay{{0, sendWithoutMeans}, {2, steps(withoutMeans[:len(ToDecision)]...)}, {3, steps(withoutMeans[len(ToDecision):]...)}, {5, steps(
		Step{Who: "director", Do: workflow.Sign, Letter: true, Deed: func(d *forms.Deed) {
			d.Title, d.ForPerson = "Director", "What is known so far is not enough. More can be told at any time."
		}},
		Step{Who: "director", Do: workflow.Deliver, Letter: true, N: 1, Deed: by(workflow.ByReferrer)},
		Step{Who: "referrer", Do: workflow.HandOver, Letter: true, N: 1})},
		{70, steps(Step{Who: "director", Do: workflow.Close})}}
	withdrawn = []onDay{{0, send}, {1, steps(ToDecision[:1]...)}, {2, steps(Step{Who: "referrer", Do: workflow.Withdraw, Deed: reason("The person asked for it.")})},
		{3, steps(Letters[0], Letters[1], Step{Who: "referrer", Do: workflow.HandOver, Letter: true, N: 1})}}
)

// send refers the person.
func send(ctx context.Context, s *State, l *life) error { return l.refer(ctx, s, nil) }

// sendWithoutMeans refers the person with an account that shows no means.
func sendWithoutMeans(ctx context.Context, s *State, l *life) error {
	return l.refer(ctx, s, Invented.unshown)
}

func (l *life) refer(ctx context.Context, s *State, change func(Invented, *forms.Referral)) error {
	r, _, err := Referral(l.base, s.Door.Today())
	if err != nil {
		return err
	}
	l.person().Fill(r)
	if change != nil {
		change(l.person(), r)
	}
	l.told = r
	receipt, err := s.Door.Send(ctx, s.As(Referrers[l.base]), r, "", nil)
	l.ref = receipt.Reference
	return err
}

// region is who takes people from counties without a verified line.
const region = "demo-rhtp-hudson-bridge"

// handOver sends what was proposed, or has OTDA choose another recipient where
// nobody verified the line.
func handOver(ctx context.Context, s *State, l *life) error {
	rec, err := s.Door.Open(ctx, s.As("program"), l.ref, referrals.Want{})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rec.Handover, func(h referrals.Handover) bool {
		return keepers[h.Contact] != "" && slices.ContainsFunc(h.Offers, func(o workflow.HandoverOffer) bool { return o.Do == workflow.Send && o.Ready() })
	})
	l.n, l.keeper = rec.Handover[max(at, 0)].N, keepers[rec.Handover[max(at, 0)].Contact]
	if at < 0 {
		rec, err = s.take(ctx, l.ref, false, Step{Who: "program", Do: workflow.Reroute, N: l.n, Deed: func(d *forms.Deed) {
			d.Contact, d.Reason = region, "Nobody has verified the line of the county. This provider takes people from there."
		}})
		if err != nil {
			return err
		}
		l.n, l.keeper = rec.Handover[len(rec.Handover)-1].N, keepers[region]
	}
	_, err = s.take(ctx, l.ref, false, Step{Who: "program", Do: workflow.Send, N: l.n, Deed: Knowingly})
	return err
}

// Knowingly ticks whatever OTDA may be warned of before it sends; what does not
// hold is not kept.
func Knowingly(d *forms.Deed) {
	for _, code := range forms.Heeded("").Options() {
		d.Heeded = append(d.Heeded, forms.Heeded(code))
	}
}

// keepers are the accounts that receive for a contact point.
var keepers = map[string]string{"demo-rhtp-harbor-light": "rhtp_harbor", "demo-rhtp-open-door": "rhtp_open_door", region: "rhtp_hudson",
	"demo-ldss-tompkins-adult": "ldss_tompkins", "demo-ldss-new-york-city-adult": "ldss_nyc_adult"}

// giveUp is OTDA's act where nobody reached the person: the recipient stops, and
// the referral is closed.
func giveUp(ctx context.Context, s *State, l *life) error {
	_, err := s.take(ctx, l.ref, false, Step{Who: "program", Do: workflow.Close, N: l.n, Deed: func(d *forms.Deed) { d.CloseReason, d.Reason = "no_contact", "Nobody reached the person." }})
	if err != nil {
		return err
	}
	if err := wrapUp(ctx, s, l); err != nil {
		return err
	}
	return s.Door.Stopped(ctx, s.As(l.keeper), l.ref, l.n)
}

// wrapUp closes what was proposed beside the hand-over that was sent, and then the
// referral.
func wrapUp(ctx context.Context, s *State, l *life) error {
	rec, err := s.Door.Open(ctx, s.As("program"), l.ref, referrals.Want{})
	if err != nil {
		return err
	}
	var list []Step
	for _, h := range rec.Handover {
		if h.Status != workflow.HandoverClosed {
			list = append(list, Step{Who: "program", Do: workflow.Close, N: h.N, Deed: func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "The other recipient does it all." }})
		}
	}
	_, err = s.take(ctx, l.ref, false, append(list, Step{Who: "program", Do: workflow.Close})...)
	return err
}

// History makes some referrals for each of so many months before start, so that
// reports have something to show: different people, whom the number alone makes,
// and nearly all of them done with. What happens on one day happens at the same
// time, and so commits together.
func (s *State) History(ctx context.Context, start time.Time, months int) error {
	defer s.Clock.Set(start)
	list := events(start, months)
	for len(list) > 0 {
		today := 1
		for today < len(list) && list[today].at.Equal(list[0].at) {
			today++
		}
		s.Clock.Set(list[0].at)
		if err := s.atOnce(ctx, list[:today]); err != nil {
			return err
		}
		list = list[today:]
	}
	return nil
}

// events are all events in the order of their days. They end before the first of
// the stories begins.
func events(start time.Time, months int) []event {
	var list []event
	for month := months; month > 0; month-- {
		for k := range monthly {
			l := &life{number: (months-month)*monthly + k, began: start.AddDate(0, -month, -untold), years: start.Year() - inventedIn}
			l.base = 5
			if k%2 == 1 {
				l.base = 7
			}
			for _, on := range fates[k] {
				if at := workday(l.began.AddDate(0, 0, on.after), 0); at.Before(start.AddDate(0, 0, -untold)) {
					list = append(list, event{at, l, on.do})
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b event) int { return a.at.Compare(b.at) })
	return list
}

// atOnce has all events of a day happen beside each other, those of one referral
// one after the other.
func (s *State) atOnce(ctx context.Context, today []event) error {
	var wait sync.WaitGroup
	var order []*life
	of := map[*life][]event{}
	for _, e := range today {
		if of[e.whom] == nil {
			order = append(order, e.whom)
		}
		of[e.whom] = append(of[e.whom], e)
	}
	errs := make([]error, len(order))
	for i, l := range order {
		wait.Go(func() {
			for _, e := range of[l] {
				if err := e.do(ctx, s, l); err != nil {
					errs[i] = fmt.Errorf("demo: history: referral %d: %w", l.number, err)
					return
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// untold is how many days before the start the last month of the history lies at
// least, so that it ends before the first of the stories begins.
const untold = 25

// Opens is a moment before everything that the demonstration tells, with so many
// months of history.
func Opens(start time.Time, months int) time.Time { return start.AddDate(0, -months-2, 0) }
