package handlers

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

const tasksPath = "/tasks"

// firstTasks are the kinds that stand above the board also before they are
// overdue: what cannot wait, what keeps a hand-over from going out, and where
// OTDA has to step in.
var firstTasks = []string{workflow.TaskUnsafe, "minor_notice", "minor_check", "hhs_request", workflow.TaskPolice, workflow.TaskMissing, "shelter", workflow.TaskNotAccepted, workflow.TaskNoContact, workflow.TaskLost, workflow.TaskSaidNo, workflow.TaskTakenBack,
	workflow.TaskReleaseEnded, workflow.TaskWrapUp, workflow.TaskVerify, workflow.TaskConsent}

// neverCut are the kinds of those about somebody whom nobody has, or who may be in
// danger. They stand before the others, however many there are: such a person stands
// in no lane, and would be seen nowhere on the board.
var neverCut = []string{workflow.TaskUnsafe, workflow.TaskSaidNo, workflow.TaskTakenBack, workflow.TaskWrapUp, workflow.TaskReleaseEnded, workflow.TaskLost, workflow.TaskNoContact}

// mostFirstTasks is how many of the others stand there.
const mostFirstTasks = 12

// tasksFirst are the tasks that stand above the board, by when they are due, what is
// never cut first; and how many more there are.
func tasksFirst(all []referrals.Task) (list []referrals.Task, cut int) {
	var others []referrals.Task
	for _, t := range all {
		switch {
		case slices.Contains(neverCut, t.Kind):
			list = append(list, t)
		case t.Standing == workflow.Overdue || t.Waits == "" && slices.Contains(firstTasks, t.Kind):
			others = append(others, t)
		}
	}
	n := min(len(others), mostFirstTasks)
	return append(list, others[:n]...), len(others) - n
}

// taskView is one cut of the list of tasks.
type taskView struct {
	show, label, empty string
}

// taskViews are the cuts of the list. What others have to do is for those who
// look after it.
var taskViews = []taskView{
	{"", "Open", "Nothing is left to do. Well done."},
	{"others", "Waiting for others", "Nobody else has anything to do."},
	{"done", "Done in 30 days", "Nothing was done in the last 30 days."},
}

// districtEmpty is said to a local department: what the law asks of it for a child
// is no task of this system, and ends with no button here.
//
// Law: P.L. 113-183.
const districtEmpty = "Nothing waits for you in this system. What the law asks of your department for a child stands in the notice, in your inbox. To acknowledge a notice ends none of it."

// leftOut is said to everybody at DCJS, whether or not it is so. A number would tell
// who stepped back how the referral goes on without them: a second reading begins,
// or it is decided.
//
// Law: Public Officers Law 74.
const leftOut = "Whoever stepped back from a referral, or was excluded from it, has none of its tasks here: this list can be shorter than a colleague’s."

// tasks lists what the duty has to do, the next due first.
func (s *server) tasks(c *call) error { return s.drawTasks(c, nil) }

// drawTasks draws the list, with what came back.
func (s *server) drawTasks(c *call, back *doneAgain) error {
	show := c.QueryParam("show")
	watches := c.who.Duty == workflow.Program
	at := slices.IndexFunc(taskViews, func(v taskView) bool { return v.show == show })
	if at < 0 || show == "others" && !watches {
		return fault.Absent()
	}
	page, err := s.Referrals.TaskPage(c.ctx(), c.who, referrals.TaskFilter{Others: show == "others", Done: show == "done", Cursor: c.QueryParam("cursor")})
	if err != nil {
		return err
	}
	list := page.Tasks
	p := c.page("Tasks")
	p.Wide, p.Dense = true, true
	v := web.StateTasks{Empty: taskViews[at].empty}
	if show == "" && c.who.Side == workflow.SideLDSS {
		v.Empty = districtEmpty
	}
	if slices.Contains(dcjs, c.who.Duty) {
		v.Left = leftOut
	}
	for i, one := range taskViews {
		if one.show == "others" && !watches {
			continue
		}
		href := tasksPath
		if one.show != "" {
			href += "?show=" + one.show
		}
		v.Views = append(v.Views, web.Link{Label: one.label, Href: href, Current: i == at})
	}
	if show == "" && page.Next == "" && c.QueryParam("cursor") == "" {
		count(&p, tasksPath, doable(list))
	}
	if page.Next != "" {
		v.More, v.Empty = tasksAt(show, page.Next), "Nothing on this page is yours to see. Go on to the next."
	}
	v.Groups = s.taskGroups(c, list, p.CSRF)
	status := http.StatusOK
	if back.into(&v) {
		status, p.ErrorTitle = http.StatusUnprocessableEntity, true
	}
	return c.show(status, web.StateTasksPage(p, v))
}

