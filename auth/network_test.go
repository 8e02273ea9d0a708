package auth

import "testing"

// Only a network is kept of where a request came from.
func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{"203.0.113.77": "203.0.113.0/24", "2001:db8:1:2::3": "2001:db8:1::/48",
		"::ffff:203.0.113.77": "203.0.113.0/24", "fe80::1%eth0": "fe80::/48", " 203.0.113.77": "203.0.113.0/24", "nonsense": "", "": ""} {
		if got := Network(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}
