package handlers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nysreferral/abroad"
	"nysreferral/abroad/abroadtest"
	"nysreferral/auth"
	"nysreferral/ent"
	"nysreferral/ent/auditentry"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// elsewhere is a site at which people may sign in with a provider, and an
// account at a provider of services.
type elsewhere struct {
	*site
	p      *abroadtest.Provider
	agency int
	email  string
	id     int
}

func withProvider(t *testing.T, db *store.DB, p *abroadtest.Provider) *elsewhere {
	other, err := abroad.New(abroad.Options{Issuer: p.URL, ClientID: abroadtest.ClientID, Secret: abroadtest.Secret, Redirect: here + web.PathAbroadBack,
		ACR: []string{"two"}, AMR: []string{"otp", "hwk"}, MaxAge: time.Hour, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	e := &elsewhere{p: p}
	e.site = newSite(t, db, func(d *Deps) {
		d.Settings.TrustedProxy = "127.0.0.1" // each lie comes from a network of its own, as the log counts what one network sends
		d.Auth, err = auth.New(auth.Options{DB: db, Ring: d.Referrals.Ring, Now: time.Now, Cost: 1, Fresh: time.Hour, PublicURL: here, Abroad: other})
		d.Registry.Auth = d.Auth
	})
	if err != nil {
		t.Fatal(err)
	}
	e.agency = e.site.agency("Harbor House", "social_service_provider", workflow.SideProvider)
	email, who := e.account(e.agency, workflow.Referrer, "Ida Example")
	e.email, e.id = email, who.ID
	return e
}

// invites gives the account a fresh code.
func (e *elsewhere) invites(id int) (code string) {
	e.t.Helper()
	err := e.registry.DB.Do(e.t.Context(), func(tx *ent.Tx) (err error) {
		code, _, err = e.auth.Invite(e.t.Context(), tx, 0, id)
		return err
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return code
}

// leaves goes to the provider and returns what it sends back.
func (e *elsewhere) leaves(b *browser) url.Values {
	e.t.Helper()
	got := b.get(web.PathAbroad)
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.to(), e.p.URL+"/authorize?") {
		e.t.Fatalf("the way to the provider answers %d %s", got.status, got.to())
	}
	return e.p.Authorize(e.t, got.to())
}

// returns brings what the provider said, as the page between does.
func (b *browser) returns(in url.Values) answer {
	b.t.Helper()
	page := b.get(web.PathAbroadBack + "?" + in.Encode())
	if page.status != http.StatusOK || !strings.Contains(page.body, `action="`+web.PathAbroadBack+`"`) {
		b.t.Fatalf("coming back answers %d", page.status)
	}
	return b.do(http.MethodPost, web.PathAbroadBack, in.Encode())
}

// redeems connects the account of the code, and returns where that leads.
func (e *elsewhere) redeems(b *browser, email, code string) answer {
	e.t.Helper()
	got := b.post(web.PathWelcome, web.PathWelcome, url.Values{"email": {email}, "code": {code}, "do": {"elsewhere"}})
	if got.status != http.StatusOK || !strings.Contains(got.body, web.PathAbroad) {
		e.t.Fatalf("an invitation answers %d: %s", got.status, got.body)
	}
	return b.returns(e.leaves(b))
}

// lastLine is the newest line of the log.
func (s *site) lastLine() *ent.AuditEntry {
	s.t.Helper()
	row, err := s.registry.DB.Read().AuditEntry.Query().Order(ent.Desc(auditentry.FieldID)).First(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return row
}

// Who was invited connects the account at the provider by the code, once; from
// then on it stands in for the password and for nothing more: the second factor is
// asked. The password of before is good for nothing.
func TestSignInElsewhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := withProvider(t, db, abroadtest.New(t))
		code := e.invites(e.id)
		b := e.browser()
		if got := e.redeems(b, e.email, code); got.to() != web.PathSetUp {
			t.Fatalf("connecting answers %d %s %s", got.status, got.to(), got.body)
		}
		b.reachesNothing("connecting")
		secret, got := b.addApp(0)
		if got.status != http.StatusOK {
			t.Fatalf("adding an app answers %d", got.status)
		}
		later := e.browser()
		if got := later.returns(e.leaves(later)); got.to() != web.PathCode {
			t.Fatalf("signing in elsewhere leads to %d %s", got.status, got.to())
		}
		later.reachesNothing("the provider alone")
		in := hiddenOf(later.get(web.PathCode).body)
		in.Set("code", code2(t, secret))
		if got := later.do(http.MethodPost, web.PathCode, in.Encode()); got.to() != "/" || later.get("/referrals").status != http.StatusOK {
			t.Errorf("the code answers %d %s", got.status, got.to())
		}
		if got := e.browser().post(web.PathSignIn, web.PathSignIn, url.Values{"email": {e.email}, "password": {password}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("the password of before answers %d", got.status)
		}
		again, other := e.browser(), e.browser()
		if got := e.redeems(again, e.email, code); got.status != http.StatusUnprocessableEntity {
			t.Errorf("the code connects twice: %d", got.status)
		}
		second, who := e.account(e.agency, workflow.Referrer, "Ada Example")
		if got := e.redeems(other, second, e.invites(who.ID)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "connected to another account") {
			t.Errorf("one account there opens two here: %d", got.status)
		}
	})
}

func code2(t *testing.T, secret string) string { return code(t, secret, 1) }

// lie is one thing that a hostile or broken provider does, or somebody on the way.
type lie struct {
	name   string
	tell   func(p *abroadtest.Provider)
	back   func(in url.Values) // changes what the person comes back with
	reason string              // in the log
}

func claim(name string, value any) func(*abroadtest.Provider) {
	return func(p *abroadtest.Provider) {
		p.Claims = func(c map[string]any) {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
}

func head(name string, value any, sign func(p *abroadtest.Provider) func(string, []byte) []byte) func(*abroadtest.Provider) {
	return func(p *abroadtest.Provider) {
		p.Header = func(h map[string]any) { h[name] = value }
		if sign != nil {
			p.Sign = sign(p)
		}
	}
}

func sharedSecret(secret string) func(*abroadtest.Provider) func(string, []byte) []byte {
	return func(*abroadtest.Provider) func(string, []byte) []byte { return abroadtest.Shared(secret) }
}

func stranger(p *abroadtest.Provider) func(string, []byte) []byte { return p.Stranger }

func answers(fn func(w http.ResponseWriter, honest map[string]any)) func(*abroadtest.Provider) {
	return func(p *abroadtest.Provider) {
		p.Token = func(w http.ResponseWriter, honest map[string]any) bool { fn(w, honest); return true }
	}
}

func set(name, value string) func(url.Values) { return func(in url.Values) { in.Set(name, value) } }

func lies() []lie {
	soon, past := time.Now().Add(time.Hour).Unix(), time.Now().Add(-2*time.Hour).Unix()
	return []lie{
		{"another issuer", claim("iss", "https://evil.example.org"), nil, "token"},
		{"an issuer with a slash more", func(p *abroadtest.Provider) { claim("iss", p.URL+"/")(p) }, nil, "token"},
		{"another audience", claim("aud", "somebody-else"), nil, "token"},
		{"no audience", claim("aud", nil), nil, "token"},
		{"several audiences and no party", claim("aud", []string{abroadtest.ClientID, "somebody-else"}), nil, "azp"},
		{"another party", claim("azp", "somebody-else"), nil, "azp"},
		{"over", claim("exp", past), nil, "token"},
		{"without end", claim("exp", nil), nil, "token"},
		{"not yet good", claim("nbf", soon), nil, "token"},
		{"made in the future", claim("iat", soon), nil, "issued_at"},
		{"made long before it was asked", claim("iat", past), nil, "issued_at"},
		{"without the moment", claim("iat", nil), nil, "issued_at"},
		{"no nonce", claim("nonce", nil), nil, "nonce"},
		{"another nonce", claim("nonce", "of-another-question"), nil, "nonce"},
		{"nobody", claim("sub", nil), nil, "subject"},
		{"an empty name", claim("sub", ""), nil, "subject"},
		{"a name without end", claim("sub", strings.Repeat("a", 300)), nil, "subject"},
		{"a name with a line break", claim("sub", "robin\nroot"), nil, "subject"},
		{"a number for a name", claim("sub", 7), nil, "token"},
		{"a lower class", claim("acr", "one"), nil, "acr"},
		{"no class", claim("acr", nil), nil, "acr"},
		{"a weaker method", claim("amr", []string{"pwd"}), nil, "amr"},
		{"no method", claim("amr", nil), nil, "amr"},
		{"proved long ago", claim("auth_time", past), nil, "auth_time"},
		{"proved at no time", claim("auth_time", nil), nil, "auth_time"},
		{"proved in the future", claim("auth_time", soon), nil, "auth_time"},
	}
}

// forged are lies about the signature and about the exchange, and what somebody
// on the way makes of an honest answer.
func forged() []lie {
	return []lie{
		{"no signature", head("alg", "none", sharedSecret("")), nil, "token"},
		{"signed with the client's secret", head("alg", "HS256", sharedSecret(abroadtest.Secret)), nil, "token"},
		{"signed with the public key as a secret", head("alg", "HS256", func(p *abroadtest.Provider) func(string, []byte) []byte { return abroadtest.Shared(p.PublicKey()) }), nil, "token"},
		{"signed by a stranger", func(p *abroadtest.Provider) { p.Sign = p.Stranger }, nil, "token"},
		{"a key that is not listed", head("kid", "two", stranger), nil, "token"},
		{"its key in the token", func(p *abroadtest.Provider) { head("jwk", p.StrangersKey(), stranger)(p) }, nil, "token"},
		{"the address of its key in the token", head("jku", "https://evil.example.org/keys", stranger), nil, "token"},
		{"a rule that nobody knows", head("crit", []string{"unheard-of"}, nil), nil, "token"},
		{"a cut signature", func(p *abroadtest.Provider) { p.Sign = func(_ string, s []byte) []byte { return s[:len(s)-1] } }, nil, "token"},
		{"another access token", claim("at_hash", "b3RoZXItYWNjZXNzLXRva2Vu"), nil, "access_token"},
		{"no token", answers(func(w http.ResponseWriter, h map[string]any) {
			delete(h, "id_token")
			fmt.Fprintf(w, `{"access_token":"x","token_type":"Bearer"}`)
		}), nil, "code"},
		{"a token that is none", answers(func(w http.ResponseWriter, _ map[string]any) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"access_token":"x","token_type":"Bearer","id_token":"a.b.c"}`)
		}), nil, "token"},
		{"an answer without end", answers(func(w http.ResponseWriter, _ map[string]any) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"access_token":"`, strings.Repeat("x", 2<<20), `"}`)
		}), nil, "code"},
		{"another place to go", answers(func(w http.ResponseWriter, _ map[string]any) {
			w.Header().Set("Location", "http://127.0.0.1:9/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}), nil, "code"},
		{"a failure", answers(func(w http.ResponseWriter, _ map[string]any) { w.WriteHeader(http.StatusInternalServerError) }), nil, "code"},
		{"a refusal with words", nil, func(in url.Values) { in.Del("code"); in.Set("error", "<b>access_denied</b>") }, "provider_refused"},
		{"no code", nil, func(in url.Values) { in.Del("code") }, "no_code"},
		{"a made-up code", nil, set("code", "made-up"), "code"},
		{"two codes", nil, func(in url.Values) { in.Add("code", "second") }, "twice"},
		{"no state", nil, func(in url.Values) { in.Del("state") }, "state"},
		{"another state", nil, set("state", "made-up"), "state"},
		{"another provider's answer", nil, set("iss", "https://evil.example.org"), "other_provider"},
	}
}

// No lie of a provider, and of nobody on the way, signs anybody in: each is
// refused with the same sentence, which shows nothing of what was said, and a line
// of the log names the rule. An honest answer after it signs in.
func TestHostileProvider(t *testing.T) {
	p := abroadtest.New(t)
	e := withProvider(t, storetest.SQLite(t), p)
	if got := e.redeems(e.browser(), e.email, e.invites(e.id)); got.to() != web.PathSetUp {
		t.Fatalf("connecting answers %d %s", got.status, got.to())
	}
	all := append(lies(), forged()...)
	if len(all) < 20 {
		t.Fatalf("only %d lies", len(all))
	}
	t.Logf("%d lies of a provider, each refused", len(all))
	for i, l := range all {
		t.Run(l.name, func(t *testing.T) {
			p.Honest()
			if l.tell != nil {
				l.tell(p)
			}
			b := e.browser()
			in := e.leaves(b)
			if l.back != nil {
				l.back(in)
			}
			got := b.do(http.MethodPost, web.PathAbroadBack, in.Encode(), "X-Forwarded-For", fmt.Sprintf("10.0.%d.1", i))
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "did not let you in here") || strings.Contains(got.body, "evil") || strings.Contains(got.body, "access_denied") {
				t.Errorf("it answers %d %s: %s", got.status, got.to(), got.body)
			}
			b.reachesNothing(l.name)
			if line := e.lastLine(); line.Action != "sign_in" || line.Outcome != "refused" || line.Reason != "abroad "+l.reason || line.Actor != 0 {
				t.Errorf("the log says %s %s %q of %d", line.Action, line.Outcome, line.Reason, line.Actor)
			}
		})
	}
	p.Honest()
	b := e.browser()
	if got := b.returns(e.leaves(b)); got.to() != web.PathSetUp {
		t.Errorf("the honest provider signs in to %d %s", got.status, got.to())
	}
}

// An answer is good once, in the session that asked, and for the account that an
// invitation bound: not for one with the same mail address, nor one that was
// switched off, nor for somebody who never asked.
func TestAnswersOfOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := abroadtest.New(t)
		e := withProvider(t, db, p)
		refused := func(what string, got answer, reason string) {
			t.Helper()
			line := e.lastLine()
			if got.status != http.StatusUnprocessableEntity || line.Outcome != "refused" || line.Reason != "abroad "+reason {
				t.Errorf("%s: answers %d %s, the log says %s %q", what, got.status, got.to(), line.Outcome, line.Reason)
			}
		}
		p.Claims = func(c map[string]any) { c["email"], c["email_verified"] = e.email, true }
		b := e.browser()
		refused("the same address", b.returns(e.leaves(b)), "unknown")
		p.Honest()
		if got := e.redeems(e.browser(), e.email, e.invites(e.id)); got.to() != web.PathSetUp {
			t.Fatalf("connecting answers %d", got.status)
		}
		in := e.leaves(b)
		if got := b.returns(in); got.to() != web.PathSetUp {
			t.Fatalf("signing in answers %d", got.status)
		}
		refused("an answer again", b.returns(in), "not_asked")
		refused("who never asked", e.browser().returns(e.leaves(e.browser())), "not_asked")
		mine, theirs := e.browser(), e.browser()
		stolen := e.leaves(mine)
		own := e.leaves(theirs)
		own.Set("code", stolen.Get("code"))
		refused("the code of another", theirs.returns(own), "code")
		p.Subject = "somebody-else"
		refused("another person", b.returns(e.leaves(b)), "unknown")
		p.Subject = "robin-at-the-provider"
		err := db.Do(t.Context(), func(tx *ent.Tx) error { return tx.User.UpdateOneID(e.id).SetDisabledAt(time.Now()).Exec(t.Context()) })
		if err != nil {
			t.Fatal(err)
		}
		refused("who was switched off", b.returns(e.leaves(b)), "disabled")
	})
}

// A provider that does not answer, names another as itself or sends people to an
// address without TLS is not used, and the page says what to do.
func TestProviderThatIsNone(t *testing.T) {
	for name, tell := range map[string]func(map[string]any){
		"another issuer": func(d map[string]any) { d["issuer"] = "https://evil.example.org" },
		"no address":     func(d map[string]any) { d["authorization_endpoint"] = "javascript:alert(1)" },
		"no keys":        func(d map[string]any) { delete(d, "jwks_uri") },
	} {
		t.Run(name, func(t *testing.T) {
			p := abroadtest.New(t)
			e := withProvider(t, storetest.SQLite(t), p)
			p.Discovery = tell
			if got := e.browser().get(web.PathAbroad); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "does not answer") {
				t.Errorf("it answers %d %s", got.status, got.to())
			}
		})
	}
}

// Without a provider there is no such page and no such button.
func TestNoProvider(t *testing.T) {
	s := strictly(t, storetest.SQLite(t), time.Hour)
	b := s.browser()
	for _, path := range []string{web.PathAbroad, web.PathAbroadBack} {
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
	if strings.Contains(b.get(web.PathSignIn).body, web.PathAbroad) {
		t.Error("the page to sign in offers it")
	}
}
