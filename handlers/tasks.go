package handlers

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nysreferral/fault"
	"nysreferral/referrals"
	"nysreferral/web"
	"nysreferral/workflow"
)

const tasksPath = "/tasks"

// firstTasks are the kinds that stand above the board: what cannot wait, and
// what keeps a hand-over from going out.
var firstTasks = []string{string(workflow.ClockMinorNotice), "minor_check", string(workflow.ClockHHS), string(workflow.ClockShelter), "contact_to_verify", "obtain_consent"}

// mostFirstTasks is how many of them stand there.
const mostFirstTasks = 12

// tasks lists what the duty has to do, the next due first.
func (s *server) tasks(c *call) error {
	done := c.QueryParam("done") == "1"
	list, err := s.Referrals.Tasks(c.ctx(), c.who, done)
	if err != nil {
		return err
	}
	p := c.page("Tasks")
	p.Wide = true
	v := web.StateTasks{Empty: "Nothing is left to do. Well done.", Views: []web.Link{
		{Label: "Open", Href: tasksPath, Current: !done}, {Label: "Done in 30 days", Href: tasksPath + "?done=1", Current: done}}}
	open := 0
	for _, t := range list {
		if t.DoneAt.IsZero() {
			open++
		}
		if t.DoneAt.IsZero() == done {
			continue
		}
		v.Tasks = append(v.Tasks, s.taskLine(c, t, p.CSRF))
	}
	if done {
		v.Empty = "Nothing was done in the last 30 days."
		slices.Reverse(v.Tasks)
	}
	count(&p, tasksPath, open)
	return c.show(http.StatusOK, web.StateTasksPage(p, v))
}

// taskLine is a task with where it is done and how long there is.
func (s *server) taskLine(c *call, t referrals.Task, csrf string) web.TaskLine {
	out := web.TaskLine{Words: t.Words, Title: t.Reference, Href: refPath(t.Reference)}
	if t.Contact != "" && !strings.Contains(t.Words, t.Contact) {
		out.Contact = t.Contact
	}
	if !t.DoneAt.IsZero() {
		out.DoneAt = web.Moment(t.DoneAt)
		return out
	}
	out.Clock = s.taskClock(t)
	out.Loud = out.Clock != nil && out.Clock.Tone == web.ToneOver
	if strings.HasPrefix(t.Kind, "letter_") && c.who.Duty != workflow.Referrer {
		out.Href = refPath(t.Reference, "letters")
	}
	if c.who.Duty != workflow.Program {
		return out
	}
	if t.N > 0 {
		out.Href = handoverPath(t.Reference, t.N)
	}
	if t.Kind == "minor_check" {
		out.Extra = &web.Link{Label: "Send the notice to the district", Href: refPath(t.Reference, "notify")}
	}
	if t.ByHand {
		id := strconv.Itoa(t.ID)
		out.Done = &web.DoneForm{Form: web.Form{Action: tasksPath, CSRF: csrf}, Task: id, ID: "note-" + id}
	}
	return out
}

// taskClock counts in the unit of the task's own clock: hours run at night too.
func (s *server) taskClock(t referrals.Task) *web.Clock {
	clock, ok := workflow.ClockOf(workflow.ClockKey(t.Kind))
	if !ok || clock.Unit != workflow.Hours || t.DueAt.IsZero() {
		return s.clockFull(t.DueAt)
	}
	left := int(math.Floor(t.DueAt.Sub(s.Now()).Hours()))
	if clock.Count == 0 && left < 0 {
		return &web.Clock{Words: "now", Tone: web.ToneOver, When: "since " + web.DueMoment(t.DueAt)}
	}
	out := web.HoursClock(left, web.DueMoment(t.DueAt))
	return &out
}

// taskDone marks a task done, with a note that stays on the record.
func (s *server) taskDone(c *call) error {
	id, err := strconv.Atoi(c.form().Get(web.InputTask))
	if err != nil {
		return fault.Absent()
	}
	if err := s.Referrals.Done(c.ctx(), c.who, id, clean(c.form().Get(web.InputNote))); err != nil {
		return err
	}
	c.flash(web.BoxSuccess, "Done, and written on the record.")
	return c.to(tasksPath)
}
