package workflow

import (
	"slices"
	"testing"
)

// Who stepped back from a referral, or was excluded from it, sees nothing of it
// at any status, is offered nothing and may do nothing, whatever the duty;
// colleagues go on.
func TestRecusedSeeNothing(t *testing.T) {
	for _, d := range []Duty{Reviewer, Director, Program} {
		who, c := person(d), allMet()
		for _, from := range Statuses() {
			out := c
			out.Recused = append(slices.Clone(c.Recused), who.ID)
			if CanSee(who, from, out) {
				t.Errorf("%s sees a referral at %s after stepping back", d, from)
			}
			if d == Program {
				continue
			}
			if got := Open(who, from, out); len(got) > 0 {
				t.Errorf("%s is offered %v at %s after stepping back", d, got, from)
			}
			if got := CanSee(who, from, c); got != (from != Draft) {
				t.Errorf("%s sees a referral at %s from which a colleague stepped back: %v", d, from, got)
			}
		}
	}
}

// A referral is taken on from review only when nobody holds it, and is not
// offered while somebody does.
func TestTakeOn(t *testing.T) {
	held, unheld := allMet(), free()
	for _, d := range []Duty{Reviewer, Director} {
		if _, err := Next(person(d), Take, InReview, held); err == nil {
			t.Errorf("%s takes what a colleague holds", d)
		}
		offered := func(c Circumstances) bool {
			return slices.ContainsFunc(Open(person(d), InReview, c), func(o Offer) bool { return o.Do == Take })
		}
		if offered(held) || !offered(unheld) {
			t.Errorf("%s is offered to take what is held (%v), or not what is free", d, offered(held))
		}
	}
}

// Who records a consultation with whom: OTDA writes its own view and nobody
// writes it for OTDA; that it was tried and failed, DCJS may write of both.
func TestConsultations(t *testing.T) {
	for _, tt := range []struct {
		duty Duty
		with Party
		want string // first outcome; "" when it cannot be recorded
		most int
	}{
		{Referrer, WithReferrer, "", 0},
		{Recipient, WithOTDA, "", 0},
		{Program, WithReferrer, "", 0},
		{Reviewer, "court", "", 0},
		{Reviewer, WithOTDA, Failed, 1},
		{Director, WithOTDA, Failed, 1},
		{Reviewer, WithReferrer, "spoken_with", 5},
		{Director, WithNobody, "spoken_with", 5},
		{Program, WithNobody, "agrees", 3},
	} {
		got, ok := Consultation(tt.duty, tt.with)
		if ok != (tt.want != "") || ok && (got.Outcomes[0] != tt.want || len(got.Outcomes) != tt.most) {
			t.Errorf("%s with %q: %+v %v", tt.duty, tt.with, got, ok)
		}
	}
	for _, c := range Consultings {
		for _, d := range c.Duties {
			if _, err := Next(person(d), Consult, InReview, allMet()); err != nil {
				t.Errorf("%s is in the table of consultations and may not consult: %v", d, err)
			}
		}
	}
}
