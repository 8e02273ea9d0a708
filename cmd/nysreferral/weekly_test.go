package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
)

// Whoever reviews the log reads a table of plain words: no form of the language
// that the program is written in, no codes, and no heading over nothing.
func TestWeekIsSaidInPlainWords(t *testing.T) {
	from := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	full := audit.Week{From: from, Until: from.AddDate(0, 0, 7), Lines: 1203, Outcomes: map[string]int{"done": 1200, "refused": 3},
		Wide: []audit.Busy{{Account: 12, Times: 140}}, Refused: []audit.Busy{{Account: 0, Times: 6}}, Failed: []audit.Busy{{Account: 7, Times: 9}, {Account: 0, Times: 5}},
		Searches: 2, Sample: []string{"2026-11-17 10:00  account 3: consent_check"}, Keys: []string{"2026-11-18T10:00:00Z  rotate_key done by account 0: version 2"}}
	var out bytes.Buffer
	if err := sayWeek(&out, full); err != nil {
		t.Fatal(err)
	}
	want := `The log from 2026-11-16 until 2026-11-23: 1203 lines.

Lines of what was done                                                     1200
Lines of what was refused                                                  3
Opened far more referrals than others     Account 12                       140
Refused five times or more                Nobody signed in, or a command   6
Sign-ins that failed five times or more   Account 7                        9
Sign-ins that failed five times or more   Unknown addresses                5
Searches for a person                                                      2

Some of the searches
  2026-11-17 10:00  account 3: consent check

Keys, and what was destroyed
  2026-11-18T10:00:00Z  rotate key done by account 0: version 2
`
	if out.String() != want {
		t.Errorf("it says\n%s", out.String())
	}
	out.Reset()
	if err := sayWeek(&out, audit.Week{From: from, Until: from.AddDate(0, 0, 7), Lines: 1, Outcomes: map[string]int{"done": 1}}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "The log from 2026-11-16 until 2026-11-23: 1 line.\n\nLines of what was done      1\n" {
		t.Errorf("of a quiet week it says %q", got)
	}
}

// The command reviews the week that just ended, on either database, and that it
// did is a line of the log which the next review counts.
func TestAuditWeekly(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		for n := 1; n <= 2; n++ {
			out, err := types(t, s, "audit", "weekly", "--until", time.Now().AddDate(0, 0, 1).Format(time.DateOnly))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out, "map[") || !regexp.MustCompile(`Lines of what was done +\d`).MatchString(out) || strings.Contains(out, "Keys") {
				t.Errorf("it says\n%s", out)
			}
		}
	})
}
