package auth

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The network that the log keeps of an address tells no desk: it holds the
// address, is never narrower than agreed, and is its own network.
func FuzzNetwork(f *testing.F) {
	for _, one := range []string{"203.0.113.77", "2001:db8:1:2::3", "::ffff:10.1.2.3", "fe80::1%eth0", "unknown, 1.2.3.4", ""} {
		f.Add(one)
	}
	f.Fuzz(func(t *testing.T, address string) {
		got := Network(address)
		ip, err := netip.ParseAddr(strings.TrimSpace(address))
		if got == "" {
			if err == nil {
				t.Errorf("%q has no network", address)
			}
			return
		}
		p, bad := netip.ParsePrefix(got)
		if err != nil || bad != nil || !p.Contains(ip.Unmap().WithZone("")) || p != p.Masked() || p.Addr().Is4() && p.Bits() > 24 || p.Addr().Is6() && p.Bits() > 48 {
			t.Errorf("%q is kept as %q", address, got)
		}
		if Network(p.Addr().String()) != got {
			t.Errorf("%q is of another network than itself", got)
		}
	})
}

// What a session is given comes back, and whatever lies in its row gives
// nothing but words and one account.
func FuzzSession(f *testing.F) {
	f.Add([]byte(`{"until":"2026-11-22T09:00:00Z","user":3,"words":{"a":"b"}}`), "key", "word", 7)
	f.Add([]byte(`{"user":"3"}`), "", "", 0)
	f.Add([]byte(nil), "user", "\xff", -1)
	f.Fuzz(func(t *testing.T, data []byte, key, word string, user int) {
		if _, values, err := (sessionCodec{}).Decode(data); err == nil {
			for k, v := range values {
				if _, number := v.(int); number != (k == userKey) && k != userKey {
					t.Errorf("%q holds a %T", k, v)
				}
			}
		}
		if key == userKey || key != strings.ToValidUTF8(key, "") || word != strings.ToValidUTF8(word, "") || user == 0 {
			return
		}
		in := map[string]any{userKey: user, key: word}
		text, err := (sessionCodec{}).Encode(time.Unix(9, 0).UTC(), in)
		if err != nil {
			t.Fatal(err)
		}
		if until, out, err := (sessionCodec{}).Decode(text); err != nil || !reflect.DeepEqual(in, out) || !until.Equal(time.Unix(9, 0)) {
			t.Errorf("%v comes back as %v: %v", in, out, err)
		}
	})
}
