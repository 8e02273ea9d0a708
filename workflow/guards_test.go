package workflow

import (
	"errors"
	"testing"
)

// breakers unmeet each guard, and nothing else, in circumstances where all
// guards are met. They are written by hand.
var breakers = map[Guard]func(who Actor, c *Circumstances){
	NotOfReferrer:     func(who Actor, c *Circumstances) { c.AgencyID = who.Agency },
	NotAssessor:       func(who Actor, c *Circumstances) { c.AssessedBy = append(c.AssessedBy, who.ID) },
	FreshReader:       func(who Actor, c *Circumstances) { c.RecommendedBy = who.ID },
	Holder:            func(_ Actor, c *Circumstances) { c.AssignedID = 999 },
	OTDAConsulted:     func(_ Actor, c *Circumstances) { c.ConsultedProgram = false },
	ReferrerConsulted: func(_ Actor, c *Circumstances) { c.ConsultedReferrer = false },
	ElementsFilled:    func(_ Actor, c *Circumstances) { c.HasElements = false },
	SecondReader:      func(who Actor, c *Circumstances) { c.SecondBy = who.ID },
	NotContested:      func(_ Actor, c *Circumstances) { c.DisagreedBy = 93 },
	ReasonGiven:       func(_ Actor, c *Circumstances) { c.HasReason = false },
	OTDAAsked:         func(_ Actor, c *Circumstances) { c.ConsultationOpen = false },
	AllHandedOver:     func(_ Actor, c *Circumstances) { c.OpenHandovers = 1 },
	AppealTimeOver:    func(_ Actor, c *Circumstances) { c.AppealOver = false },
	AppealTimeOpen:    func(_ Actor, c *Circumstances) { c.AppealOver = true },
	ReferralConfirmed: func(_ Actor, c *Circumstances) { c.Referral = Withdrawn },
	ContactVerified:   func(_ Actor, c *Circumstances) { c.Verified = false },
	SomebodyReceives:  func(_ Actor, c *Circumstances) { c.Received = false },
	ReleaseNamesIt:    func(_ Actor, c *Circumstances) { c.ReleaseAllows = false },
	NotExcluded:       func(_ Actor, c *Circumstances) { c.Excluded = true },
	FitsAge:           func(_ Actor, c *Circumstances) { c.WrongAge = true },
	LineForPeople:     func(_ Actor, c *Circumstances) { c.ForPeople = false },
	WarningsHeeded:    func(_ Actor, c *Circumstances) { c.Heeded = false },
	AttemptLogged:     func(_ Actor, c *Circumstances) { c.Attempts = 0 },
	NotRecused:        func(who Actor, c *Circumstances) { c.Recused = append(c.Recused, who.ID) },
	FreshDecider:      func(who Actor, c *Circumstances) { c.DeclinedWith = append(c.DeclinedWith, who.ID) },
	NobodyHolds:       func(_ Actor, c *Circumstances) { c.AssignedID = 91 },
	SomebodyOut:       func(_ Actor, c *Circumstances) { c.Recused = nil },
	HandedOverOnce:    func(_ Actor, c *Circumstances) { c.NotElsewhere, c.HasReason = false, false },
	NotAskedYet:       func(_ Actor, c *Circumstances) { c.BringAsked = true },
	NobodyWaits:       func(_ Actor, c *Circumstances) { c.Waits = true },
	SecondPerson:      func(who Actor, c *Circumstances) { c.Firsts = append(c.Firsts, who.ID) },
}

// Every step with a need refuses while that need alone is unmet, says which
// one, and passes once it is met.
func TestEveryNeedRefuses(t *testing.T) {
	used := map[Guard]bool{}
	needs(t, Steps, used, func(who Actor, s Step, c Circumstances) error {
		_, err := Next(who, s.Do, s.From, c)
		return err
	})
	needs(t, HandoverSteps, used, func(who Actor, s HandoverStep, c Circumstances) error {
		_, err := NextHandover(who, s.Do, s.From, c)
		return err
	})
	needs(t, HoldSteps, used, func(who Actor, s HoldStep, c Circumstances) error {
		_, err := NextHold(who, s.Do, s.From, c)
		return err
	})
	needs(t, DisposalSteps, used, func(who Actor, s DisposalStep, c Circumstances) error {
		_, err := NextDisposal(who, s.Do, s.From, c)
		return err
	})
	needs(t, DisclosureSteps, used, func(who Actor, s DisclosureStep, c Circumstances) error {
		_, err := NextDisclosure(who, s.Do, s.From, c)
		return err
	})
	for _, s := range LetterSteps { // TestLetterNeedsRefuse breaks them one by one
		for _, g := range s.Needs {
			used[g] = true
		}
	}
	for _, g := range Guards {
		if !used[g.Key] {
			t.Errorf("guard %s stands in no step", g.Key)
		}
		if g.Say == "" || g.Law == "" {
			t.Errorf("guard %s has no sentence or no source", g.Key)
		}
	}
}

