package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

// agencies lists the agencies, those to be verified first.
func (s *server) agencies(c *call) error {
	list, err := s.Registry.Agencies(c.ctx(), c.who)
	if err != nil {
		return err
	}
	p := c.page("Agencies")
	p.Wide = true
	p.Lead = "Who may refer, who decides, and who receives. A provider that refers must be designated by OTDA, OPDV or OVS."
	t := web.Table{Caption: "Agencies", Hidden: true, Empty: "There is no agency yet.", Columns: []web.Column{
		{Label: "Name", Row: true}, {Label: "State"}, {Label: "Kind"}, {Label: "Side"}, {Label: "Designated by"}, {Label: "District"}, {Label: "Accounts", Number: true}, {Label: "Number", Number: true}}}
	for _, a := range list {
		tag, district := web.StateTag(web.StateActive), ""
		if !a.Active {
			tag = web.StateTag(web.StateOff)
		}
		if a.District != "" {
			district = registry.LabelOf(registry.Districts(), a.District)
		}
		designation, _, _ := strings.Cut(registry.LabelOf(registry.Designations(), a.Designated), " (")
		t.Rows = append(t.Rows, []web.Cell{{Text: a.Name, Href: agencyPath(a.ID)}, {Part: web.TagPart(tag)}, {Text: kindLabel(a.Kind)},
			{Text: registry.LabelOf(registry.SideWords(), string(a.Side))}, {Text: designation}, {Text: district},
			{Text: strconv.Itoa(a.Accounts), Href: "/people?agency=" + strconv.Itoa(a.ID)}, {Text: strconv.Itoa(a.ID)}})
	}
	return c.show(http.StatusOK, web.RegisterPage(p, web.Register{Tables: []web.Table{t}, Count: howMany(len(list), "agency", "agencies"),
		Buttons: []web.Button{{Label: "Add an agency", Href: "/agencies/new"}}}))
}

func agencyPath(id int) string { return "/agencies/" + strconv.Itoa(id) }

func kindLabel(code string) string {
	for _, k := range registry.Kinds() {
		if k.Code == code {
			return k.Label
		}
	}
	return code
}

// newAgency asks for a new agency.
func (s *server) newAgency(c *call) error {
	return c.askAgency(registry.Agency{Active: true}, nil)
}

// agency asks what to change in an agency.
func (s *server) agency(c *call) error {
	a, err := s.agencyOf(c)
	if err != nil {
		return err
	}
	return c.askAgency(a, nil)
}

// agencyOf returns the agency whose number stands in the address; none is the
// zero one with a number that nobody has, which the registry calls absent.
func (s *server) agencyOf(c *call) (registry.Agency, error) {
	id, err := number(c.Param("number"))
	if err != nil {
		return registry.Agency{}, err
	}
	list, err := s.Registry.Agencies(c.ctx(), c.who)
	if err != nil {
		return registry.Agency{}, err
	}
	for _, a := range list {
		if a.ID == id {
			return a, nil
		}
	}
	return registry.Agency{}, fault.Absent()
}

// addAgency keeps a new agency.
func (s *server) addAgency(c *call) error { return s.keepAgency(c, registry.Agency{}) }

// saveAgency changes an agency.
func (s *server) saveAgency(c *call) error {
	a, err := s.agencyOf(c)
	if err != nil {
		return err
	}
	if a.Rev, err = c.rev(); err != nil {
		return err
	}
	return s.keepAgency(c, a)
}

func (s *server) keepAgency(c *call, a registry.Agency) error {
	a.Name, a.Kind, a.Side, a.Designated = c.text("name"), c.text("kind"), workflow.Side(c.text("side")), c.text("designated")
	a.District, a.Domain, a.Active = c.text("district"), c.text("domain"), c.text("active") != ""
	saved, err := s.Registry.SaveAgency(c.ctx(), c.who, a)
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return c.askAgency(a, bad) })
	}
	said := "Saved."
	if a.ID == 0 {
		said = "The agency was added. Add a coordinator, who then adds its people."
	}
	c.flash(web.BoxSuccess, said)
	return c.to(agencyPath(saved.ID))
}

func (c *call) askAgency(a registry.Agency, bad registry.Problems) error {
	name := field(web.KindText, "name", "Name")
	name.Hint, name.Value = "As people write it. It stands on letters and in lists.", a.Name
	kind := field(web.KindSelect, "kind", "Kind")
	kind.Value, kind.Width = a.Kind, web.Width30
	for _, k := range registry.Kinds() {
		kind.Options = append(kind.Options, web.Option{Code: k.Code, Label: k.Label})
	}
	side := field(web.KindChoice, "side", "Side")
	side.Hint, side.Value, side.Options = "What its people can be here for. It stays once the agency has accounts.", string(a.Side), options(registry.SideWords())
	by := field(web.KindChoice, "designated", "Designated by")
	by.Why, by.Value, by.Options = "Only a designated provider may refer (Social Services Law 483-cc).", a.Designated, options(registry.Designations())
	district := field(web.KindSelect, "district", "District")
	district.Hint, district.Value, district.Width, district.Optional = "For a local department of social services only.", a.District, web.Width30, true
	district.Options = options(registry.Districts())
	domain := field(web.KindText, "domain", "E-mail addresses end with")
	domain.Hint, domain.Value, domain.Width, domain.Optional = "For example example.org. New accounts then need an address of the agency.", a.Domain, web.Width30, true
	active := field(web.KindTick, "active", "Active")
	active.Hint = "Untick it and its people are signed out at once and cannot sign in."
	if a.Active {
		active.Value = "yes"
	}
	q := asking{Title: "Change an agency", Action: agencyPath(a.ID), Rev: a.Rev, Fields: []web.Field{name, kind, side, by, district, domain, active},
		Act: web.Act{Button: "Save", Back: web.Link{Label: "Agencies", Href: "/agencies"}}}
	if a.ID == 0 {
		q.Title, q.Action, q.Rev = "Add an agency", "/agencies/new", 0
		return c.ask(q, bad)
	}
	q.Act.Above = []templ.Component{web.ButtonPart(web.Button{Label: "Its people", Href: "/people?agency=" + strconv.Itoa(a.ID), Look: web.ButtonSecond})}
	return c.ask(q, bad)
}
