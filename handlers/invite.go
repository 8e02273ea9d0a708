package handlers

import (
	"net/http"

	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/web"
)

// invite shows the code of an invitation, this once, to who gives it.
func (s *server) invite(c *call, id, rev int) error {
	code, second, err := s.Registry.Invite(c.ctx(), c.who, id, rev)
	if err != nil {
		return err
	}
	p := c.page("Invitation")
	p.Back = &web.Link{Label: "People", Href: "/people"}
	return c.show(http.StatusOK, web.InvitationPage(p, web.Invitation{Code: code, Second: second}))
}

func (s *server) welcome(c *call) error {
	return c.show(http.StatusOK, web.WelcomePage(c.public(true), web.Welcome{Abroad: s.elsewhere()}))
}

// welcomed sets the first password of who was invited. Every code that is not
// good gets the same page.
func (s *server) welcomed(c *call) error {
	in := c.form()
	v := web.Welcome{Email: clean(in.Get("email")), Abroad: s.elsewhere()}
	if in.Get("do") == "elsewhere" && v.Abroad != "" {
		return s.welcomedAbroad(c, v)
	}
	if in.Get("password") != in.Get("again") {
		v.Problems = []web.Problem{{ID: "again", Text: "The two passwords are not the same. Type them again."}}
		return c.show(http.StatusUnprocessableEntity, web.WelcomePage(c.public(true), v))
	}
	e, err := s.Auth.Redeem(c.ctx(), v.Email, in.Get("code"), in.Get("password"), c.source())
	switch say, _ := fault.Say(err); fault.KindOf(err) {
	case fault.Unauthorized:
		v.Problems = []web.Problem{{ID: "code", Text: say}}
	case fault.Invalid:
		v.Problems = []web.Problem{{ID: "password", Text: say}}
	}
	if len(v.Problems) > 0 {
		return c.show(http.StatusUnprocessableEntity, web.WelcomePage(c.public(true), v))
	}
	if err != nil {
		return err
	}
	return c.proceed(e)
}

// inviteButtons are what a row of people offers about invitations.
func inviteButtons(a registry.Account, button func(do, label string)) {
	if a.Reach && a.DisabledAt.IsZero() {
		label := "Begin anew"
		if !a.Password {
			label = "Invite"
		}
		button("invite", label)
	}
	if a.Unapproved && !a.Mine {
		button("approve", "Approve beginning anew")
	}
}
