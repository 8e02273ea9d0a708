package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/web"
)

// abroadRoutes are signing in at another provider: the way there, the page to
// which it sends people back, and what that page sends.
func (s *server) abroadRoutes() []route {
	return []route{
		{get, web.PathAbroad, everybody, s.goAbroad},
		{get, web.PathAbroadBack, everybody, s.cameBack},
		{post, web.PathAbroadBack, everybody, s.answeredAbroad},
	}
}

// Keys of what a session holds while somebody is at the provider.
const (
	abroadKey  = "abroad" // the question
	inviteeKey = "invitee"
)

// goAbroad sends somebody to the provider. It is a link and no form, as our
// pages' forms lead nowhere but here.
func (s *server) goAbroad(c *call) error {
	if c.who.ID != 0 {
		return c.to("/")
	}
	q, err := s.Auth.AskAbroad(c.ctx())
	if err != nil {
		return err
	}
	s.sessions.Put(c.ctx(), abroadKey, q.Held)
	if next := local(c.QueryParam("next")); next != "" {
		s.sessions.Put(c.ctx(), nextKey, next)
	}
	return c.Redirect(http.StatusSeeOther, q.Address)
}

// returnedWith are the words with which a provider sends people back.
var returnedWith = []string{"code", "state", "iss", "error"}

// cameBack stands outside of every session: a browser gives our cookie to no
// request that another site began. The page sends the words on by itself, or by
// a button.
func (s *server) cameBack(c *call) error {
	if !s.Auth.Abroad() {
		return fault.Absent()
	}
	v := web.CameBack{}
	query := c.QueryParams()
	for _, name := range returnedWith {
		for _, value := range query[name] {
			if value = clean(value); len(value) <= 4096 {
				v.Fields = append(v.Fields, web.Hidden{Name: name, Value: value})
			}
		}
	}
	return c.show(http.StatusOK, web.CameBackPage(c.public(false), v))
}

// elsewhere is what people call the other provider; "" where there is none.
func (s *server) elsewhere() string {
	if !s.Auth.Abroad() {
		return ""
	}
	return orElse(s.Settings.Elsewhere, "your agency's sign-in")
}

// answeredAbroad signs in whom the provider names, or binds an invited account
// to it. A question is good for one answer. The page that sends it stands outside of
// the session, so the state of the question is the token of this POST.
func (s *server) answeredAbroad(c *call) error {
	held := s.sessions.PopString(c.ctx(), abroadKey)
	email, code, invited := strings.Cut(s.sessions.PopString(c.ctx(), inviteeKey), "\n")
	in := url.Values{}
	for _, name := range returnedWith {
		if list := c.form()[name]; len(list) > 0 {
			in[name] = list
		}
	}
	var e auth.Entry
	var err error
	if invited {
		e, err = s.Auth.RedeemAbroad(c.ctx(), email, code, held, in, c.source())
	} else {
		e, err = s.Auth.SignInAbroad(c.ctx(), held, in, c.source())
	}
	if say, ok := fault.Say(err); ok && fault.KindOf(err) == fault.Unauthorized {
		return s.showSignIn(c, http.StatusUnprocessableEntity, web.SignIn{Next: local(s.sessions.GetString(c.ctx(), nextKey)), Error: say})
	}
	if err != nil {
		return err
	}
	return c.proceed(e)
}

// welcomedAbroad keeps the code of an invitation until the provider has said who
// is there; whether it is good is found then.
func (s *server) welcomedAbroad(c *call, v web.Welcome) error {
	if v.Email == "" || c.form().Get("code") == "" || strings.Contains(v.Email, "\n") || len(v.Email)+len(c.form().Get("code")) > 500 {
		v.Problems = append(v.Problems, web.Problem{ID: "code", Text: "Enter your work e-mail address and the code first."})
		return c.show(http.StatusUnprocessableEntity, web.WelcomePage(c.public(true), v))
	}
	s.sessions.Put(c.ctx(), inviteeKey, v.Email+"\n"+c.form().Get("code"))
	return c.show(http.StatusOK, web.GoAbroadPage(c.public(false), s.elsewhere()))
}
