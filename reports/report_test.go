package reports_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"nysreferral/forms"
	"nysreferral/reports"
)

// A period is whole months that are over, however it is written; what cannot be
// one is told at its field.
func TestPeriods(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"", "", "2025-12 to 2026-11"}, {"2026-03", "2026-05", "2026-03 to 2026-05"}, {"2026-03-17", "2026-05-02", "2026-03 to 2026-05"},
		{"", "2025-06", "2024-07 to 2025-06"}, {"", "2008-01", "2007-11 to 2008-01"},
	} {
		p, err := reports.ParsePeriod(c.from, c.to, thursday)
		if err != nil || p.String() != c.want {
			t.Errorf("%q to %q is %s, %v, want %s", c.from, c.to, p, err, c.want)
		}
	}
	for _, c := range []struct{ from, to, field string }{
		{"", "2026-12", "to"}, {"2026-12", "2026-12", "from"}, {"2026-13", "", "from"}, {"x", "", "from"}, {"", "2026-1", "to"}, {"2027-01", "", "from"}, {"", "2027-01", "to"}, {"2007-10", "", "from"},
		{"2026-05", "2026-04", "from"}, {"2010-01", "2026-11", "from"}, {"", "2026-02-30", "to"},
	} {
		_, err := reports.ParsePeriod(c.from, c.to, thursday)
		var bad forms.Problems
		if !errors.As(err, &bad) || bad.Of(c.field) == "" {
			t.Errorf("%q to %q: %v", c.from, c.to, err)
		}
	}
	p, err := reports.ParsePeriod("2026-03", "2026-03", thursday)
	if err != nil {
		t.Fatal(err)
	}
	if from, until := p.Bounds(); from.Format("2006-01-02T15:04") != "2026-03-01T05:00" || until.Format("2006-01-02T15:04") != "2026-04-01T04:00" {
		t.Errorf("March is %v to %v", from, until)
	}
}

// A report of one kind says the same as the yearly report: what is withheld in
// one is not shown in another.
func TestReportsAgree(t *testing.T) {
	c := newCount(t, "2026-01", "2026-03")
	for _, f := range invented(300, 5) {
		c.Add(f)
	}
	whole, _ := c.Report("yearly")
	r := read(t, whole)
	for _, name := range reports.Names() {
		one, _ := c.Report(name)
		got := read(t, one)
		for at, i := range got.at {
			if j, ok := r.at[at]; ok && got.seen[i] && r.seen[j] && r.known[j] != got.known[i] {
				t.Errorf("%s: %s is %d, in the yearly report %d", name, at, got.known[i], r.known[j])
			}
		}
	}
	if _, ok := c.Report("names"); ok {
		t.Error("there is a report of that name")
	}
}

// Counting in parts and bringing them together is counting all at once.
func TestMerge(t *testing.T) {
	all, one, two := newCount(t, "2026-01", "2026-03"), newCount(t, "2026-01", "2026-03"), newCount(t, "2026-01", "2026-03")
	for i, f := range invented(400, 9) {
		all.Add(f)
		if i%3 == 0 {
			one.Add(f)
		} else {
			two.Add(f)
		}
	}
	one.Merge(two)
	var want, got bytes.Buffer
	a, _ := all.Report("yearly")
	b, _ := one.Report("yearly")
	if err := errors.Join(a.CSV(&want), b.CSV(&got)); err != nil || !bytes.Equal(want.Bytes(), got.Bytes()) {
		t.Errorf("parts give other numbers: %v", err)
	}
}

// Nothing in a file can be taken for a formula, and what is withheld says so
// where a number would stand.
func TestCSV(t *testing.T) {
	n := 12
	rep := reports.Report{Name: "=1+1", From: "2026-01", To: "2026-02", Tables: []reports.Table{{Key: "@t", Columns: []reports.Column{{Key: "c", Label: "+c", Unit: "persons"}},
		Rows: []reports.Row{{Key: "-r", Label: "\tr", Figures: []reports.Figure{{Value: &n}}}, {Key: "s", Label: "a, \"b\"", Figures: []reports.Figure{{Withheld: true}}}}}}}
	var b bytes.Buffer
	if err := rep.CSV(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\r\n")
	if lines[1] != "'=1+1,2026-01,2026-02,'@t,'-r,'\tr,c,'+c,persons,12" || !strings.HasSuffix(lines[2], `,s,"a, ""b""",c,'+c,persons,withheld`) {
		t.Errorf("%q", lines)
	}
}
