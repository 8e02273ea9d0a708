package workflow

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// both is a release that names provider and district.
var both = Scope{RHTP: true, LDSS: true}

// The known situations, and where each goes.
func TestRouteOfCases(t *testing.T) {
	type to struct {
		kind     Kind
		county   string
		contact  ContactKind
		sendable bool
	}
	for _, tt := range []struct {
		name string
		f    Facts
		rule string
		want []to
	}{
		{"1: massage business in Queens, adult without status",
			Facts{Minor: Adult, Immigration: OtherStatus, ResidesIn: "queens", FoundIn: "queens", Sex: true, Scope: both},
			"R5", []to{{KindRHTP, "queens", ContactRHTP, true}}},
		{"3: U.S. citizen of 16, found in Erie; the release names the district only",
			Facts{Minor: IsMinor, Immigration: Citizen, ResidesIn: "erie", FoundIn: "erie", Sex: true, Scope: Scope{LDSS: true}},
			"R1", []to{{KindLDSS, "erie", ContactChild, true}, {KindRHTP, "erie", ContactRHTP, false}}},
		{"4: foreign minor on a dairy in Wyoming County",
			Facts{Minor: TreatAsMinor, Immigration: OtherStatus, ResidesIn: "unknown", FoundIn: "wyoming", Labor: true, Scope: both},
			"R1", []to{{KindLDSS, "wyoming", ContactChild, true}, {KindRHTP, "wyoming", ContactRHTP, true}}},
		{"5: U.S. citizen, found in Broome, stays in Tompkins",
			Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "tompkins", FoundIn: "broome", Labor: true, Scope: both},
			"R3", []to{{KindLDSS, "tompkins", ContactAdult, true}}},
		{"5, who needs a safe house",
			Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "tompkins", FoundIn: "broome", NeedsUncovered: true, Scope: both},
			"R3", []to{{KindLDSS, "tompkins", ContactAdult, true}, {KindRHTP, "tompkins", ContactRHTP, true}}},
		{"6: T visa, Kings; the release names no provider",
			Facts{Minor: Adult, Immigration: Qualified, GrantedTVisa: true, ResidesIn: "kings", FoundIn: "kings", Labor: true, Scope: Scope{LDSS: true}},
			"R4", []to{{KindLDSS, "kings", ContactAdult, true}, {KindRHTP, "kings", ContactRHTP, false}}},
		{"6 as the release is written: neither provider nor district",
			Facts{Minor: Adult, Immigration: Qualified, GrantedTVisa: true, ResidesIn: "kings", FoundIn: "kings"},
			"R4", []to{{KindLDSS, "kings", ContactAdult, false}, {KindRHTP, "kings", ContactRHTP, false}}},
		{"7: prefers not to say, Monroe",
			Facts{Minor: Adult, Immigration: NotSaid, ResidesIn: "monroe", FoundIn: "monroe", Scope: both},
			"R6", []to{{KindRHTP, "monroe", ContactRHTP, true}}},
	} {
		p := Route(tt.f)
		var got []to
		for _, h := range p.Handovers {
			got = append(got, to{h.Kind, h.County, h.Contact, h.Sendable()})
			if !h.Sendable() && !strings.Contains(h.NotPermitted, "not permitted by the release") {
				t.Errorf("%s: %q does not say that the release forbids it", tt.name, h.NotPermitted)
			}
		}
		if p.Rule != tt.rule || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %s %+v, want %s %+v", tt.name, p.Rule, got, tt.rule, tt.want)
		}
	}
}

// Which rule wins where more than one holds.
func TestPrecedence(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    Facts
		want string
	}{
		{"withdrawn before everything", Facts{ConsentWithdrawn: true, Minor: IsMinor, InCustodyOf: "erie", FoundIn: "bronx"}, "R0"},
		{"no contact before a minor", Facts{WantsNone: true, Minor: IsMinor, FoundIn: "bronx"}, "R0"},
		{"custody before where found", Facts{Minor: IsMinor, InCustodyOf: "erie", FoundIn: "bronx"}, "R2"},
		{"custody where found is where found", Facts{Minor: IsMinor, InCustodyOf: "erie", FoundIn: "erie"}, "R1"},
		{"the five counties of the city are one district", Facts{Minor: IsMinor, InCustodyOf: "kings", FoundIn: "bronx"}, "R1"},
		{"custody does not hold for an adult", Facts{Minor: Adult, InCustodyOf: "erie", FoundIn: "bronx", Immigration: Citizen}, "R3"},
		{"a minor who lives elsewhere", Facts{Minor: IsMinor, OutsideNY: true, FoundIn: "bronx"}, "R1"},
		{"age not answered", Facts{FoundIn: "bronx", Immigration: Citizen}, "R1"},
		{"outside before citizen", Facts{Minor: Adult, OutsideNY: true, Immigration: Citizen}, "R7"},
		{"outside, as the form says it", Facts{Minor: Adult, ResidesIn: "outside_new_york", Immigration: OtherStatus}, "R7"},
		{"T visa whatever the status", Facts{Minor: Adult, GrantedTVisa: true, Immigration: OtherStatus}, "R4"},
		{"letter of HHS, status not told", Facts{Minor: Adult, HHSLetter: true, Immigration: NotSaid}, "R4"},
		{"letter of HHS before citizen", Facts{Minor: Adult, HHSLetter: true, Immigration: Citizen}, "R4"},
		{"qualified", Facts{Minor: Adult, Immigration: Qualified}, "R4"},
		{"other", Facts{Minor: Adult, Immigration: OtherStatus}, "R5"},
		{"unknown", Facts{Minor: Adult, Immigration: Unknown}, "R6"},
		{"not answered", Facts{Minor: Adult}, "R6"},
		{"a word that nobody knows", Facts{Minor: Adult, Immigration: "martian"}, "R6"},
	} {
		if got := Route(tt.f).Rule; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	var order []string
	for _, d := range Destinations {
		order = append(order, d.Key)
	}
	if got := strings.Join(order, " "); got != "R0 R2 R1 R7 R3 R4 R5 R6 R8 R9 R10 R11 R12" {
		t.Errorf("the rules are asked in the order %s", got)
	}
}

