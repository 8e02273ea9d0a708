package handlers

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// call is one request with who makes it.
type call struct {
	echo.Context
	s   *server
	who workflow.Actor // zero when nobody is signed in
	in  url.Values     // the fields of a POST, nil before body was read

	part *multipart.Part // the file of an upload, to be read once; nil: none was sent

	sitting *referrals.Sitting // what the door knows of this request, and tells; nil when nobody is signed in
}

func (c *call) ctx() context.Context { return c.Request().Context() }

// source is where the request came from, as far as policy keeps it.
func (c *call) source() string { return auth.Network(c.RealIP()) }

// form returns the fields of a POST. They were read before the handler was
// called; the query is not among them.
func (c *call) form() url.Values { return c.in }

// readForm reads the body, within the limit.
func (c *call) readForm() error {
	if c.isUpload() {
		return c.readParts()
	}
	r := c.Request()
	err := r.ParseForm()
	if err == nil {
		// What a form sends with a file fits into the limit, so none goes to disk.
		err = r.ParseMultipartForm(c.s.Settings.body())
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if tooLarge(err) {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(err)
		}
		return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	c.in = r.PostForm
	return nil
}

// ref returns the reference in the address. What is no reference is absent.
func (c *call) ref() (string, error) {
	ref, ok := forms.ParseReference(c.Param("ref"))
	if !ok {
		return "", fault.Absent()
	}
	return ref, nil
}

// n returns the number of the hand-over in the address, 1 or more.
func (c *call) n() (int, error) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 1 || n > 9999 || strconv.Itoa(n) != c.Param("n") {
		return 0, fault.Absent()
	}
	return n, nil
}

// seen returns the referral, or its hand-over n, at the revision that the page
// was drawn from. A page without a revision is refused as stale.
func (c *call) seen(ref string, n int) (referrals.Seen, error) {
	number, _, _ := strings.Cut(c.form().Get(web.InputRev), ".") // the page of a section carries marks behind it
	rev, err := strconv.Atoi(number)
	if err != nil || rev < 0 {
		return referrals.Seen{}, fault.New(fault.Conflict, "This page does not say what it was drawn from. Open it again, then decide.")
	}
	return referrals.Seen{Ref: ref, N: n, Rev: rev}, nil
}

// page is the frame of a page with this title, and says once what the last act
// did; a title holds no name and no reference, as browsers keep it.
func (c *call) page(title string) web.Page {
	p := c.frame(title, c.Path())
	if c.who.ID != 0 {
		p.Flash = c.takeFlash()
		p.Kept = c.kept()
	}
	return p
}

// frame is the frame of a page that stands at path in the navigation.
func (c *call) frame(title, path string) web.Page {
	st := c.s.Settings
	p := web.Page{Title: title, Banner: st.Banner, Support: st.Support}
	if c.who.ID == 0 {
		return p
	}
	p.User = &web.UserLine{Name: c.who.Name, Agency: c.who.Office, Duty: dutyWords[c.who.Duty]}
	p.Nav = c.s.nav.links(c.who.Duty, path)
	p.QuickExit = c.who.Duty == workflow.Referrer
	p.CSRF = c.token()
	p.Mark = c.mark
	p.Idle = &web.Idle{Seconds: int(c.s.Auth.Away().Seconds())}
	return p
}

// public is the frame of a page that anybody may open. Only a page with a form
// needs a session, and so a token.
func (c *call) public(withForm bool) web.Page {
	p := c.page("")
	p.QuickExit = true
	if withForm {
		p.CSRF = c.token()
	}
	return p
}

// show answers with a page.
func (c *call) show(status int, page templ.Component) error {
	return web.Render(c.ctx(), c.Response(), status, page)
}

// to sends the browser to another page of this site, which it then asks for
// with GET. Parts of the path are escaped.
func (c *call) to(path string, parts ...string) error {
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// wantsJSON reports whether the page's script asks, not a person.
func (c *call) wantsJSON() bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
}

// Keys of what a session holds beside the account.
const (
	flashKind = "flash_kind"
	flashText = "flash_text"
	tokenKey  = "csrf"
)

// flash says text once, on the next page.
func (c *call) flash(kind web.BoxKind, text string) {
	c.s.sessions.Put(c.ctx(), flashKind, string(kind))
	c.s.sessions.Put(c.ctx(), flashText, text)
}

func (c *call) takeFlash() *web.Flash {
	if !c.s.sessions.Exists(c.ctx(), flashText) {
		return nil
	}
	kind := c.s.sessions.PopString(c.ctx(), flashKind)
	return &web.Flash{Kind: web.BoxKind(kind), Text: c.s.sessions.PopString(c.ctx(), flashText)}
}

// dutyWords are the duties as people read them.
var dutyWords = map[workflow.Duty]string{
	workflow.Referrer:      "Referrer",
	workflow.Coordinator:   "Coordinator",
	workflow.Reviewer:      "Reviewer",
	workflow.Director:      "Director",
	workflow.Program:       "Program",
	workflow.Recipient:     "Recipient",
	workflow.Administrator: "Administrator",
	workflow.Auditor:       "Auditor",
}
