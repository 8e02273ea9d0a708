package forms

import "testing"

// The same name blocks however it is written. A name that shares a part with an
// alleged trafficker's is marked and never refused: honest people share names.
// A title is no part of a name, and neither is a particle.
func TestGiverAndTrafficker(t *testing.T) {
	for _, c := range []struct {
		giver, name, aliases string
		same, shares         bool
	}{
		{"Marco Bianchi", "Marco Bianchi", "", true, false},
		{"Bianchi, MÁRCO", "Marco Bianchi", "", true, false},
		{"Mr. Marco Bianchi", "uncle Marco Bianchi", "", true, false},
		{"Marco", "Lee Example", "Boss; Marco / Big M", true, false},
		{"Uncle Marco", "Marco Bianchi", "", false, true},
		{"Uncle Marco", "Lee Example", "Marco from Queens", false, true},
		{"Ana-María López", "lopez, j.", "", false, true},
		{"Rosa Bianchi", "Marco Bianchi", "", false, true},
		{"Uncle Sam", "Uncle Marco", "", false, false},
		{"Mrs. Doe", "Mrs Roe", "", false, false},
		{"Jan van der Berg", "Piet van der Meer", "", false, false},
		{"Li Na", "Li Wei", "", false, false}, // parts of two letters are too common
		{"Boss", "The boss", "", false, true},
		{"Anna Example", "Marco Bianchi", "Anton", false, false},
		{"Marc Example", "Marco Bianchi", "", false, false},
		{"", "Marco Bianchi", "", false, false},
		{"Marco", "", "", false, false},
	} {
		r := &Referral{}
		r.SourceKind, r.Consented, r.ConsentBy = "social_service_provider", "yes_written", []Giver{"parent_or_guardian"}
		r.Consenter.Name, r.Traffickers = Text(c.giver), []Trafficker{{Name: Text(c.name), Aliases: Text(c.aliases)}}
		if got := r.GiverIsTrafficker(); got != c.same {
			t.Errorf("%q and %q, %q: the same %v", c.giver, c.name, c.aliases, got)
		}
		warned := Questions.Warn(r, "2026-11-09").Of("consentGiver.name") != ""
		if warned != c.shares {
			t.Errorf("%q and %q, %q: marked %v", c.giver, c.name, c.aliases, warned)
		}
		if c.shares && Questions.Check(r, "2026-11-09").Of("consentGiver.name") != "" {
			t.Errorf("%q and %q: refused", c.giver, c.name)
		}
	}
}
