package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/web"
	"nysreferral/workflow"
)

const boardPath = "/board"

// lane is one column of the board: the people who came to these stops and no
// farther, as the report of the road counts them.
type lane struct {
	id, title, empty string
	at               []reports.Stop
}

// lanes are the columns of the board, from confirmed to reached.
var lanes = []lane{
	{"to-send", "Confirmed, to send", "Nobody waits for a hand-over to be sent.", []reports.Stop{reports.AtConfirmed}},
	{"sent", "Sent", "Nobody waits for a hand-over to be accepted.", []reports.Stop{reports.AtSent}},
	{"accepted", "Accepted", "Nobody waits for a first contact.", []reports.Stop{reports.AtAccepted}},
	{"reached", "Reached", "Nobody was reached yet.", []reports.Stop{reports.AtReached, reports.AtServed}},
}

// board is what OTDA follows up: open tasks, and every person in a lane.
func (s *server) board(c *call) error {
	b, err := s.Referrals.Board(c.ctx(), c.who)
	if err != nil {
		return err
	}
	p := c.page("Board")
	p.Wide = true
	count(&p, tasksPath, doable(b.Tasks))
	v := web.StateBoard{More: web.Link{Label: "All tasks (" + strconv.Itoa(doable(b.Tasks)) + ")", Href: tasksPath}, Summary: s.boardSummary(b), Directory: "/directory"}
	first, cut := tasksFirst(b.Tasks)
	for _, t := range first {
		line := s.taskLine(c, t, p.CSRF)
		line.Done = nil
		v.Tasks = append(v.Tasks, line)
	}
	if cut > 0 {
		v.Rest = web.Link{Label: "And " + strconv.Itoa(cut) + " more", Href: tasksPath}
	}
	for _, l := range lanes {
		v.Lanes = append(v.Lanes, web.Lane{ID: "lane-" + l.id, Title: l.title, Empty: l.empty, Cards: s.laneCards(b.People, l)})
	}
	if b.More {
		v.Cut = "The board shows those whose next date comes first, and counts them alone. When they have moved on, the others follow."
	}
	return c.show(http.StatusOK, web.StateBoardPage(p, v))
}

// boardSummary says in one line how many people wait to be reached, with how many,
// reached or not, a hand-over is late or without contact, how many were reached and
// wait by another hand-over, and how many have none that is open: they stand in no
// lane, and OTDA closes or proposes another.
func (s *server) boardSummary(b referrals.Board) string {
	between, late, silent, beside := 0, 0, 0, 0
	for _, p := range b.People {
		if p.Between() {
			between++
		}
		if len(p.Beside()) > 0 {
			beside++
		}
		if slices.ContainsFunc(p.Handovers, overdue) {
			late++
		}
		if slices.ContainsFunc(p.Handovers, func(w referrals.Waiting) bool { return w.NoContact }) {
			silent++
		}
	}
	out := howMany(between, "person", "people") + " between confirmed and reached · " + strconv.Itoa(late) + " overdue · " + strconv.Itoa(silent) + " without contact"
	if beside > 0 {
		out += " · " + strconv.Itoa(beside) + " reached by one recipient and not by another"
	}
	none := 0
	for _, t := range b.Tasks {
		if t.Kind == workflow.TaskWrapUp {
			none++
		}
	}
	if none > 0 {
		out += " · " + strconv.Itoa(none) + " with no hand-over open"
	}
	return out
}

// overdue reports whether what is next of a hand-over is late.
func overdue(w referrals.Waiting) bool { return w.Next.Standing == workflow.Overdue }

// count puts a number beside an entry of the navigation.
func count(p *web.Page, path string, n int) {
	for i := range p.Nav {
		if p.Nav[i].Href == path {
			p.Nav[i].Count = n
		}
	}
}

// laneCards are the people of a lane, each once: what is overdue longest first,
// then whom one recipient reached and another did not, then who waits longest since
// the confirmation.
func (s *server) laneCards(all []referrals.Person, l lane) []web.LaneCard {
	var list []referrals.Person
	for _, p := range all {
		if slices.Contains(l.at, p.Stop) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, waitsLonger)
	out := make([]web.LaneCard, len(list))
	for i, p := range list {
		out[i] = s.laneCard(p.Handovers[0])
		for _, w := range p.Handovers[1:] {
			out[i].Beside = append(out[i].Beside, s.laneBeside(w))
			out[i].Loud = out[i].Loud || overdue(w)
		}
		if p.Before {
			out[i].Before = "Somebody reached the person before and helps no more."
		}
		if tag := besideMark(p); tag != nil {
			out[i].Marks = append(out[i].Marks, *tag)
			out[i].Loud = out[i].Loud || *tag == web.BesideSilentTag
		}
	}
	return out
}

// besideMark marks a person who was reached by one recipient, and not by another
// one who has the person too, or to whom the person is to be sent; nil for others.
// Without it the card would look as if all were well.
func besideMark(p referrals.Person) *web.StatusTag {
	list := p.Beside()
	if len(list) == 0 {
		return nil
	}
	out := web.BesideTag
	if slices.ContainsFunc(list, func(w referrals.Waiting) bool { return w.NoContact }) {
		out = web.BesideSilentTag
	}
	return &out
}

