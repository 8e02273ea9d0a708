package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// groupsPath is where groups of a referrer stand.
const groupsPath = "/groups"

// groupRoutes are the pages of several people of one encounter.
func (s *server) groupRoutes() []route {
	return []route{
		{post, groupsPath, referrer, s.beginGroup},
		{get, groupsPath + "/:ref", referrer, s.group},
		{get, groupSectionPath, referrer, s.groupSection},
		{post, groupSectionPath, referrer, s.saveGroupSection},
		{post, groupsPath + "/:ref/people", referrer, s.addPeople},
		{post, groupsPath + "/:ref/carry", referrer, s.carryFacts},
		{get, groupsPath + "/:ref/send", referrer, s.askSendGroup},
		{post, groupsPath + "/:ref/send", referrer, s.sendGroup},
		{get, groupsPath + "/:ref/discard", referrer, s.askDiscardGroup},
		{post, groupsPath + "/:ref/discard", referrer, s.discardGroup},
	}
}

// people says how many people there are.
func people(n int) string { return howMany(n, "person", "people") }

// counted says how many of a group were sent.
func counted(count, sent int) string {
	said := strconv.Itoa(sent) + " sent."
	if sent == 0 {
		said = "none sent yet."
	}
	return people(count) + ", " + said
}

// groupCard stands for a group in the list.
func groupCard(g referrals.Group) web.MineCard {
	return web.MineCard{Card: web.Card{Title: g.Label(), Href: address(groupsPath, g.Reference)}, Lines: []string{counted(g.Count, g.Sent)}}
}

// groupLink leads from one person's referral to the group, nil when there is
// none. The address is the person's own: the page says no other reference.
func groupLink(rec referrals.Record) *web.Link {
	if rec.Group == nil || rec.Reader != forms.ReadsReferrer {
		return nil
	}
	return &web.Link{Label: "Person " + strconv.Itoa(rec.Group.N) + " of one encounter: " + counted(rec.Group.People, rec.Group.Sent), Href: address(groupsPath, rec.Reference)}
}

// anotherForm begins a draft for somebody else of the same encounter.
func (c *call) anotherForm(rec referrals.Record, csrf string) web.SmallForm {
	return web.SmallForm{Action: address("/referrals", rec.Reference, "another"), CSRF: csrf,
		Buttons: []web.Button{{Label: "Add another person with the same facts", Look: web.ButtonSecond}}}
}

// another begins it and opens it.
func (s *server) another(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	seen, err := s.Referrals.Another(c.ctx(), c.who, ref, nil)
	var bad forms.Problems
	if errors.As(err, &bad) {
		return fault.New(fault.Forbidden, bad[0].Message)
	}
	if err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "This is a new draft for another person. Who you are, and where and when you met, is filled in; change what differs.")
	return c.to("/referrals", seen.Ref)
}

// beginGroup makes an empty group and asks what is the same for everybody.
func (s *server) beginGroup(c *call) error {
	g, err := s.Referrals.BeginGroup(c.ctx(), c.who, nil, 0)
	if err != nil {
		return err
	}
	return c.to(groupsPath, g.Reference, "sections", forms.Facts.Sections[0].ID)
}

// openGroup opens the group in the address.
func (c *call) openGroup() (referrals.Group, error) {
	ref, err := c.ref()
	if err != nil {
		return referrals.Group{}, err
	}
	return c.s.Referrals.OpenGroup(c.ctx(), c.who, ref)
}

// seenGroup is the group in the address as the page was drawn from it.
func (c *call) seenGroup() (referrals.Seen, error) {
	ref, err := c.ref()
	if err != nil {
		return referrals.Seen{}, err
	}
	return c.seen(ref, 0)
}

// group shows the people of one encounter.
func (s *server) group(c *call) error {
	g, err := c.openGroup()
	if err != nil {
		return err
	}
	return s.drawGroup(c, g, nil, nil)
}

// drawGroup draws the group, with what was typed when people could not be added.
func (s *server) drawGroup(c *call, g referrals.Group, typed url.Values, bad forms.Problems) error {
	p := c.page("People of one encounter")
	p.Back = &web.Link{Label: "My referrals", Href: "/referrals"}
	p.ErrorTitle = len(bad) > 0
	v := web.Group{Label: g.Label(), Count: counted(g.Count, g.Sent), Send: address(groupsPath, g.Reference, "send"), Ready: len(ready(g)), Carry: carry(g, p.CSRF)}
	for _, sec := range forms.Facts.Sections {
		t := web.Task{Title: sec.Title, Href: address(groupsPath, g.Reference, "sections", sec.ID), State: web.TaskNew, Hint: "Optional."}
		if answered(g.Answers, sec.ID) {
			t.State, t.Hint = web.TaskDone, ""
		}
		v.Facts = append(v.Facts, t)
	}
	v.People = web.Table{Caption: "People of this encounter", Hidden: true, Empty: "Nobody yet. Say below how many people you met.",
		Columns: []web.Column{{Label: "Person", Row: true}, {Label: "Reference"}, {Label: "Status"}, {Label: "Next"}}}
	for _, m := range g.People {
		v.People.Rows = append(v.People.Rows, s.memberRow(m))
	}
	if g.Count > g.Sent || g.Count == 0 {
		v.Leave = address(groupsPath, g.Reference, string(workflow.Discard))
	}
	v.Add = addPeople(g, p.CSRF, typed, bad)
	status := http.StatusOK
	if len(bad) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.show(status, web.GroupPage(p, v))
}

