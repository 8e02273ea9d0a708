package audit

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

var noon = time.Date(2026, 11, 22, 17, 0, 0, 123456789, time.UTC)

func line(action string) Line {
	return Line{At: noon, Actor: 7, Duty: "reviewer", Agency: 3, Action: action, Outcome: Done, Refs: []string{"7K4M2QX9C3TB5"}}
}

func add(t testing.TB, db *store.DB, lines ...Line) {
	t.Helper()
	err := db.Do(t.Context(), func(tx *ent.Tx) error {
		for _, l := range lines {
			if err := Add(t.Context(), tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A line that could look like two, hide something or fill the disk is refused,
// and with it the whole transaction.
func TestAddRefuses(t *testing.T) {
	cases := map[string]func(*Line){
		"no time":        func(l *Line) { l.At = time.Time{} },
		"no action":      func(l *Line) { l.Action = "" },
		"far future":     func(l *Line) { l.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"line feed":      func(l *Line) { l.Reason = "seen\n2026-11-22 all is well" },
		"return":         func(l *Line) { l.Action = "take\r" },
		"escape":         func(l *Line) { l.Outcome = "\x1b[2K" },
		"nul":            func(l *Line) { l.Rule = "a\x00b" },
		"bidi override":  func(l *Line) { l.Reason = "abc\u202ecba" },
		"no width":       func(l *Line) { l.Duty = "review\u200ber" },
		"line separator": func(l *Line) { l.Source = "a\u2028b" },
		"broken UTF-8":   func(l *Line) { l.Refs = []string{"a", "b\xff"} },
		"in a field":     func(l *Line) { l.Fields = []string{"D2\t"} },
		"long word":      func(l *Line) { l.Action = strings.Repeat("a", maxWord+1) },
		"long ref":       func(l *Line) { l.Refs = []string{strings.Repeat("a", maxWord+1)} },
		"long reason":    func(l *Line) { l.Reason = strings.Repeat("ä", maxReason+1) },
		"many refs":      func(l *Line) { l.Refs = make([]string, maxRefs+1) },
		"many fields":    func(l *Line) { l.Fields = make([]string, maxFields+1) },
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, change := range cases {
			bad := line("take")
			change(&bad)
			err := db.Do(t.Context(), func(tx *ent.Tx) error {
				if err := Add(t.Context(), tx, line("open")); err != nil {
					return err
				}
				return Add(t.Context(), tx, bad)
			})
			if !errors.Is(err, ErrLine) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := db.Read().AuditEntry.Query().CountX(t.Context()); n != 0 {
			t.Errorf("%d lines were kept", n)
		}
	})
}

// A line is kept as it was given, to the microsecond, and goes when its
// transaction does.
func TestAddKeeps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		full := Line{At: noon.In(time.FixedZone("x", -5*3600)), Actor: 7, Duty: "reviewer", Agency: 3, Action: "reveal", Outcome: Refused,
			Refs: []string{"7K4M2QX9C3TB5", "B"}, Handover: 2, Fields: []string{"D2", "D3"}, Reason: strings.Repeat("ä", maxReason),
			Rule: `SSL § 483-cc(b) "x" \`, Source: "192.0.2.0/24"}
		gone := errors.New("gone")
		if err := db.Do(t.Context(), func(tx *ent.Tx) error { return errors.Join(Add(t.Context(), tx, full), gone) }); !errors.Is(err, gone) {
			t.Fatal(err)
		}
		add(t, db, full, line("take"))
		got := db.Read().AuditEntry.Query().AllX(t.Context())
		if len(got) != 2 {
			t.Fatalf("%d lines", len(got))
		}
		if !got[0].At.Equal(noon.Truncate(time.Microsecond)) {
			t.Errorf("at %v", got[0].At)
		}
		var parsed map[string]any
		if err := json.Unmarshal(text(4, got[0]), &parsed); err != nil {
			t.Fatalf("%v in %s", err, text(4, got[0]))
		}
		if parsed["rule"] != full.Rule || parsed["reason"] != full.Reason || parsed["at"] != "2026-11-22T17:00:00.123456Z" || parsed["n"] != 4.0 {
			t.Errorf("%v", parsed)
		}
	})
}

// The canonical text is as it always was: changing it would make every log
// written before look tampered with.
func TestTextIsFixed(t *testing.T) {
	e := &ent.AuditEntry{ID: 5, At: noon, Actor: 7, Duty: "reviewer", Agency: 3, Action: "take", Outcome: "done",
		Refs: []string{"A", "B"}, Handover: 1, Fields: []string{}, Reason: `"q" \ <&>`, Rule: "§ 1\n", Source: "\xff"}
	const want = `{"v":1,"n":4,"id":5,"at":"2026-11-22T17:00:00.123456Z","actor":7,"duty":"reviewer","agency":3,"action":"take",` +
		`"outcome":"done","refs":["A","B"],"handover":1,"fields":[],"reason":"\"q\" \\ <&>","rule":"§ 1\u000a","source":"\ufffdff"}`
	if got := string(text(4, e)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	e.Fields = nil
	if got := string(text(4, e)); got != want {
		t.Error("none and an empty list differ")
	}
	e.Refs = []string{`A","B`}
	if string(text(4, e)) == want {
		t.Error("one reference looks like two")
	}
}
