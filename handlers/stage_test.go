package handlers

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/referrals"
	"nysreferral/seal"
	"nysreferral/store"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workers"
	"nysreferral/workflow"
)

// started is where the clock of the made-up State stands: a Monday at noon in
// New York.
var started = time.Date(2026, 11, 9, 17, 0, 0, 0, time.UTC)

// stage is the whole site over the made-up State.
type stage struct {
	*site
	state *demo.State
	mu    sync.Mutex
	in    map[string]*browser
}

// newStage fills an empty database with the made-up State. A paper is drawn as
// a few bytes that name its kind. change may alter what the site stands on.
func newStage(t *testing.T, db *store.DB, change ...func(*Deps)) *stage {
	t.Helper()
	keys := filepath.Join(t.TempDir(), "keys")
	if err := seal.Create(keys, started); err != nil {
		t.Fatal(err)
	}
	ring, err := seal.Load(keys)
	if err != nil {
		t.Fatal(err)
	}
	state, err := demo.New(db, ring, demo.NewClock(started, time.Now), time.Now, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := state.Populate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &stage{site: &site{t: t, auth: state.Auth, log: &syncBuffer{}, registry: state.Registry, referrals: state.Door}, state: state, in: map[string]*browser{}}
	deps := Deps{Referrals: state.Door, Registry: state.Registry, Auth: state.Auth, Now: state.Clock.Now,
		Log: slog.New(slog.NewTextHandler(s.log, nil)), Settings: Settings{Insecure: true},
		Letter: workers.Letter,
		Draw:   func(_ context.Context, p referrals.Paper) ([]byte, error) { return []byte("%PDF drawn " + p.Kind), nil }}
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

// at is the browser in which the account of that key is signed in.
func (s *stage) at(key string) *browser {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.in[key]; b != nil {
		return b
	}
	b := s.browser()
	got := b.post(web.PathSignIn, web.PathSignIn, url.Values{"email": {s.state.Account(key).Email}, "password": {demo.Password}})
	if got.status != http.StatusSeeOther {
		s.t.Fatalf("%s: signing in answers %d", key, got.status)
	}
	s.in[key] = b
	return b
}

// send refers case n and takes steps of a story on it.
func (s *stage) send(n int, steps ...demo.Step) string {
	s.t.Helper()
	receipt, err := s.state.Send(s.t.Context(), n)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.state.Take(s.t.Context(), receipt.Reference, steps...); err != nil {
		s.t.Fatal(err)
	}
	return receipt.Reference
}

// confirmed are the steps up to a confirmation, and more.
func confirmed(more ...demo.Step) []demo.Step {
	return append(append(append([]demo.Step{}, demo.ToDecision...), demo.Confirm), more...)
}

// sent is the step by which OTDA sends hand-over 1.
var sent = demo.Step{Who: "program", Do: workflow.Send, N: 1}

var eyes = flag.String("eyes", "", "first port on which the made-up State is shown until the test's time-out, one port for each account, signed in")

// With -eyes PORT the made-up State can be looked at: the accounts listen on
// ports of their own, each signed in.
func TestForEyes(t *testing.T) {
	if *eyes == "" {
		return
	}
	s := newStage(t, storetest.SQLite(t))
	if err := s.state.Tell(t.Context(), started); err != nil {
		t.Fatal(err)
	}
	var first int
	if _, err := fmt.Sscan(*eyes, &first); err != nil {
		t.Fatal(err)
	}
	inside, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range s.state.Accounts {
		cookies := s.at(a.Key).http.Jar.Cookies(inside)
		address := fmt.Sprintf("127.0.0.1:%d", first+i)
		fmt.Println(address, a.Key)
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { pass(w, r, inside, cookies) }))
		}()
	}
	<-time.After(time.Hour)
}

// pass hands a request on to the site as who the cookies belong to.
func pass(w http.ResponseWriter, r *http.Request, site *url.URL, cookies []*http.Cookie) {
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(site)
		p.Out.Header.Del("Cookie")
		p.Out.Header.Del("Origin")
		p.Out.Header.Set("Sec-Fetch-Site", "same-origin")
		for _, c := range cookies {
			p.Out.AddCookie(c)
		}
	}}
	proxy.ServeHTTP(w, r)
}
