package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/registry"
	"nysreferral/web"
)

// importFile asks for a directory file.
func (s *server) importFile(c *call) error { return c.askFile(nil) }

func (c *call) askFile(bad registry.Problems) error {
	p := c.page("Import the directory")
	p.Lead, p.ErrorTitle = "Choose a file of the whole directory. You see what would change before anything does.", len(bad) > 0
	back := web.Link{Label: "Directory", Href: "/directory"}
	p.Back = &back
	v := web.Upload{Action: "/directory/import", CSRF: p.CSRF, ID: "file", Label: "File", Accept: ".csv,text/csv", Button: "Show what would change", Back: back,
		Hint: "A table saved as CSV in UTF-8 with the columns key, kind and name, and any others of the file that this page's list can be saved as. At most 1 MB.",
		Above: []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: "A file is the whole directory"},
			"A line that the file does not have gets today as its last day. A verification stays for as long as the ways to reach the line do.")}}
	for _, b := range bad {
		v.Problems = append(v.Problems, web.Problem{ID: "file", Text: b.Say})
	}
	return c.show(statusFor(bad), web.UploadPage(p, v))
}

// previewImport says what a file would change.
func (s *server) previewImport(c *call) error {
	file, err := c.file("file")
	if err != nil {
		return err
	}
	if file == "" {
		return c.askFile(registry.Problems{{Field: "file", Say: "Choose a file that is not empty."}})
	}
	preview, err := s.Registry.ImportPreview(c.ctx(), c.who, []byte(file))
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return c.askFile(bad) })
	}
	p := c.page("What the import would change")
	p.Wide = true
	back := web.Link{Label: "Choose another file", Href: "/directory/import"}
	p.Back = &back
	v := web.Preview{Action: "/directory/import/confirm", CSRF: p.CSRF, Back: back,
		Hidden: []web.Hidden{{Name: "file", Value: file}, {Name: "digest", Value: preview.Digest}}, Above: aboutPreview(preview), Tables: previewTables(preview)}
	if !preview.Changes.Empty() {
		v.Button = "Import: " + importCounts(preview)
	}
	return c.show(http.StatusOK, web.PreviewPage(p, v))
}

func importCounts(p registry.Preview) string {
	return strconv.Itoa(len(p.Changes.Added)) + " added, " + strconv.Itoa(len(p.Changes.Changed)) + " changed, " + strconv.Itoa(len(p.Changes.Ended)) + " ended"
}

func aboutPreview(p registry.Preview) []templ.Component {
	if p.Changes.Empty() {
		return []templ.Component{web.NotePart(web.Box{Kind: web.BoxSuccess, Title: "Nothing would change"}, "The file says what the directory says.")}
	}
	var out []templ.Component
	note := func(kind web.BoxKind, title, text string) {
		out = append(out, web.NotePart(web.Box{Kind: kind, Title: title}, text))
	}
	note(web.BoxInfo, importCounts(p), "Nothing has been changed yet. Read the lists below, then decide.")
	if n := len(p.Changes.Ended); n > 0 {
		note(web.BoxWarning, howMany(n, "line ends today", "lines end today"), "The file does not have them. If it was not meant to be the whole directory, choose another file.")
	}
	if n := len(p.Dropped); n > 0 {
		note(web.BoxWarning, howMany(n, "line loses its verification", "lines lose their verification"), "How to reach them changes: "+strings.Join(p.Dropped, ", ")+". Nothing is sent there until somebody has verified them again.")
	}
	if n := len(p.Verified); n > 0 {
		note(web.BoxWarning, howMany(n, "line is verified by the file", "lines are verified by the file"), "The file says who asked, and when: "+strings.Join(p.Verified, ", ")+". By importing it you answer for that.")
	}
	return out
}

// previewTables are the differences, one table for each sort.
func previewTables(p registry.Preview) []web.Table {
	changed := web.Table{Caption: "Changed", Columns: []web.Column{{Label: "Line", Row: true}, {Label: "Field"}, {Label: "Now"}, {Label: "In the file"}}}
	for _, one := range p.Changes.Changed {
		for _, e := range one.Edits {
			changed.Rows = append(changed.Rows, []web.Cell{{Text: one.New.Key}, {Text: e.Field}, {Text: orElse(e.Old, "(nothing)")}, {Text: orElse(e.New, "(nothing)")}})
		}
	}
	lines := func(caption string, list []registry.Point) web.Table {
		t := web.Table{Caption: caption, Columns: []web.Column{{Label: "Line", Row: true}, {Label: "Name"}, {Label: "For"}, {Label: "Phone"}}}
		for _, one := range list {
			t.Rows = append(t.Rows, []web.Cell{{Text: one.Key}, {Text: one.Name}, {Text: registry.LabelOf(registry.PointKinds(), string(one.Kind))}, {Text: orElse(one.Phone, "(nothing)")}})
		}
		return t
	}
	var out []web.Table
	for _, t := range []web.Table{lines("Ends today", p.Changes.Ended), changed, lines("Added", p.Changes.Added)} {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// imported does what the preview said.
func (s *server) imported(c *call) error {
	file, err := c.file("file")
	if err != nil {
		return err
	}
	done, err := s.Registry.Import(c.ctx(), c.who, []byte(file), c.text("digest"))
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return c.askFile(bad) })
	}
	c.flash(web.BoxSuccess, "Imported: "+importCounts(done)+".")
	return c.to("/directory")
}

