package handlers

import (
	"fmt"
	"net/http"

	"github.com/a-h/templ"

	"nysreferral/web"
	"nysreferral/workflow"
)

// placeRoutes are seeing and ending sessions: one's own, and those of others for
// whom looks after accounts.
func (s *server) placeRoutes() []route {
	return []route{
		{post, web.PathEndPlace, anyDuty, s.endPlace},
		{get, web.PathEndSessions, accounts, s.sureEndSessions},
		{post, web.PathEndSessions, accounts, s.endSessions},
	}
}

// places is the table of where somebody is signed in.
func (c *call) places(csrf string) (web.Table, error) {
	list, err := c.s.sessions.Places(c.ctx(), c.who)
	if err != nil {
		return web.Table{}, err
	}
	t := web.Table{Caption: "Where you are signed in", Columns: []web.Column{{Label: "Since", Row: true}, {Label: "Last used"}, {Label: "State"}, {Label: "What you can do"}}}
	for _, one := range list {
		state := "Open"
		end := web.SmallFormPart(web.SmallForm{Action: web.PathEndPlace, CSRF: csrf, Hidden: []web.Hidden{{Name: "mark", Value: one.Mark}},
			Buttons: []web.Button{{Label: "Sign out there", Look: web.ButtonSecond, Hint: web.Moment(one.Began)}}})
		if one.Locked {
			state = "Locked"
		}
		if one.Here {
			state, end = "Here", nil
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: web.Moment(one.Began)}, {Text: web.Moment(one.Seen)}, {Text: state}, {Part: end}})
	}
	return t, nil
}

func (s *server) endPlace(c *call) error {
	if err := s.sessions.EndPlace(c.ctx(), c.who, c.text("mark"), c.source()); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Signed out there.")
	return c.to(web.PathWays)
}

// sureEndSessions asks once more before everybody is signed out.
func (s *server) sureEndSessions(c *call) error {
	p := c.page("Sign everybody out")
	p.Back = &web.Link{Label: "People", Href: "/people"}
	whom := "Everybody of your agency but you is signed out at once."
	if c.who.Duty == workflow.Administrator {
		whom = "Everybody who uses this service but you is signed out at once."
	}
	form := web.SmallForm{Action: web.PathEndSessions, CSRF: p.CSRF, Buttons: []web.Button{{Label: "Sign everybody out", Look: web.ButtonDanger}, {Label: "Leave it", Href: "/people", Look: web.ButtonSecond}}}
	return c.show(http.StatusOK, web.DetailPage(p, web.Detail{Above: []templ.Component{
		web.NotePart(web.Box{Kind: web.BoxWarning, Title: whom}, "They can sign in again at once. Drafts are kept as they were last saved. Use this when a device was lost or somebody was where they should not be."),
		web.SmallFormPart(form)}}))
}

func (s *server) endSessions(c *call) error {
	n, err := s.Registry.EndSessions(c.ctx(), c.who)
	if err != nil {
		return err
	}
	c.flash(web.BoxSuccess, fmt.Sprintf("Done. Sessions that were ended: %d.", n))
	return c.to("/people")
}
