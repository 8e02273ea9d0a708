package referrals_test

import (
	"strings"
	"testing"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// Who receives a person from the police reads to whom the accepted offer
// permits to pass something on, as other recipients read it in the release. A
// referrer and a reviewer have no use for it.
func TestScopeOfPoliceIsNamed(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		scope := func(who, ref string) string {
			it := open(t, s, who, ref).View.Item("scope")
			if it == nil {
				return ""
			}
			return strings.Join(it.Text, "; ")
		}
		const both = "A provider of the Response to Human Trafficking Program (RHTP); The local department of social services (LDSS)"
		police := refer(t, s, 1).Reference
		confirmed(t, s, police)
		take(t, s, police, do("program", workflow.Send, 1, nil), do("rhtp_harbor", workflow.Accept, 1, nil))
		for who, want := range map[string]string{"rhtp_harbor": both, "program": both, "detective": "", "reviewer": ""} {
			if got := scope(who, police); got != want {
				t.Errorf("%s reads %q, want %q", who, got, want)
			}
		}
		provider := refer(t, s, 3).Reference
		confirmed(t, s, provider)
		take(t, s, provider, do("program", workflow.Send, 1, nil), do("ldss_erie", workflow.Accept, 1, nil))
		if got := scope("ldss_erie", provider); got != "" || open(t, s, "ldss_erie", provider).View.Item("mayReceive") == nil {
			t.Errorf("beside a release: %q", got)
		}
	})
}

// What the person's own words permit is less than what an accepted offer does,
// and what was declined permits nothing: then no list is made up.
func TestScopeOfPoliceIsNotMadeUp(t *testing.T) {
	each(t, monday, func(t *testing.T, s *demo.State) {
		for name, change := range map[string]func(*forms.Referral){
			"declined": func(r *forms.Referral) { r.OfferedLink = "declined" },
			"own words": func(r *forms.Referral) {
				r.Consented, r.Release = "yes_verbal", []forms.Receiver{"dcjs_and_otda", "ldss"}
			},
			"by a trafficker": func(r *forms.Referral) {
				r.Consented, r.ConsentBy, r.Consenter.Name = "yes_verbal", []forms.Giver{"other"}, "Ada Example"
				r.Traffickers = []forms.Trafficker{{Name: "Example, ADA"}}
			},
		} {
			r, body, err := demo.Referral(1, "")
			if err != nil {
				t.Fatal(err)
			}
			change(r)
			receipt, err := s.Door.Send(t.Context(), s.As("detective"), r, "", body)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			rec := confirmed(t, s, receipt.Reference)
			if it := rec.View.Item("scope"); it != nil || len(rec.Handover) == 0 {
				t.Errorf("%s: %v", name, it)
			}
		}
	})
}
