package referrals_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/ent"
	"nysreferral/ent/entry"
	"nysreferral/ent/referral"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

const missesCoercion = "The means are called not shown, and G14 tells of a debt that grew by itself."

// advised is a referral for which the reviewer recommended to decline.
func advised(t *testing.T, s *demo.State) string {
	t.Helper()
	ref := refer(t, s, 1).Reference
	take(t, s, ref, demo.ToDecision[:4]...)
	take(t, s, ref, recommends("decline", "Nothing tells of force."))
	return ref
}

// recommends is the reviewer's word on the outcome.
func recommends(what forms.Advice, why forms.Prose) demo.Step {
	return do("reviewer", workflow.Recommend, 0, func(d *forms.Deed) { d.Advice, d.ReasonCode, d.Reason = what, "no_new_york_nexus", why })
}

// disagrees is the word of a second reader against a decline.
func disagrees(who string) demo.Step {
	return do(who, workflow.Disagree, 0, func(d *forms.Deed) { d.Reason = missesCoercion })
}

// openKinds are the kinds of the open tasks of a referral, with when each is due.
func openKinds(t *testing.T, s *demo.State, key, ref string) map[string]time.Time {
	t.Helper()
	out := map[string]time.Time{}
	list, err := s.Door.Tasks(t.Context(), s.As(key), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.Reference == ref {
			out[one.Kind] = one.DueAt
		}
	}
	return out
}

// Nobody is the own second reader, also to disagree, and nobody disagrees
// without a reason in plain words: who assessed or recommended, the office that
// is consulted, and whoever refers are refused, and nothing changes.
func TestWhoMayDisagree(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := advised(t, s)
		for key, want := range map[string]fault.Kind{"reviewer": fault.Forbidden, "program": fault.Forbidden, "detective": fault.Forbidden, "auditor": fault.Forbidden,
			"trooper": fault.NotFound, "rhtp_harbor": fault.NotFound, "administrator": fault.NotFound} {
			if _, err := s.Take(t.Context(), ref, disagrees(key)); fault.KindOf(err) != want {
				t.Errorf("%s disagrees: %v, want kind %v", key, err, want)
			}
		}
		_, err := s.Take(t.Context(), ref, do("second_reviewer", workflow.Disagree, 0, nil))
		problemAt(t, err, "reason", "without a reason")
		if got := open(t, s, "director", ref); got.Round.Contested || got.View.Item("secondReaderDisagreed") != nil {
			t.Errorf("a refused word stands on the record: %+v", got.Round)
		}
	})
}

// A second reader who disagrees says why, and no decline can be signed then, by
// anybody, nor agreed to by another reader, until it was assessed or recommended
// anew, with a reason. The director is asked to go on, within the time that ran
// before; who refers and whom a hand-over goes to read nothing of it.
func TestSecondReaderDisagrees(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := advised(t, s)
		before := open(t, s, "director", ref)
		take(t, s, ref, disagrees("second_reviewer"))
		got := open(t, s, "director", ref)
		if got.Status != workflow.InReview || !got.DueAt.Equal(before.DueAt) || !got.Round.Contested || got.Round.Second {
			t.Errorf("%s, due %s (before %s), %+v", got.Status, got.DueAt, before.DueAt, got.Round)
		}
		for path, want := range map[string]string{"secondReaderDisagreed.0.reason": missesCoercion, "secondReaderDisagreed.0.who": s.As("second_reviewer").Name} {
			if it := got.View.Item(path); it == nil || it.Value != want {
				t.Errorf("%s: %+v", path, it)
			}
		}
		if due := openKinds(t, s, "director", ref)[workflow.TaskContested]; !due.Equal(got.DueAt) {
			t.Errorf("the director is asked by %s, want %s", due, got.DueAt)
		}
		if _, still := openKinds(t, s, "director", ref)[workflow.TaskSecond]; still {
			t.Error("a second reader is asked for while one disagrees")
		}
		if own := open(t, s, "detective", ref); own.View.Item("secondReaderDisagreed") != nil || slices.ContainsFunc(own.Timeline, func(e referrals.Event) bool { return e.Action == workflow.Disagree }) {
			t.Error("the referrer reads how the State weighs it")
		}
		for _, who := range []string{"director", "deputy_director"} {
			step := demo.Decline[1]
			step.Who = who
			if _, err := s.Take(t.Context(), ref, step); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s declines against the second reader: %v", who, err)
			}
			if _, err := s.Take(t.Context(), ref, do(who, workflow.Second, 0, nil)); fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "disagreed") {
				t.Errorf("%s is asked until one agrees: %v", who, err)
			}
		}
		_, err := s.Take(t.Context(), ref, recommends("decline", ""))
		problemAt(t, err, "reason", "recommended anew without weighing it")
		take(t, s, ref, recommends("decline", "The debt was paid off before she came."))
		if _, asked := openKinds(t, s, "second_reviewer", ref)[workflow.TaskSecond]; !asked {
			t.Error("nobody is asked to read the new recommendation")
		}
		take(t, s, ref, do("second_reviewer", workflow.Second, 0, nil), demo.Decline[1])
		if got := open(t, s, "reviewer", ref); got.Status != workflow.Declined || got.View.Item("secondReaderDisagreed.0.reason") == nil || got.View.Item("secondReader") == nil {
			t.Errorf("%s: the history is not whole", got.Status)
		}
	})
}

