package handlers

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/skip2/go-qrcode"

	"nysreferral/auth"
	"nysreferral/fault"
	"nysreferral/web"
	"nysreferral/workflow"
)

// signInRoutes are the steps of signing in after the first, and how an account
// signs in. The steps are everybody's: who is half signed in is nobody yet.
func (s *server) signInRoutes() []route {
	return []route{
		{get, web.PathCode, everybody, s.askCode},
		{post, web.PathCode, everybody, s.gaveCode},
		{get, web.PathSetUp, everybody, s.setUp},
		{get, web.PathApp, everybody, s.newApp},
		{post, web.PathApp, everybody, s.addApp},
		{get, web.PathWelcome, everybody, s.welcome},
		{post, web.PathWelcome, everybody, s.welcomed},
		{get, web.PathWays, anyDuty, s.ways},
		{post, provePath, anyDuty, s.proved},
		{post, web.PathCodes, anyDuty, s.newCodes},
		{post, web.PathRemove, anyDuty, s.removeFactor},
	}
}

// Keys of what a session holds on the way in.
const (
	nextKey = "next"   // where to go afterwards
	appKey  = "newapp" // the secret of an app that is being added, and its address
)

// proceed goes on after a step of signing in.
func (c *call) proceed(e auth.Entry) error {
	if e.Stage == auth.StageIn {
		next := local(c.s.sessions.PopString(c.ctx(), nextKey))
		if err := c.enter(e.Who); err != nil {
			return err
		}
		return c.to(c.s.after(next))
	}
	if err := c.s.sessions.Halve(c.ctx(), e); err != nil {
		return err
	}
	switch e.Stage {
	case auth.StageCode:
		return c.to(web.PathCode)
	case auth.StageRenew:
		return c.to(web.PathRenew)
	}
	return c.to(web.PathSetUp)
}

// half returns whose sign-in stands at stage; who has none begins anew.
func (c *call) half(stage auth.Stage) (workflow.Actor, error) {
	e, err := c.s.sessions.Half(c.ctx())
	if err != nil {
		return workflow.Actor{}, err
	}
	if e.Stage != stage {
		return workflow.Actor{}, fault.New(fault.Unauthorized, "Sign in first.")
	}
	return e.Who, nil
}

func (s *server) askCode(c *call) error {
	if _, err := c.half(auth.StageCode); err != nil {
		return err
	}
	return c.show(http.StatusOK, web.CodePage(c.public(true), web.Code{}))
}

func (s *server) gaveCode(c *call) error {
	who, err := c.half(auth.StageCode)
	if err != nil {
		return err
	}
	e, err := s.Auth.Second(c.ctx(), who.ID, c.form().Get("code"), c.source())
	if fault.KindOf(err) == fault.Unauthorized {
		say, _ := fault.Say(err)
		return c.show(http.StatusUnprocessableEntity, web.CodePage(c.public(true), web.Code{Error: say}))
	}
	if err != nil {
		return err
	}
	return c.proceed(e)
}

// setUp says what the account must have before it can be used.
func (s *server) setUp(c *call) error {
	who, err := c.half(auth.StageSetUp)
	if err != nil {
		return err
	}
	v := web.SetUp{Passkeys: s.Auth.Passkeys(), App: !s.Auth.PasskeyOnly(who.Duty), Why: "A password alone is not enough here: who guesses or steals it would read about people in danger. Add one more thing that only you have."}
	if !v.App {
		v.Why = "With your duty you sign in with a passkey. Add your first one now; you can add more later."
	}
	return c.show(http.StatusOK, web.SetUpPage(c.public(true), v))
}

// owner returns whose ways of signing in are changed: who is signed in, or
// whose sign-in waits for the first of them.
func (c *call) owner() (who workflow.Actor, half bool, err error) {
	if c.who.ID != 0 {
		return c.who, false, nil
	}
	who, err = c.half(auth.StageSetUp)
	return who, true, err
}

// newApp makes a secret, which the session holds until the app has shown that it
// has it.
func (s *server) newApp(c *call) error {
	who, half, err := c.owner()
	if err != nil {
		return err
	}
	if half && s.Auth.PasskeyOnly(who.Duty) {
		return fault.Absent()
	}
	secret, address, err := s.Auth.NewApp(s.Settings.name(), who)
	if err != nil {
		return err
	}
	s.sessions.Put(c.ctx(), appKey, secret+" "+address)
	return c.showApp(http.StatusOK, "")
}

func (c *call) showApp(status int, problem string) error {
	secret, address, _ := strings.Cut(c.s.sessions.GetString(c.ctx(), appKey), " ")
	path, size, err := picture(address)
	if err != nil {
		return err
	}
	p := c.page("")
	p.CSRF = c.token()
	if c.who.ID != 0 {
		p.Back = &web.Link{Label: "How you sign in", Href: web.PathWays}
	}
	return c.show(status, web.AppPage(p, web.App{Secret: grouped(secret), QR: path, Size: size, Error: problem}))
}

