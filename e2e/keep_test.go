package e2e

import (
	"fmt"
	"testing"
)

// Whoever loads the page anew, or goes on by a link, right after typing finds
// what was typed, and can go on typing and save; a mistake in the section and a
// second window take nothing of it away.
func TestTypingIsNotLost(t *testing.T) {
	k := situationOf(t, 7)
	prog := StartWith(t, Settings{Now: k.Now, Args: []string{"--empty"}})
	p := seat(t, prog, "case_manager", View{})
	draft := draft(p)
	section := draft + "/sections/C"
	p.Open(section)
	p.Fill(Field("age"), "old")
	for i := range 6 {
		name := fmt.Sprintf("Example %c", 'A'+i)
		p.Fill(Field("familyName"), name)
		if i%2 == 0 {
			p.Reload()
		} else {
			p.Open(draft)
			p.Open(section)
		}
		if got := p.Value(Field("familyName")); got != name {
			t.Errorf("turn %d: after loading it anew the page says %q and not %q", i, got, name)
		}
	}
	p.Fill(Field("givenNames"), "Ada")
	p.Follow(Button("Save and continue"))
	if got := p.Path(); got == section {
		t.Errorf("it was not saved: %s", p.Says())
	}
	p.Open(section)
	if got := p.Value(Field("givenNames")); got != "Ada" {
		t.Errorf("the given name is %q", got)
	}
}
