package workflow

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// A road is a table of steps beside those of referrals, with who may do what on it
// written by hand, where nothing else stands in the way.
type road struct {
	name string
	may  map[Duty]map[string]string // what, by where it stands
	all  []Action
	at   []string
	next func(who Actor, do Action, from string, c Circumstances) error
	open func(who Actor, from string, c Circumstances) []Action
	sees func(who Actor) bool
	read []Duty // who sees it
}

// ways are the functions of one road over plain words.
func ways[S Road](next func(Actor, Action, S, Circumstances) (StepOn[S], error), open func(Actor, S, Circumstances) []OfferOn[S]) (
	func(Actor, Action, string, Circumstances) error, func(Actor, string, Circumstances) []Action) {
	return func(who Actor, do Action, from string, c Circumstances) error {
			s, err := next(who, do, S(from), c)
			return taken(s, do, S(from), err)
		},
		func(who Actor, from string, c Circumstances) []Action {
			var out []Action
			for _, o := range open(who, S(from), c) {
				if o.Ready() {
					out = append(out, o.Do)
				}
			}
			return out
		}
}

// taken wants a step that is permitted to be the one that was asked for.
func taken[S Road](s StepOn[S], do Action, from S, err error) error {
	if err == nil && (s.Do != do || s.From != from) {
		return errors.New("another step")
	}
	return err
}

// roads are holds, batches to be destroyed, disclosures and pairs.
func roads() []road {
	holding := map[string]string{"": "place", "held": "ask_release", "release_asked": "keep release"}
	batching := map[string]string{"": "propose", "proposed": "approve refuse"}
	preparing := map[string]string{"": "prepare", "prepared": "pick propose cancel", "proposed": "send_back cancel"}
	deciding := map[string]string{"found": "link dismiss", "linked": "undo", "dismissed": "undo"}
	out := []road{
		{name: "hold", may: map[Duty]map[string]string{Director: holding, Program: holding}, all: HoldActions(), at: words(HoldStatuses()), sees: SeesHolds, read: []Duty{Reviewer, Director, Program}},
		{name: "batch", may: map[Duty]map[string]string{Director: batching, Program: batching}, all: DisposalActions(), at: words(DisposalStatuses()), sees: SeesDisposals, read: []Duty{Director, Program, Auditor}},
		{name: "disclosure", may: map[Duty]map[string]string{Reviewer: preparing, Director: {"": "prepare", "prepared": "pick propose cancel", "proposed": "send_back approve cancel"}},
			all: DisclosureActions(), at: words(DisclosureStatuses()), sees: SeesDisclosures, read: []Duty{Reviewer, Director}},
		{name: "pair", may: map[Duty]map[string]string{Reviewer: deciding, Director: deciding, Program: deciding}, all: PairActions(), at: words(PairStatuses()), sees: SeesPairs, read: []Duty{Reviewer, Director, Program}},
	}
	out[0].next, out[0].open = ways(NextHold, OpenHold)
	out[1].next, out[1].open = ways(NextDisposal, OpenDisposal)
	out[2].next, out[2].open = ways(NextDisclosure, OpenDisclosures)
	out[3].next, out[3].open = ways(NextPair, OpenPair)
	return out
}

// What is not listed is refused, is not offered and not seen, on every road beside
// the referral's own: every duty, status and action, and an account at a side that
// does not fit its duty.
func TestRoadsRefuseWhatIsNotListed(t *testing.T) {
	for _, r := range roads() {
		for _, d := range append(Duties(), "", "owner") {
			for _, from := range append(r.at, "", "lost") {
				want := strings.Fields(r.may[d][from])
				for _, do := range append(r.all, Confirm, "", "delete") {
					err := r.next(person(d), do, from, allMet())
					if (err == nil) != slices.Contains(want, string(do)) {
						t.Errorf("%s: %s, %s at %q: %v", r.name, d, do, from, err)
					}
					checkRefusal(t, err)
				}
				got := words(r.open(person(d), from, allMet()))
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s: %s at %q is offered %v, want %v", r.name, d, from, got, want)
				}
			}
			misplaced := person(d)
			misplaced.Side = SidePolice
			if r.sees(person(d)) != slices.Contains(r.read, d) || d != Referrer && r.sees(misplaced) || r.sees(Actor{Duty: d}) {
				t.Errorf("%s is seen by %s: %v, at the police %v", r.name, d, r.sees(person(d)), r.sees(misplaced))
			}
		}
	}
}

