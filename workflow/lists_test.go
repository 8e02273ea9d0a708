package workflow

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// keysOf are the keys of those of a table that do something, with spaces between.
func keysOf[T any](table []T, key func(T) string, does func(T) bool) string {
	var out []string
	for _, one := range table {
		if does(one) {
			out = append(out, key(one))
		}
	}
	return strings.Join(out, " ")
}

// What docs/rules.md does not print of the tables is written here by hand: which
// tasks wait in silence, warn of danger, stand for somebody who sees the person no
// more, or are noted in the words of a list; what ends or stops with a rung; which
// decision about telling the person wants words, and which is kept from the referrer.
func TestWhatRulesDoNotPrint(t *testing.T) {
	task := func(does func(TaskKind) bool) string {
		return keysOf(Tasks, func(k TaskKind) string { return k.Key }, does)
	}
	rung := func(does func(Rung) bool) string {
		return keysOf(Ladder, func(r Rung) string { return r.Key }, does)
	}
	tell := func(does func(TellPerson) bool) string {
		return keysOf(TellPersons, func(p TellPerson) string { return p.Code }, does)
	}
	for _, tt := range []struct{ what, got, want string }{
		{"quiet", task(func(k TaskKind) bool { return k.Quiet }), "appeal release_ends outcome_30 outcome_60 outcome_90 outcome_more"},
		{"danger", task(func(k TaskKind) bool { return k.Danger }), "unsafe_try"},
		{"beyond", task(func(k TaskKind) bool { return k.Beyond }), "told_to_stop"},
		{"two ways to begin", task(func(k TaskKind) bool { return len(k.Begins) == 2 }), "minor_check police_report missing_report"},
		{"ways to begin", task(func(k TaskKind) bool { return len(k.Begins) > 0 }), "minor_check police_report missing_report"},
		{"ends its task", rung(func(r Rung) bool { return r.Ends }), "appeal_over release_over"},
		{"stops recipients", rung(func(r Rung) bool { return r.Stops }), "release_over"},
		{"wants words", tell(func(p TellPerson) bool { return p.Because }), "told tried barred"},
		{"hidden", tell(func(p TellPerson) bool { return p.Hidden }), "barred"},
		{"outline", strings.Join(Outlines, " "), "E1 E2 C9 D6 J1 K2 G1"},
		{"outcomes", strings.Join(Outcomes, " "), "outcome_30 outcome_60 outcome_90"},
		{"refusing a batch", keysOf(RefuseReasons, func(r RefuseReason) string { return r.Code }, func(r RefuseReason) bool { return r.Says != "" }), "needed schedule unclear"},
		{"left of a batch", strings.Join(slices.Sorted(maps.Keys(LeftReasons)), " "), "destroyed held moved_on owed"},
		{"reasons to search", keysOf(SearchReasons, func(r SearchFor) string { return string(r.Reason) }, func(r SearchFor) bool { return r.Say != "" }),
			strings.Join([]string{string(SearchNew), string(SearchAsked), string(SearchPerson), string(SearchSafety), string(SearchDisclosed)}, " ")},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.what, tt.got, tt.want)
		}
	}
	for _, e := range []struct{ got, want string }{
		{Nothing.String(), "nothing"}, {Outline.String(), "outline"}, {Whole.String(), "whole"}, {IndexOnly.Says(), "the index only"}, {CodesDates.Says(), "codes and dates"},
		{Unmasked.Says(), "answers, one by one, but none that is masked"}, {Everything.Says(), "answers, one by one, masked ones too"},
	} {
		if e.got != e.want {
			t.Errorf("%q, want %q", e.got, e.want)
		}
	}
}

// said lists words.
func said[T ~string](list []T) string { return strings.Join(words(list), " ") }

