package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/store"
)

// Week is what somebody looks through who reviews the log every week: who did
// more than others, at which hours, what was refused, and what was done with
// keys. It names accounts by number and no person who was referred.
type Week struct {
	From, Until time.Time
	Lines       int
	Outcomes    map[string]int // lines by outcome
	Night       []Busy         // opened something outside of 7 am to 8 pm or on a weekend, the most first
	Wide        []Busy         // opened more referrals than three times the median, and at least ten
	Refused     []Busy         // five refusals or more
	Failed      []Busy         // five failed sign-ins or more; account 0 is an unknown address
	Reveals     []Busy         // asked to see withheld answers
	Searches    int            // by the State, each with a reason
	Sample      []string       // at most ten of those, spread over the week, with moment, account and reason
	Keys        []string       // what was done with keys and destroyed, with its moment
}

// Busy is an account and how often.
type Busy struct{ Account, Times int }

// opens are the actions that show the content of a referral.
var opens = []string{"read", "print", "export", "reveal", "paper"}

// search is the action of looking for a person.
const search = "search"

// sampled is how many searches somebody reads who reviews a week.
const sampled = 10

// spread takes some of a list, at even distances.
func spread(list []string) []string {
	out := make([]string, min(len(list), sampled))
	for i := range out {
		out[i] = list[i*len(list)/len(out)]
	}
	return out
}

// keyed are the actions about keys.
var keyed = []string{"rotate_key", "adopt_key", "retire_key", "shred", "shred_again"}

// Review counts the lines from a moment on until another, a part at a time.
// zone is where hours are read.
func Review(ctx context.Context, db *store.DB, from, until time.Time, zone *time.Location) (Week, error) {
	w := Week{From: from, Until: until, Outcomes: map[string]int{}}
	c := counts{night: map[int]int{}, refused: map[int]int{}, failed: map[int]int{}, reveals: map[int]int{}, opened: map[int]map[string]bool{}}
	var searches []string
	for last := 0; ; {
		rows, err := db.Read().AuditEntry.Query().Where(auditentry.IDGT(last), auditentry.AtGTE(from), auditentry.AtLT(until)).
			Order(ent.Asc(auditentry.FieldID)).Limit(chunk).All(ctx)
		if err != nil {
			return Week{}, fmt.Errorf("audit: reading the lines of a week: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		last = rows[len(rows)-1].ID
		for _, e := range rows {
			w.Lines++
			w.Outcomes[e.Outcome]++
			if slices.Contains(keyed, e.Action) {
				w.Keys = append(w.Keys, fmt.Sprintf("%s  %s %s by account %d: %s", e.At.UTC().Format(time.RFC3339), e.Action, e.Outcome, e.Actor, e.Reason))
			}
			if e.Action == search && e.Outcome == Done {
				searches = append(searches, fmt.Sprintf("%s  account %d: %s", e.At.In(zone).Format("2006-01-02 15:04"), e.Actor, e.Reason))
			}
			c.add(e, zone)
		}
	}
	w.Searches, w.Sample = len(searches), spread(searches)
	opened := map[int]int{}
	for account, refs := range c.opened {
		opened[account] = len(refs)
	}
	w.Night, w.Refused, w.Failed, w.Reveals = most(c.night, 1), most(c.refused, 5), most(c.failed, 5), most(c.reveals, 1)
	w.Wide = most(opened, max(10, 3*median(opened)+1))
	return w, nil
}

// counts are by account.
type counts struct {
	night, refused, failed, reveals map[int]int
	opened                          map[int]map[string]bool
}

func (c counts) add(e *ent.AuditEntry, zone *time.Location) {
	switch {
	case e.Action == "sign_in" && e.Outcome != Done:
		c.failed[e.Actor]++
		return
	case e.Outcome == Refused:
		c.refused[e.Actor]++
		return
	case e.Actor == 0 || e.Outcome != Done || !slices.Contains(opens, e.Action) || len(e.Refs) == 0:
		return
	}
	at := e.At.In(zone)
	if at.Hour() < 7 || at.Hour() >= 20 || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		c.night[e.Actor]++
	}
	if e.Action == "reveal" {
		c.reveals[e.Actor]++
	}
	if c.opened[e.Actor] == nil {
		c.opened[e.Actor] = map[string]bool{}
	}
	c.opened[e.Actor][e.Refs[0]] = true
}

// most are the accounts with at least that many, the most first.
func most(by map[int]int, least int) []Busy {
	var out []Busy
	for _, account := range slices.Sorted(maps.Keys(by)) {
		if by[account] >= least {
			out = append(out, Busy{account, by[account]})
		}
	}
	slices.SortStableFunc(out, func(a, b Busy) int { return b.Times - a.Times })
	return out
}

func median(by map[int]int) int {
	if len(by) == 0 {
		return 0
	}
	return slices.Sorted(maps.Values(by))[len(by)/2]
}
