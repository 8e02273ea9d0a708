package handlers

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

const clocksPath = "/clocks"

// clocks lists every time limit, with what the State set.
func (s *server) clocks(c *call) error {
	list, err := s.Registry.Clocks(c.ctx(), c.who)
	if err != nil {
		return err
	}
	p := c.page("Clocks")
	p.Wide = true
	p.Lead = "Every time limit, and what it stands on. Where no law fixes the count, the State may set another from a day on. A clock that runs already keeps its own."
	t := web.Table{Caption: "Time limits", Hidden: true, Columns: []web.Column{{Label: "Clock", Row: true}, {Label: "Time"}, {Label: "From"}, {Label: "Until"}, {Label: "Set by"}, {Label: "Source"}}}
	today := string(s.Referrals.Today())
	for _, one := range list {
		time, by := one.Length(one.Now), "The law"
		if next, ok := one.Next(today); ok {
			time += "; " + one.Length(next.Count) + " from " + next.From
		}
		if one.Set {
			by = "The State"
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: one.Name, Href: clocksPath + "/" + string(one.Key)}, {Text: time}, {Text: one.Starts}, {Text: one.Ends}, {Text: by}, {Text: one.Law}})
	}
	return c.show(http.StatusOK, web.RegisterPage(p, web.Register{Count: howMany(len(list), "clock", "clocks"), Buttons: []web.Button{{Label: "Holidays", Href: "/holidays", Look: web.ButtonQuiet}}, Tables: []web.Table{t}}))
}

// clockTerms shows one time limit, and asks for another count where the State may
// set one.
func (s *server) clockTerms(c *call) error { return s.askClock(c, nil) }

// setClock keeps a count.
func (s *server) setClock(c *call) error {
	rev, err := c.rev()
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(c.text("count"))
	if err != nil {
		count = 0 // the registry says what a count is
	}
	n := registry.NewTerm{Key: workflow.ClockKey(c.Param("key")), Rev: rev, From: day(c.form(), "from"), Count: count, Reason: c.text("reason")}
	_, err = s.Registry.SetClock(c.ctx(), c.who, n)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return s.askClock(c, bad) })
	}
	c.flash(web.BoxSuccess, "Set. Clocks that run already keep their count.")
	return c.to(clocksPath, c.Param("key"))
}

func (s *server) askClock(c *call, bad registry.Problems) error {
	one, err := s.Registry.Clock(c.ctx(), c.who, workflow.ClockKey(c.Param("key")))
	if err != nil {
		return err
	}
	about := web.Summary{Title: one.Name, Rows: []web.Row{textRow("Time", one.Length(one.Now)), textRow("From", one.Starts), textRow("Until", one.Ends),
		textRow("Moved by", one.Moves), textRow("Source", one.Law)}}
	set := web.Summary{Title: "What the State set", Rows: []web.Row{}}
	for _, t := range one.List {
		set.Rows = append(set.Rows, web.Row{Label: "From " + t.From, Values: []string{one.Length(t.Count) + ". " + t.Reason, "Set " + web.Moment(t.At) + " by account " + strconv.Itoa(t.By)}})
	}
	if len(one.List) == 0 {
		set.Rows = append(set.Rows, textRow("Before", one.Length(one.Count)+", as the program came"))
	}
	back := web.Link{Label: "Clocks", Href: clocksPath}
	if !one.Set {
		p := c.page("Clock")
		p.Back = &back
		return c.show(http.StatusOK, web.DetailPage(p, web.Detail{Above: []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: "Fixed by law"},
			"Only a change of the law, and of this program, changes this count.")}, Summaries: []web.Summary{about}}))
	}
	count, from, reason := field(web.KindNumber, "count", "New count, in "+string(one.Unit)), field(web.KindDate, "from", "From which day?"), field(web.KindText, "reason", "Reason")
	count.Width, from.Hint, reason.Hint = web.Width4, "Today or later. Clocks that start on that day or after it get the new count.", "For example the memo that changed it. It stays on the record."
	if len(bad) > 0 {
		count.Value, from.Values, reason.Value = c.text("count"), boxes(c.form(), "from"), c.text("reason")
	}
	p := c.page("Clock")
	p.Back, p.ErrorTitle = &back, len(bad) > 0
	return c.show(statusFor(bad), web.ActPage(p, web.Act{Form: web.Form{Action: clocksPath + "/" + string(one.Key), CSRF: p.CSRF, Rev: strconv.Itoa(one.Rev)},
		Drawn: drawn([]web.Field{count, from, reason}, bad), Button: "Set", Back: back, Above: []templ.Component{web.SummaryPart(about), web.SummaryPart(set)}}))
}
