package handlers

import (
	"net/http"
	"strings"
	"time"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/web"
)

// passkeyRoutes are signing in with a passkey and adding one.
func (s *server) passkeyRoutes() []route {
	return []route{
		{post, web.PathPasskey, everybody, s.gavePasskey},
		{get, web.PathNewPasskey, everybody, s.newPasskey},
		{post, web.PathNewPasskey, everybody, s.addPasskey},
	}
}

// Where a session holds what a device was asked, after the moment at which it
// was asked: for the page itself, and for the proof before a grave act.
const (
	askedKey   = "asked"
	provingKey = "proving"
)

// longestCeremony is how long a device may take to answer.
const longestCeremony = 10 * time.Minute

// hold keeps what a device was asked, for one answer.
func (c *call) hold(key string, q auth.Ceremony) {
	c.s.sessions.Put(c.ctx(), key, time.Now().UTC().Format(time.RFC3339)+" "+q.Held)
}

// held takes what the device was asked out of the session, "" when it was not
// asked, answered before, or took too long.
func (c *call) held(key string) string {
	at, held, _ := strings.Cut(c.s.sessions.PopString(c.ctx(), key), " ")
	asked, err := time.Parse(time.RFC3339, at)
	if err != nil || time.Since(asked) > longestCeremony {
		return ""
	}
	return held
}

// questioned asks for a passkey on this page and returns what the page asks, ""
// where there are no passkeys.
func (c *call) questioned(key string) (string, error) {
	if !c.s.Auth.Passkeys() {
		return "", nil
	}
	q, err := c.s.Auth.AskPasskey()
	if err != nil {
		return "", err
	}
	c.hold(key, q)
	return q.Ask, nil
}

// showSignIn draws the page of the first step.
func (s *server) showSignIn(c *call, status int, v web.SignIn) error {
	var err error
	if v.Passkey, err = c.questioned(askedKey); err != nil {
		return err
	}
	v.Abroad = s.elsewhere()
	return c.show(status, web.SignInPage(c.public(true), v))
}

// gavePasskey signs in with what the device answered. Every refusal is the same
// page.
func (s *server) gavePasskey(c *call) error {
	next := local(c.form().Get("next"))
	e, err := s.Auth.SignInPasskey(c.ctx(), c.held(askedKey), c.form().Get("answer"), c.source())
	if fault.KindOf(err) == fault.Unauthorized {
		say, _ := fault.Say(err)
		return s.showSignIn(c, http.StatusUnprocessableEntity, web.SignIn{Next: next, Error: say, Typed: c.form().Get(web.InputTyped)})
	}
	if err != nil {
		return err
	}
	s.sessions.Put(c.ctx(), nextKey, next)
	c.bear(next)
	return c.proceed(e)
}

func (s *server) newPasskey(c *call) error { return s.showNewPasskey(c, http.StatusOK, "") }

func (s *server) showNewPasskey(c *call, status int, problem string) error {
	who, half, err := c.owner()
	if err != nil {
		return err
	}
	q, err := s.Auth.BeginPasskey(c.ctx(), who)
	if err != nil {
		return err
	}
	c.hold(askedKey, q)
	p := c.page("")
	p.CSRF = c.token()
	if p.Back = (&web.Link{Label: "How you sign in", Href: web.PathWays}); half {
		p.Back.Href = web.PathSetUp
	}
	return c.show(status, web.NewPasskeyPage(p, web.Ceremony{Action: web.PathNewPasskey, CSRF: p.CSRF, Make: true, Ask: q.Ask, Input: "answer",
		Label: "Add a passkey", Name: true}, problem))
}

func (s *server) addPasskey(c *call) error {
	who, half, err := c.owner()
	if err != nil {
		return err
	}
	codes, err := s.Auth.AddPasskey(c.ctx(), who, c.held(askedKey), c.form().Get("answer"), c.text("label"), c.source())
	if say, ok := fault.Say(err); ok {
		return s.showNewPasskey(c, http.StatusUnprocessableEntity, say)
	}
	if err != nil {
		return err
	}
	return c.added(who, half, "The passkey was added. Use it to sign in from now on.", codes)
}
