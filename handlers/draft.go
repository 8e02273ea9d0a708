package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// referral opens one referral of the referrer: a draft as its list of sections,
// a sent one as its record.
func (s *server) referral(c *call) error {
	rec, err := c.open(referrals.Want{})
	if err != nil {
		return err
	}
	if rec.Status != workflow.Draft {
		return s.record(c, rec)
	}
	p := c.page("Your draft")
	p.Back = &web.Link{Label: "My referrals", Href: "/referrals"}
	v := web.Draft{Reference: rec.Reference, Saved: web.Moment(rec.UpdatedAt), Kept: draftKept(rec.Kept),
		Check: address("/referrals", rec.Reference, "check"), Discard: address("/referrals", rec.Reference, string(workflow.Discard))}
	v.Of, v.Another, v.Harmful = groupLink(rec), c.anotherForm(rec, p.CSRF), harmfulFile(rec)
	for _, sec := range sectionsOf(rec.Answers) {
		t := task(rec, sec)
		if t.State == web.TaskDone {
			v.Done++
		}
		if t.State != web.TaskNew || t.Hint != optional {
			v.Counted++
		}
		v.Tasks = append(v.Tasks, t)
	}
	return c.show(http.StatusOK, web.DraftPage(p, v))
}

// open opens the referral in the address.
func (c *call) open(want referrals.Want) (referrals.Record, error) {
	ref, err := c.ref()
	if err != nil {
		return referrals.Record{}, err
	}
	return c.s.Referrals.Open(c.ctx(), c.who, ref, want)
}

// openDraft opens the draft in the address; what is sent already is no draft.
func (c *call) openDraft(want referrals.Want) (referrals.Record, error) {
	rec, err := c.open(want)
	if err == nil && (rec.Status != workflow.Draft || rec.Answers == nil) {
		err = fault.Absent()
	}
	return rec, err
}

// sectionsOf returns the sections that r asks, in the order of its pages: for a
// provider consent comes first, as without it nothing can be sent.
//
// Law: SSL 483-cc(a) (a provider refers with consent).
func sectionsOf(r *forms.Referral) []*forms.Section {
	var out []*forms.Section
	for _, sec := range forms.Questions.Sections {
		if !forms.Questions.Asks(r, sec) {
			continue
		}
		if sec.ID == "B" && !r.FromLaw() {
			out = append([]*forms.Section{sec}, out...)
			continue
		}
		out = append(out, sec)
	}
	return out
}

// sectionOf returns the section id of r and where it stands, from 0; a section
// that r does not ask is absent.
func sectionOf(r *forms.Referral, id string) (*forms.Section, int, []*forms.Section, error) {
	all := sectionsOf(r)
	i := slices.IndexFunc(all, func(s *forms.Section) bool { return s.ID == id })
	if i < 0 {
		return nil, 0, all, fault.Absent()
	}
	return all[i], i, all, nil
}

// optional is said of a section that may stay empty; it is counted only once
// something stands in it.
const optional = "Optional."

// task says how far a section is.
func task(rec referrals.Record, sec *forms.Section) web.Task {
	t := web.Task{Title: sec.Title, Href: address("/referrals", rec.Reference, "sections", sec.ID), State: web.TaskNew}
	begun, missing := answered(rec.Answers, sec.ID), needed(rec.Problems, sec.ID)
	amiss := amissHere(rec, sec.ID)
	switch {
	case missing > 0:
		t.Hint = strings.Join(nonEmpty(notYet(missing-len(amiss)), sayings(amiss)), " ")
		if begun {
			t.State = web.TaskStarted
		}
	case begun:
		t.State = web.TaskDone
	default:
		t.Hint = optional
	}
	return t
}

// amissHere are the answers of a section that are there, and cannot be sent as
// they are.
func amissHere(rec referrals.Record, section string) forms.Problems {
	return slices.DeleteFunc(forms.Questions.Amiss(rec.Answers, rec.Problems), func(p forms.Problem) bool { return sectionIn(p.Field) != section })
}

// sayings are the sentences of problems.
func sayings(list forms.Problems) string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.Message
	}
	return strings.Join(out, " ")
}

// notYet says how many answers are needed, nothing for none.
func notYet(n int) string {
	if n == 0 {
		return ""
	}
	return answersNeeded(n)
}

// needed is how many answers of a section stand against sending.
func needed(list forms.Problems, section string) int {
	n := 0
	for _, p := range list {
		if sectionIn(p.Field) == section {
			n++
		}
	}
	return n
}

func answersNeeded(n int) string {
	if n == 1 {
		return "1 answer is needed."
	}
	return strconv.Itoa(n) + " answers are needed."
}

// sectionIn is the letter of the section that asks the question at path.
func sectionIn(path string) string {
	top, _, _ := strings.Cut(path, ".")
	if f := forms.Questions.Field(top); f != nil {
		return f.Section
	}
	return ""
}

