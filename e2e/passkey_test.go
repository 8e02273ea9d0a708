package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// The forms that a passkey fills in.
const (
	makeKey = Sel(`form[data-passkey="make"] button`)
	useKey  = Sel(`form[data-passkey="use"] button`)
)

// device gives the tab a device that holds passkeys and verifies its owner.
func (p *Page) device() webauthn.AuthenticatorID {
	p.t.Helper()
	var id webauthn.AuthenticatorID
	p.do("plugging a device in", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		got, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
		id = got.AuthenticatorID
		return err
	}))
	return id
}

// verifies says whether the device recognizes who holds it.
func (p *Page) verifies(id webauthn.AuthenticatorID, yes bool) {
	p.t.Helper()
	p.do("holding the device", command(webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: id, IsUserVerified: yes}))
}

// Where strong sign-in is demanded a reviewer comes in with the password once,
// adds a passkey, and from then on signs in with it alone: the password leads
// nowhere, nor does a device that does not recognize who holds it. Every page on
// the way is accessible, and says what it needs where scripts are off.
func TestPasskeyInTheBrowser(t *testing.T) {
	prog := StartWith(t, Settings{Addr: "localhost:0", Args: []string{"--empty", "--strong"}})
	if !strings.HasPrefix(prog.URL, "http://localhost:") {
		t.Fatalf("the demonstration answers at %s, where there are no passkeys", prog.URL)
	}
	u := prog.User(t, "reviewer")
	p := prog.Browser(t, View{Window: Phone})
	held := p.device()
	password := func() {
		p.Open(signInPath)
		p.Fill(nameField, u.Email)
		p.Fill(passwordField, u.Password)
		p.Follow(submit(passwordField))
	}
	password()
	p.See("you sign in with a passkey")
	Axe(t, p)
	p.Follow(Link("Add a passkey"))
	p.Fill(`input[name="label"]`, "blue key")
	Axe(t, p)
	p.Follow(makeKey)
	p.See("Your recovery codes")
	Axe(t, p)
	p.Follow(Link("Go on"))
	p.See("Before you go on")
	Axe(t, p)
	p.Follow(Button("I have read this and agree"))
	if p.Path() == signInPath || !p.Has(signOutForm) {
		t.Fatalf("not signed in after adding the passkey, at %s:\n%s", p.Path(), p.Says())
	}
	p.Open("/account/sign-in")
	p.See("blue key")
	Axe(t, p)
	p.SignOut()

	password()
	p.See("Second step")
	p.Open("/queue")
	if p.Has(signOutForm) {
		t.Fatal("the password alone signs a reviewer in")
	}
	p.verifies(held, false)
	p.Click(useKey)
	p.See("did not answer")
	if p.Has(signOutForm) {
		t.Fatal("a device that does not recognize who holds it signs in")
	}
	p.verifies(held, true)
	p.Follow(useKey)
	if !p.Has(signOutForm) || p.Path() != "/queue" {
		t.Fatalf("the passkey does not sign in, at %s:\n%s", p.Path(), p.Says())
	}

	off := prog.Browser(t, View{ScriptsOff: true})
	off.Open(signInPath)
	off.See("A passkey needs scripts")
	Axe(t, off)
}
