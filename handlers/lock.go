package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/web"
)

// lockRoutes are the locked screen: the server locks by itself who asked for
// nothing for a while; these hide the page at that moment, keep what was typed,
// and open the screen again by one factor.
func (s *server) lockRoutes() []route {
	return []route{
		{post, web.PathLock, everybody, s.lock},
		{get, web.PathUnlock, everybody, s.unlock},
		{post, web.PathUnlock, everybody, s.unlocked},
		{get, web.PathResume, anyDuty, s.resume},
	}
}

// resumeKey is where a session holds the address of what a locked person sent.
const resumeKey = "resume"

// quietly answers a request that a page makes by itself: it keeps no session.
func quietly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.SetRequest(c.Request().WithContext(auth.Quiet(c.Request().Context())))
		return next(c)
	}
}

// wayIn is where somebody is sent who has to say first who it is.
func (s *server) wayIn(c *call) string {
	if _, err := s.sessions.Locked(c.ctx()); err == nil {
		return web.PathUnlock
	}
	return web.PathSignIn
}

// lock answers a page that hides itself: what was typed into it is kept, sealed,
// in the locked session. A page whose session was used in another window is told
// for how long it may stay.
func (s *server) lock(c *call) error {
	if c.who.ID != 0 {
		return c.JSON(http.StatusOK, map[string]int{"seconds": max(int(s.sessions.Left(c.ctx()).Seconds()), 1)})
	}
	if _, err := s.sessions.Locked(c.ctx()); err != nil {
		return c.NoContent(http.StatusNoContent)
	}
	page := local(c.form().Get(web.InputPage))
	if page == "" {
		return c.NoContent(http.StatusNoContent)
	}
	s.sessions.Put(c.ctx(), nextKey, page)
	if c.form().Get(web.InputTo) != "" {
		if _, err := c.keep(page); err != nil {
			return err
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// ownerInput names in what is kept whose it is: somebody else may sign in at the
// locked screen.
const ownerInput = "_owner"

// keep seals what was typed into the session, for the page at path and for whose
// screen is locked, and says whether it was not too long for that.
func (c *call) keep(path string) (bool, error) {
	who, err := c.s.sessions.Locked(c.ctx())
	if err != nil {
		return false, err
	}
	in := url.Values{ownerInput: {strconv.Itoa(who.ID)}}
	for name, list := range c.form() {
		if name != ownerInput && !slices.Contains([]string{web.InputCSRF, web.InputAsk, web.InputProof, web.InputPage}, name) {
			in[name] = list
		}
	}
	typed, err := c.s.Auth.CarryLocked(path, in)
	if typed == "" || err != nil {
		return false, err
	}
	c.s.sessions.Put(c.ctx(), typedKey, typed)
	return true, nil
}

// lockedTyping answers what somebody sent whose screen was locked meanwhile: the
// page to unlock it. What was sent is kept, and nothing of it was done. It
// reports whether it answered.
func (s *server) lockedTyping(c *call) (bool, error) {
	if _, err := s.sessions.Locked(c.ctx()); err != nil || c.wantsJSON() {
		return false, nil
	}
	if err := c.readForm(); err != nil {
		return true, err
	}
	v := web.Unlock{}
	if path := local(c.Request().URL.Path); path != "" && c.tokenFits() {
		var err error
		if v.Kept, err = c.keep(path); err != nil {
			return true, err
		}
		next := path
		if !c.isSection() {
			next = web.PathResume
			s.sessions.Put(c.ctx(), resumeKey, path)
		}
		if v.Kept {
			s.sessions.Put(c.ctx(), nextKey, next)
		}
	}
	return true, s.showUnlock(c, http.StatusUnauthorized, v)
}

// unlock asks for the one factor.
func (s *server) unlock(c *call) error {
	next := local(c.QueryParam("next"))
	if c.who.ID != 0 {
		return c.to(s.after(next))
	}
	if _, err := s.sessions.Locked(c.ctx()); err != nil {
		return c.to(web.PathSignIn + "?ended=1")
	}
	if next != "" {
		s.sessions.Put(c.ctx(), nextKey, next)
	}
	return s.showUnlock(c, http.StatusOK, web.Unlock{Kept: s.sessions.Exists(c.ctx(), typedKey)})
}

func (s *server) showUnlock(c *call, status int, v web.Unlock) error {
	who, err := s.sessions.Locked(c.ctx())
	if err != nil {
		return err
	}
	asks, err := s.Auth.Asks(c.ctx(), who)
	if err != nil {
		return err
	}
	v.Code, v.Password = slices.Contains(asks, auth.AskCode), slices.Contains(asks, auth.AskPassword)
	if slices.Contains(asks, auth.AskPasskey) {
		if v.Passkey, err = c.questioned(provingKey); err != nil {
			return err
		}
	}
	return c.show(status, web.UnlockPage(c.public(true), v))
}

// unlocked opens the screen for who gave the factor, in the same session under a
// new token, where the person was.
func (s *server) unlocked(c *call) error {
	if c.who.ID != 0 {
		return c.to("/")
	}
	who, err := s.sessions.Locked(c.ctx())
	if err != nil {
		return c.to(web.PathSignIn + "?ended=1")
	}
	ask, proof := auth.Ask(c.form().Get(web.InputAsk)), c.form().Get(web.InputProof)
	if ask == auth.AskPasskey {
		err = s.Auth.ReopenPasskey(c.ctx(), who, c.held(provingKey), proof, c.source())
	} else {
		err = s.Auth.Reopen(c.ctx(), who, auth.Proof{Ask: ask, Secret: proof}, c.source())
	}
	if fault.KindOf(err) == fault.Unauthorized {
		say, _ := fault.Say(err)
		return s.showUnlock(c, http.StatusUnprocessableEntity, web.Unlock{Error: say, Kept: s.sessions.Exists(c.ctx(), typedKey)})
	}
	if err != nil {
		return err
	}
	next := local(s.sessions.PopString(c.ctx(), nextKey))
	if err := c.enter(who); err != nil {
		return err
	}
	return c.to(s.after(next))
}

// resume shows who sent something from a locked screen that it was not done, and
// sends it when they say so.
func (s *server) resume(c *call) error {
	path := s.sessions.PopString(c.ctx(), resumeKey)
	in := s.Auth.Carried(path, s.sessions.PopString(c.ctx(), typedKey))
	if in == nil || in.Get(ownerInput) != strconv.Itoa(c.who.ID) {
		return c.to("/")
	}
	in.Del(ownerInput)
	return c.show(http.StatusOK, web.ResumePage(c.page(""), web.Resume{Action: path, Fields: hiddenFields(in)}))
}

// kept is what was typed into a form of this page, which is no section, when the
// screen was locked; nil without anything. It is told once.
func (c *call) kept() *web.Kept {
	typed := c.s.sessions.GetString(c.ctx(), typedKey)
	if typed == "" || c.isSection() || c.Request().Method != http.MethodGet {
		return nil
	}
	in := c.s.Auth.Carried(c.Request().URL.Path, typed)
	if in == nil || in.Get(web.InputTo) == "" || in.Get(ownerInput) != strconv.Itoa(c.who.ID) {
		return nil
	}
	c.s.sessions.Remove(c.ctx(), typedKey)
	k := web.Kept{To: in.Get(web.InputTo)}
	for _, f := range hiddenFields(in) {
		if f.Name[0] != '_' {
			k.Fields = append(k.Fields, [2]string{f.Name, f.Value})
		}
	}
	return &k
}
