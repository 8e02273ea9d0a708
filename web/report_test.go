package web

import (
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func periodFilter() Filter {
	months := []Option{{Code: "2026-11", Label: "November 2026"}, {Code: "2026-10", Label: "October 2026"}}
	return Filter{Form: Form{Action: "/reports/road", CSRF: "made-up-token"}, Button: "Show", Title: "Choose another period",
		Drawn: Drawn{Fields: []Field{{Kind: KindSelect, ID: "from", Name: "from", Label: "First month", Options: months, Value: "2026-10"}}}}
}

func madeUpPlot() Plot {
	return Plot{ID: "plot-time", Title: "Within 3 days", Most: 100, Bars: []Bar{{Label: "NYPD", Value: 86, Text: "86 %"}, {Label: "Sheriff", Value: 1, Text: "1 %"},
		{Label: "School <x>", Text: "withheld", Withheld: true}, {Label: "Court", Text: "0 %"}}}
}

func reportPage(p Page) templ.Component {
	plot := madeUpPlot()
	table := ReportTable{ID: "table-time", Title: "By kind of referrer", Note: "Without those that were withdrawn.", Plot: &plot, More: "9 more rows.",
		Table: Table{Caption: "By kind of referrer", Hidden: true, Columns: []Column{{Label: "Kind of referrer", Row: true}, {Label: "Decided", Number: true}},
			Rows: [][]Cell{{{Text: "NYPD"}, {Text: "76"}}, {{Text: "Sheriff"}, {Text: "withheld"}}}}}
	v := Report{Period: "October 2026 to November 2026", Made: "Counted November 9, 2026.", Filter: periodFilter(), File: "/reports/road/file", Notes: []string{"How."}}
	for _, id := range []string{"a", "b", "c", "d"} {
		one, drawn := table, plot
		one.ID, drawn.ID = "table-"+id, "plot-"+id
		one.Plot = &drawn
		v.Tables = append(v.Tables, one)
	}
	return ReportPage(p, v)
}

// A plot is drawn without scripts and styles of its own and says where its
// numbers stand; a bar that is not zero is to be seen, and what is withheld has
// no bar and says so.
func TestPlot(t *testing.T) {
	page := draw(t, PlotPart(madeUpPlot()))
	for _, bad := range []string{"style=", "<script", "onload", "<x>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the plot holds %s", bad)
		}
	}
	for _, want := range []string{`role="img"`, "The table below has the same numbers.", ">withheld<", ">86 %<", `width="2"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the plot lacks %s", want)
		}
	}
	if n := strings.Count(page, "<rect"); n != 3 {
		t.Errorf("%d bars, want one for each number that is shown", n)
	}
	p := madeUpPlot()
	for _, b := range p.Bars {
		if end := p.length(b) + plotValue; end > plotWidth {
			t.Errorf("the number of %s begins at %d of %d", b.Label, end, plotWidth)
		}
	}
}
