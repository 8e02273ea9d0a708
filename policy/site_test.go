package policy_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"nysreferral/demo"
	"nysreferral/handlers"
	"nysreferral/handlers/api"
	"nysreferral/pdf/pdftest"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/web"
	"nysreferral/workers"
)

// monday is noon of a Monday in New York.
var monday = time.Date(2026, 11, 9, 17, 0, 0, 0, time.UTC)

// site is the made-up State behind the real site, with its API and with papers
// as they are drawn.
type site struct {
	*demo.State
	t   *testing.T
	url string
	mux *echo.Echo
	in  map[string]*http.Client
}

func newSite(t *testing.T, db *store.DB) *site {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(keys, monday); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(keys)
	if err != nil {
		t.Fatal(err)
	}
	state, err := demo.New(db, ring, demo.NewClock(monday, time.Now), time.Now, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := state.Populate(t.Context()); err != nil {
		t.Fatal(err)
	}
	mount, err := api.New(api.Deps{Referrals: state.Door, Auth: state.Auth, Draw: workers.Draw})
	if err != nil {
		t.Fatal(err)
	}
	h, err := handlers.New(handlers.Deps{Referrals: state.Door, Registry: state.Registry, Auth: state.Auth, Now: state.Clock.Now, API: mount,
		Draw: workers.Draw, Letter: workers.Letter, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Settings: handlers.Settings{Insecure: true}})
	if err != nil {
		t.Fatal(err)
	}
	mux, ok := h.(*echo.Echo)
	if !ok {
		t.Fatalf("the site is a %T; the tests walk the routes of echo", h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &site{State: state, t: t, url: server.URL, mux: mux, in: map[string]*http.Client{}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// client is the browser in which the account of that key is signed in; "" is
// somebody who is not.
func (s *site) client(key string) *http.Client {
	s.t.Helper()
	if c := s.in[key]; c != nil {
		return c
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.in[key] = c
	if key == "" {
		return c
	}
	form := hidden(s.ask(key, http.MethodGet, web.PathSignIn, "").body)
	form.Set("email", s.Account(key).Email)
	form.Set("password", demo.Password)
	if got := s.ask(key, http.MethodPost, web.PathSignIn, form.Encode()); got.status != http.StatusSeeOther {
		s.t.Fatalf("%s: signing in answers %d", key, got.status)
	}
	return c
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="(_[a-z]+)" value="([^"]*)"`)

// hidden are the hidden inputs of a page, as its last form has them.
func hidden(page string) url.Values {
	out := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(page, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// ask sends one request as a page of the site or a program does.
func (s *site) ask(key, method, path, body string, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	var client *http.Client
	switch program := strings.HasPrefix(path, api.Base); {
	case program && key != "":
		r.Header.Set("Authorization", "Bearer "+s.Account(key).Token)
		r.Header.Set("Content-Type", "application/json")
		client = s.client("")
	default:
		client = s.client(key)
		if method != http.MethodGet {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := io.ReadAll(got.Body)
	if closed := got.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if got.StatusCode >= http.StatusInternalServerError {
		s.t.Errorf("%s: %s %s answers %d", key, method, path, got.StatusCode)
	}
	return answer{got.StatusCode, got.Header, string(text)}
}

// text is an answer as people read it; a PDF is read back.
func (s *site) text(a answer) string {
	s.t.Helper()
	if !strings.HasPrefix(a.header.Get("Content-Type"), "application/pdf") {
		return a.body
	}
	return pdftest.Text(s.t, []byte(a.body))
}
