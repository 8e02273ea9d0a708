package workflow

import "testing"

// Nobody but the reviewers, directors and program staff of the State looks for
// a person; an account whose duty does not fit its office does not either.
func TestMaySearch(t *testing.T) {
	for _, side := range Sides() {
		for _, duty := range Duties() {
			who := Actor{ID: 1, Agency: 2, Duty: duty, Side: side}
			may := side == SideDCJS && (duty == Reviewer || duty == Director) || side == SideOTDA && duty == Program
			if MaySearch(who) != may {
				t.Errorf("%s at %s may search: %v", duty, side, !may)
			}
		}
	}
	if MaySearch(Actor{}) || MaySearch(Actor{Duty: Reviewer, Side: SideDCJS, Agency: 2}) || MaySearch(Actor{ID: 1, Duty: Reviewer, Side: SideDCJS}) {
		t.Error("nobody searches")
	}
}

// A reason is one of the list, and each has words of its own.
func TestSearchReasons(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range SearchReasons {
		if !SearchReasonKnown(r.Reason) || r.Say == "" || seen[r.Say] {
			t.Errorf("%+v", r)
		}
		seen[r.Say] = true
	}
	if SearchReasonKnown("") || SearchReasonKnown("curiosity") {
		t.Error("what is no reason counts as one")
	}
}
