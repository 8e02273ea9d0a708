package referrals_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// Case 13: the department of Tompkins County accepts case 5 and tries three
// times without an answer. The board says "no contact"; on the configured days
// the referrer is asked to bring the man together with the department, and
// then OTDA has to step in; it chooses the provider with a reason, and that one
// reaches him. Nothing of it is lost on the way.
func TestCase13(t *testing.T) {
	each(t, cases.Load(5).Now, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 5).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil))
		one := s.Clock.Now() // day 1, Wednesday, October 7
		on := func(n int) { s.Clock.Set(one.AddDate(0, 0, n-1)); climb(t, s) }
		noAnswer := do("ldss_tompkins", workflow.Attempt, 1, func(d *forms.Deed) { d.How, d.Result = "phone", "no_answer" })

		take(t, s, ref, do("ldss_tompkins", workflow.Accept, 1, nil))
		for n, day := range []int{2, 4, 8} {
			on(day)
			if got, _ := onBoard(t, s, ref, 1); got.NoContact || len(got.Tries) != n {
				t.Fatalf("on day %d before the try: %d tries, no contact %v", day, len(got.Tries), got.NoContact)
			}
			take(t, s, ref, noAnswer)
		}
		if got, _ := onBoard(t, s, ref, 1); !got.NoContact || len(got.Tries) != 3 || got.BringAsked {
			t.Fatalf("after three tries: %+v", got)
		}

		// First contact is due on day 8 at 17:00; a day later the trooper is asked.
		on(9)
		asked := theTask(t, s, "trooper", ref, workflow.TaskBring)
		if strings.Contains(asked.Words, "Tompkins") || asked.Law == "" {
			t.Errorf("the trooper is asked: %+v", asked)
		}
		if slices.Contains(kinds(t, s, "program", ref), workflow.TaskNoContact) {
			t.Error("OTDA has to step in too early")
		}
		if got, _ := onBoard(t, s, ref, 1); !got.BringAsked {
			t.Errorf("the board does not know that the referrer was asked: %+v", got)
		}

		// Three days after that day, on Monday, OTDA has to step in.
		on(14)
		if !slices.Contains(kinds(t, s, "program", ref), workflow.TaskNoContact) {
			t.Fatalf("OTDA has %v", kinds(t, s, "program", ref))
		}
		_, err := s.Take(t.Context(), ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) { d.Contact = "demo-rhtp-hudson-bridge" }))
		if problems := (forms.Problems{}); !errors.As(err, &problems) || problems.Of("reason") == "" {
			t.Fatalf("rerouted without a reason: %v", err)
		}
		rec := take(t, s, ref, do("program", workflow.Reroute, 1, func(d *forms.Deed) {
			d.Contact, d.Reason = "demo-rhtp-hudson-bridge", "Nobody reached him in two weeks; the provider knows the shelter."
		}))
		last := rec.Handover[len(rec.Handover)-1]
		if last.Contact != "demo-rhtp-hudson-bridge" || rec.Handover[0].Status != workflow.HandoverClosed {
			t.Fatalf("%+v", rec.Handover)
		}
		if _, err := s.Door.Open(t.Context(), s.As("ldss_tompkins"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the department still sees it: %v", err)
		}
		take(t, s, ref, do("program", workflow.Send, last.N, demo.Knowingly), do("rhtp_hudson", workflow.Accept, last.N, nil),
			do("rhtp_hudson", workflow.Reach, last.N, func(d *forms.Deed) { d.How = "through_the_referrer" }))
		if slices.ContainsFunc(open(t, s, "trooper", ref).Handover, func(h referrals.Handover) bool { return h.Recipient != "" }) {
			t.Error("the trooper reads a recipient's name")
		}
	})
}

// theTask is the open task of a kind that an account has on a referral.
func theTask(t *testing.T, s *demo.State, key, ref, kind string) referrals.Task {
	t.Helper()
	list, err := s.Door.Tasks(t.Context(), s.As(key), false)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(one referrals.Task) bool { return one.Reference == ref && one.Kind == kind })
	if i < 0 {
		t.Fatalf("%s has no %s in %+v", key, kind, list)
	}
	return list[i]
}

