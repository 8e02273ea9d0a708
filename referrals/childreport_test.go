package referrals_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/directory"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// missingChild is a referral of a child in sex trafficking who is missing from
// care and whom nobody reported missing.
func missingChild(t *testing.T, s *demo.State) string {
	t.Helper()
	r, body, err := demo.Referral(1, "")
	if err != nil {
		t.Fatal(err)
	}
	r.Under18, r.Under18Then, r.Custody, r.SCR, r.HHSRequest, r.Born = "yes", "yes", "yes", "yes", "not_needed", "unknown"
	r.CustodyOf, r.Missing, r.NCMEC, r.Trafficking = "erie", "now", "no", []forms.Trafficking{"sex"}
	receipt, err := s.Door.Send(t.Context(), s.As("detective"), r, "", body)
	if err != nil {
		t.Fatal(err)
	}
	return receipt.Reference
}

// A child in sex trafficking, or missing from care: OTDA is asked to see within
// 24 hours of the clock that the local department reports it, whose duty it is,
// and marks it done with what the department says and how that is known. Nobody
// else may, no recipient sees it, and a withdrawal does not end it.
func TestReportsOfTheDistrict(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := missingChild(t, s)
		kinds := []string{workflow.TaskPolice, workflow.TaskMissing}
		for _, kind := range kinds {
			one := theTask(t, s, "program", ref, kind)
			if one.DueAt.Sub(one.CreatedAt).Round(time.Minute) != 24*time.Hour {
				t.Errorf("%s is due %s after it began", kind, one.DueAt.Sub(one.CreatedAt))
			}
			for _, key := range []string{"reviewer", "detective", "ldss_erie", "trooper"} {
				if err := s.Door.Done(t.Context(), s.As(key), one.ID, "The department says that it reported. By phone."); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s marks %s done: %v", key, kind, err)
				}
			}
			problemAt(t, s.Door.Done(t.Context(), s.As("program"), one.ID, "Called them."), "way", kind)
			problemAt(t, s.Door.Done(t.Context(), s.As("program"), one.ID, "The department says that it reported."), "note", kind)
		}
		for _, key := range []string{"detective", "auditor"} {
			for _, c := range open(t, s, key, ref).Clocks {
				if slices.Contains(kinds, c.Kind) {
					t.Errorf("%s sees %s", key, c.Kind)
				}
			}
		}
		if !slices.ContainsFunc(open(t, s, "reviewer", ref).Clocks, func(c referrals.Task) bool { return c.Kind == workflow.TaskPolice }) {
			t.Error("the reviewer does not see the clock")
		}
		take(t, s, ref, do("detective", workflow.Withdraw, 0, nil))
		for _, kind := range kinds {
			if err := s.Door.Done(t.Context(), s.As("program"), theTask(t, s, "program", ref, kind).ID, "The department says that it reported. By phone, at ten."); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

// A child who was found, or was reported missing after all, is asked after no
// longer; one who goes missing is.
func TestMissingComesAndGoes(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := missingChild(t, s)
		asked := func() bool {
			kinds, err := s.Door.OpenTasks(t.Context(), ref)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Contains(kinds, workflow.TaskMissing)
		}
		for _, tt := range []struct {
			missing forms.Missing
			told    forms.YesNoUnknown
			want    bool
		}{{"no", "", false}, {"now", "unknown", true}, {"now", "yes", false}} {
			_, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{Deeds: forms.Deeds{Facts: "Told by her aunt."}},
				func(r *forms.Referral) { r.Missing, r.NCMEC = tt.missing, tt.told })
			if err != nil {
				t.Fatal(err)
			}
			if got := asked(); got != tt.want {
				t.Errorf("missing %s, reported %q: asked %v", tt.missing, tt.told, got)
			}
		}
	})
}

// After a withdrawal OTDA reads no answer any more, and the tasks about a child go
// on: each names the department that it is about, the one that has the child in
// care or the one of the county where the child was found, as the answers were
// last. OTDA is told once when it is another one.
func TestChildTasksNameTheDepartment(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := missingChild(t, s)
		says := func(when string, want map[string]string) {
			t.Helper()
			for kind, name := range want {
				if one := theTask(t, s, "program", ref, kind); !strings.Contains(one.Words, name) {
					t.Errorf("%s %s says %q, want %q", when, kind, one.Words, name)
				}
			}
		}
		r, _, err := demo.Referral(1, "")
		if err != nil {
			t.Fatal(err)
		}
		at, ok := directory.DistrictOf(string(r.CountyFound))
		if !ok || at.Code == "erie" || at.Code == "albany" {
			t.Fatalf("found in %q", r.CountyFound)
		}
		says("at first", map[string]string{workflow.TaskMissing: "Erie County Department", workflow.TaskPolice: at.Name})
		mails := func() int {
			return countMails(t, s, func(m referrals.Mail) bool { return m.Duty == workflow.Program && m.What == referrals.MailChanged })
		}
		before := mails()
		for range 2 {
			_, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{Deeds: forms.Deeds{Facts: "Told by her aunt."}},
				func(r *forms.Referral) { r.CustodyOf, r.CountyFound = "wyoming", "albany" })
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := mails() - before; n != 1 {
			t.Errorf("%d mails tell OTDA that something changed, want one", n)
		}
		take(t, s, ref, do("detective", workflow.Withdraw, 0, nil))
		says("in the end", map[string]string{workflow.TaskMissing: "Wyoming County Department", workflow.TaskPolice: "Albany County Department"})
		for _, kind := range []string{workflow.TaskMissing, workflow.TaskPolice} {
			if words := theTask(t, s, "program", ref, kind).Words; strings.Contains(words, "Erie") || strings.Contains(words, at.Name) {
				t.Errorf("%s still says %q", kind, words)
			}
		}
	})
}

// Where the referral does not say whose care it is, the task says that, and where
// the child was found; it never names a department that nobody named.
func TestMissingFromAnUnknownDepartment(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		ref := missingChild(t, s)
		_, err := tells(t, s, "detective", ref, workflow.Add, forms.Deed{Deeds: forms.Deeds{Facts: "Told by her aunt."}},
			func(r *forms.Referral) { r.Custody, r.CustodyOf, r.CountyFound = "unknown", "", "albany" })
		if err != nil {
			t.Fatal(err)
		}
		words := theTask(t, s, "program", ref, workflow.TaskMissing).Words
		if !strings.Contains(words, "does not say which department") || !strings.Contains(words, "Albany County Department") || strings.Contains(words, "Erie") {
			t.Errorf("OTDA reads %q", words)
		}
	})
}