// The words that databases, addresses and lines of the log hold, by hand: none is
// lost, and none is new without somebody who looked.
func TestWordsAreFixed(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{said(Statuses()), "draft submitted in_review asked confirmed declined withdrawn closed"},
		{said(HandoverStatuses()), "proposed sent accepted returned reached not_reached enrolled served closed"},
		{said(Duties()), "referrer coordinator reviewer director program recipient administrator auditor"},
		{said(Sides()), "police provider dcjs otda rhtp ldss administration auditor"},
		{said(PairStatuses()), "found linked dismissed"},
		{said(HoldStatuses()), "held release_asked released"},
		{said(DisposalStatuses()), "proposed approved refused done"},
		{said(DisclosureStatuses()), "prepared proposed released canceled"},
		{said(PairActions()), "link dismiss undo"},
		{said(HoldActions()), "place ask_release keep release"},
		{said(DisposalActions()), "propose approve refuse"},
		{said(DisclosureActions()), "prepare pick propose send_back approve cancel"},
		{said(Actions()), "save submit discard take hand_back ask answer add consult assess recommend second disagree confirm decline extend reconsider appeal withdraw close note reveal recuse exclude readmit"},
		{said(HandoverActions()), "propose reroute send accept return attempt wait warm bring reach miss enroll serve tell refuse revoke transfer close"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s\nwant %s", tt.got, tt.want)
		}
	}
	for _, tt := range []struct {
		got  []string
		want string
	}{
		{Status("").Values(), said(Statuses())}, {HandoverStatus("").Values(), said(HandoverStatuses())},
		{PairStatus("").Values(), said(PairStatuses())}, {HoldStatus("").Values(), said(HoldStatuses())}, {DisposalStatus("").Values(), said(DisposalStatuses())},
		{DisclosureStatus("").Values(), said(DisclosureStatuses())}, {Duty("").Values(), said(Duties())}, {Side("").Values(), said(Sides())},
	} {
		if got := strings.Join(tt.got, " "); got != tt.want {
			t.Errorf("stored: %s, want %s", got, tt.want)
		}
	}
}

// What is looked up by a word that there is not is not there, and every word of a
// table is found with its own line.
func TestLookedUp(t *testing.T) {
	for _, r := range Ladder {
		if got, ok := RungOf(r.Key); !ok || got.Key != r.Key || got.On != r.On {
			t.Errorf("%s: %+v, %v", r.Key, got, ok)
		}
	}
	for _, r := range RefuseReasons {
		if got, ok := RefuseReasonOf(r.Code); !ok || got != r {
			t.Errorf("%s: %+v, %v", r.Code, got, ok)
		}
	}
	for _, l := range Letters {
		if got, ok := LetterOf(l.Kind); !ok || got.Kind != l.Kind {
			t.Errorf("%s: %+v, %v", l.Kind, got, ok)
		}
	}
	for _, w := range Ways {
		if got, ok := WayOf(w.Way); !ok || got.Way != w.Way {
			t.Errorf("%s: %+v, %v", w.Way, got, ok)
		}
	}
	_, rung := RungOf("coffee")
	_, refuse := RefuseReasonOf("")
	_, letter := LetterOf("coffee")
	_, way := WayOf("pigeon")
	_, basis := basisOf("coffee")
	if rung || refuse || letter || way || basis || Outlasts("coffee", Decline) || len(RungsOn("coffee")) > 0 {
		t.Error("what there is not is found")
	}
	if len(RungsOn(TaskStopped)) != 3 || len(RungsOn(TaskAppeal)) != 1 || len(RungsOn(TaskRoute)) != 0 {
		t.Error("the wrong rungs stand on a task")
	}
	if key := TermsKey(ClockHHS); key != "clock.hhs_request" {
		t.Errorf("a setting is called %s", key)
	}
}

// A duty towards a child outlasts the decline, the end and the withdrawal of its
// referral; a determination and a try do not.
func TestOutlasts(t *testing.T) {
	for _, tt := range []struct {
		kind string
		do   Action
		want bool
	}{
		{TaskDetermination, Decline, false}, {TaskTry, Withdraw, false}, {"minor_notice", Confirm, false}, {"shelter", Withdraw, false}, {TaskSign, Withdraw, false},
		{"minor_notice", Decline, true}, {"minor_notice", Close, true}, {"hhs_request", Withdraw, true}, {TaskReport, Withdraw, true}, {"shelter", Decline, true},
		{TaskStopped, Withdraw, true}, {TaskUnsafe, Close, true}, {TaskSign, Close, true}, {TaskWritten, Decline, true},
	} {
		if got := Outlasts(tt.kind, tt.do); got != tt.want {
			t.Errorf("%s outlasts %s: %v", tt.kind, tt.do, got)
		}
	}
}

