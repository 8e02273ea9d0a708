package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/registry"
	"nysreferral/web"
)

// log shows the newest lines and asks what to search.
func (s *server) log(c *call) error { return s.showLog(c, registry.LogFilter{}) }

// searchLog shows the lines that somebody searched. What is searched stands in
// no address.
func (s *server) searchLog(c *call) error {
	f := registry.LogFilter{Reference: c.text("reference"), Action: strings.TrimSpace(c.text("action")), Outcome: c.text("outcome"),
		From: day(c.form(), "from"), To: day(c.form(), "to"), Cursor: c.text("cursor")}
	if text := strings.TrimSpace(c.text("account")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return s.drawLog(c, f, registry.LogPage{}, registry.Problems{{Field: "account", Say: "Enter the number of an account, as lines of the log show it."}})
		}
		f.Account = n
	}
	return s.showLog(c, f)
}

func (s *server) showLog(c *call, f registry.LogFilter) error {
	page, err := s.Registry.Lines(c.ctx(), c.who, f)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return s.drawLog(c, f, page, bad) })
	}
	return s.drawLog(c, f, page, nil)
}

func (s *server) drawLog(c *call, f registry.LogFilter, page registry.LogPage, bad registry.Problems) error {
	p := c.page("Log")
	p.Wide, p.ErrorTitle = true, len(bad) > 0
	p.Lead = "Who read or did what, and when. Offices have names here, people have numbers, and nobody who was referred stands in it. Your own look is a line, too."
	fields := c.logFields(f)
	v := web.Register{Filter: &web.Filter{Form: web.Form{Action: "/log", CSRF: p.CSRF}, Drawn: drawn(fields, bad), Button: "Search",
		Title: "Search the log", Open: len(bad) > 0}}
	v.Buttons = []web.Button{{Label: "Weekly review", Href: weekPath, Look: web.ButtonSecond}, {Label: "What was destroyed", Href: retentionPath, Look: web.ButtonQuiet}}
	if by := searched(f); by != "" {
		v.Filter.Title, v.Count = "Change the search", "Searched by "+by
		v.Views = []web.Link{{Label: "Newest lines", Href: "/log"}}
	}
	if len(bad) == 0 {
		v.Tables = []web.Table{logTable(page.Lines)}
	}
	if page.Next != "" {
		more := &web.SmallForm{Action: "/log", CSRF: p.CSRF, Buttons: []web.Button{{Label: "Older lines", Look: web.ButtonSecond}},
			Hidden: []web.Hidden{{Name: "cursor", Value: page.Next}}}
		for _, field := range []string{"reference", "account", "action", "outcome", "from.month", "from.day", "from.year", "to.month", "to.day", "to.year"} {
			if value := c.text(field); value != "" {
				more.Hidden = append(more.Hidden, web.Hidden{Name: field, Value: value})
			}
		}
		v.More = more
	}
	return c.show(statusFor(bad), web.RegisterPage(p, v))
}

// searched says by what the log was searched, "" for nothing.
func searched(f registry.LogFilter) string {
	var out []string
	for _, one := range []struct{ word, value, said string }{{"reference ", f.Reference, f.Reference}, {"what was done: ", f.Action, did(f.Action)},
		{"how it ended: ", f.Outcome, outcome(f.Outcome)}, {"from ", f.From, f.From}, {"to ", f.To, f.To}} {
		if one.value != "" {
			out = append(out, one.word+one.said)
		}
	}
	if f.Account != 0 {
		out = append(out, "account "+strconv.Itoa(f.Account))
	}
	return strings.Join(out, ", ")
}

