package handlers

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"nysreferral/auth"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// here is where people reach the site of a test, as far as passkeys know.
const here = "https://referrals.example.org"

// strictly is the site as serve has it: a password alone signs nobody in. A
// proof lasts for fresh.
func strictly(t testing.TB, db *store.DB, fresh time.Duration, change ...func(*auth.Options)) *site {
	return newSite(t, db, func(d *Deps) {
		o := auth.Options{DB: db, Ring: d.Referrals.Ring, Now: time.Now, Cost: 1, Fresh: fresh}
		for _, f := range change {
			f(&o)
		}
		var err error
		if d.Auth, err = auth.New(o); err != nil {
			t.Fatal(err)
		}
		d.Registry.Auth = d.Auth
	})
}

var secretShown = regexp.MustCompile(`data-secret[^>]*>([A-Z2-7 ]+)<`)

// code is what an app shows now, or some steps later: a code is good once, and
// the next one is taken too.
func code(t testing.TB, secret string, steps int) string {
	t.Helper()
	out, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// half signs in with the password and returns where that leads.
func (b *browser) half(email string) string {
	b.t.Helper()
	got := b.post(web.PathSignIn, web.PathSignIn, url.Values{"email": {email}, "password": {password}})
	if got.status != http.StatusSeeOther {
		b.t.Fatalf("the password answers %d", got.status)
	}
	return got.to()
}

// addApp adds an app by the page and returns its secret and what came back.
func (b *browser) addApp(steps int) (string, answer) {
	b.t.Helper()
	page := b.get(web.PathApp)
	m := secretShown.FindStringSubmatch(page.body)
	if m == nil {
		b.t.Fatalf("%d: no secret is shown: %s", page.status, page.body)
	}
	secret := strings.ReplaceAll(m[1], " ", "")
	in := hiddenOf(page.body)
	in.Set("code", code(b.t, secret, steps))
	return secret, b.do(http.MethodPost, web.PathApp, in.Encode())
}

// reachesNothing fails when any page of a duty answers.
func (b *browser) reachesNothing(what string) {
	b.t.Helper()
	for _, r := range (&server{}).routes() {
		if r.Duties == nil || r.Method != get {
			continue
		}
		if got := b.get(strings.NewReplacer(":ref", "7K4M-2QX9-C3TB-5", ":n", "1").Replace(r.Path)); got.status != http.StatusSeeOther && got.status != http.StatusNotFound {
			b.t.Errorf("%s: %s answers %d", what, r.Path, got.status)
		}
	}
}

// No page of any duty answers to who has given a password alone, neither before
// a second factor is set up nor while its code is asked.
func TestPasswordAloneReachesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := strictly(t, db, 0)
		email, _ := s.account(s.agency("Harbor House", "social_service_provider", workflow.SideProvider), workflow.Referrer, "Ada Example")
		b := s.browser()
		if to := b.half(email); to != web.PathSetUp {
			t.Fatalf("the first sign-in leads to %s", to)
		}
		if got := b.get(web.PathSetUp); got.status != http.StatusOK || !strings.Contains(got.body, web.PathApp) {
			t.Errorf("setting up answers %d: %s", got.status, got.body)
		}
		b.reachesNothing("before anything is set up")
		if got := b.post(web.PathApp, web.PathApp, url.Values{"code": {"000000"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "not the code") {
			t.Errorf("a wrong first code answers %d", got.status)
		}
		secret, got := b.addApp(0)
		if got.status != http.StatusOK || strings.Count(got.body, `<li class="mono">`) != 10 {
			t.Fatalf("adding the app answers %d: %s", got.status, got.body)
		}
		if got := b.get("/referrals"); got.status != http.StatusOK {
			t.Errorf("after setting up: %d", got.status)
		}
		again := s.browser()
		if to := again.half(email); to != web.PathCode {
			t.Fatalf("the next sign-in leads to %s", to)
		}
		again.reachesNothing("while the code is asked")
		for _, path := range []string{web.PathApp, web.PathSetUp, web.PathWays} {
			if got := again.get(path); got.status == http.StatusOK {
				t.Errorf("%s answers while the code is asked", path)
			}
		}
		if got := again.post(web.PathCode, web.PathCode, url.Values{"code": {"abc"}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong code answers %d", got.status)
		}
		if got := again.post(web.PathCode, web.PathCode, url.Values{"code": {code(t, secret, 1)}}); got.status != http.StatusSeeOther {
			t.Errorf("the code answers %d", got.status)
		}
		if got := again.get("/referrals"); got.status != http.StatusOK {
			t.Errorf("signed in: %d", got.status)
		}
		if strings.Contains(s.log.String(), secret) {
			t.Error("the log holds the secret")
		}
	})
}

// A reviewer cannot come in with a password and an app: a passkey is wanted, and
// nothing else can be set up.
func TestStateDutyNeedsAPasskey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := strictly(t, db, 0)
		email, _ := s.account(s.agency("State", "dcjs", workflow.SideDCJS), workflow.Reviewer, "Ada Example")
		b := s.browser()
		if to := b.half(email); to != web.PathSetUp {
			t.Fatalf("leads to %s", to)
		}
		if got := b.get(web.PathSetUp); strings.Contains(got.body, web.PathApp) || !strings.Contains(got.body, "passkey") {
			t.Errorf("an app is offered to a reviewer: %s", got.body)
		}
		if got := b.get(web.PathApp); got.status != http.StatusNotFound {
			t.Errorf("the page of an app answers a reviewer %d", got.status)
		}
		b.reachesNothing("a reviewer without passkey")
	})
}

