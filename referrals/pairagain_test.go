package referrals_test

import (
	"slices"
	"testing"

	"nysreferral/cases"
	"nysreferral/demo"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/match"
	"nysreferral/referrals"
	"nysreferral/viewer"
	"nysreferral/workflow"
)

// An answer that is corrected brings a pair, or takes one away that nobody
// decided; what was decided stays and is asked again.
func TestCorrectedAnswersArePairedAnew(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s, func(r *forms.Referral) { r.FamilyName, r.GivenNames, r.Age = "Okafor", "Ngozi", forms.Of(51) })
		if list := open(t, s, "reviewer", provider).Pairs; len(list) > 0 {
			t.Fatalf("%+v", list)
		}
		tell := func(change func(r *forms.Referral)) {
			t.Helper()
			at := referrals.Seen{Ref: police, Rev: open(t, s, "detective", police).Rev}
			_, err := s.Door.Tell(t.Context(), s.As("detective"), at, workflow.Add, &forms.Deed{}, func(r *forms.Referral) forms.Problems { change(r); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if kinds := jobKinds(t, s); !slices.Contains(kinds[len(kinds)-2:], "find_pairs") {
				t.Errorf("telling asks for %v", kinds)
			}
			find(t, s, police)
		}
		tell(func(r *forms.Referral) { r.FamilyName, r.GivenNames, r.Age = "Gutiérrez", "María E.", forms.Of(27) })
		if p := onePair(t, s, "program", provider); p.Strength != "likely" {
			t.Errorf("%+v", p)
		}
		tell(func(r *forms.Referral) { r.FamilyName, r.GivenNames, r.Age = "Okafor", "Ngozi", forms.Of(51) })
		if list := open(t, s, "reviewer", provider).Pairs; len(list) > 0 {
			t.Errorf("alike no longer: %+v", list)
		}
		tell(func(r *forms.Referral) { r.FamilyName, r.GivenNames, r.Age = "Gutiérrez", "María E.", forms.Of(27) })
		must(t, s, "reviewer", provider, police, workflow.Link)
		tell(func(r *forms.Referral) { r.FamilyName, r.GivenNames, r.Age = "Okafor", "Ngozi", forms.Of(51) })
		if p := onePair(t, s, "reviewer", provider); !p.AskedAgain || p.Decided != workflow.Link || p.Strength != match.None {
			t.Errorf("decided, and alike no longer: %+v", p)
		}
		tell(func(r *forms.Referral) { r.OfferedLink = "declined" })
		if n := s.DB.Read().PairIndex.Query().CountX(viewer.Job(t.Context(), "test")); n != 1 {
			t.Errorf("%d are looked for", n)
		}
	})
}

// Who stepped back from a referral sees it in no pair of another either.
func TestRecusedSeesNoPair(t *testing.T) {
	each(t, cases.Load(10).Now, func(t *testing.T, s *demo.State) {
		provider, police := twice(t, s)
		take(t, s, provider, do("reviewer", workflow.Take, 0, nil), do("reviewer", workflow.Recuse, 0, func(d *forms.Deed) { d.Reason = "I know her." }))
		if list := open(t, s, "reviewer", police).Pairs; len(list) > 0 {
			t.Errorf("%+v", list)
		}
		if _, err := s.Door.Compare(t.Context(), s.As("reviewer"), police, provider); fault.KindOf(err) != fault.NotFound {
			t.Errorf("compared: %v", err)
		}
		deed := &forms.Deed{}
		deed.Reason = "The same."
		_, err := s.Door.Act(t.Context(), s.As("reviewer"), referrals.Seen{Ref: police, Other: provider, Rev: 1}, workflow.Link, deed)
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("linked: %v", err)
		}
		onePair(t, s, "second_reviewer", police)
	})
}
