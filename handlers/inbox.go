package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

const inboxPath = "/inbox"

// inboxGroup is one kind of what waits at a recipient.
type inboxGroup struct {
	title, about string
	at           []workflow.HandoverStatus
}

// inboxGroups are in the order in which they are shown.
var inboxGroups = []inboxGroup{
	{"New", "Accept it, or give it back in time: then somebody else can help.", []workflow.HandoverStatus{workflow.Sent}},
	{"In contact", "You accepted. Somebody must reach the person.", []workflow.HandoverStatus{workflow.Accepted, workflow.NotReached}},
	{"Reached", "Say when services begin, and close it when nothing is left to do.", []workflow.HandoverStatus{workflow.Reached, workflow.Enrolled, workflow.Served}},
}

// inbox is what waits at a recipient: hand-overs, and for a department notices
// about minors.
func (s *server) inbox(c *call) error {
	list, letters, err := s.Referrals.Inbox(c.ctx(), c.who, referrals.Filter{Cursor: c.QueryParam("cursor"), Size: listed})
	if err != nil {
		return err
	}
	p := c.page("Inbox")
	v := web.Inbox{Empty: "Nothing waits for you. An e-mail without details tells you when something comes.", Groups: append(s.stoppedGroup(list.Stopped, p.CSRF), letterGroups(letters, s.Now())...)}
	s.fillInbox(&v, list.Lines)
	if list.Next != "" {
		v.More = inboxPath + "?" + url.Values{"cursor": {list.Next}}.Encode()
	}
	return c.show(http.StatusOK, web.InboxPage(p, v))
}

