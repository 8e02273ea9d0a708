package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// A confirmation stands: whoever checks the letter is told the same whether the
// referral is open, closed or withdrawn since, so that somebody who found the
// letter never learns that anything happened. What was not confirmed is not
// known, and neither is a code that is wrong by one sign.
func TestLetterIsGenuineWhateverCameAfter(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		type found struct {
			issued string
			ok     bool
		}
		check := func(ref, code string) found {
			t.Helper()
			issued, ok, err := s.Door.CheckLetter(t.Context(), ref, code)
			if err != nil {
				t.Fatal(err)
			}
			return found{issued.Format("2006-01-02"), ok}
		}
		none := found{"0001-01-01", false}
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		letters(t, s, ref, "program", workflow.Sign, 0, titled)
		paper, err := s.Door.Paper(t.Context(), s.As("program"), ref, string(workflow.LetterConfirmation), 0)
		if err != nil {
			t.Fatal(err)
		}
		issued := check(ref, paper.Code)
		if !issued.ok || check(ref, paper.Code+"0") != none {
			t.Fatalf("%+v", issued)
		}
		s.Clock.Set(s.Clock.Now().AddDate(0, 0, 2))
		take(t, s, ref, do("detective", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked by the person." }))
		if got := check(ref, paper.Code); got != issued {
			t.Errorf("withdrawn since: %+v, want %+v", got, issued)
		}

		early := refer(t, s, 1).Reference
		code := codeOf(t, s, early)
		if got := check(early, code); got != none {
			t.Errorf("not decided: %+v", got)
		}
		take(t, s, early, do("detective", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked by the person." }))
		if got := check(early, code); got != none {
			t.Errorf("withdrawn before a decision: %+v", got)
		}

		declined := refer(t, s, 9).Reference
		take(t, s, declined, append(slices.Clone(demo.ToDecision), demo.Decline...)...)
		code = codeOf(t, s, declined)
		take(t, s, declined, do("trooper", workflow.Withdraw, 0, func(d *forms.Deed) { d.Reason = "Asked by the person." }))
		if got := check(declined, code); got != none {
			t.Errorf("declined, and withdrawn since: %+v", got)
		}
	})
}

// codeOf is the code that a letter about ref would carry.
func codeOf(t *testing.T, s *demo.State, ref string) string {
	t.Helper()
	code, err := s.Door.LetterCode(ref)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
