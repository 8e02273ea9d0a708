// Package api is the JSON API below /api/v1: the same door and the same views
// as the pages, for programs. Every call and what it takes and gives stands in
// one list (routes.go); the router, the checks of what comes in, and the
// OpenAPI document are walks over it. It knows neither cookies nor sessions: a
// call carries its token. It decides nothing, draws nothing and knows no
// table; errors are returned, and package handlers makes
// application/problem+json of them.
package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// Base is where the API stands below the address of the program.
const Base = "/api/v1"

// Deps is what the API stands on. All fields are needed.
type Deps struct {
	Referrals *referrals.Service
	Auth      *auth.Service

	// Draw makes the PDF of a paper that was not drawn and kept before.
	Draw func(ctx context.Context, p referrals.Paper) ([]byte, error)
}

// server is everything that a call reaches.
type server struct {
	Deps
	form     document // JSON Schema of the form
	describe document // OpenAPI
}

// document is bytes that stay the same while the program runs.
type document struct {
	text []byte
	tag  string // ETag
}

func newDocument(text []byte) document {
	sum := sha256.Sum256(text)
	return document{text: text, tag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// New returns what adds the routes of the API to a group at Base that has
// limits, headers and a log already. The group's error handler has to know
// fault.Error, forms.Problems and echo.HTTPError.
func New(d Deps) (func(*echo.Group), error) {
	if d.Referrals == nil || d.Auth == nil || d.Draw == nil {
		return nil, errors.New("api: referrals, auth and a way to draw papers are needed")
	}
	schema, err := json.Marshal(forms.Questions.Schema(formTitle))
	if err != nil {
		return nil, fmt.Errorf("api: writing the form's schema: %w", err)
	}
	described, err := Describe()
	if err != nil {
		return nil, err
	}
	s := &server{Deps: d, form: newDocument(schema), describe: newDocument(described)}
	return s.register, nil
}

const (
	formTitle  = "Referral of a person who may have been trafficked"
	factsTitle = "What is the same for several people of one encounter"
)

// register adds every route, and for every address the refusal of the methods
// that it does not take.
func (s *server) register(g *echo.Group) {
	list := routes()
	allow := map[string][]string{}
	for _, r := range list {
		g.Add(r.Method, r.Path, s.serve(r))
		allow[r.Path] = append(allow[r.Path], r.Method)
	}
	for path, taken := range allow {
		slices.Sort(taken)
		refuse := refuseMethod(strings.Join(taken, ", "))
		for _, m := range methods {
			if !slices.Contains(taken, m) {
				g.Add(m, path, refuse)
			}
		}
	}
}

// methods are those that a program might try.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

func refuseMethod(allow string) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderAllow, allow)
		return echo.ErrMethodNotAllowed
	}
}

// serve returns what answers a route: who calls, what comes in, then the
// handler.
func (s *server) serve(r route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		c := &call{Context: ec, s: s, r: r}
		err := c.answer()
		if fault.KindOf(err) == fault.NotFound && c.who.ID != 0 {
			if failed := s.Auth.Missed(c.ctx(), c.who, auth.Asked(c.Request()), c.source()); failed != nil {
				return failed
			}
		}
		if err != nil {
			c.whenAgain(err)
		}
		return err
	}
}

// me says whom the token stands for.
func (s *server) me(c *call) error {
	return c.give(me{Name: c.who.Name, Duty: c.who.Duty, Agency: c.who.Office, Side: c.who.Side, Lead: c.who.Lead})
}

// me is the account that a token stands for.
type me struct {
	Name   string        `json:"name"`
	Duty   workflow.Duty `json:"duty"`
	Agency string        `json:"agency"`
	Side   workflow.Side `json:"side"`
	Lead   bool          `json:"lead,omitempty" say:"sees the referrals of the whole agency"`
}

func (s *server) schema(c *call) error      { return c.document(s.form, "application/schema+json") }
func (s *server) description(c *call) error { return c.document(s.describe, echo.MIMEApplicationJSON) }
