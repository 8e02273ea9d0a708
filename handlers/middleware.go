package handlers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"nysreferral/web"
)

// Policy is the Content-Security-Policy of every answer.
const Policy = web.Policy + "; font-src 'self'"

// permissions switches off what no page uses.
const permissions = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), " +
	"fullscreen=(), geolocation=(), gyroscope=(), identity-credentials-get=(), magnetometer=(), microphone=(), midi=(), payment=(), " +
	"publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), usb=(), web-share=(), xr-spatial-tracking=()"

// headers stand on every answer, whatever becomes of it.
func (s *server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Permissions-Policy", permissions)
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Cache-Control", "no-store")
		if len(c.Request().TransferEncoding) > 0 {
			// Another server may have read a length beside the encoding, and so
			// another end: nothing that follows on this connection is trusted.
			h.Set("Connection", "close")
		}
		if !s.Settings.Insecure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		return next(c)
	}
}

// logged writes one line a request: method, route, status, duration. The
// address itself is not written: it holds references.
func (s *server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		s.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("method", method(c.Request().Method)), slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status), slog.Duration("took", time.Since(began)))
		if s.Answered != nil {
			s.Answered(method(c.Request().Method), s.measured(c.Request().Method, c.Path()), c.Response().Status, time.Since(began))
		}
		return nil
	}
}

// method keeps made-up methods out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// recovered turns a panic into our own failure.
func (s *server) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = panicOf(p)
			}
		}()
		return next(c)
	}
}

// panicked is a panic as an error. The value itself may hold an answer, so only
// its type is kept.
type panicked struct{ what, stack string }

func (p panicked) Error() string { return "handlers: a panic of type " + p.what + "\n" + p.stack }

// limited bounds the size of a body and the time for an answer.
func (s *server) limited(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit, wait := s.bounds(c)
		if r.ContentLength > limit {
			// A browser shows the page only when what it sends is read.
			_, _ = io.CopyN(io.Discard, r.Body, 4*s.Settings.body())
			return echo.ErrStatusRequestEntityTooLarge
		}
		ctx, cancel := context.WithTimeout(r.Context(), wait)
		defer cancel()
		r = r.WithContext(ctx)
		if r.Body != nil {
			r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		}
		c.SetRequest(r)
		return next(c)
	}
}

func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}

// network reads an address or a network.
func network(text string) (*net.IPNet, error) {
	if ip, err := netip.ParseAddr(text); err == nil {
		text = netip.PrefixFrom(ip, ip.BitLen()).String()
	}
	_, n, err := net.ParseCIDR(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("handlers: reading the trusted proxy: %w", err)
	}
	return n, nil
}

// random returns n random bytes in hex.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
