package referrals_test

import (
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// Who acts on an old page is told that it moved on. Outside the State nobody
// learns by that who acted, or when: the moment alone would tell a recipient
// that another one accepted. The State learns both.
func TestMovedOnTellsNothingOutsideTheState(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		for _, tt := range []struct {
			who  string
			n    int
			do   workflow.Action
			says bool
		}{
			{"detective", 0, workflow.Add, false}, {"detective", 0, workflow.Withdraw, false},
			{"rhtp_harbor", 1, workflow.Attempt, false}, {"program", 1, workflow.Close, true}, {"reviewer", 0, workflow.Note, true},
		} {
			deed := &forms.Deed{}
			deed.Note, deed.Reason = "A word.", "A reason."
			_, err := s.Door.Act(t.Context(), s.As(tt.who), referrals.Seen{Ref: ref, N: tt.n, Rev: 0}, tt.do, deed)
			if fault.KindOf(err) != fault.Conflict {
				t.Fatalf("%s %s: %v", tt.who, tt.do, err)
			}
			told := strings.Contains(err.Error(), s.As("rhtp_harbor").Name) || strings.ContainsAny(err.Error(), "0123456789")
			if told != tt.says || !tt.says && err.Error() != "This referral moved on since you opened it. Look at it again, then decide; nothing of yours was saved." {
				t.Errorf("%s %s: %v", tt.who, tt.do, err)
			}
		}
	})
}

// When a referral was last changed is no business of a recipient, and of a
// referrer only of the own draft and the own withdrawal: the moment of a step
// would tell that somebody else took it.
func TestChangedAtTellsNothingOutsideTheState(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		for who, told := range map[string]bool{"detective": false, "rhtp_harbor": false, "reviewer": true, "program": true} {
			if got := open(t, s, who, ref).UpdatedAt; got.IsZero() == told {
				t.Errorf("%s reads %v", who, got)
			}
			page, err := s.Door.List(t.Context(), s.As(who), referrals.Filter{})
			if err != nil || len(page.Lines) != 1 || page.Lines[0].UpdatedAt.IsZero() == told {
				t.Errorf("%s lists %+v %v", who, page.Lines, err)
			}
		}
		take(t, s, ref, do("detective", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked by the person." }))
		if open(t, s, "detective", ref).UpdatedAt.IsZero() {
			t.Error("the own withdrawal has no day")
		}
		draft, err := s.Door.Begin(t.Context(), s.As("detective"))
		if err != nil || open(t, s, "detective", draft.Ref).UpdatedAt.IsZero() {
			t.Errorf("the own draft has no moment: %v", err)
		}
	})
}
