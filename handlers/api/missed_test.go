package api_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/demo"
	"nysreferral/ent/tally"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/tallies"
)

// A program that tries references gets the same bytes twenty times; then whatever
// its account asks for waits, with what is there and with what is not answered
// alike, and others go on.
func TestProgramThatGuessesWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db, func(s *demo.State) {
			var err error
			if s.Auth, err = auth.New(auth.Options{DB: db, Ring: s.Ring, Now: time.Now, Cost: 1, PasswordAlone: true}); err != nil {
				t.Fatal(err)
			}
		})
		ref := h.sent(1).Reference
		var first []byte
		for i := range auth.MissesEnd {
			asked := forms.NewReference(uint64(i + 1))
			if i < 2 {
				asked = []string{ref, "x"}[i]
			}
			got := h.want(404, "case_manager", "GET", "/referrals/"+asked, nil)
			if i == 0 {
				first = got.body
			}
			if !bytes.Equal(got.body, first) {
				t.Fatalf("miss %d: %s", i+1, got.body)
			}
		}
		there := h.want(429, "case_manager", "GET", "/referrals", nil)
		absent := h.want(429, "case_manager", "GET", "/referrals/"+nobody, nil)
		if !bytes.Equal(there.body, absent.body) || there.header.Get("Retry-After") == "" {
			t.Errorf("%s and %s", there.body, absent.body)
		}
		h.want(200, "detective", "GET", "/referrals/"+ref, nil)
	})
}

// A program that looks again and again after one thing that has ended for it gets the
// same bytes each time, and nobody is held for it; nothing that is kept of it shows
// what it asked for. What it sends counts each time: no address says what it tried.
func TestProgramThatLooksAgainGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := open(t, db, func(s *demo.State) {
			var err error
			if s.Auth, err = auth.New(auth.Options{DB: db, Ring: s.Ring, Now: time.Now, Cost: 1, PasswordAlone: true}); err != nil {
				t.Fatal(err)
			}
		})
		ref := h.sent(1).Reference
		first := h.want(404, "case_manager", "GET", "/referrals/"+ref, nil)
		for i := range 2*auth.MissesEnd - 1 {
			if got := h.want(404, "case_manager", "GET", "/referrals/"+ref, nil); !bytes.Equal(got.body, first.body) {
				t.Fatalf("miss %d: %s", i+2, got.body)
			}
		}
		h.want(200, "case_manager", "GET", "/referrals", nil)
		rows, err := db.Read().Tally.Query().Where(tally.Kind(string(tallies.Missed))).All(t.Context())
		if err != nil || len(rows) != 1 || strings.Contains(rows[0].What, ref) || len(rows[0].What) != 32 {
			t.Errorf("kept of it: %v, %v", rows, err)
		}
		for range auth.MissesEnd - 1 {
			h.want(404, "case_manager", "POST", "/referrals/"+ref+"/letters/1/acknowledge", nil)
		}
		h.want(429, "case_manager", "GET", "/referrals", nil)
	})
}

// A program, which nobody can ask for a proof, reads until three times the budget,
// and is told when to come again; what it read before it reads again.
func TestBudgetOfAProgram(t *testing.T) {
	h := open(t, storetest.SQLite(t), func(s *demo.State) { s.Door.Options.Reads = referrals.Reads{State: 1} })
	var refs []string
	for _, n := range []int{1, 3, 4, 9} {
		refs = append(refs, h.sent(n).Reference)
	}
	for _, ref := range refs[:3] {
		h.want(200, "reviewer", "GET", "/referrals/"+ref, nil)
	}
	got := h.want(429, "reviewer", "GET", "/referrals/"+refs[3], nil)
	if got.trouble(t); got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.want(200, "reviewer", "GET", "/referrals/"+refs[0], nil)
}
