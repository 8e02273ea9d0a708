package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nysreferral/fault"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

// people lists accounts: a coordinator's own agency, an administrator's all or
// those of one.
func (s *server) people(c *call) error {
	var f registry.AccountFilter
	var err error
	if text := c.QueryParam("agency"); text != "" {
		if f.Agency, err = number(text); err != nil {
			return err
		}
	}
	f.Disabled = c.QueryParam("show") == "all"
	list, err := s.Registry.Accounts(c.ctx(), c.who, f)
	if err != nil {
		return err
	}
	p := c.page("People")
	p.Wide = true
	p.Lead = "Who can sign in for " + c.who.Office + ", and what each is here to do. You see no referral."
	if c.who.Duty == workflow.Administrator {
		p.Lead = "Who can sign in. You add coordinators and administrators; a coordinator adds the people of the agency."
	}
	at, all := "/people", "/people?show=all"
	if f.Agency != 0 {
		at += "?agency=" + strconv.Itoa(f.Agency)
		all += "&agency=" + strconv.Itoa(f.Agency)
	}
	return c.show(http.StatusOK, web.RegisterPage(p, web.Register{
		Buttons: []web.Button{{Label: "Add a person", Href: "/people/new"}, {Label: "Sign everybody out", Href: web.PathEndSessions, Look: web.ButtonSecond}}, Count: howMany(len(list), "account", "accounts"),
		Views:  []web.Link{{Label: "In use", Href: at, Current: !f.Disabled}, {Label: "With those switched off", Href: all, Current: f.Disabled}},
		Tables: []web.Table{peopleTable(c, p.CSRF, list)},
	}))
}