// answered reports whether a question of the section has an answer that does
// not come from the account.
func answered(r *forms.Referral, section string) bool {
	fields := forms.Questions.Section(section).Fields
	return slices.ContainsFunc(forms.Questions.AnswersTo(fields, r), func(a forms.Answer) bool {
		return !a.Field.Derived && !a.Empty()
	})
}

// section asks the questions of one section.
func (s *server) section(c *call) error {
	rec, err := c.openDraft(referrals.Want{Answers: true})
	if err != nil {
		return err
	}
	if in := c.borne(rec.Reference); in != nil {
		return s.drawSection(c, rec, typedThen(in, http.StatusOK))
	}
	return s.drawSection(c, rec, typedBack{})
}

// anyMeans is the question at which "force, fraud or coercion" is wanted; it is
// not marked, as an answer to any of the three will do.
const anyMeans = "force"

// drawSection draws a section, with what was typed when it was not taken as it
// was.
func (s *server) drawSection(c *call, rec referrals.Record, back typedBack) error {
	sec, i, all, err := sectionOf(rec.Answers, c.Param("section"))
	if err != nil && back.in != nil { // another answer took it away while somebody typed
		sec, i, err = forms.Questions.Section(c.Param("section")), len(all), nil
	}
	if err != nil || sec == nil {
		return fault.Absent()
	}
	shown, err := s.Referrals.Shown(c.who, referrals.Seen{Ref: rec.Reference, Rev: rec.Rev}, rec.Answers, forms.Questions, sec.ID)
	if err != nil {
		return err
	}
	drawn := web.Asked{Form: forms.Questions, Answers: rec.Answers, Typed: back.in, Problems: back.bad, Warnings: append(forms.Questions.AmissHere(rec.Answers, sec.ID, s.Referrals.Today()), forms.Questions.WarnHere(rec.Answers, s.Referrals.Today())...),
		Needs: func(path string) bool { return path != anyMeans && forms.Questions.Required(rec.Answers, path) }}.Draw(sec.Fields)
	p := c.page(sec.Title)
	p.Lead, p.ErrorTitle = sec.Intro, len(back.bad) > 0
	p.Back = &web.Link{Label: "All sections", Href: address("/referrals", rec.Reference)}
	p.Idle.Draft = true
	here := address("/referrals", rec.Reference, "sections", sec.ID)
	v := web.Section{Number: min(i+1, len(all)), Of: len(all), Drawn: drawn, Last: i+1 == len(all), Checked: c.fromCheck(),
		Rights: sec.ID == "B" && !rec.Answers.FromLaw(),
		Form:   web.Form{Action: here, CSRF: p.CSRF, Rev: shown, Save: here, Saved: "Saved " + web.Clock24(rec.UpdatedAt)}}
	if v.Checked {
		v.Form.Action += "?from=check"
	}
	if sec.ID == "A" {
		v.Given = given(rec.Answers, sec)
	}
	if sec.ID == "M" {
		v.Files = address("/referrals", rec.Reference, "files")
	}
	if sec.ID == "K" {
		v.Help = web.When(web.Test{Name: "danger", Is: []string{"yes"}})
	}
	back.on(&p, &v.Form)
	return c.show(cmp.Or(back.status, http.StatusOK), web.SectionPage(p, v))
}

func (c *call) fromCheck() bool { return c.QueryParam("from") == "check" }

// given is what the account tells, so that nobody has to type it.
func given(r *forms.Referral, sec *forms.Section) web.Summary {
	var out web.Summary
	for _, a := range forms.Questions.AnswersTo(sec.Fields, r) {
		if !a.Field.Derived || a.Empty() {
			continue
		}
		row := web.Row{Label: a.Field.Label}
		for _, code := range a.Codes() {
			row.Values = append(row.Values, a.Field.LabelOf(code))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// rows translates the page's tick "remove" into the form's: the row's own name.
func rows(in url.Values) url.Values {
	out := url.Values{}
	for name, list := range in {
		out[name] = list
	}
	for _, row := range in[web.InputRemove] {
		out.Set(row+".remove", "yes")
	}
	return out
}

// afterSection goes where the button said.
func (c *call) afterSection(ref, section string, r *forms.Referral) error {
	pressed := c.form().Get(web.InputGo)
	switch {
	case c.form().Get(web.InputAdd) != "":
		path := address("/referrals", ref, "sections", section)
		if c.fromCheck() {
			path += "?from=check"
		}
		return c.to(path + "#" + web.AnchorOf(c.form().Get(web.InputAdd)))
	case pressed == web.GoSave:
		c.flash(web.BoxSuccess, "Your draft was saved.")
		return c.to("/referrals")
	case c.fromCheck():
		return c.to("/referrals", ref, "check")
	}
	_, i, all, err := sectionOf(r, section)
	if err != nil {
		return c.to("/referrals", ref)
	}
	if i++; pressed == web.GoBack {
		i -= 2
	}
	switch {
	case i < 0:
		return c.to("/referrals", ref)
	case i == len(all):
		return c.to("/referrals", ref, "check")
	}
	return c.to("/referrals", ref, "sections", all[i].ID)
}
