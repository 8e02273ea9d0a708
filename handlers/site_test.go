package handlers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/auth"
	"nysreferral/calendar"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/web"
	"nysreferral/workflow"
)

// password is that of every account of a test.
const password = "seven lanterns over Owasco"

// site is the whole site over a database of its own, as people reach it.
type site struct {
	t         testing.TB
	url       string
	referrals *referrals.Service
	registry  *registry.Service
	auth      *auth.Service
	log       *syncBuffer
	now       *clock
}

// clock is legal time; tests set it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// newSite starts the site over db. change may alter what it stands on.
func newSite(t testing.TB, db *store.DB, change ...func(*Deps)) *site {
	t.Helper()
	now := &clock{at: time.Date(2026, 11, 9, 15, 0, 0, 0, time.UTC)}
	keys := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(keys, now.at); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(keys)
	if err != nil {
		t.Fatal(err)
	}
	people, err := auth.New(auth.Options{DB: db, Ring: ring, Now: time.Now, Cost: 1, PasswordAlone: true, Guessing: true})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, auth: people, log: &syncBuffer{}, now: now,
		registry:  &registry.Service{DB: db, Auth: people, Ring: ring, Now: now.now},
		referrals: &referrals.Service{DB: db, Ring: ring, Calendar: calendar.New(calendar.Options{}), Now: now.now, Lines: audit.NewGather(db)}}
	deps := Deps{Referrals: s.referrals, Registry: s.registry, Auth: people, Log: slog.New(slog.NewTextHandler(s.log, nil)), Now: now.now,
		Settings: Settings{Insecure: true}}
	for _, f := range change {
		f(&deps)
	}
	h, err := New(deps)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// agency makes an agency of a side and returns its number.
func (s *site) agency(name, kind string, side workflow.Side) int {
	s.t.Helper()
	a, err := s.registry.Commands().AddAgency(s.t.Context(), registry.Agency{Name: name, Kind: kind, Side: side, Designated: designated(side), District: district(side), Active: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return a.ID
}

func designated(side workflow.Side) string {
	if side == workflow.SideProvider {
		return "otda"
	}
	return "not_applicable"
}

func district(side workflow.Side) string {
	if side == workflow.SideLDSS {
		return "albany"
	}
	return ""
}

// account makes an account with the password of tests and returns its address
// and who it is.
func (s *site) account(agency int, duty workflow.Duty, name string) (string, workflow.Actor) {
	s.t.Helper()
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.org"
	a, err := s.registry.Commands().AddAccount(s.t.Context(), registry.NewAccount{Agency: agency, Name: name, Title: "Advocate", Email: email, Phone: "518-555-0142", Duty: duty})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.auth.SetPassword(s.t.Context(), workflow.Actor{}, a.ID, password, ""); err != nil {
		s.t.Fatal(err)
	}
	who, err := s.auth.Actor(s.t.Context(), a.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return email, who
}

// browser is one browser with its cookies. It follows no redirect.
type browser struct {
	t    testing.TB
	site *site
	http *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{t: s.t, site: s, http: &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) to() string { return a.header.Get("Location") }

// do sends one request as a page of the site does.
func (b *browser) do(method, path, body string, headers ...string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, b.site.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() {
		if err := got.Body.Close(); err != nil {
			b.t.Error(err)
		}
	}()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, string(text)}
}

// get asks for a page.
func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, "", headers...)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(_[a-z]+)" value="([^"]*)"`)

// hiddenOf returns the hidden inputs of a page, as the last form has them.
func hiddenOf(page string) url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// post opens the page at from, and sends its hidden inputs with these answers
// to path.
func (b *browser) post(from, path string, answers url.Values) answer {
	b.t.Helper()
	page := b.get(from)
	if page.status != http.StatusOK {
		b.t.Fatalf("%s answers %d", from, page.status)
	}
	all := hiddenOf(page.body)
	for name, list := range answers {
		all[name] = list
	}
	return b.do(http.MethodPost, path, all.Encode())
}

// signIn signs in by the page.
func (b *browser) signIn(email string) {
	b.t.Helper()
	got := b.post(web.PathSignIn, web.PathSignIn, url.Values{"email": {email}, "password": {password}})
	if got.status != http.StatusSeeOther {
		b.t.Fatalf("signing in answers %d: %s", got.status, got.body)
	}
}

// as returns a browser in which a new account of duty at an agency is signed in.
func (s *site) as(agency int, duty workflow.Duty) *browser {
	s.t.Helper()
	b := s.browser()
	email, _ := s.account(agency, duty, fmt.Sprintf("Quinn Example%s%d", strings.Repeat("a", len(duty)), agency))
	b.signIn(email)
	return b
}
