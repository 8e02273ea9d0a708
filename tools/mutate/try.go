package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// How a fault ended, as it is said and kept.
const (
	noticed = "noticed"
	lives   = "lives"
	unmet   = "no test comes by"
	late    = "no test ended in time"
)

// try makes one fault after another real, and tells of those that live.
func (h *hunt) try() (result, error) {
	ends, err := h.kept()
	if err != nil {
		return result{}, err
	}
	defer ends.close()
	numbers := make(chan int)
	var wait sync.WaitGroup
	for range h.jobs {
		wait.Go(func() {
			w := &worker{hunt: h, asked: map[*suite]*served{}}
			defer w.end()
			for n := range numbers {
				how := w.tried(n)
				ends.put(n, how)
				h.tell(n, how)
			}
		})
	}
	all, began, said := h.places(), time.Now(), time.Now()
	for _, n := range all {
		if how := ends.of(n); how != "" {
			h.tell(n, how)
			continue
		}
		if time.Now().After(h.until) {
			break
		}
		numbers <- n
		if time.Since(said) > time.Minute {
			said = time.Now()
			fmt.Printf("  %d of %d tried, in %s\n", ends.counts(all).planted, len(all), time.Since(began).Round(time.Second))
		}
	}
	close(numbers)
	wait.Wait()
	got := ends.counts(all)
	if got.planted < len(all) {
		return got, fmt.Errorf("%w: of %d: %s", errLate, len(all), got)
	}
	return got, nil
}

// tell tells of a fault that was not noticed.
func (h *hunt) tell(n int, how string) {
	if how != noticed {
		fmt.Printf("  %s: %s/%s\n", how, h.pkg, h.faults[n-1])
	}
}

// places are the numbers of the faults that are tried: all, or those at the
// places that were named.
func (h *hunt) places() []int {
	var out []int
	for i, f := range h.faults {
		if slices.ContainsFunc(strings.Split(h.at, ","), func(at string) bool { return strings.HasPrefix(f.String(), at) }) {
			out = append(out, i+1)
		}
	}
	return out
}

// worker tries faults with test programs of its own.
type worker struct {
	*hunt
	asked map[*suite]*served
}

// tried says how a fault ends. A test that did not end in time says nothing; where
// two did not, no more are asked.
func (w *worker) tried(n int) string {
	how, hung := unmet, 0
	for _, group := range w.groups(n) {
		if hung == 0 {
			how = lives
		}
		switch w.asks(n, group) {
		case fails, dies:
			return noticed
		case hangs:
			how = late
			if hung++; hung == 2 {
				return late
			}
		}
	}
	return how
}

// groups are the tests that come by a fault, the quickest first. Where a program
// has to begin anew for the fault, several are asked at once, the more the longer
// nobody has noticed.
func (h *hunt) groups(n int) [][]*test {
	type open struct {
		at          int
		takes, most time.Duration
	}
	var out [][]*test
	at := map[*suite]*open{}
	for _, t := range h.tests {
		switch {
		case !t.comesBy(n):
		case t.serves && !t.initial[n]:
			out = append(out, []*test{t})
		case at[t.suite] == nil:
			at[t.suite] = &open{len(out), t.takes, 300 * time.Millisecond}
			out = append(out, []*test{t})
		case at[t.suite].takes+t.takes > at[t.suite].most:
			at[t.suite] = &open{len(out), t.takes, 4 * at[t.suite].most}
			out = append(out, []*test{t})
		default:
			o := at[t.suite]
			o.takes += t.takes
			out[o.at] = append(out[o.at], t)
		}
	}
	return out
}

// asks has tests of one suite look at a fault.
func (w *worker) asks(n int, group []*test) outcome {
	var names []string
	within := w.wait
	for _, t := range group {
		names = append(names, t.name)
		within += 5 * t.takes
	}
	tests, s := strings.Join(names, "|"), group[0].suite
	if s.serves && !s.initial[n] {
		return w.served(n, s, tests, within)
	}
	got, _ := w.alone(s, n, tests, "", within)
	return got
}

// served asks a program that was asked before. What an earlier fault left behind
// there must not count for this one: tests that fail have to pass without the
// fault, or to fail in a program that begins with it.
func (w *worker) served(n int, s *suite, tests string, within time.Duration) outcome {
	p := w.asked[s]
	if p == nil {
		var err error
		if p, err = w.serve(s, ""); err != nil {
			got, _ := w.alone(s, n, tests, "", within)
			return got
		}
		w.asked[s] = p
	}
	fresh := p.fresh
	got := p.try(n, tests, within)
	if got == passes || got == fails && p.try(0, tests, within) == passes {
		return got
	}
	blamed := got == dies && p.blames(tests)
	p.kill()
	delete(w.asked, s)
	if got == hangs || fresh || blamed {
		return got
	}
	return w.served(n, s, tests, within)
}

// end ends the programs.
func (w *worker) end() {
	for _, p := range w.asked {
		p.end()
	}
}
