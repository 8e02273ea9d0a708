package referrals_test

import (
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/referrals"
)

// Who asks for the answers alone sees no more than else: a stranger finds
// nothing, a reviewer gets the view of what was sent and no answers, and the
// opening of the own draft stands in the log like any other.
func TestOpenForAnswersAlone(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		want := referrals.Want{Answers: true}
		sent := refer(t, s, 1).Reference
		r, _, err := demo.Referral(2, s.Door.Today())
		if err != nil {
			t.Fatal(err)
		}
		draft, err := s.Door.Import(t.Context(), s.As("case_manager"), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"trooper", "attorney", "reviewer", "program", "administrator"} {
			if _, err := s.Door.Open(t.Context(), s.As(key), draft.Ref, want); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s opens somebody's draft: %v", key, err)
			}
		}
		got, err := s.Door.Open(t.Context(), s.As("reviewer"), sent, want)
		if err != nil || got.Answers != nil || len(got.View.Parts) == 0 {
			t.Errorf("a reviewer gets answers %v, %d parts, %v", got.Answers != nil, len(got.View.Parts), err)
		}
		before := s.DB.Read().AuditEntry.Query().CountX(t.Context())
		got, err = s.Door.Open(t.Context(), s.As("case_manager"), draft.Ref, want)
		if err != nil || got.Answers == nil || got.Answers.CountyFound != r.CountyFound || got.Rev != draft.Rev {
			t.Fatalf("the own draft opens without its answers: %v", err)
		}
		if n := s.DB.Read().AuditEntry.Query().CountX(t.Context()); n != before+1 {
			t.Errorf("opening the draft wrote %d lines", n-before)
		}
	})
}
