package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/workflow"
)

// call is one request with who makes it.
type call struct {
	echo.Context
	s    *server
	r    route
	who  workflow.Actor // zero for a public call
	in   url.Values     // of the query, checked against the route
	body []byte
}

func (c *call) ctx() context.Context { return c.Request().Context() }

// answer finds out who calls, checks what comes in, and calls the handler.
// Nothing is said of what comes in before it is known who calls.
func (c *call) answer() error {
	if !c.r.Public {
		if err := c.identify(); err != nil {
			return err
		}
	}
	if m := c.Request().Method; m != http.MethodGet && m != http.MethodHead {
		if err := c.s.Referrals.Saves(); err != nil {
			return err
		}
	}
	if err := c.readQuery(); err != nil {
		return err
	}
	if c.r.Body != "" {
		if typed, err := c.typed(); err != nil || !typed {
			return err
		}
		if c.r.Body == mediaFile {
			return c.r.Handle(c.s, c) // reads it when all else is right
		}
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return fmt.Errorf("api: reading a body: %w", err)
		}
		c.body = body
	}
	return c.r.Handle(c.s, c)
}

// noToken is said for every missing, wrong, ended and unusable token alike.
var noToken = fault.New(fault.Unauthorized, "This call needs a token that is in force. Send it in the header Authorization: Bearer; whoever runs this service makes one for your account, and your coordinator can ask for it.")

func (c *call) identify() error {
	sent := c.Request().Header.Values(echo.HeaderAuthorization)
	if len(sent) != 1 {
		return noToken
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return noToken
	}
	who, err := c.s.Auth.Bearer(c.Request().Context(), token, c.source())
	if fault.KindOf(err) == fault.Unauthorized {
		return noToken
	}
	if err != nil {
		return err
	}
	c.who = who
	c.SetRequest(c.Request().WithContext(referrals.Attended(c.ctx(), &referrals.Sitting{})))
	return c.s.Auth.Guesses(c.ctx(), who)
}

// source is where the call came from, as far as policy keeps it.
func (c *call) source() string { return auth.Network(c.RealIP()) }

// readQuery refuses parameters that the route does not take, and doubled ones.
func (c *call) readQuery() error {
	in, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return forms.Problems{{Message: "The query of the address cannot be read. Escape it as in a link."}}
	}
	var bad forms.Problems
	for name, values := range in {
		i := slices.IndexFunc(c.r.Query, func(p param) bool { return p.Name == name })
		switch {
		case i < 0:
			bad = append(bad, forms.Problem{Message: "The address holds a parameter that this call does not take. The names stand in openapi.json."})
		case len(values) > 1:
			bad = append(bad, forms.Problem{ID: name, Field: name, Message: "This parameter was given twice. Give it once."})
		case !c.r.Query[i].takes(values[0]):
			bad = append(bad, forms.Problem{ID: name, Field: name, Message: "This parameter does not take that value. What it takes stands in openapi.json."})
		}
	}
	c.in = in
	return bad.Err()
}

// typed reports whether the body is JSON; if it is not, the call is answered. A
// body that may be left out needs no type when it is.
func (c *call) typed() (bool, error) {
	h := c.Request().Header
	if c.r.Spare && h.Get(echo.HeaderContentType) == "" && c.Request().ContentLength == 0 {
		return true, nil
	}
	kind, more, err := mime.ParseMediaType(h.Get(echo.HeaderContentType))
	charset, other := more["charset"], len(more)
	if charset != "" {
		other--
	}
	coded := h.Get(echo.HeaderContentEncoding)
	if c.r.Body == mediaFile && err == nil && kind == mediaFile && (coded == "" || coded == "identity") {
		return true, nil
	}
	if c.r.Body != mediaFile && err == nil && kind == echo.MIMEApplicationJSON && other == 0 && (charset == "" || strings.EqualFold(charset, "utf-8")) && (coded == "" || coded == "identity") {
		return true, nil
	}
	title, detail := "This is not JSON", "Send the body as application/json, in UTF-8 and not compressed."
	if c.r.Body == mediaFile {
		title, detail = "This is not said to be a file", "Send the file as the body, as application/octet-stream and not compressed."
	}
	text, err := json.Marshal(refusal{Type: "about:blank", Title: title, Status: http.StatusUnsupportedMediaType, Detail: detail})
	if err != nil {
		return false, fmt.Errorf("api: writing a problem: %w", err)
	}
	return false, c.Blob(http.StatusUnsupportedMediaType, problemType, text)
}

const problemType = "application/problem+json"

// refusal is an error as RFC 9457 has it.
type refusal struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty" say:"what happened, and what to do"`
	Number   string         `json:"number,omitempty" say:"of a failure of the service, for whoever is asked for help"`
	Problems forms.Problems `json:"problems,omitempty" say:"what is wrong with what was sent, each with a sentence"`
}

// Seconds to wait after a refusal that time heals.
const (
	waitTooMany     = 600 // the limits are those of an hour
	waitUnavailable = 30
)

// whenAgain says when it makes sense to try again.
func (c *call) whenAgain(err error) {
	seconds := map[fault.Kind]int{fault.TooMany: waitTooMany, fault.Unavailable: waitUnavailable}[fault.KindOf(err)]
	if seconds > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
	}
}

// ref returns the reference in the address. What is no reference is absent.
func (c *call) ref() (string, error) {
	ref, ok := forms.ParseReference(c.Param("ref"))
	if !ok {
		return "", fault.Absent()
	}
	return ref, nil
}

// number returns the number of that name in the address, 1 or more.
func (c *call) number(name string) (int, error) {
	text := c.Param(name)
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000_000 || strconv.Itoa(n) != text {
		return 0, fault.Absent()
	}
	return n, nil
}

// flag returns whether the parameter of that name says yes.
func (c *call) flag(name string) bool { return c.in.Get(name) == "true" }

// key returns the idempotency key of the call, "" where none was given and
// none is needed.
func (c *call) key() (string, error) {
	sent := c.Request().Header.Values(headerKey)
	if len(sent) == 0 && c.r.Key != must {
		return "", nil
	}
	if len(sent) != 1 || sent[0] == "" || len(sent[0]) > mostKey || strings.ContainsFunc(sent[0], func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		return "", forms.Problems{{ID: headerKey, Field: headerKey,
			Message: "Give the header Idempotency-Key once: a text of your own of up to 200 letters, digits and signs, new for each referral, so that sending it again never makes two."}}
	}
	return sent[0], nil
}

const (
	headerKey = "Idempotency-Key"
	mostKey   = 200
)

// seen returns the referral, or its hand-over n, at the revision of the deed.
func seen(ref string, n int, deed *forms.Deed) referrals.Seen {
	return referrals.Seen{Ref: ref, N: n, Rev: deed.Rev.N}
}

// give answers with v as JSON and the status of the route.
func (c *call) give(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("api: writing an answer: %w", err)
	}
	return c.Blob(c.r.Status, echo.MIMEApplicationJSON, text)
}

// document answers with bytes that the caller may have already.
func (c *call) document(d document, kind string) error {
	h := c.Response().Header()
	h.Set("ETag", d.tag)
	for one := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == d.tag || one == "*" {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.Blob(http.StatusOK, kind, d.text)
}