// ready are the drafts of a group from which nothing is missing.
func ready(g referrals.Group) []referrals.Member {
	return slices.DeleteFunc(slices.Clone(g.People), func(m referrals.Member) bool { return m.Status != workflow.Draft || m.Missing > 0 })
}

// person names somebody of a group without a name.
func person(n int) string { return "Person " + strconv.Itoa(n) }

func (s *server) memberRow(m referrals.Member) []web.Cell {
	row := []web.Cell{{Text: person(m.N), Href: address("/referrals", m.Reference)}, {Text: m.Reference}, {Part: web.TagPart(web.TagOf(string(m.Status)))}, {}}
	switch m.Status {
	case workflow.Draft:
		row[3].Text = "Ready to send"
		if m.Missing > 0 {
			row[3].Text = draftLacks(m.Line)
		}
	case workflow.Asked:
		row[3].Text = "DCJS asks you something."
	case workflow.Submitted, workflow.InReview:
		row[3].Part = web.ClockPart(*s.due(m.DueAt))
	case workflow.Confirmed, workflow.Declined, workflow.Closed:
		row[3].Text = "Decision made"
	}
	return row
}

// carry offers to bring a change of the shared facts into the drafts, nil when
// none waits for it.
func carry(g referrals.Group, csrf string) *web.Carry {
	if g.Behind == 0 {
		return nil
	}
	out := &web.Carry{Form: web.SmallForm{Action: address(groupsPath, g.Reference, "carry"), CSRF: csrf, Rev: strconv.Itoa(g.Rev),
		Buttons: []web.Button{{Label: "Carry the change into " + drafts(g.Behind), Look: web.ButtonSecond}}}}
	if g.Apart > 0 {
		out.Apart = "Where you wrote something else for one person alone, that stays."
	}
	if g.Sent > 0 {
		out.Sent = "What was sent stays as it was. Open it and choose “Add facts” where the State should know."
	}
	return out
}

func drafts(n int) string { return howMany(n, "draft", "drafts") }

// peopleInput is the name of the input for the number of people.
const peopleInput = "people"

// addPeople asks how many people to add, and where they were found if that is
// not where the shared facts say.
func addPeople(g referrals.Group, csrf string, typed url.Values, bad forms.Problems) web.AddPeople {
	county := forms.Facts.Field("countyFound")
	asked := web.Asked{Form: forms.Facts, Answers: &forms.Referral{}, Typed: typed, Problems: bad}
	out := web.AddPeople{Drawn: asked.Draw([]*forms.Field{county}), Button: "Add drafts for them", First: g.Count == 0,
		Form: web.Form{Action: address(groupsPath, g.Reference, "people"), CSRF: csrf, Rev: strconv.Itoa(g.Rev)}}
	where := &out.Drawn.Fields[0]
	where.Label, where.Hint = "County where you found these people", "Only if it is not the county that you typed for everybody."
	if code := string(g.Answers.CountyFound); code != "" {
		where.Hint = "Only if it is not " + county.LabelOf(code) + "."
	}
	many := web.Field{Kind: web.KindNumber, ID: "how-many", Name: peopleInput, Label: "How many people?", Hint: "Up to 50 in one group.", Width: web.Width4, Value: typed.Get(peopleInput), Error: bad.Of(peopleInput)}
	out.Drawn.Fields = append([]web.Field{many}, out.Drawn.Fields...)
	for i := range out.Drawn.Problems {
		if many.Error != "" && out.Drawn.Problems[i].Text == many.Error {
			out.Drawn.Problems[i].ID = many.ID
		}
	}
	return out
}

// addPeople makes their drafts.
func (s *server) addPeople(c *call) error {
	at, err := c.seenGroup()
	if err != nil {
		return err
	}
	in := c.form()
	n, err := strconv.Atoi(in.Get(peopleInput))
	if err != nil {
		n = 0 // the door says what to enter
	}
	g, err := s.Referrals.AddPeople(c.ctx(), c.who, at, n, forms.County(in.Get("countyFound")))
	var bad forms.Problems
	if errors.As(err, &bad) {
		if g, err = c.openGroup(); err != nil {
			return err
		}
		return s.drawGroup(c, g, in, bad)
	}
	if err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Drafts were made for "+people(n)+". Open each, and say what is known of the person.")
	return c.toPeople(g.Reference)
}

// toPeople goes to the people of a group.
func (c *call) toPeople(ref string) error { return c.to(address(groupsPath, ref) + "#people") }

// carryFacts brings what is shared into the drafts.
func (s *server) carryFacts(c *call) error {
	at, err := c.seenGroup()
	if err != nil {
		return err
	}
	if _, err := s.Referrals.CarryFacts(c.ctx(), c.who, at); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "The drafts say it now.")
	return c.to(groupsPath, at.Ref)
}
