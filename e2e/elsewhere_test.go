package e2e

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// provider is an OpenID Connect provider of another make, at a name that is
// another site to the browser.
type provider struct {
	issuer string
	serves atomic.Pointer[http.Handler]
}

func newProvider(t *testing.T) *provider {
	p := &provider{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := p.serves.Load()
		if h == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/login") {
			// Its page names no picture, and the browser would ask for one.
			_, _ = io.WriteString(w, `<!DOCTYPE html><link rel="icon" href="data:,">`)
		}
		(*h).ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	p.issuer = strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	return p
}

// knows lets the provider send people back to an address.
func (p *provider) knows(back string) {
	clients := map[string]*storage.Client{"referrals": storage.WebClient("referrals", "made up for tests", back)}
	var h http.Handler = exampleop.SetupServer(p.issuer, storage.NewStorageWithClients(storage.NewUserStore(p.issuer), clients),
		slog.New(slog.NewTextHandler(io.Discard, nil)), false)
	p.serves.Store(&h)
}

// signsIn gives the provider's own page name and password.
func (p *provider) signsIn(page *Page) {
	page.Fill(`input[name="username"]`, "test-user@localhost")
	page.Fill(`input[name="password"]`, "verysecure")
	page.Follow(`form button`)
}

// Who was invited connects an account at another provider, on a phone without
// scripts as well as with them, and signs in there from then on: the browser
// comes back to the same session though another site sent it, and no rule of ours
// about where pages may lead is broken.
func TestSignInAtRealProvider(t *testing.T) {
	p := newProvider(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("made up for tests\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	prog := StartWith(t, Settings{Args: []string{"--empty", "--oidc-issuer", p.issuer, "--oidc-client-id", "referrals", "--oidc-secret-file", secret, "--oidc-name", "Harbor Accounts"}})
	p.knows(prog.URL + "/sign-in/elsewhere/back")
	u := person(t, prog, "case_manager")
	head := prog.Browser(t, View{})
	SignIn(t, head, "coordinator", u.Agency)
	head.Open("/people")
	head.Follow(Sel(scripted + `[...document.querySelectorAll('tr')].find(r => r.textContent.includes(` + quote(u.Email) + `)).querySelector('button[value="invite"]')`))
	code := head.Text(`[data-invitation]`)

	page := prog.Browser(t, View{ScriptsOff: true, Window: Phone})
	page.Open("/welcome")
	Axe(t, page)
	page.Fill(nameField, u.Email)
	page.Fill(`input[name="code"]`, code)
	page.Follow(`button[value="elsewhere"]`)
	Axe(t, page)
	page.Follow(Link("Go on to Harbor Accounts"))
	p.signsIn(page)
	page.See("One more step")
	Axe(t, page)
	page.Follow(Button("Go on"))
	if !page.Has(signOutForm) || page.Path() != "/referrals" {
		t.Fatalf("not signed in after connecting, at %s:\n%s", page.Path(), page.Says())
	}

	later := prog.Browser(t, View{})
	later.Open(signInPath + "?next=/account/sign-in")
	later.Follow(Link("Sign in with Harbor Accounts"))
	p.signsIn(later)
	later.See("Account elsewhere")
	if later.Path() != "/account/sign-in" {
		t.Errorf("signing in leads to %s", later.Path())
	}
	later.SignOut()
	later.Open("/referrals")
	if later.Has(signOutForm) {
		t.Error("signing out left somebody in")
	}
}
