package handlers

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/registry"
	"nysreferral/web"
)

// weekPath is the page on which an auditor looks through a week of the log.
const weekPath = "/log/week"

// week shows what a week of the log comes to, and asks what was found.
func (s *server) week(c *call) error { return s.drawWeek(c, c.QueryParam("from"), nil) }

// signWeek keeps that somebody looked through it.
func (s *server) signWeek(c *call) error {
	monday, found := c.text("monday"), registry.Found(c.text("found"))
	err := s.Registry.SignWeek(c.ctx(), c.who, monday, found)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return s.drawWeek(c, monday, bad) })
	}
	c.flash(web.BoxSuccess, "The log says that you looked through this week.")
	return c.to(weekPath + "?from=" + monday)
}

func (s *server) drawWeek(c *call, monday string, bad registry.Problems) error {
	week, weeks, err := s.Registry.Week(c.ctx(), c.who, monday)
	if err != nil {
		return err
	}
	monday = week.From.Format(time.DateOnly)
	p := c.page("Weekly review")
	p.Wide, p.ErrorTitle = true, len(bad) > 0
	p.Back = &web.Link{Label: "Log", Href: "/log"}
	p.Lead = fmt.Sprintf("The week from Monday, %s: %d lines. Accounts are numbers, and nobody who was referred stands in it. Search the log for what you want to know more of.",
		week.From.Format("January 2, 2006"), week.Lines)
	choice := field(web.KindChoice, "found", "What did you find?")
	for _, f := range registry.Founds() {
		choice.Options = append(choice.Options, web.Option{Code: f.Code, Label: f.Label})
	}
	day := field(web.KindChoice, "monday", "Week")
	day.Value, day.Options = monday, []web.Option{{Code: monday, Label: "From Monday, " + week.From.Format("January 2, 2006")}}
	v := web.Register{Tables: weekTables(week)}
	v.Tables = append(v.Tables, weeksTable(weeks, monday))
	v.Filter = &web.Filter{Form: web.Form{Action: weekPath, CSRF: p.CSRF}, Drawn: drawn([]web.Field{day, choice}, bad), Button: "I looked through this week",
		Title: "Say that you looked through it", Open: len(bad) > 0}
	return c.show(statusFor(bad), web.RegisterPage(p, v))
}

// weekTables are who stood out, the searches, and what was done with keys.
func weekTables(w registry.LogReview) []web.Table {
	var out []web.Table
	for _, part := range registry.WhoStoodOut(w) {
		t := web.Table{Caption: part.Title, Empty: part.None, Columns: []web.Column{{Label: "Account", Row: true}, {Label: "Times", Number: true}}}
		for _, one := range part.List {
			account := strconv.Itoa(one.Account)
			if one.Account == 0 {
				account = part.Unnamed
			}
			t.Rows = append(t.Rows, []web.Cell{{Text: account}, {Text: strconv.Itoa(one.Times)}})
		}
		out = append(out, t)
	}
	return append(out, listTable(fmt.Sprintf("Searches for a person: %d in all, and some of them", w.Searches), "None.", w.Sample),
		listTable("Keys, and what was destroyed", "Nothing was done.", w.Keys))
}

func listTable(title, none string, lines []string) web.Table {
	t := web.Table{Caption: title, Empty: none, Columns: []web.Column{{Label: "Line", Row: true}}}
	for _, line := range lines {
		t.Rows = append(t.Rows, []web.Cell{{Text: spaced(line)}})
	}
	return t
}

// weeksTable are the last weeks, and who looked through them.
func weeksTable(weeks []registry.WeekOfLog, shown string) web.Table {
	t := web.Table{Caption: "The last weeks", Columns: []web.Column{{Label: "Week from", Row: true}, {Label: "Looked through"}}}
	for _, w := range weeks {
		said := "By nobody yet"
		var by []string
		for _, one := range w.Signed {
			by = append(by, fmt.Sprintf("account %d, %s: %s", one.Account, web.Moment(one.At), one.Found))
		}
		if len(by) > 0 {
			said = strings.Join(by, "; ")
		}
		monday := inWords(w.Monday)
		name := web.Cell{Part: web.LinkPart(web.Link{Label: monday, Href: weekPath + "?from=" + w.Monday})}
		if w.Monday == shown {
			name = web.Cell{Text: monday + " (this page)"}
		}
		t.Rows = append(t.Rows, []web.Cell{name, {Text: said}})
	}
	return t
}

// inWords is a day of the calendar as people write it: "November 22, 2026".
func inWords(day string) string { return forms.PartialDate(day).Words() }
