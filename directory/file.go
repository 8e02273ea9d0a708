package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MostRows and MostBytes limit a directory file.
const (
	MostRows  = 5000
	MostBytes = 8 << 20
)

// mostProblems is how many problems Parse gathers before it gives up.
const mostProblems = 20

// Problem is one thing that is wrong with a directory file. The sentence holds
// no text of the file but codes.
type Problem struct {
	Line   int    // counted from 1, the header; 0 for the file as a whole
	Column string // name of the column; empty for the line as a whole
	Say    string // begins with a verb: "is not a day like 2026-11-03"
}

// String says where and what: "line 3, column phone: is empty".
func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return "the file " + p.Say
	case p.Column == "":
		return fmt.Sprintf("line %d %s", p.Line, p.Say)
	}
	return fmt.Sprintf("line %d, column %s: %s", p.Line, p.Column, p.Say)
}

// Problems is why a directory file was refused, in the order of its lines.
type Problems []Problem

// Error lists the problems, one on a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Parse reads a directory file: CSV in UTF-8 with one header line. Columns may
// stand in any order and, but for key, kind and name, may be missing; one with
// another name is refused. Lists are separated by semicolons and come back
// sorted. The columns:
//
//	key           stable name: lower-case letters, digits, hyphens
//	kind          adult, child, any, after_hours, liaison, rhtp or tribal
//	district      code of a social services district, for a department's point
//	name          the department, provider or unit
//	counties      codes of counties; empty means all of district, else of region
//	region        New York City, Metro Area or Rest of State
//	languages     codes of the form's spoken languages
//	specialties   codes
//	phone, address, email, url, source
//	verified_on   day like 2026-11-03, together with verified_by
//	verified_by   who asked
//	verified_how  how, and who answered
//	valid_from    first day of use
//	valid_to      last day of use
//
// An apostrophe before =, +, - or @, as Write puts it, is taken off. What is
// wrong comes back as Problems, up to 20 at once; then no contact does. A
// failing reader comes back as another error.
func Parse(r io.Reader) ([]Contact, error) {
	whole, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("directory: reading the file: %w", err)
	}
	if len(whole) > MostBytes {
		return nil, Problems{{Say: "is larger than 8 MiB"}}
	}
	p := parser{rows: csv.NewReader(bytes.NewReader(bytes.TrimPrefix(whole, []byte("\xef\xbb\xbf")))), lineOf: map[string]int{}}
	p.rows.FieldsPerRecord = -1
	if p.header() {
		for len(p.bad) < mostProblems && p.row() {
		}
	}
	if len(p.bad) > 0 {
		return nil, p.bad[:min(len(p.bad), mostProblems)]
	}
	return p.list, nil
}

// parser is the state of one Parse.
type parser struct {
	rows   *csv.Reader
	order  []column // as the header names them
	list   []Contact
	lineOf map[string]int // key to the line where it stands
	bad    Problems
}

func (p *parser) refuse(line int, column, say string) {
	p.bad = append(p.bad, Problem{line, column, say})
}

// next returns the cells of the next line, or false at the end and after a
// line that cannot be split.
func (p *parser) next() ([]string, bool) {
	cells, err := p.rows.Read()
	if err == nil {
		return cells, true
	}
	if errors.Is(err, io.EOF) {
		return nil, false
	}
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		p.refuse(broken.StartLine, "", "has a quotation mark in the wrong place, or one that is never closed")
		return nil, false
	}
	p.refuse(0, "", "cannot be split into lines and cells")
	return nil, false
}

// header reads the names of the columns and reports whether the lines can be
// read by them.
func (p *parser) header() bool {
	names, ok := p.next()
	if !ok {
		if len(p.bad) == 0 {
			p.refuse(0, "", "is empty")
		}
		return false
	}
	all := columns()
	for i, name := range names {
		name = strings.TrimSpace(name)
		at := slices.IndexFunc(all, func(k column) bool { return k.name == name })
		switch {
		case wrongText(name) != "":
			p.refuse(1, fmt.Sprint(i+1), wrongText(name))
		case at < 0:
			p.refuse(1, fmt.Sprint(i+1), fmt.Sprintf("has a name that is not known: %.40q", name))
		case slices.ContainsFunc(p.order, func(k column) bool { return k.name == name }):
			p.refuse(1, name, "stands twice in the header")
		default:
			p.order = append(p.order, all[at])
		}
	}
	for _, k := range all {
		if k.must && !slices.Contains(titles(p.order), k.name) {
			p.refuse(1, k.name, "is missing from the header")
		}
	}
	return len(p.bad) == 0
}

// row reads one line and reports whether there may be another.
func (p *parser) row() bool {
	cells, ok := p.next()
	if !ok {
		return false
	}
	line, _ := p.rows.FieldPos(0)
	if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return true // spreadsheets leave such lines at the end
	}
	if len(p.list) == MostRows {
		p.refuse(line, "", "is one too many: a file has at most 5,000 lines of contacts")
		return false
	}
	if len(cells) != len(p.order) {
		p.refuse(line, "", fmt.Sprintf("has %d cells, but the header has %d", len(cells), len(p.order)))
		return true
	}
	var c Contact
	before := len(p.bad)
	for i, k := range p.order {
		at, _ := p.rows.FieldPos(i)
		if wrong := k.put(&c, bare(strings.TrimSpace(cells[i]))); wrong != "" {
			p.refuse(at, k.name, wrong)
		}
	}
	if name, wrong := wrongTogether(c); wrong != "" && len(p.bad) == before {
		p.refuse(line, name, wrong)
	}
	if first, doubled := p.lineOf[c.Key]; doubled && c.Key != "" {
		p.refuse(line, "key", fmt.Sprintf("is the same as on line %d", first))
	}
	p.lineOf[c.Key] = line
	p.list = append(p.list, c)
	return true
}

// titles returns the names of columns.
func titles(list []column) []string {
	names := make([]string, len(list))
	for i, k := range list {
		names[i] = k.name
	}
	return names
}

// Write writes a directory file that Parse reads back to the same contacts,
// with all columns and in the order given. A cell that a spreadsheet would
// take for a formula gets an apostrophe before it, a phone number does not.
func Write(w io.Writer, contacts []Contact) error {
	out := csv.NewWriter(w)
	all := columns()
	if err := out.Write(titles(all)); err != nil {
		return fmt.Errorf("directory: writing the header: %w", err)
	}
	for i := range contacts {
		cells := make([]string, len(all))
		for j, k := range all {
			cells[j] = guarded(k.cell(&contacts[i]), k.name == "phone")
		}
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("directory: writing a line: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("directory: writing the file: %w", err)
	}
	return nil
}

// formula reports whether a spreadsheet could take s for a formula, after any
// apostrophes at its beginning.
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") || strings.HasPrefix(s, "＝") ||
		strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠")
}

// guarded puts an apostrophe before a formula. One that has apostrophes
// already gets one more, so that bare takes off just that.
func guarded(s string, phone bool) string {
	if !formula(s) || phone && phoneForm.MatchString(s) {
		return s
	}
	return "'" + s
}

// bare takes off the apostrophe that guarded puts.
func bare(s string) string {
	if strings.HasPrefix(s, "'") && formula(s) {
		return s[1:]
	}
	return s
}
