package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/registry"
	"nysreferral/web"
	"nysreferral/workflow"
)

// disclosureRoutes are the pages of answers to somebody outside.
func (s *server) disclosureRoutes() []route {
	return []route{
		{get, looksPath, staff, s.looks},
		{get, looksPath + "/file", dcjs, s.looksFile},
		{get, "/referrals/:ref/disclosures", dcjs, s.disclosures},
		{get, "/referrals/:ref/disclosures/:n", dcjs, s.disclosure},
		{post, "/referrals/:ref/disclosures/:n/package", dcjs, s.disclosurePackage},
		{get, "/referrals/:ref/disclosures/:n/:action", dcjs, s.disclosureAct},
		{post, "/referrals/:ref/disclosures/:n/:action", dcjs, s.disclosureActed},
	}
}

// disclosureStates are how a disclosure is shown.
var disclosureStates = map[workflow.DisclosureStatus]string{
	workflow.DisclosurePrepared: "In preparation",
	workflow.DisclosureProposed: "Waits for a second person",
	workflow.DisclosureReleased: "Given",
	workflow.DisclosureCanceled: "Nothing was given",
}

// disclosureWords are what was done to a disclosure.
var disclosureWords = map[workflow.Action]string{
	workflow.PrepareDisclosure: "Prepared", workflow.PickFields: "Picked", workflow.ProposeDisclosure: "Sent to a second person",
	workflow.SendBack: "Sent back", workflow.ApproveDisclosure: "Approved", workflow.CancelDisclosure: "Ended without giving anything",
}

func disclosurePath(ref string, n int, more ...string) string {
	return refPath(ref, append([]string{"disclosures", strconv.Itoa(n)}, more...)...)
}

