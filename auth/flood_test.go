package auth

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Whoever tries tokens by the thousand does not fill the log: of one network the
// first refusals of a quarter of an hour are lines, the rest is counted. The
// answer stays the same, another network has its own count, and the token of an
// account that was once good is never lost among made-up ones.
func TestRefusedTokensAreCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		stolen, err := h.NewToken(ctx, who, who.ID, "records system", h.Now().Add(time.Hour), "")
		if err != nil {
			t.Fatal(err)
		}
		made := 0
		try := func(n int, source string) {
			t.Helper()
			for range n {
				made++
				text := tokenPrefix + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%032d", made))
				if _, err := h.Bearer(ctx, text, source); fault.KindOf(err) != fault.Unauthorized || err.Error() != saySignIn {
					t.Fatalf("%v", err)
				}
			}
		}
		log := func(want ...string) {
			t.Helper()
			var got []string
			for _, l := range h.log(t, "bearer") {
				got = append(got, strings.TrimPrefix(fmt.Sprint(l), "0 refused "))
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
				t.Errorf("the log says\n%q, want\n%q", got, want)
			}
		}
		try(250, "203.0.113.0/24")
		try(1, "198.51.100.0/24")
		first := make([]string, MostRefusals)
		for i := range first {
			first[i] = unknown
		}
		want := append(first, "unknown: 100 in 15 minutes", unknown)
		log(want...)
		h.pass(time.Hour)
		if _, err := h.Bearer(ctx, stolen, "203.0.113.0/24"); fault.KindOf(err) != fault.Unauthorized {
			t.Errorf("expired: %v", err)
		}
		want = append(want, "unknown: 250 in 15 minutes", fmt.Sprintf("%d refused expired", who.ID))
		log(want...)
		try(1, "203.0.113.0/24")
		log(append(want, unknown)...)
	})
}

// What is kept of refusals does not grow with the networks that they come from,
// and no refusal goes uncounted for it.
func TestRefusalsKeepLittle(t *testing.T) {
	f, at, lines := flood{}, time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC), 0
	for i := range 3 * mostNetworks {
		lines += len(f.refused(audit.Line{At: at, Source: fmt.Sprint(i), Reason: unknown}))
	}
	if len(f.from) > mostNetworks+1 {
		t.Errorf("%d networks are kept", len(f.from))
	}
	if lines > mostNetworks+MostRefusals+10 || f.from[origin{}].n != 2*mostNetworks {
		t.Errorf("%d lines, and %d counted as of many networks", lines, f.from[origin{}].n)
	}
	if got := f.refused(audit.Line{At: at.Add(Window), Source: "x", Reason: unknown}); len(f.from) != 1 || len(got) != 2 {
		t.Errorf("afterwards %d are kept, and the lines are %+v", len(f.from), got)
	}
}
