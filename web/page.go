package web

import "strings"

// Page is what the frame around every page needs to know.
type Page struct {
	Title      string        // the page's h1 and browser title; never a name or a reference
	Lang       string        // BCP 47; "" is "en"
	User       *UserLine     // nil when nobody is signed in
	Nav        []Link        // at most five
	Back       *Link         // one step up, above the heading
	Lead       string        // one sentence below the heading, or ""
	QuickExit  bool          // draws "Leave this page"; on public and referrer pages
	Dense      bool          // has parts of the pages of staff, such as lists of tasks, though a referrer opens it
	CSRF       string        // token of the session, for every POST form of the page
	Flash      *Flash        // what the last act did, said once
	ErrorTitle bool          // the answers were refused (422): "Error:" before the title
	NoHeading  bool          // the page draws its own h1
	Wide       bool          // queue and review: uses the whole width
	Idle       *Idle         // nil when nobody is signed in
	Kept       *Kept         // what was typed into a form of this page before the screen was locked, or nil
	Mark       func() string // over a page that shows a person, who looks at it and when; nil or "" is none
	Banner     string        // "Demonstration: all people here are made up", or ""
	Support    string        // whom to ask when the service does not work; "" names the coordinator
}

// UserLine says who is signed in, for which agency and with which duty.
type UserLine struct {
	Name   string
	Agency string
	Duty   string // in words: "Referrer"
}

// Link is a place to go. Current marks the page one is on.
type Link struct {
	Label   string
	Href    string
	Current bool
	Count   int // things waiting there; 0 is not shown
}

// Flash is one message about the last act.
type Flash struct {
	Kind BoxKind
	Text string
}

// Idle is the lock of the screen. The script warns two minutes before, and
// empties the screen then; the server locks the session itself.
type Idle struct {
	Seconds int  // from the last request to the lock
	Draft   bool // an open draft is saved: the warning says so
}

// nameOfService stands in the header of every page.
const nameOfService = "Human Trafficking Victim Confirmation"

// marks is how many times the mark stands on a screen: a photograph of a part of
// it has one.
const marks = 40

// mark is what stands over the page, as it is drawn.
func (p Page) mark() string {
	if p.Mark == nil {
		return ""
	}
	return p.Mark()
}

// title is what the browser's tab and history show: neutral, and the same for
// every record.
func (p Page) title() string {
	t := p.Title + " – New York State"
	if p.ErrorTitle {
		return "Error: " + t
	}
	return t
}

func (p Page) lang() string {
	if p.Lang == "" {
		return "en"
	}
	return p.Lang
}

// dir is the direction of the script of the page's language.
func (p Page) dir() string {
	base, _, _ := strings.Cut(p.lang(), "-")
	switch base {
	case "ar", "ur", "yi", "he", "fa":
		return "rtl"
	}
	return "ltr"
}

// staff reports whether the page may be one of those who work on referrals every
// day, whose parts have a style sheet of their own: neither the public nor a
// referrer loads it.
func (p Page) staff() bool { return !p.QuickExit || p.Dense }

// dense is p with the parts of the pages of staff.
func dense(p Page) Page {
	p.Dense = true
	return p
}

// home is where the name of the service leads: the start, or the first entry of
// the navigation of who is signed in.
func (p Page) home() string {
	if p.User != nil && len(p.Nav) > 0 {
		return p.Nav[0].Href
	}
	return PathStart
}

func (p Page) support() string {
	if p.Support == "" {
		return "the coordinator of your agency"
	}
	return p.Support
}
