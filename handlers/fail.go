package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/registry"
	"nysreferral/web"
)

// statuses are the kinds of refusal as statuses of HTTP.
var statuses = map[fault.Kind]int{
	fault.NotFound:     http.StatusNotFound,
	fault.Forbidden:    http.StatusForbidden,
	fault.Conflict:     http.StatusConflict,
	fault.Gone:         http.StatusGone,
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.Unauthorized: http.StatusUnauthorized,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Unavailable:  http.StatusServiceUnavailable,
}

// statusOf returns the status for an error; 500 is our own failure.
func statusOf(err error) int {
	if status, ok := statuses[fault.KindOf(err)]; ok {
		return status
	}
	var bad forms.Problems
	var wrong registry.Problems
	var said *echo.HTTPError
	switch {
	case errors.As(err, &bad), errors.As(err, &wrong):
		return http.StatusUnprocessableEntity
	case tooLarge(err):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable
	case errors.As(err, &said) && said.Code >= 400 && said.Code < 500:
		return said.Code
	}
	return http.StatusInternalServerError
}

// fail is the one place where an error becomes an answer: a page, or
// application/problem+json below /api/. A refusal says its sentence and nothing
// else; what is our own failure is logged under a number that the page shows.
func (s *server) fail(c *call, err error) {
	if c.Response().Committed {
		s.Log.ErrorContext(c.ctx(), "answer broken off", slog.String("route", c.Path()), slog.String("error", err.Error()))
		return
	}
	status, number := statusOf(err), ""
	if status >= http.StatusInternalServerError {
		number = strings.ToUpper(random(4))
		s.Log.ErrorContext(c.ctx(), "failure", slog.String("number", number), slog.String("route", c.Path()), slog.String("error", err.Error()))
	}
	if status == http.StatusServiceUnavailable && c.Response().Header().Get(echo.HeaderRetryAfter) == "" {
		c.Response().Header().Set(echo.HeaderRetryAfter, waitUnavailable)
	}
	var sent error
	switch {
	case strings.HasPrefix(c.Request().URL.Path, "/api/"):
		sent = problem(c, status, number, err)
	case c.Request().Method == http.MethodHead:
		sent = c.NoContent(status)
	case status == http.StatusUnauthorized && c.Request().Method == http.MethodGet && !c.wantsJSON():
		sent = c.Redirect(http.StatusSeeOther, s.wayIn(c)+next(c.Request().URL))
	case fault.KindOf(err) == fault.Unavailable && c.givesBack():
		sent = s.giveBack(c, err)
	default:
		sent = s.trouble(c, status, number, err)
	}
	if sent != nil {
		s.Log.ErrorContext(c.ctx(), "answer not sent", slog.String("route", c.Path()), slog.String("error", sent.Error()))
	}
}

// next returns the query that brings somebody back after signing in.
func next(u *url.URL) string {
	if u.Path == "/" || u.Path == "" {
		return ""
	}
	return "?" + url.Values{"next": {u.EscapedPath()}}.Encode()
}

// trouble answers with the page of a status. An absent page says the same words
// for whatever is absent.
func (s *server) trouble(c *call, status int, number string, err error) error {
	t := web.TroubleOf(status)
	if say, ok := fault.Say(err); ok && status != http.StatusNotFound && status != http.StatusUnauthorized {
		t.Happened = say
	}
	if number != "" {
		t.Do = append(append([]string{}, t.Do...), "If you ask somebody for help, name the number "+number+".")
	}
	return c.show(status, web.TroublePage(c.frame("", ""), t))
}

// problemBody is an error as RFC 9457 has it.
type problemBody struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Number   string         `json:"number,omitempty"` // of our own failure, in the log
	Problems forms.Problems `json:"problems,omitempty"`
}

// problem answers a program.
func problem(c *call, status int, number string, err error) error {
	t := web.TroubleOf(status)
	body := problemBody{Type: "about:blank", Title: t.Title, Status: status, Detail: t.Happened, Number: number}
	if say, ok := fault.Say(err); ok && status != http.StatusNotFound {
		body.Detail = say
	}
	var bad forms.Problems
	if errors.As(err, &bad) {
		body.Problems = bad
	}
	if status == http.StatusUnauthorized {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("handlers: writing a problem: %w", err)
	}
	return c.Blob(status, "application/problem+json", text)
}

// sessionFailed answers when a session could be neither read nor written: it
// stands outside of every handler.
func (s *server) sessionFailed(w http.ResponseWriter, r *http.Request, err error) {
	number := strings.ToUpper(random(4))
	s.Log.ErrorContext(r.Context(), "session failure", slog.String("number", number), slog.String("error", err.Error()))
	status := http.StatusInternalServerError
	if errors.Is(err, context.DeadlineExceeded) || fault.KindOf(err) == fault.Unavailable {
		status = http.StatusServiceUnavailable
		w.Header().Set(echo.HeaderRetryAfter, waitUnavailable)
	}
	t := web.TroubleOf(status)
	if say, ok := fault.Say(err); ok {
		t.Happened = say
	}
	t.Do = append(append([]string{}, t.Do...), "If you ask somebody for help, name the number "+number+".")
	if err := web.Render(r.Context(), w, status, web.TroublePage(web.Page{Banner: s.Settings.Banner}, t)); err != nil {
		s.Log.ErrorContext(r.Context(), "answer not sent", slog.String("error", err.Error()))
	}
}

// panicOf returns a panic as an error.
func panicOf(p any) error {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	return panicked{what: fmt.Sprintf("%T", p), stack: string(debug.Stack())}
}
