package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"nysreferral/fault"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

const queuePath = "/queue"

// queueKey keeps the filter in the session, so that one comes back to it.
const queueKey = "queue"

// queueView is one of the filters of the list.
type queueView struct {
	status workflow.Status // "" is all that are open
	label  string
	open   bool
}

// queueViews are the filters of the list: the open ones wait for a
// determination and come by their legal due date.
var queueViews = []queueView{
	{"", "Open", true},
	{workflow.Submitted, "Not taken", true},
	{workflow.InReview, "In review", true},
	{workflow.Asked, "Question asked", true},
	{workflow.Confirmed, "Confirmed", false},
	{workflow.Declined, "Declined", false},
	{workflow.Withdrawn, "Withdrawn", false},
	{workflow.Closed, "Closed", false},
}

// queueAt is the address of a part of the list. It holds codes only.
func queueAt(status workflow.Status, mine bool, more ...string) string {
	q := url.Values{}
	if status != "" {
		q.Set("status", string(status))
	}
	if mine {
		q.Set("mine", "1")
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return queuePath
	}
	return queuePath + "?" + q.Encode()
}

// queue lists what waits for a determination, and on demand the rest.
func (s *server) queue(c *call) error {
	status, mine := workflow.Status(c.QueryParam("status")), c.QueryParam("mine") == "1"
	at := slices.IndexFunc(queueViews, func(v queueView) bool { return v.status == status })
	if at < 0 {
		return fault.Absent()
	}
	filter := referrals.Filter{Status: status, Mine: mine, Waiting: queueViews[at].open, Cursor: c.QueryParam("cursor"), Last: c.QueryParam("last") == "1"}
	list, err := s.Referrals.List(c.ctx(), c.who, filter)
	if err != nil {
		return err
	}
	if here := queueAt(status, mine); c.s.sessions.GetString(c.ctx(), queueKey) != here {
		c.s.sessions.Put(c.ctx(), queueKey, here)
	}
	p := c.page("Queue")
	p.Wide = true
	v := web.StateQueue{Count: viewCount(filter, list)}
	for i, one := range queueViews {
		v.Views = append(v.Views, web.Link{Label: one.label, Href: queueAt(one.status, mine), Current: i == at})
	}
	if c.who.Duty != workflow.Program {
		v.Mine = &web.Link{Label: "Held by me", Href: queueAt(status, !mine), Current: mine}
		v.Take = &web.Form{Action: queuePath + "/next", CSRF: p.CSRF}
	}
	v.Table = s.queueTable(c, list, queueViews[at].open)
	if filter.Cursor != "" || filter.Last {
		v.First = queueAt(status, mine)
	}
	if list.Next != "" {
		v.Next, v.Last = queueAt(status, mine, "cursor", list.Next), queueAt(status, mine, "last", "1")
	}
	return c.show(http.StatusOK, web.StateQueuePage(p, v))
}

// viewCount says how many lines the view has, as far as one page tells it.
func viewCount(f referrals.Filter, list referrals.Page) string {
	n := len(list.Lines)
	switch {
	case f.Last:
		return "The last " + strconv.Itoa(n)
	case list.Next != "" && f.Cursor == "":
		return "The first " + strconv.Itoa(n)
	case f.Cursor != "":
		return strconv.Itoa(n) + " more"
	case n == 1:
		return "1 referral"
	}
	return strconv.Itoa(n) + " referrals"
}

func (s *server) queueTable(c *call, list referrals.Page, open bool) web.Table {
	t := web.Table{Caption: "Referrals, the next due first", Hidden: true, Queue: true, Empty: "Nothing waits here now."}
	when := "Due"
	if !open {
		when, t.Caption, t.Empty = "Received", "Referrals, the last first", "There is no referral with this status."
	}
	for _, label := range []string{"Reference", when, "Status", "Flags", "Source", "Age", "Type", "Held by"} {
		t.Columns = append(t.Columns, web.Column{Label: label, Row: label == "Reference"})
	}
	for _, l := range list.Lines {
		age, kind, source := "", "", ""
		if l.Facets.Month != "" {
			age, kind, source = l.Facets.Labels()
		}
		date := web.Cell{Text: web.Day(l.ReceivedAt)}
		if clock := s.clock(l.DueAt); open && clock != nil {
			clock.Was = dueMoment(l.DueBefore)
			date = web.Cell{Part: web.ClockPart(*clock)}
		}
		held := l.HeldBy
		if held != "" && held == c.who.Name {
			held = "You"
		}
		tag := web.TagFor(string(l.Status), false)
		if !l.Destroyed.IsZero() {
			tag = web.TagOf(destroyedTag)
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: l.Reference, Href: refPath(l.Reference)}, date, {Part: web.TagPart(tag)},
			{Part: web.Tags(flagsOf(l.Facets).Tags())}, {Text: source}, {Text: age}, {Text: shortType(kind)}, {Text: held}})
	}
	return t
}

// destroyedTag is shown in the place of the status of a referral whose key was
// destroyed.
const destroyedTag = "destroyed"

// shortType leaves out the word that every line would repeat.
func shortType(label string) string { return strings.TrimSuffix(label, " trafficking") }

func flagsOf(f referrals.Facets) web.Flags {
	out := web.Flags{Tonight: f.Urgency == "tonight" || f.Tonight, Minor: f.Minor, Detained: f.Detained, Soon: f.Urgency == "deadline"}
	if day, err := time.Parse(time.DateOnly, f.Deadline); err == nil {
		out.Deadline = day.Format("Jan 2")
	}
	return out
}

// refPath is the page of a referral.
func refPath(ref string, more ...string) string {
	return address("/referrals", append([]string{ref}, more...)...)
}

// clock is a deadline as it stands now, nil when there is none.
func (s *server) clock(due time.Time) *web.Clock {
	if due.IsZero() {
		return nil
	}
	cal, now := s.Referrals.Calendar, s.Now()
	left, over := cal.Left(now, due)
	tone := web.ToneCalm
	switch {
	case over:
		tone = web.ToneOver
	case left == 0:
		tone = web.ToneAsk
	case left == 1:
		tone = web.ToneWork
	}
	return &web.Clock{Words: cal.Words(now, due), Tone: tone}
}

// dueMoment is a due date in words, "" for none.
func dueMoment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return web.DueMoment(at)
}

// clockFull is clock with the moment in words.
func (s *server) clockFull(due time.Time) *web.Clock {
	out := s.clock(due)
	if out != nil {
		out.When = web.DueBy(due, s.Now())
	}
	return out
}

// takeTries is how many referrals "Take next" asks for when colleagues are
// quicker.
const takeTries = 20

// takeNext takes the referral that is due first and that nobody has, a new one
// or one that was opened again.
func (s *server) takeNext(c *call) error {
	list, err := s.Referrals.List(c.ctx(), c.who, referrals.Filter{Waiting: true, Free: true, Size: takeTries})
	if err != nil {
		return err
	}
	for _, l := range list.Lines {
		if l.Status == workflow.Asked {
			continue // an answer is waited for
		}
		_, err := s.Referrals.Act(c.ctx(), c.who, referrals.Seen{Ref: l.Reference, Rev: l.Rev}, workflow.Take, &forms.Deed{})
		switch fault.KindOf(err) {
		case fault.Conflict, fault.Forbidden, fault.NotFound:
			continue // a colleague was first, or it is of the own agency
		}
		if err != nil {
			return err
		}
		c.flash(web.BoxSuccess, "You hold this referral now.")
		return c.to("/referrals", l.Reference)
	}
	c.flash(web.BoxInfo, "Nothing waits to be taken.")
	return c.to(queuePath)
}