// A referrer who is asked says whether the person can be brought together with
// the recipient: a stranger cannot, the recipient reads the answer, and a no is
// OTDA's to step in. A provider learns with whom.
func TestBringTogether(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil), do("rhtp_harbor", workflow.Warm, 1, nil))
		if _, err := s.Take(t.Context(), ref, do("program", workflow.Warm, 1, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("asked twice: %v", err)
		}
		_, err := s.Door.Act(t.Context(), s.As("trooper"), referrals.Seen{Ref: ref, N: 1, Rev: 1}, workflow.Bring, &forms.Deed{})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger answers: %v", err)
		}
		if _, err := s.Take(t.Context(), ref, do("reviewer", workflow.Bring, 1, nil)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a reviewer answers: %v", err)
		}
		if _, err := s.Take(t.Context(), ref, do("detective", workflow.Accept, 1, nil)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a referrer accepts: %v", err)
		}
		take(t, s, ref, do("detective", workflow.Bring, 1, func(d *forms.Deed) { d.CanBring, d.Note = "yes_call_me_first", "Call me after six." }))
		if got := kinds(t, s, "detective", ref); len(got) > 0 {
			t.Errorf("the detective still has %v", got)
		}
		log := open(t, s, "rhtp_harbor", ref).View.Item("attempts")
		if log == nil || !slices.ContainsFunc(log.Rows, func(row []forms.Item) bool {
			return slices.ContainsFunc(row, func(it forms.Item) bool { return slices.Contains(it.Text, "Call me after six.") })
		}) {
			t.Errorf("the recipient does not read the answer: %+v", log)
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Warm, 1, nil), do("detective", workflow.Bring, 1, func(d *forms.Deed) { d.CanBring = "no_contact_any_more" }))
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskNoContact}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// After the person was reached the recipient is asked how it goes after 30, 60
// and 90 days and again later; each answer ends one question, and lost contact
// is OTDA's to step in.
func TestOutcomes(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil),
			do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "through_the_referrer" }), do("rhtp_harbor", workflow.Enroll, 1, nil),
			do("rhtp_harbor", workflow.Serve, 1, func(d *forms.Deed) { d.Started = []forms.Help{"medical", "safeHouse"} }))
		if got := kinds(t, s, "rhtp_harbor", ref); len(got) > 0 {
			t.Fatalf("asked at once: %v", got)
		}
		start := s.Clock.Now()
		tell := func(how forms.Progress) demo.Step {
			return do("rhtp_harbor", workflow.Tell, 1, func(d *forms.Deed) { d.Progress = how })
		}
		for i, n := range []int{30, 60, 90} {
			s.Clock.Set(start.AddDate(0, 0, n-2))
			climb(t, s)
			if got := kinds(t, s, "rhtp_harbor", ref); !slices.Equal(got, workflow.Outcomes[i:i+1]) {
				t.Fatalf("before day %d the recipient is asked %v", n, got)
			}
			take(t, s, ref, tell("in_services"))
			if got := kinds(t, s, "rhtp_harbor", ref); len(got) > 0 {
				t.Fatalf("after the answer of day %d it has %v", n, got)
			}
		}
		s.Clock.Set(start.AddDate(0, 0, 179))
		take(t, s, ref, tell("lost_contact"))
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskLost}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// A person who says no was reached; where a recipient passes somebody on, OTDA
// has to send; where every hand-over ended, OTDA proposes another or closes.
func TestEnds(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil), do("rhtp_harbor", workflow.Refuse, 1, saidNo))
		got := open(t, s, "detective", ref)
		if got.Handover[0].ReachedAt.IsZero() || slices.ContainsFunc(got.Timeline, func(e referrals.Event) bool { return e.Action == workflow.Refuse }) {
			t.Errorf("the detective sees %+v %+v", got.Handover, got.Timeline)
		}
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskSaidNo, workflow.TaskWrapUp}) {
			t.Fatalf("OTDA has %v", got)
		}
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "She changed her mind." }),
			do("program", workflow.Send, 2, nil), do("rhtp_open_door", workflow.Accept, 2, nil),
			do("rhtp_open_door", workflow.Reach, 2, func(d *forms.Deed) { d.How = "through_the_referrer" }),
			do("rhtp_open_door", workflow.Transfer, 2, func(d *forms.Deed) { d.PassOnTo = "A provider near her sister" }))
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskRoute, workflow.TaskSaidNo}) {
			t.Errorf("OTDA has %v", got)
		}
		if got, ok := onBoard(t, s, ref, 2); !ok || got.Status != workflow.Returned {
			t.Errorf("%+v", got)
		}
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_open_door"), ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("it is still seen: %v", err)
		}
	})
}

