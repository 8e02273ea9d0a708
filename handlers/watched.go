package handlers

import (
	"net/http"
	"strconv"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
)

// attend tells the door that somebody asks, so that what they open counts, and
// whether they have just proved who they are.
func (c *call) attend() {
	if c.who.ID == 0 {
		return
	}
	ctx := c.ctx()
	c.sitting = &referrals.Sitting{Proved: func() bool { return c.s.sessions.Fresh(ctx) }}
	c.SetRequest(c.Request().WithContext(referrals.Attended(ctx, c.sitting)))
}

// askOver asks who has opened very much to prove who they are. What was to be
// opened, or was typed, goes on after that.
func (s *server) askOver(c *call, why error) error {
	say, _ := fault.Say(why)
	c.flash(web.BoxWarning, say)
	if c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead {
		return s.askBefore(c)
	}
	return s.askProof(c, http.StatusOK, "")
}

// missed counts an answer that something is absent or not theirs, and returns what
// to answer: the same, or that it could not be counted. Addresses that the site
// does not have do not count: browsers themselves ask for some.
func (s *server) missed(c *call, list []route, err error) error {
	if list == nil || c.who.ID == 0 || statusOf(err) != http.StatusNotFound {
		return err
	}
	if failed := s.Auth.Missed(c.ctx(), c.who, auth.Asked(c.Request()), c.source()); failed != nil {
		return failed
	}
	return err
}

// mark is what lies over a page that shows somebody, so that a photograph or a
// print of it says who had it before them, and when; "" where nobody is shown. The
// page on which a referrer types has none: they wrote what it says.
func (c *call) mark() string {
	if c.sitting == nil || !c.sitting.Shown || c.Path() == sectionPath {
		return ""
	}
	return c.who.Name + " · account " + strconv.Itoa(c.who.ID) + " · " + forms.At(c.s.Now()).Words()
}