// waitsLonger orders people by who needs somebody first.
func waitsLonger(a, b referrals.Person) int {
	first, second := mostUrgent(a), mostUrgent(b)
	switch late := overdue(first); {
	case first.Unsafe != second.Unsafe: // the alarm is the person's, and so of each hand-over
		return before(first.Unsafe)
	case late != overdue(second):
		return before(late)
	case late && !first.Next.DueAt.Equal(second.Next.DueAt):
		return first.Next.DueAt.Compare(second.Next.DueAt)
	case len(a.Beside()) > 0 != (len(b.Beside()) > 0):
		return before(len(a.Beside()) > 0)
	}
	return first.ConfirmedAt.Compare(second.ConfirmedAt)
}

// mostUrgent is the hand-over of a person of which something is overdue longest,
// else the one that came farthest.
func mostUrgent(p referrals.Person) referrals.Waiting {
	out := p.Handovers[0]
	for _, w := range p.Handovers[1:] {
		if overdue(w) && (!overdue(out) || w.Next.DueAt.Before(out.Next.DueAt)) {
			out = w
		}
	}
	return out
}

// laneBeside is one more hand-over of the person, under the first.
func (s *server) laneBeside(w referrals.Waiting) web.LaneBeside {
	out := web.LaneBeside{Label: "Hand-over " + strconv.Itoa(w.N), Href: handoverPath(w.Reference, w.N), Tag: web.TagOf(string(w.Status)), Clock: s.clockOf(w.Next), Next: w.Next.Short}
	if w.NoContact {
		out.Marks = []web.StatusTag{web.NoContactTag}
	}
	whom := w.Recipient
	if w.Kind == string(workflow.KindOTDA) {
		whom = kindWords[w.Kind]
	}
	out.Next = joined(out.Next, whom)
	return out
}

// before is the order of what holds before what does not.
func before(first bool) int {
	if first {
		return -1
	}
	return 1
}

func (s *server) laneCard(w referrals.Waiting) web.LaneCard {
	out := web.LaneCard{Title: w.Reference, Href: handoverPath(w.Reference, w.N), Tag: web.TagOf(string(w.Status)), Clock: s.clockOf(w.Next),
		County: countyLabel(w.Facets), Kind: kindWords[w.Kind], Next: w.Next.Short, Whose: w.Next.Whose, Loud: overdue(w) || w.Unsafe, Strip: s.strip(w)}
	if w.Kind != string(workflow.KindOTDA) {
		out.To = w.Recipient
	}
	if out.To == out.Whose {
		out.Whose = ""
	}
	if w.Next.Waits != "" {
		out.Whose = w.Next.Waits
	}
	if w.Unsafe {
		out.Marks = append(out.Marks, web.UnsafeTryTag)
	}
	if w.NoContact {
		out.Marks = append(out.Marks, web.NoContactTag)
	}
	if n := len(w.Tries); n > 0 {
		out.Tries = howMany(n, "try", "tries") + " to reach the person, the last " + s.daysAgo(w.Tries[n-1])
	}
	if w.BringAsked {
		out.Asked = "The referrer was asked to bring them together."
	}
	out.Waits = "Confirmed " + s.daysAgo(w.ConfirmedAt)
	return out
}

// daysAgo says how many days of the calendar lie between a moment and now.
func (s *server) daysAgo(from time.Time) string {
	switch n := s.Referrals.Calendar.DaysBetween(from, s.Now()); n {
	case 0:
		return "today"
	case 1:
		return "yesterday"
	default:
		return strconv.Itoa(n) + " days ago"
	}
}

// strip is the picture of a hand-over's days since the confirmation.
func (s *server) strip(w referrals.Waiting) web.Strip {
	now := s.Now()
	if !w.ReachedAt.IsZero() {
		now = w.ReachedAt // the days until somebody reached the person
	}
	from, between := w.ConfirmedAt, s.Referrals.Calendar.DaysBetween
	if from.IsZero() {
		return web.Strip{}
	}
	days := make([]web.StripDay, between(from, now)+1)
	for i := range days {
		days[i] = web.StripDay{Stage: web.StripToSend}
	}
	for _, one := range []struct {
		at    time.Time
		stage web.StripStage
	}{{w.SentAt, web.StripSent}, {w.AcceptedAt, web.StripAccepted}} {
		if one.at.IsZero() {
			continue
		}
		for i := between(from, one.at); i < len(days); i++ {
			days[i].Stage = one.stage
		}
	}
	for _, try := range w.Tries {
		if i := between(from, try); i < len(days) {
			days[i].Try = true
		}
	}
	return web.NewStrip(days, !w.ReachedAt.IsZero())
}

// countyLabel is where the person stays, or was found.
func countyLabel(f referrals.Facets) string {
	code, field := f.CountyNow, "countyNow"
	if code == "" || code == forms.Unknown {
		code, field = f.County, "countyFound"
	}
	if code == "" {
		return "County unknown"
	}
	return forms.Questions.Field(field).LabelOf(code)
}

// kindWords are the kinds of recipient, short.
var kindWords = map[string]string{
	string(workflow.KindLDSS): "Local department", string(workflow.KindRHTP): "RHTP provider", string(workflow.KindOTDA): "OTDA itself",
}

// nextTask is the open task of a hand-over that is due first, as far as the
// reader may know; the zero Task when there is none.
func nextTask(h referrals.Handover) referrals.Task {
	var out referrals.Task
	for _, t := range h.Clocks {
		if t.DoneAt.IsZero() && (out.DueAt.IsZero() || t.DueAt.Before(out.DueAt)) {
			out = t
		}
	}
	return out
}
