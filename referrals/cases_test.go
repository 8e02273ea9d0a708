package referrals_test

import (
	"encoding/json"
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

// Case 1: police refer without consent; Election Day moves the due date; the
// referral is urgent; once confirmed, R5 names a provider for Queens that
// speaks the language, and that provider reaches the person.
func TestCase1(t *testing.T) {
	each(t, cases.Load(1).Now, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 1)
		if want := day("2026-11-06T22:00:00Z"); !receipt.DueAt.Equal(want) {
			t.Errorf("due %s, want %s", receipt.DueAt, want)
		}
		seen := confirmed(t, s, receipt.Reference)
		h := seen.Handover[0]
		if len(seen.Handover) != 1 || h.Rule != "R5" || h.Kind != "rhtp" || h.Contact != "demo-rhtp-harbor-light" {
			t.Fatalf("%+v", seen.Handover)
		}
		if it := open(t, s, "reviewer", receipt.Reference).View.Item("urgency"); it == nil || it.Value != "tonight" {
			t.Errorf("urgency %+v", it)
		}
		if _, err := s.Door.Open(t.Context(), s.As("rhtp_harbor"), receipt.Reference, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a recipient sees a proposal: %v", err)
		}
		take(t, s, receipt.Reference, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil),
			do("rhtp_harbor", workflow.Reach, 1, func(d *forms.Deed) { d.How = "through_the_referrer" }))
		got := open(t, s, "detective", receipt.Reference)
		if got.Handover[0].Status != workflow.Reached || got.Handover[0].Recipient != "" {
			t.Errorf("the detective sees %+v", got.Handover[0])
		}
	})
}

// Case 2: without consent a provider's referral is refused in a sentence, the
// draft is kept with everything typed, and nobody of the State finds it.
func TestCase2(t *testing.T) {
	each(t, cases.Load(2).Now, func(t *testing.T, s *demo.State) {
		r, _, err := demo.Referral(2, "")
		if err != nil {
			t.Fatal(err)
		}
		draft, err := s.Door.Import(t.Context(), s.As("case_manager"), r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Door.Submit(t.Context(), s.As("case_manager"), draft, "")
		var problems forms.Problems
		if !errors.As(err, &problems) || problems.Of("consented") == "" {
			t.Fatalf("submitted: %v", err)
		}
		got := open(t, s, "case_manager", draft.Ref)
		if got.Status != workflow.Draft || got.Answers.Summary != r.Summary || got.Answers.Age.N != 41 {
			t.Errorf("the draft was not kept: %+v", got.Status)
		}
		for _, a := range s.Accounts {
			if a.Key == "case_manager" || a.Key == "shelter_lead" {
				continue
			}
			if _, err := s.Door.Open(t.Context(), a.Actor, draft.Ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s opens a draft: %v", a.Key, err)
			}
			page, err := s.Door.List(t.Context(), a.Actor, referrals.Filter{})
			if err == nil && len(page.Lines) > 0 {
				t.Errorf("%s lists a draft", a.Key)
			}
		}
	})
}

// Case 3: the means are waived for a minor; the notice to the department of the
// county where the child was found goes out on receipt and shows its own
// fields only; once confirmed, R1, and the packet holds the minor block and
// not the narrative.
func TestCase3(t *testing.T) {
	each(t, cases.Load(3).Now, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 3)
		if want := day("2026-12-23T22:00:00Z"); !receipt.DueAt.Equal(want) {
			t.Errorf("due %s, want %s", receipt.DueAt, want)
		}
		letters, err := s.Door.Letters(t.Context(), s.As("ldss_erie"))
		if err != nil || len(letters) != 1 || letters[0].Reference != receipt.Reference || letters[0].SentAt.IsZero() {
			t.Fatalf("letters %+v, %v", letters, err)
		}
		notice, err := s.Door.Letter(t.Context(), s.As("ldss_erie"), receipt.Reference, letters[0].N)
		if err != nil {
			t.Fatal(err)
		}
		if notice.View.Item("familyName") == nil || notice.View.Item("summary") != nil || notice.View.Item("needs.mentalHealth") != nil {
			t.Errorf("the notice shows %+v", notice.View)
		}
		for _, key := range []string{"ldss_wyoming", "rhtp_harbor", "detective"} {
			if _, err := s.Door.Letter(t.Context(), s.As(key), receipt.Reference, letters[0].N); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s opens the notice: %v", key, err)
			}
		}
		h := confirmed(t, s, receipt.Reference).Handover[0]
		if h.Rule != "R1" || h.Contact != "demo-ldss-erie-child" {
			t.Fatalf("%+v", h)
		}
		take(t, s, receipt.Reference, do("program", workflow.Send, 1, nil), do("ldss_erie", workflow.Accept, 1, nil))
		paper, err := s.Door.Paper(t.Context(), s.As("ldss_erie"), receipt.Reference, referrals.PaperPacket, 1)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(paper.View)
		if err != nil {
			t.Fatal(err)
		}
		if paper.View.Item("custody") == nil || strings.Contains(string(text), "escort site") {
			t.Errorf("the packet shows %s", text)
		}
	})
}

