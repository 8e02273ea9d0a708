package workflow

import (
	"strings"
	"testing"
)

// pairMatrix is written by hand: who may decide what of a pair.
var pairMatrix = map[PairStatus]string{PairFound: "link dismiss", PairLinked: "undo", PairDismissed: "undo"}

// Whether two referrals are about one person is decided at the State, with a
// reason, and by nobody else: every duty, status and action.
func TestNextPairRefusesWhatIsNotListed(t *testing.T) {
	for _, d := range append(Duties(), "", "owner") {
		who := person(d)
		atState := d == Reviewer || d == Director || d == Program
		if SeesPairs(who) != atState {
			t.Errorf("%s sees pairs: %v", d, SeesPairs(who))
		}
		for _, from := range append(PairStatuses(), Unpaired, "lost") {
			for _, do := range append(PairActions(), Confirm, Send, "", "delete") {
				want := atState && among(string(do), strings.Fields(pairMatrix[from]))
				_, err := NextPair(who, do, from, allMet())
				if got := err == nil; got != want {
					t.Errorf("%s, %s at %q: permitted %v, want %v", d, do, from, got, want)
				}
				checkRefusal(t, err)
				if _, err := NextPair(who, do, from, Circumstances{}); err == nil {
					t.Errorf("%s decides %s without a reason", d, do)
				}
			}
			if len(OpenPair(who, from, Circumstances{})) > 0 && !atState {
				t.Errorf("%s is offered to decide", d)
			}
		}
	}
}

// A referrer who sits at the State's own agency is a referrer all the same, and
// a recipient or an administrator never learns that there are pairs.
func TestPairsAreTheStatesAlone(t *testing.T) {
	for _, who := range []Actor{
		{ID: 1, Agency: 20, Duty: Referrer, Side: SideDCJS, Lead: true},
		{ID: 1, Agency: 30, Duty: Referrer, Side: SideOTDA},
		{ID: 1, Agency: 20, Duty: Reviewer, Side: SidePolice},
		{ID: 1, Agency: 30, Duty: Program, Side: SideRHTP},
		{Agency: 20, Duty: Reviewer, Side: SideDCJS},
	} {
		if SeesPairs(who) {
			t.Errorf("%+v sees pairs", who)
		}
	}
}