// exportContacts sends the directory as a file that can be imported again.
func (s *server) exportContacts(c *call) error {
	file, err := s.Registry.ExportContacts(c.ctx(), c.who)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="directory.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", file)
}

// holidays goes to the holidays of this year.
func (s *server) holidays(c *call) error { return s.year(c, s.thisYear(), nil) }

// holidaysOf shows the holidays of a year.
func (s *server) holidaysOf(c *call) error {
	year, err := number(c.Param("year"))
	if err != nil {
		return err
	}
	return s.year(c, year, nil)
}

func (s *server) thisYear() int {
	year, err := strconv.Atoi(string(s.Referrals.Today())[:4])
	if err != nil {
		return s.Now().Year()
	}
	return year
}

func (s *server) year(c *call, year int, bad registry.Problems) error {
	y, err := s.Registry.Holidays(c.ctx(), c.who, year)
	if err != nil {
		return err
	}
	days := field(web.KindProse, "days", "Holidays of "+strconv.Itoa(year))
	days.Hint, days.Rows, days.Value = "One a line: the day, then the name. For example: "+strconv.Itoa(year)+"-01-01 New Year's Day", 16, holidayLines(y.Days())
	said := "These are the holidays of the General Construction Law. Change the list only for a day that the governor appoints or a change of the law."
	if len(y.Own) > 0 {
		said = "This is a list of the State's own. To go back to the holidays of the General Construction Law, empty it and save."
	}
	if len(bad) > 0 {
		days.Value = c.text("days")
		bad = registry.Problems{{Field: "days", Say: holidayProblem(bad)}}
	}
	at := "/holidays/"
	links := web.Button{Label: "Holidays of " + strconv.Itoa(year+1), Href: at + strconv.Itoa(year+1), Look: web.ButtonQuiet}
	before := web.Button{Label: "Holidays of " + strconv.Itoa(year-1), Href: at + strconv.Itoa(year-1), Look: web.ButtonQuiet}
	p := c.page("Holidays")
	p.Lead, p.ErrorTitle = "Legal deadlines are counted in business days. Saturdays, Sundays and these days do not count.", len(bad) > 0
	return c.show(statusFor(bad), web.ActPage(p, web.Act{
		Form: web.Form{Action: at + strconv.Itoa(year), CSRF: p.CSRF, Rev: strconv.Itoa(y.Rev)}, Drawn: drawn([]web.Field{days}, bad), Button: "Save",
		Above: []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: strconv.Itoa(year)}, said,
			"A changed list counts at once; where the program runs on several machines, within a minute on the others. Deadlines that were already told stay as they are."), web.ButtonPart(before), web.ButtonPart(links)},
		Back: web.Link{Label: "Clocks", Href: clocksPath}}))
}

func holidayLines(days []registry.Holiday) string {
	lines := make([]string, len(days))
	for i, d := range days {
		lines[i] = d.Date + " " + d.Name
	}
	return strings.Join(lines, "\n")
}

// holidayProblem says what is wrong, and in which line.
func holidayProblem(bad registry.Problems) string {
	var out []string
	for _, b := range bad {
		if n, ok := strings.CutPrefix(b.Field, "days."); ok {
			if i, err := strconv.Atoi(n); err == nil {
				out = append(out, "Entry "+strconv.Itoa(i+1)+": "+b.Say)
				continue
			}
		}
		out = append(out, b.Say)
	}
	return strings.Join(out, " ")
}

// savedHolidays keeps the list of a year.
func (s *server) savedHolidays(c *call) error {
	year, err := number(c.Param("year"))
	if err != nil {
		return err
	}
	rev, err := c.rev()
	if err != nil {
		return err
	}
	var days []registry.Holiday
	for line := range strings.SplitSeq(plainLines(c.text("days")), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			date, name, _ := strings.Cut(line, " ")
			days = append(days, registry.Holiday{Date: date, Name: name})
		}
	}
	_, err = s.Registry.SaveHolidays(c.ctx(), c.who, year, rev, days)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return s.year(c, year, bad) })
	}
	c.flash(web.BoxSuccess, "Saved. The list counts from now on.")
	return c.to("/holidays", strconv.Itoa(year))
}
