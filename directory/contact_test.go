package directory

import (
	"slices"
	"strings"
	"testing"
)

// Nobody serves an unknown county, a kind is not answered by another, and a
// point is not used before its first or after its last day.
func TestServingRefuses(t *testing.T) {
	points := []Contact{
		{Key: "adult", Kind: Adult, Counties: []string{"erie"}},
		{Key: "child", Kind: Child, Counties: []string{"erie"}},
		{Key: "night", Kind: AfterHours, Counties: []string{"erie"}},
		{Key: "term", Kind: Liaison, Counties: []string{"erie"}, ValidFrom: "2026-01-05", ValidTo: "2026-06-30"},
		{Key: "nowhere", Kind: RHTP},
	}
	for _, tt := range []struct {
		county string
		kind   Kind
		on     string
		want   []string
	}{
		{"", Adult, "2026-03-01", nil},
		{"manhattan", RHTP, "2026-03-01", nil},
		{"niagara", Adult, "2026-03-01", nil},
		{"erie", RHTP, "2026-03-01", nil},
		{"erie", Adult, "2026-03-01", []string{"adult"}},
		{"erie", Child, "2026-03-01", []string{"child"}},
		{"erie", Any, "2026-03-01", []string{"adult", "child"}},
		{"erie", AfterHours, "2026-03-01", []string{"night"}},
		{"erie", Liaison, "2026-01-04", nil},
		{"erie", Liaison, "2026-01-05", []string{"term"}},
		{"erie", Liaison, "2026-06-30", []string{"term"}},
		{"erie", Liaison, "2026-07-01", nil},
	} {
		if got := keys(Serving(points, tt.county, tt.kind, tt.on)); !slices.Equal(got, tt.want) {
			t.Errorf("%s, %s, %s: %v, want %v", tt.county, tt.kind, tt.on, got, tt.want)
		}
	}
}

// A date or a name alone is no verification.
func TestVerified(t *testing.T) {
	if (Contact{}).Verified() || (Contact{VerifiedOn: "2026-01-05"}).Verified() || (Contact{VerifiedBy: "A. Clerk"}).Verified() {
		t.Error("half a verification counts")
	}
	if !(Contact{VerifiedOn: "2026-01-05", VerifiedBy: "A. Clerk"}).Verified() {
		t.Error("a whole verification does not count")
	}
}

// Verified points come first, then those of exactly the kind, then by key; a
// point without counties serves its district, without district its region.
func TestServingOrder(t *testing.T) {
	points := []Contact{
		{Key: "d", Kind: Any, Counties: []string{"queens"}},
		{Key: "c", Kind: Child, District: "new_york_city"},
		{Key: "b", Kind: Child, Region: NewYorkCity},
		{Key: "a", Kind: Any, Counties: []string{"queens"}, VerifiedOn: "2026-01-05", VerifiedBy: "A. Clerk"},
		{Key: "e", Kind: Child, District: "erie", Region: NewYorkCity},
		{Key: "f", Kind: Child, Counties: []string{"bronx"}, District: "new_york_city"},
	}
	if got := keys(Serving(points, "queens", Child, "2026-03-01")); !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("%v", got)
	}
	if got := keys(Serving(points, "queens", Adult, "2026-03-01")); !slices.Equal(got, []string{"a", "d"}) {
		t.Errorf("%v", got)
	}
	got := Serving(points, "queens", Any, "2026-03-01")
	got[0].Counties[0] = "erie"
	if points[3].Counties[0] != "queens" {
		t.Error("the caller's list is shared")
	}
}

// Nothing changed is said to be nothing, whatever the order of points and
// lists, and an ended point is history that no import ends again.
func TestDiffOfTheSame(t *testing.T) {
	now := []Contact{{Key: "a", Counties: []string{"erie", "niagara"}}, {Key: "b"}, {Key: "old", ValidTo: "2025-12-31"}}
	want := []Contact{{Key: "b"}, {Key: "a", Counties: []string{"niagara", "erie"}}}
	if c := Diff(now, want); !c.Empty() || c.String() != "0 added, 0 changed, 0 ended.\n" {
		t.Errorf("%v", c)
	}
	if !slices.Equal(want[1].Counties, []string{"niagara", "erie"}) {
		t.Error("comparing sorted the caller's list")
	}
}

// What is added, changed and ended is told field by field, with old and new.
func TestDiff(t *testing.T) {
	now := []Contact{
		{Key: "end", Kind: Any, Name: "End", Counties: []string{"erie"}},
		{Key: "edit", Kind: Any, Name: "Edit", Phone: "518-555-0101", Counties: []string{"erie"}, VerifiedOn: "2026-01-05", VerifiedBy: "A. Clerk"},
		{Key: "same", Kind: Any, Name: "Same"},
	}
	want := []Contact{
		{Key: "same", Kind: Any, Name: "Same"},
		{Key: "edit", Kind: Child, Name: "Edit", Phone: "518-555-0102", Counties: []string{"erie", "wyoming"}, VerifiedOn: "2026-01-05", VerifiedBy: "A. Clerk"},
		{Key: "add", Kind: RHTP, Name: "Add"},
	}
	report := strings.Join([]string{
		"1 added, 1 changed, 1 ended.",
		"added    add  Add (not verified)",
		"changed  edit  Edit",
		`           kind: "child", was "any"`,
		`           counties: "erie;wyoming", was "erie"`,
		`           phone: "518-555-0102", was "518-555-0101"`,
		"           verified before this change: has to be verified again",
		"ended    end  End",
		"",
	}, "\n")
	c := Diff(now, want)
	if c.String() != report || c.Empty() {
		t.Errorf("%s\nwant\n%s", c, report)
	}
	if !slices.Equal(c.Changed[0].Edits, []Edit{{"kind", "any", "child"}, {"counties", "erie", "erie;wyoming"}, {"phone", "518-555-0101", "518-555-0102"}}) {
		t.Errorf("%v", c.Changed[0].Edits)
	}
}

// An old verification does not cover a new phone; a new one does, and a change
// that reaches nobody needs none.
func TestStale(t *testing.T) {
	old := Contact{Key: "a", Phone: "518-555-0101", VerifiedOn: "2026-01-05", VerifiedBy: "A. Clerk"}
	for _, tt := range []struct {
		name  string
		edit  func(*Contact)
		stale bool
	}{
		{"phone", func(c *Contact) { c.Phone = "518-555-0102" }, true},
		{"phone, by somebody else on the same day", func(c *Contact) { c.Phone, c.VerifiedBy = "518-555-0102", "B. Clerk" }, true},
		{"email", func(c *Contact) { c.Email = "desk@example.org" }, true},
		{"counties", func(c *Contact) { c.Counties = []string{"erie"} }, true},
		{"phone, verified anew", func(c *Contact) { c.Phone, c.VerifiedOn = "518-555-0102", "2026-02-05" }, false},
		{"phone, no longer verified", func(c *Contact) { c.Phone, c.VerifiedOn, c.VerifiedBy = "518-555-0102", "", "" }, false},
		{"source", func(c *Contact) { c.Source = "a letter" }, false},
	} {
		edited := old
		tt.edit(&edited)
		c := Diff([]Contact{old}, []Contact{edited})
		if len(c.Changed) != 1 || c.Changed[0].Stale() != tt.stale {
			t.Errorf("%s: %v", tt.name, c)
		}
	}
}
