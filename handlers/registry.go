package handlers

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

// What the pages of the registry share: asking, drawing what was refused, and
// the words of codes.

// Who, for the list below.
var (
	runs     = []workflow.Duty{workflow.Administrator}
	accounts = []workflow.Duty{workflow.Coordinator, workflow.Administrator}
	audits   = []workflow.Duty{workflow.Auditor}
)

// registryRoutes are the routes of administrator, coordinator and auditor.
func (s *server) registryRoutes() []route {
	return []route{
		// Administrator: the register and the directory.
		{get, "/directory", runs, s.directory},
		{post, "/directory", runs, s.directoryFound},
		{get, "/directory/new", runs, s.newContact},
		{post, "/directory/new", runs, s.addContact},
		{get, "/directory/import", runs, s.importFile},
		{post, "/directory/import", runs, s.previewImport},
		{post, "/directory/import/confirm", runs, s.imported},
		{get, "/directory/export", runs, s.exportContacts},
		{get, "/directory/:key", runs, s.contact},
		{get, "/directory/:key/edit", runs, s.editContact},
		{post, "/directory/:key/edit", runs, s.saveContact},
		{get, "/directory/:key/verify", runs, s.verifyContact},
		{post, "/directory/:key/verify", runs, s.verifiedContact},
		{get, "/directory/:key/end", runs, s.endContact},
		{post, "/directory/:key/end", runs, s.endedContact},
		{get, "/agencies", runs, s.agencies},
		{get, "/agencies/new", runs, s.newAgency},
		{post, "/agencies/new", runs, s.addAgency},
		{get, "/agencies/:number", runs, s.agency},
		{post, "/agencies/:number", runs, s.saveAgency},
		{get, "/holidays", runs, s.holidays},
		{get, "/holidays/:year", runs, s.holidaysOf},
		{post, "/holidays/:year", runs, s.savedHolidays},
		{get, clocksPath, runs, s.clocks},
		{get, clocksPath + "/:key", runs, s.clockTerms},
		{post, clocksPath + "/:key", runs, s.setClock},

		// OTDA reads the directory, and asks to have a line verified.
		{get, "/directory", program, s.lookDirectory},
		{post, "/directory", program, s.lookedDirectory},
		{get, "/directory/:key", program, s.lookContact},
		{post, "/directory/:key/ask", program, s.askContactVerified},

		// Coordinator and administrator: accounts.
		{get, "/people", accounts, s.people},
		{get, "/people/new", accounts, s.newPerson},
		{post, "/people/new", accounts, s.addPerson},
		{post, "/people/act", accounts, s.personAct},

		// Auditor: the log.
		{get, "/log", audits, s.log},
		{post, "/log", audits, s.searchLog},
		{get, "/log/verify", audits, s.checkLog},
		{post, "/log/verify", audits, s.checkedLog},
		{get, "/log/checkpoints", audits, s.checkpoints},
		{post, "/log/checkpoints", audits, s.checkpoints},
		{get, "/log/access", audits, s.access},
		{post, "/log/access", audits, s.accessReport},
		{get, weekPath, audits, s.week},
		{post, weekPath, audits, s.signWeek},
	}
}

// asking is one form of the registry: what it asks and what it does.
type asking struct {
	Title  string
	Lead   string
	Action string
	Rev    int // 0 draws none
	Fields []web.Field
	Act    web.Act // Above, Button, Danger and Back; the rest is filled in
}

// ask draws a form, with what was refused.
func (c *call) ask(a asking, bad registry.Problems) error {
	p := c.page(a.Title)
	p.Lead, p.Back, p.ErrorTitle = a.Lead, &a.Act.Back, len(bad) > 0
	a.Act.Form = web.Form{Action: a.Action, CSRF: p.CSRF}
	if a.Rev != 0 {
		a.Act.Form.Rev = strconv.Itoa(a.Rev)
	}
	a.Act.Drawn = drawn(a.Fields, bad)
	return c.show(statusFor(bad), web.ActPage(p, a.Act))
}

func statusFor(bad registry.Problems) int {
	if len(bad) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// drawn puts each problem beside its field; one without a field stands above.
func drawn(fields []web.Field, bad registry.Problems) web.Drawn {
	out := web.Drawn{Fields: fields}
	for _, p := range bad {
		at := web.Problem{Text: p.Say}
		for i := range fields {
			if fields[i].Name == p.Field {
				fields[i].Error, at.ID = p.Say, fields[i].ID
			}
		}
		out.Problems = append(out.Problems, at)
	}
	return out
}

// problems returns the Problems in err; the rest of err when it is anything
// else.
func problems(err error) (registry.Problems, error) {
	var bad registry.Problems
	if errors.As(err, &bad) {
		return bad, nil
	}
	return nil, err
}

// rev is the revision that the page was drawn from.
func (c *call) rev() (int, error) {
	rev, err := strconv.Atoi(c.form().Get(web.InputRev))
	if err != nil || rev < 0 {
		return 0, fault.New(fault.Conflict, "This page does not say what it was drawn from. Open it again, then decide.")
	}
	return rev, nil
}

// number reads a number of an agency or account; what is none is absent.
func number(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return 0, fault.Absent()
	}
	return n, nil
}

// text is one answer as somebody typed it.
func (c *call) text(name string) string { return clean(c.form().Get(name)) }

// texts are the answers of a question that takes several.
func (c *call) texts(name string) []string {
	var out []string
	for _, s := range c.form()[name] {
		out = append(out, clean(s))
	}
	return out
}

// day reads three boxes as 2026-11-03, "" when all are empty. What is no day
// comes back as it was typed, for the registry to refuse.
func day(in url.Values, name string) string {
	month, day, year := box(in, name+web.DateMonth), box(in, name+web.DateDay), box(in, name+web.DateYear)
	if month+day+year == "" {
		return ""
	}
	m, err1 := strconv.Atoi(month)
	d, err2 := strconv.Atoi(day)
	y, err3 := strconv.Atoi(year)
	if errors.Join(err1, err2, err3) != nil || len(year) != 4 {
		return "?"
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

func box(in url.Values, name string) string { return clean(strings.TrimSpace(in.Get(name))) }

// boxes are the three boxes of a day as they were typed.
func boxes(in url.Values, name string) []string {
	return []string{box(in, name+web.DateMonth), box(in, name+web.DateDay), box(in, name+web.DateYear)}
}

// options draws codes and words.
func options(list []registry.Word) []web.Option {
	out := make([]web.Option, len(list))
	for i, w := range list {
		out[i] = web.Option{Code: w.Code, Label: w.Label}
	}
	return out
}

// labels are the words of codes.
func labels(list []registry.Word, codes []string) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = registry.LabelOf(list, code)
	}
	return out
}

// field begins a field whose id and name are one.
func field(kind web.Kind, name, label string) web.Field {
	return web.Field{Kind: kind, ID: name, Name: name, Label: label}
}

// file reads the file that a form sent under name, "" when none was chosen.
// Line ends are those of one kind, as a browser may change them on the way.
func (c *call) file(name string) (string, error) {
	if held := c.form().Get(name); held != "" {
		return plainLines(held), nil
	}
	part, err := c.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("handlers: finding a file: %w", err)
	}
	f, err := part.Open()
	if err != nil {
		return "", fmt.Errorf("handlers: opening a file: %w", err)
	}
	defer f.Close()
	all, err := io.ReadAll(f)
	if err != nil {
		return "", fmt.Errorf("handlers: reading a file: %w", err)
	}
	return plainLines(string(all)), nil
}

func plainLines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// orElse is s, or instead when s is empty.
func orElse(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// howMany says how many of something there are.
func howMany(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
