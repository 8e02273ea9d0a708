package pdf

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	_ "time/tzdata" // a bare machine has no time zones of its own

	"nysreferral/forms"
)

// Facts are what a document says beside the answers. None of them names the person. A zero value is left out.
type Facts struct {
	Reference    string // as people see it: 7K4M-2QX9-C3TB-5
	GeneratedFor string // the office that asked for the document
	Version      int    // of the answers, from 1
	Digest       string // of the answers, hexadecimal
	Status       string // in words: "In review"
	Agency       string // the referring agency; "" for a reader who may not know it
	Code         string // of a letter: what "check a letter" asks

	At         time.Time // the moment that the document speaks of; zero is refused
	ReceivedAt time.Time
	DueAt      time.Time // the determination is due
	RouteDueAt time.Time // notice and hand-over are due
	DecidedAt  time.Time
}

var errReader = errors.New("pdf: this document is not for this reader")

// newYork is where documents are dated.
var newYork = func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic("pdf: no time zone data: " + err.Error())
	}
	return loc
}()

// notice is at the foot of every page.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115 (what a program knows of a person goes to others only with consent or where
// the law says so).
const notice = "Confidential. Keep it where nobody else can read it, and pass it on only as the release or the law allows."

// begin opens a document. Its title is neutral: it shows in lists of files and in the bar of a window.
func begin(f Facts, title, notice string) *paper {
	if f.GeneratedFor != "" { // on a line of its own: an office may have a long name, and the last line holds the number of the page
		notice += "\nGenerated for " + f.GeneratedFor
	}
	doc := Document{Title: title, Reference: f.Reference, Digest: f.Digest, Notice: notice}
	if !f.At.IsZero() {
		doc.At = f.At.In(newYork)
	}
	if f.Version > 0 {
		doc.Version = strconv.Itoa(f.Version)
	}
	return newPaper(doc)
}

// end says at the end of the document what could not be printed, and closes it.
func (p *paper) end() ([]byte, []Undrawn, error) {
	n := 0
	for _, u := range p.cleaner.lacking() {
		n += u.Count
	}
	if n > 0 {
		p.Space(8)
		p.Small(fmt.Sprintf("%s could not be printed. The place is marked in brackets; the record in the system holds the text as it was written.", counted(n, "character")))
	}
	return p.Bytes()
}

func counted(n int, what string) string {
	if n == 1 {
		return "One " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// fact writes a row unless there is nothing to say.
func (p *paper) fact(label, value string) {
	if value != "" {
		p.Row(label, value)
	}
}

// moment writes a row with a moment as a clock in New York shows it.
func (p *paper) moment(label string, at time.Time) {
	p.fact(label, forms.At(at).Words())
}

// day is a date as people write it, "" for the zero time.
func day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(newYork).Format("January 2, 2006")
}
