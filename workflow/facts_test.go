package workflow

import "testing"

// A release permits what it names, and no kind that there is not; what OTDA keeps
// needs none.
func TestScopeAllows(t *testing.T) {
	for _, kind := range []Kind{KindRHTP, KindLDSS, "", "else"} {
		if (Scope{}).allows(kind) || (Scope{RHTP: true, LDSS: true}).allows(kind) != (kind == KindRHTP || kind == KindLDSS) {
			t.Errorf("%q", kind)
		}
	}
	if !(Scope{}).allows(KindOTDA) || (Scope{RHTP: true}).allows(KindLDSS) || (Scope{LDSS: true}).allows(KindRHTP) {
		t.Error("a release permits another kind, or does not let OTDA keep a hand-over")
	}
}

// An answer in the place of a county is no county, whichever county is asked for;
// where somebody lives counts only while it is in New York and known.
func TestCountyOf(t *testing.T) {
	of := map[Where]func(code string) Facts{
		Custody:  func(code string) Facts { return Facts{InCustodyOf: code} },
		Found:    func(code string) Facts { return Facts{FoundIn: code} },
		Wishes:   func(code string) Facts { return Facts{WishesIn: code} },
		Facility: func(code string) Facts { return Facts{FacilityCounty: code} },
		Resides:  func(code string) Facts { return Facts{ResidesIn: code} },
	}
	for where, with := range of {
		for code, want := range map[string]string{"homeless": "", "outside_new_york": "", "unknown": "", "": "", "erie": "erie"} {
			if got := with(code).County(where); got != want {
				t.Errorf("%s, answered %q: %q", where, code, got)
			}
		}
	}
	for _, f := range []Facts{{ResidesIn: "erie", OutsideNY: true}, {ResidesIn: "erie", CountyUnknown: true}} {
		if got := f.County(Resides); got != "" {
			t.Errorf("%+v lives in %s", f, got)
		}
	}
	if got := (Facts{FoundIn: "erie", ResidesIn: "erie"}).County("the county of the moon"); got != "" {
		t.Errorf("a county of no list: %s", got)
	}
}

// The five counties of the city are one district, and every other county is its own.
func TestSameDistrict(t *testing.T) {
	city := []string{"bronx", "kings", "new_york", "queens", "richmond"}
	for _, a := range append(city, "erie", "albany") {
		for _, b := range append(city, "erie", "albany") {
			if got := sameDistrict(a, b); got != (a == b || among(a, city) && among(b, city)) {
				t.Errorf("%s and %s: %v", a, b, got)
			}
		}
	}
}

// Names are compared by their letters and digits alone, those of other alphabets
// too, down to the last of each.
func TestFolded(t *testing.T) {
	for text, want := range map[string]string{"": "", "`a{z/0:9\x7f\u0080": "az09\u0080", "Ärzte & Co. 24/7": "ärzteco247", "AZ@[": "az"} {
		if got := folded(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
