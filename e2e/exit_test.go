package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
)

// exit is the button by which a page is left at once.
const exit = Sel(`[data-leave]`)

// A person who is watched leaves a public or a referrer's page at once, by the
// button or by pressing Shift three times; the page that was left does not
// stand in the history, so that Back does not bring it.
func TestLeavingAtOnce(t *testing.T) {
	prog := Shared(t)
	p := seat(t, prog, "case_manager", View{})
	section := draft(p) + "/sections/G"
	for _, path := range []string{"/get-help", "/", "/referrals", section} {
		for name, leave := range map[string]func(){
			"button":      func() { p.Click(exit) },
			"three times": func() { p.shift(); p.shift(); p.shift() },
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				p.returns("case_manager")
				p.Open("/help")
				p.Open(path)
				before := p.entries()
				here := p.URL()
				leave()
				p.leaves(here)
				after := p.entries()
				if len(after) > len(before) {
					t.Errorf("leaving adds to the history: %q", after)
				}
				for _, at := range after[len(before)-1:] {
					if strings.HasPrefix(at, prog.URL) {
						t.Errorf("the page stands in the history still: %q", after)
					}
				}
			})
		}
	}
}

// returns signs the person in again who left before.
func (p *Page) returns(key string) {
	p.t.Helper()
	p.Open("/help")
	if !p.Has(signOutForm) {
		p.SignInAs(person(p.t, p.program, key))
	}
}

// After leaving, Back brings no page of before, with scripts and without: the
// person is signed out, and nothing of the list or of the draft is to be read. A
// draft that was saved is there for who signs in again.
func TestBackAfterLeavingShowsNothing(t *testing.T) {
	prog := Shared(t)
	for name, view := range map[string]View{"scripts on": {}, "scripts off": {ScriptsOff: true}} {
		t.Run(name, func(t *testing.T) {
			p := seat(t, prog, "case_manager", view)
			at := draft(p)
			reference := strings.TrimPrefix(at, "/referrals/")
			p.Open("/referrals")
			p.See(reference)
			p.Open(at + "/sections/G")
			here := p.URL()
			p.Click(exit)
			p.leaves(here)
			for range 3 {
				p.Back()
				if p.Has(signOutForm) || strings.Contains(p.Says(), reference) || !strings.HasPrefix(p.Path(), signInPath) {
					t.Errorf("Back shows %s, where it says:\n%s", p.Path(), p.Says())
				}
			}
			p.SignInAs(person(t, prog, "case_manager"))
			if code := p.Open(at); code != 200 {
				t.Errorf("the draft answers %d", code)
			}
		})
	}
}

// Shift pressed twice, or with another key between, leaves nothing: a capital
// letter is no wish to go.
func TestTypingDoesNotLeave(t *testing.T) {
	p := Shared(t).Browser(t, View{})
	p.Open("/check-a-letter")
	here := p.URL()
	for range 3 {
		p.shift()
		p.Press("A")
	}
	p.shift()
	p.shift()
	time.Sleep(300 * time.Millisecond)
	if got := p.URL(); got != here {
		t.Errorf("typing leads to %s", got)
	}
}

// Pages on which the State and recipients work have no such button: they are
// not read on the phone of a person who is watched.
func TestWhereLeavingIsOffered(t *testing.T) {
	prog := Shared(t)
	for key, offered := range map[string]bool{"trooper": true, "reviewer": false, "program": false} {
		p := seat(t, prog, key, View{})
		if p.Has(exit) != offered {
			t.Errorf("%s is offered to leave %s at once: %t", key, p.Path(), !offered)
		}
	}
}

// shift presses the Shift key alone.
func (p *Page) shift() {
	p.t.Helper()
	key := input.DispatchKeyEventParams{Type: "rawKeyDown", Key: "Shift", Code: "ShiftLeft", WindowsVirtualKeyCode: 16, Modifiers: 8}
	up := key
	up.Type, up.Modifiers = "keyUp", 0
	p.do("pressing Shift", command(input.DispatchKeyEvent, key), command(input.DispatchKeyEvent, up))
}

// entries returns the addresses of the tab's history up to where it stands.
func (p *Page) entries() []string {
	p.t.Helper()
	was := p.history()
	var out []string
	for _, e := range was.Entries[:was.CurrentIndex+1] {
		out = append(out, e.URL)
	}
	return out
}

// leaves waits until the tab shows another address than here.
func (p *Page) leaves(here string) {
	p.t.Helper()
	for end := time.Now().Add(actionLimit); ; time.Sleep(50 * time.Millisecond) {
		if list := p.entries(); list[len(list)-1] != here {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("e2e: the page stays at %s", here)
		}
	}
}
