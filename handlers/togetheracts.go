package handlers

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// groupSection asks one section of what is the same for everybody.
func (s *server) groupSection(c *call) error {
	g, err := c.openGroup()
	if err != nil {
		return err
	}
	if in := c.borne(g.Reference); in != nil {
		return s.drawGroupSection(c, g, typedThen(in, http.StatusOK))
	}
	return s.drawGroupSection(c, g, typedBack{})
}

// sharedSection returns the section in the address and where it stands.
func (c *call) sharedSection() (*forms.Section, int, error) {
	i := slices.IndexFunc(forms.Facts.Sections, func(s *forms.Section) bool { return s.ID == c.Param("section") })
	if i < 0 {
		return nil, 0, fault.Absent()
	}
	return forms.Facts.Sections[i], i, nil
}

func (s *server) drawGroupSection(c *call, g referrals.Group, back typedBack) error {
	sec, i, err := c.sharedSection()
	if err != nil {
		return err
	}
	shown, err := s.Referrals.Shown(c.who, referrals.Seen{Ref: g.Reference, Rev: g.Rev}, g.Answers, forms.Facts, sec.ID)
	if err != nil {
		return err
	}
	p := c.page(sec.Title + ": the same for everybody")
	p.Lead, p.ErrorTitle = "Only what is true for everybody whom you met. Nothing about one person, and no name of theirs.", len(back.bad) > 0
	p.Back = &web.Link{Label: "People of one encounter", Href: address(groupsPath, g.Reference)}
	p.Idle.Draft = true
	here := address(groupsPath, g.Reference, "sections", sec.ID)
	v := web.Section{Number: i + 1, Of: len(forms.Facts.Sections), Last: i+1 == len(forms.Facts.Sections),
		Drawn: web.Asked{Form: forms.Facts, Answers: g.Answers, Typed: back.in, Problems: back.bad}.Draw(sec.Fields),
		Form:  web.Form{Action: here, CSRF: p.CSRF, Rev: shown, Save: here, Saved: "Saved " + web.Clock24(g.UpdatedAt)}}
	if i == 0 {
		v.Given = given(g.Answers, forms.Questions.Section(sec.ID))
	}
	back.on(&p, &v.Form)
	return c.show(cmp.Or(back.status, http.StatusOK), web.SectionPage(p, v))
}

// saveGroupSection keeps what was typed, as saveSection does.
func (s *server) saveGroupSection(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	sec, i, err := c.sharedSection()
	if err != nil {
		return err
	}
	in := rows(c.form())
	kept, g, err := s.Referrals.EditGroupSection(c.ctx(), c.who, ref, referrals.Typed{Section: sec.ID, In: in, Shown: in.Get(web.InputRev)})
	if err == nil {
		c.forgetBorne()
	}
	var bad forms.Problems
	switch {
	case errors.As(err, &bad) && c.auto():
		return c.JSON(http.StatusBadRequest, saved{Problems: bad})
	case errors.As(err, &bad):
		if g, err = c.openGroup(); err != nil {
			return err
		}
		return s.drawGroupSection(c, g, typedBack{in: in, bad: bad, status: http.StatusUnprocessableEntity, shown: in.Get(web.InputRev)})
	case err != nil:
		return err
	case c.auto():
		return c.JSON(statusOfKept(kept), saved{Saved: web.Clock24(s.Now()), Rev: kept.Shown, Problems: kept.Wrong})
	case kept.Whole():
		return c.afterGroupSection(g.Reference, sec.ID, i)
	}
	return s.drawGroupSection(c, g, s.backFrom(kept, in))
}

// afterGroupSection goes where the button said.
func (c *call) afterGroupSection(ref, section string, i int) error {
	pressed, all := c.form().Get(web.InputGo), forms.Facts.Sections
	if add := c.form().Get(web.InputAdd); add != "" {
		return c.to(address(groupsPath, ref, "sections", section) + "#" + web.AnchorOf(add))
	}
	if i++; pressed == web.GoBack {
		i -= 2
	}
	if pressed == web.GoSave || i < 0 || i == len(all) {
		return c.to(groupsPath, ref)
	}
	return c.to(groupsPath, ref, "sections", all[i].ID)
}

// askSendGroup shows what would be sent.
func (s *server) askSendGroup(c *call) error {
	g, err := c.openGroup()
	if err != nil {
		return err
	}
	return s.drawSendGroup(c, g, c.newKey(), nil)
}

// drawSendGroup draws it, with what became of each when some could not be sent.
func (s *server) drawSendGroup(c *call, g referrals.Group, key string, results []referrals.Sent) error {
	p := c.page("Send all that are ready")
	p.Back = &web.Link{Label: "People of one encounter", Href: address(groupsPath, g.Reference)}
	p.ErrorTitle = results != nil
	v := web.SendGroup{Key: key, Back: p.Back.Href, Button: "Send 1 referral", Form: web.Form{Action: address(groupsPath, g.Reference, "send"), CSRF: p.CSRF}}
	v.Ready = web.Table{Caption: "People whose drafts are ready", Hidden: true, Columns: []web.Column{{Label: "Person", Row: true}, {Label: "Reference"}, {Label: "Answers"}}}
	v.NotReady = web.Table{Caption: "People whose drafts are not ready", Hidden: true, Columns: []web.Column{{Label: "Person", Row: true}, {Label: "Missing"}}}
	for _, m := range g.People {
		switch {
		case m.Status != workflow.Draft:
		case m.Missing > 0:
			v.NotReady.Rows = append(v.NotReady.Rows, []web.Cell{{Text: person(m.N), Href: address("/referrals", m.Reference)}, {Text: draftLacks(m.Line)}})
		default:
			v.Drafts = append(v.Drafts, m.Reference+" "+strconv.Itoa(m.Rev))
			v.Ready.Rows = append(v.Ready.Rows, []web.Cell{{Text: person(m.N)}, {Text: m.Reference}, {Text: "Check " + person(m.N), Href: address("/referrals", m.Reference, "check")}})
		}
	}
	if len(v.Drafts) != 1 {
		v.Button = "Send " + strconv.Itoa(len(v.Drafts)) + " referrals"
	}
	status := http.StatusOK
	if results != nil {
		status = http.StatusUnprocessableEntity
		v.Results = web.Table{Caption: "What became of each", Columns: []web.Column{{Label: "Person", Row: true}, {Label: "Reference"}, {Label: "Result"}}}
		for _, one := range results {
			v.Results.Rows = append(v.Results.Rows, []web.Cell{{Text: person(one.N), Href: address("/referrals", one.Reference)}, {Text: one.Reference}, {Text: resultOf(one, g)}})
		}
	}
	return c.show(status, web.SendGroupPage(p, v))
}

