package referrals_test

import (
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// The person asked to wait: the clocks go on from that day with what was left,
// and the due dates of before are kept, with the reason, for those who may
// read it. Nobody can wait for ever.
func TestWait(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		before := theTask(t, s, "rhtp_harbor", ref, workflow.TaskContact)
		for _, until := range []forms.Date{"2026-11-01", forms.Date(s.Clock.Now().Format(time.DateOnly)), forms.Date(s.Clock.Now().AddDate(0, 0, 61).Format(time.DateOnly)), "2027-02-01"} {
			_, err := s.Take(t.Context(), ref, do("rhtp_harbor", workflow.Wait, 1, func(d *forms.Deed) { d.WaitUntil, d.Reason = until, "Asked for time." }))
			if err == nil || fault.KindOf(err) == fault.Conflict {
				t.Errorf("waits until %s: %v", until, err)
			}
		}
		take(t, s, ref, do("rhtp_harbor", workflow.Wait, 1, func(d *forms.Deed) { d.WaitUntil, d.Reason = "2026-11-16", "She is in hospital." }))
		after := theTask(t, s, "rhtp_harbor", ref, workflow.TaskContact)
		if !after.DueAt.After(day("2026-11-16T22:00:00Z")) || len(after.Was) != 1 || !after.Was[0].DueAt.Equal(before.DueAt) || len(after.Held) != 1 {
			t.Errorf("%+v", after)
		}
		s.Clock.Set(day("2026-11-14T15:00:00Z"))
		climb(t, s)
		if n := entered(t, s, workflow.Warm); n != 0 {
			t.Error("the referrer is asked while the person wants to wait")
		}
		for _, one := range open(t, s, "detective", ref).Handover[0].Clocks {
			if len(one.Held) > 0 {
				t.Errorf("the detective reads why: %+v", one)
			}
		}
	})
}

// Another day in the place of the first one counts, whether it is later or sooner,
// and nothing adds up; also where the clocks end on the same business day. What
// begins while the person waits waits, too: the next try after one that was made
// anyway, and what the referrer was asked before, who is asked nothing meanwhile and
// reads nothing of it.
func TestWaitAnew(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 1).Reference
		confirmed(t, s, ref)
		warm := do("rhtp_harbor", workflow.Warm, 1, nil)
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil), warm)
		waits := func(until forms.Date) demo.Step {
			return do("rhtp_harbor", workflow.Wait, 1, func(d *forms.Deed) { d.WaitUntil, d.Reason = until, "She is in hospital." })
		}
		due := func(kind string) time.Time { return theTask(t, s, "rhtp_harbor", ref, kind).DueAt }
		take(t, s, ref, waits("2026-11-16"))
		try, contact := due(workflow.TaskTry), due(workflow.TaskContact)
		take(t, s, ref, waits("2026-12-14"), waits("2026-11-13"), waits("2026-11-15"))
		for _, kind := range []string{workflow.TaskTry, workflow.TaskContact} {
			if held := theTask(t, s, "rhtp_harbor", ref, kind).Held; !held[len(held)-1].Until.Equal(day("2026-11-15T22:00:00Z")) {
				t.Errorf("%s stands still as %+v, and not until the day that was named last", kind, held)
			}
		}
		take(t, s, ref, waits("2026-11-16"))
		if again := due(workflow.TaskTry); !again.Equal(try) {
			t.Errorf("the next try is due %s, and %s after other days were named", try, again)
		}
		if again := due(workflow.TaskContact); !again.Equal(contact) {
			t.Errorf("the first contact is due %s, and %s after other days were named", contact, again)
		}
		try1 := do("rhtp_harbor", workflow.Attempt, 1, func(d *forms.Deed) { d.How, d.Result = "through_the_referrer", "no_answer" })
		take(t, s, ref, try1)
		for _, kind := range []string{workflow.TaskTry, workflow.TaskContact} {
			if at := due(kind); !at.After(day("2026-11-16T22:00:00Z")) {
				t.Errorf("%s is due %s, while the person waits", kind, at)
			}
		}
		clocks := open(t, s, "detective", ref).Handover[0].Clocks
		clocks = append(clocks, theTask(t, s, "detective", ref, workflow.TaskBring))
		for _, one := range clocks {
			if one.Kind == workflow.TaskBring && !one.DueAt.After(day("2026-11-16T22:00:00Z")) {
				t.Errorf("the referrer is to bring them together by %s", one.DueAt)
			}
			if len(one.Held) > 0 || len(one.Was) > 0 {
				t.Errorf("the referrer reads %+v %+v", one.Held, one.Was)
			}
		}
		take(t, s, ref, do("detective", workflow.Bring, 1, func(d *forms.Deed) { d.CanBring = "yes_call_me_first" }))
		if _, err := s.Take(t.Context(), ref, warm); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the referrer is asked while the person waits: %v", err)
		}
		s.Clock.Set(day("2026-11-17T15:00:00Z"))
		take(t, s, ref, try1, warm)
		if n := len(theTask(t, s, "rhtp_harbor", ref, workflow.TaskTry).Held); n != 0 {
			t.Errorf("the next try stands still %d times after the day", n)
		}
	})
}

// Who follows a recipient that was told to wait waits, too, also where that one's
// hand-over was closed before another was proposed, and does not read why; but not
// where somebody reached the person since. Nothing is due soon while the person waits.
func TestWaitOutlivesTheRecipient(t *testing.T) {
	give := func(d *forms.Deed) { d.Contact, d.Reason = "demo-rhtp-hudson-bridge", "It knows her." }
	anew := []demo.Step{do("program", workflow.Close, 1, func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "It has no room." }), do("program", workflow.Propose, 2, give)}
	const reached = "reached, closed, and proposed anew"
	for name, ways := range map[string][]demo.Step{
		"rerouted":                  {do("program", workflow.Reroute, 1, give)},
		"closed, and proposed anew": anew,
		reached:                     append([]demo.Step{do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "through_the_referrer" })}, anew...),
	} {
		each(t, monday, func(t *testing.T, s *demo.State) {
			ref := refer(t, s, 1).Reference
			confirmed(t, s, ref)
			take(t, s, ref, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil),
				do("rhtp_harbor", workflow.Wait, 1, func(d *forms.Deed) { d.WaitUntil, d.Reason = "2026-11-16", "She is in hospital." }))
			if held := theTask(t, s, "rhtp_harbor", ref, workflow.TaskContact); held.SoonAt.Before(held.Held[0].Until) {
				t.Errorf("%s: due soon at %s, while the person waits", name, held.SoonAt)
			}
			rec := take(t, s, ref, ways...)
			n := rec.Handover[len(rec.Handover)-1].N
			take(t, s, ref, do("program", workflow.Send, n, demo.Knowingly), do("rhtp_hudson", workflow.Accept, n, nil))
			for _, kind := range []string{workflow.TaskTry, workflow.TaskContact} {
				one := theTask(t, s, "rhtp_hudson", ref, kind)
				if name == reached {
					if len(one.Held) > 0 {
						t.Errorf("%s: %s stands still as %+v", name, kind, one.Held)
					}
					continue
				}
				if len(one.Held) != 1 || !one.Held[0].Until.Equal(day("2026-11-16T22:00:00Z")) || one.Held[0].Why != "" || !one.DueAt.After(one.Held[0].Until) {
					t.Errorf("%s: %s is due %s and stands still as %+v", name, kind, one.DueAt, one.Held)
				}
			}
		})
	}
}
