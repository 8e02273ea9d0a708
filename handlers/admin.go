package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/registry"
	"nysreferral/web"
)

// directoryViews are the cuts of the directory, as the address names them.
var directoryViews = []struct {
	Show  string
	Label string
	State registry.ContactState
}{
	{"", "In use", registry.InUse},
	{"unverified", "Not verified", registry.Unverified},
	{"asked", "Asked for by OTDA", registry.Asked},
	{"verified", "Verified", registry.Verified},
	{"ended", "Ended", registry.Ended},
}

// directory lists the lines of the directory, unverified first.
func (s *server) directory(c *call) error {
	show, county, kind := c.QueryParam("show"), c.QueryParam("county"), c.QueryParam("kind")
	f := registry.ContactFilter{County: county, Kind: registry.PointKind(kind), After: c.QueryParam("after")}
	var views []web.Link
	for _, v := range directoryViews {
		if v.Show == show {
			f.State = v.State
		}
		views = append(views, web.Link{Label: v.Label, Href: directoryAt(v.Show, county, kind, ""), Current: v.Show == show})
	}
	list, err := s.Registry.Contacts(c.ctx(), c.who, f)
	if err != nil {
		return err
	}
	p := c.page("Directory")
	p.Wide = true
	count(&p, "/directory", list.Asked)
	p.Lead = "Where confirmed people and notices about minors are sent. Nothing is sent to a line that nobody has verified."
	where := field(web.KindSelect, "county", "County")
	where.Options, where.Value, where.Width = options(registry.Counties()), county, web.Width30
	what := field(web.KindSelect, "kind", "Kind")
	what.Options, what.Value, what.Width = options(registry.PointKinds()), kind, web.Width30
	hidden := field(web.KindSelect, "show", "State")
	hidden.Options, hidden.Value, hidden.Width = []web.Option{{Code: "unverified", Label: "Not verified"}, {Code: "asked", Label: "Asked for by OTDA"}, {Code: "verified", Label: "Verified"}, {Code: "ended", Label: "Ended"}}, show, web.Width30
	page := web.Register{
		Views: views,
		Buttons: []web.Button{{Label: "Add a line", Href: "/directory/new", Look: web.ButtonSecond},
			{Label: "Import a file", Href: "/directory/import", Look: web.ButtonSecond}, {Label: "Save as a file", Href: "/directory/export", Look: web.ButtonQuiet}},
		Filter: &web.Filter{Form: web.Form{Action: "/directory", CSRF: p.CSRF}, Drawn: web.Drawn{Fields: []web.Field{where, what, hidden}},
			Button: "Show", Title: "Find by county or kind", Open: county+kind != ""},
		Count:  howMany(list.Total, "line", "lines") + ", " + strconv.Itoa(list.Unverified) + " in use and not verified",
		Tables: []web.Table{directoryTable(list.Lines)},
	}
	if list.Asked > 0 && show != "asked" {
		page.Above = append(page.Above, askedBox(list.Asked))
	}
	if list.Next != "" {
		page.Next = &web.Link{Label: "Next lines", Href: directoryAt(show, county, kind, list.Next)}
	}
	return c.show(http.StatusOK, web.RegisterPage(p, page))
}

// directoryAt is the address of a cut of the directory.
func directoryAt(show, county, kind, after string) string {
	q := url.Values{}
	for name, v := range map[string]string{"show": show, "county": county, "kind": kind, "after": after} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if len(q) == 0 {
		return "/directory"
	}
	return "/directory?" + q.Encode()
}

// directoryFound goes to the cut that somebody asked for.
func (s *server) directoryFound(c *call) error {
	return c.to(directoryAt(c.text("show"), c.text("county"), c.text("kind"), ""))
}

func directoryTable(list []registry.Contact) web.Table {
	t := web.Table{Caption: "Lines of the directory", Hidden: true, Empty: "No line fits. Choose another part of the list above, or clear the filter.",
		Columns: []web.Column{{Label: "Name", Row: true}, {Label: "State"}, {Label: "For"}, {Label: "Serves"}, {Label: "Phone"}, {Label: "Received by"}}}
	for _, c := range list {
		t.Rows = append(t.Rows, []web.Cell{
			{Text: c.Name, Href: "/directory/" + url.PathEscape(c.Key)}, {Part: web.TagPart(stateOf(c))},
			{Text: registry.LabelOf(registry.PointKinds(), string(c.Kind))}, {Text: serves(c, 3)}, {Part: web.WholePart(orElse(c.Phone, "None"))}, {Text: orElse(c.AgencyName, "Nobody yet")}})
	}
	return t
}

