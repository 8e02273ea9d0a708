package web

import (
	"time"

	"github.com/a-h/templ"
)

// Register is a page that lists what the registry or the log holds.
type Register struct {
	Above   []templ.Component // what to know before reading
	Buttons []Button
	Views   []Link // other cuts of the same list; the one shown is Current
	Filter  *Filter
	Count   string // "104 lines"
	Tables  []Table
	More    *SmallForm // goes on with the list
	Next    *Link      // goes on with the list, where its address may be seen
}

// Filter is a form above a list that narrows it. It is posted, so that what
// somebody looks for stands in no address.
type Filter struct {
	Form   Form
	Drawn  Drawn
	Button string
	Open   bool // drawn open; else behind its title
	Title  string
}

// SmallForm is a form of buttons only, such as the acts in a row of a table.
type SmallForm struct {
	Action  string
	CSRF    string
	Rev     string
	Hidden  []Hidden
	Buttons []Button
}

// Hidden is an answer that a form carries without showing it.
type Hidden struct{ Name, Value string }

// Detail is a page about one thing of the registry.
type Detail struct {
	Tags      []StatusTag
	Above     []templ.Component
	Summaries []Summary
	Buttons   []Button
}

// Upload is the page on which somebody chooses a file.
type Upload struct {
	Action   string
	CSRF     string
	ID       string // of the input; its name too
	Label    string
	Hint     string
	Accept   string // ".csv,text/csv"
	Button   string
	Above    []templ.Component
	Problems []Problem
	Back     Link
}

// Preview is the page that says what an import would do, and asks.
type Preview struct {
	Action string
	CSRF   string
	Hidden []Hidden
	Above  []templ.Component
	Tables []Table
	Button string // "" asks nothing: there is nothing to do
	Back   Link
}

// LogCheck is the page on which an auditor checks the log.
type LogCheck struct {
	Drawn  Drawn
	Form   Form
	Button string
	Above  []templ.Component // the result
	Rows   []Row             // of the result
	Keep   string            // a text to copy and keep, or ""
	Note   string            // what to do with it
}

// The states of things in the registry.
const (
	StateVerified   = "verified"
	StateUnverified = "unverified"
	StateAsked      = "asked"
	StateEnded      = "ended"
	StateActive     = "active"
	StateOff        = "off"
	StateSecond     = "second"
	StateLocked     = "locked"
	StateAttest     = "attest"
	StateNoPassword = "no_password"
	StateLead       = "lead"
)

var registryTags = map[string]StatusTag{
	StateVerified:   {"Verified", shapeCheck, ToneGood},
	StateUnverified: {"Not verified", shapeBang, ToneAsk},
	StateAsked:      {"Not verified, asked for by OTDA", shapeBang, ToneAsk},
	StateEnded:      {"Ended", shapeSquare, ToneCalm},
	StateActive:     {"Active", shapeRing, ToneCalm},
	StateOff:        {"Switched off", shapeCross, ToneOver},
	StateSecond:     {"Waits for a second person", shapePaper, ToneCalm},
	StateLocked:     {"Locked", shapeBang, ToneAsk},
	StateAttest:     {"Still works here?", shapeBang, ToneAsk},
	StateNoPassword: {"No password yet", shapePaper, ToneCalm},
	StateLead:       {"Lead", shapePersons, ToneWork},
}

// StateTag returns how a state of the registry is shown; one that has no tag
// is shown as it is.
func StateTag(state string) StatusTag {
	if t, ok := registryTags[state]; ok {
		return t
	}
	return StatusTag{Word: state, Shape: shapeRing, Tone: ToneCalm}
}

// Second writes t to the second, for the log: "Nov 6, 2026, 2:05:07 pm".
func Second(t time.Time) string { return written(t, "Jan 2, 2006, 3:04:05 pm") }
