package auth

import (
	"fmt"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Somebody who tries one password at many accounts, never often enough at one to
// lock it, is paused by network, told why, and the administrators hear of it;
// other networks sign in all the while, and passwords are looked at again after a
// quarter of an hour.
func TestSpray(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
		h.person(t, "admin@example.org", workflow.Administrator, workflow.SideAdministration)
		for i := range MostOfNetwork {
			_, err := h.SignIn(t.Context(), fmt.Sprintf("made.up%d@example.org", i), "one password for all", "192.0.2.0/24")
			if fault.KindOf(err) != fault.Unauthorized {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		if _, err := h.SignIn(t.Context(), "robin@example.org", passphrase, "192.0.2.0/24"); fault.KindOf(err) != fault.TooMany {
			t.Errorf("the network of the spray signs in: %v", err)
		}
		if e, err := h.SignIn(t.Context(), "robin@example.org", passphrase, "198.51.100.0/24"); err != nil || e.Who.ID != who.ID {
			t.Errorf("another network does not sign in: %v", err)
		}
		if got := fmt.Sprint(h.log(t, "password_spray")); got != "[0 refused network]" {
			t.Errorf("the log says %s", got)
		}
		h.pass(Window)
		if _, err := h.SignIn(t.Context(), "robin@example.org", passphrase, "192.0.2.0/24"); err != nil {
			t.Errorf("a quarter of an hour later: %v", err)
		}
	})
}

// A spray from many networks, each below its limit, pauses nobody, as that would
// shut all out, and is told of once. One address again and again is no spray.
func TestSprayFromEverywhere(t *testing.T) {
	var s spray
	h := open(t, storetest.SQLite(t))
	at, told := time.Now(), 0
	for i := range 3 * MostOfAll {
		if s.refused(fmt.Sprintf("10.0.%d.0/24", i%100), h.addressMark(fmt.Sprint(i)), at) == "all" {
			told++
		}
	}
	if told != 1 || s.paused("10.0.1.0/24", at) {
		t.Errorf("told %d times, paused %t", told, s.paused("10.0.1.0/24", at))
	}
	var one spray
	for range 10 * MostOfAll {
		if got := one.refused("10.0.0.0/24", h.addressMark("robin@example.org"), at); got != "" {
			t.Fatalf("one address: %s", got)
		}
	}
}

// The hundredth wrong password since the last sign-in, however slowly they come,
// locks the path until somebody releases it; where the settings say so the fifth
// does.
func TestLockUntilReleased(t *testing.T) {
	for name, wrongs := range map[string]int{"slowly": MostInAll, "released": MostFailures} {
		t.Run(name, func(t *testing.T) {
			h := open(t, storetest.SQLite(t))
			if name == "released" {
				h.lockedFor = forever
			}
			who := h.person(t, "robin@example.org", workflow.Referrer, workflow.SidePolice)
			sign := func(password string) error {
				_, err := h.SignIn(t.Context(), "robin@example.org", password, "")
				return err
			}
			for range wrongs {
				if name == "slowly" {
					h.pass(time.Hour)
				}
				if err := sign("wrong wrong wrong wrong"); fault.KindOf(err) != fault.Unauthorized {
					t.Fatal(err)
				}
			}
			h.pass(30 * 24 * time.Hour)
			if err := sign(passphrase); fault.KindOf(err) != fault.Unauthorized {
				t.Errorf("it opens by itself: %v", err)
			}
			h.change(t, func(tx *ent.Tx) error { return h.Unlock(t.Context(), tx, who.ID) })
			if err := sign(passphrase); err != nil {
				t.Errorf("released: %v", err)
			}
			if err := sign("wrong wrong wrong wrong"); err == nil {
				t.Error("a wrong password signs in")
			}
			if err := sign(passphrase); err != nil {
				t.Errorf("one wrong one after that locks: %v", err)
			}
		})
	}
}
