package workflow

import (
	"strings"
	"testing"
)

// Every outcome has a line in the schedule with a clock that the State may set
// and that says that its count awaits the State's word; what has not ended has
// none, and only what the State never saw ends without two persons.
func TestRetention(t *testing.T) {
	for _, o := range []Outcome{OutcomeDraft, OutcomeWithdrawn, OutcomeDeclined, OutcomeConfirmed} {
		r, ok := RetainedAs(o)
		c, known := ClockOf(r.Clock)
		if !ok || !known || !c.Set || c.Count < 1 || !strings.Contains(c.Law, "awaits the State's word") || r.Batch == (o == OutcomeDraft) || r.Name == "" {
			t.Errorf("%s: %+v, %+v", o, r, c)
		}
	}
	if _, ok := RetainedAs(Unended); ok {
		t.Error("what has not ended is disposed of")
	}
	for _, tt := range []struct {
		at, before Status
		want       Outcome
	}{
		{Draft, "", OutcomeDraft}, {Withdrawn, Confirmed, OutcomeWithdrawn}, {Withdrawn, "", OutcomeWithdrawn}, {Closed, Declined, OutcomeDeclined},
		{Closed, Confirmed, OutcomeConfirmed}, {Closed, "", Unended}, {Closed, Withdrawn, Unended}, {Confirmed, "", Unended}, {Declined, Confirmed, Unended},
		{Submitted, "", Unended}, {InReview, Declined, Unended}, {Asked, "", Unended}, {Gone, Declined, Unended}, {"lost", Confirmed, Unended},
	} {
		if got := OutcomeOf(tt.at, tt.before); got != tt.want {
			t.Errorf("%s, before %s: %q, want %q", tt.at, tt.before, got, tt.want)
		}
	}
}

// Clocks of years take years and not days, and all others what they took.
func TestMost(t *testing.T) {
	kept, _ := ClockOf(ClockConfirmedKept)
	draft, _ := ClockOf(ClockDraft)
	if kept.Takes(100) || !kept.Takes(99) || kept.Takes(0) || draft.Takes(367) || !draft.Takes(366) {
		t.Errorf("takes: %d, %d", kept.Most(), draft.Most())
	}
	if got := kept.Length(6) + ", " + kept.Length(1); got != "6 years, 1 year" {
		t.Error(got)
	}
}

// Nobody is a second person to an act of which nobody, or somebody unknown, is
// the first; and whoever had a hand in it is none.
func TestSecondPerson(t *testing.T) {
	who := person(Director)
	for _, firsts := range [][]int{nil, {0}, {who.ID}, {7, who.ID}, {7, 0}} {
		if SecondPerson.Met(who, Circumstances{Firsts: firsts}) {
			t.Errorf("a second person after %v", firsts)
		}
	}
	if !SecondPerson.Met(who, Circumstances{Firsts: []int{7}}) {
		t.Error("somebody else is no second person")
	}
}

// What FOIL asks is answered with an index, a court alone reaches what is
// masked, and a demand or decision of no list is none.
func TestDemands(t *testing.T) {
	for code, want := range map[string]Pickable{"foil": IndexOnly, "inspector": CodesDates, "subpoena": Unmasked, "court_order": Everything} {
		if d, ok := DemandOf(code); !ok || d.Fields != want || d.Law == "" || d.Name == "" || d.Fields.Says() == "" {
			t.Errorf("%s: %+v", code, d)
		}
	}
	if _, ok := DemandOf("letter"); ok || len(Demands) != 4 {
		t.Error("a demand of no list is one")
	}
	hidden := 0
	for _, one := range TellPersons {
		if got, ok := TellOf(one.Code); !ok || got.Says == "" {
			t.Errorf("%s: %+v", one.Code, got)
		}
		if one.Hidden {
			hidden++
		}
	}
	if _, ok := TellOf(""); ok || hidden != 1 {
		t.Errorf("no decision is one, or %d are hidden", hidden)
	}
}

// Each act that needs two persons says who asks and who agrees, and the tables
// of steps agree with it.
func TestNeedTwo(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range NeedTwo {
		if seen[n.Key] || n.What == "" || n.Law == "" || len(n.First) == 0 || len(n.Second) == 0 {
			t.Errorf("%+v", n)
		}
		seen[n.Key] = true
	}
	two := 0
	for _, s := range HoldSteps {
		if among(SecondPerson, s.Needs) {
			two++
			if s.Do != LiftHold {
				t.Errorf("%s", s.Do)
			}
		}
	}
	for _, s := range DisposalSteps {
		if among(SecondPerson, s.Needs) != (s.To == DisposalApproved) {
			t.Errorf("%s", s.Do)
		}
	}
	for _, s := range DisclosureSteps {
		if among(SecondPerson, s.Needs) != (s.To == DisclosureReleased) {
			t.Errorf("%s", s.Do)
		}
	}
	if two != 1 {
		t.Errorf("%d steps end a hold", two)
	}
}
