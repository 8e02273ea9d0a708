package web

import (
	"strings"
	"testing"
)

// The script that hides a page asks where the program answers, and a page of
// somebody who is signed in says to it how long nothing may happen, and whether a
// draft is saved; a page of nobody says nothing of it. The words of the warning
// stand in the script alone, not in every page.
func TestIdleIsSaidOnce(t *testing.T) {
	script := string(assets["app.js"].plain)
	for _, path := range []string{PathStay, PathLock, PathUnlock} {
		if !strings.Contains(script, `"`+path+`"`) {
			t.Errorf("the script does not know %s", path)
		}
	}
	said, drafts := 0, 0
	for _, s := range stories() {
		page := draw(t, s.Page)
		signedIn := strings.Contains(page, `class="who-out"`)
		if idle := strings.Contains(page, ` data-idle="`); idle != signedIn {
			t.Errorf("%s: signed in %v, says how long nothing may happen: %v", s.Name, signedIn, idle)
		}
		if signedIn {
			said++
		}
		if strings.Contains(page, ` data-draft="yes"`) {
			drafts++
		}
		if strings.Contains(page, "Are you still there?") || signedIn && !strings.Contains(page, `<details class="menu"><summary>Menu</summary></details>`) {
			t.Errorf("%s repeats the warning, or has no menu", s.Name)
		}
	}
	if said < 10 || drafts == 0 {
		t.Errorf("%d pages say it, %d of them of a draft", said, drafts)
	}
}