func (s *server) addApp(c *call) error {
	who, half, err := c.owner()
	if err != nil {
		return err
	}
	secret, _, ok := strings.Cut(s.sessions.GetString(c.ctx(), appKey), " ")
	if !ok {
		return c.to(web.PathApp)
	}
	codes, err := s.Auth.AddApp(c.ctx(), who, secret, c.form().Get("code"), c.source())
	if say, ok := fault.Say(err); ok && fault.KindOf(err) == fault.Invalid {
		return c.showApp(http.StatusUnprocessableEntity, say)
	}
	if err != nil {
		return err
	}
	s.sessions.Remove(c.ctx(), appKey)
	return c.added(who, half, "The app was added. From now on you are asked for its code.", codes)
}

// added goes on after a factor was added: whose sign-in waited for it is in now,
// other sessions of the account are over, and recovery codes are shown if there
// are new ones.
func (c *call) added(who workflow.Actor, half bool, said string, codes []string) error {
	next := web.Link{Label: "How you sign in", Href: web.PathWays}
	if half {
		next = web.Link{Label: "Go on", Href: c.s.after(c.s.sessions.PopString(c.ctx(), nextKey))}
		if err := c.enter(who); err != nil {
			return err
		}
	} else if err := c.s.sessions.EndOthers(c.ctx(), who); err != nil {
		return err
	}
	if len(codes) > 0 {
		return c.show(http.StatusOK, web.CodesPage(c.page(""), web.Codes{List: codes, Next: next}))
	}
	c.flash(web.BoxSuccess, said)
	return c.to(next.Href)
}

var factorWords = map[auth.Kind]string{auth.KindApp: "Authenticator app", auth.KindPasskey: "Passkey", auth.KindAbroad: "Account elsewhere"}

// ways shows how the account signs in.
func (s *server) ways(c *call) error {
	r, err := s.Auth.Register(c.ctx(), c.who, c.source())
	if err != nil {
		return err
	}
	p := c.page("How you sign in")
	p.Lead = "What proves that it is you. Remove at once what you have lost."
	t := web.Table{Caption: "What proves that it is you", Hidden: true, Empty: "Only your password, so far.",
		Columns: []web.Column{{Label: "What", Row: true}, {Label: "Added"}, {Label: "Last used"}, {Label: "What you can do"}}}
	for _, f := range r.Factors {
		name := factorWords[f.Kind]
		if f.Label != "" {
			name += ": " + f.Label
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: name}, {Text: web.Moment(f.CreatedAt)}, {Text: orElse(web.Moment(f.UsedAt), "Never")},
			{Part: web.SmallFormPart(web.SmallForm{Action: web.PathRemove, CSRF: p.CSRF, Hidden: []web.Hidden{{Name: "mark", Value: f.Mark}},
				Buttons: []web.Button{{Label: "Remove", Look: web.ButtonSecond, Hint: name}}})}})
	}
	v := web.Ways{Table: t, Gone: goneFactors(r.Gone), Codes: fmt.Sprintf("You have %d left. Each lets you in once when your phone or key is lost.", r.Codes)}
	app := web.Button{Label: "Add an authenticator app", Href: web.PathApp, Look: web.ButtonSecond}
	if r.Has(auth.KindApp) {
		app.Label = "Change to another app"
	}
	if s.Auth.Passkeys() {
		v.Links = append(v.Links, web.Button{Label: "Add a passkey", Href: web.PathNewPasskey})
	}
	v.Links = append(v.Links, app)
	if v.Places, err = c.places(p.CSRF); err != nil {
		return err
	}
	return c.show(http.StatusOK, web.WaysPage(p, v))
}

// goneFactors are what let the account in once and does so no more.
func goneFactors(list []auth.Factor) web.Table {
	t := web.Table{Caption: "What no longer lets you in", Columns: []web.Column{{Label: "What", Row: true}, {Label: "Added"}, {Label: "Removed"}}}
	for _, f := range list {
		name := factorWords[f.Kind]
		if f.Label != "" {
			name += ": " + f.Label
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: name}, {Text: web.Moment(f.CreatedAt)}, {Text: web.Moment(f.RemovedAt)}})
	}
	return t
}

func (s *server) newCodes(c *call) error {
	codes, err := s.Auth.NewCodes(c.ctx(), c.who, c.source())
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, web.CodesPage(c.page(""), web.Codes{List: codes, Next: web.Link{Label: "How you sign in", Href: web.PathWays}}))
}

func (s *server) removeFactor(c *call) error {
	if err := s.Auth.Remove(c.ctx(), c.who, c.text("mark"), c.source()); err != nil {
		return err
	}
	if err := s.sessions.EndOthers(c.ctx(), c.who); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Removed. It no longer lets anybody in, and other places where you were signed in are closed.")
	return c.to(web.PathWays)
}

// picture draws an address as a path of squares.
func picture(address string) (path string, size int, err error) {
	code, err := qrcode.New(address, qrcode.Medium)
	if err != nil {
		return "", 0, fmt.Errorf("handlers: drawing the key of an app: %w", err)
	}
	code.DisableBorder = true
	rows := code.Bitmap()
	var b strings.Builder
	for y, row := range rows {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return b.String(), len(rows), nil
}

// grouped puts a space after every four signs.
func grouped(text string) string {
	var b strings.Builder
	for i, r := range text {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
