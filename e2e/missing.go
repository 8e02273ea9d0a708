package e2e

import (
	"os"
	"testing"
)

// Missing reports a tool that is not on this machine. Under CI the test fails,
// so that nothing is left out unseen; elsewhere it is skipped, loudly.
func Missing(t testing.TB, what, bring string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("MISSING: %s. Under CI nothing may be left out; %s brings it.", what, bring)
	}
	t.Skipf("SKIPPED: %s is not on this machine; %s brings it.", what, bring)
}
