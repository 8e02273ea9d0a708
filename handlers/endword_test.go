package handlers

import (
	"testing"
	"time"

	"nysreferral/referrals"
	"nysreferral/workflow"
)

// A clock of a hand-over that ended before it was accepted ended with it: the page
// does not say that it was done.
func TestClocksEndWithTheHandover(t *testing.T) {
	at := time.Date(2026, 12, 30, 17, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		h    referrals.Handover
		kind string
		want string
	}{
		{referrals.Handover{ClosedAt: at}, workflow.TaskAcceptance, "Ended"},
		{referrals.Handover{ClosedAt: at, SentAt: at}, workflow.TaskRoute, "Done"},
		{referrals.Handover{ClosedAt: at, AcceptedAt: at}, workflow.TaskAcceptance, "Done"},
		{referrals.Handover{ClosedAt: at, AcceptedAt: at}, workflow.TaskContact, "Ended"},
		{referrals.Handover{}, workflow.TaskAcceptance, "Done"},
		{referrals.Handover{ClosedAt: at}, workflow.TaskOwn, "Done"},
	} {
		if got := endWord(tt.h, referrals.Task{Kind: tt.kind, DoneAt: at}); got != tt.want {
			t.Errorf("%s of %+v: %s, want %s", tt.kind, tt.h, got, tt.want)
		}
	}
}

// OTDA's view names whom it was told to, and a try of DCJS whom it was tried with:
// neither name stands as the author's.
func TestViewOfOTDASaysWhomItWasToldTo(t *testing.T) {
	for outcome, want := range map[string]string{"agrees": "told to Robin Hill, DCJS", workflow.Failed: "tried: Robin Hill, DCJS"} {
		one := talk{said: map[string]string{"with": "Robin Hill, DCJS"}, codes: map[string]string{"outcome": outcome}}
		if got := one.heard(); got != want {
			t.Errorf("%s: %q", outcome, got)
		}
	}
	if got := (talk{}).heard(); got != "" {
		t.Errorf("nobody is named, and it says %q", got)
	}
}
