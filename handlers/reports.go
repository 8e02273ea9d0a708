package handlers

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/web"
	"nysreferral/workflow"
)

const reportsPath = "/reports"

// readsReports are the duties that see any report.
func readsReports() []workflow.Duty {
	var out []workflow.Duty
	for _, r := range workflow.Reports {
		for _, d := range r.Duties {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// reportRoutes are the pages of numbers.
func (s *server) reportRoutes() []route {
	who := readsReports()
	return []route{
		{get, reportsPath, who, s.reports},
		{get, reportsPath + "/:name", who, s.report},
		{post, reportsPath + "/:name", who, s.reportChosen},
		{get, reportsPath + "/:name/file", who, s.reportFile},
	}
}

// reports lists the reports that somebody may see. It shows no number.
func (s *server) reports(c *call) error {
	p := c.page("Reports")
	p.Lead = "Numbers about referrals, never about one person. Each report that you open is a line in the log."
	t := web.Table{Caption: "Reports", Hidden: true, Columns: []web.Column{{Label: "Report", Row: true}, {Label: "What it tells"}}}
	for _, name := range referrals.MayReport(c.who) {
		title, lead, _ := reports.Described(name)
		t.Rows = append(t.Rows, []web.Cell{{Text: title, Href: reportsPath + "/" + url.PathEscape(name)}, {Text: lead}})
	}
	return c.show(http.StatusOK, web.RegisterPage(p, web.Register{Tables: []web.Table{t}}))
}

// asked is the report and the period in the address.
func (c *call) asked() referrals.Asked {
	return referrals.Asked{Name: c.Param("name"), From: c.QueryParam("from"), To: c.QueryParam("to")}
}

// report shows the numbers of a period, and asks for another.
func (s *server) report(c *call) error {
	asked := c.asked()
	rep, err := s.Referrals.Report(c.ctx(), c.who, asked)
	var bad forms.Problems
	if err != nil && !errors.As(err, &bad) {
		return err
	}
	title, lead, _ := reports.Described(asked.Name)
	p := c.frame(title, reportsPath)
	p.Lead, p.Wide, p.ErrorTitle = lead, true, len(bad) > 0
	p.Back = &web.Link{Label: "Reports", Href: reportsPath}
	v := web.Report{Filter: s.periodFilter(c, asked, p.CSRF, rep, bad)}
	if len(bad) > 0 {
		return c.show(http.StatusUnprocessableEntity, web.ReportPage(p, v))
	}
	v.Period, v.Made, v.TooFew, v.Notes = periodWords(rep), "Counted "+web.Moment(rep.MadeAt)+".", rep.TooFew, rep.Notes
	if v.TooFew != "" && s.Settings.Banner != "" {
		v.TooFew += " This demonstration holds a few referrals only. Begun anew with --history it has made-up months before, and numbers to show."
	}
	v.File = reportAt(asked.Name+"/file", rep.From, rep.To)
	for _, t := range rep.Tables {
		v.Tables = append(v.Tables, reportTable(t))
	}
	return c.show(http.StatusOK, web.ReportPage(p, v))
}

// reportChosen goes to the period that somebody chose.
func (s *server) reportChosen(c *call) error {
	return c.to(reportAt(c.Param("name"), c.text("from"), c.text("to")))
}

// reportFile answers with the same numbers as a file.
func (s *server) reportFile(c *call) error {
	rep, err := s.Referrals.Report(c.ctx(), c.who, c.asked())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := rep.CSV(&b); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+rep.Name+"-"+rep.From+"-"+rep.To+`.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

func reportAt(name, from, to string) string {
	q := url.Values{}
	for key, v := range map[string]string{"from": from, "to": to} {
		if v != "" {
			q.Set(key, v)
		}
	}
	if len(q) == 0 {
		return reportsPath + "/" + name
	}
	return reportsPath + "/" + name + "?" + q.Encode()
}

// periodFilter asks for the first and the last month.
func (s *server) periodFilter(c *call, asked referrals.Asked, csrf string, rep reports.Report, bad forms.Problems) web.Filter {
	months := monthOptions(s.Referrals.Now())
	from, to := field(web.KindSelect, "from", "First month"), field(web.KindSelect, "to", "Last month")
	from.Options, from.Value, from.Width = months, orElse(rep.From, asked.From), web.Width20
	to.Options, to.Value, to.Width = months, orElse(rep.To, asked.To), web.Width20
	out := web.Filter{Form: web.Form{Action: reportsPath + "/" + asked.Name, CSRF: csrf}, Button: "Show", Title: "Choose another period", Open: len(bad) > 0,
		Drawn: web.Drawn{Fields: []web.Field{from, to}}}
	for _, one := range bad {
		at := web.Problem{Text: one.Message}
		for i := range out.Drawn.Fields {
			if f := &out.Drawn.Fields[i]; f.Name == one.Field {
				f.Error, at.ID = one.Message, f.ID
			}
		}
		out.Drawn.Problems = append(out.Drawn.Problems, at)
	}
	return out
}

// monthOptions are the months that a report can be about, the last first.
func monthOptions(now time.Time) []web.Option {
	var out []web.Option
	for m := reports.MonthOf(now); len(out) < reports.MostMonths; m = m.Next(-1) {
		out = append(out, web.Option{Code: m.String(), Label: m.Words()})
	}
	return out
}

func periodWords(rep reports.Report) string {
	p, err := reports.ParsePeriod(rep.From, rep.To, rep.MadeAt)
	if err != nil {
		return rep.From + " to " + rep.To
	}
	return p.Words()
}

// fewRows is how many rows a table has at most that is drawn whole.
const fewRows = 6

// reportTable draws a table; of a long one, rows of which everything is
// withheld are told together.
func reportTable(t reports.Table) web.ReportTable {
	out := web.ReportTable{ID: "table-" + t.Key, Title: t.Title, Note: t.Note, Plot: plotOf(t)}
	out.Table = web.Table{Caption: t.Title, Hidden: true, Columns: []web.Column{{Label: t.Head, Row: true}}, Empty: "Too few to show: every number of this table is withheld."}
	for _, c := range t.Columns {
		label := c.Label
		if c.Unit == reports.InPercent {
			label += ", %"
		}
		out.Table.Columns = append(out.Table.Columns, web.Column{Label: label, Number: true})
	}
	left := 0
	if !t.Shown() {
		return out
	}
	for _, r := range t.Rows {
		if !r.Shown() && len(t.Rows) > fewRows {
			left++
			continue
		}
		cells := []web.Cell{{Text: r.Label}}
		for _, f := range r.Figures {
			cells = append(cells, web.Cell{Text: figureWords(f)})
		}
		out.Table.Rows = append(out.Table.Rows, cells)
	}
	if left > 0 {
		out.More = howMany(left, "more row", "more rows") + ": every number is withheld, or there is nobody."
	}
	return out
}

func figureWords(f reports.Figure) string {
	switch {
	case f.Withheld:
		return reports.WithheldWord
	case f.Value == nil:
		return "–"
	}
	return strconv.Itoa(*f.Value)
}

// mostBars is how many bars a plot has at most.
const mostBars = 30

// plotOf is a plot of the column of a table that tells most, nil when fewer
// than two of its numbers are shown.
func plotOf(t reports.Table) *web.Plot {
	if t.Plot >= len(t.Columns) {
		return nil
	}
	col := t.Columns[t.Plot]
	out := &web.Plot{ID: "plot-" + t.Key, Title: t.Title + ": " + col.Label}
	shown, percent := 0, col.Unit == reports.InPercent
	if percent {
		out.Most = 100
	}
	for _, r := range t.Rows {
		f := r.Figures[t.Plot]
		if !r.Shown() || r.Key == reports.Total && !percent || f.Value == nil && !f.Withheld || len(out.Bars) == mostBars {
			continue
		}
		b := web.Bar{Label: r.Label, Text: figureWords(f), Withheld: f.Withheld}
		if f.Value != nil {
			shown++
			b.Value = *f.Value
			out.Most = max(out.Most, b.Value)
			if percent {
				b.Text += " %"
			}
		}
		out.Bars = append(out.Bars, b)
	}
	if shown < 2 {
		return nil
	}
	return out
}
