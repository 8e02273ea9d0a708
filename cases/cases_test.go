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
	for _, c := range cases.All() {
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
