package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"nysreferral/auth"
	"nysreferral/web"
)

// exitWait is how long signing out may take of somebody who leaves.
const exitWait = 2 * time.Second

// exit leads away at once. On the way it signs out, so that Back brings no page
// of before, and has the browser forget what it kept of us. It stands outside of
// the sessions of other pages: who is watched gets away though nothing else
// works.
//
// It is a link and no form, so that it works without scripts and takes no place
// in the history. Another site that links to it leads away and does no more.
func (s *server) exit(c echo.Context) error {
	r := c.Request()
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	if site := r.Header.Get("Sec-Fetch-Site"); site == "" || site == "same-origin" || site == "none" {
		ctx, cancel := context.WithTimeout(r.Context(), exitWait)
		defer cancel()
		if err := s.sessions.Leave(ctx, c.Response(), r, auth.Network(c.RealIP())); err != nil {
			s.Log.ErrorContext(ctx, "leaving did not sign out", slog.String("error", err.Error()))
		}
	}
	return c.Redirect(http.StatusSeeOther, web.LeaveTarget)
}
