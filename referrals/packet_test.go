package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// A packet that was drawn of earlier answers is never given out again: where the
// safe number is another one now, the recipient's packet says the new one, and is
// kept as a version of its own; a late job cannot bring the old one back.
func TestPacketIsOfTheNewestAnswers(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		draw := func(text string) referrals.Paper {
			t.Helper()
			p, ok, err := s.Door.PacketToDraw(t.Context(), referrals.DrawPacket{Ref: ref, N: 1})
			if err != nil || !ok {
				t.Fatalf("nothing to be drawn: %v", err)
			}
			if _, err := s.Door.KeepPaper(t.Context(), p, []byte(text)); err != nil {
				t.Fatal(err)
			}
			return p
		}
		given := func() referrals.Paper {
			t.Helper()
			p, err := s.Door.Paper(t.Context(), s.As("rhtp_harbor"), ref, referrals.PaperPacket, 1)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		first := draw("the old number")
		if got := given(); string(got.Stored) != "the old number" {
			t.Fatalf("kept, and not given out: %q", got.Stored)
		}
		before := queuedFor(t, s, "draw_packet")
		s.Clock.Set(s.Clock.Now().Add(3600e9))
		if _, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{}, func(r *forms.Referral) { r.Reach, r.SafePhone.Phone = "directly", "518-555-0177" }); err != nil {
			t.Fatal(err)
		}
		got := given()
		if got.Stored != nil || got.View.Item("safePhone.phone") == nil || got.View.Item("safePhone.phone").Value != "518-555-0177" {
			t.Errorf("the recipient gets %q, and reads %+v", got.Stored, got.View.Item("safePhone.phone"))
		}
		if !got.At.After(first.At) || got.Version != 2 {
			t.Errorf("it speaks of %s, version %d", got.At, got.Version)
		}
		if after := queuedFor(t, s, "draw_packet"); after != before+1 {
			t.Errorf("%d jobs to draw it, before %d", after, before)
		}
		draw("the new number")
		if _, err := s.Door.KeepPaper(t.Context(), first, []byte("the old number, late")); err != nil {
			t.Fatal(err)
		}
		if got := given(); string(got.Stored) != "the new number" {
			t.Errorf("given out: %q", got.Stored)
		}
		if _, ok, err := s.Door.PacketToDraw(t.Context(), referrals.DrawPacket{Ref: ref, N: 1}); ok || err != nil {
			t.Errorf("drawn again: %v", err)
		}
	})
}

// queuedFor counts the jobs of a kind.
func queuedFor(t *testing.T, s *demo.State, kind string) int {
	t.Helper()
	rows, err := s.DB.Read().QueryContext(t.Context(), "SELECT kind FROM river_job")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return len(slices.DeleteFunc(all, func(one string) bool { return one != kind }))
}
