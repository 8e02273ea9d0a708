package e2e

import (
	"net/http"
	"testing"
)

// views are the ways in which every page is looked at.
var views = map[string]View{
	"desk":        {},
	"phone":       {Window: Phone},
	"scripts off": {Window: Phone, ScriptsOff: true},
	"dark":        {Dark: true, ReducedMotion: true},
}

// Every public page answers, fits a phone, breaks no accessibility rule, and
// asks nothing of another host, in every view.
func TestPublicPages(t *testing.T) {
	prog := Shared(t)
	for name, v := range views {
		t.Run(name, func(t *testing.T) {
			p := prog.Browser(t, v)
			for _, path := range []string{"/", "/get-help", "/help", "/privacy", "/accessibility", "/check-a-letter", "/sign-in"} {
				if status := p.Open(path); status != http.StatusOK {
					t.Errorf("%s answers %d", path, status)
				}
				Axe(t, p)
				Fits(t, p)
				Shot(t, p, "public"+path+" "+name)
			}
		})
	}
}

// Every user of the demo can sign in, and sees a first page that fits a phone
// and breaks no accessibility rule, and whose header is one line there, with the
// rest in a menu; after signing out, the page before is not to be had any more.
func TestEverybodySignsIn(t *testing.T) {
	prog := Shared(t)
	for _, u := range prog.Users {
		t.Run(u.Duty+" of "+u.Agency, func(t *testing.T) {
			p := prog.Browser(t, View{Window: Phone})
			p.SignInAs(u)
			first := p.Path()
			Axe(t, p)
			Fits(t, p)
			Shot(t, p, "first "+u.Duty+" "+u.Agency)
			if high := Eval[int](p, `document.querySelector('.head').offsetHeight - (document.querySelector('.banner')?.offsetHeight ?? 0)`); high > 64 || !p.Has(closedMenu) {
				t.Errorf("the header is %d pixels high", high)
			}
			p.SignOut()
			p.Open(first)
			if p.Has(signOutForm) && first != "/" {
				t.Errorf("%s is to be had after signing out", first)
			}
		})
	}
}