// logFields are what the log can be searched by, with what was typed.
func (c *call) logFields(f registry.LogFilter) []web.Field {
	ref := field(web.KindCode, "reference", "Reference")
	ref.Hint, ref.Value, ref.Width, ref.Optional = "For example 7K4M-2QX9-C3TB-5. Other ids of the log work as well, such as contact:ldss-erie or agency:3.", f.Reference, web.Width30, true
	account := field(web.KindNumber, "account", "Number of the account that acted")
	account.Value, account.Width, account.Optional = c.text("account"), web.Width10, true
	action := field(web.KindSelect, "action", "What was done")
	action.Value, action.Options, action.Width, action.Optional = f.Action, didOptions(f.Action), web.Width30, true
	ended := field(web.KindChoice, "outcome", "Outcome")
	ended.Value, ended.Options = f.Outcome, []web.Option{{Code: "", Label: "Any"}}
	for _, one := range []string{"done", "refused", "failed"} {
		ended.Options = append(ended.Options, web.Option{Code: one, Label: outcome(one)})
	}
	from, to := field(web.KindDate, "from", "From"), field(web.KindDate, "to", "To")
	from.Optional, to.Optional = true, true
	from.Values, to.Values = boxes(c.form(), "from"), boxes(c.form(), "to")
	return []web.Field{ref, account, action, ended, from, to}
}

func logTable(list []registry.LogLine) web.Table {
	t := web.Table{Caption: "Lines, the last written first", Hidden: true, Empty: "No line fits what you searched.", Columns: []web.Column{
		{Label: "When", Row: true}, {Label: "Who"}, {Label: "Did"}, {Label: "Outcome"}, {Label: "What about"}, {Label: "Why"}, {Label: "Place", Number: true}}}
	for _, l := range list {
		place := "waits"
		if l.Place >= 0 {
			place = strconv.FormatInt(l.Place, 10)
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: web.Second(l.At)}, {Text: whoDid(l)}, {Text: did(l.Action)}, {Text: outcome(l.Outcome)}, {Text: whatAbout(l)}, {Part: web.LongPart(strings.Join(nonEmpty(spaced(l.Reason), l.Rule), " · "))}, {Text: place}})
	}
	return t
}

// whoDid names the office, the duty and the number of the account.
func whoDid(l registry.LogLine) string {
	account := "account " + strconv.Itoa(l.Account)
	if l.Account == 0 {
		account = "no account"
	}
	return strings.Join(nonEmpty(l.Office, l.Duty, account, l.Source), " · ")
}

// whatAbout names the ids of a line; a long list is counted.
func whatAbout(l registry.LogLine) string {
	var refs []string
	for i, ref := range l.Refs {
		if i == 6 {
			refs = append(refs, "and "+strconv.Itoa(len(l.Refs)-6)+" more")
			break
		}
		refs = append(refs, aboutWords(ref))
	}
	about := []string{strings.Join(refs, ", ")}
	if l.Handover > 0 {
		about = append(about, "hand-over "+strconv.Itoa(l.Handover))
	}
	if len(l.Fields) > 0 {
		about = append(about, "fields: "+strings.Join(fieldWords(l.Fields), ", "))
	}
	return strings.Join(nonEmpty(about...), " · ")
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// checkLog asks for the checkpoint that the auditor kept, if any.
func (s *server) checkLog(c *call) error { return c.drawCheck(web.LogCheck{}, "") }

// checkedLog checks the whole log now and says what was found.
func (s *server) checkedLog(c *call) error {
	kept := c.text("kept")
	proof, err := s.Registry.VerifyNow(c.ctx(), c.who, kept)
	if err != nil {
		return err
	}
	v := web.LogCheck{Keep: proof.Head, Note: "Copy it whole and keep it apart from this system. Next time, give it here: then nobody can have changed what was before it."}
	v.Rows = []web.Row{textRow("Lines", strconv.FormatInt(proof.Lines, 10)), textRow("Signed checkpoints", strconv.Itoa(proof.Checkpoints)), textRow("Lines that wait to be taken in", strconv.Itoa(proof.Waiting))}
	switch {
	case proof.Found != "":
		where := "It is none of the places of the log."
		if proof.From >= 0 {
			where = "From place " + strconv.FormatInt(proof.From, 10) + " to place " + strconv.FormatInt(proof.To, 10) + "; places count from 0."
		}
		v.Keep = ""
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxDanger, Title: "Something is wrong"}, "The check found: "+proof.Found+".", where,
			"Keep this page and your checkpoints, tell nobody who runs the system before you have told your own office, and have the log exported.")}
	case proof.Kept:
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxSuccess, Title: "The log is whole"}, "Every line is as it was when it was signed, and the log goes on from the checkpoint that you kept.")}
	default:
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxSuccess, Title: "The log is whole"}, "Every line is as it was when it was signed. Give a checkpoint that you kept to be sure that the whole log was not replaced.")}
	}
	return c.drawCheck(v, kept)
}

