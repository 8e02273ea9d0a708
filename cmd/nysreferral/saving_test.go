package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"nysreferral/audit"
	"nysreferral/store/storetest"
)

// A server whose disk is full turns read-only by itself: it tells whoever runs it,
// at once in its log and by the watch, and a proxy before it, and is not ready by its
// metrics; it tries again by itself, and goes on with a line of the log that says so.
func TestServerSavesAgain(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		s := settingsFor(url, keyFile(t))
		wrote(t, s, 1)
		opened(t, s, func(p *program) {
			said := &safeLog{}
			p.log = slog.New(slog.NewTextHandler(said, nil))
			asked := func() string {
				t.Helper()
				w := httptest.NewRecorder()
				p.health.before(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, pathReady, nil))
				text, err := io.ReadAll(w.Result().Body)
				if err != nil || w.Code != http.StatusOK {
					t.Errorf("readiness answers %d, %v", w.Code, err)
				}
				return strings.TrimSpace(string(text))
			}
			if got := asked(); got != "yes" {
				t.Errorf("it is ready for %q", got)
			}
			_, lift := storetest.Full(t, p.db)
			if got := asked(); got != "reading" {
				t.Errorf("with a full disk it is ready for %q", got)
			}
			w := newLookout()
			if err := w.look(t.Context(), p, time.Now()); err != nil || w.seen["saving"] != 1 {
				t.Errorf("the watch sees %v, %v", w.seen, err)
			}
			ctx, stop := context.WithCancel(t.Context())
			kept := make(chan struct{})
			go func() { defer close(kept); p.keepSaving(ctx) }()
			defer func() { stop(); <-kept }()
			until(t, "the log does not say that nothing can be saved", func() bool { return bytes.Contains(said.bytes(), []byte("this server only reads")) })
			lift()
			until(t, "it does not save again", func() bool { return p.db.Saves() == nil })
			if got := asked(); got != "yes" {
				t.Errorf("afterwards it is ready for %q", got)
			}
			until(t, "the log does not say that it saves again", func() bool { return bytes.Contains(said.bytes(), []byte("saving again")) })
			if n := count(t, p.db, `SELECT count(*) FROM audit_entries WHERE action = '`+audit.Saving+`'`); n != 1 {
				t.Errorf("%d lines say that it saves again", n)
			}
		})
	})
}

// until waits for something.
func until(t *testing.T, otherwise string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(otherwise)
		}
	}
}