// What the rules that move and choose do.
func TestCountyAndContact(t *testing.T) {
	for _, tt := range []struct {
		name   string
		f      Facts
		kind   Kind
		county string
		marks  []string // rules that held beside the deciding one
	}{
		{"homeless: where found", Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "homeless", Homeless: true, FoundIn: "broome"}, KindLDSS, "broome", []string{"R8"}},
		{"homeless in a county that is known", Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "tioga", Homeless: true, FoundIn: "broome"}, KindLDSS, "tioga", nil},
		{"unknown: where found", Facts{Minor: Adult, Immigration: OtherStatus, ResidesIn: "erie", CountyUnknown: true, FoundIn: "broome"}, KindRHTP, "broome", []string{"R8"}},
		{"no county at all: OTDA", Facts{Minor: Adult, Immigration: Citizen}, KindOTDA, "", []string{"R8"}},
		{"a minor found nowhere: where living", Facts{Minor: IsMinor, ResidesIn: "erie"}, KindLDSS, "erie", nil},
		{"a wish moves a provider", Facts{Minor: Adult, Immigration: OtherStatus, ResidesIn: "erie", WishesIn: "albany"}, KindRHTP, "albany", nil},
		{"a wish does not move a district", Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", WishesIn: "albany"}, KindLDSS, "erie", nil},
		{"jail: where it stands, if no home is known", Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "unknown", Facility: true, FacilityCounty: "clinton", FoundIn: "broome"}, KindLDSS, "clinton", []string{"R8", "R10"}},
		{"jail: the home county, if known", Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", Facility: true, FacilityCounty: "clinton"}, KindLDSS, "erie", []string{"R10"}},
		{"tribal nation", Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "franklin", Tribal: true}, KindLDSS, "franklin", []string{"R9"}},
		{"places to avoid, and one that had no room", Facts{Minor: Adult, Immigration: OtherStatus, ResidesIn: "erie", DoNotRefer: []string{"x"}, Tried: []string{"y"}}, KindRHTP, "erie", []string{"R11", "R12"}},
	} {
		p := Route(tt.f)
		var marks []string
		for _, r := range p.Considered {
			if r.Matched && r.Key != p.Rule {
				marks = append(marks, r.Key)
			}
		}
		if h := p.Handovers[0]; h.Kind != tt.kind || h.County != tt.county || !slices.Equal(marks, tt.marks) {
			t.Errorf("%s: %s in %q with %v", tt.name, h.Kind, h.County, marks)
		}
	}
}

// What is said beside a proposal, and the State's own words in its place.
func TestNotesAndWords(t *testing.T) {
	for _, tt := range []struct {
		f    Facts
		want string
	}{
		{Facts{Minor: Adult, OutsideNY: true}, "1-888-373-7888"},
		{Facts{Minor: IsMinor, FoundIn: "bronx", Scope: both}, "Administration for Children's Services"},
		{Facts{Minor: IsMinor, FoundIn: "erie", Immigration: OtherStatus}, "request to HHS"},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie"}, "Obtain the person's consent"},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", WantsOnly: KindRHTP, Scope: both}, "another kind of agency"},
	} {
		if notes := strings.Join(Route(tt.f).Notes, "\n"); !strings.Contains(notes, tt.want) {
			t.Errorf("%+v: no word of %q in:\n%s", tt.f, tt.want, notes)
		}
	}
	p := Route(Facts{Minor: Adult, Immigration: Qualified, ResidesIn: "erie", Scope: both})
	q := p.Reworded(map[string]string{"R4": "As the State says.", "R5": "Not this one."})
	if q.Handovers[0].Reason != "As the State says." || p.Handovers[0].Reason == q.Handovers[0].Reason || q.Handovers[1].Reason != p.Handovers[1].Reason {
		t.Errorf("reworded: %+v, from %+v", q.Handovers, p.Handovers)
	}
	if Route(Facts{Minor: Adult, Immigration: Qualified, ResidesIn: "erie", WantsOnly: KindLDSS}).Handovers[0].Kind != KindLDSS {
		t.Error("the district is not proposed to somebody who wants only the district")
	}
}