func peopleTable(c *call, csrf string, list []registry.Account) web.Table {
	t := web.Table{Caption: "People", Hidden: true, Empty: "Nobody is here yet. Add the first person.", Columns: []web.Column{
		{Label: "Name", Row: true}, {Label: "Duty"}, {Label: "State"}, {Label: "E-mail"}, {Label: "Last signed in"}, {Label: "What you can do"}}}
	everywhere := c.who.Duty == workflow.Administrator
	if everywhere {
		t.Columns[4] = web.Column{Label: "Agency"}
	}
	for _, a := range list {
		name, duty := a.Name, dutyWords[a.Duty]
		if a.Title != "" {
			name += ", " + a.Title
		}
		var lead templ.Component
		if a.Lead {
			lead = web.TagPart(web.StateTag(web.StateLead))
		}
		row := []web.Cell{{Text: name}, {Text: duty, Part: lead}, {Part: web.TagsPart(accountTags(a)...)}, {Text: a.Email},
			{Text: orElse(web.Moment(a.SignedInAt), "Never")}, {Part: accountActs(c, csrf, a)}}
		if everywhere {
			row[4] = web.Cell{Text: a.AgencyName}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// AccountState is the state of an account in the words of the page People.
func AccountState(a registry.Account) string {
	var words []string
	for _, tag := range accountTags(a) {
		words = append(words, tag.Word)
	}
	return strings.Join(words, ", ")
}

func accountTags(a registry.Account) []web.StatusTag {
	if a.NotYetOn {
		return []web.StatusTag{web.StateTag(web.StateSecond)}
	}
	if !a.DisabledAt.IsZero() {
		return []web.StatusTag{web.StateTag(web.StateOff)}
	}
	var out []web.StatusTag
	if a.Locked {
		out = append(out, web.StateTag(web.StateLocked))
	}
	if a.Attest {
		out = append(out, web.StateTag(web.StateAttest))
	}
	if !a.Password {
		out = append(out, web.StateTag(web.StateNoPassword))
	}
	if len(out) == 0 {
		out = append(out, web.StateTag(web.StateActive))
	}
	return out
}

// accountActs are the buttons of a row.
func accountActs(c *call, csrf string, a registry.Account) templ.Component {
	f := web.SmallForm{Action: "/people/act", CSRF: csrf, Rev: strconv.Itoa(a.Rev), Hidden: []web.Hidden{{Name: "account", Value: strconv.Itoa(a.ID)}}}
	button := func(do, label string) {
		f.Buttons = append(f.Buttons, web.Button{Label: label, Name: "do", Value: do, Look: web.ButtonSecond, Hint: "(" + a.Name + ")"})
	}
	switch {
	case a.Mine:
		return nil
	case a.NotYetOn:
		if a.Second {
			button("enable", "Agree and switch on")
		}
	case !a.DisabledAt.IsZero():
		if a.Reach {
			button("enable", "Switch on")
		}
	default:
		inviteButtons(a, button)
		if a.Reach && a.Locked {
			button("unlock", "Unlock")
		}
		if a.Reach && a.Duty == workflow.Referrer && a.Lead {
			button("unlead", "No longer lead")
		}
		if a.Reach && a.Duty == workflow.Referrer && !a.Lead {
			button("lead", "Make lead")
		}
		if a.Reach || c.who.Duty == workflow.Administrator {
			if a.Attest {
				button("attest", "Still works here")
			}
			button("out", "Sign out everywhere")
			button("disable", "Switch off")
		}
	}
	if len(f.Buttons) == 0 {
		return nil
	}
	return web.SmallFormPart(f)
}

// personAct does what a button of a row says.
func (s *server) personAct(c *call) error {
	id, err := number(c.text("account"))
	if err != nil {
		return err
	}
	rev, err := c.rev()
	if err != nil {
		return err
	}
	said := ""
	switch c.text("do") {
	case "disable":
		if c.text("sure") == "" {
			return s.sureOff(c, id, rev)
		}
		said, err = "Switched off. Whatever was open in that account has been closed.", s.Registry.Disable(c.ctx(), c.who, id, rev)
	case "enable":
		said, err = "Switched on again.", s.Registry.Enable(c.ctx(), c.who, id, rev)
	case "unlock":
		said, err = "Unlocked. The person can try the password again.", s.Registry.Unlock(c.ctx(), c.who, id, rev)
	case "attest":
		said, err = "Noted. You are asked again in 90 days.", s.Registry.Attest(c.ctx(), c.who, id, rev)
	case "out":
		said, err = "Signed out everywhere. The person can sign in again.", s.Registry.EndAccountSessions(c.ctx(), c.who, id, rev)
	case "invite":
		return s.invite(c, id, rev)
	case "approve":
		said, err = "Approved. The code that your colleague gave is good now.", s.Registry.ApproveInvitation(c.ctx(), c.who, id, rev)
	case "lead":
		said, err = "This person now sees all referrals of the agency.", s.Registry.SetLead(c.ctx(), c.who, id, rev, true)
	case "unlead":
		said, err = "This person now sees only referrals of their own.", s.Registry.SetLead(c.ctx(), c.who, id, rev, false)
	default:
		return fault.Absent()
	}
	if err != nil {
		return err
	}
	c.flash(web.BoxSuccess, said)
	return c.to("/people")
}

// newPerson asks for a new account.
func (s *server) newPerson(c *call) error { return s.askPerson(c, registry.NewAccount{}, nil) }

// addPerson keeps a new account.
func (s *server) addPerson(c *call) error {
	n := registry.NewAccount{Name: c.text("name"), Title: c.text("title"), Email: c.text("email"), Phone: c.text("phone"),
		Duty: workflow.Duty(c.text("duty")), Lead: c.text("lead") != "" && c.text("duty") == string(workflow.Referrer)}
	var err error
	if text := c.text("agency"); text != "" {
		if n.Agency, err = number(text); err != nil {
			return err
		}
	}
	var bad registry.Problems
	if n.Agency == 0 && c.who.Duty == workflow.Administrator {
		bad = append(bad, registry.Problem{Field: "agency", Say: "Choose the agency."})
	}
	if len(bad) > 0 {
		return s.askPerson(c, n, bad)
	}
	added, err := s.Registry.AddAccount(c.ctx(), c.who, n)
	if say, _ := fault.Say(err); fault.KindOf(err) == fault.Forbidden {
		return s.askPerson(c, n, registry.Problems{{Field: "duty", Say: say}})
	}
	if bad, err := problems(err); err != nil || bad != nil {
		return orAsk(err, func() error { return s.askPerson(c, n, bad) })
	}
	said := "The account was added. Nobody can sign in with it yet: choose Invite beside the name."
	if added.NotYetOn {
		said = "The account was added and is switched off. A second person has to agree and switch it on: another coordinator of the office, or an administrator. Then choose Invite beside the name."
	}
	c.flash(web.BoxSuccess, said)
	return c.to("/people")
}

// dutyHints say what a duty means, beside its word.
var dutyHints = map[workflow.Duty]string{
	workflow.Referrer:      "Writes and sends referrals, and sees those they wrote.",
	workflow.Coordinator:   "Looks after the accounts of the agency. Sees no referral.",
	workflow.Reviewer:      "Takes referrals, asks, assesses and recommends.",
	workflow.Director:      "Decides.",
	workflow.Program:       "Consults, notifies, hands over and follows up.",
	workflow.Recipient:     "Accepts hand-overs and reaches the person.",
	workflow.Administrator: "Looks after agencies, the directory and holidays. Sees no referral.",
	workflow.Auditor:       "Reads the log. Sees no person.",
}

func (s *server) askPerson(c *call, n registry.NewAccount, bad registry.Problems) error {
	filled := func(kind web.Kind, name, label, hint, value string) web.Field {
		f := field(kind, name, label)
		f.Hint, f.Value, f.Width = hint, value, web.Width30
		return f
	}
	title, phone := filled(web.KindText, "title", "Title or role", "", n.Title), filled(web.KindPhone, "phone", "Work phone", "For example 518-555-0123.", n.Phone)
	title.Optional, phone.Optional = true, true
	gives := registry.Gives(c.who, c.who.Side)
	duty := field(web.KindChoice, "duty", "What is the person here to do?")
	duty.Value = string(n.Duty)
	for _, d := range gives {
		duty.Options = append(duty.Options, web.Option{Code: string(d), Label: dutyWords[d], Hint: dutyHints[d]})
	}
	fields := []web.Field{filled(web.KindText, "name", "Name", "", n.Name), title,
		filled(web.KindEmail, "email", "Work e-mail", "The person signs in with it. Messages say only that something waits.", n.Email), phone}
	if c.who.Duty == workflow.Administrator {
		list, err := s.Registry.Agencies(c.ctx(), c.who)
		if err != nil {
			return err
		}
		of := filled(web.KindSelect, "agency", "Agency", "", "")
		if n.Agency != 0 {
			of.Value = strconv.Itoa(n.Agency)
		}
		for _, a := range list {
			if a.Active {
				of.Options = append(of.Options, web.Option{Code: strconv.Itoa(a.ID), Label: a.Name})
			}
		}
		fields = append(fields, of)
	}
	fields = append(fields, duty)
	if slices.Contains(gives, workflow.Referrer) {
		lead := field(web.KindTick, "lead", "Lead: sees all referrals of the agency")
		lead.Conditional, lead.When = true, web.When(web.Test{Name: "duty", Is: []string{string(workflow.Referrer)}})
		if n.Lead {
			lead.Value = "yes"
		}
		fields = append(fields, lead)
	}
	return c.ask(asking{Title: "Add a person", Action: "/people/new", Fields: fields,
		Lead: "Each person has an account of their own. Nobody shares one.",
		Act:  web.Act{Button: "Add", Back: web.Link{Label: "People", Href: "/people"}}}, bad)
}
