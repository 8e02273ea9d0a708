package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// CSV writes the report for a spreadsheet: one line a figure, with codes and
// words, so that tables of any shape share one file. What is withheld says so
// in the place of the number. The error is the writer's.
func (r Report) CSV(w io.Writer) error {
	lines := [][]string{{"report", "from", "to", "table", "row", "row_label", "figure", "figure_label", "unit", "value"}}
	if r.TooFew != "" {
		lines = append(lines, []string{r.Name, r.From, r.To, "", "", "", "", r.TooFew, "", WithheldWord})
	}
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			for i, f := range row.Figures {
				c := t.Columns[i]
				lines = append(lines, []string{r.Name, r.From, r.To, t.Key, row.Key, row.Label, c.Key, c.Label, c.Unit, f.text()})
			}
		}
	}
	return WriteLines(w, lines)
}

// WriteLines writes lines for a spreadsheet, in which none of the fields is taken
// for a formula. The error is the writer's.
func WriteLines(w io.Writer, lines [][]string) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, line := range lines {
		cells := make([]string, len(line))
		for i, field := range line {
			cells[i] = guarded(field)
		}
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("reports: writing a line: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("reports: writing a file: %w", err)
	}
	return nil
}

// text is the figure as it stands in a file: a number, "withheld", or nothing
// where nothing was measured.
func (f Figure) text() string {
	switch {
	case f.Withheld:
		return WithheldWord
	case f.Value == nil:
		return ""
	}
	return strconv.Itoa(*f.Value)
}

// guarded puts an apostrophe before what a spreadsheet could take for a
// formula.
func guarded(s string) string {
	if t := strings.TrimLeft(s, " "); t != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(t[0])) {
		return "'" + s
	}
	return s
}
