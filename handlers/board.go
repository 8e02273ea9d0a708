package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

const boardPath = "/board"

// lane is one column of the board: the hand-overs that stand at these statuses.
type lane struct {
	id, title, empty string
	at               []workflow.HandoverStatus
}

// lanes are the columns of the board, from confirmed to reached.
var lanes = []lane{
	{"to-send", "Confirmed, to send", "Nothing waits to be sent.", []workflow.HandoverStatus{workflow.Proposed, workflow.Returned}},
	{"sent", "Sent", "Nothing waits to be accepted.", []workflow.HandoverStatus{workflow.Sent}},
	{"accepted", "Accepted", "Nobody waits for a first contact.", []workflow.HandoverStatus{workflow.Accepted, workflow.NotReached}},
	{"reached", "Reached", "Nobody was reached yet.", []workflow.HandoverStatus{workflow.Reached, workflow.Enrolled, workflow.Served}},
}

// board is what OTDA follows up: open tasks, and every hand-over in its lane.
func (s *server) board(c *call) error {
	b, err := s.Referrals.Board(c.ctx(), c.who)
	if err != nil {
		return err
	}
	p := c.page("Board")
	p.Wide = true
	count(&p, tasksPath, len(b.Tasks))
	v := web.StateBoard{More: web.Link{Label: "All tasks (" + strconv.Itoa(len(b.Tasks)) + ")", Href: tasksPath}, Summary: s.boardSummary(b)}
	for _, t := range b.Tasks {
		if (t.Standing == workflow.Overdue || slices.Contains(firstTasks, t.Kind)) && len(v.Tasks) < mostFirstTasks {
			line := s.taskLine(c, t, p.CSRF)
			line.Done = nil
			v.Tasks = append(v.Tasks, line)
		}
	}
	all := slices.Concat(b.OnTheWay, b.Reached)
	for _, l := range lanes {
		v.Lanes = append(v.Lanes, web.Lane{ID: "lane-" + l.id, Title: l.title, Empty: l.empty, Cards: s.laneCards(all, l)})
	}
	if b.More {
		v.Cut = "The board shows those whose next date comes first. When they have moved on, the others follow."
	}
	return c.show(http.StatusOK, web.StateBoardPage(p, v))
}

// boardSummary says in one line how many wait, and how many of them are late.
func (s *server) boardSummary(b referrals.Board) string {
	late, silent := 0, 0
	for _, w := range b.OnTheWay {
		if w.Next.Standing == workflow.Overdue {
			late++
		}
		if w.NoContact {
			silent++
		}
	}
	return strconv.Itoa(len(b.OnTheWay)) + " between confirmed and reached · " + strconv.Itoa(late) + " overdue · " + strconv.Itoa(silent) + " without contact"
}

// count puts a number beside an entry of the navigation.
func count(p *web.Page, path string, n int) {
	for i := range p.Nav {
		if p.Nav[i].Href == path {
			p.Nav[i].Count = n
		}
	}
}

// laneCards are the hand-overs of a lane: those without contact first, then
// what is overdue longest, then who waits longest since the confirmation.
func (s *server) laneCards(all []referrals.Waiting, l lane) []web.LaneCard {
	var list []referrals.Waiting
	for _, w := range all {
		if slices.Contains(l.at, w.Status) {
			list = append(list, w)
		}
	}
	slices.SortStableFunc(list, s.waitsLonger)
	out := make([]web.LaneCard, len(list))
	for i, w := range list {
		out[i] = s.laneCard(w)
	}
	return out
}

// waitsLonger orders hand-overs by who needs somebody first.
func (s *server) waitsLonger(a, b referrals.Waiting) int {
	late := func(w referrals.Waiting) bool { return w.Next.Standing == workflow.Overdue }
	switch {
	case late(a) != late(b):
		return before(late(a))
	case late(a) && !a.Next.DueAt.Equal(b.Next.DueAt):
		return a.Next.DueAt.Compare(b.Next.DueAt)
	}
	return a.ConfirmedAt.Compare(b.ConfirmedAt)
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
		County: countyLabel(w.Facets), Kind: kindWords[w.Kind], Next: w.Next.Short, Whose: w.Next.Whose, Loud: w.Next.Standing == workflow.Overdue, Strip: s.strip(w)}
	if w.Kind != string(workflow.KindOTDA) {
		out.To = w.Recipient
	}
	if out.To == out.Whose {
		out.Whose = ""
	}
	if w.NoContact {
		tag := web.NoContactTag
		out.Mark = &tag
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
