package web

import "github.com/a-h/templ"

// Shapes of the flags of a referral.
var (
	shapeMoon = Shape{Path: "M12.5 9.8A5.2 5.2 0 0 1 6.2 3.5a5.2 5.2 0 1 0 6.3 6.3z", Filled: true}
	shapeBars = Shape{Path: "M3.5 2.5v11M8 2.5v11M12.5 2.5v11"}
	shapeFlag = Shape{Path: "M4 14V2.5h8.5L10.5 5.7l2 3.3H4"}
)

// Flags are what makes a referral urgent or particular, as a queue shows it.
type Flags struct {
	Tonight  bool
	Minor    bool
	Detained bool
	Deadline string // "November 12", "" for none
	Soon     bool   // the deadline is within three days
}

// Tags returns the flags as tags: word, shape and color.
func (f Flags) Tags() []StatusTag {
	var out []StatusTag
	if f.Tonight {
		out = append(out, StatusTag{"Tonight", shapeMoon, ToneOver})
	}
	if f.Minor {
		out = append(out, StatusTag{"Minor", shapePersons, ToneAsk})
	}
	if f.Detained {
		out = append(out, StatusTag{"Detained", shapeBars, ToneWork})
	}
	if f.Deadline != "" {
		tone := ToneCalm
		if f.Soon {
			tone = ToneAsk
		}
		out = append(out, StatusTag{"Deadline " + f.Deadline, shapeFlag, tone})
	}
	return out
}

// StateQueue is the list of referrals that wait, or of another status.
type StateQueue struct {
	Views []Link // the filters; the one that is on is Current
	Mine  *Link  // "Held by me"; nil for those who hold nothing
	Count string // "17 referrals", or "The first 50"
	Table Table
	Take  *Form // takes the next one; nil for those who take nothing
	First string
	Next  string // addresses of other parts of the list, "" when there is none
	Last  string
}

// StateReview is one referral as the State works on it.
type StateReview struct {
	Reference string
	Tag       StatusTag
	Clocks    []NamedClock
	Flags     []StatusTag
	Head      []Row      // where it came from, who holds it
	Sealed    string     // said instead of everything, of a withdrawn referral
	Waits     string     // why acts are not offered for now, and what brings them back
	Odd       []OddLine  // warnings that do not block
	Index     []Link     // sections of the facts, in the page
	Facts     []FactPart //
	Reveal    *Reveal    // nil when nothing can be asked for
	Elements  []ElementLine
	Unfilled  string // said instead of the grid
	Wanted    []Checkpoint
	Advice    *Row
	Decision  *Summary
	Pairs     []PairLine  // referrals that may be about the same person
	Apart     []PairLine  // those of which it was decided that they are not
	Elsewhere []Link      // where the person is already, under a linked referral
	Earlier   []Summary   // determinations that stand no longer
	Out       *Summary    // who stepped back; nil when nobody did
	Changed   []ChangeSet // what was told since it was sent
	Pick      string      // the revision, when answers can be ticked; "" when they cannot
	Said      []Talk      // consultations, questions, additions, notes: the last first
	Handovers []StateHandoverCard
	Propose   *Step // of one more hand-over, nil when there is none to be proposed
	Letters   []LetterLine
	Desk      *Link // the page of the letters; nil when there are none
	Papers    []Link
	History   []Event
	Steps     StepsBar
}

// NamedClock is a deadline with what it is for.
type NamedClock struct {
	Name  string
	Clock Clock
}

// OddLine is one warning, with the place in the page that it is about.
type OddLine struct {
	Text string
	Href string // "#C5", or ""
}

// ElementLine is one element of the law: the finding and what shows it.
type ElementLine struct {
	Name     string // "Means"
	Asks     string // "By force, fraud or coercion?"
	Finding  StatusTag
	Pointers []Pointer
}

