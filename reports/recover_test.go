package reports_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/calendar"
	"nysreferral/reports"
)

// thursday is when the counts of these tests are made.
var thursday = time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)

func newCount(t testing.TB, from, to string) *reports.Count {
	t.Helper()
	p, err := reports.ParsePeriod(from, to, thursday)
	if err != nil {
		t.Fatal(err)
	}
	return reports.NewCount(reports.Options{Period: p, Now: thursday, Calendar: calendar.New(calendar.Options{}), AcceptDays: 2, ContactDays: 7})
}

// names says what the columns of tables are, so that a reader can put together
// what stands in several of them.
var names = map[string]string{"referred": "counted", "not_confirmed": "declined", "open": "pending"}

// parts says which tables have the same rows.
var sameRows = map[string]string{"time_by_month": "month", "time_by_referrer": "referrer", "minors_by_month": "month"}

// reader is somebody who reads a whole report and puts everything together.
type reader struct {
	at    map[string]int
	known []int  // -1: withheld
	seen  []bool // printed at all
	sums  [][]int
}

func (r *reader) cell(name string) int {
	i, ok := r.at[name]
	if !ok {
		i = len(r.known)
		r.at[name] = i
		r.known, r.seen = append(r.known, -1), append(r.seen, false)
	}
	return i
}

// read takes the whole report in: what each figure is called, and its value.
func read(t *testing.T, rep reports.Report) *reader {
	r := &reader{at: map[string]int{}}
	for _, table := range rep.Tables {
		for _, row := range table.Rows {
			for i, f := range row.Figures {
				if table.Columns[i].Unit != "persons" {
					continue
				}
				r.take(t, nameOf(table, row.Key, table.Columns[i].Key), f)
			}
		}
	}
	r.addUp(rep)
	return r
}

// nameOf is one name for one number, in whatever table it stands.
func nameOf(t reports.Table, row, col string) string {
	if n, ok := names[col]; ok {
		col = n
	}
	part := t.Key
	if p, ok := sameRows[part]; ok {
		part = p
	}
	switch {
	case t.Key == "all":
		if n, ok := names[row]; ok {
			row = n
		}
		return "total/" + row
	case t.Key == "reason":
		col = "declined"
	case t.Key == "type_confirmed":
		col = "confirmed"
	case t.Key == "road" && col == "came" && row == "confirmed":
		return "total/confirmed"
	case t.Key == "contact_by_kind":
		return "total/" + row + "_" + col
	}
	if row == reports.Total {
		return "total/" + col
	}
	return part + "/" + row + "/" + col
}

func (r *reader) take(t *testing.T, name string, f reports.Figure) {
	i := r.cell(name)
	if f.Value == nil {
		if r.seen[i] && r.known[i] >= 0 && !f.Withheld {
			t.Fatalf("%s is a number in one table and nothing in another", name)
		}
		r.seen[i] = true
		return
	}
	if r.known[i] >= 0 && r.known[i] != *f.Value {
		t.Fatalf("%s is %d and %d", name, r.known[i], *f.Value)
	}
	r.known[i], r.seen[i] = *f.Value, true
}

// addUp writes down all that a reader knows of how numbers add up; what no
// table prints is a cell like others, only never known.
func (r *reader) addUp(rep reports.Report) {
	sum := func(list ...string) {
		var one []int
		for _, name := range list {
			one = append(one, r.cell(name))
		}
		r.sums = append(r.sums, one)
	}
	rows := map[string]bool{"total/": true}
	for _, t := range rep.Tables {
		for _, row := range t.Rows {
			if part := t.Key; row.Key != reports.Total && (part == "month" || part == "referrer") {
				rows[part+"/"+row.Key+"/"] = true
			}
		}
		r.columns(t)
	}
	for _, p := range slices.Sorted(maps.Keys(rows)) {
		sum(p+"counted", p+"decided", p+"pending")
		sum(p+"counted", p+"confirmed", p+"others")
		sum(p+"decided", p+"confirmed", p+"declined")
		sum(p+"decided", p+"within_6", p+"over_6")
		sum(p+"within_6", p+"within_3", p+"over_3")
		sum(p+"minors", p+"within_24_hours", p+"later", p+"not_told")
	}
	sum("total/received", "total/counted", "total/withdrawn")
	sum("total/decided", "total/extended", "total/unextended")
	sum("total/minors", "minors_other", "age/under_13/counted", "age/13_to_15/counted", "age/16_to_17/counted")
	stops := []string{"confirmed", "sent", "accepted", "reached", "served"}
	for i, s := range stops {
		came := nameOf(reports.Table{Key: "road"}, s, "came")
		if i < 4 {
			sum(came, "road/"+s+"/waits", "road/"+s+"/ended", "road/"+stops[i+1]+"/came")
		} else {
			sum(came, "road/"+s+"/waits", "road/"+s+"/ended")
		}
		sum(came, "road_ldss/"+s+"/came", "road_rhtp/"+s+"/came", "road_otda/"+s+"/came", "road_none/"+s+"/came")
	}
	for _, k := range []string{"ldss", "rhtp"} {
		sum("total/"+k+"_sent", "total/"+k+"_in_time", "total/"+k+"_reached", "total/"+k+"_never_reached")
	}
}

