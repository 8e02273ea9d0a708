package referrals_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"nysreferral/calendar"
	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/ent/pairindex"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// Case 2, after the draft was kept: no number counts the man, no index holds him,
// no job was asked for about him, and no line of the log says a word of what was
// typed.
func TestCase2LeavesNoTrace(t *testing.T) {
	each(t, cases.Load(2).Now, func(t *testing.T, s *demo.State) {
		r, _, err := demo.Referral(2, "")
		if err != nil {
			t.Fatal(err)
		}
		draft, err := s.Door.Import(t.Context(), s.As("case_manager"), r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Door.Submit(t.Context(), s.As("case_manager"), draft, ""); err == nil {
			t.Fatal("sent without consent")
		}
		if got, err := s.Door.Facts(t.Context(), "2026-11", "2026-11"); err != nil || len(got) != 0 {
			t.Errorf("%d are counted, %v", len(got), err)
		}
		read := s.DB.Read()
		if n := read.PairIndex.Query().Where(pairindex.IDGT(0)).CountX(viewer.Job(t.Context(), "test")); n != 0 {
			t.Errorf("%d identities are kept to be compared", n)
		}
		if n := countMails(t, s, func(referrals.Mail) bool { return true }); n != 0 {
			t.Errorf("%d mails about a draft", n)
		}
		for _, line := range read.AuditEntry.Query().AllX(t.Context()) {
			text, err := json.Marshal(line)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{string(r.FamilyName), string(r.GivenNames), string(r.Summary), "westchester", "landscap"} {
				if word != "" && strings.Contains(strings.ToLower(string(text)), strings.ToLower(word)) {
					t.Errorf("the log says %q: %s", word, text)
				}
			}
		}
	})
}

// Case 11: a question of November 4 is answered on the 5th, by one answer; after
// consulting OTDA the time is extended to the 12th for good cause; all stands on
// the record with its times, and both due dates. Nobody of the referring agency
// takes part in the decision, whatever the duty.
func TestCase11(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 1)
		ref := receipt.Reference
		inside := s.As("director")
		inside.Agency = s.As("detective").Agency
		refusesInside(t, s, inside, ref, workflow.Take)
		take(t, s, ref, demo.ToDecision[0])
		s.Clock.Set(day("2026-11-04T10:00:00-05:00"))
		take(t, s, ref, do("reviewer", workflow.Ask, 0, asks("G20")))
		if got := theTask(t, s, "detective", ref, workflow.TaskAnswer); got.DueAt.IsZero() {
			t.Errorf("%+v", got)
		}
		if _, err := s.Take(t.Context(), ref, do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = "2026-11-12", "A translation." })); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("extended before OTDA was consulted: %v", err)
		}
		s.Clock.Set(day("2026-11-05T11:00:00-05:00"))
		if _, err := tells(t, s, "detective", ref, workflow.Answer, forms.Deed{Deeds: forms.Deeds{Answer: "Since the spring."}}, nil); err != nil {
			t.Fatal(err)
		}
		take(t, s, ref, demo.ToDecision[1], demo.ToDecision[2],
			do("director", workflow.Extend, 0, func(d *forms.Deed) { d.Until, d.Reason = "2026-11-12", "A translation is on its way." }))
		take(t, s, ref, demo.ToDecision[3:]...)
		for _, act := range []workflow.Action{workflow.Assess, workflow.Extend, workflow.Confirm, workflow.Decline} {
			refusesInside(t, s, inside, ref, act)
		}
		for _, key := range []string{"detective", "reviewer", "program"} {
			got := open(t, s, key, ref)
			at := map[workflow.Action]string{}
			for _, e := range got.Timeline {
				at[e.Action] = e.At.In(calendar.NewYork()).Format("01-02")
			}
			if at[workflow.Ask] != "11-04" || at[workflow.Answer] != "11-05" || at[workflow.Extend] != "11-05" {
				t.Errorf("%s reads %v", key, at)
			}
			if !got.DueAt.Equal(day("2026-11-12T17:00:00-05:00")) || !got.DueBefore().Equal(receipt.DueAt) {
				t.Errorf("%s: due %s, before %s", key, got.DueAt, got.DueBefore())
			}
			if it := got.View.Item("questions.0.answer"); key != "program" && (it == nil || it.Value != "Since the spring.") { // OTDA's view is on the record
				t.Errorf("%s reads the answer %+v", key, it)
			}
		}
	})
}

// refusesInside wants an act refused to somebody of the State whose agency is
// the one that referred.
func refusesInside(t *testing.T, s *demo.State, who workflow.Actor, ref string, act workflow.Action) {
	t.Helper()
	deed := &forms.Deed{}
	for _, step := range append(slices.Clone(demo.ToDecision), append(demo.Decline, demo.Confirm)...) {
		if step.Do == act && step.Deed != nil {
			step.Deed(deed)
		}
	}
	deed.Until, deed.Reason = "2026-11-13", "For a good reason."
	_, err := s.Door.Act(t.Context(), who, referrals.Seen{Ref: ref, Rev: open(t, s, "director", ref).Rev}, act, deed)
	if kind := fault.KindOf(err); kind != fault.Forbidden && kind != fault.NotFound {
		t.Errorf("somebody of the referring agency does %s: %v", act, err)
	}
}