// A hold keeps a referral until two persons ended it; a disclosure is worked on
// until it was given or canceled.
func TestHoldsAndDisclosuresStand(t *testing.T) {
	for _, s := range append(HoldStatuses(), Unheld) {
		if s.Holds() != (s == Held || s == LiftAsked) {
			t.Errorf("%q holds: %v", s, s.Holds())
		}
	}
	for _, s := range append(DisclosureStatuses(), Undisclosed) {
		if s.Open() != (s == DisclosurePrepared || s == DisclosureProposed) {
			t.Errorf("%q is worked on: %v", s, s.Open())
		}
	}
}

// Two accounts of the State destroy a referral on which nobody works any more, for
// a reason of the list; one alone never does, nor anybody else.
func TestDestroy(t *testing.T) {
	director, program := person(Director), person(Program)
	misplaced, unknown := person(Director), person(Program)
	misplaced.Side, unknown.ID = SidePolice, 0
	for _, tt := range []struct {
		name          string
		first, second Actor
		from          Status
		code          string
		say           string // how the refusal begins; "" where it is destroyed
	}{
		{"a reviewer", person(Reviewer), director, Closed, "court", "Two accounts"},
		{"with an administrator", director, person(Administrator), Closed, "court", "Two accounts"},
		{"an account at the police", misplaced, program, Closed, "court", "Two accounts"},
		{"somebody without an account", director, unknown, Closed, "court", "Two accounts"},
		{"nobody second", director, Actor{}, Closed, "court", "Two accounts"},
		{"alone", director, director, Closed, "court", "One person"},
		{"confirmed, and not closed", director, program, Confirmed, "court", "Only a referral"},
		{"a draft", director, program, Draft, "court", "Only a referral"},
		{"none", director, program, Gone, "court", "Only a referral"},
		{"for no reason", director, program, Closed, "", "A referral is destroyed"},
		{"for another reason", director, program, Closed, "space", "A referral is destroyed"},
		{"closed", director, program, Closed, "retention", ""},
		{"withdrawn", program, director, Withdrawn, "withdrawn", ""},
		{"as a court ordered", program, director, Closed, "court", ""},
	} {
		got, err := Destroy(tt.first, tt.second, tt.from, tt.code)
		var refused *Refusal
		switch {
		case tt.say == "" && (err != nil || got.Code != tt.code || got.Says == "" || got.Law == ""):
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		case tt.say != "" && (!errors.As(err, &refused) || !strings.HasPrefix(refused.Say, tt.say) || got != DestroyReason{}):
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
}

// Who looked at a referral is told to whom the table says, in the way that it says,
// and in no other.
func TestToldLooks(t *testing.T) {
	told := map[string][]Duty{LooksRead: {Referrer, Reviewer, Director, Program}, LooksCarry: {Reviewer, Director}}
	for _, d := range Duties() {
		for _, way := range []string{LooksRead, LooksCarry, "", "shout"} {
			if got := ToldLooks(person(d), way); got != slices.Contains(told[way], d) {
				t.Errorf("%s, %q: %v", d, way, got)
			}
		}
	}
	if ToldLooks(Actor{ID: 1, Agency: 2, Duty: Director, Side: SidePolice}, LooksRead) {
		t.Error("a director at the police is told")
	}
}

// A recipient is told to stop where somebody else ended what it saw, and not where
// it ended that itself, never saw it, or sees it still.
func TestStops(t *testing.T) {
	seen := []HandoverStatus{Sent, Accepted, Reached, NotReached, Enrolled, Served}
	for _, d := range Duties() {
		for _, from := range append(HandoverStatuses(), Unproposed) {
			for _, to := range append(HandoverStatuses(), Unproposed) {
				want := d != Recipient && slices.Contains(seen, from) && !slices.Contains(seen, to)
				if got := Stops(d, from, to); got != want {
					t.Errorf("%s, from %q to %q: %v", d, from, to, got)
				}
			}
			if HandedOver(from) != slices.Contains(seen, from) {
				t.Errorf("at %q it is with its recipient: %v", from, HandedOver(from))
			}
		}
	}
}

// An act on a hand-over does not exist for a duty that no line of the table names.
func TestEverDoes(t *testing.T) {
	can := map[Duty]string{}
	for d, by := range handoverMatrix {
		for _, acts := range by {
			can[d] += " " + acts
		}
	}
	for _, d := range []Duty{Referrer, Coordinator, Reviewer, Director, Recipient, Administrator, Auditor} {
		for _, do := range append(HandoverActions(), Confirm, "") {
			if got := EverDoes(d, do); got != slices.Contains(strings.Fields(can[d]), string(do)) {
				t.Errorf("%s ever does %q: %v", d, do, got)
			}
		}
	}
}
