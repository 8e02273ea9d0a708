package reports

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// tableOf makes the cells of a table with its totals, and the relations by
// which they add up. Cell (i, j) is at i*(cols+1)+j; the last of each is the
// total.
func tableOf(values [][]int) ([]cell, []relation) {
	rows, cols := len(values), len(values[0])
	at := func(i, j int) int { return i*(cols+1) + j }
	cells := make([]cell, (rows+1)*(cols+1))
	for i := range cells {
		cells[i].base, cells[i].total = i, i%(cols+1) == cols || i/(cols+1) == rows
	}
	var all []relation
	for i, line := range values {
		for j, n := range line {
			for _, k := range []int{at(i, j), at(i, cols), at(rows, j), at(rows, cols)} {
				cells[k].n += n
			}
		}
	}
	for i := range rows + 1 {
		r := relation{at(i, cols)}
		for j := range cols {
			r = append(r, at(i, j))
		}
		all = append(all, r)
	}
	for j := range cols + 1 {
		r := relation{at(rows, j)}
		for i := range rows {
			r = append(r, at(i, j))
		}
		all = append(all, r)
	}
	return cells, all
}

// No cell under 11 is shown, zeros neither; a table of large numbers is shown
// whole.
func TestProtectHidesSmall(t *testing.T) {
	cells, all := tableOf([][]int{{40, 3}, {0, 25}, {30, 30}})
	protect(cells, all)
	for i, c := range cells {
		if c.n < Least && !c.hidden {
			t.Errorf("cell %d shows %d", i, c.n)
		}
	}
	cells, all = tableOf([][]int{{40, 30}, {20, 25}})
	protect(cells, all)
	for i, c := range cells {
		if c.hidden {
			t.Errorf("cell %d of %d is withheld for nothing", i, c.n)
		}
	}
}

// One small cell among large ones takes another with it in its row and in its
// column, since the totals would tell it.
func TestProtectTakesOthers(t *testing.T) {
	cells, all := tableOf([][]int{{4, 50, 60}, {70, 80, 90}, {100, 110, 120}})
	protect(cells, all)
	hidden := 0
	for _, c := range cells {
		if c.hidden {
			hidden++
		}
	}
	if hidden < 4 {
		t.Errorf("%d cells are withheld; the totals tell the small one", hidden)
	}
	if cells[15].hidden {
		t.Error("the total of all is withheld though others would do")
	}
}

// Two cells of which each is as large as it may be are told by their sum, and
// so are two that are empty: more is withheld with them.
func TestProtectHidesSumsThatTell(t *testing.T) {
	for _, values := range [][]int{{0, 0, 30, 40}, {1, 1, 30, 40}, {5, 5, 30, 40}} {
		cells, all := tableOf([][]int{values})
		protect(cells, all)
		room := 0
		for _, c := range cells[:len(values)] {
			if c.hidden {
				room += c.n
			}
		}
		if room < spread && !cells[len(values)].hidden {
			t.Errorf("%v: what is withheld adds up to %d, which the total tells", values, room)
		}
	}
}

// Whatever the numbers of a table are, somebody who tries every table that fits
// what is shown finds for each withheld cell values that lie far apart.
func TestProtectAgainstTrying(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 2).Draw(t, "rows"), rapid.IntRange(2, 3).Draw(t, "cols")
		values := make([][]int, rows)
		for i := range values {
			values[i] = rapid.SliceOfN(rapid.SampledFrom([]int{0, 0, 1, 2, 5, 9, 10, 11, 12, 14, 20}), cols, cols).Draw(t, fmt.Sprint("row ", i))
		}
		cells, all := tableOf(values)
		protect(cells, all)
		lo, hi := tried(cells, rows, cols)
		for i := range rows {
			for j := range cols {
				k := i*(cols+1) + j
				if cells[k].hidden && hi[k]-lo[k] < spread {
					t.Fatalf("%v: cell %d,%d is withheld and lies between %d and %d", values, i, j, lo[k], hi[k])
				}
			}
		}
	})
}

// most is the greatest value that is tried for a withheld cell.
const most = 60

// tried returns the least and greatest value up to most of each withheld inner
// cell over all tables that agree with what is shown. Where a total is withheld,
// anything adds up.
func tried(cells []cell, rows, cols int) (lo, hi []int) {
	lo, hi = make([]int, len(cells)), make([]int, len(cells))
	a := attempt{cells: cells, rows: rows, cols: cols}
	for i := range rows {
		for j := range cols {
			k := i*(cols+1) + j
			if !cells[k].hidden {
				continue
			}
			for lo[k] = 0; lo[k] < most && !a.possible(k, lo[k]); lo[k]++ {
				continue
			}
			for hi[k] = most; hi[k] > lo[k] && !a.possible(k, hi[k]); hi[k]-- {
				continue
			}
		}
	}
	return lo, hi
}

// attempt tries tables.
type attempt struct {
	cells      []cell
	rows, cols int
	now        []int
	open       []int
}

// possible reports whether any table has value v in cell k.
func (a *attempt) possible(k, v int) bool {
	a.now, a.open = make([]int, len(a.cells)), nil
	for i := range a.rows {
		for j := range a.cols {
			switch at := i*(a.cols+1) + j; {
			case at == k:
				a.now[at] = v
			case a.cells[at].hidden:
				a.open = append(a.open, at)
			default:
				a.now[at] = a.cells[at].n
			}
		}
	}
	return !a.beyond() && a.fill(0)
}

// fill tries the values of the open cells from n on. The last one of a line
// with a total has only one value.
func (a *attempt) fill(n int) bool {
	if n == len(a.open) {
		return a.fits()
	}
	k := a.open[n]
	from, to := 0, most
	for _, line := range [][2]int{{k / (a.cols + 1) * (a.cols + 1), 1}, {k % (a.cols + 1), a.cols + 1}} {
		left, last := a.left(line[0], line[1], n)
		if last {
			from, to = max(from, left), min(to, left)
		}
	}
	for a.now[k] = from; a.now[k] <= to && !a.beyond(); a.now[k]++ {
		if a.fill(n + 1) {
			return true
		}
	}
	a.now[k] = 0
	return false
}

// left is what a line lacks of its total, and whether the total is shown and
// the n-th open cell is its last.
func (a *attempt) left(first, step, n int) (int, bool) {
	length := a.cols
	if step != 1 {
		length = a.rows
	}
	total := first + length*step
	sum := 0
	for i := range length {
		k := first + i*step
		if k != a.open[n] {
			sum += a.now[k]
		}
		if slices.Contains(a.open[n+1:], k) {
			return 0, false
		}
	}
	return a.cells[total].n - sum, !a.cells[total].hidden
}

// sums are the rows, the columns and the whole as they are now, each with the
// cell of its total.
func (a *attempt) sums(see func(total, sum int) bool) bool {
	all := 0
	for i := range a.rows {
		row := 0
		for j := range a.cols {
			row += a.now[i*(a.cols+1)+j]
		}
		all += row
		if !see(i*(a.cols+1)+a.cols, row) {
			return false
		}
	}
	for j := range a.cols {
		col := 0
		for i := range a.rows {
			col += a.now[i*(a.cols+1)+j]
		}
		if !see(a.rows*(a.cols+1)+j, col) {
			return false
		}
	}
	return see(len(a.cells)-1, all)
}

func (a *attempt) beyond() bool {
	return !a.sums(func(total, sum int) bool { return a.cells[total].hidden || sum <= a.cells[total].n })
}

func (a *attempt) fits() bool {
	return a.sums(func(total, sum int) bool { return a.cells[total].hidden || sum == a.cells[total].n })
}
