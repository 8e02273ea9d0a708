package handlers

import (
	"crypto/subtle"
	"net/http"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/web"
	"nysreferral/workflow"
)

// noticeRoutes are what comes between a sign-in and the first page: the notice
// about the use of the system, and a password that has to be changed.
func (s *server) noticeRoutes() []route {
	return []route{
		{get, web.PathNotice, anyDuty, s.notice},
		{post, web.PathNotice, anyDuty, s.noticed},
		{get, web.PathRenew, everybody, s.renew},
		{post, web.PathRenew, everybody, s.renewed},
	}
}

// noticeKey is where a session holds that the notice has to be agreed to first.
const noticeKey = "notice"

func (s *server) noticeCookie() string {
	if s.Settings.Insecure {
		return "noticed"
	}
	return "__Host-noticed"
}

// notices says whether who, in this browser, has to agree to the notice first.
// The browser forgets it when it is closed: nothing of a visit stays on a device.
func (c *call) notices(who workflow.Actor) bool {
	if !c.s.Settings.Notice {
		return false
	}
	cookie, err := c.Request().Cookie(c.s.noticeCookie())
	return err != nil || subtle.ConstantTimeCompare([]byte(cookie.Value), []byte(c.s.Auth.NoticeMark(who))) != 1
}

// unread sends who has not agreed yet to the notice, whatever was asked for; it
// reports whether it answered.
func (c *call) unread(r route) (bool, error) {
	if c.who.ID == 0 || r.Duties == nil || r.Path == web.PathNotice || !c.s.sessions.Exists(c.ctx(), noticeKey) {
		return false, nil
	}
	if next := local(c.Request().URL.Path); c.Request().Method == http.MethodGet && next != "" {
		c.s.sessions.Put(c.ctx(), nextKey, next)
	}
	return true, c.to(web.PathNotice)
}

func (s *server) notice(c *call) error { return c.show(http.StatusOK, web.NoticePage(c.page(""))) }

func (s *server) noticed(c *call) error {
	if err := s.Auth.Acknowledged(c.ctx(), c.who, c.source()); err != nil {
		return err
	}
	s.sessions.Remove(c.ctx(), noticeKey)
	c.SetCookie(&http.Cookie{Name: s.noticeCookie(), Value: s.Auth.NoticeMark(c.who), Path: "/", HttpOnly: true, Secure: !s.Settings.Insecure, SameSite: http.SameSiteStrictMode})
	return c.to(s.after(s.sessions.PopString(c.ctx(), nextKey)))
}

func (s *server) renew(c *call) error {
	if _, err := c.half(auth.StageRenew); err != nil {
		return err
	}
	return c.show(http.StatusOK, web.RenewPage(c.public(true), nil))
}

func (s *server) renewed(c *call) error {
	who, err := c.half(auth.StageRenew)
	if err != nil {
		return err
	}
	in := c.form()
	problem := web.Problem{ID: "again", Text: "The two passwords are not the same. Type them again."}
	if in.Get("password") == in.Get("again") {
		if err = s.Auth.RenewPassword(c.ctx(), who, in.Get("password"), c.source()); err == nil {
			if err := s.sessions.EndOthers(c.ctx(), who); err != nil {
				return err
			}
			return c.proceed(auth.Entry{Who: who, Stage: auth.StageIn})
		}
		say, ok := fault.Say(err)
		if !ok || fault.KindOf(err) != fault.Invalid {
			return err
		}
		problem = web.Problem{ID: "password", Text: say}
	}
	return c.show(http.StatusUnprocessableEntity, web.RenewPage(c.public(true), []web.Problem{problem}))
}