func (c *call) drawCheck(v web.LogCheck, kept string) error {
	p := c.page("Verify the log")
	p.Lead = "Reads every line, every hash and every signature, and says the first thing that is wrong."
	own := field(web.KindProse, "kept", "A checkpoint that you kept")
	own.Hint, own.Value, own.Rows, own.Optional = "Five lines and a signature, copied whole.", kept, 8, true
	v.Form, v.Drawn, v.Button = web.Form{Action: "/log/verify", CSRF: p.CSRF}, web.Drawn{Fields: []web.Field{own}}, "Verify now"
	return c.show(http.StatusOK, web.LogCheckPage(p, v))
}

// checkpoints lists the signed heads of the log.
func (s *server) checkpoints(c *call) error {
	page, err := s.Registry.Checkpoints(c.ctx(), c.who, c.text("cursor"))
	if err != nil {
		return err
	}
	p := c.page("Checkpoints")
	p.Lead = "Each says, in one signed hash, what the log was at a moment. Who keeps one can prove later that nothing before it was changed."
	t := web.Table{Caption: "Checkpoints, the newest first", Hidden: true, Empty: "No line has been taken in yet. Come back in a minute.",
		Columns: []web.Column{{Label: "Signed", Row: true}, {Label: "Lines", Number: true}, {Label: "Text"}}}
	for _, one := range page.Lines {
		size := strconv.FormatInt(one.Size, 10)
		t.Rows = append(t.Rows, []web.Cell{{Text: web.Second(one.At)}, {Text: size}, {Part: web.NotedPart("Show the checkpoint of "+size+" lines", one.Text)}})
	}
	v := web.Register{Tables: []web.Table{t}}
	if page.Next != "" {
		v.More = &web.SmallForm{Action: "/log/checkpoints", CSRF: p.CSRF, Hidden: []web.Hidden{{Name: "cursor", Value: page.Next}}, Buttons: []web.Button{{Label: "Older checkpoints", Look: web.ButtonSecond}}}
	}
	return c.show(http.StatusOK, web.RegisterPage(p, v))
}

// access asks for a reference.
func (s *server) access(c *call) error { return c.drawAccess("", nil, nil) }

// accessReport counts who touched a referral, by office.
func (s *server) accessReport(c *call) error {
	ref := strings.TrimSpace(c.text("reference"))
	if ref == "" {
		return c.drawAccess(ref, nil, registry.Problems{{Field: "reference", Say: "Enter the reference: 13 letters and digits in groups."}})
	}
	list, err := s.Registry.AccessReport(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	t := web.Table{Caption: "Access to " + ref, Empty: "The log has no line about this reference. Compare it sign by sign.", Columns: []web.Column{
		{Label: "Office", Row: true}, {Label: "Duty"}, {Label: "Did"}, {Label: "Outcome"}, {Label: "Times", Number: true}, {Label: "First"}, {Label: "Last"}}}
	for _, a := range list {
		office := a.Office
		if office == "" {
			office = "The program itself"
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: office}, {Text: a.Duty}, {Text: did(a.Action)}, {Text: outcome(a.Outcome)}, {Text: strconv.Itoa(a.Count)}, {Text: web.Second(a.First)}, {Text: web.Second(a.Last)}})
	}
	return c.drawAccess(ref, []web.Table{t}, nil)
}

func (c *call) drawAccess(ref string, tables []web.Table, bad registry.Problems) error {
	p := c.page("Access report")
	p.Wide, p.ErrorTitle = true, len(bad) > 0
	p.Lead = "Which offices read or changed a referral, how often and when. It names no person."
	typed := field(web.KindCode, "reference", "Reference")
	typed.Hint, typed.Value, typed.Width = "For example 7K4M-2QX9-C3TB-5.", ref, web.Width30
	return c.show(statusFor(bad), web.RegisterPage(p, web.Register{Tables: tables, Filter: &web.Filter{Form: web.Form{Action: "/log/access", CSRF: p.CSRF},
		Drawn: drawn([]web.Field{typed}, bad), Button: "Count", Title: "Choose a referral", Open: true}}))
}
