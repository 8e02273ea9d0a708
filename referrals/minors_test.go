package referrals_test

import (
	"slices"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// sendMinor sends case 3 with other answers, by its social worker.
func sendMinor(t *testing.T, s *demo.State, change func(*forms.Referral)) string {
	t.Helper()
	s.Clock.Set(day("2026-12-18T21:20:00Z"))
	r, _, err := demo.Referral(3, "")
	if err != nil {
		t.Fatal(err)
	}
	change(r)
	receipt, err := s.Door.Send(t.Context(), s.As("social_worker"), r, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Reference
}

// A minor without a report to the register of child abuse: the referrer, and
// nobody else of another agency, has 48 hours to settle it with a note; DCJS and
// OTDA see that clock; the referral is no report; and told later that it was
// made, nothing is left to do.
func TestReportToTheRegister(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := sendMinor(t, s, func(r *forms.Referral) { r.SCR, r.SCROn = "no", "" })
		got := theTask(t, s, "social_worker", ref, workflow.TaskReport)
		if want := open(t, s, "reviewer", ref).ReceivedAt.Add(48 * time.Hour); !got.DueAt.Equal(want) || !got.ByHand {
			t.Errorf("due %s, want %s", got.DueAt, want)
		}
		for _, key := range []string{"detective", "attorney", "reviewer"} {
			if err := s.Door.Done(t.Context(), s.As(key), got.ID, "Made."); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s settles it: %v", key, err)
			}
		}
		for _, key := range []string{"reviewer", "program"} {
			if !slices.ContainsFunc(open(t, s, key, ref).Clocks, func(c referrals.Task) bool { return c.Kind == workflow.TaskReport }) {
				t.Errorf("%s does not see the clock", key)
			}
		}
		if err := s.Door.Done(t.Context(), s.As("social_worker"), got.ID, "Made by phone; call noted in our file."); err != nil {
			t.Fatal(err)
		}
		if events := open(t, s, "reviewer", ref).Timeline; events[len(events)-1].Words != "The referrer settled the report to the register of child abuse." {
			t.Errorf("%+v", events)
		}
		if list := kinds(t, s, "social_worker", refer(t, s, 3).Reference); slices.Contains(list, workflow.TaskReport) {
			t.Errorf("a report was made, and the referrer has %v", list)
		}
		later := sendMinor(t, s, func(r *forms.Referral) { r.SCR, r.SCROn = "no", "" })
		adds(t, s, "social_worker", later, func(r *forms.Referral) { r.SCR, r.SCROn = "yes", "2026-12-18" })
		if list := kinds(t, s, "social_worker", later); slices.Contains(list, workflow.TaskReport) {
			t.Errorf("told that it was made, and the referrer has %v", list)
		}
	})
}

// A child in the custody of another district is handed to the district that has
// custody; the notice goes to the district of the county where the child was
// found all the same, and on receipt.
func TestCustodyDecidesAndTheNoticeDoesNot(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := sendMinor(t, s, func(r *forms.Referral) { r.Custody, r.CustodyOf = "yes", "wyoming" })
		if letters, err := s.Door.Letters(t.Context(), s.As("ldss_erie")); err != nil || len(letters) != 1 || letters[0].SentAt.IsZero() {
			t.Errorf("the district where she was found: %+v, %v", letters, err)
		}
		if letters, err := s.Door.Letters(t.Context(), s.As("ldss_wyoming")); err != nil || len(letters) != 0 {
			t.Errorf("the district of custody has a notice: %+v, %v", letters, err)
		}
		h := confirmed(t, s, ref).Handover[0]
		if h.Rule != "R2" || h.Contact != "demo-ldss-wyoming-child" {
			t.Errorf("%+v", h)
		}
	})
}

// In New York City a child goes to the city's point for children, from whichever
// borough, with the notice and with the hand-over; never to the one for adults.
func TestChildInNewYorkCity(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for _, borough := range []forms.County{"kings", "bronx", "richmond"} {
			ref := sendMinor(t, s, func(r *forms.Referral) { r.CountyFound, r.CountyNow = borough, forms.StaysIn(borough) })
			if h := confirmed(t, s, ref).Handover[0]; h.Rule != "R1" || h.Contact != "demo-ldss-new-york-city-child" {
				t.Errorf("%s: %+v", borough, h)
			}
		}
		if letters, err := s.Door.Letters(t.Context(), s.As("ldss_nyc_child")); err != nil || len(letters) != 3 {
			t.Errorf("%d notices, %v", len(letters), err)
		}
		if letters, err := s.Door.Letters(t.Context(), s.As("ldss_nyc_adult")); err != nil || len(letters) != 0 {
			t.Errorf("the point for adults has %d notices, %v", len(letters), err)
		}
	})
}