// needs breaks each need of each step for each duty of it.
func needs[S Road](t *testing.T, steps []StepOn[S], used map[Guard]bool, next func(Actor, StepOn[S], Circumstances) error) {
	t.Helper()
	for _, s := range steps {
		for _, g := range s.Needs {
			used[g] = true
			brk, known := breakers[g]
			if !known {
				t.Fatalf("%s needs %s, which has no test", s.Do, g)
			}
			for _, d := range s.Duties {
				if g == Holder && d == Director {
					continue // a director hands back for anybody
				}
				who := person(d)
				c := allMet()
				c.AppealOver = s.Do == Close
				if among(NobodyHolds, s.Needs) {
					c.AssignedID = 0
				}
				if s.Own && d == Program {
					c.RecipientID = who.Agency
				}
				broken := c
				broken.AssessedBy = []int{90}
				brk(who, &broken)
				var r *Refusal
				if err := next(who, s, broken); !errors.As(err, &r) || r.Guard != g || r.Say != g.Say() {
					t.Errorf("%s, %s at %q without %s: %v", d, s.Do, s.From, g, err)
				}
				if err := next(who, s, c); err != nil {
					t.Errorf("%s, %s at %q with all met: %v", d, s.Do, s.From, err)
				}
			}
		}
	}
}

// Who assessed a referral cannot decide it, nor read it second; the second
// reader is not the one who decides, and is lost by assessing afterwards.
func TestFourEyes(t *testing.T) {
	director := person(Director)
	for _, tt := range []struct {
		name string
		do   Action
		turn func(c *Circumstances)
		want Guard
	}{
		{"assessed and confirms", Confirm, func(c *Circumstances) { c.AssessedBy = []int{90, director.ID} }, NotAssessor},
		{"assessed and declines", Decline, func(c *Circumstances) { c.AssessedBy = []int{director.ID} }, NotAssessor},
		{"assessed and reads second", Second, func(c *Circumstances) { c.AssessedBy = []int{director.ID} }, FreshReader},
		{"recommended and reads second", Second, func(c *Circumstances) { c.RecommendedBy = director.ID }, FreshReader},
		{"is the second reader and declines", Decline, func(c *Circumstances) { c.SecondBy = director.ID }, SecondReader},
		{"declines, and nobody read second", Decline, func(c *Circumstances) { c.SecondBy = 0 }, SecondReader},
		{"declines, and the second reader then assessed", Decline, func(c *Circumstances) { c.AssessedBy = []int{90, 92} }, SecondReader},
		{"declines, and the second reader disagreed", Decline, func(c *Circumstances) { c.SecondBy, c.DisagreedBy = 0, 92 }, SecondReader},
		{"agrees where a second reader disagreed", Second, func(c *Circumstances) { c.DisagreedBy = 92 }, NotContested},
		{"recommended and disagrees with the own word", Disagree, func(c *Circumstances) { c.RecommendedBy = director.ID }, FreshReader},
		{"assessed and disagrees with the own grid", Disagree, func(c *Circumstances) { c.AssessedBy = []int{director.ID} }, FreshReader},
		{"disagrees without a word", Disagree, func(c *Circumstances) { c.HasReason = false }, ReasonGiven},
		{"declined before, and decides the appeal", Confirm, func(c *Circumstances) { c.DeclinedBy = []int{94, director.ID} }, FreshDecider},
		{"declined before, and declines the appeal", Decline, func(c *Circumstances) { c.DeclinedBy = []int{director.ID} }, FreshDecider},
		{"read second before, and decides the appeal", Confirm, func(c *Circumstances) { c.DeclinedWith = []int{director.ID} }, FreshDecider},
		{"declined before, and reads the appeal second", Second, func(c *Circumstances) { c.DeclinedBy = []int{director.ID} }, FreshReader},
		{"stepped back and confirms", Confirm, func(c *Circumstances) { c.Recused = []int{director.ID} }, NotRecused},
		{"was excluded and declines", Decline, func(c *Circumstances) { c.Recused = []int{93, director.ID} }, NotRecused},
		{"readmits where nobody is out", Readmit, func(c *Circumstances) { c.Recused = nil }, SomebodyOut},
		{"is of the referring agency", Confirm, func(c *Circumstances) { c.AgencyID = director.Agency }, NotOfReferrer},
		{"a full grid that nobody signed", Confirm, func(c *Circumstances) { c.AssessedBy = nil }, ElementsFilled},
		{"a confirmed referral that never had a hand-over is not closed", Close, func(c *Circumstances) { c.Handovers = 0 }, AllHandedOver},
	} {
		who, from := director, InReview
		if tt.do == Close {
			who, from = person(Program), Confirmed
		}
		c := allMet()
		tt.turn(&c)
		_, err := Next(who, tt.do, from, c)
		var r *Refusal
		if !errors.As(err, &r) || r.Guard != tt.want {
			t.Errorf("%s: %v, want refusal by %s", tt.name, err, tt.want)
		}
	}
}

