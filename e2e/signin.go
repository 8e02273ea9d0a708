package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The controls of the way in. They are found by what they are for, as a
// password manager finds them, so that words may change.
const (
	signInPath    = "/sign-in"
	nameField     = Sel(`input[autocomplete~="username"]`)
	passwordField = Sel(`input[autocomplete="current-password"]`)
	codeField     = Sel(`input[autocomplete="one-time-code"]`)
	signOutForm   = Sel(`form[action="/sign-out"]`)
	closedMenu    = Sel(`.menu:not([open]) > summary`)
)

// SignIn signs the page in as the first user of a duty, of an agency whose name
// contains each of agency when any is given, and returns who that is.
func SignIn(t testing.TB, p *Page, duty string, agency ...string) User {
	t.Helper()
	if p.program == nil {
		t.Fatal("e2e: this page shows no program to sign in to; open it with Program.Browser")
	}
	u := p.program.User(t, duty, agency...)
	p.SignInAs(u)
	return u
}

// SignInAs signs the page in as u, with the second factor when one is asked.
func (p *Page) SignInAs(u User) {
	p.t.Helper()
	if code := p.Open(signInPath); code != 200 {
		p.t.Fatalf("e2e: the sign-in page answers %d", code)
	}
	p.Fill(nameField, u.Email)
	p.Fill(passwordField, u.Password)
	p.Follow(submit(passwordField))
	if p.Has(codeField) {
		code, err := Code(u.TOTP, time.Now())
		if err != nil {
			p.t.Fatal(err)
		}
		p.Fill(codeField, code)
		p.Follow(submit(codeField))
	}
	if !p.Has(signOutForm) {
		p.t.Fatalf("e2e: %s is not signed in after signing in; the page says:\n%s", u.Duty, p.Says())
	}
}

// SignOut signs the person out by the button of the page, which on a phone stands
// in the menu.
func (p *Page) SignOut() {
	p.t.Helper()
	if Eval[bool](p, `(e => !!e && e.offsetParent !== null)(`+closedMenu.js()+`)`) {
		p.Click(closedMenu)
	}
	p.Follow(signOutForm + ` button`)
}

// submit finds the button that sends the form in which a field stands.
func submit(field Sel) Sel {
	return Sel(scripted + `(f => f && f.form.querySelector('button:not([type="button"]), input[type="submit"]'))(` + field.js() + `)`)
}

// Code returns the one-time code of a second factor at a moment: six digits,
// each half minute new ones. The factor is a base32 secret or an otpauth URL.
func Code(totp string, at time.Time) (string, error) {
	secret := totp
	if u, err := url.Parse(totp); err == nil && u.Scheme == "otpauth" {
		secret = u.Query().Get("secret")
	}
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.TrimRight(secret, "=")))
	if err != nil || len(key) == 0 {
		return "", fmt.Errorf("e2e: the second factor of the demo is no base32 secret of some length: %w", err)
	}
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(at.Unix()/30))
	mac := hmac.New(sha1.New, key)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%06d", number%1_000_000), nil
}
