package audit

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// What is read a part at a time is read to its end: one line more than a part holds
// is touched, reviewed, exported and verified like the others.
func TestPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const lines = chunk + 1
		list := many(lines, "read")
		for n := range list {
			list[n].Actor, list[n].Refs = 7, []string{fmt.Sprintf("AAAA-BBBB-%04d-C", n)}
		}
		add(t, db, list...)
		ring := newRing(t)
		take(t, newTree(t, db, ring), lines)
		sound(t, db, ring, lines)
		var touched []Touch
		var err error
		within(t, "what was touched", func(ctx context.Context) { touched, err = Touched(ctx, db, Span{Account: 7}) })
		if err != nil || len(touched) != lines || touched[lines-1].Ref != list[lines-1].Refs[0] {
			t.Errorf("%d touched: %v", len(touched), err)
		}
		var week Week
		within(t, "a review", func(ctx context.Context) {
			week, err = Review(ctx, db, noon.Add(-time.Hour), noon.Add(time.Hour), time.UTC)
		})
		if err != nil || week.Lines != lines {
			t.Errorf("%d reviewed: %v", week.Lines, err)
		}
		var out bytes.Buffer
		var head string
		within(t, "an export", func(ctx context.Context) { head, err = Export(ctx, db, &out) })
		if err != nil {
			t.Fatal(err)
		}
		if n, err := CheckExport(&out, []byte(head), verifier(t, ring)); n != lines || err != nil {
			t.Errorf("%d exported: %v", n, err)
		}
	})
}

// aboutKeys are the acts on keys that a review names.
var aboutKeys = []string{"rotate_key", "adopt_key", "retire_key", "shred", "shred_again"}

// edges are the lines of a week and of the moments beside it, and who looked at
// night.
func edges(from, until time.Time) (lines []Line, night []Busy) {
	at := func(day, hour, minute int) time.Time {
		return from.AddDate(0, 0, day).Add(time.Duration(hour*60+minute) * time.Minute)
	}
	noon := at(2, 12, 0)
	lines = []Line{
		{At: from.Add(-time.Microsecond), Actor: 90, Action: "save", Outcome: Refused}, {At: from, Actor: 90, Action: "save", Outcome: Done},
		{At: until.Add(-time.Microsecond), Actor: 90, Action: "save", Outcome: Done}, {At: until, Actor: 90, Action: "save", Outcome: Refused},
		{At: at(2, 3, 0), Action: "read", Outcome: Done, Refs: []string{"R"}}, {At: at(2, 3, 0), Actor: 60, Action: "read", Outcome: Failed, Refs: []string{"R"}},
		{At: at(2, 3, 0), Actor: 61, Action: "read", Outcome: Done}, {At: at(2, 3, 0), Actor: 62, Action: "save", Outcome: Done, Refs: []string{"R"}},
	}
	put := func(n int, l Line) {
		for range n {
			lines = append(lines, l)
		}
	}
	put(4, Line{At: noon, Actor: 70, Action: "save", Outcome: Refused})
	put(5, Line{At: noon, Actor: 71, Action: "save", Outcome: Refused})
	put(5, Line{At: noon, Actor: 69, Action: "save", Outcome: Refused})
	put(6, Line{At: noon, Actor: 72, Action: "save", Outcome: Refused})
	put(4, Line{At: noon, Actor: 73, Action: "sign_in", Outcome: Failed})
	put(5, Line{At: noon, Actor: 74, Action: "sign_in", Outcome: Refused})
	put(9, Line{At: noon, Actor: 75, Action: "sign_in", Outcome: Done})
	for n, moment := range []time.Time{at(2, 6, 59), at(2, 20, 0), at(2, 23, 0), at(6, 12, 0), at(0, 12, 0), at(2, 7, 0), at(2, 19, 59), at(1, 12, 0), at(5, 12, 0)} {
		action := []string{"read", "print", "export", "reveal", "paper"}[n%5]
		put(1, Line{At: moment, Actor: 10 + n, Action: action, Outcome: Done, Refs: []string{"R", "S"}})
		if n < 5 {
			night = append(night, Busy{10 + n, 1})
		}
	}
	for n := range 10 {
		put(1, Line{At: noon, Actor: 30, Action: "read", Outcome: Done, Refs: []string{fmt.Sprint("T", n)}})
		put(1, Line{At: noon, Actor: 31, Action: "read", Outcome: Done, Refs: []string{fmt.Sprint("T", min(n, 8))}})
	}
	for _, action := range aboutKeys {
		put(1, Line{At: noon, Actor: 80, Action: action, Outcome: Failed, Reason: "why"})
	}
	return lines, night
}

// At the edges of a week, of its nights and of what is much: the last that does not
// count, and the first that does.
func TestWeekAtItsEdges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		from := time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC) // a Sunday
		until := from.AddDate(0, 0, 7)
		lines, night := edges(from, until)
		add(t, db, lines...)
		w, err := Review(bounded(t), db, from, until, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct{ got, want []Busy }{
			"night": {w.Night, night}, "wide": {w.Wide, []Busy{{30, 10}}}, "refused": {w.Refused, []Busy{{72, 6}, {69, 5}, {71, 5}}}, "failed": {w.Failed, []Busy{{74, 5}}},
			"reveals": {w.Reveals, []Busy{{13, 1}, {18, 1}}},
		} {
			if !reflect.DeepEqual(c.got, c.want) {
				t.Errorf("%s: %v, want %v", name, c.got, c.want)
			}
		}
		if w.Lines != len(lines)-2 || !w.From.Equal(from) || !w.Until.Equal(until) || w.Searches != 0 || len(w.Sample) != 0 || len(w.Keys) != len(aboutKeys) {
			t.Errorf("%+v", w)
		}
		for n, action := range aboutKeys {
			if n < len(w.Keys) && w.Keys[n] != "2026-11-17T12:00:00Z  "+action+" failed by account 80: why" {
				t.Errorf("%s", w.Keys[n])
			}
		}
	})
}

// Much is more than three times what is usual; a sample is spread over the list and
// is all of a short one.
func TestMuchAndSamples(t *testing.T) {
	if median(nil) != 0 || median(map[int]int{1: 5, 2: 1, 3: 9}) != 5 || median(map[int]int{1: 4, 2: 1}) != 4 {
		t.Error("another median")
	}
	var list []string
	for n := range 21 {
		if got := spread(list); len(got) != min(n, 10) || n > 0 && got[0] != "a" || n > 0 && n < 11 && strings.Join(got, "") != strings.Join(list, "") {
			t.Errorf("of %d: %q", n, got)
		}
		list = append(list, string(rune('a'+n)))
	}
	if got := strings.Join(spread(list[:20]), ""); got != "acegikmoqs" {
		t.Errorf("of twenty: %s", got)
	}
}