// A guard that nobody declared lets nobody pass.
func TestUnknownGuardRefuses(t *testing.T) {
	if g := Guard("sunday"); g.Met(person(Director), allMet()) || g.Say() == "" {
		t.Fatal("an unknown guard let somebody pass, or says nothing")
	}
}

// The tables hold no line twice, no unknown word, no guard without a meaning,
// and no line without words and a source.
func TestTablesAreSound(t *testing.T) {
	sound(t, Steps, Actions(), append(Statuses(), Gone))
	sound(t, HandoverSteps, HandoverActions(), append(HandoverStatuses(), Unproposed))
	sound(t, PairSteps, PairActions(), PairStatuses())
	sound(t, HoldSteps, HoldActions(), append(HoldStatuses(), Unheld))
	sound(t, DisposalSteps, DisposalActions(), append(DisposalStatuses(), Unbatched))
	sound(t, DisclosureSteps, DisclosureActions(), append(DisclosureStatuses(), Undisclosed))
	for _, c := range Consequences {
		if !among(c.After, Actions()) || len(c.From) == 0 || among(c.To, c.From) || c.Say == "" || c.Law == "" {
			t.Errorf("a consequence of %s is not whole: %+v", c.After, c)
		}
	}
}

// sound checks one table.
func sound[S Road](t *testing.T, steps []StepOn[S], acts []Action, stands []S) {
	t.Helper()
	type key struct {
		do   Action
		from S
		duty Duty
		own  bool
	}
	seen := map[key]bool{}
	done := map[Action]bool{}
	for _, s := range steps {
		done[s.Do] = true
		if !among(s.Do, acts) || !among(s.From, stands) || !among(s.To, stands) || s.Say == "" || s.Law == "" || len(s.Duties) == 0 {
			t.Errorf("a line is not whole: %+v", s)
		}
		for _, d := range s.Duties {
			if k := (key{s.Do, s.From, d, s.Own}); seen[k] {
				t.Errorf("listed twice: %+v", k)
			} else {
				seen[k] = true
			}
			if !among(d, Duties()) {
				t.Errorf("%s: unknown duty %s", s.Do, d)
			}
		}
		for _, g := range s.Needs {
			if g.Condition().Law == "" {
				t.Errorf("%s needs %s, which is not in Guards", s.Do, g)
			}
		}
	}
	for _, a := range acts {
		if !done[a] {
			t.Errorf("%s is an action that no line permits", a)
		}
	}
}

// No road ends but where it should, and every status can be come to: nobody is
// lost in a status without a way on.
func TestNoDeadEnds(t *testing.T) {
	ends(t, Steps, Draft, Statuses(), []Status{Withdrawn})
	ends(t, HandoverSteps, Unproposed, HandoverStatuses(), []HandoverStatus{HandoverClosed})
}

// ends walks a table from start.
func ends[S Road](t *testing.T, steps []StepOn[S], start S, all, last []S) {
	t.Helper()
	come := map[S]bool{start: true}
	for range all {
		for _, s := range steps {
			if come[s.From] {
				come[s.To] = true
			}
		}
	}
	for _, at := range all {
		if !come[at] {
			t.Errorf("nothing leads to %q", at)
		}
		on := false
		for _, s := range steps {
			on = on || s.From == at && s.To != at
		}
		if on == among(at, last) {
			t.Errorf("%q leads on: %v", at, on)
		}
	}
}
