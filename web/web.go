// Package web draws the pages: the frame, the parts a page is put together
// from, the fields of a form, the style sheet and the scripts. It decides
// nothing, reads no request and opens no record: a handler hands it a struct
// with what this reader may see, and it answers with HTML.
//
// Every page is complete without scripts; scripts only add comfort. Nothing in
// a page is inline (no style, no script, no on… attribute), so that Policy can
// forbid all of it.
package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/directory"
)

// Policy is the Content-Security-Policy that every page can live with.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; require-trusted-types-for 'script'"

// Addresses that the frame and the public pages link to.
const (
	PathStart         = "/"
	PathGetHelp       = "/get-help"
	PathCheckLetter   = "/check-a-letter"
	PathPrivacy       = "/privacy"
	PathAccessibility = "/accessibility"
	PathHelp          = "/help"
	PathSignIn        = "/sign-in"
	PathSignOut       = "/sign-out" // POST only
	PathLock          = "/lock"     // POST only: a page hides itself
	PathUnlock        = "/unlock"
	PathResume        = "/resume"
	PathStay          = "/stay"                    // POST only: the person at the screen asks to stay signed in
	PathExit          = "/exit"                    // answers 303 to LeaveTarget and clears the browser's cache
	LeaveTarget       = "https://www.weather.gov/" // dull, public, and believable on anybody's screen
)

// Names of the inputs that belong to the frame and not to the form.
const (
	InputCSRF   = "_csrf"   // the token of Page.CSRF, in every POST form
	InputRev    = "_rev"    // the revision that the person saw
	InputGo     = "_go"     // which button: GoContinue, GoSave, GoBack, GoForesee, GoFind
	InputAdd    = "_add"    // name of the repeat that wants one more row
	InputRemove = "_remove" // "name.index" of a row that is to go
	InputTyped  = "_typed"  // what was typed before the session ended, sealed, on the way in
)

// Values of InputGo.
const (
	GoContinue = "continue" // also what the Enter key sends
	GoSave     = "save"     // save and leave
	GoBack     = "back"
	GoForesee  = "foresee" // show what would come of it, and do nothing
	GoFind     = "find"    // show what the form looks for, and do nothing
)

// Suffixes of the inputs that make up one date.
const (
	DateMonth   = ".month"
	DateDay     = ".day"
	DateYear    = ".year"
	DateUnknown = ".unknown" // ticked: value "yes"
)

// Public numbers. Source: OTDA's page on human trafficking.
const (
	HotlinePhone = directory.HotlinePhone
	HotlineText  = directory.HotlineText
)

// Render draws c to a buffer and only then answers with status, so that a page
// that cannot be drawn never reaches anybody by half. The error is our own
// failure: nothing has been written when the drawing failed. The buffer is not
// used again: nobody else's page can come to stand in it while a connection
// still holds it.
func Render(ctx context.Context, w http.ResponseWriter, status int, c templ.Component) error {
	var page bytes.Buffer
	page.Grow(pageBegun)
	if err := c.Render(ctx, &page); err != nil {
		return fmt.Errorf("web: draw page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	if _, err := w.Write(page.Bytes()); err != nil {
		return fmt.Errorf("web: send page: %w", err)
	}
	return nil
}

// pageBegun is the room that a page begins with, in bytes: most fit.
const pageBegun = 32 << 10

// telephone returns the address that dials number: its digits, with the
// country's code.
func telephone(number string) templ.SafeURL {
	var digits strings.Builder
	for _, c := range number {
		if c >= '0' && c <= '9' {
			digits.WriteRune(c)
		}
	}
	d := digits.String()
	if len(d) == 10 {
		d = "1" + d
	}
	if len(d) == 11 {
		d = "+" + d
	}
	return templ.SafeURL("tel:" + d)
}

// join returns the non-empty parts with a space between, or "".
func join(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}
