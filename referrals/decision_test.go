package referrals_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/calendar"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// problemAt wants err to be what is wrong with one field.
func problemAt(t *testing.T, err error, field, what string) {
	t.Helper()
	var bad forms.Problems
	if !errors.As(err, &bad) || bad.Of(field) == "" {
		t.Errorf("%s: %v, want a problem at %s", what, err, field)
	}
}

// sameMinute compares values; of two moments the seconds do not count, as the
// clock of the test goes on.
func sameMinute(got, want any) bool {
	a, isText := got.(string)
	b, too := want.(string)
	const minute = len("2006-01-02T15:04")
	if isText && too && len(a) == len("2006-01-02T15:04:05Z") && len(b) == len(a) {
		return a[:minute] == b[:minute]
	}
	return got == want
}

// tried records a failed try.
func tried(with forms.Party, note forms.Prose) func(*forms.Deed) {
	return func(d *forms.Deed) {
		d.Party, d.With, d.Outcome, d.Note = with, "The desk", workflow.Failed, note
	}
}

// Without both consultations on the record nothing is decided and no time is
// extended. A try at which nobody was reached counts, with its reason and only
// with it, stands on the record as a try, and lets OTDA write its view still.
func TestConsultedOrTried(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision[0], demo.ToDecision[3], demo.ToDecision[4])
		more := do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = "2026-11-12", "A translation is on its way." })
		for _, step := range []demo.Step{demo.Confirm, more} {
			if _, err := s.Take(t.Context(), ref, step); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s without a consultation: %v", step.Do, err)
			}
		}
		agrees := func(d *forms.Deed) { d.Party, d.With, d.Outcome = "otda", "OTDA", "agrees" }
		_, err := s.Take(t.Context(), ref, do("reviewer", workflow.Consult, 0, agrees))
		problemAt(t, err, "outcome", "DCJS writes OTDA's view")
		_, err = s.Take(t.Context(), ref, do("reviewer", workflow.Consult, 0, tried("otda", "")))
		problemAt(t, err, "note", "a try without its reason")
		_, err = s.Take(t.Context(), ref, do("program", workflow.Consult, 0, tried("otda", "Nobody was there.")))
		problemAt(t, err, "outcome", "OTDA did not reach itself")
		_, err = s.Take(t.Context(), ref, do("program", workflow.Consult, 0, tried("referrer", "Nobody was there.")))
		problemAt(t, err, "party", "OTDA records the talk with the referrer")

		take(t, s, ref, do("reviewer", workflow.Consult, 0, tried("otda", "Three calls on Monday, no answer.")))
		if _, err := s.Take(t.Context(), ref, demo.Confirm); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("decided without the referrer: %v", err)
		}
		take(t, s, ref, do("reviewer", workflow.Consult, 0, tried("referrer", "The squad is on leave.")))
		got := open(t, s, "director", ref)
		for path, want := range map[string]string{"consultedProgram.0.outcome": workflow.Failed, "consultedProgram.0.note": "Three calls on Monday, no answer.",
			"consultedReferrer.0.outcome": workflow.Failed, "consultedReferrer.0.note": "The squad is on leave."} {
			if it := got.View.Item(path); it == nil || it.Value != want {
				t.Errorf("%s says %+v", path, it)
			}
		}
		if _, err := s.Door.Open(t.Context(), s.As("program"), ref, referrals.Want{Reveal: []string{"G14"}}); err != nil {
			t.Errorf("after a failed try OTDA is not asked any more: %v", err)
		}
		take(t, s, ref, demo.ToDecision[1], demo.Confirm)
	})
}

// The grid points to answers of the form that reviewers read: what is none is
// refused where it stands, and what is shown needs one.
func TestGridPointsToAnswers(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision[0])
		grid := func(change func(d *forms.Deed)) demo.Step {
			return do("reviewer", workflow.Assess, 0, func(d *forms.Deed) { demo.ToDecision[3].Deed(d); change(d) })
		}
		for _, wrong := range []forms.Text{"G99", "J1", "the summary", ""} {
			_, err := s.Take(t.Context(), ref, grid(func(d *forms.Deed) { d.Means.ShownBy = wrong }))
			problemAt(t, err, "elementMeans.shownBy", "pointing to "+string(wrong))
		}
		take(t, s, ref, grid(func(d *forms.Deed) { d.Means.ShownBy, d.Minor.ShownBy = "g6; G7 G6", "" }))
		if it := open(t, s, "reviewer", ref).View.Item("elementMeans.shownBy"); it.Value != "G6 G7" || len(it.Text) != 2 || !strings.HasPrefix(it.Text[0], "G6 ") {
			t.Errorf("%+v", it)
		}
	})
}

