package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// After signing out, Back brings no page of before, though the browser keeps
// pages in memory: the answer to signing out takes the cookie away and empties
// the browser's cache, and a page that comes back from memory blanks itself.
func TestBackAfterSigningOutShowsNothing(t *testing.T) {
	prog := Shared(t)
	for name, view := range map[string]View{"scripts on": {}, "scripts off": {ScriptsOff: true}} {
		t.Run(name, func(t *testing.T) {
			p := seat(t, prog, "case_manager", view)
			reference := strings.TrimPrefix(draft(p), "/referrals/")
			p.Open("/referrals")
			p.See(reference)
			p.Open("/help")
			p.SignOut()
			p.See("You are signed out")
			for range 3 {
				p.backFromMemory()
				if p.Has(signOutForm) || strings.Contains(p.Says(), reference) {
					t.Errorf("Back shows %s, where it says:\n%s", p.Path(), p.Says())
				}
			}
		})
	}
}

// backFromMemory is Back for a page that may come from the browser's memory and
// ask for itself anew at once: then the browser has no history for a moment.
func (p *Page) backFromMemory() {
	p.t.Helper()
	at := len(p.entries())
	p.do("going back", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		was, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: was.Entries[was.CurrentIndex-1].ID})
		return err
	}))
	for end := time.Now().Add(actionLimit); len(p.entries()) >= at; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatal("e2e: going back: the browser stays where it is")
		}
	}
	time.Sleep(time.Second) // for a page that asks for itself anew
}
