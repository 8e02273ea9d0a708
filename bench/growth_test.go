package main

import (
	"io"
	"math"
	"os"
	"sync/atomic"
	"testing"

	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"nysreferral/ent/auditentry"
	"nysreferral/store"
	"nysreferral/store/storetest"
)

// cost is what a piece of work asks of the database: statements, and on
// PostgreSQL rows and entries of indexes that were read for it; looks are the lines
// of the log about the referral that is opened, after it.
type cost struct{ statements, rows, looks int64 }

// With four times as many referrals behind it, no page says more to the database
// or has it read more rows. What is searched for opens more until it opens the
// most that it may, so only its statements are counted.
func TestPagesCostNoMoreInALargerState(t *testing.T) {
	r := &run{sizes: quick, ctx: t.Context(), out: io.Discard, dir: t.TempDir(), postgres: os.Getenv("TEST_POSTGRES")}
	if r.postgres == "" && os.Getenv("CI") != "" {
		t.Fatal("there is no PostgreSQL, and nothing may be left out")
	}
	r.options = "enable_seqscan=off" // plans as for large tables
	var said atomic.Int64
	r.heard = func(db *store.DB) *store.DB { return db.Watched(func() { said.Add(1) }) }
	defer func() {
		if err := r.cleanUp(); err != nil {
			t.Error(err)
		}
	}()
	for _, dialect := range r.dialects() {
		g, err := r.grow(dialect, 120, 30, 360)
		if err != nil {
			t.Fatal(err)
		}
		all, err := r.works(g)
		if err != nil {
			t.Fatal(err)
		}
		opened := g.last
		few := costs(t, g, all, opened, &said)
		g.n = 1000
		if err := g.some(r.ctx, 120, 480); err != nil {
			t.Fatal(err)
		}
		for name, many := range costs(t, g, all, opened, &said) {
			if few[name].statements == 0 || many.statements != few[name].statements {
				t.Errorf("%s, %s: %d statements of few referrals, %d of many", dialect, name, few[name].statements, many.statements)
			}
			// The works themselves looked at the referral in between; each such line is
			// counted and shown, by index and table.
			own := 4 * (many.looks - few[name].looks)
			if name != stateSearch && many.rows > few[name].rows+few[name].rows/10+own {
				t.Errorf("%s, %s: %d rows of few referrals, %d of many", dialect, name, few[name].rows, many.rows)
			}
		}
	}
}

// costs are those of everything that is to be flat; opened is the referral that the
// works open.
func costs(t *testing.T, g *grown, all []work, opened string, said *atomic.Int64) map[string]cost {
	t.Helper()
	out := map[string]cost{}
	for _, w := range all {
		if w.steep != flat {
			continue
		}
		// The second time counts: the first may read anew what the program keeps
		// for some seconds, such as clocks and holidays.
		for range 2 {
			statements, rows := said.Load(), storetest.RowsRead(t, g.DB)
			if err := w.do(g); err != nil {
				t.Fatalf("%s: %v", w.name, err)
			}
			out[w.name] = cost{said.Load() - statements, storetest.RowsRead(t, g.DB) - rows, looksAt(t, g, opened)}
		}
	}
	return out
}

// looksAt is how many lines of the log tell of that referral.
func looksAt(t *testing.T, g *grown, ref string) int64 {
	t.Helper()
	n, err := g.DB.Read().AuditEntry.Query().Where(func(q *sql.Selector) {
		q.Where(sqljson.ValueEQ(auditentry.FieldRefs, ref, sqljson.Path("[0]")))
	}).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int64(n)
}

// The slope is 0 of what stays, 1 of what grows as the data does, and 2 of its
// square.
func TestSlope(t *testing.T) {
	counts := []int{10, 100, 1000}
	for want, values := range map[float64][]float64{0: {3, 3, 3}, 1: {2, 20, 200}, 2: {1, 100, 10_000}} {
		if got := slope(counts, values); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: %f, want %f", values, got, want)
		}
	}
}
