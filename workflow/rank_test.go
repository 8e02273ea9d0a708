package workflow

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// keys lists the order.
func keys(list []Ranked) string {
	var out []string
	for _, r := range list {
		out = append(out, r.Key)
	}
	return strings.Join(out, " ")
}

// Where the person must not be referred, and where it was tried in vain, is
// not in the list, however it was written.
func TestRankLeavesOut(t *testing.T) {
	all := []Candidate{
		{Key: "lake", Name: "Lake House Program", Verified: true, Room: 1},
		{Key: "hill", Name: "Hill Street Center", Verified: true, Room: 1},
	}
	for _, tt := range []struct {
		f    Facts
		want string
	}{
		{Facts{DoNotRefer: []string{"lake house"}}, "hill"},
		{Facts{DoNotRefer: []string{"LAKE  HOUSE PROGRAM!"}}, "hill"},
		{Facts{DoNotRefer: []string{"not the Lake House Program, her uncle works there"}}, "hill"},
		{Facts{DoNotRefer: []string{"lake"}}, "hill"},
		{Facts{DoNotRefer: []string{"hill", "lake"}}, ""},
		{Facts{Tried: []string{"lake"}}, "hill"},
		{Facts{ProviderWish: "Lake House", DoNotRefer: []string{"Lake House"}}, "hill"},
		{Facts{DoNotRefer: []string{"", "la"}}, "hill lake"},
	} {
		if got := keys(Rank(all, tt.f)); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.f, got, tt.want)
		}
	}
	if got := Rank(nil, Facts{}); len(got) != 0 {
		t.Errorf("ranked nobody into %v", got)
	}
}

// Each thing that counts, in the order in which it counts.
func TestRankOrder(t *testing.T) {
	f := Facts{Minor: Adult, Language: "kiche", Labor: true, ProviderWish: "Wished Center"}
	in := []Candidate{
		{Key: "unverified", Name: "Wished Center East", Languages: []string{"kiche"}, Room: 9},
		{Key: "a_full", Name: "Full", Verified: true, Room: 0},
		{Key: "later_turn", Name: "Later", Verified: true, Room: 3, Turn: 7},
		{Key: "z_turn", Name: "Turn", Verified: true, Room: 1, Turn: 2},
		{Key: "y_turn", Name: "Turn too", Verified: true, Room: 1, Turn: 2},
		{Key: "untold", Name: "Untold", Verified: true, Room: -1},
		{Key: "labor", Name: "Farm", Verified: true, Specialties: []string{"labor"}, Room: 0},
		{Key: "speaks", Name: "Tongue", Verified: true, Languages: []string{"mam", "kiche"}, Room: 0},
		{Key: "wished", Name: "Wished Center", Verified: true, Room: 0, Turn: 99},
	}
	want := "wished speaks labor y_turn z_turn later_turn untold a_full unverified"
	if got := keys(Rank(in, f)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	list := Rank(in, f)
	if last := list[len(list)-1]; last.Sendable || !strings.Contains(strings.Join(last.Reasons, " "), "Have this line verified") || strings.Contains(strings.Join(last.Reasons, " "), last.Key) {
		t.Errorf("an unverified row is sendable, or is told by its key: %+v", last)
	}
	if first := list[0]; !first.Sendable || !slices.Contains(first.Reasons, "The person wishes it.") {
		t.Errorf("the first does not say why: %+v", first)
	}
}

// The order does not depend on how the candidates are given, an unverified one
// never stands before one that can be sent to, and nobody is added or doubled.
func TestRankAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(t, "n")
		var all []Candidate
		for i := range n {
			all = append(all, Candidate{
				Key: string(rune('a' + i)), Name: "Center " + string(rune('a'+i)),
				Languages: rapid.SliceOfN(rapid.SampledFrom([]string{"mam", "urdu"}), 0, 2).Draw(t, "languages"),
				Room:      rapid.IntRange(-1, 2).Draw(t, "room"), Turn: int64(rapid.IntRange(0, 2).Draw(t, "turn")),
				Verified: rapid.Bool().Draw(t, "verified"),
			})
		}
		f := Facts{Language: "mam", Tried: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "tried")}
		one := keys(Rank(all, f))
		turned := slices.Clone(all)
		slices.Reverse(turned)
		if two := keys(Rank(turned, f)); one != two {
			t.Fatalf("%q and %q", one, two)
		}
		waiting := false
		for _, r := range Rank(all, f) {
			if waiting && r.Sendable {
				t.Fatalf("%s stands behind one that waits for verification", r.Key)
			}
			waiting = waiting || !r.Sendable
			if among(r.Key, f.Tried) || strings.Count(one, r.Key) != 1 {
				t.Fatalf("%s should not be there, or once only: %s", r.Key, one)
			}
		}
	})
}
