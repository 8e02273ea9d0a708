package directory

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Nothing in the facts may be used before somebody has verified it, and no
// phone, address or mail in them was made up: each stands in counties.csv.
func TestFactsAreUnverified(t *testing.T) {
	raw, err := files.ReadFile("facts/counties.csv")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.ReplaceAll(string(raw), `"`, "")
	for _, c := range Contacts() {
		if c.Verified() || c.VerifiedOn != "" || c.VerifiedBy != "" {
			t.Errorf("%s is verified", c.Key)
		}
		if !strings.Contains(known, c.Phone) || strings.Contains(c.Phone, "555-01") {
			t.Errorf("%s: phone %q stands nowhere", c.Key, c.Phone)
		}
		if !strings.Contains(known, c.Email) {
			t.Errorf("%s: email %q stands nowhere", c.Key, c.Email)
		}
		if c.Key != "ldss-erie-child" && !strings.Contains(known, c.Address) { // its source is in its own line
			t.Errorf("%s: address %q stands nowhere", c.Key, c.Address)
		}
		if c.Source == "" {
			t.Errorf("%s has no source", c.Key)
		}
	}
}

// Every phone of counties.csv is carried over to exactly one department or one
// provider.
func TestFactsAreComplete(t *testing.T) {
	count := map[string]int{}
	for _, c := range Contacts() {
		if c.Phone != "" {
			count[c.Phone]++
		}
	}
	for i, line := range known().lines {
		for _, phone := range []string{line["ldss_phone"], line["rhtp_phone"]} {
			phone, _, _ = strings.Cut(phone, " (")
			if phone != "" && count[phone] != 1 {
				t.Errorf("%s: phone %s stands %d times", known().counties[i].Name, phone, count[phone])
			}
		}
	}
	if len(count) < 30 {
		t.Errorf("only %d phones", len(count))
	}
}

// No code that is not a county is taken for one.
func TestNoSuchCounty(t *testing.T) {
	for _, code := range []string{"", "Erie", "st-lawrence", "saint_lawrence", "manhattan", "new_york_city", "outside_new_york"} {
		if c, ok := CountyOf(code); ok {
			t.Errorf("%q is %v", code, c)
		}
		if d, ok := DistrictOf(code); ok {
			t.Errorf("%q lies in %v", code, d)
		}
	}
}

// There are 62 counties with the odd FIPS numbers from 36001 to 36123, and the
// names that are traps have their codes.
func TestCounties(t *testing.T) {
	all := Counties()
	if len(all) != 62 {
		t.Fatalf("%d counties", len(all))
	}
	codes := map[string]bool{}
	for i, c := range all {
		if want := fmt.Sprintf("36%03d", 2*i+1); c.FIPS != want {
			t.Errorf("%s has FIPS %s, want %s", c.Name, c.FIPS, want)
		}
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(c.Code) || codes[c.Code] {
			t.Errorf("code %q", c.Code)
		}
		codes[c.Code] = true
		if c.Name == "" || c.OCFSRegion == "" || c.REDCRegion == "" || c.RHTPRegion == "" {
			t.Errorf("%+v is not complete", c)
		}
	}
	for code, label := range map[string]string{
		"st_lawrence": "St. Lawrence", "new_york": "New York City (Manhattan)", "bronx": "New York City (Bronx)",
		"kings": "New York City (Brooklyn)", "richmond": "New York City (Staten Island)", "queens": "New York City (Queens)",
		"erie": "Erie",
	} {
		if c, ok := CountyOf(code); !ok || c.Label() != label {
			t.Errorf("%s is labeled %q, want %q", code, c.Label(), label)
		}
	}
	if erie, _ := CountyOf("erie"); erie != (County{"erie", "Erie", "36029", "", "erie", RestOfState, "Buffalo", "Western New York"}) {
		t.Errorf("Erie: %+v", erie)
	}
}

