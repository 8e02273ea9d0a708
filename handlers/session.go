package handlers

import (
	"crypto/subtle"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// page returns what answers an address: it loads the session and the account as
// it is now, picks the line of the duty, refuses a POST that another site sent,
// and turns an error into a page while the session can still be written. An
// empty list answers for all addresses that there are not.
func (s *server) page(list []route) echo.HandlerFunc {
	return echo.WrapMiddleware(s.sessions.LoadAndSave)(func(ec echo.Context) error {
		c := &call{Context: ec, s: s}
		err := s.answer(c, list)
		if referrals.MustProve(err) {
			err = s.askOver(c, err)
		}
		if err != nil {
			s.fail(c, s.missed(c, list, err))
		}
		return nil
	})
}

func (s *server) answer(c *call, list []route) (err error) {
	defer func() {
		// A panic is a failure like any other; recovered, outside, comes too
		// late for the session.
		if p := recover(); p != nil {
			err = panicOf(p)
		}
	}()
	who, err := s.sessions.Who(c.ctx())
	if err != nil && fault.KindOf(err) != fault.Unauthorized {
		return err
	}
	c.who = who
	c.attend()
	if list == nil {
		return fault.Absent()
	}
	unsafe := c.Request().Method != http.MethodGet && c.Request().Method != http.MethodHead
	if unsafe && !sameSite(c.Request(), s.Settings.PublicURL) {
		return errForeign
	}
	r, err := pick(list, who)
	if unsafe && fault.KindOf(err) == fault.Unauthorized {
		if done, failed := s.lockedTyping(c); done {
			return failed
		}
		if done, failed := s.signedOutTyping(c); done {
			return failed
		}
	}
	if err != nil {
		return err
	}
	if unsafe {
		if err := c.readForm(); err != nil {
			return err
		}
		if !c.tokenFits() && c.Path() != web.PathAbroadBack { // whose token is the state, see answeredAbroad
			if done, err := s.typedInOldSession(c); done {
				return err
			}
			return errForeign
		}
		if err := s.writes(c); err != nil {
			return err
		}
		if ok, err := s.proves(c); !ok || err != nil {
			return err
		}
	}
	if !unsafe && c.leaves() && !s.sessions.Fresh(c.ctx()) {
		return s.askBefore(c)
	}
	if done, err := c.unread(r); done || err != nil {
		return err
	}
	return r.Handle(c)
}

// errForeign is a POST that no page of ours sent in this session.
var errForeign = fault.New(fault.Forbidden, "This page was sent from another site or has grown too old. Load it again, then send it.")

// sameSite reports whether a page of this site sent the request. Browsers say
// so in Sec-Fetch-Site; older ones at least name the origin.
func sameSite(r *http.Request, public string) bool {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	if site != "" && site != "same-origin" {
		return false
	}
	if origin == "" || origin == "null" {
		// A page without referrer sends "null" with a form; then only
		// Sec-Fetch-Site tells.
		return site != ""
	}
	from, err := url.Parse(origin)
	if err != nil || from.Host == "" {
		return false
	}
	if public == "" {
		return from.Host == r.Host
	}
	own, err := url.Parse(public)
	return err == nil && from.Host == own.Host && from.Scheme == own.Scheme
}

// token returns the token of the session that every form carries, and makes one
// when there is none.
func (c *call) token() string {
	t := c.s.sessions.GetString(c.ctx(), tokenKey)
	if t == "" {
		t = random(32)
		c.s.sessions.Put(c.ctx(), tokenKey, t)
	}
	return t
}

func (c *call) tokenFits() bool {
	want := c.s.sessions.GetString(c.ctx(), tokenKey)
	got := c.form()[web.InputCSRF]
	return want != "" && len(got) == 1 && subtle.ConstantTimeCompare([]byte(want), []byte(got[0])) == 1
}

// enter makes the session that of who, with a new token of its own.
func (c *call) enter(who workflow.Actor) error {
	ended, err := c.s.sessions.Crowded(c.ctx(), who, c.source())
	if err != nil {
		return err
	}
	if ended {
		c.flash(web.BoxInfo, "You were signed in at three other places, and the oldest of them was signed out. Was that not you? See How you sign in, at the end of the page.")
	}
	if err := c.s.sessions.Begin(c.ctx(), who); err != nil {
		return err
	}
	c.s.sessions.Put(c.ctx(), tokenKey, random(32))
	if c.notices(who) {
		c.s.sessions.Put(c.ctx(), noticeKey, "due")
	}
	c.who = who
	return nil
}
