package handlers

import (
	"nysreferral/web"
	"nysreferral/workflow"
)

// entry is one entry of a duty's navigation.
type entry struct {
	Label string
	Path  string
}

// entries is the navigation of each duty, at most five entries. The first is
// where the duty begins after signing in.
var entries = map[workflow.Duty][]entry{
	workflow.Referrer:      {{"My referrals", "/referrals"}, {"Tasks", tasksPath}},
	workflow.Reviewer:      {{"Queue", queuePath}, {"Tasks", tasksPath}, {"Search", searchPath}},
	workflow.Director:      {{"Queue", queuePath}, {"Tasks", tasksPath}, {"Search", searchPath}, {"Reports", reportsPath}},
	workflow.Program:       {{"Board", boardPath}, {"Queue", queuePath}, {"Tasks", tasksPath}, {"Search", searchPath}, {"Reports", reportsPath}},
	workflow.Recipient:     {{"Inbox", inboxPath}, {"Tasks", tasksPath}},
	workflow.Coordinator:   {{"People", "/people"}},
	workflow.Administrator: {{"Directory", "/directory"}, {"Agencies", "/agencies"}, {"People", "/people"}, {"Clocks", clocksPath}, {"Reports", reportsPath}},
	workflow.Auditor:       {{"Log", "/log"}, {"Verify", "/log/verify"}, {"Checkpoints", "/log/checkpoints"}, {"Access report", "/log/access"}, {"Reports", reportsPath}},
}

// nav is the navigation, checked against the list of routes.
type nav map[workflow.Duty][]entry

// newNav returns the navigation of every duty. It panics on an entry that leads
// nowhere or that its duty may not open, so that a slip fails the first test.
func newNav(list []route) nav {
	for duty, links := range entries {
		if len(links) > 5 {
			panic("handlers: more than five entries for the duty " + string(duty))
		}
		for _, l := range links {
			if !leads(list, duty, l.Path) {
				panic("handlers: the entry " + l.Path + " leads nowhere for the duty " + string(duty))
			}
		}
	}
	return entries
}

func leads(list []route, duty workflow.Duty, path string) bool {
	for _, r := range list {
		if r.Method != get || r.Path != path {
			continue
		}
		if _, err := pick([]route{r}, workflow.Actor{ID: 1, Duty: duty}); err == nil {
			return true
		}
	}
	return false
}

// links returns the entries of a duty; the one that path is, is current.
func (n nav) links(duty workflow.Duty, path string) []web.Link {
	var out []web.Link
	for _, e := range n[duty] {
		out = append(out, web.Link{Label: e.Label, Href: e.Path, Current: e.Path == path})
	}
	return out
}

// home is where a duty begins, "" when it has no page yet.
func (n nav) home(duty workflow.Duty) string {
	if len(n[duty]) == 0 {
		return ""
	}
	return n[duty][0].Path
}
