package web

// Group is the referrals of one encounter as their referrer sees them.
type Group struct {
	Label  string // operation and day, never a name
	Count  string // "14 people, 9 sent."
	Facts  []Task // sections that are the same for everybody
	Carry  *Carry // nil when every draft says what is shared
	People Table
	Add    AddPeople
	Ready  int    // drafts from which nothing is missing
	Send   string // address of sending them
	Leave  string // address of discarding what is not sent; "" when nothing is left to discard
}

// Carry offers to bring a change of the shared facts into the drafts.
type Carry struct {
	Form  SmallForm
	Apart string // said of drafts that say something else, or ""
	Sent  string // said of what was sent already, or ""
}

// AddPeople asks how many more people there are, and where they were found.
type AddPeople struct {
	Form   Form
	Drawn  Drawn
	Button string
	First  bool // nobody is there yet: adding is what most want next
}

func (a AddPeople) look() ButtonLook {
	if a.First {
		return ButtonPrimary
	}
	return ButtonSecond
}

// SendGroup is the last look before several drafts are sent, and says what
// became of each when some could not be.
type SendGroup struct {
	Form     Form
	Key      string   // makes sending twice one sending
	Drafts   []string // reference and revision of each, as they are sent back
	Ready    Table
	NotReady Table
	Results  Table // of the try before, without rows at first
	Button   string
	Back     string // address of the group
}

// Encounter is what the State received of one encounter.
type Encounter struct {
	Count string
	Table Table
}

// InputSend is the input of a draft that is to be sent with others: its
// reference and its revision.
const InputSend = "_send"
