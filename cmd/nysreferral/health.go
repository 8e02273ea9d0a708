package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"nysreferral/store"
)

// Where whoever runs the program asks how it is. Neither tells more than one
// word: they answer to everybody.
const (
	pathLive  = "/healthz" // the process answers
	pathReady = "/readyz"  // it wants requests: its database answers, may be written, and has the tables; "reading": none that write
)

const (
	askedAgo   = 30 * time.Second // a proxy that asked no longer ago than this waits for an answer
	readyKnown = time.Second      // how long an answer of the database is good
	readyWait  = 2 * time.Second  // how long the database has to answer
)

// health says whether this server wants requests. Its zero value with db and log
// is ready to use.
type health struct {
	db      *store.DB
	log     *slog.Logger
	leaving atomic.Bool  // it ends: no new requests
	asked   atomic.Int64 // when readiness was last asked for, in microseconds

	mu   sync.Mutex // guards what follows, and lets one at a time ask the database
	at   time.Time
	last error
}

// before answers what is asked about health, and has site answer all else. While
// the server leaves, whoever holds a connection is told that this answer is the
// last on it.
func (h *health) before(site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case pathLive:
			healthy(w, "yes")
		case pathReady:
			h.asked.Store(time.Now().UnixMicro())
			healthy(w, h.word(r.Context()))
		default:
			if h.leaving.Load() {
				w.Header().Set("Connection", "close")
			}
			site.ServeHTTP(w, r)
		}
	})
}

// word says what requests this server wants: all; those that only read, while there
// is no room to store anything; or none.
func (h *health) word(ctx context.Context) string {
	switch {
	case h.leaving.Load(), h.db.Failed(), h.ready(ctx) != nil:
		return "no"
	case h.db.Saves() != nil:
		return "reading"
	}
	return "yes"
}

func healthy(w http.ResponseWriter, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if word == "no" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write([]byte(word + "\n")) // who asked has gone away
}

// ready returns why the database cannot be served from, as it was at most a
// second ago: whoever asks often does not ask the database.
func (h *health) ready(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.at) < readyKnown {
		return h.last
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyWait)
	defer cancel()
	err := store.Serves(ctx, h.db)
	if (err == nil) != (h.last == nil) {
		h.log.LogAttrs(ctx, slog.LevelWarn, "readiness changed", slog.Bool("ready", err == nil), slog.Any("error", err))
	}
	h.at, h.last = time.Now(), err
	return err
}

// leave says from now on that no requests are wanted, and gives a proxy that asks
// the time to notice, while all that still comes is answered. Where nobody asks
// there is nothing to wait for. It returns early when the server fails.
func (h *health) leave(drain time.Duration, failed <-chan error) {
	h.leaving.Store(true)
	if time.Since(time.UnixMicro(h.asked.Load())) > askedAgo {
		return
	}
	h.log.Info("leaving: no new requests are wanted", "drain", drain)
	select {
	case <-time.After(drain):
	case <-failed:
	}
}

// hear counts together with the other servers what all of them refuse.
func (p *program) hear(ctx context.Context) { p.auth.Together(ctx, p.log) }