// findingTags are how a finding is shown.
var findingTags = map[string]StatusTag{
	"shown":       {"Shown", shapeCheck, ToneGood},
	"not_shown":   {"Not shown", shapeCross, ToneOver},
	"unclear":     {"Unclear", shapeAsk, ToneAsk},
	"waived":      {"Waived", shapeTwo, ToneWork},
	"not_a_minor": {"Not a minor", shapeRing, ToneCalm},
}

// FindingTag returns how a finding of the grid is shown; "" is open yet.
func FindingTag(code string) StatusTag {
	if t, ok := findingTags[code]; ok {
		return t
	}
	return StatusTag{"Not assessed", shapeRing, ToneCalm}
}

// Checkpoint is one thing that the law wants before a determination.
type Checkpoint struct {
	Done  bool
	Words string
}

func (c Checkpoint) shape() Shape {
	if c.Done {
		return shapeCheck
	}
	return shapeRing
}

// Talk is something that was said: a consultation, a question, a note.
type Talk struct {
	Kind  string // "Consultation with OTDA"
	When  string
	Who   string // with whom, or what came of it
	Text  string
	About []Pointer // answers that a question is about
	Reply string    // of a question
	Wait  string    // said while there is no reply
}

// Step is an act that the table of steps offers now or soon.
type Step struct {
	Label   string
	Href    string   // of the act's own page
	Post    *Form    // asks nothing: done at once
	Pick    string   // address that takes the answers that were ticked, or ""
	Primary bool     // what comes next for most
	Missing []string // why not yet
	Quiet   bool     // never what its page is for
}

// StepsBar is the foot with the acts on a referral.
type StepsBar struct {
	Ready  []Step
	NotYet []Step
	Heed   []Row // the person's own words, to be read before a button is pressed
}

// shownSteps is how many acts the foot of a wide screen shows.
const shownSteps = 4

func (b StepsBar) empty() bool { return len(b.Ready)+len(b.NotYet) == 0 }

func (s Step) look() ButtonLook {
	switch {
	case s.Primary:
		return ButtonPrimary
	case s.Quiet:
		return ButtonQuiet
	}
	return ButtonSecond
}

// LetterLine is one notice beside the hand-overs.
type LetterLine struct {
	Title string
	Text  string
	Tag   StatusTag
}

// StateHandoverCard is one hand-over in a list.
type StateHandoverCard struct {
	Card  Card
	Lines []string
}

// StateDecide is the page before a decision: what is known, and what each
// decision says to whom.
type StateDecide struct {
	Reference string
	Clock     *Clock
	Elements  []ElementLine
	Unfilled  string
	Wanted    []Checkpoint
	Advice    *Row
	Weighed   []templ.Component // what must not be passed over: OTDA's view, a second reader who disagrees, an undecided pair
	Ways      []DecideWay
	Signs     string
	Earlier   []Summary
	Due       []string // how the due date came to be
}

// ChangeSet is what one version of the answers changed.
type ChangeSet struct {
	Title string // "Version 2"
	When  string
	Lines []ChangeLine
}

// ChangeLine is one answer that is different.
type ChangeLine struct {
	Code   string // "G14", or "" where numbers say nothing
	Label  string
	Before []string
	After  []string
	Masked string // ids of what is withheld in it, with spaces between
	Veiled bool
}

// DecideWay is one of the decisions.
type DecideWay struct {
	Title   string
	Href    string
	Primary bool
	Missing []string
	Says    []SaidTo
}

// SaidTo is what somebody is told, and how.
type SaidTo struct {
	Who  string
	What string
}

// StateBoard is OTDA's board.
type StateBoard struct {
	Summary    string // "12 between confirmed and reached · …"
	Tasks      []TaskLine
	More, Rest Link   // all tasks; those that were cut, or the zero Link
	Directory  string // address of the directory
	Lanes      []Lane
	Cut        string // said when the board shows only a part, or ""
}

// Lane is one column of the board.
type Lane struct {
	ID    string
	Title string
	Cards []LaneCard
	Empty string
}