// The regions of the program are the three of the State's request for
// proposals.
func TestRegions(t *testing.T) {
	in := map[string][]string{}
	for _, c := range Counties() {
		in[c.RHTPRegion] = append(in[c.RHTPRegion], c.Code)
	}
	if !slices.Equal(in[NewYorkCity], []string{"bronx", "kings", "new_york", "queens", "richmond"}) {
		t.Errorf("New York City: %v", in[NewYorkCity])
	}
	if !slices.Equal(in[MetroArea], []string{"nassau", "rockland", "suffolk", "westchester"}) {
		t.Errorf("Metro Area: %v", in[MetroArea])
	}
	if len(in) != 3 || len(in[RestOfState]) != 53 {
		t.Errorf("%d regions, %d counties in the rest", len(in), len(in[RestOfState]))
	}
}

// There are 58 districts; the five boroughs are one; every county is in one.
func TestDistricts(t *testing.T) {
	all := Districts()
	if len(all) != 58 {
		t.Fatalf("%d districts", len(all))
	}
	n := 0
	for _, d := range all {
		n += len(d.Counties)
		if d.Name == "" || d.Label == "" {
			t.Errorf("%+v is not complete", d)
		}
		for _, county := range d.Counties {
			if of, ok := DistrictOf(county); !ok || of.Code != d.Code {
				t.Errorf("%s lies in %s, not %s", county, of.Code, d.Code)
			}
		}
	}
	if n != 62 {
		t.Errorf("%d counties in districts", n)
	}
	if d, ok := DistrictOf("queens"); !ok || d.Code != "new_york_city" || d.Label != "New York City" || len(d.Counties) != 5 {
		t.Errorf("Queens lies in %+v", d)
	}
	if !slices.IsSortedFunc(all, func(a, b District) int { return strings.Compare(a.Label, b.Label) }) {
		t.Error("districts are not sorted")
	}
}

// What a caller does to a list changes nobody else's.
func TestListsAreCopies(t *testing.T) {
	Counties()[0].Code = "x"
	Districts()[0].Counties[0] = "x"
	DemoContacts()[1].Counties[0] = "x"
	if Counties()[0].Code != "albany" || Districts()[0].Counties[0] != "albany" || DemoContacts()[2].Counties[0] != "bronx" {
		t.Error("a list is shared")
	}
}

// In every county somebody serves adults and somebody serves children, as far
// as the facts go; New York City has exactly one of each and the child lines
// are asked for children only.
func TestDepartmentsServeEveryCounty(t *testing.T) {
	seeds := Contacts()
	for _, c := range Counties() {
		for _, kind := range []Kind{Adult, Child} {
			if len(Serving(seeds, c.Code, kind, "2026-11-03")) == 0 {
				t.Errorf("nobody serves %s in %s", kind, c.Name)
			}
		}
	}
	for _, borough := range []string{"bronx", "kings", "new_york", "queens", "richmond"} {
		adult, child := Serving(seeds, borough, Adult, "2026-11-03"), Serving(seeds, borough, Child, "2026-11-03")
		if len(adult) != 1 || len(child) != 1 || adult[0].Key != "ldss-new-york-city-adult" || child[0].Key != "ldss-new-york-city-child" {
			t.Errorf("%s: %v, %v", borough, keys(adult), keys(child))
		}
	}
	for county, phone := range map[string]string{"dutchess": "845-249-4878", "rockland": "845-364-2791", "ulster": "845-334-5400"} {
		for _, c := range Serving(seeds, county, Adult, "2026-11-03") {
			if c.Phone == phone {
				t.Errorf("%s: an adult is given the children's line", county)
			}
		}
		if c := Serving(seeds, county, Child, "2026-11-03")[0]; c.Kind != Child || c.Phone != phone {
			t.Errorf("%s: children's line %+v", county, c)
		}
	}
	for _, county := range []string{"cayuga", "monroe", "oneida", "onondaga"} {
		if c := Serving(seeds, county, Child, "2026-11-03")[0]; c.Phone != "" {
			t.Errorf("%s: a child is given the line for adults' benefits", county)
		}
	}
}

