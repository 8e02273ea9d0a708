package auth

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"nysreferral/fault"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// Who tries one password at many accounts at two servers in turn is paused at
// both after as many tries as at one, and one line of the log and one notice tell
// of it. A server that hears nobody any more counts its own.
func TestSprayOverServers(t *testing.T) {
	h := open(t, storetest.Postgres(t))
	h.person(t, "admin@example.org", workflow.Administrator, workflow.SideAdministration)
	other, err := New(Options{DB: h.db, Ring: h.ring, Now: h.Now, Cost: testCost, PasswordAlone: true})
	if err != nil {
		t.Fatal(err)
	}
	servers := []*Service{h.Service, other}
	ctx, stop := context.WithCancel(t.Context())
	var hearing sync.WaitGroup
	for _, s := range servers {
		hearing.Go(func() { s.Together(ctx, slog.New(slog.DiscardHandler)) })
	}
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	until("they do not hear each other", func() bool { return h.sprays.common.Load() && other.sprays.common.Load() })
	for i := range MostOfNetwork {
		if _, err := servers[i%2].SignIn(t.Context(), fmt.Sprintf("made.up%d@example.org", i), "one password for all", "192.0.2.0/24"); fault.KindOf(err) != fault.Unauthorized {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	for i, s := range servers {
		until(fmt.Sprintf("server %d does not pause the network", i), func() bool { return fault.KindOf(s.unpaused("192.0.2.0/24")) == fault.TooMany })
		if err := s.unpaused("198.51.100.0/24"); err != nil {
			t.Errorf("server %d pauses another network: %v", i, err)
		}
	}
	if err := h.db.Tell(t.Context(), sprays, `{"by":"nobody","source":"198.51.100.0/24","mark":"AAAAAAAAAAA="}`); err != nil {
		t.Fatal(err)
	}
	until("nobody writes a line", func() bool { return len(h.log(t, "password_spray")) > 0 })
	stop()
	hearing.Wait()
	if got := fmt.Sprint(h.log(t, "password_spray")); got != "[0 refused network]" {
		t.Errorf("the log says %s", got)
	}
	for i := range MostOfNetwork {
		_, _ = other.SignIn(t.Context(), fmt.Sprintf("made.up%d@example.org", i), "one password for all", "203.0.113.0/24")
	}
	if fault.KindOf(other.unpaused("203.0.113.0/24")) != fault.TooMany || h.unpaused("203.0.113.0/24") != nil {
		t.Error("a server that hears nobody does not count its own")
	}
}

// A server that still takes itself for one that is heard counts what it refuses at
// once, and what is told names no network and opens for who has the keys alone.
func TestSprayIsCountedBeforeAnybodyIsTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db)
		h.sprays.common.Store(true)
		for i := range MostOfNetwork {
			if err := h.sprayed(t.Context(), fmt.Sprintf("made.up%d@example.org", i), "203.0.113.0/24"); err != nil {
				t.Fatal(err)
			}
		}
		if fault.KindOf(h.unpaused("203.0.113.0/24")) != fault.TooMany {
			t.Error("nothing was counted")
		}
		if _, ok := h.heard(`{"by":"x","source":"203.0.113.0/24","mark":"AAAAAAAAAAA="}`); ok {
			t.Error("what nobody sealed is counted")
		}
	})
}
