package handlers

import (
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// askedStill says, while a question is open, why nothing is assessed, advised
// or decided, and what brings those acts back; "" when none is open.
func askedStill(duty workflow.Duty, rec referrals.Record) string {
	if rec.Status != workflow.Asked || duty != workflow.Reviewer && duty != workflow.Director {
		return ""
	}
	return "The referrer was asked something and has not answered yet. To assess, recommend and decide comes back with the answer, or when you choose “Go on without the answer”. The time for the decision goes on."
}
