package handlers

import (
	"net/http"
	"net/url"
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
	{"reached", "Reached", "Nobody was reached yet.", []workflow.HandoverStatus{workflow.Reached, workflow.Served}},
}

// boardSize is how many confirmed referrals one page of the board holds.
const boardSize = 100

// board is what OTDA follows up: open tasks, and every hand-over in its lane.
func (s *server) board(c *call) error {
	list, tasks, err := s.Referrals.Board(c.ctx(), c.who, referrals.Filter{Status: workflow.Confirmed, Size: boardSize, Cursor: c.QueryParam("cursor")})
	if err != nil {
		return err
	}
	p := c.page("Board")
	p.Wide = true
	count(&p, tasksPath, len(tasks))
	v := web.StateBoard{More: web.Link{Label: "All tasks (" + strconv.Itoa(len(tasks)) + ")", Href: tasksPath}}
	for _, t := range tasks {
		if slices.Contains(firstTasks, t.Kind) && len(v.Tasks) < mostFirstTasks {
			line := s.taskLine(c, t, p.CSRF)
			line.Done = nil
			v.Tasks = append(v.Tasks, line)
		}
	}
	for _, l := range lanes {
		v.Lanes = append(v.Lanes, web.Lane{ID: "lane-" + l.id, Title: l.title, Empty: l.empty, Cards: s.laneCards(list.Lines, l)})
	}
	if list.Next != "" {
		v.Next = boardPath + "?" + url.Values{"cursor": {list.Next}}.Encode()
	}
	return c.show(http.StatusOK, web.StateBoardPage(p, v))
}

// count puts a number beside an entry of the navigation.
func count(p *web.Page, path string, n int) {
	for i := range p.Nav {
		if p.Nav[i].Href == path {
			p.Nav[i].Count = n
		}
	}
}

// laneCards are the hand-overs of a lane, what is overdue first.
func (s *server) laneCards(lines []referrals.Line, l lane) []web.LaneCard {
	type dated struct {
		at time.Time
		web.LaneCard
	}
	var list []dated
	for _, line := range lines {
		for _, h := range line.Handover {
			if slices.Contains(l.at, h.Status) {
				list = append(list, dated{h.NextAt, s.laneCard(line, h)})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b dated) int { return a.at.Compare(b.at) })
	out := make([]web.LaneCard, len(list))
	for i, one := range list {
		out[i] = one.LaneCard
	}
	return out
}

func (s *server) laneCard(line referrals.Line, h referrals.Handover) web.LaneCard {
	out := web.LaneCard{Title: line.Reference, Href: handoverPath(line.Reference, h.N), Tag: web.TagOf(string(h.Status)), Clock: s.clock(h.NextAt),
		County: countyLabel(line.Facets), Kind: kindWords[h.Kind], Next: programNext(h), Waits: s.waiting(since(h))}
	if h.Kind != string(workflow.KindOTDA) {
		out.To = h.Recipient
	}
	out.Loud = !h.NextAt.IsZero() && s.Now().After(h.NextAt)
	return out
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

// since is when the hand-over came to where it stands.
func since(h referrals.Handover) time.Time {
	switch h.Status {
	case workflow.Proposed:
		return h.ProposedAt
	case workflow.Sent, workflow.Returned:
		return h.SentAt
	case workflow.Accepted, workflow.NotReached:
		return h.AcceptedAt
	}
	return h.ReachedAt
}

// waiting says for how many days something has stood where it stands.
func (s *server) waiting(from time.Time) string {
	if from.IsZero() {
		return ""
	}
	n := int(s.Now().Sub(from).Hours() / 24)
	switch n {
	case 0:
		return "Since today"
	case 1:
		return "For 1 day"
	}
	return "For " + strconv.Itoa(n) + " days"
}

// programNext says what is next for a hand-over, to OTDA.
func programNext(h referrals.Handover) string {
	own := h.Kind == string(workflow.KindOTDA)
	switch h.Status {
	case workflow.Proposed:
		switch {
		case !h.Permitted && !own:
			return "Obtain consent"
		case h.Recipient == "":
			return "Find a recipient"
		case !h.Verified:
			return "Have the contact verified"
		}
		return "Look and send"
	case workflow.Returned:
		return "Choose another recipient"
	case workflow.Sent:
		if own {
			return "Accept it for OTDA"
		}
		return "Waits to be accepted"
	case workflow.Accepted:
		return "First contact"
	case workflow.NotReached:
		return "Try again to reach the person"
	case workflow.Reached:
		return "Services begin"
	case workflow.Served:
		return "Follow up, or close"
	}
	return "Ended"
}