// A task waits for somebody else only at the statuses of its line.
func TestAwaitedBy(t *testing.T) {
	for _, kind := range Tasks {
		for _, at := range append(Statuses(), Gone, "lost") {
			want := kind.Key == TaskNotice && slices.Contains([]Status{Submitted, InReview, Asked}, at) || kind.Key == TaskDetermination && at == Asked
			if got := AwaitedBy(kind.Key, at); (got != "") != want {
				t.Errorf("%s at %s waits for %q", kind.Key, at, got)
			}
		}
	}
}

// Facts that came in ask anew whether two referrals are about one person; nothing
// else does.
func TestReopens(t *testing.T) {
	for _, do := range Actions() {
		if got := Reopens(do); got != slices.Contains([]Action{Answer, Add, Reconsider, Appeal}, do) {
			t.Errorf("%s: %v", do, got)
		}
	}
}

// A local department that was told of a child reports within 24 hours.
func TestDistrictReports(t *testing.T) {
	told := time.Date(2026, 3, 7, 22, 30, 0, 0, time.UTC)
	if got := DistrictReports(told); !got.Equal(told.Add(24 * time.Hour)) {
		t.Errorf("until %s", got)
	}
}

// Each clock says how it counts: one that is due at once, one hour and more of
// them, days, years, and a day that a paper names; a unit of no list says nothing.
func TestCounted(t *testing.T) {
	for _, tt := range []struct {
		unit     Unit
		count, n int
		want     string
	}{
		{Hours, 0, 0, "at once, day and night"}, {Hours, 24, 0, "24 hours, counted day and night"}, {Hours, 24, 1, "1 hour, counted day and night"},
		{BusinessDays, 3, 0, "3 business days"}, {Days, 1, 0, "1 calendar day"}, {Days, 1, 2, "2 calendar days"}, {Years, 6, 0, "6 years"}, {Years, 6, 1, "1 year"},
		{NamedDay, 0, 0, "until the day that the paper names"}, {Tries, 3, 0, ""}, {"moons", 3, 0, ""},
	} {
		if got := (Clock{Unit: tt.unit, Count: tt.count}).Counted(tt.n); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}

// A count that the State sets holds from one to the most, on its day and after.
func TestTakes(t *testing.T) {
	days, years := Clock{Unit: Days, Set: true, Count: 5}, Clock{Unit: Years, Set: true, Count: 5}
	for _, tt := range []struct {
		clock Clock
		count int
		want  bool
	}{{days, 0, false}, {days, -1, false}, {days, 367, false}, {years, 100, false}, {Clock{Unit: Days}, 5, false}, {days, 1, true}, {days, 366, true}, {years, 1, true}, {years, 99, true}} {
		if got := tt.clock.Takes(tt.count); got != tt.want {
			t.Errorf("%d %s: %v", tt.count, tt.clock.Unit, got)
		}
	}
	terms, err := ReadTerms(`{"rev":4,"list":[{"from":"2027-01-01","count":7,"reason":"more","by":3}]}`)
	if err != nil || terms.Rev != 4 || days.CountOn("2026-12-31", terms) != 5 || days.CountOn("2027-01-01", terms) != 7 || days.CountOn("2027-01-02", Terms{}) != 5 {
		t.Errorf("%+v, %v", terms, err)
	}
	if _, err := ReadTerms("7"); err == nil {
		t.Error("what are no terms are read")
	}
}

// The elements: shown where each is, means or not; lacking where one is found not
// to be, and not where it is only unclear.
func TestGrid(t *testing.T) {
	for _, tt := range []struct {
		grid         Grid
		shown, lacks bool
	}{
		{Grid{}, false, false}, {Grid{"shown", "shown", "unclear", ""}, false, false}, {Grid{"unclear", "shown", "shown", ""}, false, false}, {Grid{"shown", "unclear", "shown", ""}, false, false},
		{Grid{"not_shown", "shown", "shown", ""}, false, true}, {Grid{"shown", "not_shown", "shown", ""}, false, true}, {Grid{"shown", "shown", "not_shown", ""}, false, true},
		{Grid{"shown", "waived", "unclear", ""}, false, false}, {Grid{"shown", "shown", "shown", ""}, true, false}, {Grid{"shown", "waived", "shown", ""}, true, false},
	} {
		if tt.grid.Shown() != tt.shown || tt.grid.Lacks() != tt.lacks {
			t.Errorf("%+v: shown %v, lacks %v", tt.grid, tt.grid.Shown(), tt.grid.Lacks())
		}
	}
}
