package referrals_test

import (
	"maps"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/reports"
	"nysreferral/viewer"
)

// wholeAndAgreed is what must hold when the walks are over.
func wholeAndAgreed(t *testing.T, s *demo.State) {
	t.Helper()
	wholeLog(t, s)
	boardAgrees(t, s)
}

// boardAgrees wants OTDA's board and the reports to count the same people: each person
// once, at the farthest stop to which any hand-over came, whatever waits beside
// it. The stop is also that of the rows themselves.
func boardAgrees(t *testing.T, s *demo.State) {
	t.Helper()
	ctx := t.Context()
	b, err := s.Door.Board(ctx, s.As("program"))
	if err != nil {
		t.Fatal(err)
	}
	facts, err := s.Door.Facts(ctx, "2026-12", s.Clock.Now().Format("2006-01"))
	if err != nil {
		t.Fatal(err)
	}
	counted, shown, seen := map[reports.Stop]int{}, map[reports.Stop]int{}, map[string]bool{}
	for _, f := range facts {
		if at, _, waits, ok := reports.Standing(f); ok && waits {
			counted[at]++
		}
	}
	for _, p := range b.People {
		if shown[p.Stop]++; seen[p.Reference] {
			t.Errorf("%s stands on the board twice", p.Reference)
		}
		seen[p.Reference] = true
		far, open := reports.AtConfirmed, 0
		for _, h := range s.DB.Read().Handover.Query().Where(handover.HasReferralWith(referral.Ref(p.Reference))).AllX(viewer.Job(ctx, "test")) {
			for stop, came := range map[reports.Stop]bool{reports.AtSent: h.SentAt != nil, reports.AtAccepted: h.AcceptedAt != nil, reports.AtReached: h.ReachedAt != nil} {
				if came {
					far = max(far, stop)
				}
			}
			if h.Status != "closed" {
				open++
			}
		}
		if p.Stop != far && !(p.Stop == reports.AtServed && far == reports.AtReached) {
			t.Errorf("%s stands at stop %d, by its rows %d", p.Reference, p.Stop, far)
		}
		if len(p.Handovers) != open {
			t.Errorf("%s has %d hand-overs under it, of %d that are open", p.Reference, len(p.Handovers), open)
		}
	}
	if !maps.Equal(counted, shown) {
		t.Errorf("the reports count %v, the board shows %v", counted, shown)
	}
}