// After a disagreement the director may confirm, and what was said against the
// decline stays on the record; its task ends. More time moves what the second
// reading has to be done by.
func TestDisagreementLeadsToConfirmation(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := advised(t, s)
		take(t, s, ref, disagrees("deputy_director"))
		take(t, s, ref, do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = "2026-11-12", "A translation is on its way." }))
		if due := openKinds(t, s, "director", ref)[workflow.TaskContested]; !due.Equal(day("2026-11-12T22:00:00Z")) {
			t.Errorf("with more time it is due %s", due)
		}
		take(t, s, ref, demo.Confirm)
		if _, left := openKinds(t, s, "director", ref)[workflow.TaskContested]; left {
			t.Error("the task stays open after the decision")
		}
		if it := open(t, s, "program", ref).View.Item("secondReaderDisagreed.0.reason"); it == nil {
			t.Error("what was said against it is lost")
		}
		var acts []string
		row := s.DB.Read().Referral.Query().Where(referral.Ref(ref)).OnlyX(viewer.Job(t.Context(), "test"))
		for _, e := range s.DB.Read().Entry.Query().Where(entry.ReferralID(row.ID)).Order(ent.Asc(entry.FieldSeq)).AllX(viewer.Job(t.Context(), "test")) {
			acts = append(acts, e.Action)
		}
		if i, j := slices.Index(acts, "disagree"), slices.Index(acts, "confirm"); i < 0 || j < i {
			t.Errorf("%v", acts)
		}
	})
}

// An agreement that was given falls by a later disagreement; and one by a
// colleague who is then excluded counts no longer.
func TestDisagreementOverAgreement(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := advised(t, s)
		take(t, s, ref, do("second_reviewer", workflow.Second, 0, nil), disagrees("deputy_director"))
		if _, err := s.Take(t.Context(), ref, demo.Decline[1]); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("declined on an agreement that fell: %v", err)
		}
		if it := open(t, s, "reviewer", ref).View.Item("secondReader"); it != nil {
			t.Errorf("%+v stands as second reader", it)
		}
		out := do("director", workflow.Exclude, 0, func(d *forms.Deed) {
			d.Whom, d.Reason = forms.Text(s.Account("deputy_director").Email), "Knows the family."
		})
		take(t, s, ref, out)
		if open(t, s, "reviewer", ref).Round.Contested {
			t.Error("the word of an excluded colleague still counts")
		}
		take(t, s, ref, do("second_reviewer", workflow.Second, 0, nil), demo.Decline[1])
	})
}

// An agreement that fell by a disagreement does not come back because a director
// excludes who disagreed: somebody reads it again, and is asked to, before a
// decline is signed.
func TestExcludedDissentRestoresNoAgreement(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := advised(t, s)
		take(t, s, ref, do("second_reviewer", workflow.Second, 0, nil), disagrees("deputy_director"),
			do("director", workflow.Exclude, 0, about(s, "deputy_director")))
		if _, err := s.Take(t.Context(), ref, demo.Decline[1]); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("the director excluded who disagreed and declined at once: %v", err)
		}
		if got := open(t, s, "director", ref); got.Round.Second || got.View.Item("secondReader") != nil {
			t.Errorf("the agreement that fell stands again: %+v", got.Round)
		}
		take(t, s, ref, do("second_reviewer", workflow.Second, 0, nil), demo.Decline[1])
	})
}

// Where the word of a second reader counts no longer because of who left, whether
// it was an agreement or a disagreement, colleagues are asked to read at once, by
// when the decision is due; where it counts again, so does what it asked for.
// After the decision nobody is asked.
func TestSomebodyReadsForWhoLeft(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for name, word := range map[string]demo.Step{"disagreed": disagrees("deputy_director"), "agreed": do("deputy_director", workflow.Second, 0, nil)} {
			ref := advised(t, s)
			take(t, s, ref, word)
			want := openKinds(t, s, "director", ref)
			for _, out := range []demo.Step{do("deputy_director", workflow.Recuse, 0, stepsBack), do("director", workflow.Exclude, 0, about(s, "deputy_director"))} {
				take(t, s, ref, out)
				due, asked := openKinds(t, s, "second_reviewer", ref)[workflow.TaskSecond]
				if _, weighs := openKinds(t, s, "director", ref)[workflow.TaskContested]; !asked || weighs || !due.Equal(open(t, s, "director", ref).DueAt) {
					t.Errorf("%s, %s: asked to read %v, due %s, the director still weighs it %v", name, out.Do, asked, due, weighs)
				}
				take(t, s, ref, do("director", workflow.Readmit, 0, about(s, "deputy_director")))
				if got := openKinds(t, s, "director", ref); !maps.EqualFunc(got, want, time.Time.Equal) {
					t.Errorf("%s, readmitted after %s: %v is open, want %v", name, out.Do, got, want)
				}
			}
			take(t, s, ref, demo.Confirm, do("deputy_director", workflow.Recuse, 0, stepsBack))
			if got := kindsOf(t, s, ref); slices.Contains(got, workflow.TaskSecond) || slices.Contains(got, workflow.TaskContested) {
				t.Errorf("%s: after the decision somebody is asked: %v", name, got)
			}
		}
	})
}