// A provider that serves several counties is one contact point, and "others"
// is none.
func TestProviders(t *testing.T) {
	want := map[string][]string{
		"rhtp-international-institute-of-buffalo":            {"allegany", "cattaraugus", "chautauqua", "erie", "genesee", "niagara", "orleans", "wyoming"},
		"rhtp-worker-justice-center-of-new-york":             {"chemung", "livingston", "monroe", "ontario", "orange", "schuyler", "seneca", "steuben", "sullivan", "wayne", "yates"},
		"rhtp-fearless-hudson-valley":                        {"orange", "sullivan"},
		"rhtp-safe-horizon-anti-trafficking-program":         {"bronx", "kings", "new_york", "queens", "richmond"},
		"rhtp-sanctuary-for-families":                        {"bronx", "kings", "new_york", "queens", "richmond"},
		"rhtp-my-sisters-place":                              {"westchester"},
		"rhtp-the-safe-center-li":                            {"nassau"},
		"rhtp-empowerment-collaborative-of-long-island-ecli": {"suffolk"},
		"rhtp-center-for-safety-change":                      {"rockland"},
	}
	for _, c := range Contacts() {
		if c.Kind != RHTP {
			continue
		}
		if !slices.Equal(c.Counties, want[c.Key]) {
			t.Errorf("%s serves %v, want %v", c.Key, c.Counties, want[c.Key])
		}
		delete(want, c.Key)
	}
	for key := range want {
		t.Errorf("%s is missing", key)
	}
	got := Serving(Contacts(), "westchester", RHTP, "2026-11-03")
	if len(got) != 1 || got[0].Name != "My Sisters' Place" || got[0].Phone != "1-800-298-7233" {
		t.Errorf("Westchester: %+v", got)
	}
	if tribe := Serving(Contacts(), "st_lawrence", Tribal, "2026-11-03"); len(tribe) != 1 || tribe[0].Phone != "" {
		t.Errorf("St. Lawrence: %+v", tribe)
	}
}

// Demo contacts can never be taken for real ones: key, name, phone and
// addresses say so; and Monroe has none.
func TestDemoContacts(t *testing.T) {
	seeds := keys(Contacts())
	for _, c := range DemoContacts() {
		if !strings.HasPrefix(c.Key, "demo-") || slices.Contains(seeds, c.Key) || !strings.Contains(c.Name, "made up") {
			t.Errorf("%s, %q does not say that it is made up", c.Key, c.Name)
		}
		if !regexp.MustCompile(`^\d{3}-555-01\d\d$`).MatchString(c.Phone) {
			t.Errorf("%s: phone %s", c.Key, c.Phone)
		}
		if !strings.HasSuffix(c.Email, "@example.org") || !strings.HasSuffix(c.URL, ".example.org") {
			t.Errorf("%s: %s, %s", c.Key, c.Email, c.URL)
		}
		if !c.Verified() || c.Serves("monroe") {
			t.Errorf("%s: verified %v, serves Monroe %v", c.Key, c.Verified(), c.Serves("monroe"))
		}
	}
	for county, kind := range map[string]Kind{"erie": Child, "wyoming": Child, "tompkins": Adult, "westchester": RHTP} {
		if list := Serving(DemoContacts(), county, kind, "2026-11-03"); len(list) != 1 {
			t.Errorf("%s, %s: %v", county, kind, keys(list))
		}
	}
	if list := Serving(DemoContacts(), "queens", RHTP, "2026-11-03"); len(list) != 2 ||
		!slices.Contains(list[0].Languages, "chinese_fuzhounese") || len(list[1].Languages) != 0 {
		t.Errorf("Queens: %v", keys(list))
	}
	if adult := Serving(DemoContacts(), "kings", Adult, "2026-11-03"); len(adult) != 1 || adult[0].Kind != Adult {
		t.Errorf("Kings: %v", keys(adult))
	}
}

func keys(list []Contact) []string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Key
	}
	return names
}
