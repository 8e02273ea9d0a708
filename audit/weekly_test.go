package audit

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"nysreferral/store"
	"nysreferral/store/storetest"
)

// A week's review names who opened far more than others, who looked at night,
// who was refused often, whose sign-ins fail, and what was done with keys; and
// nothing of other weeks.
func TestWeek(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		day := time.Date(2026, 11, 17, 15, 0, 0, 0, time.UTC) // a Tuesday
		lines := []Line{{At: day, Action: "rotate_key", Outcome: Done, Reason: "version 2 of the key file"}, {At: day.AddDate(0, 0, -9), Actor: 2, Action: "reveal", Outcome: Done, Refs: []string{"R"}}}
		for account := 1; account <= 5; account++ {
			for n := range 4 {
				lines = append(lines, Line{At: day, Actor: account, Action: "read", Outcome: Done, Refs: []string{fmt.Sprint("R", n)}})
			}
		}
		for n := range 13 {
			lines = append(lines, Line{At: day, Actor: 7, Action: "read", Outcome: Done, Refs: []string{fmt.Sprint("X", n)}})
			if n < 12 { // three times what is usual, and no more
				lines = append(lines, Line{At: day, Actor: 6, Action: "read", Outcome: Done, Refs: []string{fmt.Sprint("X", n)}})
			}
		}
		for n := range 20 {
			lines = append(lines, Line{At: day, Actor: 3, Action: "read", Outcome: Done, Refs: []string{fmt.Sprint("W", n)}})
		}
		for range 6 {
			lines = append(lines, Line{At: day, Actor: 4, Action: "read", Outcome: Refused}, Line{At: day, Action: "sign_in", Outcome: Failed})
		}
		lines = append(lines, Line{At: day.Add(9 * time.Hour), Actor: 5, Action: "reveal", Outcome: Done, Refs: []string{"R1"}}, Line{At: day, Actor: 2, Action: "save", Outcome: Refused})
		for n := range 25 {
			lines = append(lines, Line{At: day.Add(time.Duration(n) * time.Minute), Actor: 9, Action: "search", Outcome: Done, Reason: fmt.Sprintf("reason %d; shown: 0", n)})
		}
		lines = append(lines, Line{At: day, Actor: 9, Action: "search", Outcome: Refused})
		add(t, db, lines...)
		w, err := Review(bounded(t), db, day.AddDate(0, 0, -2), day.AddDate(0, 0, 5), time.FixedZone("there", -5*3600))
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct{ got, want []Busy }{
			"night": {w.Night, nil}, "wide": {w.Wide, []Busy{{3, 24}, {7, 13}}}, "refused": {w.Refused, []Busy{{4, 6}}}, "failed": {w.Failed, []Busy{{0, 6}}}, "reveals": {w.Reveals, []Busy{{5, 1}}},
		} {
			if !reflect.DeepEqual(c.got, c.want) {
				t.Errorf("%s: %v, want %v", name, c.got, c.want)
			}
		}
		if w.Lines != len(lines)-1 || len(w.Keys) != 1 || !strings.Contains(w.Keys[0], "version 2") || w.Outcomes[Refused] != 8 {
			t.Errorf("%+v", w)
		}
		if w.Searches != 25 || len(w.Sample) != 10 || w.Sample[0] != "2026-11-17 10:00  account 9: reason 0; shown: 0" || !strings.Contains(w.Sample[9], "reason 22") {
			t.Errorf("%d searches, read %q", w.Searches, w.Sample)
		}
		late, err := Review(bounded(t), db, day, day.AddDate(0, 0, 1), time.FixedZone("far", 0))
		if err != nil || !reflect.DeepEqual(late.Night, []Busy{{5, 1}}) {
			t.Errorf("at night: %v, %v", late.Night, err)
		}
	})
}
