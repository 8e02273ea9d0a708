package handlers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/forms"
	"nysreferral/registry"
	"nysreferral/web"
)

// specialties are the codes by which providers are ranked.
var specialties = []registry.Word{{Code: "labor", Label: "Labor trafficking"}, {Code: "sex", Label: "Sex trafficking"}, {Code: "minor", Label: "Minors"}}

// spoken are the languages of the form that a provider can offer.
func spoken() []registry.Word {
	f := forms.Questions.ByID("E1")
	var out []registry.Word
	for i, code := range f.Codes {
		if code != "other" && code != "unknown" {
			out = append(out, registry.Word{Code: code, Label: f.Labels[i]})
		}
	}
	return out
}

func spokenLabels(codes []string) []string { return labels(spoken(), codes) }

// newContact asks for a new line.
func (s *server) newContact(c *call) error {
	return c.askContact(registry.Contact{}, nil)
}

// addContact keeps a new line.
func (s *server) addContact(c *call) error {
	one := registry.Contact{}
	one.Key = strings.TrimSpace(c.text("key"))
	c.readContact(&one)
	saved, err := s.Registry.SaveContact(c.ctx(), c.who, one)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return c.askContact(one, bad) })
	}
	c.flash(web.BoxSuccess, "The line was added. It is used once somebody has verified it.")
	return c.to("/directory", saved.Key)
}

// orAsk returns err, or what ask does when there is none.
func orAsk(err error, ask func() error) error {
	if err != nil {
		return err
	}
	return ask()
}

// editContact asks what to change in a line.
func (s *server) editContact(c *call) error {
	one, err := s.Registry.Contact(c.ctx(), c.who, c.Param("key"))
	if err != nil {
		return err
	}
	return c.askContact(one, nil)
}

// saveContact changes a line.
func (s *server) saveContact(c *call) error {
	one, err := s.Registry.Contact(c.ctx(), c.who, c.Param("key"))
	if err != nil {
		return err
	}
	was := one.Verified()
	if one.Rev, err = c.rev(); err != nil {
		return err
	}
	if one.Rev == 0 {
		one.Rev = -1 // a page of a new line is none of this one
	}
	c.readContact(&one)
	saved, err := s.Registry.SaveContact(c.ctx(), c.who, one)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return c.askContact(one, bad) })
	}
	if was && !saved.Verified() {
		c.flash(web.BoxWarning, "Saved. How to reach this line changed, so it has to be verified again before anything is sent.")
	} else {
		c.flash(web.BoxSuccess, "Saved.")
	}
	return c.to("/directory", saved.Key)
}

// readContact puts what the page asks into a line.
func (c *call) readContact(one *registry.Contact) {
	one.Kind = registry.PointKind(c.text("kind"))
	one.Name, one.District, one.Region = c.text("name"), c.text("district"), c.text("region")
	one.Counties, one.Languages, one.Specialties = c.texts("counties"), c.texts("languages"), c.texts("specialties")
	one.Phone, one.Address, one.Email, one.URL = c.text("phone"), c.text("address"), c.text("email"), c.text("url")
	one.Source, one.ValidFrom = c.text("source"), day(c.form(), "valid_from")
	rank, err := strconv.Atoi(strings.TrimSpace(c.text("rank")))
	if err != nil {
		rank = -1
	}
	one.Rank = rank
}

// askContact draws the page of a new or a changed line.
func (c *call) askContact(one registry.Contact, bad registry.Problems) error {
	a := asking{Title: "Change a line", Action: contactPath(one.Key) + "/edit", Rev: one.Rev,
		Act: web.Act{Button: "Save", Back: web.Link{Label: "The line", Href: contactPath(one.Key)}}, Fields: contactFields(one)}
	if one.Verified() {
		a.Act.Above = []templ.Component{web.NotePart(web.Box{Kind: web.BoxInfo, Title: "This line is verified"},
			"When you change its name, whom it serves, or how to reach it, somebody has to verify it again.")}
	}
	if one.Rev == 0 {
		a.Title, a.Action, a.Act.Back = "Add a line", "/directory/new", web.Link{Label: "Directory", Href: "/directory"}
		key := field(web.KindText, "key", "Key")
		key.Hint, key.Value, key.Width = "A short name of its own that never changes: small letters, digits and hyphens, like ldss-erie-child or rhtp-harbor-light.", one.Key, web.Width30
		a.Fields = slices.Insert(a.Fields, 0, key)
	}
	if len(bad) > 0 && len(c.form()) > 0 {
		for i, f := range a.Fields {
			if f.Name == "valid_from" {
				a.Fields[i].Values = boxes(c.form(), "valid_from")
			}
			if f.Name == "rank" {
				a.Fields[i].Value = c.text("rank")
			}
		}
	}
	return c.ask(a, bad)
}

