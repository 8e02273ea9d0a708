package workflow

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// A candidate says why it stands where it stands, in full and no more.
func TestRankSaysWhy(t *testing.T) {
	f := Facts{Minor: IsMinor, Sex: true, Language: "mam", ProviderWish: "Lake House"}
	adult := Facts{Minor: Adult, Labor: true}
	for _, tt := range []struct {
		c    Candidate
		f    Facts
		want string
	}{
		{Candidate{Key: "x", Name: "Farm", Room: -1}, f, "Have this line verified before sending."},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true}, f, ""},
		{Candidate{Key: "x", Name: "Farm", Room: 0, Verified: true}, f, "Says that it is full."},
		{Candidate{Key: "x", Name: "Farm", Room: 1, Verified: true}, f, "Has room."},
		{Candidate{Key: "x", Name: "Lake House", Room: -1, Verified: true}, f, "The person wishes it."},
		{Candidate{Key: "x", Name: "", Room: -1, Verified: true}, adult, ""},
		{Candidate{Key: "", Name: "Farm", Room: -1, Verified: true}, adult, ""},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true, Languages: []string{"urdu", "mam"}}, f, "Speaks the person's language."},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true, Languages: []string{""}}, adult, ""},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true, Specialties: []string{"sex"}}, f, "Works with this kind of trafficking or age."},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true, Specialties: []string{"minor"}}, f, "Works with this kind of trafficking or age."},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true, Specialties: []string{"labor"}}, f, ""},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true, Specialties: []string{"labor"}}, adult, "Works with this kind of trafficking or age."},
		{Candidate{Key: "x", Name: "Farm", Room: -1, Verified: true, Specialties: []string{"sex", "minor"}}, adult, ""},
	} {
		list := Rank([]Candidate{tt.c}, tt.f)
		if len(list) != 1 || strings.Join(list[0].Reasons, " ") != tt.want {
			t.Errorf("%+v: %+v, want %q", tt.c, list, tt.want)
		}
	}
}

// A text means a candidate by its key, by its whole name, or by four letters of one
// within the other; three mean nobody.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		text, key, name string
		want            bool
	}{
		{"lak", "k1", "Lake House", false}, {"lake house", "k1", "Lak", false}, {"", "k1", "!!", false}, {"?", "k1", "Lake House", false}, {"hill", "k1", "Lake House", false},
		{"lake", "k1", "Lake House", true}, {"lake house", "k1", "Lake", true}, {"k1", "k1", "Lake House", true}, {"A.B.C.", "k1", "abc", true}, {"LAKE-HOUSE", "k1", "Lake House", true},
	} {
		if got := names([]string{tt.text}, Candidate{Key: tt.key, Name: tt.name}); got != tt.want {
			t.Errorf("%q means %q (%s): %v", tt.text, tt.name, tt.key, got)
		}
	}
}

// What is said beside a proposal is said where it holds, and nowhere else.
func TestRemarks(t *testing.T) {
	says := map[string]string{"minor": "notice about a minor", "hhs": "request to HHS was made", "city": "In New York City", "consent": "Obtain the person's consent",
		"wish": "another kind of agency", "facility": "The person is in a facility", "safety": "left out for safety", "again": "could not help", "unknown": "stands in for it"}
	for _, tt := range []struct {
		f    Facts
		want string
	}{
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", Scope: both}, ""},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "bronx", Scope: both}, ""},
		{Facts{Minor: Adult, Immigration: OtherStatus, ResidesIn: "erie", Scope: both}, ""},
		{Facts{Minor: IsMinor, Immigration: Citizen, FoundIn: "erie", ResidesIn: "erie", Scope: both}, "minor"},
		{Facts{Minor: IsMinor, Immigration: OtherStatus, FoundIn: "erie", ResidesIn: "erie", Scope: both}, "hhs minor"},
		{Facts{Minor: IsMinor, Immigration: OtherStatus, HHSLetter: true, FoundIn: "erie", ResidesIn: "erie", Scope: both}, "minor"},
		{Facts{Minor: IsMinor, Immigration: Citizen, FoundIn: "bronx", ResidesIn: "erie", Scope: both}, "city minor"},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie"}, "consent"},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", WantsOnly: KindLDSS, Scope: both}, ""},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", WantsOnly: KindRHTP, Scope: both}, "wish"},
		{Facts{Minor: Adult, WantsNone: true, WantsOnly: KindRHTP, ResidesIn: "erie", Scope: both}, ""},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", Facility: true, Scope: both}, "facility"},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", FacilityCounty: "erie", Scope: both}, "facility"},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", SafetyConflict: true, Scope: both}, "safety"},
		{Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie", Tried: []string{"x"}, Scope: both}, "again"},
		{Facts{Minor: Adult, Immigration: Citizen, FoundIn: "erie", Scope: both}, "unknown"},
		{Facts{Minor: Adult, Immigration: Citizen, FoundIn: "erie", OutsideNY: true, Scope: both}, ""},
	} {
		text, got := strings.Join(Route(tt.f).Notes, "\n"), []string{}
		for key, say := range says {
			if strings.Contains(text, say) {
				got = append(got, key)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%+v: %v, want %s", tt.f, got, tt.want)
		}
	}
}

