package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// What ends a referral, or its determination, ends every open task that makes no
// sense any more, of whatever kind. What the law asks of the State for a child
// stays open though the referral is declined, closed or withdrawn; so does what a
// recipient has to stop, OTDA's call to it, and what somebody outside demands. After a decline a place for tonight is still needed, and
// so is what an appeal would need again; after a close, the letters that nobody has
// yet.
func TestEndingsEndTasks(t *testing.T) {
	law := []string{"disclosure_due", "hhs_request", "mandated_report", "minor_check", "minor_notice", "missing_report", "police_report", "stop_unread", "told_to_stop", "unsafe_try"}
	letter := []string{"letter_sign"} // that says what was done
	letters := []string{"letter_back", "letter_hand", "letter_out", "letter_sign"}
	reason := func(d *forms.Deed) { d.Reason = "Asked by the person." }
	for name, c := range map[string]struct {
		refer int
		until []demo.Step
		do    demo.Step
		later int // days
		stays []string
	}{
		"withdrawn at once":      {1, nil, do("detective", workflow.Withdraw, 0, reason), 0, append(slices.Clone(law), letter...)},
		"withdrawn when decided": {1, slices.Concat(demo.ToDecision, []demo.Step{demo.Confirm}), do("detective", workflow.Withdraw, 0, reason), 0, append(slices.Clone(law), letter...)},
		"declined":               {9, slices.Concat(demo.ToDecision, demo.Decline[:len(demo.Decline)-1]), demo.Decline[len(demo.Decline)-1], 0, append(slices.Clone(law), "shelter", "appeal", "release_ends", "written_consent", "letter_sign")},
		"declined and closed":    {9, slices.Concat(demo.ToDecision, demo.Decline), do("reviewer", workflow.Close, 0, nil), 61, append(slices.Clone(law), letters...)},
		"handed over and closed": {1, slices.Concat(demo.ToDecision, []demo.Step{demo.Confirm, do("program", workflow.Close, 1, func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "Helped." })}),
			do("program", workflow.Close, 0, nil), 0, append(slices.Clone(law), letters...)},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, monday, func(t *testing.T, s *demo.State) {
				ref := refer(t, s, c.refer).Reference
				take(t, s, ref, c.until...)
				kinds := referrals.TaskKinds()
				if len(kinds) < 12 {
					t.Fatalf("%d kinds", len(kinds))
				}
				change(t, s, func(tx *ent.Tx) error { return s.Door.AddTasks(t.Context(), tx, ref, kinds...) })
				s.Clock.Set(s.Clock.Now().AddDate(0, 0, c.later))
				take(t, s, ref, c.do)
				open, err := s.Door.OpenTasks(t.Context(), ref)
				if err != nil {
					t.Fatal(err)
				}
				if want := slices.Sorted(slices.Values(c.stays)); !slices.Equal(open, want) {
					t.Errorf("open are %q, want %q", open, want)
				}
			})
		})
	}
}

// Who goes on without an answer no longer waits for it, and neither does the
// referrer's list.
func TestGoingOnEndsTheQuestion(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 9).Reference
		take(t, s, ref, demo.ToDecision[0], do("reviewer", workflow.Ask, 0, func(d *forms.Deed) { d.Question, d.About = "Since when?", "G1" }), do("reviewer", workflow.Take, 0, nil))
		open, err := s.Door.OpenTasks(t.Context(), ref)
		if err != nil || slices.Contains(open, "answer") {
			t.Errorf("%q %v", open, err)
		}
	})
}
