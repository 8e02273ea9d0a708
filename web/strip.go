package web

// StripStage is how far a hand-over was on a day.
type StripStage string

// The stages: each is drawn in a shape of its own, not in a color alone.
const (
	StripToSend   StripStage = "to-send"
	StripSent     StripStage = "sent"
	StripAccepted StripStage = "accepted"
)

// StripDay is one day of a hand-over since the confirmation.
type StripDay struct {
	Stage StripStage
	Try   bool // somebody tried to reach the person
}

// Strip is a small picture of days, the first one left. It says nothing that
// the words beside it do not say.
type Strip struct {
	cells   []stripCell
	reached bool
}

type stripCell struct {
	StripDay
	x int
}

// Sizes of a strip, in the units of its picture.
const (
	stripMost   = 28 // cells; more days share one
	stripStep   = 9
	stripWide   = 7
	stripHeight = 22
	stripFoot   = 20
)

// NewStrip draws days, oldest first; reached says that it ends with somebody
// who reached the person.
func NewStrip(days []StripDay, reached bool) Strip {
	each := (len(days) + stripMost - 1) / stripMost
	out := Strip{reached: reached}
	for i := 0; i < len(days); i += max(each, 1) {
		group := days[i:min(i+each, len(days))]
		cell := stripCell{StripDay: StripDay{Stage: group[len(group)-1].Stage}, x: len(out.cells) * stripStep}
		for _, d := range group {
			cell.Try = cell.Try || d.Try
		}
		out.cells = append(out.cells, cell)
	}
	return out
}

func (s Strip) empty() bool { return len(s.cells) == 0 }

// width is that of the whole picture, with the mark at its end.
func (s Strip) width() int { return len(s.cells)*stripStep + 14 }

// top is where the bar of a day begins: the further the hand-over is, the
// higher the bar.
func (c stripCell) top() int {
	return map[StripStage]int{StripToSend: 16, StripSent: 12, StripAccepted: 8}[c.Stage]
}

// NoContactTag marks a hand-over whose person nobody has reached, though the
// tries or the time are used up.
var NoContactTag = StatusTag{"No contact", shapeCross, ToneOver}

// UnsafeTryTag marks a person who was tried by a way that is not permitted, while
// OTDA has not settled it.
var UnsafeTryTag = StatusTag{"Unsafe try", shapeBang, ToneOver}

// BesideTag marks a person whom one recipient reached and whom another one, who has
// the person too or is to, did not reach yet.
var BesideTag = StatusTag{"Beside: not reached", shapeTwo, ToneAsk}

// BesideSilentTag is BesideTag where the tries or the time of the other one are
// used up.
var BesideSilentTag = StatusTag{"Beside: no contact", shapeCross, ToneOver}
