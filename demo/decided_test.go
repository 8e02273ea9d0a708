package demo

import (
	"fmt"
	"slices"
	"testing"

	"nysreferral/forms"
	"nysreferral/workflow"
)

// What the State records in the stories and in the history is what the answers
// bear: the grid points at answers that were given, the type that is confirmed was
// referred, and nobody declines what a reviewer would confirm.
func TestDecisionsFitTheAnswers(t *testing.T) {
	for i, one := range stories() {
		r, _, err := one.answers("2026-11-02")
		if err != nil {
			t.Fatal(err)
		}
		decidesOn(t, fmt.Sprintf("story %d of case %d", i, one.n), r, fitting(r, one.steps))
	}
	for n := range 20 {
		r, _, err := Referral(7, "2026-11-02")
		if err != nil {
			t.Fatal(err)
		}
		Invent(n).Fill(r)
		decidesOn(t, fmt.Sprintf("invented %d", n), r, fitting(r, append(slices.Clone(ToDecision), Confirm)))
		Invent(n).unshown(r)
		decidesOn(t, fmt.Sprintf("invented %d, without means", n), r, fitting(r, withoutMeans))
	}
}

func decidesOn(t *testing.T, name string, r *forms.Referral, steps []Step) {
	t.Helper()
	given := forms.NewView(forms.Sight{Reader: forms.ReadsReferrer}, r, nil)
	var grid workflow.Grid
	var advice *forms.Deed
	for _, s := range steps {
		d := &forms.Deed{}
		if s.Deed != nil {
			s.Deed(d)
		}
		switch s.Do {
		case workflow.Assess:
			for _, e := range []forms.Element{d.Action, d.Means, d.Purpose, d.Minor} {
				for _, id := range forms.Pointed(string(e.ShownBy)) {
					if given.Item(forms.Questions.ByID(id).Name) == nil {
						t.Errorf("%s: the grid points at %s, which has no answer", name, id)
					}
				}
			}
			grid = workflow.Grid{Action: string(d.Action.Finding), Means: string(d.Means.Finding), Purpose: string(d.Purpose.Finding), Minor: string(d.Minor.Finding)}
			if kept := len(r.Force)+len(r.Fraud)+len(r.Coercion) > 0; kept != (grid.Means == "shown") {
				t.Errorf("%s: means are %s", name, grid.Means)
			}
		case workflow.Recommend:
			advice = d
		case workflow.Confirm:
			if string(d.Confirmed) != string(r.Trafficking[0]) || len(r.Trafficking) != 1 || advice.Advice != "confirm" {
				t.Errorf("%s: %s is confirmed, %v referred, %s recommended", name, d.Confirmed, r.Trafficking, advice.Advice)
			}
			for _, b := range d.Bases {
				if wrong := workflow.BasisMisfit(string(b), string(d.Confirmed), grid); wrong != "" {
					t.Errorf("%s: %s: %s", name, b, wrong)
				}
			}
		case workflow.Decline:
			if advice.Advice != "decline" || advice.ReasonCode != d.ReasonCode || workflow.ReasonMisfit(string(d.ReasonCode), grid) != "" {
				t.Errorf("%s: declined for %s, recommended %s for %s", name, d.ReasonCode, advice.Advice, advice.ReasonCode)
			}
		}
	}
}

// Who refers in a case is who is signed in when it is sent: name, title and e-mail
// are those of the account.
func TestReferrersAreTheirAccounts(t *testing.T) {
	signed := func(name string, r *forms.Referral, key string) {
		for _, p := range people {
			if p.key == key && (string(r.ReferrerName) != p.name || string(r.ReferrerTitle) != p.title || string(r.ReferrerEmail) != p.key+"@example.org") {
				t.Errorf("%s: %s, %s, %s refers, signed in as %s", name, r.ReferrerName, r.ReferrerTitle, r.ReferrerEmail, p.name)
			}
		}
	}
	for n, key := range Referrers {
		r, _, err := Referral(n, "")
		if err != nil {
			t.Fatal(err)
		}
		signed(fmt.Sprintf("case %d", n), r, key)
	}
	r, _, err := Second("")
	if err != nil {
		t.Fatal(err)
	}
	signed("the second referral of case 10", r, SecondReferrer)
	facts, _, err := Operation(15, "")
	if err != nil {
		t.Fatal(err)
	}
	signed("case 15", facts, Gatherer)
}
