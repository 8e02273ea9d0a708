package workflow

import (
	"slices"
	"strings"
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
		{ClockLogKept, 7, Years, true},
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
		kind, ok := TaskOf(n.Key)
		if !seen[n.Clock] || n.Say == "" || n.Law == "" || !ok || kind.Clock != n.Clock || kind.For != n.For {
			t.Errorf("notice %s is not whole, or no task of its clock", n.Key)
		}
	}
}

// A task of a kind that nobody declared has no clock; each kind and each rung
// is whole, stands on what there is, and is listed once. Whatever runs out for
// somebody outside of OTDA ends with OTDA.
func TestTasksAndLadder(t *testing.T) {
	if _, ok := TaskOf("coffee"); ok {
		t.Fatal("an unknown kind of task is known")
	}
	seen := map[string]bool{}
	for _, k := range Tasks {
		if _, ok := ClockOf(k.Clock); !ok || seen[k.Key] || k.Short == "" || !strings.HasSuffix(k.Say, ".") && !strings.HasSuffix(k.Say, "?") {
			t.Errorf("kind %q is listed twice or not whole", k.Key)
		}
		if strings.Contains(k.Sees, "P") != strings.Contains(k.Sees, "L") {
			t.Errorf("kind %s is seen by one sort of recipient only", k.Key)
		}
		seen[k.Key] = true
	}
	rungs := map[string]bool{}
	for _, r := range Ladder {
		_, waits := ClockOf(r.After)
		if !seen[r.On] || rungs[r.Key] || r.After != "" && !waits || r.Starts != "" && !seen[r.Starts] || r.Say == "" || r.Law == "" {
			t.Errorf("rung %q is listed twice or not whole", r.Key)
		}
		if r.Do == "" && !r.Ends || r.Starts == r.On {
			t.Errorf("rung %s does nothing, or for ever the same", r.Key)
		}
		rungs[r.Key] = true
	}
	for _, kind := range []string{TaskAcceptance, TaskContact, TaskRelease} {
		ends := false
		for _, r := range RungsOn(kind) {
			next, _ := TaskOf(r.Starts)
			ends = ends || next.For == Program
		}
		if !ends {
			t.Errorf("what runs out of %s does not come to OTDA", kind)
		}
	}
}

// What the State sets holds from its day on and not before; what the law fixes
// and what no clock takes changes nothing.
func TestTerms(t *testing.T) {
	set := Terms{List: []Term{{From: "2027-01-01", Count: 3}, {From: "2027-06-01", Count: 5}, {From: "2027-07-01", Count: 0}, {From: "2027-07-02", Count: 9999}}}
	fixed, _ := ClockOf(ClockDetermination)
	free, _ := ClockOf(ClockAcceptance)
	for _, tt := range []struct {
		clock Clock
		day   string
		want  int
	}{
		{fixed, "2028-01-01", 3},
		{free, "2026-12-31", 2},
		{free, "2027-01-01", 3},
		{free, "2027-06-01", 5},
		{free, "2028-01-01", 5},
	} {
		if got := tt.clock.CountOn(tt.day, set); got != tt.want {
			t.Errorf("%s on %s: %d, want %d", tt.clock.Key, tt.day, got, tt.want)
		}
	}
	if _, err := ReadTerms("{"); err == nil {
		t.Error("a broken setting is read")
	}
	if got, err := ReadTerms(""); err != nil || len(got.List) != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

// Somebody who accepted and was tried often enough, or whose time ran out, has
// no contact; who was tried once has not.
func TestNoContact(t *testing.T) {
	for _, tt := range []struct {
		tries, most int
		over, want  bool
	}{{1, 3, false, false}, {2, 3, false, false}, {0, 0, false, false}, {3, 3, false, true}, {0, 3, true, true}} {
		if got := NoContact(tt.tries, tt.most, tt.over); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
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
		{"minor, U.S. citizen", Receipt{Report: "not_required", Minor: IsMinor, Immigration: Citizen}, []string{"minor_notice"}},
		{"not sure, U.S. citizen", Receipt{Report: "not_required", Minor: TreatAsMinor, Immigration: Citizen}, []string{"minor_check"}},
		{"age not answered", Receipt{Immigration: Qualified, Report: "yes"}, []string{"minor_check"}},
		{"foreign minor, no request", Receipt{Report: "not_required", Minor: IsMinor, Immigration: OtherStatus, HHSRequest: "no"}, []string{"minor_notice", "hhs_request"}},
		{"minor of unknown status, not answered", Receipt{Report: "not_required", Minor: IsMinor, Immigration: Unknown}, []string{"minor_notice", "hhs_request"}},
		{"minor who prefers not to say", Receipt{Report: "not_required", Minor: TreatAsMinor, Immigration: NotSaid}, []string{"minor_check", "hhs_request"}},
		{"minor of a status nobody knows", Receipt{Report: "not_required", Minor: IsMinor, Immigration: "martian"}, []string{"minor_notice", "hhs_request"}},
		{"foreign minor, request made", Receipt{Report: "not_required", Minor: IsMinor, Immigration: OtherStatus, HHSRequest: "yes"}, []string{"minor_notice"}},
		{"foreign minor, not needed", Receipt{Report: "not_required", Minor: IsMinor, Immigration: OtherStatus, HHSRequest: "not_needed"}, []string{"minor_notice"}},
		{"minor, no report yet", Receipt{Minor: IsMinor, Immigration: Citizen, Report: "no"}, []string{"minor_notice", "mandated_report"}},
		{"not sure, and not answered", Receipt{Minor: TreatAsMinor, Immigration: Citizen}, []string{"minor_check", "mandated_report"}},
		{"minor in sex trafficking", Receipt{Minor: IsMinor, Immigration: Citizen, Report: "yes", Sex: true}, []string{"minor_notice", "police_report"}},
		{"not sure, in sex trafficking, missing now", Receipt{Minor: TreatAsMinor, Immigration: Citizen, Report: "yes", Sex: true, Missing: "now"}, []string{"minor_check", "police_report", "missing_report"}},
		{"minor, missing now, reported to NCMEC", Receipt{Minor: IsMinor, Immigration: Citizen, Report: "yes", Missing: "now", ToNCMEC: "yes"}, []string{"minor_notice"}},
		{"minor, missing in the past year", Receipt{Minor: IsMinor, Immigration: Citizen, Report: "yes", Missing: "in_the_past_year"}, []string{"minor_notice"}},
		{"adult in sex trafficking, missing", Receipt{Minor: Adult, Sex: true, Missing: "now"}, nil},
		{"adult, no report", Receipt{Minor: Adult, Report: "no"}, nil},
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
	for n, list := range map[int][]string{8: Status("").Values(), 9: HandoverStatus("").Values()} {
		if len(list) != n {
			t.Errorf("%v is not %d words", list, n)
		}
	}
	for _, list := range [][]string{Status("").Values(), HandoverStatus("").Values(), Duty("").Values(), Side("").Values()} {
		if n := len(slices.Compact(slices.Sorted(slices.Values(list)))); n != len(list) || n < 8 || slices.Contains(list, "") {
			t.Errorf("%v is not a list of words", list)
		}
	}
}
