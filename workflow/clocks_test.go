package workflow

import (
	"slices"
	"testing"
)

// A clock that nobody declared is not there; the law's clocks have the law's
// lengths, and no setting changes them.
func TestClocks(t *testing.T) {
	if _, ok := ClockOf("coffee"); ok {
		t.Fatal("an unknown clock runs")
	}
	for _, tt := range []struct {
		key   ClockKey
		count int
		unit  Unit
		set   bool
	}{
		{ClockDetermination, 3, BusinessDays, false},
		{ClockNotice, 6, BusinessDays, true},
		{ClockMinorNotice, 0, Hours, false},
		{ClockHHS, 24, Hours, false},
		{ClockAcceptance, 2, BusinessDays, true},
		{ClockContact, 7, Days, true},
	} {
		c, ok := ClockOf(tt.key)
		if !ok || c.Count != tt.count || c.Unit != tt.unit || c.Set != tt.set {
			t.Errorf("%s: %+v", tt.key, c)
		}
	}
	seen := map[ClockKey]bool{}
	for _, c := range Clocks {
		if seen[c.Key] || c.Name == "" || c.Starts == "" || c.Ends == "" || c.Law == "" {
			t.Errorf("clock %q is listed twice or not whole", c.Key)
		}
		seen[c.Key] = true
	}
	for _, n := range notices {
		if !seen[n.Clock] || n.Say == "" || n.Law == "" {
			t.Errorf("notice %s is not whole", n.Key)
		}
	}
}

// What a submission starts at once. An adult starts nothing; somebody whose
// age is not known starts a task, never a notice that goes out by itself.
func TestNotices(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    Receipt
		want []string
	}{
		{"adult of unknown status", Receipt{Minor: Adult, Immigration: Unknown}, nil},
		{"minor, U.S. citizen", Receipt{Minor: IsMinor, Immigration: Citizen}, []string{"minor_notice"}},
		{"not sure, U.S. citizen", Receipt{Minor: TreatAsMinor, Immigration: Citizen}, []string{"minor_check"}},
		{"age not answered", Receipt{Immigration: Qualified}, []string{"minor_check"}},
		{"foreign minor, no request", Receipt{Minor: IsMinor, Immigration: OtherStatus, HHSRequest: "no"}, []string{"minor_notice", "hhs_request"}},
		{"minor of unknown status, not answered", Receipt{Minor: IsMinor, Immigration: Unknown}, []string{"minor_notice", "hhs_request"}},
		{"minor who prefers not to say", Receipt{Minor: TreatAsMinor, Immigration: NotSaid}, []string{"minor_check", "hhs_request"}},
		{"minor of a status nobody knows", Receipt{Minor: IsMinor, Immigration: "martian"}, []string{"minor_notice", "hhs_request"}},
		{"foreign minor, request made", Receipt{Minor: IsMinor, Immigration: OtherStatus, HHSRequest: "yes"}, []string{"minor_notice"}},
		{"foreign minor, not needed", Receipt{Minor: IsMinor, Immigration: OtherStatus, HHSRequest: "not_needed"}, []string{"minor_notice"}},
		{"adult without a bed", Receipt{Minor: Adult, Shelter: true}, []string{"shelter"}},
	} {
		var got []string
		for _, n := range Notices(tt.r) {
			got = append(got, n.Key)
			if n.Sends != (n.Key == "minor_notice") {
				t.Errorf("%s: %s goes out by itself: %v", tt.name, n.Key, n.Sends)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s starts %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Means are waived for sex trafficking of a minor only, and never where labor
// is ticked too or the age is merely possible.
func TestMeansWaived(t *testing.T) {
	for _, tt := range []struct {
		sex, labor  bool
		now, during string
		want        bool
	}{
		{false, false, "yes", "yes", false},
		{false, true, "yes", "yes", false},
		{true, true, "yes", "yes", false},
		{true, false, "no", "no", false},
		{true, false, "not_sure", "not_sure", false},
		{true, false, "", "", false},
		{true, false, "no", "yes", true},
		{true, false, "yes", "", true},
	} {
		if got := MeansWaived(tt.sex, tt.labor, tt.now, tt.during); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// Consultations are whose they are: OTDA writes its own view, DCJS the talk
// with the referrer, and nobody else writes any.
func TestConsultation(t *testing.T) {
	for _, d := range Duties() {
		want := map[Duty]Party{Program: WithOTDA, Reviewer: WithReferrer, Director: WithReferrer}[d]
		if got, ok := Consultation(d, WithNobody); got.With != want || ok != (want != WithNobody) {
			t.Errorf("%s records %q, want %q", d, got.With, want)
		}
	}
}

// The words that a database holds are the words of the tables, each once.
func TestValues(t *testing.T) {
	for _, list := range [][]string{Status("").Values(), HandoverStatus("").Values(), Duty("").Values(), Side("").Values()} {
		if len(list) != 8 || len(slices.Compact(slices.Sorted(slices.Values(list)))) != 8 || slices.Contains(list, "") {
			t.Errorf("%v is not eight words", list)
		}
	}
}