// contactFields are the questions about a line.
func contactFields(one registry.Contact) []web.Field {
	filled := func(kind web.Kind, name, label, hint, value string, width web.Width) web.Field {
		f := field(kind, name, label)
		f.Hint, f.Value, f.Width, f.Optional = hint, value, width, true
		return f
	}
	chosen := func(name, label, hint, value string, list []registry.Word) web.Field {
		f := filled(web.KindSelect, name, label, hint, value, web.Width30)
		f.Options = options(list)
		return f
	}
	several := func(name, label, hint string, values []string, list []registry.Word) web.Field {
		f := filled(web.KindMany, name, label, hint, "", "")
		f.Values, f.Options = values, options(list)
		return f
	}
	kind := chosen("kind", "For", "", string(one.Kind), registry.PointKinds())
	name := filled(web.KindText, "name", "Name", "The department, provider or unit, as people write it.", one.Name, "")
	rank := filled(web.KindNumber, "rank", "Order", "0 is asked first where several could take a person.", strconv.Itoa(one.Rank), web.Width4)
	kind.Optional, name.Optional, rank.Optional = false, false, false
	return []web.Field{kind, name,
		chosen("district", "District", "For a local department of social services.", one.District, registry.Districts()),
		chosen("region", "Region", "For a provider of the program. It serves all of the region when no county is ticked below.", one.Region, registry.Regions()),
		several("counties", "Counties", "Leave all unticked when it serves all of its district or region.", one.Counties, registry.Counties()),
		filled(web.KindPhone, "phone", "Phone", "One number, like 518-555-0123 or 518-555-0123 ext. 4.", one.Phone, web.Width20),
		filled(web.KindText, "address", "Address", "On one line.", one.Address, ""),
		filled(web.KindEmail, "email", "E-mail", "Only messages that something waits go here, never anything about a person.", one.Email, web.Width30),
		filled(web.KindText, "url", "Web page", "Beginning with https://", one.URL, ""),
		several("languages", "Languages spoken there", "", one.Languages, spoken()),
		several("specialties", "Works with", "", one.Specialties, specialties),
		rank,
		filled(web.KindDate, "valid_from", "First day of use", "Empty means always.", one.ValidFrom, ""),
		filled(web.KindText, "source", "Where you found it", "A web page, a letter, a list.", one.Source, ""),
	}
}

// verifyContact asks how somebody checked a line, and who answered.
func (s *server) verifyContact(c *call) error {
	return s.askVerify(c, registry.Verification{}, nil)
}

// verifiedContact marks a line as verified.
func (s *server) verifiedContact(c *call) error {
	rev, err := c.rev()
	if err != nil {
		return err
	}
	v := registry.Verification{Key: c.Param("key"), Rev: rev, How: c.text("how"), Whom: c.text("whom")}
	if id := c.text("agency"); id != "" {
		if v.Agency, err = number(id); err != nil {
			return err
		}
	}
	one, err := s.Registry.Verify(c.ctx(), c.who, v)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return s.askVerify(c, v, bad) })
	}
	said := "Verified. What waited for this line goes on."
	if one.Agency == 0 {
		said = "Verified. What waits for this line goes on once an agency receives here: add it, then verify again and choose it."
	}
	c.flash(web.BoxSuccess, said)
	return c.to("/directory", one.Key)
}

func (s *server) askVerify(c *call, v registry.Verification, bad registry.Problems) error {
	one, list, err := s.Registry.ContactToVerify(c.ctx(), c.who, c.Param("key"))
	if err != nil {
		return err
	}
	if len(bad) == 0 {
		v.Agency = one.Agency
	}
	how := field(web.KindChoice, "how", "How did you check it?")
	how.Options, how.Value = options(registry.Means()), v.How
	whom := field(web.KindText, "whom", "Who answered?")
	whom.Hint, whom.Value = "Name and role, or the office. For example: J. Rivera, intake supervisor.", v.Whom
	takes := field(web.KindChoice, "agency", "Whose people receive what is sent here?")
	takes.Hint = "They see a person only after a hand-over has been sent to them."
	takes.Value = strconv.Itoa(v.Agency)
	for _, a := range list {
		takes.Options = append(takes.Options, web.Option{Code: strconv.Itoa(a.ID), Label: a.Name})
	}
	takes.Options = append(takes.Options, web.Option{Code: "", Label: "No agency yet", Hint: "Nobody can sign in there: notices and hand-overs to this line wait.", Apart: true})
	if v.Agency == 0 {
		takes.Value = ""
	}
	return c.ask(asking{Title: "Verify a line", Action: contactPath(one.Key) + "/verify", Rev: one.Rev, Fields: []web.Field{how, whom, takes},
		Lead: "Ask at a number or address that does not come from this line itself, and compare each answer.",
		Act: web.Act{Button: "I asked, and all of it is right", Back: web.Link{Label: "The line", Href: contactPath(one.Key)},
			Above: []templ.Component{web.SummaryPart(web.Summary{Title: one.Name, Change: contactPath(one.Key) + "/edit", Rows: contactRows(one)})}}}, bad)
}

// endContact asks for the last day of use.
func (s *server) endContact(c *call) error { return s.askEnd(c, nil) }

// endedContact sets the last day of use.
func (s *server) endedContact(c *call) error {
	rev, err := c.rev()
	if err != nil {
		return err
	}
	last := day(c.form(), "valid_to")
	err = s.Registry.EndContact(c.ctx(), c.who, c.Param("key"), rev, last)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return s.askEnd(c, bad) })
	}
	said := "Saved. The line is used up to and with that day."
	if last == "" {
		said = "Saved. The line has no last day."
	}
	c.flash(web.BoxSuccess, said)
	return c.to("/directory", c.Param("key"))
}

func (s *server) askEnd(c *call, bad registry.Problems) error {
	one, err := s.Registry.Contact(c.ctx(), c.who, c.Param("key"))
	if err != nil {
		return err
	}
	last := field(web.KindDate, "valid_to", "Last day of use")
	last.Hint, last.Value = "Leave all three boxes empty to take a last day away again.", one.ValidTo
	if len(bad) > 0 {
		last.Values = boxes(c.form(), "valid_to")
	}
	return c.ask(asking{Title: "Last day of a line", Action: contactPath(one.Key) + "/end", Rev: one.Rev, Fields: []web.Field{last},
		Lead: "A line is never deleted: earlier hand-overs point to it. After its last day nothing is sent there.",
		Act: web.Act{Button: "Save", Back: web.Link{Label: "The line", Href: contactPath(one.Key)},
			Above: []templ.Component{web.SummaryPart(web.Summary{Title: one.Name, Rows: contactRows(one)[:4]})}}}, bad)
}
