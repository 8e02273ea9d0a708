package e2e

import (
	"strings"
	"testing"
	"time"
)

// Nobody touches the page for a while: it empties itself, without anybody
// asking, and nothing of the person, the referral or what was typed is left in
// the page, shown or not. Without scripts the server hides it at the next step.
// Either way one factor opens it again, in the same place, with everything that
// was typed, which was not sent.
func TestScreenLocksByItself(t *testing.T) {
	prog := StartWith(t, Settings{Args: []string{"--empty", "--session-lock", "12s"}})
	off, on := seat(t, prog, "case_manager", View{ScriptsOff: true, Window: Phone}), seat(t, prog, "trooper", View{})
	type open struct {
		page         *Page
		at, word     string
		key, section string
	}
	typing := func(p *Page, key, word string) open {
		section := draft(p) + "/sections/C"
		p.Open(section)
		p.Fill(Field("familyName"), word)
		return open{p, strings.TrimSuffix(section, "/sections/C"), word, key, section}
	}
	a, b := typing(off, "case_manager", "Moonlitt"), typing(on, "trooper", "Quoinly")
	for end := time.Now().Add(actionLimit + 12*time.Second); on.Path() != "/unlock"; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the page stays at %s", on.Path())
		}
	}
	off.Follow(Button("Save and continue"))
	for _, o := range []open{a, b} {
		p := o.page
		p.See("The screen is locked")
		u := person(t, prog, o.key)
		for _, secret := range []string{o.word, strings.TrimPrefix(o.at, "/referrals/"), u.Email, u.Agency, u.Password} {
			if strings.Contains(p.HTML(), secret) {
				t.Errorf("%s: the locked page holds %q", o.key, secret)
			}
		}
		Axe(t, p)
		Fits(t, p)
		p.Open("/referrals")
		if !strings.HasPrefix(p.Path(), "/unlock") {
			t.Errorf("%s: a locked person reaches %s", o.key, p.Path())
		}
		p.Open(o.section)
		p.Fill(passwordField, u.Password)
		p.Follow(submit(passwordField))
		if p.Path() != o.section {
			t.Fatalf("%s: unlocking leads to %s", o.key, p.Path())
		}
		p.See("is not saved yet")
		if got := p.Value(Field("familyName")); got != o.word {
			t.Errorf("%s: the field holds %q, want %q", o.key, got, o.word)
		}
	}
}
