package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"nysreferral/registry"
	"nysreferral/web"
)

// The directory as OTDA reads it: who could take a person, and whether somebody
// has verified the line. The administrator keeps it; OTDA asks for what it needs.

// lookViews are the cuts of the directory for OTDA.
var lookViews = []struct {
	Show, Label string
	State       registry.ContactState
}{
	{"", "In use", registry.InUse},
	{"verified", "Verified", registry.Verified},
	{"unverified", "Not verified", registry.Unverified},
	{"asked", "Asked of the administrator", registry.Asked},
}

// looking is what OTDA looks for in the directory.
type looking struct{ show, county, kind, name, after string }

func (l looking) path() string {
	q := url.Values{}
	for _, one := range [][2]string{{"show", l.show}, {"county", l.county}, {"kind", l.kind}, {"name", l.name}, {"after", l.after}} {
		if one[1] != "" {
			q.Set(one[0], one[1])
		}
	}
	if len(q) == 0 {
		return "/directory"
	}
	return "/directory?" + q.Encode()
}

// lookDirectory lists the lines of the directory for OTDA.
func (s *server) lookDirectory(c *call) error {
	l := looking{c.QueryParam("show"), c.QueryParam("county"), c.QueryParam("kind"), c.QueryParam("name"), c.QueryParam("after")}
	f := registry.ContactFilter{County: l.county, Kind: registry.PointKind(l.kind), Name: l.name, After: l.after}
	var views []web.Link
	for _, v := range lookViews {
		if v.Show == l.show {
			f.State = v.State
		}
		at := l
		at.show, at.after = v.Show, ""
		views = append(views, web.Link{Label: v.Label, Href: at.path(), Current: v.Show == l.show})
	}
	list, err := s.Registry.Contacts(c.ctx(), c.who, f)
	if err != nil {
		return err
	}
	p := c.page("Directory")
	p.Wide, p.Back = true, &web.Link{Label: "Board", Href: boardPath}
	p.Lead = "Who could take a person. The administrator keeps these lines. Nothing is sent to a line that nobody has verified: open it, and ask for that."
	page := web.Register{Views: views, Count: howMany(list.Total, "line", "lines") + ", " + strconv.Itoa(list.Unverified) + " in use and not verified",
		Filter: &web.Filter{Form: web.Form{Action: "/directory", CSRF: p.CSRF}, Drawn: web.Drawn{Fields: lookFields(l)}, Button: "Show", Title: "Find by name, county or kind", Open: true},
		Tables: []web.Table{directoryTable(list.Lines)}}
	if list.Next != "" {
		l.after = list.Next
		page.Next = &web.Link{Label: "Next lines", Href: l.path()}
	}
	return c.show(http.StatusOK, web.RegisterPage(p, page))
}

func lookFields(l looking) []web.Field {
	name := field(web.KindText, "name", "Name")
	name.Hint, name.Value, name.Width, name.Optional = "A part of it is enough.", l.name, web.Width30, true
	where := field(web.KindSelect, "county", "County")
	where.Options, where.Value, where.Width, where.Optional = options(registry.Counties()), l.county, web.Width30, true
	what := field(web.KindSelect, "kind", "Kind")
	what.Options, what.Value, what.Width, what.Optional = options(registry.PointKinds()), l.kind, web.Width30, true
	state := field(web.KindSelect, "show", "Verified or not")
	for _, v := range lookViews[1:] {
		state.Options = append(state.Options, web.Option{Code: v.Show, Label: v.Label})
	}
	state.Value, state.Width, state.Optional = l.show, web.Width30, true
	return []web.Field{name, where, what, state}
}

// lookedDirectory goes to what OTDA looks for.
func (s *server) lookedDirectory(c *call) error {
	return c.to(looking{show: c.text("show"), county: c.text("county"), kind: c.text("kind"), name: c.text("name")}.path())
}

// lookContact shows one line, and the button that asks to have it verified.
func (s *server) lookContact(c *call) error {
	one, err := s.Registry.Contact(c.ctx(), c.who, c.Param("key"))
	if err != nil {
		return err
	}
	p := c.page("Line of the directory")
	p.Back = &web.Link{Label: "Directory", Href: "/directory"}
	v := web.Detail{Tags: []web.StatusTag{stateOf(one)}, Summaries: []web.Summary{{Title: one.Name, Rows: contactRows(one)}, {Title: "Verification", Rows: verificationRows(one)}}}
	switch {
	case one.Ended:
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: "This line has ended"}, "Nothing is sent there any more. Choose another line.")}
	case one.Verified() && one.Agency == 0:
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxWarning, Title: "Nobody can sign in to receive"}, "The administrator has to add the agency. Until then hand-overs to this line wait.")}
	case one.Verified() && one.NoAccount:
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxWarning, Title: "Nobody can sign in to receive"}, "The administrator has to invite an account there. Until then nothing is sent to this line.")}
	case one.AskedOn != "":
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: "The administrator was asked to verify it"},
			"Asked on "+inWords(one.AskedOn)+". When it is verified it can be sent to; until then choose another line where somebody must be helped sooner.")}
	case !one.Verified():
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxWarning, Title: "Nobody has verified this line"}, "Nothing can be sent there yet. Ask the administrator to verify it; the question names this line and nobody else."),
			askPart(one.Key, p.CSRF)}
	}
	return c.show(http.StatusOK, web.DetailPage(p, v))
}

// askPart is the button that asks the administrator to verify a line.
func askPart(key, csrf string) templ.Component {
	return web.SmallFormPart(web.SmallForm{Action: contactPath(key) + "/ask", CSRF: csrf, Buttons: []web.Button{{Label: "Ask the administrator to verify it"}}})
}

// askContactVerified asks the administrator to verify a line.
func (s *server) askContactVerified(c *call) error {
	one, err := s.Registry.AskVerify(c.ctx(), c.who, c.Param("key"))
	if err != nil {
		return err
	}
	if one.AskedBefore {
		c.flash(web.BoxInfo, "The administrator was asked already, on "+inWords(one.AskedOn)+", to verify this line. You need do nothing more.")
		return c.to("/directory", one.Key)
	}
	c.flash(web.BoxSuccess, "The administrator was asked to verify this line.")
	return c.to("/directory", one.Key)
}

// askedBox tells the administrator on top what OTDA asks for.
func askedBox(n int) templ.Component {
	said := "One line waits to be verified: a hand-over cannot be sent before."
	if n > 1 {
		said = strconv.Itoa(n) + " lines wait to be verified: hand-overs cannot be sent before."
	}
	return web.ActionBox(web.Box{Kind: web.BoxWarning, Title: "OTDA asks you to verify"}, said, web.Link{Label: "Show which", Href: "/directory?show=asked"})
}
