package handlers

import (
	"net/http"
	"net/url"

	"nysreferral/referrals"
	"nysreferral/web"
)

// The pages on which most is typed: what is sent from them after the session
// ended is carried through signing in.
const (
	sectionPath      = "/referrals/:ref/sections/:section"
	groupSectionPath = groupsPath + "/:ref/sections/:section"
)

func (c *call) isSection() bool { return c.Path() == sectionPath || c.Path() == groupSectionPath }

// typedKey is what a session holds of such a page, sealed.
const typedKey = "typed"

// signedOutTyping answers a section that came from nobody who is signed in: the
// page to sign in, which bears what was typed, sealed for a few minutes. It
// reports whether it answered. Nothing is stored before the password was right.
func (s *server) signedOutTyping(c *call) (bool, error) {
	if !c.isSection() || c.Request().Method != http.MethodPost || c.wantsJSON() {
		return false, nil
	}
	if err := c.readForm(); err != nil {
		return true, err
	}
	in := url.Values{}
	for name, list := range c.form() {
		if name != web.InputCSRF {
			in[name] = list
		}
	}
	path := c.Request().URL.Path
	typed, err := s.Auth.Carry(path, in)
	if typed == "" || err != nil {
		return err != nil, err
	}
	return true, s.showSignIn(c, http.StatusUnauthorized, web.SignIn{Next: local(path), Typed: typed})
}

// bear keeps what the way in bears, for who has given the password, until the
// section that it belongs to is saved.
func (c *call) bear(next string) {
	if typed := c.form().Get(web.InputTyped); c.s.Auth.Carried(next, typed) != nil {
		c.s.sessions.Put(c.ctx(), typedKey, typed)
	}
}

// borne returns what was typed into this section before signing in, for whom the
// page was drawn and nobody else; nil when there is nothing.
func (c *call) borne(ref string) url.Values {
	typed := c.s.sessions.GetString(c.ctx(), typedKey)
	in := c.s.Auth.Carried(c.Request().URL.Path, typed)
	if in == nil || !c.s.Referrals.DrawnFor(c.who, ref, in.Get(web.InputRev)) {
		return nil
	}
	return in
}

// forgetBorne ends it when this section was saved.
func (c *call) forgetBorne() {
	if c.s.Auth.Carried(c.Request().URL.Path, c.s.sessions.GetString(c.ctx(), typedKey)) != nil {
		c.s.sessions.Remove(c.ctx(), typedKey)
	}
}

// typedThen is a section with what was typed in a session that is over: it was
// not saved, and is looked through first.
func typedThen(in url.Values, status int) typedBack {
	return typedBack{in: rows(in), status: status, shown: in.Get(web.InputRev), saved: "Not saved yet.",
		said: "The screen was locked, or you were signed out, before this section was saved. What you typed is here again, and is not saved yet: look it through, then save."}
}

// typedInOldSession brings a section back that was typed in an earlier session of
// the same person, as its token no longer fits. It reports whether it did; it
// saves nothing.
func (s *server) typedInOldSession(c *call) (bool, error) {
	if !c.isSection() || c.auto() {
		return false, nil
	}
	ref, err := c.ref()
	if err != nil || !s.Referrals.DrawnFor(c.who, ref, c.form().Get(web.InputRev)) {
		return false, nil
	}
	back := typedThen(c.form(), http.StatusForbidden)
	if c.Path() == groupSectionPath {
		g, err := c.openGroup()
		if err != nil {
			return true, err
		}
		return true, s.drawGroupSection(c, g, back)
	}
	rec, err := c.openDraft(referrals.Want{Answers: true})
	if err != nil {
		return true, err
	}
	return true, s.drawSection(c, rec, back)
}
