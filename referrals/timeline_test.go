package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// An entry of a kind that this program does not know, as an earlier one wrote for
// the notice about a minor, keeps its line in the State's history, with its moment;
// nobody else reads that there was one.
func TestOldEntriesKeepTheirLine(t *testing.T) {
	each(t, day("2026-12-18T21:20:00Z"), func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 3).Reference
		const generic = "Something was done that this version of the program has no words for."
		says := func(key string) bool {
			t.Helper()
			rec, err := s.Door.Open(t.Context(), s.As(key), ref, referrals.Want{})
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(rec.Timeline, func(e referrals.Event) bool { return e.Words == generic && e.At.Equal(rec.ReceivedAt) })
		}
		for _, key := range []string{"social_worker", "reviewer", "program"} {
			if says(key) {
				t.Errorf("%s reads a generic line of a record of this program", key)
			}
		}
		write(t, s, ref, "notice")
		if _, err := s.Door.Open(t.Context(), s.As("ldss_wyoming"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger opens it: %v", err)
		}
		for key, want := range map[string]bool{"social_worker": false, "reviewer": true, "director": true, "program": true} {
			if got := says(key); got != want {
				t.Errorf("%s reads the line: %v", key, got)
			}
		}
	})
}

// write adds an entry of that kind to the record, at the moment of the first one.
func write(t *testing.T, s *demo.State, ref, action string) {
	t.Helper()
	ctx := viewer.Job(t.Context(), "test")
	err := s.DB.Do(ctx, func(tx *ent.Tx) error {
		row, err := tx.Referral.Query().Where(referral.Ref(ref)).Only(ctx)
		if err != nil {
			return err
		}
		last, err := tx.Entry.Query().Where(entry.ReferralID(row.ID)).Order(ent.Desc(entry.FieldSeq)).First(ctx)
		if err != nil {
			return err
		}
		return tx.Entry.Create().SetReferralID(row.ID).SetSeq(last.Seq + 1).SetAction(action).SetAt(*row.SubmittedAt).
			SetFromStatus(row.Status).SetToStatus(row.Status).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every step that the tables allow has words of its own in the history.
func TestEveryStepHasItsLine(t *testing.T) {
	var list []string
	for _, s := range workflow.Steps {
		if s.Do != workflow.Save && s.Do != workflow.Discard && s.Do != workflow.Reveal { // these leave no entry
			list = append(list, "referral "+string(s.Do))
		}
	}
	for _, s := range workflow.LetterSteps {
		list = append(list, "referral "+string(s.Do))
	}
	for _, s := range workflow.HandoverSteps {
		list = append(list, "hand-over "+string(s.Do))
	}
	for _, one := range list {
		what, do, _ := strings.Cut(one, " ")
		if !referrals.Worded(workflow.Action(do), what == "hand-over") {
			t.Errorf("the history has no words for: %s", one)
		}
	}
}
