package referrals

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"nysreferral/audit"
	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/tallies"
	"nysreferral/workflow"
)

// Reads are how many different referrals one account opens within an hour before
// it proves anew who it is, and whoever runs the system is told. What is opened
// again counts once. 0 is the number below; below 0 nobody is held up.
type Reads struct {
	State     int // reviewers, directors, OTDA, auditors
	Referrer  int
	Recipient int
}

const (
	readsState     = 60 // one a minute, for an hour: a nation of sixty million refers some eighty people a day
	readsReferrer  = 30
	readsRecipient = 20

	// readsStop is how many times as many are not opened at all.
	readsStop = 3
)

// of is the budget of a duty; not above 0: none.
func (r Reads) of(duty string) int {
	switch workflow.Duty(duty) {
	case workflow.Referrer:
		return cmp.Or(r.Referrer, readsReferrer)
	case workflow.Recipient:
		return cmp.Or(r.Recipient, readsRecipient)
	}
	return cmp.Or(r.State, readsState)
}

// Sitting is one request of somebody, as the budget of reading sees it.
type Sitting struct {
	// Proved says whether who asks proved a moment ago who they are. Nil: a program
	// asks with a token, and cannot be asked for a proof.
	Proved func() bool

	// Shown is set when what is answered holds what somebody told of a person.
	Shown bool
}

type sittingKey struct{}

// Attended returns a context of a request that somebody made. The edges say so,
// once for each request; what the program does by itself counts for nobody.
func Attended(ctx context.Context, at *Sitting) context.Context {
	return context.WithValue(ctx, sittingKey{}, at)
}

// overRead is a reading that is not done because of how many were.
type overRead struct {
	says  *fault.Error
	prove bool // a proof opens it
}

func (o *overRead) Error() string { return o.says.Error() }
func (o *overRead) Unwrap() error { return o.says }

// MustProve says whether err is a reading that goes on as soon as who asks has
// proved who they are.
func MustProve(err error) bool {
	var o *overRead
	return errors.As(err, &o) && o.prove
}

// showing are the acts of the log that show what somebody told of a person, with
// how many of their references.
var showing = map[string]int{"read": 1, "print": 1, "export": 1, string(workflow.Reveal): 1, "paper": 1, lookFile: 1, "foresee": 1,
	"read_disclosure": 1, actPackage: 1, "compare": 2}

// unopened are the acts that show lists, dates and numbers, or write what was
// typed: nothing of a person is opened by them.
var unopened = []string{"list", "board", "inbox", "letters", "tasks", "watched", "search", "looks", "read_holds", "read_disclosures", "read_retention",
	attachAct, "submit_again", string(workflow.Save), string(workflow.Submit), string(workflow.Discard)}

// opens are the referrals that a line says were opened, and whether by looking
// alone. An act on a referral opens it too: its answer holds it. What is listed
// nowhere counts.
func opens(l audit.Line) (refs []string, looking bool) {
	n, looking := showing[l.Action]
	switch {
	case l.Actor == 0 || l.Outcome != audit.Done || slices.Contains(unopened, l.Action):
		return nil, false
	case !looking:
		n = 1
	}
	for _, ref := range l.Refs[:min(n, len(l.Refs))] {
		if clean, ok := forms.ParseReference(ref); ok && !slices.Contains(refs, clean) {
			refs = append(refs, clean)
		}
	}
	return refs, looking
}

// within counts what a line says was opened, and refuses what goes beyond the
// budget of its account: looking at more is proved first, and beyond the end not
// done. Acts of referrers and recipients count and are never refused: whoever
// takes a release back, or stops, is not kept from it by having read much.
func (s *Service) within(ctx context.Context, tx *ent.Tx, l *audit.Line) error {
	at, ok := ctx.Value(sittingKey{}).(*Sitting)
	if !ok {
		return nil
	}
	refs, looking := opens(*l)
	if len(refs) == 0 {
		return nil
	}
	budget := s.Options.Reads.of(l.Duty)
	if budget < 0 {
		at.Shown = true
		return nil
	}
	reach, err := tallies.Reached(ctx, s.DB, tx, l.Actor, refs, l.At)
	if err != nil {
		return err
	}
	mild := !looking && (l.Duty == string(workflow.Referrer) || l.Duty == string(workflow.Recipient))
	switch {
	case reach.N <= budget:
		at.Shown = true
		return reach.Keep(ctx, tx, l.Actor, refs, l.At)
	case reach.N > readsStop*budget && !mild:
		return &overRead{says: fault.New(fault.TooMany, fmt.Sprintf("You have opened %d different referrals within an hour, which is the limit. "+
			"Those you can open again; wait a while for others, or ask a colleague.", readsStop*budget))}
	case looking && at.Proved != nil && !at.Proved():
		return &overRead{prove: true, says: fault.New(fault.TooMany, fmt.Sprintf("You have opened %d different referrals within an hour, which is more than usual. "+
			"Confirm that it is you, then go on. Whoever watches over the system is told.", budget))}
	}
	at.Shown = true
	if l.Reason != "" {
		l.Reason += "; "
	}
	l.Reason += overBudget
	if err := s.tellOver(ctx, tx, *l); err != nil {
		return err
	}
	return reach.Keep(ctx, tx, l.Actor, refs, l.At)
}

// overBudget are the words of the log for what was opened beyond the budget.
const overBudget = "over the budget of an hour"

// tellOver has whoever runs the system learn that somebody opens much.
func (s *Service) tellOver(ctx context.Context, tx *ent.Tx, l audit.Line) error {
	return tallies.Note(ctx, tx, tallies.ManyOpened, l.Actor, "", "", l.At)
}

// overLine is the line of a refusal for why, which is told as an alarm where it
// was for reading too much.
func (s *Service) overLine(ctx context.Context, tx *ent.Tx, l *audit.Line, why error) error {
	var o *overRead
	if !errors.As(why, &o) {
		return nil
	}
	if l.Reason = overBudget; o.prove {
		l.Reason += ": a proof was asked"
	}
	return s.tellOver(ctx, tx, *l)
}
