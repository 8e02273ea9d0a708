package referrals_test

import (
	"maps"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/reports"
	"nysreferral/viewer"
)

// wholeAndAgreed is what must hold when the walks are over.
func wholeAndAgreed(t *testing.T, s *demo.State) {
	t.Helper()
	wholeLog(t, s)
	boardAgrees(t, s, "2026-12")
}

// boardAgrees wants OTDA's board and the reports to count the same people: each person
// once, at the farthest stop to which a hand-over came by which somebody helps,
// whatever waits beside it. The stop is also that of the rows themselves. since is the
// month of the first referral.
func boardAgrees(t *testing.T, s *demo.State, since string) {
	t.Helper()
	ctx := t.Context()
	b, err := s.Door.Board(ctx, s.As("program"))
	if err != nil {
		t.Fatal(err)
	}
	facts, err := s.Door.Facts(ctx, since, s.Clock.Now().Format("2006-01"))
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
			if h.Status != "closed" {
				open++
			}
			if !helps(t, s, h) {
				continue
			}
			for stop, came := range map[reports.Stop]bool{reports.AtSent: h.SentAt != nil, reports.AtAccepted: h.AcceptedAt != nil, reports.AtReached: h.ReachedAt != nil} {
				if came {
					far = max(far, stop)
				}
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

// helps reports, by its rows alone, whether somebody helps the person by a hand-over,
// or did until all was done.
func helps(t *testing.T, s *demo.State, h *ent.Handover) bool {
	t.Helper()
	ctx := viewer.Job(t.Context(), "test")
	acts := s.DB.Read().Entry.Query().Where(entry.ReferralID(h.ReferralID), entry.Handover(h.N), entry.ActionIn("return", "transfer", "refuse", "revoke", "reroute", "close")).AllX(ctx)
	gone := false
	for _, e := range acts {
		if e.Action != "close" {
			gone = true
			continue
		}
		why, err := s.Door.ClosedFor(s.DB.Read().Referral.GetX(ctx, h.ReferralID), e)
		if err != nil {
			t.Fatal(err)
		}
		gone = gone || why != "services_completed"
	}
	return !gone && (h.Status != "closed" || h.ReachedAt != nil)
}
