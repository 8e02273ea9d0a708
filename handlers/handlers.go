// Package handlers is the edge that people and programs touch: a request comes
// in, a page or an answer goes out. Every route and who may call it stands in
// one list (routes.go), every error becomes a page in one place (fail.go). A
// handler reads what was sent, calls the one door of its record (referrals,
// registry), and hands what came back to web. It decides nothing, knows no
// table and writes nothing personal to a log or an address.
package handlers

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"nysreferral/auth"
	"nysreferral/pdf"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/web"
)

// Deps is what the handlers stand on. All fields but Draw, Letter and API are needed.
type Deps struct {
	Referrals *referrals.Service
	Registry  *registry.Service
	Auth      *auth.Service
	Settings  Settings
	Log       *slog.Logger
	Now       func() time.Time // legal time, as Referrals has it

	// Draw makes the PDF of a paper. Without it papers are fault.Unavailable.
	Draw func(context.Context, referrals.Paper) ([]byte, error)

	// Letter returns what stands in a letter, block by block, so that it can be
	// read before it is signed. Without it there is the PDF alone.
	Letter func(referrals.Paper) ([]pdf.Block, error)

	// Answered is told of each request that was answered: its method, the pattern of
	// its route, in which ":action" stands for any act, the status and how long it
	// took. Nil: nobody is.
	Answered func(method, route string, status int, took time.Duration)

	// API adds the routes of /api/v1 to a group that has limits, headers and a
	// log already, and neither sessions nor forms. What a route of it returns
	// as an error becomes application/problem+json.
	API func(*echo.Group)
}

// Settings are the choices that are not the law's. The zero value refuses
// cookies without TLS and has the limits of the documentation.
type Settings struct {
	PublicURL    string        // address under which people reach the system: scheme and host; "" is taken from the request
	Insecure     bool          // the demo on loopback: no TLS, so no __Host- cookie and no HSTS
	Notice       bool          // before the first page in a browser the notice about the use of the system is agreed to
	Elsewhere    string        // what people call the other provider of sign-in, where Auth has one
	Name         string        // neutral name of this system, as authenticator apps show it; "" is "Partner Services"
	Banner       string        // said above every page, or ""
	Support      string        // whom to ask when the service does not work, or ""
	TrustedProxy string        // address or network whose word on the caller's address is taken, or ""
	Body         int64         // longest body, in bytes; 0 is 1 MiB
	File         int64         // longest file, in bytes; 0 is 10 MiB
	Wait         time.Duration // longest time for one answer; 0 is 20 seconds
}

func (s Settings) body() int64 {
	if s.Body <= 0 {
		return 1 << 20
	}
	return s.Body
}

func (s Settings) wait() time.Duration {
	if s.Wait <= 0 {
		return 20 * time.Second
	}
	return s.Wait
}

func (s Settings) name() string {
	if s.Name == "" {
		return "Partner Services"
	}
	return s.Name
}

// server is everything that a handler reaches.
type server struct {
	Deps
	sessions *auth.Sessions
	nav      nav
	order    inOrder
	acts     map[string]bool // addresses that end with the name of an act
}

// New returns the whole site: pages, files, and the API when there is one.
func New(d Deps) (http.Handler, error) {
	if d.Referrals == nil || d.Registry == nil || d.Auth == nil || d.Log == nil || d.Now == nil {
		return nil, errors.New("handlers: referrals, the registry, auth, a log and a clock are needed")
	}
	s := &server{Deps: d, sessions: d.Auth.Sessions(!d.Settings.Insecure)}
	s.sessions.ErrorFunc = s.sessionFailed
	s.nav, s.acts = newNav(s.routes()), actsOf(s.routes())
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	extract, err := source(d.Settings.TrustedProxy)
	if err != nil {
		return nil, err
	}
	e.IPExtractor = extract
	e.HTTPErrorHandler = func(err error, c echo.Context) { s.fail(&call{Context: c, s: s}, err) }
	e.Use(s.headers, s.logged, s.recovered, s.limited, s.inOrder)
	s.register(e)
	return e, nil
}

// register adds every route to e.
func (s *server) register(e *echo.Echo) {
	e.Any(web.StaticPrefix+"*", echo.WrapHandler(web.Static()))
	e.GET(web.PathExit, s.exit)
	if s.API != nil {
		api := e.Group("/api/v1")
		s.API(api)
	}
	e.RouteNotFound("/api/*", func(echo.Context) error { return echo.ErrNotFound })
	for _, p := range byAddress(s.routes()) {
		h := s.page(p.routes)
		if p.path == web.PathLock {
			h = quietly(h)
		}
		e.Add(p.method, p.path, h)
	}
	e.RouteNotFound("/*", s.page(nil))
}

// Server returns a server for h with limits of time and size that keep slow
// and endless requests from holding it, and what it speaks where it speaks TLS.
// It is the one that the program answers with. A connection is taken up again by
// no ticket: its key would open for a week what was recorded.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites(), SessionTicketsDisabled: true},
	}
}

// suites are the ciphers of TLS 1.2 that seal each record as a whole under a key
// of its own connection. Those that chain blocks, which Go still offers, are not
// among them; TLS 1.3 has no others.
func suites() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	}
}

// source returns how the caller's address is found: the connection's own, or
// what the one trusted proxy says.
func source(proxy string) (echo.IPExtractor, error) {
	if proxy == "" {
		return echo.ExtractIPDirect(), nil
	}
	net, err := network(proxy)
	if err != nil {
		return nil, err
	}
	return echo.ExtractIPFromXFFHeader(echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false), echo.TrustIPRange(net)), nil
}