// No reason, note or button promises that somebody is entitled to anything.
func TestNothingIsPromised(t *testing.T) {
	for _, d := range Destinations {
		text := strings.ToLower(d.Reason + " " + strings.Join(d.Notes, " "))
		for _, bad := range []string{"entitled", "eligible", "will receive", "will get", "has a right to", "guarantee"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s promises: %s", d.Key, text)
			}
		}
		if d.Reason == "" || d.Law == "" || d.If == "" || (d.Effect == Decides) != (d.Kind != "") {
			t.Errorf("%s is not whole", d.Key)
		}
	}
}

// drawnFacts draws any facts, known words and unknown ones.
func drawnFacts(t *rapid.T) Facts {
	county := rapid.SampledFrom([]string{"", "erie", "bronx", "kings", "st_lawrence", "homeless", "outside_new_york", "unknown", "nowhere"})
	texts := rapid.SliceOfN(rapid.StringN(0, 12, 24), 0, 2)
	yes := rapid.Bool()
	return Facts{
		Minor:            rapid.SampledFrom([]Minor{"", Adult, IsMinor, TreatAsMinor, "maybe"}).Draw(t, "minor"),
		ConsentWithdrawn: yes.Draw(t, "withdrawn"), WantsNone: yes.Draw(t, "none"),
		WantsOnly:    rapid.SampledFrom([]Kind{"", KindLDSS, KindRHTP, "else"}).Draw(t, "only"),
		Immigration:  rapid.SampledFrom([]Immigration{"", Citizen, Qualified, OtherStatus, Unknown, NotSaid, "else"}).Draw(t, "status"),
		GrantedTVisa: yes.Draw(t, "visa"), HHSLetter: yes.Draw(t, "letter"),
		ResidesIn: county.Draw(t, "resides"), FoundIn: county.Draw(t, "found"), WishesIn: county.Draw(t, "wishes"),
		OutsideNY: yes.Draw(t, "outside"), CountyUnknown: yes.Draw(t, "unknown"), Homeless: yes.Draw(t, "homeless"),
		InCustodyOf: county.Draw(t, "custody"), Tribal: yes.Draw(t, "tribal"),
		Facility: yes.Draw(t, "facility"), FacilityCounty: county.Draw(t, "facilityCounty"),
		Scope:      Scope{RHTP: yes.Draw(t, "rhtp"), LDSS: yes.Draw(t, "ldss")},
		DoNotRefer: texts.Draw(t, "not"), Tried: texts.Draw(t, "tried"), NeedsUncovered: yes.Draw(t, "needs"),
	}
}

// Whatever the facts: there is a hand-over with a reason, exactly one primary
// and it comes first, nothing outside the release can be sent, every rule is
// accounted for, and the same facts give the same answer.
func TestRouteAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawnFacts(t)
		p := Route(f)
		if !reflect.DeepEqual(p, Route(f)) {
			t.Fatal("the same facts gave two answers")
		}
		if len(p.Handovers) == 0 || p.Rule == "" || p.Version != RoutesVersion || len(p.Considered) != len(Destinations) {
			t.Fatalf("not whole: %+v", p)
		}
		for i, h := range p.Handovers {
			if h.Primary != (i == 0) || h.Reason == "" || h.Rule != p.Rule {
				t.Fatalf("hand-over %d is not whole: %+v", i, h)
			}
			if h.Kind == KindRHTP && !f.Scope.RHTP && h.Sendable() || h.Kind == KindLDSS && !f.Scope.LDSS && h.Sendable() {
				t.Fatalf("sendable outside of the release: %+v", h)
			}
			if (h.Kind == KindOTDA) != (h.County == "") || (h.Kind == KindOTDA) != (h.Clock == ClockOwn) {
				t.Fatalf("no county, or no clock: %+v", h)
			}
			if (f.ConsentWithdrawn || f.WantsNone) && h.Kind != KindOTDA {
				t.Fatalf("against the person's will: %+v", h)
			}
			if f.Minor.Handled() && h.Primary && h.Kind == KindLDSS && h.Contact != ContactChild {
				t.Fatalf("a minor at the adults' point: %+v", h)
			}
		}
		for _, r := range p.Considered {
			if r.Why == "" {
				t.Fatalf("%s is not explained", r.Key)
			}
		}
	})
}
