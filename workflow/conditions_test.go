package workflow

import "testing"

// Which guards keep an act from being offered at all, and which the page of the act
// asks, is written by hand.
func TestWhatGuardsHide(t *testing.T) {
	key := func(c Condition) string { return string(c.Key) }
	if got := keysOf(Guards, key, func(c Condition) bool { return c.Hides }); got != "not_recused nobody_holds somebody_out letter_signer letter_sender handed_by_referrer handed_by_office" {
		t.Errorf("hidden by %s", got)
	}
	if got := keysOf(Guards, key, func(c Condition) bool { return c.OnPage }); got != "reason_given warnings_heeded handed_over_once safe_way" {
		t.Errorf("asked on the page: %s", got)
	}
}

// Each guard at its edge: the fact that just does not do, and the one that just
// does.
func TestGuardsAtTheirEdge(t *testing.T) {
	mail := Reaching{Reach: "directly", Living: "own_home", Address: true}
	hand := Reaching{Reach: "only_through_the_referrer"}
	for _, tt := range []struct {
		guard Guard
		who   Duty
		c     Circumstances
		met   bool
	}{
		{AllHandedOver, Program, Circumstances{}, false},
		{AllHandedOver, Program, Circumstances{Handovers: 2, OpenHandovers: 1}, false},
		{AllHandedOver, Program, Circumstances{Handovers: 1}, true},
		{ContactVerified, Program, Circumstances{Verified: true}, false},
		{ContactVerified, Program, Circumstances{RecipientID: 1}, false},
		{ContactVerified, Program, Circumstances{RecipientID: 1, Verified: true}, true},
		{AttemptLogged, Recipient, Circumstances{}, false},
		{AttemptLogged, Recipient, Circumstances{Attempts: 1}, true},
		{HandedOverOnce, Program, Circumstances{}, false},
		{HandedOverOnce, Program, Circumstances{HasReason: true}, true},
		{HandedOverOnce, Program, Circumstances{NotElsewhere: true}, true},
		{NotOfReferrer, Director, Circumstances{}, false},
		{NotOfReferrer, Director, Circumstances{AgencyID: 1}, true},
		{ElementsFilled, Director, Circumstances{HasElements: true}, false},
		{ElementsFilled, Director, Circumstances{AssessedBy: []int{1}}, false},
		{ElementsFilled, Director, Circumstances{HasElements: true, AssessedBy: []int{1}}, true},
		{SecondReader, Director, Circumstances{}, false},
		{SecondReader, Director, Circumstances{SecondBy: 1}, true},
		{SomebodyOut, Director, Circumstances{}, false},
		{SomebodyOut, Director, Circumstances{Recused: []int{1}}, true},
		{NobodyHolds, Director, Circumstances{AssignedID: 1}, false},
		{NobodyHolds, Director, Circumstances{}, true},
		{LetterSender, Reviewer, Circumstances{Letter: LetterConfirmation, Reaching: hand}, false},
		{LetterSender, Director, Circumstances{Letter: LetterConfirmation, Reaching: hand}, false},
		{LetterSender, Program, Circumstances{Letter: LetterNotConfirmed, Reaching: hand}, false},
		{LetterSender, Program, Circumstances{Letter: LetterNotConfirmed, Reaching: mail}, true},
		{LetterSender, Program, Circumstances{Letter: LetterConfirmation, Reaching: hand}, true},
		{HandedByReferrer, Referrer, Circumstances{Way: ByMail}, false},
		{HandedByReferrer, Referrer, Circumstances{Way: ByReferrer}, true},
		{HandedByOffice, Director, Circumstances{Letter: LetterConfirmation, Way: ByAttorney}, false},
		{HandedByOffice, Program, Circumstances{Letter: LetterConfirmation, Way: ByReferrer}, false},
		{HandedByOffice, Program, Circumstances{Letter: LetterAgency, Way: OnPage}, false},
		{HandedByOffice, Director, Circumstances{Letter: LetterNotConfirmed, Way: ByMail}, false},
		{HandedByOffice, Program, Circumstances{Letter: LetterConfirmation, Way: ByAttorney}, true},
		{HandedByOffice, Program, Circumstances{Letter: LetterConfirmation, Way: ByAdvocate}, true},
		{HandedByOffice, Program, Circumstances{Letter: LetterNotConfirmed, Way: ByMail}, true},
	} {
		if got := tt.guard.Met(person(tt.who), tt.c); got != tt.met {
			t.Errorf("%s, %s with %+v: %v", tt.guard, tt.who, tt.c, got)
		}
	}
}
