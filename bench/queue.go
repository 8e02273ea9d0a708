package main

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"nysreferral/workflow"
)

// queueGoal is how much slower the page may be with the many.
const queueGoal = 1.2

// queuePages are the pages of the queue that are compared: what waits by its
// due date, and what is closed by its number; each has a first page and a last.
var queuePages = []struct{ name, path string }{
	{"open, first page", "/queue"},
	{"open, last page", "/queue?last=1"},
	{"closed, first page", "/queue?status=" + string(workflow.Closed)},
	{"closed, last page", "/queue?last=1&status=" + string(workflow.Closed)},
}

// queue compares the pages of the queue over many referrals with those over few.
func (r *run) queue() error {
	for _, dialect := range r.dialects() {
		if err := r.queueOn(dialect); err != nil {
			return err
		}
		if err := r.cleanUp(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) queueOn(dialect string) error {
	var people [2]*browser
	for i, n := range []int{r.few, r.many} {
		began := time.Now()
		d, err := r.seed(dialect, n)
		if err != nil {
			return err
		}
		r.say("   %s: %d referrals, %d of them open, made in %s", dialect, n, n/openShare, time.Since(began).Round(100*time.Millisecond))
		if dialect == "PostgreSQL" {
			if _, err := d.DB.SQL().ExecContext(r.ctx, "VACUUM ANALYZE"); err != nil {
				return fmt.Errorf("settling the tables: %w", err)
			}
		}
		if people[i], err = r.signIn(d.site, d.reviewer); err != nil {
			return err
		}
	}
	paths := make([]string, len(queuePages))
	for i, p := range queuePages {
		paths[i] = p.path
		if err := sameLength(people, p.path); err != nil {
			return err
		}
	}
	took := [2][][]time.Duration{make([][]time.Duration, len(paths)), make([][]time.Duration, len(paths))}
	for round := -1; round < r.rounds; round++ {
		for side := range people {
			at := (side + max(round, 0)) % 2
			got, err := r.pages(people[at], paths)
			if err != nil {
				return err
			}
			for i := range got {
				if round >= 0 {
					took[at][i] = append(took[at][i], median(got[i].took))
				}
			}
		}
	}
	for i, p := range queuePages {
		r.queueTold(dialect+", "+p.name, took[0][i], took[1][i])
	}
	return nil
}

// queueTold says how one page compares.
func (r *run) queueTold(name string, few, many []time.Duration) {
	each := make([]float64, len(few))
	for i := range few {
		each[i] = float64(many[i]) / float64(few[i])
	}
	q := median(each)
	r.say("   %-34s %d: %.2f ms   %d: %.2f ms   ratio %.2f", name, r.few, millis(median(few)), r.many, millis(median(many)), q)
	r.judge(q <= queueGoal, "queue, "+name, fmt.Sprintf("%.2f × (%.2f ms)", q, millis(median(many))), "≤ 1.2 ×")
}

// sameLength refuses to compare pages that do not show as many referrals.
func sameLength(people [2]*browser, path string) error {
	var rows [2]int
	for i, b := range people {
		got, err := b.want(http.StatusOK, http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		rows[i] = bytes.Count(got.body, []byte("<tr"))
	}
	if rows[0] != rows[1] || rows[0] < 2 {
		return fmt.Errorf("%s shows %d rows of few and %d of many", path, rows[0], rows[1])
	}
	return nil
}