// A question does not stop the clock. Where the State chose that it may, it
// stops it for business days that are counted, at most as many as were chosen;
// both due dates stand on the record, and the queue goes by the one that holds.
func TestPause(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference // Monday, November 2; Election Day is free: due on Friday
		take(t, s, ref, demo.ToDecision[0])
		pause := func(until forms.Date) demo.Step {
			return do("reviewer", workflow.Ask, 0, func(d *forms.Deed) { asks("G20")(d); d.Pause, d.AnswerBy = true, until })
		}
		s.Clock.Set(day("2026-11-04T11:00:00-05:00"))
		_, err := s.Take(t.Context(), ref, pause(""))
		problemAt(t, err, "pause", "the clock was stopped")
		s.Door.Options.QuestionPause = 2
		_, err = s.Take(t.Context(), ref, pause("2026-11-10"))
		problemAt(t, err, "answerBy", "the clock stands still for four days")
		_, err = s.Take(t.Context(), ref, pause("2026-11-07"))
		problemAt(t, err, "answerBy", "an answer on a Saturday")
		_, err = s.Take(t.Context(), ref, pause("2026-11-03"))
		problemAt(t, err, "answerBy", "an answer on a day that is over")

		take(t, s, ref, pause("2026-11-06"))
		got := open(t, s, "reviewer", ref)
		if want := day("2026-11-10T17:00:00-05:00"); !got.DueAt.Equal(want) {
			t.Errorf("due %s, want two business days later, %s", got.DueAt, want)
		}
		holds := func(rec referrals.Record, path, want string) {
			t.Helper()
			if it := rec.View.Item("questions.0.pause." + path); it == nil || !sameMinute(it.Value, want) {
				t.Errorf("%s: %+v, want %s", path, it, want)
			}
		}
		holds(got, "dueWithout", "2026-11-06T22:00:00Z")
		holds(got, "dueWith", "2026-11-10T22:00:00Z")
		holds(got, "law", workflow.LawPause)
		s.Clock.Set(day("2026-11-05T16:00:00-05:00"))
		if _, err := tells(t, s, "detective", ref, workflow.Answer, forms.Deed{Deeds: forms.Deeds{Answer: "Since spring."}}, nil); err != nil {
			t.Fatal(err)
		}
		got = open(t, s, "detective", ref)
		if want := day("2026-11-09T17:00:00-05:00"); !got.DueAt.Equal(want) {
			t.Errorf("answered after one day it is due %s, want %s", got.DueAt, want)
		}
		if soon, want := theTask(t, s, "reviewer", ref, workflow.TaskDetermination).SoonAt, day("2026-11-06T00:00:00-05:00"); !soon.Equal(want) {
			t.Errorf("the clock goes on, and is due soon at %s, want %s", soon, want)
		}
		holds(got, "from", "2026-11-04T16:00:00Z")
		holds(got, "until", "2026-11-05T21:00:00Z")
		holds(got, "dueWith", "2026-11-09T22:00:00Z")
		says := func(words string) bool {
			return slices.ContainsFunc(got.Timeline, func(e referrals.Event) bool { return strings.Contains(e.Words, words) })
		}
		if !says("without that it was due November 6, 2026, 5:00 pm, with it November 10, 2026, 5:00 pm") || !says("it is due November 9, 2026, 5:00 pm, without the pause it was November 6, 2026") {
			t.Errorf("%+v", got.Timeline)
		}
	})
}