// LaneBeside is one more hand-over of the same person.
type LaneBeside struct {
	Label string // "Hand-over 2"
	Href  string
	Tag   StatusTag
	Marks []StatusTag // "No contact"
	Clock *Clock
	Next  string // what is next, and with whom
}

// LaneCard is one person on the board: the hand-over that came farthest, and the
// others under it.
type LaneCard struct {
	Beside []LaneBeside
	Title  string // reference
	Href   string
	Tag    StatusTag
	Marks  []StatusTag // "Unsafe try", "No contact", "Beside: not reached"
	Clock  *Clock      // next date
	County string
	To     string // recipient
	Kind   string
	Next   string // what is next
	Whose  string // who has to do it, where it is not the recipient
	Waits  string // "Confirmed 4 days ago"
	Before string // an earlier recipient reached the person and helps no more
	Tries  string // "2 tries to reach the person, the last yesterday"
	Asked  string // the referrer was asked to help
	Strip  Strip
	Loud   bool
}

// TaskLine is one task in a list.
type TaskLine struct {
	Words   string
	Title   string // reference
	Href    string // where it is done
	Clock   *Clock
	DoneAt  string // "November 9, 2026, 2:05 pm"
	Contact string // key of the directory's line that it waits for
	Line    string // address of that line
	Whose   string // whose it is, where it is not the reader's own
	Extra   *Link  // another way to do it
	Done    *DoneForm
	Loud    bool
}

// DoneForm marks a task done, with a note.
type DoneForm struct {
	Form Form
	Task string // number of the task
	Asks []Field
	Open bool // it came back
}

// Inputs of the page of tasks.
const (
	InputTask = "_task"
	InputNote = "note"
	InputWay  = "way" // which of several things was done
)

// StateTasks is the page of what somebody has to do.
type StateTasks struct {
	Views  []Link
	Groups []TaskGroup
	Empty  string
	More   string // address of what comes after, or ""
	Left   string // what the list never holds, or ""

	Problems []Problem
}

// TaskGroup is the tasks whose clocks stand alike.
type TaskGroup struct {
	ID    string
	Title string
	Tasks []TaskLine
}

// StateHandover is one hand-over as OTDA works on it.
type StateHandover struct {
	Reference string
	Alarm     *TaskLine // a try that was not safe, not settled yet; nil for none
	Tag       StatusTag
	Clock     *Clock
	Kind      string
	Recipient string
	Verified  bool
	About     string          // for whom the line is and whom it serves, or ""
	Heed      []string        // what OTDA has to know before it sends
	Unserved  string          // why a verified line cannot be sent to, or ""
	Contact   string          // key of the directory's line, or ""
	Line      string          // address of that line, or ""
	Asked     string          // "The administrator was asked …", or ""
	AskVerify templ.Component // the button that asks to have the line verified; nil for none
	Rule      string
	Reason    string
	Override  string // why OTDA chose otherwise
	Notes     []string
	Forbidden string // the release does not permit it
	Others    []OtherPlace
	Reroute   string     // address of choosing another, or ""
	Mark      *StatusTag // "No contact"
	Dates     []Row
	Clocks    []Row // what runs and what ran, with its law
	Log       []Talk
	Preview   []Link // what the recipient sees
	Keeps     bool   // OTDA keeps it itself
	Elsewhere []Link // where the person is already, under a linked referral
	Steps     StepsBar
}

// OtherPlace is a line of the directory that the hand-over could go to.
type OtherPlace struct {
	Name     string
	Verified bool
	Why      string
	About    string // for whom it is and whom it serves
	Here     bool   // the proposal itself
}

// StatePreview is exactly what a recipient sees.
type StatePreview struct {
	For     string
	Outline []Fact     // before accepting
	Parts   []FactPart // after accepting
	Packet  string     // address of the PDF
	Back    string
}

// Tags draws tags beside each other, as the part of a cell.
func Tags(list []StatusTag) templ.Component {
	if len(list) == 0 {
		return nil
	}
	return tagRow(list)
}