// The old due date of a determination is never lost: whoever may see the
// clock sees both, on the record, in the list and in the timeline, however
// often it is extended; and the alarm rings by the new one.
func TestExtensionKeepsBoth(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 1)
		take(t, s, receipt.Reference, demo.ToDecision...)
		extend := func(until forms.Date) {
			take(t, s, receipt.Reference, do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = until, "An interpreter is found on Monday." }))
		}
		extend("2026-11-12")
		extend("2026-11-13")
		for _, key := range []string{"detective", "reviewer", "program"} {
			got := open(t, s, key, receipt.Reference)
			before := day("2026-11-12T22:00:00Z")
			if !got.DueBefore().Equal(before) || !got.DueAt.Equal(day("2026-11-13T22:00:00Z")) {
				t.Errorf("%s: due %s, before %s", key, got.DueAt, got.DueBefore())
			}
			text := ""
			for _, e := range got.Timeline {
				text += e.Words
			}
			for _, want := range []string{"It was due November 6, 2026, 5:00 pm, and is due November 12, 2026, 5:00 pm now.", "It was due November 12, 2026, 5:00 pm, and is due November 13, 2026, 5:00 pm now."} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %q is not in %q", key, want, text)
				}
			}
			for _, c := range got.Clocks {
				if c.Kind == workflow.TaskDetermination && (len(c.Was) != 2 || !c.Was[0].DueAt.Equal(receipt.DueAt)) {
					t.Errorf("%s: %+v", key, c)
				}
			}
			if it := got.View.Item("extendedFrom"); it == nil {
				t.Errorf("%s: the view does not say when it was due before", key)
			}
		}
		page, err := s.Door.List(t.Context(), s.As("reviewer"), referrals.Filter{Waiting: true})
		if err != nil || len(page.Lines) != 1 || !page.Lines[0].DueBefore.Equal(day("2026-11-12T22:00:00Z")) {
			t.Errorf("%+v %v", page.Lines, err)
		}
	})
}

// The clocks of consent: one that ends rings a month before, and when it has
// ended OTDA has to step in; consent in words only is the referrer's to
// complete, and nobody else's.
func TestConsentClocks(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		r, body, err := demo.Referral(1, "")
		if err != nil {
			t.Fatal(err)
		}
		r.Consented, r.ConsentFrom, r.ConsentUntil = "yes_verbal", "2026-11-01", "2027-01-29"
		r.Release, r.ConsentBy = []forms.Receiver{"dcjs_and_otda", "rhtp_provider"}, []forms.Giver{"the_person"}
		receipt, err := s.Door.Send(t.Context(), s.As("detective"), r, "", body)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		written := theTask(t, s, "detective", ref, workflow.TaskWritten)
		if err := s.Door.Done(t.Context(), s.As("trooper"), written.ID, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger has the paper: %v", err)
		}
		if err := s.Door.Done(t.Context(), s.As("detective"), written.ID, "In our file."); err != nil {
			t.Error(err)
		}
		confirmed(t, s, ref)
		if got := kinds(t, s, "detective", ref); len(got) > 0 {
			t.Errorf("the end of the release stands in the list too early: %v", got)
		}
		s.Clock.Set(day("2027-01-04T15:00:00Z"))
		climb(t, s)
		theTask(t, s, "detective", ref, workflow.TaskRelease)
		s.Clock.Set(day("2027-01-30T15:00:00Z"))
		climb(t, s)
		if got := kinds(t, s, "program", ref); !slices.Contains(got, workflow.TaskReleaseEnded) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// A declined referral can be appealed until the clock that the decline started
// runs out, and no longer; then it ends by itself and the referral can be
// closed.
func TestAppealClock(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		take(t, s, ref, demo.ToDecision...)
		take(t, s, ref, demo.Decline...)
		clock := open(t, s, "detective", ref).Clocks
		i := slices.IndexFunc(clock, func(c referrals.Task) bool { return c.Kind == workflow.TaskAppeal })
		if i < 0 || clock[i].DueAt.Sub(s.Clock.Now()) < 59*24*time.Hour {
			t.Fatalf("%+v", clock)
		}
		s.Clock.Set(clock[i].DueAt.Add(-time.Minute))
		climb(t, s)
		if _, err := s.Take(t.Context(), ref, do("reviewer", workflow.Close, 0, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("closed before: %v", err)
		}
		s.Clock.Set(clock[i].DueAt.Add(time.Minute))
		climb(t, s)
		_, err := s.Take(t.Context(), ref, do("detective", workflow.Appeal, 0, func(d *forms.Deed) { d.Reason = "Too late." }))
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("appealed after: %v", err)
		}
		take(t, s, ref, do("reviewer", workflow.Close, 0, nil))
	})
}

// That the person says no is written with how the person said it, and OTDA looks
// at it, also while another hand-over goes on.
func TestNoIsLookedAt(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := accepted(t, s, 1, "rhtp_harbor")
		take(t, s, ref, do("program", workflow.Propose, 2, func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-open-door", "For legal help." }), do("program", workflow.Send, 2, nil))
		_, err := s.Take(t.Context(), ref, do("rhtp_harbor", workflow.Refuse, 1, nil))
		if bad := (forms.Problems{}); !errors.As(err, &bad) || bad.Of("how") == "" || bad.Of("note") == "" {
			t.Fatalf("a no without how and words: %v", err)
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Refuse, 1, saidNo))
		if got := kinds(t, s, "program", ref); !slices.Equal(got, []string{workflow.TaskSaidNo}) {
			t.Errorf("OTDA has %v", got)
		}
	})
}

// saidNo is how a person said no.
func saidNo(d *forms.Deed) {
	d.How, d.Note = "through_the_referrer", "She called from her own number, and says that she needs nothing."
}