// Time is extended by business days after the one that stands, for a reason;
// what was due before stays beside it for all who read, also of two extensions,
// and the referrer is told that something changed.
func TestExtend(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		s.Door.Calendar = calendar.New(calendar.Options{CloseHour: 15})
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision[:3]...)
		_, err := s.Take(t.Context(), ref, do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = "2026-11-06", "A translation is on its way." }))
		problemAt(t, err, "until", "extended by no day, where offices close at three")
		take(t, s, ref, do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = "2026-11-09", "A translation is on its way." }),
			do("reviewer", workflow.Ask, 0, func(d *forms.Deed) { d.Question, d.AnswerBy = "Which day was it?", "2026-11-04" }))
		got := open(t, s, "reviewer", ref)
		for path, want := range map[string]string{"extendedTo": "2026-11-09T20:00:00Z", "dueAt": "2026-11-09T20:00:00Z", "questions.0.answerBy": "2026-11-04T20:00:00Z"} {
			if it := got.View.Item(path); it == nil || it.Value != want {
				t.Errorf("%+v stands at %s, want %s: offices close at three", it, path, want)
			}
		}
	})
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision[:3]...)
		extend := func(until forms.Date, why forms.Prose) demo.Step {
			return do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = until, why })
		}
		for until, what := range map[forms.Date]string{"2026-11-14": "a Saturday", "2026-11-11": "Veterans Day", "2026-11-06": "the day that stands", "2026-10-30": "a day that is over", "2036-11-12": "a year that was mistyped"} {
			_, err := s.Take(t.Context(), ref, extend(until, "A translation is on its way."))
			problemAt(t, err, "until", "extended to "+what)
		}
		_, err := s.Take(t.Context(), ref, extend("2026-11-12", ""))
		problemAt(t, err, "reason", "without good cause")
		take(t, s, ref, extend("2026-11-09", "A translation is on its way."))
		take(t, s, ref, extend("2026-11-12", "The translation is late."))
		if n := mailsAbout(t, s, referrals.MailChanged); n != 2 {
			t.Errorf("%d mails to the referrer, want 2", n)
		}
		for _, key := range []string{"detective", "reviewer", "program"} {
			got := open(t, s, key, ref)
			for path, want := range map[string]any{"extendedFrom": "2026-11-09T22:00:00Z", "extendedTo": "2026-11-12T22:00:00Z", "extendedBy": 2, "extensionReason": "The translation is late."} {
				if it := got.View.Item(path); it == nil || it.Value != want {
					t.Errorf("%s reads %+v at %s, want %v", key, it, path, want)
				}
			}
			var all []string
			for _, e := range got.Timeline {
				if e.Action == workflow.Extend {
					all = append(all, e.Words)
				}
			}
			if len(all) != 2 || !strings.Contains(all[0], "was due November 6, 2026, 5:00 pm, and is due November 9, 2026, 5:00 pm now") {
				t.Errorf("%s reads of %q", key, all)
			}
		}
		s.Clock.Set(day("2026-11-10T09:00:00-05:00"))
		page, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{Waiting: true})
		if err != nil || !page.Lines[0].DueAt.Equal(day("2026-11-12T17:00:00-05:00")) {
			t.Errorf("%+v %v", page.Lines, err)
		}
	})
}

// declined is a referral that was declined.
func declined(t *testing.T, s *demo.State) string {
	t.Helper()
	ref := refer(t, s, 1).Reference
	take(t, s, ref, append(slices.Clone(demo.ToDecision), demo.Decline...)...)
	return ref
}

// A decline keeps the category, the reason, the second reader, until when an
// appeal can be made, what other help there is, by which rules and on which
// answers it was made; the referrer reads what helps the person, and not the
// category nor a name.
func TestDeclineIsWhole(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := declined(t, s)
		state, own := open(t, s, "reviewer", ref).View, open(t, s, "detective", ref).View
		for _, path := range []string{"reasonCategory", "reason", "secondReader", "signedBy", "appealUntil", "otherHelp", "rulesVersion", "decidedOnVersion"} {
			if it := state.Item(path); it == nil || len(it.Text) == 0 {
				t.Errorf("the record lacks %s", path)
			}
		}
		if got := state.Item("rulesVersion"); got.Value != workflow.RulesVersion() || state.Item("decidedOnVersion").Value != 1 {
			t.Errorf("%+v", got)
		}
		for path, want := range map[string]bool{"reason": true, "appealUntil": true, "otherHelp": true, "reasonCategory": false, "secondReader": false, "signedBy": false, "rulesVersion": false} {
			if got := own.Item(path) != nil; got != want {
				t.Errorf("the referrer reads %s: %v", path, got)
			}
		}
		until, err := time.Parse(time.RFC3339, own.Item("appealUntil").Value.(string))
		// 60 days after Monday, November 2, is New Year's Day: the term ends on the next business day.
		if want := day("2027-01-04T22:00:00Z"); err != nil || !until.Equal(want) {
			t.Errorf("an appeal can be made until %s, want %s", until, want)
		}
	})
}

// appealed is a referral that was declined with a second reader, appealed, and
// assessed again.
func appealed(t *testing.T, s *demo.State, second string) string {
	t.Helper()
	ref := refer(t, s, 1).Reference
	take(t, s, ref, append(slices.Clone(demo.ToDecision), do(second, workflow.Second, 0, nil), demo.Decline[1])...)
	take(t, s, ref, do("detective", workflow.Appeal, 0, func(d *forms.Deed) { d.Reason = "She says that she could not leave." }))
	take(t, s, ref, append([]demo.Step{do("second_reviewer", workflow.Take, 0, nil)}, demo.ToDecision[1:]...)...)
	return ref
}

