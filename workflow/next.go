package workflow

// Road is what a step is taken on: a referral, a hand-over, a letter, a
// pair, a legal hold, a batch to be destroyed or a disclosure.
type Road interface {
	Status | HandoverStatus | LetterStatus | PairStatus | HoldStatus | DisposalStatus | DisclosureStatus
}

// StepOn is one permitted action: who may take a record from one status to
// another, and on what conditions. From and To are the same where the action
// only adds a fact.
type StepOn[S Road] struct {
	Do     Action
	From   S
	To     S
	Duties []Duty  // any of these
	Own    bool    // only on the actor's own record, see Owns
	Needs  []Guard // all of these
	Say    string  // the words on the button
	Law    string  // where the rule comes from
}

// Step is a step of a referral.
type Step = StepOn[Status]

// HandoverStep is a step of a hand-over.
type HandoverStep = StepOn[HandoverStatus]

// Refusal says why a step was not permitted. It implements error. Whether the
// record is then shown as absent or as forbidden is decided by the caller.
type Refusal struct {
	Say   string // a sentence that tells what to do next
	Guard Guard  // the guard that was not met; empty when no step fits at all
}

// Error returns the sentence.
func (r *Refusal) Error() string { return r.Say }

// OfferOn is a step that an actor may take, now or as soon as the missing
// guards are met.
type OfferOn[S Road] struct {
	StepOn[S]
	Missing []Guard // unmet guards, in the order of the step; each has a sentence, Guard.Say
}

// Ready says whether the button can be pressed now.
func (o OfferOn[S]) Ready() bool { return len(o.Missing) == 0 }

// Offer is a button on a referral.
type Offer = OfferOn[Status]

// HandoverOffer is a button on a hand-over.
type HandoverOffer = OfferOn[HandoverStatus]

// Next returns the step by which who may do do to a referral that stands at
// from. The error is a *Refusal: what is not listed in Steps is refused.
func Next(who Actor, do Action, from Status, c Circumstances) (Step, error) {
	return next(Steps, who, do, from, c)
}

// Open returns the steps that who may take on a referral that stands at from,
// each action once, with the guards that are not met yet. Guards that are met
// on the page of the act itself, such as a reason, do not count here.
func Open(who Actor, from Status, c Circumstances) []Offer {
	return open(Steps, who, from, c)
}

// NextHandover is Next for the hand-over that c describes, standing at from.
func NextHandover(who Actor, do Action, from HandoverStatus, c Circumstances) (HandoverStep, error) {
	return next(HandoverSteps, who, do, from, c)
}

// OpenHandover is Open for the hand-over that c describes, standing at from.
func OpenHandover(who Actor, from HandoverStatus, c Circumstances) []HandoverOffer {
	return open(HandoverSteps, who, from, c)
}

// next walks a table for one action. Where several lines fit the status, the
// first that lets the actor pass is taken; else the nearest miss is told.
func next[S Road](steps []StepOn[S], who Actor, do Action, from S, c Circumstances) (StepOn[S], error) {
	refusal := &Refusal{Say: "This cannot be done as things stand. Look at it again: it may have moved on."}
	near := 0 // how near the best miss was: 1 status, 2 duty, 3 own
	for _, s := range steps {
		if s.Do != do || s.From != from {
			continue
		}
		miss, how := s.misses(who, c)
		if miss == nil {
			return s, nil
		}
		if how > near {
			near, refusal = how, miss
		}
	}
	return StepOn[S]{}, refusal
}

// misses tells why the actor cannot take the step, and how near it was; nil
// when nothing stands in the way.
func (s StepOn[S]) misses(who Actor, c Circumstances) (*Refusal, int) {
	if !among(who.Duty, s.Duties) || !able(who) {
		return &Refusal{Say: "This is done by another duty than yours. Ask a colleague who has it."}, 1
	}
	if s.Own && !Owns(who, c) {
		return &Refusal{Say: "Only those to whom this belongs can do this."}, 2
	}
	for _, g := range s.Needs {
		if !g.Met(who, c) {
			return &Refusal{Say: g.Say(), Guard: g}, 3
		}
	}
	return nil, 0
}

// able says whether the actor is somebody whose duty fits the agency's side.
func able(who Actor) bool {
	return who.ID != 0 && who.Agency != 0 && Fits(who.Duty, who.Side)
}

// open walks a table for one status.
func open[S Road](steps []StepOn[S], who Actor, from S, c Circumstances) []OfferOn[S] {
	if !able(who) {
		return nil
	}
	var out []OfferOn[S]
	at := map[Action]int{}
	for _, s := range steps {
		if s.From != from || !among(who.Duty, s.Duties) || s.Own && !Owns(who, c) {
			continue
		}
		o := OfferOn[S]{StepOn: s, Missing: s.missing(who, c)}
		if hidden(o.Missing) {
			continue
		}
		if i, seen := at[s.Do]; seen {
			if !out[i].Ready() && o.Ready() {
				out[i] = o
			}
			continue
		}
		at[s.Do] = len(out)
		out = append(out, o)
	}
	return out
}

// hidden says whether one of the unmet guards keeps an act from being offered.
func hidden(missing []Guard) bool {
	for _, g := range missing {
		if g.Condition().Hides {
			return true
		}
	}
	return false
}

// missing lists the unmet guards that the page of the act cannot meet.
func (s StepOn[S]) missing(who Actor, c Circumstances) []Guard {
	var out []Guard
	for _, g := range s.Needs {
		if cond := g.Condition(); !cond.OnPage && !cond.Met(who, c) {
			out = append(out, g)
		}
	}
	return out
}
