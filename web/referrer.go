package web

// Mine is a referrer's list.
type Mine struct {
	Begin  Form // begins a draft
	Gather Form // begins a group
	Groups []MineCard
	Drafts []MineCard
	Asked  []MineCard
	Hand   []MineCard // letters that wait to be handed over
	Rest   Table
	Older  string // address of what comes after, or ""
}

// LetterReady is a letter that is there for the referrer.
type LetterReady struct {
	Words string
	Href  string
	Tag   StatusTag
	Loud  bool // it waits to be handed over
}

// MineCard is a draft, or a referral with a question.
type MineCard struct {
	Card  Card
	Lines []string
	Amiss []Amiss // answers that cannot be sent as they are
}

// Amiss is an answer that cannot be sent as it is, and where it is asked.
type Amiss struct {
	Words string
	Link  Link
}

// Draft is a draft with its sections and how far each is.
type Draft struct {
	Reference string
	Harmful   string // address of the files, when harm was found in one; else ""
	Tasks     []Task
	Done      int    // sections that are complete
	Counted   int    // all sections but the optional ones that are empty
	Saved     string // "November 9, 2026, 2:05 pm"
	Kept      string // "Kept until December 9, 2026; …"
	Check     string // address of "Check your answers"
	Discard   string // address
	Of        *Link  // the group that the person is of, nil for none
	Another   SmallForm
}

// Section is one section of the form to be filled in.
type Section struct {
	Number  int // of the sections of this draft, from 1
	Of      int
	Form    Form
	Drawn   Drawn
	Given   Summary // what the account tells; without rows it is not drawn
	Rights  bool    // says what the State can and cannot see
	Help    string  // condition under which the numbers to call are shown, as of When; "" never
	Files   string  // address of the page of files, "" for a section that has none
	Last    bool
	Checked bool // Continue leads back to the check of the answers
}

// Check is the last look before sending.
type Check struct {
	Form      Form
	Key       string // makes sending twice one sending
	Ready     bool
	Sections  []Summary
	Missing   []CheckLine // what blocks
	Odd       []CheckLine // what does not
	Told      Table
	Problems  []Problem // why sending was refused just now
	TasksPath string
}

// CheckLine is one thing to look at, with the address where it is asked.
type CheckLine struct {
	Text string
	Href string
}

// Receipt is what a referrer gets for a sent referral.
type Receipt struct {
	Reference string
	Received  string
	Decision  string // when it is due, or was; a sentence without its end
	Digest    string
	Steps     []Stop
	Times     *Summary // how the time of each clock is counted; nil for none
	Links     []Link   // papers
	Acts      []Link   // add facts, withdraw
	Referral  string   // address
	Of        *Link    // the group that the person is of, nil for none
}

// AskedFor is something that a referrer is asked to do, and by when.
type AskedFor struct {
	Words  string
	Clock  *Clock
	Button Button
}

// Record is a sent referral as its referrer sees it.
type Record struct {
	Reference string
	Harmful   string // address of the files, when harm was found in one; else ""
	Tag       StatusTag
	Clock     *Clock
	Facts     []Row
	Road      []Stop
	Times     *Summary   // how the time of each clock is counted; nil for none
	Question  string     // said when one waits for an answer, or ""
	Asked     []AskedFor // what somebody asks of the referrer about a hand-over
	Due       []string   // how the due date came to be, when it was moved
	Earlier   []Summary  // determinations that stand no longer
	Changed   []ChangeSet
	Decision  *Summary  // nil before it
	After     []string  // what follows from the decision, in sentences
	Handovers []Card    // state of each hand-over
	About     []string  // of each hand-over, a sentence
	Talks     []Summary // questions and answers, added facts
	Answers   []Summary // by section
	Timeline  []Event
	Papers    []Link
	Letters   []LetterReady
	Acts      []Button
	Closed    string // said instead of everything, of a withdrawn referral
	Of        *Link  // the group that the person is of, nil for none
	Another   SmallForm
}