// disclosures lists the disclosures of a referral.
func (s *server) disclosures(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	list, err := s.Referrals.Disclosures(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	p := c.page("Demands from outside")
	p.Back = &web.Link{Label: "Referral", Href: refPath(ref)}
	p.Lead = "A court, a party with a subpoena, FOIL or an inspector demands what is held. By default the answer is an index that tells what is held, and not a word of it."
	t := web.Table{Caption: "Demands", Hidden: true, Empty: "Nobody outside has demanded anything.", Columns: []web.Column{{Label: "Demand", Row: true}, {Label: "By"}, {Label: "Due"}, {Label: "State"}}}
	for _, d := range list {
		demand, _ := workflow.DemandOf(d.Asked.Demand)
		t.Rows = append(t.Rows, []web.Cell{{Text: strconv.Itoa(d.N) + ". " + demand.Name, Href: disclosurePath(ref, d.N)}, {Text: d.Asked.Asker}, {Text: web.Day(d.DueAt)}, {Text: disclosureStates[d.Status]}})
	}
	return c.show(http.StatusOK, web.RegisterPage(p, web.Register{Tables: []web.Table{t},
		Buttons: []web.Button{{Label: "Prepare an answer", Href: disclosurePath(ref, 0, string(workflow.PrepareDisclosure))},
			{Label: "Who has looked at it", Href: refPath(ref, "looks"), Look: web.ButtonQuiet}}}))
}

// disclosure shows one disclosure, with what it gives as it is picked now.
func (s *server) disclosure(c *call) error {
	d, err := s.disclosureAt(c)
	if err != nil {
		return err
	}
	p := c.page("Answer to a demand")
	p.Back = &web.Link{Label: "Demands from outside", Href: refPath(d.Reference, "disclosures")}
	v := web.Detail{Summaries: disclosureSummaries(d)}
	for _, o := range d.Offers {
		if !o.Ready() {
			v.Above = append(v.Above, web.NotePart(web.Box{Kind: web.BoxInfo, Title: o.Say}, sentences(o.Missing)...))
			continue
		}
		look := web.ButtonSecond
		if o.Do == workflow.ApproveDisclosure || o.Do == workflow.PickFields {
			look = web.ButtonPrimary
		}
		v.Buttons = append(v.Buttons, web.Button{Label: o.Say, Href: disclosurePath(d.Reference, d.N, string(o.Do)), Look: look})
	}
	if d.Status == workflow.DisclosureReleased {
		v.Above = append(v.Above, web.SmallFormPart(web.SmallForm{Action: disclosurePath(d.Reference, d.N, "package"), CSRF: p.CSRF, Buttons: []web.Button{{Label: "Take the package"}}}))
	}
	return c.show(http.StatusOK, web.DetailPage(p, v))
}

// disclosureAt reads the disclosure in the address.
func (s *server) disclosureAt(c *call) (referrals.Disclosure, error) {
	ref, err := c.ref()
	if err != nil {
		return referrals.Disclosure{}, err
	}
	n, err := c.n()
	if err != nil {
		return referrals.Disclosure{}, err
	}
	return s.Referrals.Disclosure(c.ctx(), c.who, ref, n)
}

// disclosureSummaries are what is demanded, what is given, what is held, and
// what was done.
func disclosureSummaries(d referrals.Disclosure) []web.Summary {
	demand, _ := workflow.DemandOf(d.Asked.Demand)
	tell, _ := workflow.TellOf(d.Asked.Tell)
	about := web.Summary{Title: "The demand", Rows: []web.Row{textRow("State", disclosureStates[d.Status]), textRow("By what right", demand.Name), textRow("What can be picked", demand.Fields.Says()),
		textRow("Who demands it", d.Asked.Asker), textRow("What is demanded", d.Asked.Scope), textRow("To be answered by", web.Day(d.DueAt)),
		{Label: "Telling the person", Values: nonEmpty(tell.Says, d.Asked.TellWords)}}}
	if d.Digest != "" {
		about.Rows = append(about.Rows, textRow("Given", web.Moment(d.EndedAt)), textRow("SHA-256 of the package", d.Digest))
	}
	held := web.Summary{Title: "The index: what is held"}
	for _, l := range d.Index {
		held.Rows = append(held.Rows, textRow(l.What, strconv.Itoa(l.N)))
	}
	done := web.Summary{Title: "What was done"}
	for _, said := range d.Said {
		done.Rows = append(done.Rows, web.Row{Label: disclosureWords[said.Do], Values: nonEmpty(web.Moment(said.At)+", "+said.Who, said.Why)})
	}
	return append(append([]web.Summary{about}, givenSummaries(d)...), held, done)
}

// givenSummaries are the answers that are given, exactly as they go out, and
// those that are withheld for a privilege.
func givenSummaries(d referrals.Disclosure) []web.Summary {
	given := web.Summary{Title: "Answers that are given", Rows: []web.Row{}}
	for _, p := range d.Given.Parts {
		for _, it := range p.Items {
			given.Rows = append(given.Rows, web.Row{Label: it.ID + " " + it.Label, Values: flat(it)})
		}
	}
	if len(given.Rows) == 0 {
		given.Rows = append(given.Rows, web.Row{Label: "None", Values: []string{"The answer is the index only."}})
	}
	kept := web.Summary{Title: "Withheld for a privilege"}
	for _, f := range d.Fields {
		if f.Pick == referrals.PickPrivileged {
			kept.Rows = append(kept.Rows, web.Row{Label: f.Code + " " + f.Label, Values: []string{f.Section}})
		}
	}
	if len(kept.Rows) == 0 {
		return []web.Summary{given}
	}
	return []web.Summary{given, kept}
}

// flat is an answer in lines, with those of a group or a repeat each below its
// label.
func flat(it forms.Item) []string {
	if len(it.Rows) == 0 {
		return []string{strings.Join(it.Text, ", ")}
	}
	var out []string
	for _, row := range it.Rows {
		for _, one := range row {
			out = append(out, one.Label+": "+strings.Join(flat(one), "; "))
		}
	}
	return out
}

// disclosureAct asks what a step needs.
func (s *server) disclosureAct(c *call) error { return s.askDisclosure(c, nil) }

func (s *server) askDisclosure(c *call, bad registry.Problems) error {
	ref, n, err := c.holdAt()
	if err != nil {
		return err
	}
	do := workflow.Action(c.Param("action"))
	if n == 0 {
		return s.askDemand(c, ref, do, bad)
	}
	d, err := s.disclosureAt(c)
	if err != nil {
		return err
	}
	for _, o := range d.Offers {
		if o.Do != do {
			continue
		}
		a := asking{Title: o.Say, Action: disclosurePath(ref, n, string(do)), Rev: d.Rev, Lead: disclosureLeads[do],
			Act: web.Act{Button: o.Say, Danger: do == workflow.ApproveDisclosure, Back: web.Link{Label: "The demand", Href: disclosurePath(ref, n)}, Missing: sentences(o.Missing)}}
		switch do {
		case workflow.PickFields:
			a.Fields, a.Act.Button = append(c.tellFields(d.Asked), c.pickFields(d)...), "Save what is picked"
		case workflow.SendBack, workflow.CancelDisclosure:
			a.Fields = []web.Field{c.whyField()}
		default:
			for _, sum := range disclosureSummaries(d)[:2] {
				a.Act.Above = append(a.Act.Above, web.SummaryPart(sum))
			}
		}
		return c.ask(a, bad)
	}
	return fault.Absent()
}

// disclosureLeads say what a step does.
var disclosureLeads = map[workflow.Action]string{
	workflow.PickFields:        "Nothing is given unless you pick it. Give as little as the demand compels. What is privileged is named, and its answer is not given.",
	workflow.ProposeDisclosure: "A director who had no hand in it reads exactly what you see here, and approves it or sends it back.",
	workflow.ApproveDisclosure: "The package is made and sealed now, with what you see here and nothing else. It cannot be taken back once it was given.",
	workflow.CancelDisclosure:  "The demand ends here. Nothing was given.",
}

func (c *call) whyField() web.Field {
	why := field(web.KindProse, "reason", "Why?")
	why.Hint, why.Value, why.Rows = "It lies sealed with the referral. Name nobody.", c.form().Get("reason"), 3
	return why
}

// askDemand asks what somebody outside demands.
func (s *server) askDemand(c *call, ref string, do workflow.Action, bad registry.Problems) error {
	if do != workflow.PrepareDisclosure {
		return fault.Absent()
	}
	if _, err := s.Referrals.Disclosures(c.ctx(), c.who, ref); err != nil {
		return err
	}
	demand, asker, scope, due := field(web.KindChoice, "demand", "By what right is it demanded?"), field(web.KindText, "asker", "Who demands it?"),
		field(web.KindProse, "scope", "What is demanded?"), field(web.KindDate, "due", "By when is it to be answered?")
	for _, d := range workflow.Demands {
		demand.Options = append(demand.Options, web.Option{Code: d.Code, Label: d.Name, Hint: "Can be picked: " + d.Fields.Says() + "."})
	}
	demand.Value, asker.Value, scope.Value, due.Values = c.form().Get("demand"), c.form().Get("asker"), c.form().Get("scope"), boxes(c.form(), "due")
	asker.Hint, scope.Hint, scope.Rows = "The court or office, and the number of the matter. Not the person.", "In the words of the demand.", 3
	why := c.whyField()
	why.Label, why.Hint = "Why is it to be answered at all?", "For example who at counsel's office looked at it, and when."
	a := asking{Title: "Prepare an answer", Action: disclosurePath(ref, 0, string(do)), Lead: "Whoever referred the person holds most of this because of the person's release. Only what a statute or a court compels is given.",
		Fields: append([]web.Field{demand, asker, scope, due, why}, c.tellFields(referrals.DisclosureAsked{})...),
		Act:    web.Act{Button: "Prepare", Back: web.Link{Label: "Demands from outside", Href: refPath(ref, "disclosures")}}}
	return c.ask(a, bad)
}

// tellFields ask what was decided about telling the person.
func (c *call) tellFields(was referrals.DisclosureAsked) []web.Field {
	tell, words := field(web.KindChoice, "tell", "How does the person learn of it?"), field(web.KindProse, "tellWords", "How and when, or by which order?")
	for _, one := range workflow.TellPersons {
		tell.Options = append(tell.Options, web.Option{Code: one.Code, Label: one.Says})
	}
	tell.Value, words.Value, words.Optional, words.Rows = was.Tell, was.TellWords, true, 2
	if c.form() != nil {
		tell.Value, words.Value = c.form().Get("tell"), c.form().Get("tellWords")
	}
	return []web.Field{tell, words}
}

const pickPrefix = "pick."

// pickFields ask for each answer whether it is given, by section.
func (c *call) pickFields(d referrals.Disclosure) []web.Field {
	var out []web.Field
	for i, f := range d.Fields {
		if len(out) == 0 || out[len(out)-1].Label != f.Section {
			grid := field(web.KindGrid, "section-"+strconv.Itoa(i), f.Section)
			grid.Options = []web.Option{{Code: "", Label: "Not given"}, {Code: referrals.PickGive, Label: "Give"}, {Code: referrals.PickPrivileged, Label: "Privileged"}}
			out = append(out, grid)
		}
		row := field(web.KindChoice, pickPrefix+f.Key, f.Code+" "+f.Label)
		row.ID, row.Value = "pick-"+strconv.Itoa(i), f.Pick
		if f.Masked {
			row.Hint = "Masked also to reviewers: only for what the order names."
		}
		if c.form() != nil {
			row.Value = c.form().Get(row.Name)
		}
		grid := &out[len(out)-1]
		grid.Fields = append(grid.Fields, row)
	}
	return out
}

// disclosureActed does a step.
func (s *server) disclosureActed(c *call) error {
	ref, n, err := c.holdAt()
	if err != nil {
		return err
	}
	a := referrals.DisclosureAct{Ref: ref, N: n, Do: workflow.Action(c.Param("action")), Reason: c.form().Get("reason"), Picks: map[string]string{},
		Asked: referrals.DisclosureAsked{Demand: c.form().Get("demand"), Asker: c.form().Get("asker"), Scope: c.form().Get("scope"), Due: forms.Date(day(c.form(), "due")),
			Tell: c.form().Get("tell"), TellWords: c.form().Get("tellWords")}}
	if n != 0 {
		if a.Rev, err = c.rev(); err != nil {
			return err
		}
	}
	for name := range c.form() {
		if key, ok := strings.CutPrefix(name, pickPrefix); ok {
			a.Picks[key] = c.form().Get(name)
		}
	}
	d, err := s.Referrals.Disclose(c.ctx(), c.who, a, s.Draw)
	if bad, err := asProblems(err, ""); err != nil || bad != nil {
		return orAsk(err, func() error { return s.askDisclosure(c, bad) })
	}
	c.flash(web.BoxSuccess, disclosureStates[d.Status]+".")
	return c.to(disclosurePath(ref, d.N))
}

// disclosurePackage answers with the package, under a name that tells nothing.
func (s *server) disclosurePackage(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	n, err := c.n()
	if err != nil {
		return err
	}
	text, err := s.Referrals.Package(c.ctx(), c.who, ref, n)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="package.zip"`)
	return c.Blob(http.StatusOK, "application/zip", text)
}
