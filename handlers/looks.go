package handlers

import (
	"bytes"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/web"
	"nysreferral/workflow"
)

const looksPath = "/referrals/:ref/looks"

// looks says which offices have opened the referral, the last first.
func (s *server) looks(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	cursor := c.QueryParam("cursor")
	page, err := s.Referrals.Looks(c.ctx(), c.who, ref, cursor)
	if err != nil {
		return err
	}
	p := c.page("Who has looked at it")
	p.Lead = "Every time that somebody opens the referral is written down. Offices are named here, not people."
	p.Back = &web.Link{Label: "The referral", Href: address("/referrals", ref)}
	t := web.Table{Caption: "Openings of the referral, the last first", Hidden: true, Empty: "Nobody has opened it yet.",
		Columns: []web.Column{{Label: "When", Row: true}, {Label: "Office"}, {Label: "What"}}}
	for _, l := range page.Looks {
		t.Rows = append(t.Rows, []web.Cell{{Text: web.Moment(l.At)}, {Text: l.Who}, {Text: lookWords[l.What]}})
	}
	v := web.Register{Tables: []web.Table{t}, Count: looksCounted(page, cursor != "")}
	if workflow.ToldLooks(c.who, workflow.LooksCarry) && page.All > 0 {
		v.Buttons = []web.Button{{Label: "Take the list as a file", Href: refPath(ref, "looks", "file"), Look: web.ButtonSecond}}
	}
	if page.Next != "" {
		v.Next = &web.Link{Label: "Show older openings", Href: refPath(ref, "looks") + "?" + url.Values{"cursor": {page.Next}}.Encode()}
	}
	return c.show(http.StatusOK, web.RegisterPage(p, v))
}

// looksCounted says how many there are, and which of them a page shows.
func looksCounted(page referrals.LookPage, older bool) string {
	said := howMany(page.All, "opening", "openings") + " in all"
	switch n := howMany(len(page.Looks), "opening", "openings"); {
	case page.All == 0:
		return ""
	case older:
		return said + "; this page goes on with " + n + "."
	case page.Next != "":
		return said + "; this page shows the last " + n + "."
	}
	return said + "."
}

// looksFile answers with the whole list as a file, to be carried off. Its name
// tells nothing, as browsers keep it.
func (s *server) looksFile(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	list, err := s.Referrals.TakeLooks(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	lines := [][]string{{"Reference", "When (UTC)", "When (New York)", "Office", "What"}}
	for _, l := range list {
		lines = append(lines, []string{ref, l.At.UTC().Format(time.RFC3339), web.Second(l.At), l.Who, lookWords[l.What]})
	}
	var b bytes.Buffer
	if err := reports.WriteLines(&b, lines); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="document.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

// lookWords are the ways of looking as people read them.
var lookWords = map[string]string{
	"read": "Opened", "print": "Printed", "export": "Exported", string(workflow.Reveal): "Asked to see a masked answer", "paper": "Made a PDF", "file": "Opened a file that was added",
	"read_disclosure": "Looked at what is to be given to somebody outside", "disclose": "Gave an answer to somebody outside, on a legal demand", "take_package": "Took the package for somebody outside",
}