// tasksAt is the address of a part of the list.
func tasksAt(show, cursor string) string {
	q := url.Values{"cursor": {cursor}}
	if show != "" {
		q.Set("show", show)
	}
	return tasksPath + "?" + q.Encode()
}

// apart reports whether the task stands apart because it waits for somebody else.
// What is overdue never does: whoever it waits for, its time is over.
func apart(t referrals.Task) bool { return t.Waits != "" && t.Standing != workflow.Overdue }

// doable is how many of the tasks the reader has to look at now.
func doable(list []referrals.Task) int {
	n := 0
	for _, t := range list {
		if !apart(t) {
			n++
		}
	}
	return n
}

// standings are the groups of a list of tasks, in their order.
var standings = []struct {
	at    workflow.Standing
	title string
}{{workflow.Overdue, "Overdue"}, {workflow.DueSoon, "Due soon"}, {workflow.Runs, "Later"}, {workflow.Over, "Done"}}

// taskGroups puts tasks into groups by how their clocks stand; what waits for
// somebody else stands apart, with whom it waits for.
func (s *server) taskGroups(c *call, list []referrals.Task, csrf string) []web.TaskGroup {
	var out []web.TaskGroup
	for _, g := range standings {
		group := web.TaskGroup{Title: g.title, ID: "group-" + strings.ReplaceAll(string(g.at), "_", "-")}
		for _, t := range list {
			if t.Standing == g.at && !apart(t) {
				group.Tasks = append(group.Tasks, s.taskLine(c, t, csrf))
			}
		}
		if len(group.Tasks) > 0 {
			out = append(out, group)
		}
	}
	waiting := web.TaskGroup{Title: "Waiting for somebody else", ID: "group-waiting"}
	for _, t := range list {
		if apart(t) {
			waiting.Tasks = append(waiting.Tasks, s.taskLine(c, t, csrf))
		}
	}
	if len(waiting.Tasks) > 0 {
		out = append(out, waiting)
	}
	return out
}

// taskLine is a task with where it is done and how long there is.
func (s *server) taskLine(c *call, t referrals.Task, csrf string) web.TaskLine {
	out := web.TaskLine{Words: t.Words, Title: t.Reference, Href: taskPath(c.who.Duty, t), Loud: t.Standing == workflow.Overdue}
	if t.Contact != "" {
		out.Contact, out.Line = t.Contact, contactPath(t.Contact)
	}
	if t.For != c.who.Duty {
		out.Whose = t.Whose
	} else if t.For == workflow.Reviewer && t.Whose != c.who.Name {
		out.Whose = t.Whose
	}
	if !t.DoneAt.IsZero() {
		out.DoneAt = web.Moment(t.DoneAt)
		return out
	}
	if t.Waits != "" {
		out.Whose = t.Waits
	}
	out.Clock = s.clockOf(t)
	if until := s.waitsUntil(t); !until.IsZero() {
		out.Words = waitWords(until) + ". " + t.Words
	}
	if strings.HasPrefix(t.Kind, "letter_") && c.who.Duty != workflow.Referrer {
		out.Href = refPath(t.Reference, "letters")
	}
	if t.For != c.who.Duty {
		return out
	}
	if t.Kind == "minor_check" || t.Kind == "minor_notice" { // the second waits also for somebody to sign in there, and nothing but this sends it then
		out.Extra = &web.Link{Label: "Send the notice to the district", Href: refPath(t.Reference, "notify")}
	}
	if t.ByHand {
		out.Done = &web.DoneForm{Form: web.Form{Action: tasksPath, CSRF: csrf}, Task: strconv.Itoa(t.ID), Asks: asksOf(t)}
	}
	return out
}

