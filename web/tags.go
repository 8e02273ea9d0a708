package web

import (
	"fmt"
	"strings"
)

// Tone is the color of a tag or clock. It never stands alone: the word and the
// shape say the same.
type Tone string

// The tones.
const (
	ToneCalm Tone = "calm" // nothing to do
	ToneWork Tone = "work" // somebody works on it
	ToneAsk  Tone = "ask"  // somebody waits for an answer
	ToneGood Tone = "good" // it went well
	ToneOver Tone = "over" // late, refused, or ended without success
)

// StatusTag is a status as it is shown: a word, a shape and a color.
type StatusTag struct {
	Word  string
	Shape Shape
	Tone  Tone
}

// Shape is the small drawing in a tag: the path of a 16 by 16 picture. Filled
// shapes are filled, the others drawn as lines.
type Shape struct {
	Path   string
	Filled bool
}

// The shapes.
var (
	shapeRing    = Shape{Path: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z"}
	shapeArrow   = Shape{Path: "M2.5 8h10M8.5 4l4 4-4 4"}
	shapeHalf    = Shape{Path: "M8 2.5a5.5 5.5 0 0 0 0 11z M8 2.5a5.5 5.5 0 0 1 0 11"}
	shapeAsk     = Shape{Path: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M8 12.6v.4"}
	shapeCheck   = Shape{Path: "M3 8.5l3.5 3.5L13 4.5"}
	shapeCross   = Shape{Path: "M4 4l8 8M12 4l-8 8"}
	shapeTwo     = Shape{Path: "M2 5h8M7.5 2.5L10 5 7.5 7.5M14 11H6M8.5 8.5L6 11l2.5 2.5"}
	shapePersons = Shape{Path: "M8 7.2a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM2.8 14c.3-3.2 2.4-5 5.2-5s4.9 1.8 5.2 5z", Filled: true}
	shapeBack    = Shape{Path: "M6.5 3L3 6.5 6.5 10M3.5 6.5H10a3 3 0 0 1 0 6H7"}
	shapeSquare  = Shape{Path: "M4 4h8v8H4z", Filled: true}
	shapePaper   = Shape{Path: "M4 2.5h8v11H4zM6 6h4M6 9h4"}
	shapeClock   = Shape{Path: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.2l2 1.3"}
	shapeBang    = Shape{Path: "M8 3v6.5M8 12.6v.4"}
	shapeInfo    = Shape{Path: "M8 7v6M8 3.6v.4"}
)

// statusTags are the statuses of a referral and of a hand-over under the names
// that the rules use.
var statusTags = map[string]StatusTag{
	"draft":      {"Draft", shapePaper, ToneCalm},
	"submitted":  {"Submitted", shapeArrow, ToneWork},
	"inreview":   {"In review", shapeHalf, ToneWork},
	"asked":      {"Question for you", shapeAsk, ToneAsk},
	"confirmed":  {"Confirmed", shapeCheck, ToneGood},
	"declined":   {"Declined", shapeCross, ToneOver},
	"handedover": {"Handed over", shapeTwo, ToneGood},
	"withdrawn":  {"Withdrawn", shapeBack, ToneCalm},
	"closed":     {"Closed", shapeSquare, ToneCalm},
	"destroyed":  {"Destroyed", shapeCross, ToneCalm},
	"proposed":   {"Proposed", shapePaper, ToneCalm},
	"sent":       {"Sent", shapeArrow, ToneWork},
	"accepted":   {"Accepted", shapeCheck, ToneGood},
	"returned":   {"Returned", shapeBack, ToneAsk},
	"notreached": {"Not reached yet", shapeRing, ToneAsk},
	"reached":    {"Reached", shapePersons, ToneGood},
	"enrolled":   {"Enrolled", shapePersons, ToneGood},
	"served":     {"Services started", shapePersons, ToneGood},
}

// TagOf returns how status is shown. The name is read without regard to case,
// spaces, hyphens and underscores ("in_review", "InReview"); one that has no
// tag is shown as it is, so that a new status is never hidden.
func TagOf(status string) StatusTag {
	key := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(status))
	if t, ok := statusTags[key]; ok {
		return t
	}
	return StatusTag{Word: status, Shape: shapeRing, Tone: ToneCalm}
}

// TagFor returns how status is shown to who is not the one asked: "Question for
// you" is then "Question asked".
func TagFor(status string, asked bool) StatusTag {
	t := TagOf(status)
	if t.Word == statusTags["asked"].Word && !asked {
		t.Word = "Question asked"
	}
	return t
}

// Clock is a deadline as it is shown.
type Clock struct {
	Words string // "2 business days left"
	Tone  Tone
	When  string // the moment in full, for those who want it: "Friday, November 6, 5 pm"
	Was   string // the moment at which it was due before it was moved, or ""

	Counts string // how it counts: "24 hours, counted day and night", or ""
}

// DueClock returns the clock of a deadline that is left business days away: 0
// is today at the time of day at ("5 pm"), below 0 is over.
func DueClock(left int, at, when string) Clock {
	switch {
	case left < 0:
		return Clock{Words: days(-left, "business day", "business days") + " over", Tone: ToneOver, When: when}
	case left == 0:
		return Clock{Words: join("due today", at), Tone: ToneAsk, When: when}
	}
	tone := ToneCalm
	if left == 1 {
		tone = ToneWork
	}
	return Clock{Words: days(left, "business day", "business days") + " left", Tone: tone, When: when}
}

// HoursClock returns the clock of a deadline that is left clock hours away;
// below 0 is over. The notice about a minor and the 24-hour request run so.
func HoursClock(left int, when string) Clock {
	switch {
	case left < 0:
		return Clock{Words: days(-left, "hour", "hours") + " over", Tone: ToneOver, When: when}
	case left < 6:
		return Clock{Words: days(left, "hour", "hours") + " left", Tone: ToneAsk, When: when}
	}
	return Clock{Words: days(left, "hour", "hours") + " left", Tone: ToneWork, When: when}
}

// Said is the deadline in a sentence that begins with ahead while there is time
// ("The decision is due "), and with over once it is over ("The decision was due "):
// then it says by how much, in the words of the clock.
func (c Clock) Said(ahead, over string) string {
	if c.Tone == ToneOver {
		return over + c.When + ": " + c.Words
	}
	return ahead + c.When
}

func days(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (c Clock) shape() Shape {
	if c.Tone == ToneOver {
		return shapeBang
	}
	return shapeClock
}