// resultOf says what became of one draft. One that moved on because it was sent
// meanwhile was sent.
func resultOf(one referrals.Sent, g referrals.Group) string {
	now := slices.IndexFunc(g.People, func(m referrals.Member) bool { return m.Reference == one.Reference })
	var bad forms.Problems
	switch {
	case one.Err == nil:
		return "Sent. The decision is due by " + web.DueDate(one.Receipt.DueAt) + "."
	case now >= 0 && g.People[now].Status != workflow.Draft:
		return "It was sent already."
	case errors.As(one.Err, &bad):
		return "Not sent: " + answersNeeded(len(bad))
	}
	if say, ok := fault.Say(one.Err); ok {
		return "Not sent. " + say
	}
	return "Not sent, by a failure on our side. Press the button again: what was sent is not sent twice."
}

// sendGroup sends the drafts that the page showed as ready, each alone.
func (s *server) sendGroup(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	key := c.form().Get("_key")
	if key == "" || len(key) > 64 {
		return errForeign
	}
	var at []referrals.Seen
	for _, one := range c.form()[web.InputSend] {
		draft, rev, _ := strings.Cut(one, " ")
		n, err := strconv.Atoi(rev)
		if err != nil {
			return errForeign
		}
		at = append(at, referrals.Seen{Ref: draft, Rev: n})
	}
	results, err := s.Referrals.SubmitGroup(c.ctx(), c.who, ref, at, key)
	if err != nil {
		return err
	}
	broken := 0
	for _, one := range results {
		if one.Err == nil {
			continue
		}
		broken++
		if statusOf(one.Err) >= http.StatusInternalServerError {
			s.Log.ErrorContext(c.ctx(), "failure", slog.String("route", c.Path()), slog.String("error", one.Err.Error()))
		}
	}
	if broken == 0 {
		c.flash(web.BoxSuccess, sentWords(len(results)))
		return c.toPeople(ref)
	}
	g, err := c.openGroup()
	if err != nil {
		return err
	}
	return s.drawSendGroup(c, g, key, results)
}

func sentWords(n int) string {
	if n == 1 {
		return "1 referral was sent. Its receipt stands on its page."
	}
	return strconv.Itoa(n) + " referrals were sent, each alone. The receipt of each stands on its page."
}

// askDiscardGroup asks before drafts are destroyed.
func (s *server) askDiscardGroup(c *call) error {
	g, err := c.openGroup()
	if err != nil {
		return err
	}
	p := c.page("Discard what is not sent?")
	p.Back = &web.Link{Label: "People of one encounter", Href: address(groupsPath, g.Reference)}
	p.Lead = "All answers in " + drafts(g.Count-g.Sent) + " are destroyed at once. Nobody can bring them back."
	switch {
	case g.Sent > 0:
		p.Lead += " What was sent stays."
	case g.Count == 0:
		p.Lead = "The facts that you typed for everybody are destroyed at once."
	}
	f := web.Form{Action: address(groupsPath, g.Reference, string(workflow.Discard)), CSRF: p.CSRF, Rev: strconv.Itoa(g.Rev)}
	return c.show(http.StatusOK, web.LeaveGroupPage(p, f, p.Back.Href))
}

// discardGroup destroys them.
func (s *server) discardGroup(c *call) error {
	at, err := c.seenGroup()
	if err != nil {
		return err
	}
	if err := s.Referrals.DiscardGroup(c.ctx(), c.who, at); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "What was not sent was discarded.")
	return c.to("/referrals")
}

// encounter lists what the State received of the same encounter.
func (s *server) encounter(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	list, err := s.Referrals.Encounter(c.ctx(), c.who, ref)
	if err != nil {
		return err
	}
	p := c.page("The same encounter")
	p.Back = &web.Link{Label: "The referral", Href: refPath(ref)}
	p.Lead = "These people were met at once. Each is decided alone, on what was told of that person; opening a referral is noted in the log as always."
	t := web.Table{Caption: "Referrals of the same encounter", Hidden: true, Columns: []web.Column{{Label: "Reference", Row: true}, {Label: "Received"}, {Label: "Status"}, {Label: "Held by"}}}
	for _, l := range list {
		t.Rows = append(t.Rows, []web.Cell{{Text: l.Reference, Href: refPath(l.Reference)}, {Text: web.Day(l.ReceivedAt)}, {Part: web.TagPart(web.TagFor(string(l.Status), false))}, {Text: l.HeldBy}})
	}
	return c.show(http.StatusOK, web.EncounterPage(p, web.Encounter{Count: people(len(list)) + " were referred.", Table: t}))
}