// Case 4: a boy of no papers is a minor; the request to HHS has a clock of 24
// hours from receipt; the department of Wyoming County hears on receipt.
func TestCase4(t *testing.T) {
	each(t, cases.Load(4).Now, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 4)
		if want := day("2026-09-14T21:00:00Z"); !receipt.DueAt.Equal(want) {
			t.Errorf("due %s, want %s", receipt.DueAt, want)
		}
		tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(tasks, func(one referrals.Task) bool { return one.Kind == "hhs_request" })
		if i < 0 || !tasks[i].DueAt.Equal(receipt.ReceivedAt.Add(24*time.Hour)) {
			t.Fatalf("tasks %+v", tasks)
		}
		if letters, err := s.Door.Letters(t.Context(), s.As("ldss_wyoming")); err != nil || len(letters) != 1 {
			t.Errorf("letters %+v, %v", letters, err)
		}
		if err := s.Door.Done(t.Context(), s.As("program"), tasks[i].ID, "Asked through the portal."); err != nil {
			t.Error(err)
		}
		if err := s.Door.Done(t.Context(), s.As("reviewer"), tasks[i].ID, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a reviewer ends OTDA's task: %v", err)
		}
	})
}

// Case 5: residence decides, not where the person was found; a provider beside
// it is proposed for the legal need.
func TestCase5(t *testing.T) {
	each(t, cases.Load(5).Now, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 5)
		if want := day("2026-10-13T21:00:00Z"); !receipt.DueAt.Equal(want) {
			t.Errorf("due %s, want %s", receipt.DueAt, want)
		}
		list := confirmed(t, s, receipt.Reference).Handover
		if list[0].Rule != "R3" || list[0].Contact != "demo-ldss-tompkins-adult" {
			t.Errorf("%+v", list[0])
		}
		if len(list) != 2 || list[1].Kind != "rhtp" || list[1].Primary {
			t.Errorf("%+v", list)
		}
	})
}

// Case 6: a T visa leads to the city's point for adults; the release names
// neither kind of recipient, so nothing can be sent, no recipient sees the
// referral, and OTDA has a task to obtain consent.
func TestCase6(t *testing.T) {
	each(t, cases.Load(6).Now, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 6).Reference
		seen := confirmed(t, s, ref)
		h := seen.Handover[0]
		if len(seen.Handover) != 1 || h.Rule != "R4" || h.Contact != "demo-ldss-new-york-city-adult" || h.Permitted {
			t.Fatalf("%+v", seen.Handover)
		}
		if !slices.ContainsFunc(h.Notes, func(n string) bool {
			return strings.Contains(n, "Response to Human Trafficking Program is not permitted by the release")
		}) {
			t.Errorf("notes %q", h.Notes)
		}
		_, err := s.Take(t.Context(), ref, do("program", workflow.Send, 1, nil))
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("sent beyond the release: %v", err)
		}
		for _, a := range s.Accounts {
			if a.Duty != workflow.Recipient {
				continue
			}
			if _, err := s.Door.Open(t.Context(), a.Actor, ref, referrals.Want{}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s sees the referral: %v", a.Key, err)
			}
		}
		hasTask(t, s, ref, "obtain_consent", referrals.Handover{})
	})
}

// Case 7: nobody asks again; R6 names a provider for Monroe, where the
// directory has none that is verified, so OTDA gets a task that names the provider.
func TestCase7(t *testing.T) {
	each(t, cases.Load(7).Now, func(t *testing.T, s *demo.State) {
		ref := refer(t, s, 7).Reference
		h := confirmed(t, s, ref).Handover[0]
		if h.Rule != "R6" || h.Kind != "rhtp" || h.Verified {
			t.Fatalf("%+v", h)
		}
		hasTask(t, s, ref, "contact_to_verify", h)
		if _, err := s.Take(t.Context(), ref, do("program", workflow.Send, 1, nil)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("sent to an unverified contact: %v", err)
		}
	})
}

func hasTask(t *testing.T, s *demo.State, ref, kind string, of referrals.Handover) {
	t.Helper()
	tasks, err := s.Door.Tasks(t.Context(), s.As("program"), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range tasks {
		if one.Reference == ref && one.Kind == kind && strings.Contains(one.Words, of.Recipient) && one.Contact == of.Contact {
			return
		}
	}
	t.Errorf("no task %s naming %q in %+v", kind, of.Recipient, tasks)
}

// Case 8: consent by an alleged trafficker blocks, the draft is kept.
func TestCase8(t *testing.T) {
	each(t, cases.Load(8).Now, func(t *testing.T, s *demo.State) {
		r, _, err := demo.Referral(8, "")
		if err != nil {
			t.Fatal(err)
		}
		draft, err := s.Door.Import(t.Context(), s.As("case_manager"), r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Door.Submit(t.Context(), s.As("case_manager"), draft, "")
		var problems forms.Problems
		if !errors.As(err, &problems) || !strings.Contains(problems.Of("consentGiver.name"), "guardian") {
			t.Errorf("submitted: %v", err)
		}
		if got := open(t, s, "case_manager", draft.Ref); got.Status != workflow.Draft {
			t.Errorf("%s", got.Status)
		}
	})
}

// Case 9: names come back as they were written.
func TestCase9(t *testing.T) {
	each(t, cases.Load(9).Now, func(t *testing.T, s *demo.State) {
		receipt := refer(t, s, 9)
		view := open(t, s, "reviewer", receipt.Reference).View
		text, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Nguyễn Thị Ánh", "محمد عبد الله", "מרים", "রহিমা খাতুন", "Ольга Сергеевна", "김민지", "Sukarno", "O’Neill-Ávila"} {
			if !strings.Contains(string(text), name) {
				t.Errorf("%s is not in the reviewer's view", name)
			}
		}
	})
}