// A proposal says in words what stands in its way, why another rule was not asked,
// and when a provider helps beside the district.
func TestProposalsSayWhy(t *testing.T) {
	kept := Route(Facts{WantsNone: true})
	for _, r := range kept.Considered {
		if r.Key == "R3" && r.Why != "Not asked: R0 came first." {
			t.Errorf("%+v", r)
		}
	}
	if h := kept.Handovers[0]; strings.Contains(h.Reason, "No county is known") || h.NotPermitted != "" {
		t.Errorf("what OTDA keeps: %+v", h)
	}
	if h := Route(Facts{Minor: Adult, Immigration: Citizen}).Handovers; !strings.HasSuffix(h[0].Reason, "No county is known: OTDA's desk for the region finds it.") || len(h) != 1 {
		t.Errorf("without a county: %+v", h)
	}
	qualified := Facts{Minor: Adult, Immigration: Qualified, ResidesIn: "erie"}
	h := Route(qualified).Handovers
	if len(h) != 2 || !strings.Contains(h[0].NotPermitted, "local department") || !strings.Contains(h[1].NotPermitted, "Response to Human Trafficking Program") || !strings.HasPrefix(h[1].Reason, "A provider may help") {
		t.Errorf("%+v", h)
	}
	qualified.NeedsUncovered = true
	if h := Route(qualified).Handovers; len(h) != 2 || !strings.HasPrefix(h[1].Reason, "The person needs a safe house") {
		t.Errorf("%+v", h)
	}
	qualified.WantsOnly = KindLDSS
	if h := Route(qualified).Handovers; len(h) != 1 {
		t.Errorf("beside the only wish: %+v", h)
	}
	if h := Route(Facts{Minor: Adult, Immigration: Qualified}).Handovers; len(h) != 1 {
		t.Errorf("a provider in no county: %+v", h)
	}
	p := Route(Facts{Minor: Adult, Immigration: Citizen, ResidesIn: "erie"})
	if q := p.Reworded(map[string]string{"R3": ""}); q.Handovers[0].Reason != p.Handovers[0].Reason {
		t.Errorf("reworded into nothing: %+v", q.Handovers)
	}
}

// Who may not act is told what is nearest: the duty, then whose it is, then what is
// missing; an act that waits for a fact is offered and says for which.
func TestNearestRefusal(t *testing.T) {
	unread, colleague := allMet(), person(Referrer)
	unread.HasReason, colleague.ID = false, 77
	for _, tt := range []struct {
		who  Actor
		do   Action
		from Status
		say  string
	}{
		{person(Program), Take, Submitted, "This is done by another duty"},
		{person(Reviewer), Take, Confirmed, "This cannot be done as things stand"},
		{colleague, Withdraw, Submitted, "Only those to whom this belongs"},
		{colleague, Reconsider, Declined, "Only those to whom this belongs"},
		{person(Director), Reconsider, Declined, ReasonGiven.Say()},
		{person(Program), Withdraw, Submitted, ReasonGiven.Say()},
		{person(Referrer), Reconsider, Declined, ReasonGiven.Say()},
	} {
		_, err := Next(tt.who, tt.do, tt.from, unread)
		var r *Refusal
		if !errors.As(err, &r) || !strings.HasPrefix(r.Say, tt.say) {
			t.Errorf("%s, %s at %s: %v, want %q", tt.who.Duty, tt.do, tt.from, err, tt.say)
		}
	}
	waits := allMet()
	waits.ConsultedProgram = false
	offers := Open(person(Director), InReview, waits)
	if at := slices.IndexFunc(offers, func(o Offer) bool { return o.Do == Confirm }); at < 0 || !slices.Equal(offers[at].Missing, []Guard{OTDAConsulted}) {
		t.Errorf("%+v", offers)
	}
}

// A letter has these statuses and these acts. A notice about a minor and a letter
// of no kind end with nothing.
func TestLetterWords(t *testing.T) {
	if got := LetterStatuses(); !slices.Equal(got, []LetterStatus{Prepared, Signed, LetterSent, Handed, NotHanded, Stopped}) {
		t.Errorf("%v", got)
	}
	if got := LetterActions(); !slices.Equal(got, []Action{Sign, Deliver, HandOver, CouldNot, Stop}) {
		t.Errorf("%v", got)
	}
	for _, do := range Actions() {
		if EndsLetters(do, LetterMinor) || EndsLetters(do, "coffee") {
			t.Errorf("%s ends it", do)
		}
	}
}

// A status that there is not is seen by nobody; a report is found by its name.
func TestUnknownIsNothing(t *testing.T) {
	for _, d := range Duties() {
		for _, from := range []Status{Gone, "lost"} {
			if got := Look(person(d), from, allMet()); got != Nothing {
				t.Errorf("%s sees %s at %q", d, got, from)
			}
		}
	}
	if r, ok := ReportOf(person(Director), "yearly"); !ok || r.Name != "yearly" {
		t.Errorf("%+v, %v", r, ok)
	}
}
