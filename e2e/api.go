package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// apiBase is where the API stands below the address of the program.
const apiBase = "/api/v1"

// Client is one caller of the API. Its methods fail the test when the status
// of an answer is not the one that the test wants, and then show the answer.
type Client struct {
	t     testing.TB
	base  string
	token string
	http  *http.Client
	check routers.Router // nil when answers are not held against the document
}

// API returns a client with the token of the first user of a duty, of an agency
// whose name contains each of agency when any is given.
func API(t testing.TB, p *Program, duty string, agency ...string) *Client {
	t.Helper()
	return NewClient(t, p.URL+apiBase, p.User(t, duty, agency...).Token)
}

// NewClient returns a client of the API at base with a token; an empty token
// sends none.
func NewClient(t testing.TB, base, token string) *Client {
	return &Client{t: t, base: strings.TrimRight(base, "/"), token: token, http: &http.Client{
		Timeout:       actionLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Call is one request to the API.
type Call struct {
	Method string
	Path   string            // below the base, or a whole URL
	Body   any               // sent as JSON; a []byte is sent as it is; nil sends none
	Header map[string]string // further headers
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Into reads the JSON of the answer into out.
func (a Answer) Into(t testing.TB, out any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, out); err != nil {
		t.Fatalf("e2e: reading an answer: %v\n%s", err, a.Body)
	}
}

// GET asks for a path, wants a status, and reads the JSON of the answer into
// out unless that is nil.
func (c *Client) GET(path string, want int, out any) Answer {
	c.t.Helper()
	return c.json(Call{Method: http.MethodGet, Path: path}, want, out)
}

// POST sends body as JSON to a path, wants a status, and reads the JSON of the
// answer into out unless that is nil.
func (c *Client) POST(path string, body any, want int, out any) Answer {
	c.t.Helper()
	return c.json(Call{Method: http.MethodPost, Path: path, Body: body}, want, out)
}

// PUT sends body as JSON to a path, wants a status, and reads the JSON of the
// answer into out unless that is nil.
func (c *Client) PUT(path string, body any, want int, out any) Answer {
	c.t.Helper()
	return c.json(Call{Method: http.MethodPut, Path: path, Body: body}, want, out)
}

// json does a call, wants a status and reads the answer.
func (c *Client) json(call Call, want int, out any) Answer {
	c.t.Helper()
	a := c.Do(call)
	if a.Status != want {
		c.t.Fatalf("e2e: %s %s answers %d, want %d:\n%s", call.Method, call.Path, a.Status, want, a.Body)
	}
	if out != nil {
		a.Into(c.t, out)
	}
	return a
}

// Do does a call and returns whatever comes back. Only a call that gets no
// answer at all, or one that the document of the API does not describe (see
// Described), fails the test.
func (c *Client) Do(call Call) Answer {
	c.t.Helper()
	req := c.request(call)
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatalf("e2e: %s %s: %v", call.Method, call.Path, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("e2e: reading the answer to %s %s: %v", call.Method, call.Path, err)
	}
	a := Answer{Status: res.StatusCode, Header: res.Header, Body: body}
	c.hold(req, a)
	return a
}

// request makes the HTTP request of a call.
func (c *Client) request(call Call) *http.Request {
	c.t.Helper()
	var body []byte
	switch b := call.Body.(type) {
	case nil:
	case []byte:
		body = b
	default:
		var err error
		if body, err = json.Marshal(b); err != nil {
			c.t.Fatalf("e2e: writing the body of %s %s: %v", call.Method, call.Path, err)
		}
	}
	to := call.Path
	if !strings.Contains(to, "://") {
		to = c.base + to
	}
	req, err := http.NewRequestWithContext(context.Background(), call.Method, to, bytes.NewReader(body))
	if err != nil {
		c.t.Fatalf("e2e: making %s %s: %v", call.Method, call.Path, err)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if call.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range call.Header {
		req.Header.Set(k, v)
	}
	return req
}

// Described makes the client hold every answer against the OpenAPI document of
// the program from now on, and returns that document. The document itself must
// be right.
func (c *Client) Described() *openapi3.T {
	c.t.Helper()
	a := c.Do(Call{Method: http.MethodGet, Path: "/openapi.json"})
	if a.Status != http.StatusOK {
		c.t.Fatalf("e2e: the document of the API answers %d", a.Status)
	}
	doc, err := openapi3.NewLoader().LoadFromData(a.Body)
	if err != nil {
		c.t.Fatalf("e2e: reading the document of the API: %v", err)
	}
	if err := doc.Validate(context.Background(), openapi3.IsOpenAPI31OrLater()); err != nil {
		c.t.Fatalf("e2e: the document of the API is wrong: %v", err)
	}
	doc.Servers = openapi3.Servers{{URL: c.base}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		c.t.Fatalf("e2e: reading the paths of the API: %v", err)
	}
	c.check = router
	return doc
}

// hold holds an answer against the document, when there is one.
func (c *Client) hold(req *http.Request, a Answer) {
	c.t.Helper()
	if c.check == nil {
		return
	}
	route, params, err := c.check.FindRoute(req)
	if err != nil {
		if a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
			c.t.Errorf("e2e: %s %s answers %d and the document does not know it: %v", req.Method, req.URL.Path, a.Status, err)
		}
		return
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 a.Status,
		Header:                 a.Header,
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	in.SetBodyBytes(a.Body)
	if !strings.Contains(a.Header.Get("Content-Type"), "json") {
		in.Options.ExcludeResponseBody = true
	}
	if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
		c.t.Errorf("e2e: %s %s answers %d, and not as the document says: %v", req.Method, req.URL.Path, a.Status, err)
	}
}
