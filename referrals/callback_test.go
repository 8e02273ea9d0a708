package referrals_test

import (
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/contactpoint"
	"nysreferral/forms"
	"nysreferral/referrals"
)

// The notice about a minor names OTDA's number as the directory had it, verified
// and in use, when the notice went out; a number that nobody verified, or that
// has ended, stands in none, and what is changed later changes no notice that
// went out.
func TestNoticeNamesAVerifiedNumber(t *testing.T) {
	each(t, day("2026-12-18T21:20:00Z"), func(t *testing.T, s *demo.State) {
		set := func(fill func(up *ent.ContactPointUpdate)) {
			change(t, s, func(tx *ent.Tx) error {
				up := tx.ContactPoint.Update().Where(contactpoint.Kind("otda"))
				fill(up)
				return up.Exec(t.Context())
			})
		}
		drawn := func(ref string) *referrals.NearBy {
			t.Helper()
			p, ok, err := s.Door.LetterToDraw(t.Context(), referrals.DrawLetter{Ref: ref, N: 1})
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			return p.Letter.Help.Call
		}
		first := refer(t, s, 3).Reference
		if call := drawn(first); call == nil || call.Phone != "518-555-0171" || call.Verified == "" {
			t.Fatalf("the notice names %+v", call)
		}
		set(func(up *ent.ContactPointUpdate) { up.SetPhone("518-555-0199") })
		if call := drawn(first); call == nil || call.Phone != "518-555-0171" {
			t.Errorf("a notice that went out names %+v now", call)
		}
		for what, fill := range map[string]func(up *ent.ContactPointUpdate){
			"nobody verified it": func(up *ent.ContactPointUpdate) { up.SetVerifiedOn("") },
			"it has ended":       func(up *ent.ContactPointUpdate) { up.SetVerifiedOn("2026-01-05").SetValidTo("2026-12-01") },
			"it has no number":   func(up *ent.ContactPointUpdate) { up.SetValidTo("").SetPhone("") },
		} {
			set(func(up *ent.ContactPointUpdate) {
				up.SetVerifiedOn("2026-01-05").SetValidTo("").SetPhone("518-555-0199")
			})
			set(fill)
			if call := drawn(sendMinor(t, s, func(*forms.Referral) {})); call != nil {
				t.Errorf("%s, and the notice names %+v", what, call)
			}
		}
	})
}
