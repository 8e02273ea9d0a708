package handlers

import (
	"log/slog"
	"net/http"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/web"
)

// start shows the first page to who is not signed in; who is, goes to where the
// own duty begins.
func (s *server) start(c *call) error {
	if home := s.nav.home(c.who.Duty); c.who.ID != 0 && home != "" {
		return c.to(home)
	}
	return c.show(http.StatusOK, web.StartPage(c.public(false)))
}

func (s *server) getHelp(c *call) error {
	counties, err := s.counties(c.ctx())
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, web.GetHelpPage(c.public(false), counties))
}

func (s *server) help(c *call) error { return c.show(http.StatusOK, web.HelpPage(c.public(false))) }

func (s *server) privacy(c *call) error {
	return c.show(http.StatusOK, web.PrivacyPage(c.public(false)))
}

func (s *server) accessibility(c *call) error {
	return c.show(http.StatusOK, web.AccessibilityPage(c.public(false)))
}

// stay answers the person at the screen who asked to stay signed in: reading
// the session has kept it.
func (s *server) stay(c *call) error { return c.NoContent(http.StatusNoContent) }

func (s *server) signIn(c *call) error {
	if c.who.ID != 0 {
		return c.to(s.after(c.QueryParam("next")))
	}
	return s.showSignIn(c, http.StatusOK, web.SignIn{
		Next: local(c.QueryParam("next")), Ended: c.QueryParam("ended") != "", Out: c.QueryParam("out") != ""})
}

// signedIn checks the password. Every wrong one gets the same page.
func (s *server) signedIn(c *call) error {
	in := c.form()
	email, next := clean(in.Get("email")), local(in.Get("next"))
	e, err := s.Auth.SignIn(c.ctx(), email, in.Get("password"), c.source())
	if fault.KindOf(err) == fault.Unauthorized {
		say, _ := fault.Say(err)
		return s.showSignIn(c, http.StatusUnprocessableEntity, web.SignIn{Email: email, Next: next, Error: say, Typed: in.Get(web.InputTyped)})
	}
	if err != nil {
		return err
	}
	s.sessions.Put(c.ctx(), nextKey, next)
	c.bear(next)
	return c.proceed(e)
}

// signOut leaves the browser without its cookie and what it kept of us, whatever
// becomes of the session and of its line: somebody may stand behind the person.
func (s *server) signOut(c *call) error {
	if err := s.sessions.End(c.ctx(), c.source()); err != nil {
		s.Log.ErrorContext(c.ctx(), "signing out was not recorded as it should be", slog.String("error", err.Error()))
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.to(web.PathSignIn + "?out=1")
}

// after is where somebody goes who has signed in.
func (s *server) after(next string) string {
	if next = local(next); next != "" {
		return next
	}
	return "/"
}

// clean replaces what no database takes as text.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// local returns a path of this site, and "" for everything else.
func local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t ") || len(path) > 300 {
		return ""
	}
	return path
}

func (s *server) checkLetter(c *call) error {
	return c.show(http.StatusOK, web.CheckLetterPage(c.public(true), web.LetterCheck{}))
}

// checkedLetter says whether a letter is genuine, and nothing else.
func (s *server) checkedLetter(c *call) error {
	v := web.LetterCheck{Reference: clean(c.form().Get("reference")), Code: clean(c.form().Get("code"))}
	ref, ok := forms.ParseReference(v.Reference)
	if !ok {
		v.Problems = append(v.Problems, web.Problem{ID: web.LetterReferenceID, Text: "Copy the reference from the letter: 13 letters and digits in groups."})
	}
	if strings.TrimSpace(v.Code) == "" {
		v.Problems = append(v.Problems, web.Problem{ID: web.LetterCodeID, Text: "Copy the code that is printed below the reference."})
	}
	if len(v.Problems) > 0 {
		return c.show(http.StatusUnprocessableEntity, web.CheckLetterPage(c.public(true), v))
	}
	issued, found, err := s.Referrals.CheckLetter(c.ctx(), ref, v.Code)
	if err != nil {
		return err
	}
	v.Result = web.LetterUnknown
	if found {
		v.Result, v.Issued = web.LetterGenuine, web.Day(issued)
	}
	return c.show(http.StatusOK, web.CheckLetterPage(c.public(true), v))
}
