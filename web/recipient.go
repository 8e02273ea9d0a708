package web

import "slices"

// Inbox is what waits at a recipient.
type Inbox struct {
	Next   *NextBox
	Groups []InboxGroup
	Empty  string
	More   string // address of what comes after, or ""
}

// NextBox says on top what is next and by when.
type NextBox struct {
	Words string
	Clock *Clock
	Href  string // "" on the page itself
	Title string // reference
}

// InboxGroup is one kind of what waits.
type InboxGroup struct {
	Title string
	About string
	Cards []InboxCard
}

// InboxCard is a hand-over or a notice in the list.
type InboxCard struct {
	Card  Card
	Lines []string
	Stop  *Form // takes the word that the recipient stopped; nil for all else
}

// RecipientCard is one hand-over as its recipient works on it.
type RecipientCard struct {
	Reference    string
	Tag          StatusTag
	Mark         *StatusTag // "No contact"
	Next         NextBox
	Quick        []QuickForm
	Waiting      bool   // not accepted yet
	Waits        string // the day until which the person asked to wait, or ""
	Contact      *SafeContact
	Speaks       []Row
	Needs        []NeedGroup
	Safety       []Row
	Confirmation []Row
	Packet       string // address of the PDF, or ""
	Files        string // address of the page of the files; "" has none
	Tries        *TryForm
	Log          []Talk
	Outline      []Fact     // before accepting
	Facts        []FactPart // everything, by section
	Steps        StepsBar
	Beside       []LaneBeside // other hand-overs of the same person that the reader has
}

// SafeContact is the first thing to read: how the person may be reached.
type SafeContact struct {
	Warning string // what is dangerous, before all else; "" for nothing known
	Title   string // "Only through the referrer"
	Never   bool   // the person must not be contacted directly
	Lines   []string
	Rows    []Row
	Folded  []Row  // ways that are shown only on demand
	Show    string // what is pressed to see them
}

// NeedGroup is what is needed at one time.
type NeedGroup struct {
	Title string // "Now"
	Needs []string
	Loud  bool
}

// TryForm logs a try to reach the person in two taps: how, and the result.
type TryForm struct {
	Form    Form
	Hows    []TryHow
	Results []Option
	Name    string // of the first input
	Result  string // of the second
	Reached string // address of saying that the person was reached
	Words   string // address of the page on which a note can be written
	First   string // how, ticked at first; "" is none
}

// TryHow is one way of reaching the person, with how far it is permitted.
type TryHow struct {
	Code   string
	Label  string
	Hint   string // "Leave no message."
	Barred bool   // the person, or who referred, did not permit it
}

// barredTag marks a way that is not permitted, in word and shape.
var barredTag = StatusTag{"Not permitted: do not use", shapeBang, ToneOver}

// QuickForm is an act that is one choice: each answer is a button.
type QuickForm struct {
	Title   string
	Hint    string
	Form    Form
	Name    string // of the choice
	Options []Option
	More    Link // the act's own page, where words can be written
	Loud    bool // somebody waits for it: drawn open
}

// RecipientLetter is the notice about a minor as its department reads it.
type RecipientLetter struct {
	Reference string
	Sent      string
	Known     string        // acknowledged then, or ""
	Corrected string        // what holds no longer, or ""
	Blocks    []LetterBlock // what stands in the PDF too, in its order
	Paper     string        // address of the PDF
	Form      *Form         // acknowledges; nil when it was done
}

// Loud are the blocks that come before all else.
func (l RecipientLetter) Loud() []LetterBlock {
	return slices.DeleteFunc(slices.Clone(l.Blocks), func(b LetterBlock) bool { return !b.Loud })
}

// Lasting are the blocks whose duty does not end when the notice is acknowledged.
func (l RecipientLetter) Lasting() []LetterBlock {
	return slices.DeleteFunc(slices.Clone(l.Blocks), func(b LetterBlock) bool { return !b.Lasts })
}
