package referrals_test

import (
	"slices"
	"testing"
	"time"

	"nysreferral/demo"
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
