package forms

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a bare machine has no time zones of its own
)

// Kind says how a question is asked, stored and shown.
type Kind string

// The kinds of question.
const (
	KindText    Kind = "text"    // one line
	KindProse   Kind = "prose"   // several lines
	KindEmail   Kind = "email"   // an e-mail address
	KindPhone   Kind = "phone"   // a telephone number
	KindDate    Kind = "date"    // a calendar date, YYYY-MM-DD, without a time zone
	KindPartial Kind = "partial" // a date that may lack day or month, or be unknown
	KindNumber  Kind = "number"  // a whole number
	KindTick    Kind = "tick"    // a box that is ticked or not
	KindChoice  Kind = "choice"  // one of a list
	KindMulti   Kind = "multi"   // several of a list
	KindMoment  Kind = "moment"  // a moment, filled in by the program
	KindGroup   Kind = "group"   // questions that belong together
	KindRepeat  Kind = "repeat"  // rows of questions
)

// Text is one line; Prose may have several. Email and Phone are texts that
// must have a shape.
type (
	Text  string
	Prose string
	Email string
	Phone string
)

// Moment is a time by the clock, RFC 3339 in UTC, or "".
type Moment string

// At returns t as a moment; the zero time is no moment.
func At(t time.Time) Moment {
	if t.IsZero() {
		return ""
	}
	return Moment(t.UTC().Format(time.RFC3339))
}

// Words returns m as people in New York read it: "November 6, 2026, 5:00 pm".
func (m Moment) Words() string {
	t, err := time.Parse(time.RFC3339, string(m))
	if err != nil {
		return string(m)
	}
	return t.In(newYork).Format("January 2, 2006, 3:04 pm")
}

// DateOf is the day of t in New York.
func DateOf(t time.Time) Date { return Date(t.In(newYork).Format(time.DateOnly)) }

// newYork is where clocks are read.
var newYork = func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic("forms: no time zone data: " + err.Error())
	}
	return loc
}()

// Tick is a box; the zero value is "not ticked", which is not a "no".
type Tick bool

// Date is a calendar date, "2006-01-02", without a time zone, or "".
type Date string

// Unknown is the answer "unknown" of a partial date and of most lists.
const Unknown = "unknown"

// PartialDate is a date as far as it is known: "1984", "1984-03",
// "1984-03-09", "unknown", or "" when not answered. No day or month is ever
// made up.
type PartialDate string

// ParseDate returns the date of year, month and day as typed in three boxes,
// or a sentence that names all that is wrong with it. All empty is no date.
func ParseDate(year, month, day string) (Date, error) {
	d, err := readBoxes(year, month, day, true)
	return Date(d), err
}

// ParsePartial returns the date of year, month and day as typed; day, or day
// and month, may be empty. All empty is no date. The sentence names all that is
// wrong.
func ParsePartial(year, month, day string) (PartialDate, error) {
	return readBoxes(year, month, day, false)
}

// readBoxes reads three boxes: a full date, or one as far as it is known. What is
// wrong is said at once, in the order in which the boxes stand on the page.
func readBoxes(year, month, day string, full bool) (PartialDate, error) {
	year, month, day = strings.TrimSpace(year), strings.TrimSpace(month), strings.TrimSpace(day)
	if year == "" && month == "" && day == "" {
		return "", nil
	}
	toDay := full || day != ""
	toMonth := toDay || month != ""
	known := len(year) == 4 && digits(year)
	m, d := boxed(month, 12), boxed(day, 31)
	var wrong []string
	if toMonth && m == 0 {
		wrong = append(wrong, "the month as a number from 1 to 12")
	}
	last := lastDay(year, known, m)
	if toDay && (d == 0 || d > last) {
		wrong = append(wrong, "the day as a number from 1 to "+strconv.Itoa(last))
	}
	if !known {
		wrong = append(wrong, "the year with four digits, for example 2026")
	}
	switch {
	case len(wrong) == 1 && d > last:
		return "", sentence("This day does not exist. Check the month and the day.")
	case len(wrong) > 0:
		return "", sentence("Enter " + listed(wrong) + ".")
	case toDay:
		return PartialDate(fmt.Sprintf("%s-%02d-%02d", year, m, d)), nil
	case toMonth:
		return PartialDate(fmt.Sprintf("%s-%02d", year, m)), nil
	}
	return PartialDate(year), nil
}

