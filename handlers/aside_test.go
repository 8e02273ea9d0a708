package handlers

import (
	"testing"

	"nysreferral/referrals"
	"nysreferral/workflow"
)

// To step back from a referral, and to keep somebody from it, is drawn beside the
// road, also where a reviewer can do nothing else: on one that is confirmed.
func TestSteppingBackIsNotLoudest(t *testing.T) {
	c := &call{who: workflow.Actor{Duty: workflow.Reviewer}}
	for _, do := range []workflow.Action{workflow.Recuse, workflow.Exclude, workflow.Readmit} {
		rec := referrals.Record{Reference: "7K4M-2QX9-C3TB-5", Status: workflow.Confirmed, Offers: []workflow.Offer{
			{StepOn: workflow.Step{Do: do, Say: "Step back"}}, {StepOn: workflow.Step{Do: workflow.Note, Say: "Note"}}}}
		ready := reviewSteps(c, rec, "made-up").Ready
		if len(ready) != 2 || ready[0].Quiet || ready[0].Label != "Note" || !ready[1].Quiet || ready[1].Primary {
			t.Errorf("%s: %+v", do, ready)
		}
		rec.Offers = rec.Offers[:1]
		if ready := reviewSteps(c, rec, "made-up").Ready; len(ready) != 1 || !ready[0].Quiet || ready[0].Primary {
			t.Errorf("%s alone: %+v", do, ready)
		}
	}
}
