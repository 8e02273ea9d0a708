package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"nysreferral/audit"
	"nysreferral/backup"
	"nysreferral/ent"
	"nysreferral/referrals"
)

// Goals of growth: how steep the line through the sizes may be when both sides
// are drawn as logarithms. 0 is flat, 1 grows as the data does.
const (
	flat   = 0.1
	linear = 1.1
)

// growing are the sizes, and how many of the referrals are open at each.
type growing struct {
	counts []int
	open   int
	lines  int // of the log for each referral
}

var (
	wholeGrowth = growing{counts: []int{2000, 20_000, 200_000}, open: 1200, lines: 25}
	quickGrowth = growing{counts: []int{60, 120, 240}, open: 30, lines: 5}
)

// work is one thing whose time is watched while the data grows.
type work struct {
	name  string
	steep float64            // how steep it may be at most
	times int                // in a round
	do    func(*grown) error // once
}

// stateSearch is the work that opens several referrals.
const stateSearch = "State search"

// took is what one piece of work took at one size.
type took struct{ wall, cpu time.Duration }

// growth measures everything that people wait for at three sizes.
func (r *run) growth() error {
	for _, dialect := range r.dialects() {
		if err := r.growthOn(dialect); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) growthOn(dialect string) error {
	sizes := wholeGrowth
	if r.calls == quick.calls {
		sizes = quickGrowth
	}
	var all []work
	times := map[string][]took{}
	for _, n := range sizes.counts {
		began := time.Now()
		g, err := r.grow(dialect, n, sizes.open, n*sizes.lines)
		if err != nil {
			return err
		}
		r.say("   %s: %d referrals, %d of them open, %d lines in the log, made in %s", dialect, n, g.open, n*g.lines, time.Since(began).Round(100*time.Millisecond))
		if all, err = r.works(g); err != nil {
			return err
		}
		for _, w := range all {
			one, err := r.watch(g, w)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			times[w.name] = append(times[w.name], one)
			r.say("      %-31s %9.2f ms (%.2f ms of CPU)", w.name, millis(one.wall), millis(one.cpu))
		}
		if err := r.cleanUp(); err != nil {
			return err
		}
		if g.folder != "" {
			if err := os.RemoveAll(g.folder); err != nil {
				return fmt.Errorf("removing a database: %w", err)
			}
		}
	}
	r.say("   %-34s %s   slope", dialect, headsOf(sizes.counts))
	for _, w := range all {
		r.grew(dialect, w, sizes.counts, times[w.name])
	}
	return nil
}

func headsOf(counts []int) string {
	var out strings.Builder
	for _, n := range counts {
		fmt.Fprintf(&out, "%12d (cpu)     ", n)
	}
	return out.String()
}

// grew says and judges how one piece of work grew.
func (r *run) grew(dialect string, w work, counts []int, got []took) {
	var line strings.Builder
	walls := make([]float64, len(got))
	for i, t := range got {
		walls[i] = millis(t.wall)
		fmt.Fprintf(&line, "%9.2f ms (%8.2f) ", millis(t.wall), millis(t.cpu))
	}
	by := slope(counts, walls)
	r.say("   %-34s %s   %.2f", w.name, line.String(), by)
	r.judge(by <= w.steep, "growth, "+dialect+", "+w.name, fmt.Sprintf("slope %.2f", by), fmt.Sprintf("≤ %.1f", w.steep))
}

// slope is that of the straight line that lies nearest to the logarithms.
func slope(counts []int, values []float64) float64 {
	var sx, sy, sxx, sxy float64
	n := float64(len(counts))
	for i, c := range counts {
		x, y := math.Log(float64(c)), math.Log(values[i])
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// watch does a piece of work again and again, once before it counts.
func (r *run) watch(g *grown, w work) (took, error) {
	if err := w.do(g); err != nil {
		return took{}, err
	}
	walls := make([]time.Duration, w.times)
	before := cpu(syscall.RUSAGE_SELF)
	for i := range walls {
		began := time.Now()
		if err := w.do(g); err != nil {
			return took{}, err
		}
		walls[i] = time.Since(began)
	}
	return took{median(walls), (cpu(syscall.RUSAGE_SELF) - before) / time.Duration(w.times)}, nil
}

// works are all that is measured of one State.
func (r *run) works(g *grown) ([]work, error) {
	browsers := map[string]*browser{}
	for _, key := range []string{"reviewer", "program", "trooper"} {
		b, err := r.signIn(g.site, person{Actor: g.As(key), email: g.Account(key).Email})
		if err != nil {
			return nil, err
		}
		browsers[key] = b
	}
	page := func(key, path string) func(*grown) error {
		return func(*grown) error {
			_, err := browsers[key].want(http.StatusOK, http.MethodGet, path, nil)
			return err
		}
	}
	key, err := backup.NewKey()
	if err != nil {
		return nil, err
	}
	few := max(1, r.rounds)
	return []work{
		{"queue", flat, r.calls, page("reviewer", "/queue")},
		{"closed referrals, last page", flat, r.calls, page("reviewer", "/queue?last=1&status=closed")},
		{"opening a referral", flat, r.calls, page("reviewer", "/referrals/"+g.last)},
		{"who looked at it", flat, r.calls, page("reviewer", "/referrals/"+g.last+"/looks")},
		{"board", flat, r.calls, page("program", "/board")},
		{stateSearch, flat, r.calls, r.searching(browsers["reviewer"])},
		{"a line into the log's tree", flat, r.calls, func(g *grown) error { return taking(r, g) }},
		{"yearly report", linear, few, reporting(r)},
		{"verifying the log", linear, few, func(g *grown) error { return verifying(r, g) }},
		{"backup", linear, few, func(g *grown) error {
			_, _, err := backup.Write(r.ctx, backup.Source{DB: g.DB, Ring: g.Ring}, key.Public(), io.Discard, time.Now())
			return err
		}},
	}, nil
}

// searching looks for one after the other and finds each. The hour goes on, so
// that nobody is over the limit.
func (r *run) searching(b *browser) func(*grown) error {
	at := 0
	return func(g *grown) error {
		at++
		who := g.names[at%len(g.names)]
		g.Clock.Set(g.Clock.Now().Add(time.Hour))
		form, err := b.want(http.StatusOK, http.MethodGet, "/search", nil)
		if err != nil {
			return err
		}
		in := hidden(form.body)
		for name, value := range map[string]string{"family": who[0], "given": who[1], "reason": "new_referral", "words": "A colleague asks whether there is one already."} {
			in.Set(name, value)
		}
		got, err := b.want(http.StatusOK, http.MethodPost, "/search", url.Values(in))
		if err != nil {
			return err
		}
		if !bytes.Contains(got.body, []byte(g.sought[at%len(g.sought)])) {
			return fmt.Errorf("the search for number %d does not find it", at%len(g.sought))
		}
		return nil
	}
}

// taking writes a line and takes it into the tree, as a server does all day.
func taking(r *run, g *grown) error {
	err := g.DB.Do(r.ctx, func(tx *ent.Tx) error {
		return audit.Add(r.ctx, tx, audit.Line{At: time.Now(), Action: "read", Outcome: audit.Done})
	})
	if err != nil {
		return err
	}
	n, err := g.tree.Take(r.ctx)
	if err == nil && n == 0 {
		err = errors.New("the line was not taken in")
	}
	return err
}

func reporting(r *run) func(*grown) error {
	over := time.Date(start.Year(), start.Month()-1, 1, 0, 0, 0, 0, time.UTC) // the last month that is over
	return func(g *grown) error {
		_, err := g.Door.ReportByCommand(r.ctx, referrals.Asked{Name: "yearly", From: over.AddDate(-10, 1, 0).Format("2006-01"), To: over.Format("2006-01")})
		return err
	}
}

func verifying(r *run, g *grown) error {
	_, verifier, err := audit.Keys(g.Ring)
	if err != nil {
		return err
	}
	report, err := audit.Verify(r.ctx, g.DB, verifier)
	if err == nil && (report.Bad != nil || report.Lines < int64(g.n*g.lines)) {
		err = fmt.Errorf("the log is not as it was made: %+v", report)
	}
	return err
}
