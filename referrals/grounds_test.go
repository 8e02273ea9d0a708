package referrals_test

import (
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// judged are the steps of a referral to where it can be decided, with a grid of
// its own.
func judged(change func(*forms.Deed)) []demo.Step {
	steps := append([]demo.Step{}, demo.ToDecision[:4]...)
	steps[3].Deed = func(d *forms.Deed) { demo.ToDecision[3].Deed(d); change(d) }
	return steps
}

// What the grid of elements contradicts is no reason of a decline: it is refused
// at its field, and nothing is decided. What fits declines as before.
func TestDeclineGoesWithTheGrid(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		no := func(code forms.ReasonCode) demo.Step {
			return do("director", workflow.Decline, 0, func(d *forms.Deed) { d.ReasonCode, d.Reason = code, "New facts can be sent at any time." })
		}
		ref := refer(t, s, 1).Reference
		take(t, s, ref, append(judged(func(*forms.Deed) {}), demo.Decline[0])...)
		for _, code := range []forms.ReasonCode{"no_means_shown", "no_commercial_sex_or_labor_purpose", "facts_insufficient_after_request"} {
			_, err := s.Take(t.Context(), ref, no(code))
			problemAt(t, err, "reasonCategory", "every element is shown, and it is declined for "+string(code))
		}
		if got := open(t, s, "director", ref); got.Status != workflow.InReview {
			t.Fatalf("it stands at %s", got.Status)
		}
		take(t, s, ref, no("outside_scope"))

		doubted := refer(t, s, 5).Reference
		take(t, s, doubted, append(judged(func(d *forms.Deed) { d.Means.Finding = "unclear" }), demo.Decline[0], no("no_means_shown"))...)
	})
}

// Bases that go neither with the type nor with the age nor with the grid are
// refused at their field, and nothing is decided.
func TestConfirmationGoesWithTheGrid(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		yes := func(typ forms.Confirmed, bases ...forms.Basis) demo.Step {
			return do("director", workflow.Confirm, 0, func(d *forms.Deed) { d.Confirmed, d.Bases = typ, bases })
		}
		ref := refer(t, s, 1).Reference
		take(t, s, ref, judged(func(*forms.Deed) {})...)
		for what, step := range map[string]demo.Step{
			"labor by sex":                yes("labor", "severe_form_adult", "severe_form_minor"),
			"an adult as a minor":         yes("sex", "severe_form_adult", "severe_form_minor"),
			"both, and no basis of labor": yes("both", "severe_form_adult"),
		} {
			_, err := s.Take(t.Context(), ref, step)
			problemAt(t, err, "bases", what)
		}
		if got := open(t, s, "director", ref); got.Status != workflow.InReview {
			t.Fatalf("it stands at %s", got.Status)
		}
		take(t, s, ref, yes("both", "severe_form_adult", "severe_form_labor"))

		bare := refer(t, s, 5).Reference
		take(t, s, bare, judged(func(d *forms.Deed) { d.Means.Finding = "not_shown" })...)
		_, err := s.Take(t.Context(), bare, yes("sex", "pl_230_34"))
		problemAt(t, err, "bases", "force that is not shown")
	})
}

// A recommendation against the grid says why.
func TestRecommendationAgainstTheGrid(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		advise := func(what forms.Advice, why forms.Prose) demo.Step {
			return do("reviewer", workflow.Recommend, 0, func(d *forms.Deed) { d.Advice, d.ReasonCode, d.Reason = what, "outside_scope", why })
		}
		ref := refer(t, s, 1).Reference
		take(t, s, ref, judged(func(*forms.Deed) {})...)
		_, err := s.Take(t.Context(), ref, advise("decline", ""))
		problemAt(t, err, "reason", "a decline though every element is shown")
		take(t, s, ref, advise("decline", "It happened in another state."), advise("confirm", ""))
		take(t, s, ref, do("reviewer", workflow.Assess, 0, func(d *forms.Deed) { demo.ToDecision[3].Deed(d); d.Purpose.Finding = "not_shown" }))
		_, err = s.Take(t.Context(), ref, advise("confirm", ""))
		problemAt(t, err, "reason", "a confirmation though the purpose is not shown")
	})
}

// To decline is recommended for a reason of the list that the grid leaves open, and
// in plain words, whatever the grid says; the second reader reads both, the
// referrer neither. A recommendation to confirm keeps no reason of a decline.
func TestRecommendedDeclineSaysWhy(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, judged(func(d *forms.Deed) { d.Means.Finding = "not_shown" })...)
		advise := func(what forms.Advice, code forms.ReasonCode, why forms.Prose) demo.Step {
			return do("reviewer", workflow.Recommend, 0, func(d *forms.Deed) { d.Advice, d.ReasonCode, d.Reason = what, code, why })
		}
		const why = "Nothing tells of force."
		_, err := s.Take(t.Context(), ref, advise("decline", "", ""))
		problemAt(t, err, "reason", "a decline without words")
		problemAt(t, err, "reasonCategory", "a decline without its category")
		_, err = s.Take(t.Context(), ref, advise("decline", "no_commercial_sex_or_labor_purpose", why))
		problemAt(t, err, "reasonCategory", "a category that the grid contradicts")
		_, err = s.Take(t.Context(), ref, advise("decline", "no_means_shown", ""))
		problemAt(t, err, "reason", "a category alone")
		take(t, s, ref, advise("decline", "no_means_shown", why))
		reads := func(key string) bool { return open(t, s, key, ref).View.Item("recommendationCategory") != nil }
		if !reads("second_reviewer") || reads("detective") {
			t.Error("the second reader must read the category, and the referrer must not")
		}
		take(t, s, ref, advise("confirm", "no_means_shown", why))
		if reads("second_reviewer") {
			t.Error("a recommendation to confirm keeps the reason of a decline")
		}
	})
}

// A decline is signed for the reason that the second reader agreed to, and for no
// other: that one wants a recommendation and a second reading of its own.
func TestDeclineForTheReasonThatWasReadTwice(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := advised(t, s)
		take(t, s, ref, do("second_reviewer", workflow.Second, 0, nil))
		other := func(d *forms.Deed) {
			d.ReasonCode, d.Reason = "outside_scope", "What happened is not what the program is for. New facts can be sent at any time."
		}
		decline := do("director", workflow.Decline, 0, other)
		_, err := s.Take(t.Context(), ref, decline)
		problemAt(t, err, "reasonCategory", "declined for a reason that nobody read a second time")
		again := do("reviewer", workflow.Recommend, 0, func(d *forms.Deed) {
			d.Advice, d.ReasonCode, d.Reason = "decline", "outside_scope", "It is another matter."
		})
		take(t, s, ref, again)
		if _, err := s.Take(t.Context(), ref, decline); err == nil {
			t.Fatal("a new recommendation stands in for a second reading")
		}
		take(t, s, ref, do("second_reviewer", workflow.Second, 0, nil), decline)
		if got := open(t, s, "director", ref).Status; got != workflow.Declined {
			t.Errorf("it stands at %s", got)
		}
	})
}
