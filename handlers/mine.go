package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

// listed is how many referrals stand on one page of a referrer's list.
const listed = 100

// mine lists the referrer's own referrals: questions, drafts, the rest.
func (s *server) mine(c *call) error {
	list, err := s.Referrals.List(c.ctx(), c.who, referrals.Filter{Cursor: c.QueryParam("cursor"), Size: listed})
	if err != nil {
		return err
	}
	p := c.page("My referrals")
	count(&p, tasksPath, list.Tasks)
	v := web.Mine{Begin: web.Form{Action: "/referrals", CSRF: p.CSRF}, Gather: web.Form{Action: groupsPath, CSRF: p.CSRF}}
	for _, g := range list.Groups {
		v.Groups = append(v.Groups, groupCard(g))
	}
	v.Rest = web.Table{Caption: "Referrals that were sent", Hidden: true,
		Columns: []web.Column{{Label: "Reference", Row: true}, {Label: "Status"}, {Label: "Sent"}, {Label: "Decision"}}}
	for _, l := range list.Lines {
		if l.Letter != nil {
			v.Hand = append(v.Hand, handCard(l))
		}
		switch {
		case l.Status == workflow.Asked:
			v.Asked = append(v.Asked, s.askedCard(l.Reference, l.AnswerDue))
		case l.Group != "": // stands in the group
		case l.Status == workflow.Draft:
			v.Drafts = append(v.Drafts, draftCard(l))
		default:
			v.Rest.Rows = append(v.Rest.Rows, s.sentRow(l))
		}
	}
	if list.Next != "" {
		v.Older = "/referrals?" + url.Values{"cursor": {list.Next}}.Encode()
	}
	return c.show(http.StatusOK, web.MinePage(p, v))
}

// draftCard says when a draft was saved, what it lacks and how long it is kept.
func draftCard(l referrals.Line) web.MineCard {
	tag := web.TagOf(string(l.Status))
	lines := []string{"Saved " + web.Moment(l.UpdatedAt) + "."}
	switch n := l.Missing - len(l.Amiss); {
	case l.Missing == 0:
		lines = append(lines, "Ready to check and send.")
	case n > 0:
		lines = append(lines, answersNeeded(n))
	}
	lines = append(lines, draftKept(l.Kept))
	return web.MineCard{Card: web.Card{Title: l.Reference, Href: address("/referrals", l.Reference), Tag: &tag, Loud: l.Kept.Soon}, Lines: lines, Amiss: amissIn(l)}
}

// amissIn says of each answer of a draft that is there, and cannot be sent as it
// is, what is the matter, and leads to where it is asked.
func amissIn(l referrals.Line) []web.Amiss {
	var out []web.Amiss
	for _, p := range l.Amiss {
		one := web.Amiss{Words: p.Message, Link: web.Link{Label: "Look at it", Href: address("/referrals", l.Reference)}}
		if sec := forms.Questions.Section(sectionIn(p.Field)); sec != nil {
			one.Link = web.Link{Label: "Go to “" + sec.Title + "”", Href: address("/referrals", l.Reference, "sections", sec.ID) + "#" + web.AnchorOf(p.Field)}
		}
		out = append(out, one)
	}
	return out
}

// draftLacks says in a few words what stands against sending a draft.
func draftLacks(l referrals.Line) string {
	n, amiss := l.Missing-len(l.Amiss), len(l.Amiss)
	var out []string
	if n > 0 {
		out = append(out, answersNeeded(n))
	}
	if amiss > 0 {
		out = append(out, howMany(amiss, "answer", "answers")+" cannot be sent so.")
	}
	return strings.Join(out, " ")
}

// draftKept says until when a draft is kept.
func draftKept(k referrals.DraftKept) string {
	if k.Soon {
		return "It is destroyed after " + web.Day(k.Until) + ", unless you send it or save it again."
	}
	return "Kept until " + web.Day(k.Until) + "; each time you save it, it is kept longer."
}

// handCard leads to a letter that waits to be handed over.
func handCard(l referrals.Line) web.MineCard {
	tag := web.LetterTag(string(l.Letter.Status))
	tag.Word = "With you"
	return web.MineCard{Card: web.Card{Title: l.Reference, Href: letterPath(l.Reference, l.Letter.N), Tag: &tag, Loud: true},
		Lines: []string{"A letter for the person is ready: hand it over safely."}}
}

// askedCard leads to the page of the question.
func (s *server) askedCard(ref string, due time.Time) web.MineCard {
	tag := web.TagOf(string(workflow.Asked))
	return web.MineCard{Card: web.Card{Title: ref, Href: address("/referrals", ref, string(workflow.Answer)), Tag: &tag, Clock: s.clockFull(due), Loud: true},
		Lines: []string{"DCJS asks you something. The clock says by when the answer is asked for; the time for the decision goes on meanwhile."}}
}

func (s *server) sentRow(l referrals.Line) []web.Cell {
	if !l.Destroyed.IsZero() {
		return []web.Cell{{Text: l.Reference}, {Part: web.TagPart(web.TagOf(destroyedTag))}, {Text: web.Day(l.ReceivedAt)}, {Text: "Destroyed " + web.Day(l.Destroyed)}}
	}
	row := []web.Cell{{Text: l.Reference, Href: address("/referrals", l.Reference)}, {Part: web.TagPart(web.TagOf(string(l.Status)))}, {Text: web.Day(l.ReceivedAt)}, {}}
	switch l.Status {
	case workflow.Submitted, workflow.InReview:
		row[3].Part = web.ClockPart(*s.due(l.DueAt))
	case workflow.Confirmed, workflow.Declined, workflow.Closed:
		row[3].Text = "Made"
	}
	return row
}

// due is a legal deadline as it is shown now.
func (s *server) due(at time.Time) *web.Clock {
	n, over := s.Referrals.Calendar.Left(s.Now(), at)
	if over {
		n = -n
	}
	clock := web.DueClock(n, web.Hour(at), web.DueMoment(at))
	return &clock
}

// begin makes an empty draft and opens it.
func (s *server) begin(c *call) error {
	seen, err := s.Referrals.Begin(c.ctx(), c.who)
	if err != nil {
		return err
	}
	return c.to("/referrals", seen.Ref)
}

// address is a path of this site, its parts escaped.
func address(path string, parts ...string) string {
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	return path
}
