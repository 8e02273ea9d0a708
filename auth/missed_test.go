package auth

import (
	"fmt"
	"testing"
	"time"

	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/tallies"
	"nysreferral/workflow"
)

// Who asks again and again for what is absent or not theirs is told of at the fifth
// time in ten minutes; the twentieth, on whatever server, ends every session and
// is a line, and so does each one after it. Programs of the account wait. Others
// go on, and after ten minutes all is as before.
func TestMissesEndSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		h.person(t, "sam@example.org", workflow.Referrer, workflow.SidePolice)
		other, err := New(Options{DB: db, Ring: h.ring, Now: h.Now, Cost: testCost, PasswordAlone: true})
		if err != nil {
			t.Fatal(err)
		}
		servers := []*Service{h.Service, other}
		pages := site(t, h, true)
		robin, sam := &browser{t: t, site: pages}, &browser{t: t, site: pages}
		in := func(b *browser, email string) bool { return b.get("/in?email="+email) != "0" }
		if !in(robin, "robin@example.org") || !in(sam, "sam@example.org") {
			t.Fatal("they do not sign in")
		}
		for i := range MissesEnd - 1 {
			if err := servers[i%2].Missed(ctx, who, "", "192.0.2.0/24"); err != nil {
				t.Fatal(err)
			}
			n, err := tallies.Alarms(ctx, db, h.Now().Add(-tallies.Hour))
			if told := n[tallies.ManyMissed] == 1; err != nil || told != (i+1 >= MissesTold) {
				t.Fatalf("after %d: told %t, %v", i+1, told, err)
			}
		}
		if robin.get("/") == "0" || h.Guesses(ctx, who) != nil || len(h.log(t, endGuessing)) != 0 {
			t.Fatal("the nineteenth ends something")
		}
		if err := other.Missed(ctx, who, "", "192.0.2.0/24"); err != nil {
			t.Fatal(err)
		}
		if robin.get("/") != "0" || sam.get("/") == "0" {
			t.Error("the wrong session ended")
		}
		if err := h.Guesses(ctx, who); fault.KindOf(err) != fault.TooMany {
			t.Errorf("a program of the account goes on: %v", err)
		}
		if got := fmt.Sprint(h.log(t, endGuessing)); got != fmt.Sprintf("[%d done 20 misses in 10 minutes]", who.ID) {
			t.Errorf("the log says %s", got)
		}
		if !in(robin, "robin@example.org") {
			t.Fatal("nobody gets in again")
		}
		if err := h.Missed(ctx, who, "", "192.0.2.0/24"); err != nil || robin.get("/") != "0" {
			t.Errorf("one more does not end the next session: %v", err)
		}
		if err := h.Missed(ctx, who, "", "192.0.2.0/24"); err != nil || len(h.log(t, endGuessing)) != 2 {
			t.Errorf("a program that goes on fills the log: %v", h.log(t, endGuessing))
		}
		h.pass(MissWindow + time.Second)
		if err := h.Guesses(ctx, who); err != nil || !in(robin, "robin@example.org") {
			t.Errorf("ten minutes later: %v", err)
		}
		if err := h.Missed(ctx, who, "", "192.0.2.0/24"); err != nil || robin.get("/") == "0" {
			t.Errorf("a miss ten minutes later: %v", err)
		}
	})
}

// Several accounts of one network that each miss too seldom to be told of are told
// of together, by the network.
func TestMissesOfANetwork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h, ctx := open(t, db), t.Context()
		for i := range MissesOfNetwork {
			if err := h.Missed(ctx, workflow.Actor{ID: 1000 + i}, "/same?", "192.0.2.0/24"); err != nil {
				t.Fatal(err)
			}
			if err := h.Missed(ctx, workflow.Actor{ID: 2000 + i}, "/same?", ""); err != nil { // an address that is none
				t.Fatal(err)
			}
			n, err := tallies.Alarms(ctx, db, h.Now().Add(-tallies.Hour))
			if told := n[tallies.ManyMissed] == 1; err != nil || told != (i+1 >= MissesOfNetwork) {
				t.Fatalf("after %d: told %t, %v", i+1, told, err)
			}
		}
	})
}

// An account that locked counts for an hour; wrong passwords that lock nothing do
// not count, and one that somebody has to release is not told of for ever.
func TestLockedLately(t *testing.T) {
	for _, lasts := range []time.Duration{LockedFor, forever} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			h := open(t, db)
			h.lockedFor = lasts
			counts := func(want int) {
				t.Helper()
				if n, err := LockedLately(t.Context(), db, h.Now()); err != nil || n != want {
					t.Errorf("%d locked, want %d: %v", n, want, err)
				}
			}
			for _, name := range []string{"robin", "sam"} {
				h.person(t, name+"@example.org", workflow.Referrer, workflow.SidePolice)
			}
			for i := range MostFailures {
				_, _ = h.SignIn(t.Context(), "robin@example.org", "wrong wrong wrong wrong", "192.0.2.0/24")
				if i > 0 {
					_, _ = h.SignIn(t.Context(), "sam@example.org", "wrong wrong wrong wrong", "192.0.2.0/24")
				}
			}
			counts(1)
			h.pass(50 * time.Minute)
			counts(1)
			h.pass(30 * time.Minute)
			counts(0)
		})
	}
}
