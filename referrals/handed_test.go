package referrals

import (
	"slices"
	"testing"

	"nysreferral/workflow"
)

// Wherever a recipient has a person, the person counts as handed over: nobody is
// handed over twice because services have begun.
func TestWhoHasAPersonCounts(t *testing.T) {
	for _, at := range []workflow.HandoverStatus{workflow.Proposed, workflow.Returned, workflow.HandoverClosed} {
		if slices.Contains(handedOver, string(at)) {
			t.Errorf("%s counts as handed over", at)
		}
	}
	for _, s := range workflow.HandoverSights {
		if !slices.Contains(handedOver, string(s.At)) {
			t.Errorf("%s does not count as handed over", s.At)
		}
	}
}
