package referrals_test

import (
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/store/storetest"
)

// A referral is sent in four journeys to PostgreSQL: its key with the beginning,
// the hour with the terms of clocks, its row, and all else with the end. Whatever
// is told to the server by itself is one more.
func TestSendTakesFewJourneys(t *testing.T) {
	db, journeys := storetest.Journeys(t)
	s := world(t, db, cases.Load(6).Now)
	var least int64
	for round := range 40 { // each connection learns the statements once
		r, body, err := demo.Referral(6, "")
		if err != nil {
			t.Fatal(err)
		}
		before := journeys.Load()
		if _, err := s.Door.Send(t.Context(), s.As(demo.Referrers[6]), r, string(rune('a'+round)), body); err != nil {
			t.Fatal(err)
		}
		if n := journeys.Load() - before; round == 0 || n < least {
			least = n
		}
	}
	if least != 4 {
		t.Errorf("it takes %d", least)
	}
}
