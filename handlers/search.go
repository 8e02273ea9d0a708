package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

const searchPath = "/search"

// search asks whom the State looks for, and why.
func (s *server) search(c *call) error { return c.drawSearch(http.StatusOK, nil, nil) }

// searched shows what was found. It comes as a POST, so that nothing that was
// looked for stands in an address, and the page is not kept.
func (s *server) searched(c *call) error {
	q := referrals.Sought{Reference: strings.TrimSpace(c.text("reference")), Family: forms.Text(strings.TrimSpace(c.text("family"))), Given: forms.Text(strings.TrimSpace(c.text("given"))),
		Born: forms.PartialDate(day(c.form(), "born")), Phone: forms.Phone(strings.TrimSpace(c.text("phone"))),
		Reason: workflow.SearchReason(c.text("reason")), Words: c.text("words")}
	hits, err := s.Referrals.Search(c.ctx(), c.who, q)
	var bad forms.Problems
	switch {
	case errors.As(err, &bad):
		return c.drawSearch(http.StatusUnprocessableEntity, nil, bad)
	case err != nil:
		return err
	}
	t := web.Table{Caption: "Found", Empty: "Nobody was found. Somebody may stand here under another name, without a release that lets the State look, or not at all.",
		Columns: []web.Column{{Label: "Reference", Row: true}, {Label: "Status"}, {Label: "Received"}, {Label: "Agrees"}}}
	for _, h := range hits {
		t.Rows = append(t.Rows, []web.Cell{{Text: h.Reference, Href: refPath(h.Reference)}, {Part: web.TagPart(web.TagFor(string(h.Status), false))}, {Text: web.Day(h.ReceivedAt)}, {Text: strings.Join(h.Agrees, "; ")}})
	}
	return c.drawSearch(http.StatusOK, []web.Table{t}, nil)
}

// drawSearch draws the questions with what was typed, and what was found.
func (c *call) drawSearch(status int, tables []web.Table, bad forms.Problems) error {
	p := c.page("Search")
	p.Wide, p.ErrorTitle = true, len(bad) > 0
	p.Lead = "For one person about whom you have to know something now. Each search stands in the log with your reason and with how many were found, not with what you looked for."
	var wrong registry.Problems
	for _, b := range bad {
		wrong = append(wrong, registry.Problem{Field: b.Field, Say: b.Message})
	}
	var buttons []web.Button
	if slices.Contains(custodians, c.who.Duty) {
		buttons = append(buttons, web.Button{Label: "What has ended: retention and legal holds", Href: retentionPath, Look: web.ButtonQuiet})
	}
	return c.show(status, web.RegisterPage(p, web.Register{Tables: tables, Buttons: buttons, Filter: &web.Filter{Form: web.Form{Action: searchPath, CSRF: p.CSRF},
		Drawn: drawn(c.searchFields(), wrong), Button: "Search", Title: "Whom do you look for, and why?", Open: true}}))
}

// searchFields are the questions.
func (c *call) searchFields() []web.Field {
	typed := func(kind web.Kind, name, label, hint string, width web.Width) web.Field {
		f := field(kind, name, label)
		f.Hint, f.Width, f.Value = hint, width, c.text(name)
		return f
	}
	born := field(web.KindDate, "born", "Date of birth")
	if born.Value = day(c.form(), "born"); born.Value == "?" {
		born.Value, born.Values = "", boxes(c.form(), "born")
	}
	why := typed(web.KindChoice, "reason", "Why", "", "")
	for _, r := range workflow.SearchReasons {
		why.Options = append(why.Options, web.Option{Code: string(r.Reason), Label: r.Say})
	}
	why.Required = true
	words := typed(web.KindProse, "words", "In your own words", "What you need to know it for. Write no name and nothing about the person.", "")
	words.Max, words.Rows, words.Required = 300, 2, true
	return []web.Field{
		typed(web.KindCode, "reference", "Reference", "If you have it, nothing else is needed. For example 7K4M-2QX9-C3TB-5.", web.Width30),
		typed(web.KindText, "family", "Family name", "Also finds names that sound alike. A name alone is not enough.", web.Width30),
		typed(web.KindText, "given", "Given names", "", web.Width30),
		born,
		typed(web.KindPhone, "phone", "Telephone", "A number that the person uses.", web.Width20),
		why, words,
	}
}