// fillInbox sorts hand-overs into the groups, what is due first on top.
func (s *server) fillInbox(v *web.Inbox, lines []referrals.Line) {
	type dated struct {
		next referrals.Task
		line referrals.Line
		h    referrals.Handover
		href string
	}
	var all []dated
	for _, l := range lines {
		for _, h := range l.Handover {
			one := dated{nextTask(h), l, h, refPath(l.Reference)}
			if len(l.Handover) > 1 {
				one.href = handoverPath(l.Reference, h.N)
			}
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int {
		if none := a.next.DueAt.IsZero(); none != b.next.DueAt.IsZero() {
			return before(!none)
		}
		return a.next.DueAt.Compare(b.next.DueAt)
	})
	if len(all) > 0 {
		first := all[0]
		box := s.nextBox(first.h)
		box.Title, box.Href = first.line.Reference, first.href
		v.Next = &box
	}
	for _, g := range inboxGroups {
		group := web.InboxGroup{Title: g.title, About: g.about}
		for _, one := range all {
			if slices.Contains(g.at, one.h.Status) {
				card := s.inboxCard(one.line.Reference, one.h)
				if card.Card.Href = one.href; len(one.line.Handover) > 1 {
					card.Lines = append(card.Lines, "Hand-over "+strconv.Itoa(one.h.N)+": you have more than one of this person, and each is accepted by itself.")
				}
				group.Cards = append(group.Cards, card)
			}
		}
		if len(group.Cards) > 0 {
			v.Groups = append(v.Groups, group)
		}
	}
}

func (s *server) inboxCard(ref string, h referrals.Handover) web.InboxCard {
	tag := recipientTag(h)
	if h.NoContact {
		tag = web.NoContactTag
	}
	next := nextTask(h)
	out := web.InboxCard{Card: web.Card{Title: ref, Href: refPath(ref), Tag: &tag, Clock: s.clockOf(next), Loud: next.Standing == workflow.Overdue},
		Lines: []string{s.nextBox(h).Words + "."}}
	if h.Tries > 0 && h.ReachedAt.IsZero() {
		out.Lines = append(out.Lines, howMany(h.Tries, "try", "tries")+", the last "+s.daysAgo(h.TriedAt)+".")
	}
	return out
}

// nextBox says what is next for a hand-over, to its recipient, and by when:
// its own open task that is due first.
func (s *server) nextBox(h referrals.Handover) web.NextBox {
	next := nextTask(h)
	if until := s.waitsUntil(h.Clocks...); !until.IsZero() {
		return web.NextBox{Words: waitWords(until), Clock: s.clockOf(next)}
	}
	if next.Kind == "" || next.For != workflow.Recipient {
		return web.NextBox{Words: recipientNext(h.Status), Clock: s.clockOf(next)}
	}
	return web.NextBox{Words: next.Short, Clock: s.clockOf(next)}
}

// waitsUntil is until when the person asked to be left alone, by the clocks of a
// recipient that stand still; zero where nobody waits.
func (s *server) waitsUntil(clocks ...referrals.Task) time.Time {
	for _, t := range clocks {
		if n := len(t.Held); n > 0 && t.For == workflow.Recipient && t.DoneAt.IsZero() && t.Held[n-1].Until.After(s.Now()) {
			return t.Held[n-1].Until
		}
	}
	return time.Time{}
}

func waitWords(until time.Time) string {
	return "Wait until " + web.Day(until) + ": the person asked for it"
}

// recipientNext says what is next for a hand-over where nothing is due.
func recipientNext(at workflow.HandoverStatus) string {
	switch at {
	case workflow.Sent:
		return "Accept, or give it back"
	case workflow.Accepted:
		return "Reach the person"
	case workflow.NotReached:
		return "Try another way to reach the person"
	case workflow.Reached, workflow.Enrolled:
		return "Say when services begin"
	case workflow.Served:
		return "Say how it goes, or close it"
	}
	return "Nothing"
}

// letterGroups are the notices about minors: those that nobody acknowledged
// come first. What the law asks of a department within 24 hours stands beside
// each while they run, acknowledged or not, and beyond where nobody acknowledged.
func letterGroups(letters []referrals.Letter, now time.Time) []web.InboxGroup {
	fresh := web.InboxGroup{Title: "Notices about minors", About: "The law asks the State to tell you at once. Read, then acknowledge."}
	known := web.InboxGroup{Title: "Acknowledged notices", About: "Kept here to be read again."}
	for _, l := range letters {
		tag := web.TagOf("asked")
		tag.Word = "Not acknowledged"
		into, lines := &fresh, []string{"Sent " + web.Moment(l.SentAt) + "."}
		switch until := workflow.DistrictReports(l.SentAt); {
		case now.Before(until):
			lines = append(lines, "What may be yours to report within 24 hours: until "+web.DueMoment(until)+". The notice says what.")
		case l.AcknowledgedAt.IsZero():
			lines = append(lines, "What may be yours to report within 24 hours was due by "+web.DueMoment(until)+". If it was not done, do it now. The notice says what.")
		}
		if !l.AcknowledgedAt.IsZero() {
			tag = web.TagOf("accepted")
			tag.Word = "Acknowledged"
			into = &known
		}
		into.Cards = append(into.Cards, web.InboxCard{Lines: lines,
			Card: web.Card{Title: l.Reference, Href: letterPath(l.Reference, l.N), Tag: &tag, Loud: into == &fresh}})
	}
	var out []web.InboxGroup
	for _, g := range []web.InboxGroup{fresh, known} {
		if len(g.Cards) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// letterPath is the page of a notice.
func letterPath(ref string, n int) string { return refPath(ref, "letters", strconv.Itoa(n)) }

// letter is a notice about a minor as its department reads it.
func (s *server) letter(c *call) error {
	ref, n, err := c.refAndN()
	if err != nil {
		return err
	}
	rec, err := s.Referrals.Letter(c.ctx(), c.who, ref, n)
	if err != nil {
		return err
	}
	p := c.page("Notice about a minor")
	p.Back = s.backOf(c)
	v := web.RecipientLetter{Reference: rec.Reference, Paper: paperPath(ref, referrals.PaperLetter, n)}
	if v.Blocks, err = s.blocks(*rec.Notice); err != nil {
		return err
	}
	for _, l := range rec.Letters {
		v.Sent, v.Known, v.Corrected = web.Moment(l.SentAt), web.Moment(l.AcknowledgedAt), l.Why
	}
	if v.Known == "" {
		v.Form = &web.Form{Action: letterPath(ref, n) + "/acknowledge", CSRF: p.CSRF}
	}
	return c.show(http.StatusOK, web.RecipientLetterPage(p, v))
}

// acknowledge says that the department has the notice.
func (s *server) acknowledge(c *call) error {
	ref, n, err := c.refAndN()
	if err != nil {
		return err
	}
	if err := s.Referrals.Acknowledge(c.ctx(), c.who, ref, n); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Acknowledged.")
	return c.to(letterPath(ref, n))
}

// askNotify is the page on which OTDA sends the notice about a person who may
// be a minor.
func (s *server) askNotify(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	rec, err := s.Referrals.Open(c.ctx(), c.who, ref, referrals.Want{})
	if err != nil {
		return err
	}
	back := web.Link{Label: "The referral", Href: refPath(ref)}
	p := c.page("Send the notice about a minor")
	p.Back, p.Lead = &back, "The local department of social services of the county where the person was found is told at once. The release does not limit it."
	v := web.Act{Form: web.Form{Action: refPath(ref, "notify"), CSRF: p.CSRF}, Button: "Send the notice", Back: back}
	if slices.ContainsFunc(rec.Letters, func(l referrals.Letter) bool { return l.Kind == workflow.LetterMinor && !l.SentAt.IsZero() }) {
		v.Missing = []string{"The notice about this person was sent already."}
	}
	return c.show(http.StatusOK, web.ActPage(p, v))
}

// notify sends it.
func (s *server) notify(c *call) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	if err := s.Referrals.Notify(c.ctx(), c.who, ref); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "The notice is written. It goes out at once if the contact is verified and somebody can sign in there.")
	return c.to("/referrals", ref)
}
