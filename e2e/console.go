package e2e

import (
	"net/url"
	"strings"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// problem is something that a page must not do.
type problem struct {
	what string // "console", "exception", "policy", "network", "elsewhere"
	text string
	url  string // of what did not come, for "network"
}

// String returns the problem as a line of a report.
func (p problem) String() string {
	if p.url == "" {
		return p.what + ": " + p.text
	}
	return p.what + ": " + p.text + " (" + p.url + ")"
}

// hear takes in one event of the tab. It runs where the messages of the
// browser are read, so it is quick and calls nothing back.
func (p *Page) hear(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		p.asked(ev)
	case *network.EventLoadingFinished:
		p.wire += int64(ev.EncodedDataLength)
	case *cdplog.EventEntryAdded:
		p.entry(ev.Entry)
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, problem{what: "exception", text: thrown(ev.ExceptionDetails)})
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeAssert {
			p.problems = append(p.problems, problem{what: "console", text: spoken(ev.Args)})
		}
	}
}

// asked notes what the page asks for: a document by its address, and a part of
// a page that comes from another host as a problem, since that host would
// learn who reads the page.
func (p *Page) asked(ev *network.EventRequestWillBeSent) {
	if ev.Type == network.ResourceTypeDocument {
		p.documents[ev.Request.URL] = true
		return
	}
	base, err := url.Parse(p.base)
	if err != nil || base.Host == "" {
		return
	}
	to, err := url.Parse(ev.Request.URL)
	if err == nil && strings.HasPrefix(to.Scheme, "http") && to.Host != base.Host {
		p.problems = append(p.problems, problem{what: "elsewhere", text: "a part of the page is asked from another host", url: ev.Request.URL})
	}
}

// entry notes a line of the browser's log that is an error or speaks of the
// content security policy.
func (p *Page) entry(e *cdplog.Entry) {
	policy := strings.Contains(e.Text, "Content Security Policy")
	switch {
	case policy:
		p.problems = append(p.problems, problem{what: "policy", text: e.Text})
	case e.Level == cdplog.EntryLevelError && e.Source == cdplog.EntrySourceNetwork:
		p.problems = append(p.problems, problem{what: "network", text: e.Text, url: e.URL})
	case e.Level == cdplog.EntryLevelError:
		p.problems = append(p.problems, problem{what: "console", text: e.Text, url: e.URL})
	}
}

// thrown returns what an exception says.
func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

// spoken returns what was written to the console.
func spoken(args []*runtime.RemoteObject) string {
	var said []string
	for _, a := range args {
		if a.Description != "" {
			said = append(said, a.Description)
			continue
		}
		said = append(said, string(a.Value))
	}
	return strings.Join(said, " ")
}

// Problems returns what the page did wrong so far and forgets it: for a test
// that expects it. What is left when the test ends fails it.
func (p *Page) Problems() []string {
	p.t.Helper()
	p.Title() // what was sent before this answer has been heard
	return p.take()
}

// take empties the list of problems. That a page which was navigated to
// answered with an error is the test's business and no problem of the page.
func (p *Page) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []string
	for _, pr := range p.problems {
		if pr.what == "network" && p.documents[pr.url] {
			continue
		}
		lines = append(lines, pr.String())
	}
	p.problems = nil
	return lines
}

// settle fails the test for the problems that nobody expected. It runs at the
// end, when the page may be gone, so it asks the page nothing that must work.
func (p *Page) settle() {
	if !p.t.Failed() {
		p.Title()
	}
	for _, line := range p.take() {
		p.t.Errorf("e2e: the page has a problem: %s", line)
	}
}
