package web

import "github.com/a-h/templ"

// Button is a button of a form, or a link that looks like one when Href is set.
// A page has one primary button; the others are ButtonSecond or ButtonQuiet.
type Button struct {
	Label string
	Look  ButtonLook
	Href  string // a link, not a button
	Name  string // with Value: which button was pressed
	Value string
	Hint  string // read by screen readers after the label: "Change the name"
}

// ButtonLook is the weight of a button.
type ButtonLook string

// The looks.
const (
	ButtonPrimary ButtonLook = ""       // what most people want next
	ButtonSecond  ButtonLook = "second" // as good, less often
	ButtonQuiet   ButtonLook = "quiet"  // beside the road
	ButtonDanger  ButtonLook = "danger" // cannot be taken back
)

func (b Button) class() string {
	if b.Look == ButtonPrimary {
		return "button"
	}
	return "button button-" + string(b.Look)
}

// BoxKind is the kind of a box.
type BoxKind string

// The kinds of boxes.
const (
	BoxInfo    BoxKind = "info"
	BoxWarning BoxKind = "warning"
	BoxDanger  BoxKind = "danger"
	BoxSuccess BoxKind = "success"
)

var boxShapes = map[BoxKind]Shape{BoxInfo: shapeInfo, BoxWarning: shapeBang, BoxDanger: shapeBang, BoxSuccess: shapeCheck}

// Box is a framed remark; what it says are the children. Its title is bold text
// and no heading, so that the order of headings stays that of the page.
type Box struct {
	Kind  BoxKind
	Title string
}

// Problem is one refused answer: the id of the field and what to do.
type Problem struct {
	ID   string // of the field, the target of the link
	Text string
}

// Row is one answer of a summary list.
type Row struct {
	Label   string
	Values  []string // one paragraph each; none is shown as Empty
	Empty   string   // "Not answered" when ""
	Change  string   // address of the question, or "" when it cannot be changed
	Missing bool     // must be answered and is not
	Odd     string   // a warning that does not block
	Veil    string   // content note: the answer is shown on demand
	Masked  string   // "Answered": the answer itself is shown only when revealed
	Part    templ.Component
}

// Summary is a list of questions and answers under a heading of level 2.
type Summary struct {
	ID     string // of the section, target of links; may be ""
	Title  string // "" draws no heading
	Change string // address of the whole section, or ""
	Rows   []Row
}

// Column is a column of a table.
type Column struct {
	Label  string
	Number bool // digits, at the end of the cell
	Row    bool // names the row
}

// Cell is one cell: a text, a link, or a part.
type Cell struct {
	Text string
	Href string
	Part templ.Component // drawn after the text
}

// Table is a table that turns into cards on a phone. A table of a Queue takes
// the keys j, k and Enter, which can be switched off beside it.
type Table struct {
	Caption string
	Hidden  bool // caption for screen readers only
	Columns []Column
	Rows    [][]Cell
	Empty   string // said instead of a table without rows
	Queue   bool
}

// Event is one entry of a timeline, newest or oldest first as given.
type Event struct {
	When  string // "November 3, 2026, 10:15 am"
	Title string
	Text  string
	Who   string
	Tone  Tone
}

// Stop is one stop of the road of a referral.
type Stop struct {
	Title string
	Text  string
	State StopState
}

// StopState says how far one has come.
type StopState string

// The states of a stop.
const (
	StopPlain StopState = ""     // the road is only explained
	StopDone  StopState = "done" // behind
	StopHere  StopState = "here" // at it
	StopNext  StopState = "next" // to come
)

func (s Stop) said() string {
	switch s.State {
	case StopDone:
		return "Done: "
	case StopHere:
		return "Now: "
	case StopNext:
		return "To come: "
	}
	return ""
}

// Card is a framed thing in a list, with a heading of level 3.
type Card struct {
	Title string
	Href  string
	Tag   *StatusTag
	Clock *Clock
	Loud  bool // needs somebody now
}

// Veil hides its children until they are asked for.
type Veil struct {
	Note string // the content note: what one is about to read
	Show string // "Show the account"
	Open bool
}

// Task is one entry of a task list: a section and how far it is.
type Task struct {
	Title string
	Href  string
	Hint  string
	State TaskState
}

// TaskState is how far a section is.
type TaskState string

// The states of a section.
const (
	TaskNew     TaskState = "Not started"
	TaskStarted TaskState = "Started"
	TaskDone    TaskState = "Complete"
	TaskFix     TaskState = "Needs a look"
)

func (s TaskState) tag() StatusTag {
	switch s {
	case TaskStarted:
		return StatusTag{string(s), shapeHalf, ToneWork}
	case TaskDone:
		return StatusTag{string(s), shapeCheck, ToneGood}
	case TaskFix:
		return StatusTag{string(s), shapeBang, ToneAsk}
	}
	return StatusTag{string(TaskNew), shapeRing, ToneCalm}
}

// column returns the i-th column; a cell beyond the last has a plain one.
func (t Table) column(i int) Column {
	if i < len(t.Columns) {
		return t.Columns[i]
	}
	return Column{}
}

func orElse(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}
