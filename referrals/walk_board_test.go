package referrals_test

import (
	"maps"

	"nysreferral/ent/handover"
	"nysreferral/ent/referral"
	"nysreferral/reports"
	"nysreferral/viewer"
)

// board wants OTDA's board and the reports to count the same people: each person
// once, at the farthest stop to which any hand-over came, whatever waits beside
// it. The stop is also that of the rows themselves.
func (w *walk) board() {
	w.t.Helper()
	ctx := w.t.Context()
	b, err := w.s.Door.Board(ctx, w.s.As("program"))
	if err != nil {
		w.t.Fatal(err)
	}
	facts, err := w.s.Door.Facts(ctx, "2026-12", w.s.Clock.Now().Format("2006-01"))
	if err != nil {
		w.t.Fatal(err)
	}
	counted, shown, seen := map[reports.Stop]int{}, map[reports.Stop]int{}, map[string]bool{}
	for _, f := range facts {
		if at, _, waits, ok := reports.Standing(f); ok && waits {
			counted[at]++
		}
	}
	for _, p := range b.People {
		if shown[p.Stop]++; seen[p.Reference] {
			w.t.Errorf("%s stands on the board twice", p.Reference)
		}
		seen[p.Reference] = true
		far, open := reports.AtConfirmed, 0
		for _, h := range w.s.DB.Read().Handover.Query().Where(handover.HasReferralWith(referral.Ref(p.Reference))).AllX(viewer.Job(ctx, "test")) {
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
			w.t.Errorf("%s stands at stop %d, by its rows %d", p.Reference, p.Stop, far)
		}
		if len(p.Handovers) != open {
			w.t.Errorf("%s has %d hand-overs under it, of %d that are open", p.Reference, len(p.Handovers), open)
		}
	}
	if !maps.Equal(counted, shown) {
		w.t.Errorf("the reports count %v, the board shows %v", counted, shown)
	}
}