// Case 12: wage theft and nothing more is declined only with a second reader, a
// category and a reason; the referrer reads the reason, other help and until when
// to appeal; the letter to the person carries no word that harms; new facts open
// it again, and the decline stays on the record.
func TestCase12(t *testing.T) {
	each(t, cases.Load(7).Now, func(t *testing.T, s *demo.State) {
		r, _, err := demo.Referral(7, "")
		if err != nil {
			t.Fatal(err)
		}
		r.Trafficking, r.Coercion, r.MeansUnclear, r.Summary = []forms.Trafficking{"labor"}, nil, true, "Three weeks of wages were not paid. The employer does not answer."
		receipt, err := s.Door.Send(t.Context(), s.As("case_manager"), r, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		ref := receipt.Reference
		take(t, s, ref, demo.ToDecision...)
		take(t, s, ref, do("reviewer", workflow.Assess, 0, func(d *forms.Deed) { demo.ToDecision[3].Deed(d); d.Means = forms.Element{Finding: "not_shown"} }))
		no := func(reason forms.Prose) demo.Step {
			return do("director", workflow.Decline, 0, func(d *forms.Deed) { d.ReasonCode, d.Reason = "no_means_shown", reason })
		}
		if _, err := s.Take(t.Context(), ref, no("Unpaid wages alone do not show force, fraud or coercion.")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("declined without a second reader: %v", err)
		}
		take(t, s, ref, demo.Decline[0])
		if _, err := s.Take(t.Context(), ref, no("")); err == nil {
			t.Error("declined without a reason")
		}
		take(t, s, ref, no("Unpaid wages alone do not show force, fraud or coercion. The Labor Department can claim them."))
		own := open(t, s, "case_manager", ref).View
		for _, path := range []string{"reason", "otherHelp", "appealUntil"} {
			if own.Item(path) == nil {
				t.Errorf("the referrer does not read the %s", path)
			}
		}
		var bad forms.Problems
		err = tryLetter(t, s, ref, "director", workflow.Sign, 0, func(d *forms.Deed) { d.Title, d.ForPerson = "Director", "No coercion was shown." })
		if !errors.As(err, &bad) || bad.Of("reasonForPerson") == "" {
			t.Errorf("a letter that harms was signed: %v", err)
		}
		letters(t, s, ref, "director", workflow.Sign, 0, func(d *forms.Deed) { d.Title, d.ForPerson = "Director", "More is needed before we can say yes." })
		words := forms.Deed{Deeds: forms.Deeds{Reason: "The employer kept the passports."}}
		if _, err := tells(t, s, "case_manager", ref, workflow.Reconsider, words, func(r *forms.Referral) { r.Coercion = []forms.Coercion{"psychological_control"} }); err != nil {
			t.Fatal(err)
		}
		got := open(t, s, "reviewer", ref)
		if it := got.View.Item("earlierDeterminations.0.reasonCategory"); got.Status != workflow.InReview || it == nil || it.Value != "no_means_shown" || len(got.View.Revisions) != 1 {
			t.Errorf("%s, %+v, %d revisions", got.Status, it, len(got.View.Revisions))
		}
	})
}

// Case 14: the release of case 6 comes to name the district, which takes the
// woman on; then she withdraws. At once nobody but the State sees that there was
// something, the department is told only to stop, what was queued does
// nothing, and the numbers count one who withdrew and nothing about her.
func TestCase14(t *testing.T) {
	each(t, cases.Load(6).Now, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 6).Reference
		confirmed(t, s, ref)
		adds(t, s, "case_manager", ref, func(r *forms.Referral) { r.Release = append(r.Release, "ldss") })
		take(t, s, ref, do("program", workflow.Send, 1, nil), do("ldss_nyc_adult", workflow.Accept, 1, nil))
		open(t, s, "ldss_nyc_adult", ref)
		take(t, s, ref, do("case_manager", workflow.Withdraw, 0, nil))
		blind(t, s, "ldss_nyc_adult", ref)
		agency := s.As("ldss_nyc_adult").Agency
		if n := mailsTo(t, s, "stop", agency); n != 1 {
			t.Errorf("the department was told %d times to stop", n)
		}
		for _, key := range []string{"ldss_nyc_adult", "program"} {
			if _, err := s.Door.Paper(t.Context(), s.As(key), ref, referrals.PaperPacket, 1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s has the packet: %v", key, err)
			}
		}
		if page, err := s.Door.List(t.Context(), s.As("ldss_nyc_adult"), referrals.Filter{}); err != nil || len(page.Lines) > 0 {
			t.Errorf("it stands in a list: %+v, %v", page, err)
		}
		if _, ok, err := s.Door.PacketToDraw(t.Context(), referrals.DrawPacket{Ref: ref, N: 1}); ok || err != nil {
			t.Errorf("its packet is drawn: %v, %v", ok, err)
		}
		if _, ok, err := s.Door.LetterToDraw(t.Context(), referrals.DrawLetter{Ref: ref, N: 1}); ok || err != nil {
			t.Errorf("its notice of confirmation is drawn: %v, %v", ok, err)
		}
		s.Clock.Set(s.Clock.Now().AddDate(0, 1, 0))
		climb(t, s)
		if got := kinds(t, s, "ldss_nyc_adult", ref); !slices.Equal(got, []string{workflow.TaskStopped}) {
			t.Errorf("the department is reminded of %v, want to stop and nothing more", got)
		}
		for _, key := range []string{"reviewer", "program"} {
			if got := open(t, s, key, ref); got.Status != workflow.Withdrawn || len(got.View.Parts) > 0 || len(got.Handover) > 0 {
				t.Errorf("%s reads %+v", key, got)
			}
		}
		got, err := s.Door.Facts(t.Context(), "2026-10", "2026-10")
		if err != nil || len(got) != 1 {
			t.Fatalf("%d are counted, %v", len(got), err)
		}
		if f := got[0]; f.Outcome != reports.Withdrawn || f.County != "" || f.Type != "" || f.AgeBand != "" || f.Gender != "" || len(f.Handed) > 0 || !f.DecidedAt.IsZero() {
			t.Errorf("%+v", f)
		}
	})
}