func stateOf(c registry.Contact) web.StatusTag {
	switch {
	case c.Ended:
		return web.StateTag(web.StateEnded)
	case c.Verified():
		return web.StateTag(web.StateVerified)
	case c.AskedOn != "":
		return web.StateTag(web.StateAsked)
	}
	return web.StateTag(web.StateUnverified)
}

// serves says whom a line serves, naming at most so many counties.
func serves(c registry.Contact, most int) string {
	switch {
	case len(c.Counties) > 0:
		names := labels(registry.Counties(), c.Counties)
		if len(names) > most {
			return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
		}
		return strings.Join(names, ", ")
	case c.District != "":
		return "District " + registry.LabelOf(registry.Districts(), c.District)
	}
	return c.Region
}

// contact shows one line of the directory.
func (s *server) contact(c *call) error {
	one, err := s.Registry.Contact(c.ctx(), c.who, c.Param("key"))
	if err != nil {
		return err
	}
	p := c.page("Line of the directory")
	p.Back = &web.Link{Label: "Directory", Href: "/directory"}
	at := contactPath(one.Key)
	v := web.Detail{Tags: []web.StatusTag{stateOf(one)}, Summaries: []web.Summary{
		{Title: one.Name, Rows: contactRows(one)},
		{Title: "Verification", Rows: verificationRows(one)}}}
	end := web.Button{Label: "Set a last day", Href: at + "/end", Look: web.ButtonQuiet}
	if one.ValidTo != "" {
		end.Label = "Change the last day"
	}
	verify := web.Button{Label: "Verify", Href: at + "/verify"}
	if one.Verified() {
		verify.Label, verify.Look = "Verify again", web.ButtonSecond
	}
	v.Buttons = []web.Button{verify, {Label: "Change", Href: at + "/edit", Look: web.ButtonSecond}, end}
	switch {
	case one.Ended:
		v.Buttons = v.Buttons[1:]
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: "This line has ended"}, "Its last day of use is past. It stays here because earlier hand-overs point to it.")}
	case one.AskedOn != "":
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxWarning, Title: "OTDA asks you to verify this line"},
			"Asked on "+inWords(one.AskedOn)+". A hand-over waits for it. Ask whether the line is right, then choose Verify.")}
	case !one.Verified():
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxWarning, Title: "Nobody has verified this line"},
			"Nothing is sent here until somebody has asked whether it is right. Where only lines like this serve a county, notices and hand-overs wait.")}
	case one.Agency == 0:
		v.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxWarning, Title: "Nobody can sign in to receive"},
			"No agency is chosen whose people receive what is sent here. Add the agency, then verify this line again and choose it.")}
	}
	return c.show(http.StatusOK, web.DetailPage(p, v))
}

func contactPath(key string) string { return "/directory/" + url.PathEscape(key) }

// contactRows are what somebody has to compare with what they are told.
func contactRows(c registry.Contact) []web.Row {
	rows := []web.Row{
		textRow("Key", c.Key), textRow("For", registry.LabelOf(registry.PointKinds(), string(c.Kind))), textRow("Serves", serves(c, 62)),
		textRow("Phone", c.Phone), textRow("Address", c.Address), textRow("E-mail", c.Email), textRow("Web page", c.URL),
		textRow("Languages", strings.Join(spokenLabels(c.Languages), ", ")), textRow("Works with", strings.Join(labels(specialties, c.Specialties), ", ")),
		textRow("Asked in order", strconv.Itoa(c.Rank)), textRow("First day of use", c.ValidFrom), textRow("Last day of use", c.ValidTo),
		textRow("Where it was found", c.Source),
	}
	return rows
}

func verificationRows(c registry.Contact) []web.Row {
	return []web.Row{textRow("Verified on", inWords(c.VerifiedOn)), textRow("By", c.VerifiedBy), textRow("How, and who answered", c.VerifiedHow), textRow("Whose people receive", c.AgencyName)}
}

// textRow is one line of a summary; nothing is said as such.
func textRow(label, value string) web.Row {
	r := web.Row{Label: label, Empty: "None"}
	if value != "" {
		r.Values = []string{value}
	}
	return r
}