// columns says that a total is the sum of its column.
func (r *reader) columns(t reports.Table) {
	if len(t.Rows) == 0 || t.Rows[len(t.Rows)-1].Key != reports.Total {
		return
	}
	for _, c := range t.Columns {
		if c.Unit != "persons" {
			continue
		}
		var one []int
		for _, row := range append(t.Rows[len(t.Rows)-1:], t.Rows[:len(t.Rows)-1]...) {
			one = append(one, r.cell(nameOf(t, row.Key, c.Key)))
		}
		r.sums = append(r.sums, one)
	}
}

// bounds are between what values each number lies, for who goes along rows and
// columns as long as anything comes nearer.
func (r *reader) bounds() (lo, hi []int) {
	lo, hi = slices.Clone(r.known), slices.Clone(r.known)
	for i, n := range r.known {
		if n < 0 {
			lo[i], hi[i] = 0, 1<<30
		}
	}
	for moved := true; moved; {
		moved = false
		for _, s := range r.sums {
			least, greatest := 0, 0
			for _, i := range s[1:] {
				least, greatest = least+lo[i], greatest+hi[i]
			}
			set := func(i, from, to int) {
				if from > lo[i] {
					lo[i], moved = from, true
				}
				if to < hi[i] {
					hi[i], moved = to, true
				}
			}
			set(s[0], least, greatest)
			for _, i := range s[1:] {
				set(i, lo[s[0]]-(greatest-hi[i]), hi[s[0]]-(least-lo[i]))
			}
		}
	}
	return lo, hi
}

// Whoever reads all tables of a report and puts rows, columns and tables
// together learns no number of people under 11 that was withheld, and no such
// number is shown. Where already how many a row is about is withheld, what it
// is divided into may come nearer, and is never certain.
func TestNobodyRecoversWhatIsWithheld(t *testing.T) {
	shown := 0
	for seed := range uint64(12) {
		people := []int{9, 30, 70, 139, 250, 500}[seed%6]
		c := newCount(t, "2026-01", "2026-03")
		truth := map[string]int{}
		for _, f := range invented(people, seed) {
			c.Add(f)
			count(truth, f)
		}
		rep, _ := c.Report("yearly")
		r := read(t, rep)
		for name, i := range r.at {
			if n := r.known[i]; n > 0 && n < reports.Least {
				t.Fatalf("%s shows %d", name, n)
			} else if n > 0 {
				shown++
			}
		}
		lo, hi := r.bounds()
		for name, n := range truth {
			i, printed := r.at[name]
			if !printed || r.known[i] >= 0 {
				continue
			}
			if lo[i] > n || hi[i] < n {
				t.Fatalf("%s is %d and looks like %d to %d: the test misreads the report", name, n, lo[i], hi[i])
			}
			far := reports.Least - 1
			if base := name[:strings.LastIndex(name, "/")+1] + "counted"; r.at[base] != i && r.known[r.cell(base)] < 0 {
				far = 3
			}
			if n < reports.Least && hi[i]-lo[i] < far {
				t.Errorf("seed %d: %s is %d, withheld, and lies between %d and %d", seed, name, n, lo[i], hi[i])
			}
		}
	}
	if shown < 100 {
		t.Errorf("only %d numbers are shown at all", shown)
	}
}
