package reports

import "time"

// Report is one report of one period, ready to be drawn: every number in it
// may be seen by whoever may see the report.
type Report struct {
	Name   string    `json:"name"`
	Title  string    `json:"title"`
	Lead   string    `json:"lead" say:"what the report is for"`
	From   string    `json:"from" say:"first month of the period"`
	To     string    `json:"to" say:"last month of the period"`
	MadeAt time.Time `json:"madeAt"`
	TooFew string    `json:"tooFew,omitempty" say:"said instead of tables when the whole period is too small to show"`
	Tables []Table   `json:"tables"`
	Notes  []string  `json:"notes" say:"how it was counted, and what is withheld"`
}

// Table is one table of a report.
type Table struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Note    string   `json:"note,omitempty"`
	Head    string   `json:"head" say:"what the rows are"`
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows"`
	Plot    int      `json:"-"` // the column that a plot of the table shows
}

// Column is one column of figures.
type Column struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Unit  string `json:"unit" say:"persons, percent, days, business days or hours"`
}

// Row is one row, with a figure for each column.
type Row struct {
	Key     string   `json:"key" say:"a code of the form, a month, or total"`
	Label   string   `json:"label"`
	Figures []Figure `json:"figures"`
}

// Figure is one number. Without a value it is withheld, or nothing was
// measured.
type Figure struct {
	Value    *int `json:"value,omitempty"`
	Withheld bool `json:"withheld,omitempty" say:"under 11, or a number that would tell one under 11"`
}

// WithheldWord stands in the place of a number that is withheld.
const WithheldWord = "withheld"

// Total is the key of the row over all others.
const Total = "total"

// Shown reports whether any number of the table is shown that is not zero.
func (t Table) Shown() bool {
	for _, r := range t.Rows {
		if r.Shown() {
			return true
		}
	}
	return false
}

// Shown reports whether any number of the row is shown that is not zero.
func (r Row) Shown() bool {
	for _, f := range r.Figures {
		if f.Value != nil && *f.Value != 0 {
			return true
		}
	}
	return false
}

// Units of figures. InPercent is a share of 100.
const (
	inPersons  = "persons"
	InPercent  = "percent"
	inDays     = "days"
	inBusiness = "business days"
	inHours    = "hours"
)

// unitOf is what a span is measured in.
func unitOf(s span) string {
	switch s {
	case toDecision:
		return inBusiness
	case toNotice:
		return inHours
	}
	return inDays
}
