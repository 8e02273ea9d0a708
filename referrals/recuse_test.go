package referrals_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// stepsBack is what somebody writes who leaves a referral.
func stepsBack(d *forms.Deed) { d.Reason = "I know the family." }

// about names a colleague, with a reason.
func about(s *demo.State, key string) func(*forms.Deed) {
	return func(d *forms.Deed) {
		d.Whom, d.Reason = forms.Text(s.Account(key).Email), "A relative works at the agency."
	}
}

// sees reports what of the referral an account finds: opened, in the queue, in
// the tasks.
func sees(t *testing.T, s *demo.State, key, ref string) (opened, listed, tasked bool) {
	t.Helper()
	page, err := s.Door.List(t.Context(), s.As(key), referrals.Filter{Waiting: true})
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := s.Door.Tasks(t.Context(), s.As(key), true)
	if err != nil {
		t.Fatal(err)
	}
	return !absent(t, s, key, ref), slices.ContainsFunc(page.Lines, func(l referrals.Line) bool { return l.Reference == ref }),
		slices.ContainsFunc(tasks, func(one referrals.Task) bool { return one.Reference == ref })
}

func absent(t *testing.T, s *demo.State, key, ref string) bool {
	t.Helper()
	_, got := s.Door.Open(t.Context(), s.As(key), ref, referrals.Want{})
	_, never := s.Door.Open(t.Context(), s.As(key), "7K4M-2QX9-C3TB-5", referrals.Want{})
	if got != nil && got.Error() != never.Error() {
		t.Errorf("%s reads %q of a referral that is out of reach, and %q of none", key, got, never)
	}
	return fault.KindOf(got) == fault.NotFound
}

// Who steps back from one referral finds nothing of it any more, as if it were
// not there: not by opening, in the queue, in the tasks, in a paper or by any
// act. Colleagues go on, and other referrals stay.
func TestStepBack(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		other, ref := refer(t, s, 9).Reference, refer(t, s, 1).Reference
		_, err := s.Take(t.Context(), ref, do("reviewer", workflow.Recuse, 0, nil))
		problemAt(t, err, "reason", "without a reason")
		take(t, s, ref, demo.ToDecision[0])
		rev := open(t, s, "reviewer", ref).Rev
		take(t, s, ref, do("reviewer", workflow.Recuse, 0, stepsBack))
		if opened, listed, tasked := sees(t, s, "reviewer", ref); opened || listed || tasked {
			t.Errorf("it is opened %v, listed %v, a task %v", opened, listed, tasked)
		}
		if opened, listed, _ := sees(t, s, "reviewer", other); !opened || !listed {
			t.Error("other referrals are gone too")
		}
		if opened, listed, tasked := sees(t, s, "second_reviewer", ref); !opened || !listed || !tasked {
			t.Error("a colleague lost it")
		}
		for _, what := range []workflow.Action{workflow.Assess, workflow.Note, workflow.Take, workflow.Recuse} {
			if _, err := s.Door.Act(t.Context(), s.As("reviewer"), referrals.Seen{Ref: ref, Rev: rev + 1}, what, &forms.Deed{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := s.Door.Paper(t.Context(), s.As("reviewer"), ref, referrals.PaperFile, 0); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the file: %v", err)
		}
		got := open(t, s, "second_reviewer", ref)
		if got.HeldBy != "" || got.View.Item("recused.0.who") == nil || got.View.Item("recused.0.reason").Value != "I know the family." {
			t.Errorf("held by %q, and the record says nothing of it", got.HeldBy)
		}
		if it := open(t, s, "program", ref).View.Item("recused"); it != nil {
			t.Errorf("OTDA reads why: %+v", it)
		}
		take(t, s, ref, do("second_reviewer", workflow.Take, 0, nil))
		if got := open(t, s, "second_reviewer", ref); !got.Mine {
			t.Error("a colleague cannot take it on")
		}
	})
}

// A director excludes a colleague, with a reason, and can undo it; a reviewer
// cannot, nobody excludes themself so, and only people of DCJS are meant. What
// an excluded colleague assessed, recommended or agreed to counts no longer.
func TestExclude(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision...)
		for _, tt := range []struct {
			who, whom string
		}{{"director", "director"}, {"director", "program"}, {"director", "detective"}} {
			_, err := s.Take(t.Context(), ref, do(tt.who, workflow.Exclude, 0, about(s, tt.whom)))
			var bad forms.Problems
			if !errors.As(err, &bad) || bad.Of("whom") == "" {
				t.Errorf("%s excludes %s: %v", tt.who, tt.whom, err)
			}
		}
		if _, err := s.Take(t.Context(), ref, do("second_reviewer", workflow.Exclude, 0, about(s, "reviewer"))); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a reviewer excludes: %v", err)
		}
		if _, err := s.Take(t.Context(), ref, do("director", workflow.Readmit, 0, about(s, "reviewer"))); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("readmitted where nobody is out: %v", err)
		}
		take(t, s, ref, do("director", workflow.Exclude, 0, about(s, "reviewer")))
		if opened, listed, tasked := sees(t, s, "reviewer", ref); opened || listed || tasked {
			t.Error("the excluded colleague sees it")
		}
		got := open(t, s, "director", ref)
		if got.Round.Assessed || got.Round.Recommended || !got.Round.Program || !got.Round.Referrer {
			t.Errorf("%+v: the grid of an excluded colleague counts, or the talks do not", got.Round)
		}
		if _, err := s.Take(t.Context(), ref, demo.Confirm); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("decided on the grid of an excluded colleague: %v", err)
		}
		want, err := s.Door.Open(t.Context(), s.As("director"), ref, referrals.Want{Colleagues: true})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range want.Colleagues {
			if c.Out {
				out = append(out, c.Name)
			}
			if c.Key == s.Account("director").Email || strings.Contains(c.Key, "program") {
				t.Errorf("%s is offered", c.Key)
			}
		}
		if !slices.Equal(out, []string{s.As("reviewer").Name}) || len(want.Colleagues) < 3 {
			t.Errorf("%v of %+v are out", out, want.Colleagues)
		}
		take(t, s, ref, do("director", workflow.Readmit, 0, about(s, "reviewer")))
		if got := open(t, s, "reviewer", ref); !got.Round.Assessed || got.View.Item("recused.0.readmittedAt") == nil {
			t.Errorf("%+v after readmitting", got.Round)
		}
	})
}
