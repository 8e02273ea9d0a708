package web

// StateLetters is the page on which the State reads the letters of a referral
// together, signs them and sends them.
type StateLetters struct {
	Reference string
	Tag       StatusTag
	Reach     []Row // how the person can be reached, as far as this reader may know
	Language  []string
	Letters   []StateLetter
	Sign      *SignLetters // nil when none waits for this reader
	Empty     string       // said instead of letters
}

// SignLetters is the form under which the letters that wait are signed together.
type SignLetters struct {
	Form  Form
	Drawn Drawn
	Count string // "2 letters wait for your signature."
	Signs string // who signs, and that the time is the moment of signing
}

// StateLetter is one letter with what is done with it.
type StateLetter struct {
	ID     string
	Title  string
	To     string
	Tag    StatusTag
	Lines  []string // what was done with it
	Blocks []LetterBlock
	Paper  string // address of the PDF, or ""
	Send   *SendLetter
	Acts   []Button
	Arrive *Form // says that it arrived
	Said   string
}

// SendLetter sends a letter by one of the ways that are safe.
type SendLetter struct {
	Form   Form
	ID     string
	Ways   []Option
	Button string
	Reach  []Row // what is to be read before it is mailed; empty where it cannot be
}

// LetterBlock is one part of a letter as it will stand on the paper; one of its
// fields is set, but a Title has a Text.
type LetterBlock struct {
	Heading, Title, Text, Strong, Small string
	List                                []string
	Rows                                []Row
	Loud                                bool // comes before all else on the page
	Lasts                               bool // a duty that is not done when the letter is acknowledged
}

// HandLetter is a letter on the page of the referrer who hands it over.
type HandLetter struct {
	Reference string
	Tag       StatusTag
	Lead      []string // what to do, in the order in which it is done
	Reach     []Row
	Paper     string // address of the PDF, or "" where there is none any more
	Done      *Form  // says that it was handed over; nil when it was said, or there is nothing to say
	CouldNot  string // address of saying that it could not be
	Button    string
	Said      string // what was said before, or ""
}

// letterTags are the statuses of a letter.
var letterTags = map[string]StatusTag{
	"prepared":   {"To be signed", shapePaper, ToneAsk},
	"signed":     {"Signed", shapeHalf, ToneWork},
	"sent":       {"Sent", shapeArrow, ToneWork},
	"handed":     {"Handed over", shapeCheck, ToneGood},
	"not_handed": {"Could not be handed over", shapeBack, ToneAsk},
	"stopped":    {"Not sent", shapeCross, ToneCalm},
}

// LetterTag returns how the status of a letter is shown.
func LetterTag(status string) StatusTag {
	if t, ok := letterTags[status]; ok {
		return t
	}
	return StatusTag{Word: status, Shape: shapeRing, Tone: ToneCalm}
}
