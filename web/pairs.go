package web

import "github.com/a-h/templ"

// PairLine is one referral that may be about the same person.
type PairLine struct {
	Reference string
	Href      string // of the comparison
	Tag       StatusTag
	From      string // which agency referred it, and when
	Reasons   []string
	Note      string // what was decided, and whether it is asked again
	Why       string // it was decided so
	Elsewhere string // where the person is already
}

// StateCompare is two referrals side by side.
type StateCompare struct {
	Tag     StatusTag
	Score   string // "68 of 100"
	Reasons []PairReason
	Note    string
	Why     string
	Sides   [2]CompareSide
	First   []Table // sections that tell who it is
	More    []Table // the others
	Steps   StepsBar
}

// PairReason is one thing that speaks for or against the same person.
type PairReason struct {
	Words   string
	Points  string // "+15", "" for none
	Against bool
}

func (r PairReason) shape() Shape {
	if r.Against {
		return shapeCross
	}
	return shapeCheck
}

// CompareSide is one of the two.
type CompareSide struct {
	Title     string // "This referral"
	Reference string
	Href      string
	Tag       StatusTag
	Rows      []Row
}

// pairTags are how a decision about a pair is shown.
var pairTags = map[string]StatusTag{
	"found":     {"Not decided", shapeAsk, ToneAsk},
	"linked":    {"The same person", shapeTwo, ToneWork},
	"dismissed": {"Not the same person", shapeCross, ToneCalm},
}

// PairTag returns how a decision about a pair is shown.
func PairTag(status string) StatusTag { return pairTags[status] }

// MaybeKnown is the flag of a referral of which somebody has to look whether the
// person was referred before.
func MaybeKnown() StatusTag { return StatusTag{"Maybe the same person", shapeTwo, ToneAsk} }

// The marks of a line of a comparison.
var (
	MarkSame    = StatusTag{"Same", shapeCheck, ToneGood}
	MarkAlike   = StatusTag{"Alike", shapeTwo, ToneWork}
	MarkDiffers = StatusTag{"Differs", shapeCross, ToneAsk}
)

// What the two are called on the page.
const (
	ThisReferral  = "This referral"
	OtherReferral = "The other one"
)

// CompareTable draws one section of two referrals side by side.
func CompareTable(title string, rows [][]Cell) Table {
	return Table{Caption: title, Columns: []Column{{Label: "Question", Row: true}, {Label: ThisReferral}, {Label: OtherReferral}, {Label: "Agrees"}}, Rows: rows}
}

// CompareCell draws one answer of a comparison: nil was not told. What is
// withheld and what is hard to read stays where it can be asked for, in the
// referral at href.
func CompareCell(f *Fact, href string) Cell {
	if f == nil {
		return Cell{Text: "Not told"}
	}
	return Cell{Part: compareValue(*f, href)}
}

// MarkCell is the last cell of a line.
func MarkCell(t *StatusTag) Cell {
	if t == nil {
		return Cell{}
	}
	return Cell{Part: templ.Component(TagPart(*t))}
}