// taskPath is where somebody of that duty does a task.
func taskPath(duty workflow.Duty, t referrals.Task) string {
	switch {
	case t.Kind == workflow.TaskStopped && duty == workflow.Recipient:
		return inboxPath // nothing else is seen of it
	case (duty == workflow.Program || duty == workflow.Recipient) && t.N > 0:
		return handoverPath(t.Reference, t.N)
	case duty == workflow.Referrer && t.Kind == workflow.TaskAnswer:
		return refPath(t.Reference, string(workflow.Answer))
	case duty == workflow.Referrer && t.Kind == workflow.TaskBring:
		return handoverPath(t.Reference, t.N, string(workflow.Bring))
	}
	return refPath(t.Reference)
}

// clockOf is a task's clock as it stands now, in its own unit: hours run at
// night too. A due date that was moved says what it was before. It is nil for
// a task that has no due date.
func (s *server) clockOf(t referrals.Task) *web.Clock {
	if t.DueAt.IsZero() {
		return nil
	}
	kind, _ := workflow.TaskOf(t.Kind)
	clock, _ := workflow.ClockOf(kind.Clock)
	out := s.clockFull(t.DueAt)
	if clock.Unit == workflow.Hours {
		left := int(math.Floor(t.DueAt.Sub(s.Now()).Hours()))
		hours := web.HoursClock(left, web.DueMoment(t.DueAt))
		if clock.Count == 0 && left < 0 {
			hours = web.Clock{Words: "now", Tone: web.ToneOver, When: "since " + web.DueMoment(t.DueAt)}
		}
		out = &hours
	}
	out.Counts = t.Counts
	if n := len(t.Was); n > 0 {
		out.Was = web.DueMoment(t.Was[n-1].DueAt)
	}
	return out
}

// clockRows are the clocks of a hand-over as lines of a summary: what runs first, then what is
// done. Earlier due dates and pauses stand with the reason, for whoever may
// read it.
func (s *server) clockRows(h referrals.Handover) []web.Row {
	var open, done []web.Row
	for _, t := range h.Clocks {
		row := web.Row{Label: t.Name}
		for _, was := range t.Was {
			row.Values = append(row.Values, because("Due before: "+web.DueBy(was.DueAt, s.Now()), was.Why))
		}
		for _, held := range t.Held {
			row.Values = append(row.Values, "Paused until "+web.Day(held.Until)+".")
		}
		if !t.DoneAt.IsZero() {
			row.Values = append(row.Values, "Due "+web.DueBy(t.DueAt, s.Now())+". "+endWord(h, t)+" "+web.Moment(t.DoneAt)+".")
			done = append(done, row)
			continue
		}
		if clock := s.clockOf(t); clock != nil {
			clock.Was = ""
			row.Part = web.ClockPart(*clock)
		}
		row.Values = append(row.Values, "Whose it is: "+t.Whose+".", t.Law)
		open = append(open, row)
	}
	return append(open, done...)
}

// endWord says how a clock of a hand-over came to its end: where the hand-over
// ended before what the clock waited for, nothing was done.
func endWord(h referrals.Handover, t referrals.Task) string {
	waited := map[string]time.Time{workflow.TaskRoute: h.SentAt, workflow.TaskAcceptance: h.AcceptedAt, workflow.TaskContact: h.ReachedAt}
	if came, ok := waited[t.Kind]; ok && came.IsZero() && !h.ClosedAt.IsZero() {
		return "Ended"
	}
	return "Done"
}

func because(what, why string) string {
	if why == "" {
		return what + "."
	}
	return what + ". " + why
}
