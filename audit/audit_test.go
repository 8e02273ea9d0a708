package audit

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"nysreferral/ent"
	"nysreferral/ent/auditentry"
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
		"no time":          func(l *Line) { l.At = time.Time{} },
		"no action":        func(l *Line) { l.Action = "" },
		"far future":       func(l *Line) { l.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"line feed":        func(l *Line) { l.Reason = "seen\n2026-11-22 all is well" },
		"return":           func(l *Line) { l.Action = "take\r" },
		"escape":           func(l *Line) { l.Outcome = "\x1b[2K" },
		"nul":              func(l *Line) { l.Rule = "a\x00b" },
		"bidi override":    func(l *Line) { l.Reason = "abc\u202ecba" },
		"no width":         func(l *Line) { l.Duty = "review\u200ber" },
		"line separator":   func(l *Line) { l.Source = "a\u2028b" },
		"year 0":           func(l *Line) { l.At = time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC) },
		"UTC's year 10000": func(l *Line) { l.At = time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("there", -5*3600)) },
		"no character":     func(l *Line) { l.Reason = "a\ufffdb" },
		"in a rule":        func(l *Line) { l.Rule = strings.Repeat("a", maxReason+1) },
		"broken UTF-8":     func(l *Line) { l.Refs = []string{"a", "b\xff"} },
		"in a field":       func(l *Line) { l.Fields = []string{"D2\t"} },
		"long word":        func(l *Line) { l.Action = strings.Repeat("a", maxWord+1) },
		"long ref":         func(l *Line) { l.Refs = []string{strings.Repeat("a", maxWord+1)} },
		"long reason":      func(l *Line) { l.Reason = strings.Repeat("ä", maxReason+1) },
		"many refs":        func(l *Line) { l.Refs = make([]string, maxRefs+1) },
		"many fields":      func(l *Line) { l.Fields = make([]string, maxFields+1) },
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

// The longest line that may be kept may: with as many ids, as long words and as
// early or late as there are.
func TestLongestLine(t *testing.T) {
	for name, change := range map[string]func(*Line){
		"many refs":   func(l *Line) { l.Refs = make([]string, maxRefs) },
		"many fields": func(l *Line) { l.Fields = make([]string, maxFields) },
		"long words": func(l *Line) {
			l.Refs, l.Action = []string{strings.Repeat("ä", maxWord)}, strings.Repeat("ä", maxWord)
		},
		"long rule": func(l *Line) { l.Rule, l.Reason = strings.Repeat("ä", maxReason), strings.Repeat("ä", maxReason) },
		"early":     func(l *Line) { l.At = time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC) },
		"late":      func(l *Line) { l.At = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) },
	} {
		l := line("take")
		change(&l)
		if err := l.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of a line that touched nothing no empty list is stored: whoever looks for what was
// touched does not read it. A list of one is.
func TestNoListIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := line("take")
		l.Refs, l.Fields = nil, []string{}
		add(t, db, l)
		if n := db.Read().AuditEntry.Query().Where(auditentry.RefsIsNil(), auditentry.FieldsIsNil()).CountX(t.Context()); n != 1 {
			t.Errorf("%d lines hold no list", n)
		}
		l.Refs, l.Fields = []string{"R"}, []string{"F"}
		add(t, db, l)
		if e := db.Read().AuditEntry.Query().Where(auditentry.RefsNotNil()).OnlyX(t.Context()); len(e.Refs) != 1 || len(e.Fields) != 1 {
			t.Errorf("of one each: %q, %q", e.Refs, e.Fields)
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
	e := &ent.AuditEntry{ID: 57, At: noon, Actor: 73, Duty: "reviewer", Agency: 35, Action: "take", Outcome: "done",
		Refs: []string{"A", "B"}, Handover: 12, Fields: []string{}, Reason: `"q" \ <&>`, Rule: "§ 1\n", Source: "\xff\ufffd\xef\xbf"}
	const want = `{"v":1,"n":41,"id":57,"at":"2026-11-22T17:00:00.123456Z","actor":73,"duty":"reviewer","agency":35,"action":"take",` +
		`"outcome":"done","refs":["A","B"],"handover":12,"fields":[],"reason":"\"q\" \\ <&>","rule":"§ 1\u000a","source":"\ufffdff` + "\ufffd" + `\ufffdef\ufffdbf"}`
	if got := string(text(41, e)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	e.Fields = nil
	if got := string(text(41, e)); got != want {
		t.Error("none and an empty list differ")
	}
	e.Refs = []string{`A","B`}
	if string(text(41, e)) == want {
		t.Error("one reference looks like two")
	}
}