// An appeal goes to another decider: neither the director who declined nor the
// second reader may decide it, and who declined is no second reader of it.
func TestAppealGoesToAnother(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := appealed(t, s, "deputy_director")
		for _, who := range []string{"director", "deputy_director"} {
			step := demo.Confirm
			step.Who = who
			if _, err := s.Take(t.Context(), ref, step); fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "An appeal is decided by somebody") {
				t.Errorf("%s decides the appeal: %v", who, err)
			}
		}
		if _, err := s.Take(t.Context(), ref, do("director", workflow.Second, 0, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("who declined reads the appeal second: %v", err)
		}
	})
}

// A colleague decides the appeal. Both determinations stay on the record of the
// State and of the referrer, who reads no name.
func TestBothDeterminationsStand(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := appealed(t, s, "second_reviewer")
		step := demo.Confirm
		step.Who = "deputy_director"
		take(t, s, ref, step)
		got := open(t, s, "reviewer", ref)
		for path, want := range map[string]any{"determination": "confirmed", "signedBy": s.As("deputy_director").Name, "earlierDeterminations.0.determination": "not_confirmed",
			"earlierDeterminations.0.reopenedBy": "appeal", "earlierDeterminations.0.secondReader": s.As("second_reviewer").Name, "earlierDeterminations.0.signedBy": s.As("director").Name} {
			if it := got.View.Item(path); it == nil || it.Value != want {
				t.Errorf("%s: %+v, want %v", path, it, want)
			}
		}
		own := open(t, s, "detective", ref)
		var acts []workflow.Action
		for _, e := range own.Timeline {
			acts = append(acts, e.Action)
		}
		if !slices.Contains(acts, workflow.Decline) || !slices.Contains(acts, workflow.Appeal) || !slices.Contains(acts, workflow.Confirm) {
			t.Errorf("the referrer reads %v", acts)
		}
		if own.View.Item("earlierDeterminations.0.reason") == nil || own.View.Item("earlierDeterminations.0.signedBy") != nil {
			t.Error("the referrer does not read the reason of before, or reads who signed")
		}
		file, err := s.Door.Paper(t.Context(), s.As("reviewer"), ref, referrals.PaperFile, 0)
		if err != nil || file.View.Item("earlierDeterminations.0.reason") == nil || file.View.Item("determination") == nil {
			t.Errorf("the State's file lacks a determination: %v", err)
		}
	})
}

// New facts open a declined referral again, with what they change told from
// before to after, and the same director may decide on them.
func TestNewFactsReopen(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := declined(t, s)
		_, err := tells(t, s, "detective", ref, workflow.Reconsider, forms.Deed{}, func(r *forms.Referral) { r.PapersHeld = "no" })
		problemAt(t, err, "reason", "without words")
		s.Clock.Set(day("2026-11-09T10:00:00-05:00"))
		words := forms.Deed{Deeds: forms.Deeds{Reason: "A witness came forward."}}
		rec, err := tells(t, s, "detective", ref, workflow.Reconsider, words, func(r *forms.Referral) { r.Force = []forms.Force{"confinement"} })
		if err != nil {
			t.Fatal(err)
		}
		if rec.Status != workflow.InReview || !rec.DueAt.Equal(day("2026-11-13T17:00:00-05:00")) || !rec.RouteDueAt.After(rec.DueAt) {
			t.Errorf("%s, due %s, routed by %s", rec.Status, rec.DueAt, rec.RouteDueAt)
		}
		got := open(t, s, "director", ref)
		if len(got.View.Revisions) != 1 || len(got.View.Revisions[0].Changes) != 1 || got.View.Revisions[0].Changes[0].ID != "G5" {
			t.Errorf("%+v", got.View.Revisions)
		}
		if got.Round != (referrals.Round{}) || got.HeldBy != "" {
			t.Errorf("the round did not begin anew: %+v, held by %q", got.Round, got.HeldBy)
		}
		free, err := s.Door.List(t.Context(), s.As("second_reviewer"), referrals.Filter{Waiting: true, Free: true})
		if err != nil || len(free.Lines) != 1 {
			t.Fatalf("%+v %v", free, err)
		}
		take(t, s, ref, do("second_reviewer", workflow.Take, 0, nil))
		take(t, s, ref, append(slices.Clone(demo.ToDecision[1:]), demo.Confirm)...)
		if it := open(t, s, "director", ref).View.Item("decidedOnVersion"); it == nil || it.Value != 2 {
			t.Errorf("decided on %+v", it)
		}
	})
}
