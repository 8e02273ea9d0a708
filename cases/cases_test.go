package cases_test

import (
	"testing"
	"time"

	"nysreferral/cases"
	"nysreferral/forms"
)

// Every case decodes strictly, has a good shape, and is refused at submission
// only where the case says so: 2 (no consent) and 8 (consent by the trafficker).
func TestCases(t *testing.T) {
	blocked := map[int]string{2: "consented", 8: "consentGiver.name"}
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	all := cases.All()
	for _, c := range all {
		if c.Second != nil {
			all = append(all, *c.Second)
		}
	}
	for _, c := range all {
		var r forms.Referral
		if p := forms.Questions.DecodeJSON(&r, c.Answers); len(p) > 0 {
			t.Fatalf("case %d: %+v", c.N, []forms.Problem(p))
		}
		r.Organization, r.SourceKind = "A made-up agency", forms.SourceKind(c.Source)
		problems := forms.Questions.Check(&r, forms.Date(c.Now.In(loc).Format(time.DateOnly)))
		if want := blocked[c.N]; want != "" {
			if len(problems) != 1 || problems[0].Field != want {
				t.Errorf("case %d: %+v, want one problem at %s", c.N, []forms.Problem(problems), want)
			}
			continue
		}
		if len(problems) > 0 {
			t.Errorf("case %d (%s): %+v", c.N, c.Title, []forms.Problem(problems))
		}
	}
}

// The case of several people: what is typed once decodes as shared facts, each
// person as answers that bring nothing shared but the other place, and together
// nothing stands against any of the fourteen.
func TestGroup(t *testing.T) {
	g := cases.LoadGroup(15)
	if len(g.People) != 14 {
		t.Fatalf("%d people", len(g.People))
	}
	var facts forms.Referral
	if p := forms.Facts.DecodeJSON(&facts, g.Shared); len(p) > 0 {
		t.Fatalf("shared: %+v", []forms.Problem(p))
	}
	found := map[forms.County]int{}
	for i, answers := range g.People {
		var r forms.Referral
		if p := forms.Questions.DecodeJSON(&r, answers); len(p) > 0 {
			t.Fatalf("person %d: %+v", i+1, []forms.Problem(p))
		}
		if own := forms.SharedOf(&r); own.FirstEncounter != "" || own.ReferrerName != "" || len(own.Traffickers)+len(own.Places) > 0 {
			t.Errorf("person %d types shared facts again", i+1)
		}
		forms.Take(&r, &facts, forms.SharedOperation)
		r.Organization, r.SourceKind = "A made-up agency", forms.SourceKind(g.Source)
		if problems := forms.Questions.Check(&r, "2026-10-15"); len(problems) > 0 {
			t.Errorf("person %d: %+v", i+1, []forms.Problem(problems))
		}
		found[r.CountyFound]++
	}
	if found["nassau"] != 8 || found["suffolk"] != 6 {
		t.Errorf("found in %v", found)
	}
}
