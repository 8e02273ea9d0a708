package workflow

import "testing"

// Who reads as which letter. Who is not of the record, or has no letter, reads
// nothing.
func TestSees(t *testing.T) {
	ldss := Actor{ID: 9, Agency: 42, Duty: Recipient, Side: SideLDSS}
	for _, tt := range []struct {
		name string
		who  Actor
		own  bool
		want Reader
	}{
		{"nobody", Actor{}, true, ReadsNothing},
		{"another referrer", person(Referrer), false, ReadsNothing},
		{"another provider", person(Recipient), false, ReadsNothing},
		{"another district", ldss, false, ReadsNothing},
		{"coordinator of the agency", person(Coordinator), true, ReadsNothing},
		{"administrator", person(Administrator), true, ReadsNothing},
		{"referrer", person(Referrer), true, ReadsReferrer},
		{"reviewer", person(Reviewer), false, ReadsReviewer},
		{"director", person(Director), false, ReadsReviewer},
		{"program", person(Program), false, ReadsProgram},
		{"provider", person(Recipient), true, ReadsRHTP},
		{"district", ldss, true, ReadsLDSS},
		{"auditor", person(Auditor), false, ReadsAuditor},
	} {
		if got := Sees(tt.who, tt.own); got != tt.want {
			t.Errorf("%s reads as %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A draft is closed to everybody but its author and the agency's lead, most of
// all to the State.
func TestDraftsAreClosed(t *testing.T) {
	c := allMet()
	c.RecipientID = person(Program).Agency // even where OTDA would keep the hand-over
	for _, d := range Duties() {
		if d != Referrer && CanSee(person(d), Draft, c) {
			t.Errorf("%s sees a draft", d)
		}
	}
	lead := Actor{ID: 11, Agency: 10, Duty: Referrer, Side: SideProvider, Lead: true}
	colleague := Actor{ID: 12, Agency: 10, Duty: Referrer, Side: SideProvider}
	police := Actor{ID: 13, Agency: 70, Duty: Referrer, Side: SidePolice, Lead: true}
	for _, from := range Statuses() {
		if CanSee(colleague, from, c) || CanSee(police, from, c) {
			t.Errorf("a colleague or a police lead sees a provider's referral at %s", from)
		}
		if !CanSee(person(Referrer), from, c) || !CanSee(lead, from, c) {
			t.Errorf("the author or the lead does not see the own referral at %s", from)
		}
	}
}

// Coordinators and administrators see no referral at any time.
func TestTheyNeverSee(t *testing.T) {
	for _, d := range []Duty{Coordinator, Administrator} {
		for _, from := range append(Statuses(), Gone, "lost") {
			if CanSee(person(d), from, allMet()) {
				t.Errorf("%s sees a referral at %s", d, from)
			}
		}
	}
}

// A recipient sees the own hand-over only: nothing before it is sent, an
// outline before accepting, and nothing once it is given back, closed,
// withdrawn, or no longer permitted by the release.
func TestRecipientsSight(t *testing.T) {
	want := map[HandoverStatus]Extent{Sent: Outline, Accepted: Whole, Reached: Whole, NotReached: Whole, Enrolled: Whole, Served: Whole}
	for _, h := range append(HandoverStatuses(), Unproposed, "lost") {
		for _, from := range append(Statuses(), Gone) {
			c := allMet()
			c.Handover = h
			expired, other := c, c
			expired.ReleaseAllows = false
			other.RecipientID = 41
			if Look(person(Recipient), from, expired) != Nothing {
				t.Errorf("seen at %s, %s after the release ended", from, h)
			}
			if Look(person(Recipient), from, other) != Nothing {
				t.Errorf("another recipient's hand-over is seen at %s, %s", from, h)
			}
			w := Nothing
			if from == Confirmed {
				w = want[h]
			}
			if got := Look(person(Recipient), from, c); got != w {
				t.Errorf("at %s, %q a recipient sees %s, want %s", from, h, got, w)
			}
		}
	}
}

// A withdrawn referral is sealed: what is left to see is that it was withdrawn.
func TestWithdrawnIsSealed(t *testing.T) {
	for _, d := range Duties() {
		if got := Look(person(d), Withdrawn, allMet()); got == Whole || d == Recipient && got != Nothing {
			t.Errorf("%s sees %s of a withdrawn referral", d, got)
		}
	}
	for _, d := range []Duty{Reviewer, Director, Program, Auditor} {
		for _, from := range []Status{Submitted, InReview, Asked, Confirmed, Declined, Closed} {
			if got := Look(person(d), from, allMet()); got != Whole {
				t.Errorf("%s sees %s at %s", d, got, from)
			}
		}
	}
}

// Withdrawing ends every hand-over that is not ended, and only the end is left
// alone.
func TestWithdrawalEndsHandovers(t *testing.T) {
	for _, c := range Consequences {
		if c.After != Withdraw {
			continue
		}
		for _, h := range HandoverStatuses() {
			if among(h, c.From) != (h != HandoverClosed) {
				t.Errorf("a withdrawal treats %s wrongly", h)
			}
		}
		return
	}
	t.Fatal("a withdrawal does nothing to hand-overs")
}
