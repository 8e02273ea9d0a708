package main

import (
	"strings"
	"testing"

	"nysreferral/config"
)

// The demonstration holds up nobody, and with --limits everybody as serve does;
// how much is too much are the flags of serve, with their defaults.
func TestDemoLimits(t *testing.T) {
	usual := config.Default().Limits
	for typed, want := range map[string]struct {
		guessing      bool
		reads, drafts int
	}{
		"demo":          {true, -1, usual.Drafts},
		"demo --limits": {false, usual.ReadsState, usual.Drafts},
		"demo --limits --limit-reads-state 5 --limit-drafts 7": {false, 5, 7},
		"demo --limit-reads-state 5 --limit-drafts 7":          {true, -1, 7},
	} {
		var c cli
		p, err := newParser(&c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Parse(strings.Fields(typed)); err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		s := c.Demo.settings("http://127.0.0.1:8080")
		if s.SignIn.Guessing != want.guessing || s.Limits.ReadsState != want.reads || s.Limits.Drafts != want.drafts || s.Limits.File != usual.File {
			t.Errorf("%q: guessing %t, %+v", typed, s.SignIn.Guessing, s.Limits)
		}
	}
}
