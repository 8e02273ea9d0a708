package e2e

import (
	"strings"
	"testing"
)

// Nobody is lost after the routing: the county's department takes a man on and
// does not reach him, and OTDA's board says so; it gives him back, OTDA chooses
// a provider with a reason, the provider asks the trooper to bring them
// together, and reaches him. Trying takes two taps, giving back too.
func TestCase13FromReturnToReached(t *testing.T) {
	k := situationOf(t, 5)
	EachDatabase(t, Settings{Now: k.Now, Args: []string{"--empty"}}, func(t *testing.T, prog *Program) {
		r := newRoad(t, prog)
		p := r.write("trooper", k.byName())
		r.send(p, "due by Tuesday, October 13, 2026")
		r.decided(elements{action: "G14", means: "G5", minor: "not_a_minor", minorBy: []string{"C6"}}, answers{"typeConfirmed": {"labor"}, "bases": {"severe_form_labor", "pl_135_35"}})
		r.handedOver("ldss_tompkins")
		for range 3 {
			r.tried("ldss_tompkins", "no_answer")
		}
		board := r.at("program")
		board.Open("/board")
		board.See("No contact")
		board.See("3 tries to reach the person, the last today")
		Axe(t, board)
		r.givenBack("ldss_tompkins", "conflict_of_interest")
		r.does("program", "handovers/1/reroute", answers{"contact": {"demo-rhtp-hudson-bridge"}, "reason": {"The provider knows the shelter."}})
		r.does("program", "handovers/3/send", answers{"heeded": {"another_county"}})
		r.does("rhtp_hudson", "handovers/3/accept", nil)
		r.does("rhtp_hudson", "handovers/3/warm", nil)
		r.broughtTogether("trooper", "handovers/3/bring", answers{"canBring": {"yes_i_bring_them_together"}, "note": {"He is at the barracks on Thursday at noon."}})
		p = r.open("rhtp_hudson")
		p.See("He is at the barracks on Thursday at noon.")
		r.does("rhtp_hudson", "handovers/3/reach", nil)
		r.reached("trooper")
		board.Open("/board")
		board.Gone("3 tries to reach the person")
	})
}

// tried logs a try as a recipient does on a phone: how, then what came of it.
func (r *road) tried(key, result string) {
	r.t.Helper()
	p := r.open(key)
	p.Click(`.try-hows input[value="phone"]`)
	p.Follow(Sel(`.try-results button[value="` + result + `"]`))
	if !p.Has(".flash") {
		r.t.Fatalf("the try was not logged:\n%s", p.Says())
	}
}

// givenBack gives the hand-over back in two taps, after which it is not there
// any more.
func (r *road) givenBack(key, why string) {
	r.t.Helper()
	p := r.open(key)
	p.Click(`.quick-act summary`)
	if got := p.Follow(Sel(`.quick-act button[value="` + why + `"]`)); got != 200 || p.Path() != "/inbox" {
		r.t.Fatalf("giving back answers %d and leads to %s", got, p.Path())
	}
	if got := p.Open(r.path()); got != 404 {
		r.t.Errorf("what was given back answers %d", got)
	}
}

// broughtTogether has the referrer find among the tasks what it is asked, and
// answer it. No recipient is named there to police.
func (r *road) broughtTogether(key, action string, a answers) {
	r.t.Helper()
	p := r.at(key)
	p.Open("/tasks")
	p.See("Can you bring them together")
	Axe(r.t, p)
	if strings.Contains(p.HTML(), "Hudson Bridge") {
		r.t.Error("the trooper reads the name of the recipient")
	}
	r.does(key, action, a)
}
