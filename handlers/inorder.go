package handlers

import (
	"context"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// inOrder lets a page wait for what the page before it still saves. A page saves
// what was typed as it is left, and the browser asks for the next one over
// another connection, now and then before the save: the next page would be drawn
// from what was stored before. The page's script marks both requests with a
// cookie that holds a number and lasts for seconds.
type inOrder struct {
	mu     sync.Mutex
	leaves map[leaveKey]*leave
}

// leaveKey stands for a session and a mark, which strangers write as they like and
// as long as a header may be: what is held of each is of one length.
type leaveKey [sha256.Size]byte

func keyOf(session, mark string) leaveKey { return sha256.Sum256([]byte(session + "/" + mark)) }

// leave is one page that is left: saved once what it sends has been answered.
type leave struct {
	saved context.Context
	done  context.CancelFunc
}

const (
	leaveCookie = "leaving"
	// patience is how long a page waits for a save that does not come or takes
	// long. Nothing is lost then: what is sent from a page that was drawn before is
	// merged answer by answer.
	patience = time.Second
	// leavesAtOnce bounds what strangers can make us hold; beyond it nobody waits.
	leavesAtOnce = 10_000
)

// inOrder is the middleware.
func (s *server) inOrder(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		mark, err := c.Cookie(leaveCookie)
		session, missing := c.Cookie(s.sessions.Cookie.Name)
		if err != nil || missing != nil || c.Param("ref") == "" {
			return next(c)
		}
		left := s.order.of(keyOf(session.Value, mark.Value))
		if c.Request().Method == http.MethodPost {
			defer left.done()
			return next(c)
		}
		select {
		case <-left.saved.Done():
		case <-time.After(patience):
		case <-c.Request().Context().Done():
		}
		c.SetCookie(&http.Cookie{Name: leaveCookie, Path: "/", MaxAge: -1, Secure: !s.Settings.Insecure, SameSite: http.SameSiteStrictMode})
		return next(c)
	}
}

// of returns the leave of this key, which both requests ask for, whichever comes
// first, and forgets it when neither can come anymore.
func (o *inOrder) of(key leaveKey) *leave {
	o.mu.Lock()
	defer o.mu.Unlock()
	if left, ok := o.leaves[key]; ok {
		return left
	}
	left := &leave{}
	left.saved, left.done = context.WithCancel(context.Background())
	if len(o.leaves) >= leavesAtOnce {
		left.done()
		return left
	}
	if o.leaves == nil {
		o.leaves = map[leaveKey]*leave{}
	}
	o.leaves[key] = left
	time.AfterFunc(10*patience, func() { o.forget(key) })
	return left
}

func (o *inOrder) forget(key leaveKey) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.leaves[key].done()
	delete(o.leaves, key)
}
