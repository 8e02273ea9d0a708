package referrals_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// begun sends the referral of a story at its moment.
func begun(t *testing.T, s *demo.State, story cases.Story, who string) string {
	t.Helper()
	s.Clock.Set(story.Now)
	r := &forms.Referral{}
	if bad := forms.Questions.DecodeJSON(r, story.Answers); len(bad) > 0 {
		t.Fatalf("case %d: %+v", story.N, []forms.Problem(bad))
	}
	receipt, err := s.Door.Send(t.Context(), s.As(who), r, "", story.Answers)
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Reference
}

// tell does one act of a story on the referral as the account sees it now.
func tell(t *testing.T, s *demo.State, ref string, step cases.Deed) (referrals.Record, error) {
	t.Helper()
	s.Clock.Set(step.At)
	deed := &forms.Deed{}
	if len(step.Words) > 0 {
		if bad := forms.FormOf(step.Do).DecodeJSON(deed, step.Words); len(bad) > 0 {
			t.Fatalf("%s: %+v", step.Do, []forms.Problem(bad))
		}
	}
	rec := open(t, s, step.Who, ref)
	seen, do := referrals.Seen{Ref: ref, Rev: rec.Rev}, workflow.Action(step.Do)
	if len(step.Answers) == 0 {
		return s.Door.Act(t.Context(), s.As(step.Who), seen, do, deed)
	}
	return s.Door.Tell(t.Context(), s.As(step.Who), seen, do, deed, func(r *forms.Referral) forms.Problems {
		return forms.Questions.Replace(r, step.Answers)
	})
}

// until does the acts of a story up to and with the first of that kind.
func until(t *testing.T, s *demo.State, ref string, story cases.Story, last string) {
	t.Helper()
	for _, step := range story.Steps {
		if _, err := tell(t, s, ref, step); err != nil {
			t.Fatalf("case %d, %s does %s: %v", story.N, step.Who, step.Do, err)
		}
		if step.Do == last {
			return
		}
	}
}

// Case 11: a question and its answer, and more time for good cause after OTDA
// was consulted. All is on the record with its time, both due dates are kept, and
// nobody of the referring agency decides.
func TestStory11(t *testing.T) {
	story := cases.LoadStory(11)
	each(t, story.Now, func(t *testing.T, s *demo.State) {
		ref := begun(t, s, story, "detective")
		if got := open(t, s, "detective", ref).DueAt; !got.Equal(day("2026-11-06T17:00:00-05:00")) {
			t.Errorf("due %s", got)
		}
		more := story.Steps[4]
		if _, err := tell(t, s, ref, more); err == nil {
			t.Error("extended before anybody took it")
		}
		until(t, s, ref, story, "ask")
		list, err := s.Door.List(t.Context(), s.As("detective"), referrals.Filter{})
		if err != nil || len(list.Lines) != 1 || list.Lines[0].Status != workflow.Asked {
			t.Errorf("the referrer's list does not say that a question waits: %+v %v", list.Lines, err)
		}
		for _, key := range []string{"trooper", "case_manager"} {
			if _, err := s.Door.Open(t.Context(), s.As(key), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s reads the question: %v", key, err)
			}
		}
		if _, err := tell(t, s, ref, more); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("extended without OTDA: %v", err)
		}
		for _, step := range story.Steps[2:] {
			if _, err := tell(t, s, ref, step); err != nil {
				t.Fatalf("%s does %s: %v", step.Who, step.Do, err)
			}
		}
		caseElevenRecord(t, s, ref)
		insider := s.As("director")
		insider.Agency = s.As("detective").Agency
		if _, err := workflow.Next(insider, workflow.Confirm, workflow.InReview, workflow.Circumstances{AgencyID: insider.Agency}); err == nil {
			t.Error("a director of the referring agency decides")
		}
	})
}

// caseElevenRecord holds what stands on the record in the end.
func caseElevenRecord(t *testing.T, s *demo.State, ref string) {
	t.Helper()
	for _, key := range []string{"reviewer", "detective"} {
		got := open(t, s, key, ref)
		for path, want := range map[string]any{"questions.0.askedAt": "2026-11-04T16:00:00Z", "questions.0.answerBy": "2026-11-05T22:00:00Z", "questions.0.answeredAt": "2026-11-05T20:00:00Z",
			"extendedFrom": "2026-11-06T22:00:00Z", "extendedTo": "2026-11-12T22:00:00Z", "extendedBy": 3, "determination": "confirmed", "decidedAt": "2026-11-12T15:00:00Z"} {
			if it := got.View.Item(path); it == nil || !sameMinute(it.Value, want) {
				t.Errorf("%s reads %+v at %s, want %v", key, it, path, want)
			}
		}
		if len(got.View.Revisions) != 1 || !slices.Equal(lines(got.View.Revisions[0]), []string{"G10.which Passport > Passport, held by the manager", "G20 March 2026 > November 2025"}) {
			t.Errorf("%s reads %+v", key, got.View.Revisions)
		}
	}
	if it := open(t, s, "reviewer", ref).View.Item("bases"); len(it.Text) != 2 {
		t.Errorf("the bases are %v", it.Text)
	}
}

// Case 12: wage theft, and no means shown. A decline needs the category, the
// reason, a second reader, when an appeal ends and other help; new facts open it
// again with what changed, and the history is kept.
func TestStory12(t *testing.T) {
	story := cases.LoadStory(12)
	each(t, story.Now, func(t *testing.T, s *demo.State) {
		ref := begun(t, s, story, "case_manager")
		decline := story.Steps[6]
		until(t, s, ref, story, "recommend")
		if _, err := tell(t, s, ref, decline); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("declined without a second reader: %v", err)
		}
		if _, err := s.Take(t.Context(), ref, do("reviewer", workflow.Second, 0, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who assessed is the second reader: %v", err)
		}
		if _, err := tell(t, s, ref, story.Steps[5]); err != nil {
			t.Fatal(err)
		}
		_, err := s.Take(t.Context(), ref, do("director", workflow.Decline, 0, func(d *forms.Deed) { d.Reason = "Not shown." }))
		problemAt(t, err, "reasonCategory", "declined without a category")
		if _, err := tell(t, s, ref, decline); err != nil {
			t.Fatal(err)
		}
		own := open(t, s, "case_manager", ref)
		for _, path := range []string{"reason", "otherHelp", "appealUntil"} {
			if own.View.Item(path) == nil {
				t.Errorf("the referrer does not read %s", path)
			}
		}
		if it := open(t, s, "director", ref).View.Item("consultedReferrer.0.note"); it == nil || !strings.Contains(it.Text[0], "the office was closed") {
			t.Errorf("why the referrer was not reached is not on the record: %+v", it)
		}
		if _, err := tell(t, s, ref, story.Steps[7]); err != nil {
			t.Fatal(err)
		}
		got := open(t, s, "director", ref)
		if got.Status != workflow.InReview || got.View.Item("earlierDeterminations.0.reason") == nil || got.View.Item("determination") != nil {
			t.Errorf("%s: the history is not kept", got.Status)
		}
		if len(got.View.Revisions) != 1 || got.View.Revisions[0].Changes[0].ID != "G7" {
			t.Errorf("what is new is not told: %+v", got.View.Revisions)
		}
	})
}