// A grave act asks anew who is there: the page holds what was typed, a wrong
// proof does nothing, a right one does the act under a new session.
func TestGraveActsAskAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := strictly(t, db, time.Microsecond)
		agency := s.agency("Harbor House", "social_service_provider", workflow.SideProvider)
		email, _ := s.account(agency, workflow.Coordinator, "Ada Example")
		b := s.browser()
		b.half(email)
		secret, _ := b.addApp(-1)
		typed := url.Values{"name": {"Bea \"Example\""}, "email": {"bea@example.org"}, "duty": {"referrer"}, "title": {"<b>"}}
		got := b.post("/people/new", "/people/new", typed)
		if got.status != http.StatusOK || !strings.Contains(got.body, "Confirm that it is you") || !strings.Contains(got.body, "Bea &#34;Example&#34;") {
			t.Fatalf("%d: %s", got.status, got.body)
		}
		in := typed
		for name, v := range hiddenOf(got.body) {
			in[name] = v
		}
		in.Set(web.InputAsk, "code")
		in.Set(web.InputProof, "nothing")
		if got := b.do(http.MethodPost, "/people/new", in.Encode()); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "bea@example.org") {
			t.Errorf("a wrong proof answers %d", got.status)
		}
		if db.Read().User.Query().CountX(t.Context()) != 1 {
			t.Error("the act was done without a proof")
		}
		before := b.cookie()
		in.Set(web.InputProof, code(t, secret, 0))
		if got := b.do(http.MethodPost, "/people/new", in.Encode()); got.status != http.StatusSeeOther {
			t.Errorf("with the proof: %d %s", got.status, got.body)
		}
		if db.Read().User.Query().CountX(t.Context()) != 2 || b.cookie() == before {
			t.Error("the act was not done, or the session is the old one")
		}
	})
}

// cookie is the token of the browser's session.
func (b *browser) cookie() string {
	u, err := url.Parse(b.site.url)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.http.Jar.Cookies(u) {
		if c.Name == "session" {
			return c.Value
		}
	}
	return ""
}

// Every grave act has a route, and what decides, shows what was veiled, or
// changes who may do what is among them.
func TestGraveActsAreRoutes(t *testing.T) {
	list := (&server{}).routes()
	for path := range grave {
		if !slices.ContainsFunc(list, func(r route) bool { return r.Method == post && r.Path == path }) {
			t.Errorf("%s is no route", path)
		}
	}
	for _, path := range []string{"/referrals/:ref/reveal", "/people/act", "/people/new", "/referrals/:ref/:action", web.PathRemove} {
		if _, ok := grave[path]; !ok {
			t.Errorf("%s is not grave", path)
		}
	}
}
