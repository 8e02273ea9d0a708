package web

import "strconv"

// Report is a page of numbers.
type Report struct {
	Period string // "January 2026 to December 2026"
	Made   string // "Counted November 6, 2026, 2:05 pm"
	Filter Filter
	File   string // address of the same numbers as a file, or ""
	TooFew string // said instead of tables
	Tables []ReportTable
	Notes  []string
}

// ReportTable is a table of numbers, with a plot of one of its columns.
type ReportTable struct {
	ID    string
	Title string
	Note  string
	Plot  *Plot
	Table Table
	More  string // what is not listed: "12 more rows: everything withheld"
}

// Plot is a plot of bars; the table beside it says the same in numbers.
type Plot struct {
	ID    string
	Title string
	Bars  []Bar
	Most  int // the value of a bar over the whole width
}

// Bar is one bar of a plot. A bar of what is withheld has no length: it says so.
type Bar struct {
	Label    string
	Value    int
	Text     string // "74", "53 %", "withheld"
	Withheld bool
}

// Measures of a plot, in its own units: wide as a phone, so that its letters
// are large enough there.
const (
	plotWidth = 340
	plotRow   = 42
	plotText  = 14 // from the top of a row to its words
	plotBar   = 20 // from the top of a row to its bar
	plotThick = 14
	plotValue = 64 // kept free at the right for the number
)

func (p Plot) viewBox() string {
	return "0 0 " + strconv.Itoa(plotWidth) + " " + strconv.Itoa(plotRow*len(p.Bars))
}

func (p Plot) words(i int) string { return strconv.Itoa(plotRow*i + plotText) }

func (p Plot) top(i int) string { return strconv.Itoa(plotRow*i + plotBar) }

func (p Plot) line(i int) string { return strconv.Itoa(plotRow*i + plotBar + plotThick - 3) }

// length is how long a bar is; one that is not zero is always to be seen.
func (p Plot) length(b Bar) int {
	if b.Withheld || b.Value <= 0 || p.Most <= 0 {
		return 0
	}
	return max(2, b.Value*(plotWidth-plotValue)/p.Most)
}

func (p Plot) after(b Bar) string { return strconv.Itoa(p.length(b) + 6) }