// boxed is the number in a box, 0 where there is none from 1 to most.
func boxed(s string, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || !digits(s) || n < 1 || n > most {
		return 0
	}
	return n
}

// lastDay is the last day of month m: 31 where the month is not known, and of
// February 29 where the year is not.
func lastDay(year string, known bool, m int) int {
	y := 2024 // a leap year
	if known {
		y = boxed(year, 9999)
	}
	if m == 0 {
		return 31
	}
	return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// listed writes parts as one says them: "one, two and three".
func listed(parts []string) string {
	last := len(parts) - 1
	if last < 1 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// Valid reports whether d is a real day, or empty.
func (d Date) Valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return d == "" || err == nil
}

// Boxes returns year, month and day as they stand in three boxes.
func (d PartialDate) Boxes() (year, month, day string) {
	if d == Unknown {
		return "", "", ""
	}
	parts := append(strings.Split(string(d), "-"), "", "")
	return parts[0], strings.TrimPrefix(parts[1], "0"), strings.TrimPrefix(parts[2], "0")
}

// Valid reports whether d is a date as far as it goes, unknown, or empty.
func (d PartialDate) Valid() bool {
	if d == "" || d == Unknown {
		return true
	}
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if _, err := time.Parse(layout, string(d)); err == nil && len(layout) == len(d) {
			return true
		}
	}
	return false
}

// First returns the first day that d may mean, "" when unknown or empty.
func (d PartialDate) First() Date {
	if d == "" || d == Unknown || !d.Valid() {
		return ""
	}
	return Date(string(d) + "-01-01"[len(d)-len("2006"):])
}

// Last returns the last day that d may mean, "" when unknown or empty.
func (d PartialDate) Last() Date {
	first, err := time.Parse(time.DateOnly, string(d.First()))
	if err != nil {
		return ""
	}
	switch len(d) {
	case len("2006"):
		return Date(first.AddDate(1, 0, -1).Format(time.DateOnly))
	case len("2006-01"):
		return Date(first.AddDate(0, 1, -1).Format(time.DateOnly))
	}
	return Date(d)
}

// Words returns d as people write it: "March 9, 1984", "March 1984", "1984".
func (d PartialDate) Words() string {
	switch len(d) {
	case len("2006-01"):
		if t, err := time.Parse("2006-01", string(d)); err == nil {
			return t.Format("January 2006")
		}
	case len("2006-01-02"):
		if t, err := time.Parse(time.DateOnly, string(d)); err == nil {
			return t.Format("January 2, 2006")
		}
	}
	if d == Unknown {
		return "Unknown"
	}
	return string(d)
}

// sentence is what is wrong with something typed, for the person who typed it.
type sentence string

// Error returns the sentence.
func (s sentence) Error() string { return string(s) }

// Number is a whole number, or no answer; zero is an answer.
type Number struct {
	N   int
	Set bool
}

// Of returns the number n as an answer.
func Of(n int) Number { return Number{N: n, Set: true} }

// IsZero reports whether nothing was answered.
func (n Number) IsZero() bool { return !n.Set }

// String returns the digits, or "" without an answer.
func (n Number) String() string {
	if !n.Set {
		return ""
	}
	return strconv.Itoa(n.N)
}

// MarshalJSON writes the number, or null.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Set {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(n.N), 10), nil
}

// UnmarshalJSON reads a number or null.
func (n *Number) UnmarshalJSON(data []byte) error {
	*n = Number{}
	if string(data) == "null" {
		return nil
	}
	n.Set = true
	return json.Unmarshal(data, &n.N)
}

// optioned is a closed list: a type whose values are codes.
type optioned interface{ Options() []string }
