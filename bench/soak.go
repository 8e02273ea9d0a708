package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"nysreferral/demo"
	"nysreferral/workflow"
)

// The load of a soak. The greatest hour of a whole nation is taken to bring 300
// referrals (an operation on a training day, at the scale of the United
// Kingdom); the soak has fifty such hours at once. With each referral come the
// pages of its form, its saves, and what the State opens of it.
const (
	nationalHour = 300
	soakTimes    = 50
	soakAll      = time.Hour / (nationalHour * soakTimes) // between two referrals
	soakMost     = 0.05                                   // how much more the last third may have than the first
	soakPeople   = 160                                    // nobody begins more referrals in an hour than one may
	soakAtOnce   = 40                                     // more than any pool has connections
)

// sample is what the process had at one moment.
type sample struct {
	at                           time.Duration
	rss, heap, descriptors, work float64
}

// soak works at fifty times the national load, and looks whether anything grows.
func (r *run) soak() error {
	for _, dialect := range r.dialects() {
		if err := r.soakOn(dialect); err != nil {
			return err
		}
		if err := r.cleanUp(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) soakOn(dialect string) error {
	s, err := r.open(dialect)
	if err != nil {
		return err
	}
	to, err := s.soakers(r.ctx)
	if err != nil {
		return err
	}
	end, err := (&submission{r: r, s: s}).background()
	if err != nil {
		return err
	}
	every := 10 * time.Second
	to.Whole = time.Duration(r.minutes * float64(time.Minute))
	if r.calls == quick.calls {
		to.Whole, every = 20*time.Second, time.Second
	}
	to.WarmUp = to.Whole / 3
	r.say("   %s: %s, a referral each %s with all pages of its form, after %d at once and a third of that to warm up", dialect, to.Whole, soakAll, soakAtOnce)
	did, got, err := r.sampled(dialect, to, every)
	if err := errors.Join(err, end()); err != nil {
		return err
	}
	r.say("   %s: %d referrals and %d requests in all, none failed; %d referrals waited for somebody who was free", dialect, did.Sent, did.Requests, did.Waited)
	return r.soaked(dialect, got)
}

// sampled lets a crowd in and, once it is warm, looks as often as every says at
// what this process has.
func (r *run) sampled(dialect string, to invitation, every time.Duration) (asked, []sample, error) {
	ctx, stop := context.WithCancel(r.ctx)
	defer stop()
	o, err := invite(ctx, to)
	if err != nil {
		return asked{}, nil, err
	}
	if _, err := o.did(); err != nil {
		return asked{}, nil, err
	}
	if err := r.heapTo(dialect + "-begin"); err != nil {
		return asked{}, nil, err
	}
	type end struct {
		asked
		err error
	}
	over := make(chan end, 1)
	go func() {
		did, err := o.did()
		over <- end{did, err}
	}()
	var out []sample
	look := time.NewTicker(every)
	defer look.Stop()
	for began := time.Now(); ; {
		select {
		case <-look.C:
			one, err := look1(time.Since(began))
			if err != nil {
				return asked{}, nil, err
			}
			out = append(out, one)
		case e := <-over:
			if e.err != nil {
				return asked{}, nil, e.err
			}
			return e.asked, out, errors.Join(o.cmd.Wait(), r.heapTo(dialect+"-end"))
		}
	}
}

// soakers makes the people.
func (s *site) soakers(ctx context.Context) (to invitation, err error) {
	if err := s.Populate(ctx); err != nil {
		return to, err
	}
	agency, err := s.agency(ctx, "Example Harbor Shelter", "social_service_provider", workflow.SideProvider, "ovs")
	if err != nil {
		return to, err
	}
	all, err := s.people(ctx, agency, workflow.Referrer, soakPeople)
	if err != nil {
		return to, err
	}
	to = invitation{URL: s.url, Reviewer: s.Account("reviewer").Email, Program: s.Account("program").Email, Today: s.Door.Today()}
	for _, who := range all {
		if err := s.Auth.SetPassword(ctx, workflow.Actor{}, who.ID, demo.Password, ""); err != nil {
			return to, err
		}
		to.Referrers = append(to.Referrers, who.email)
	}
	return to, nil
}

// look1 is what the process has now: memory as the kernel counts it, what the
// heap holds after a collection, open descriptors and goroutines.
func look1(at time.Duration) (sample, error) {
	rss, err := resident("self")
	if err != nil {
		return sample{}, err
	}
	runtime.GC()
	var heap runtime.MemStats
	runtime.ReadMemStats(&heap)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return sample{}, fmt.Errorf("counting descriptors: %w", err)
	}
	return sample{at, rss, float64(heap.HeapAlloc) / (1 << 20), float64(len(open)), float64(runtime.NumGoroutine())}, nil
}

// resident is the memory of a process, in megabytes.
func resident(pid string) (float64, error) {
	kilobytes, _, _ := strings.Cut(field(filepath.Join("/proc", pid, "status"), "VmRSS"), " ")
	n, err := strconv.ParseFloat(kilobytes, 64)
	if err != nil {
		return 0, fmt.Errorf("reading the memory of %s: %w", pid, err)
	}
	return n / 1024, nil
}

// soaked says and judges whether anything grew between the thirds. The middle half
// of a third counts, by its mean: one sample that meets a packet being drawn has its
// memory, which goes with it, and one that meets a request has its connection.
func (r *run) soaked(dialect string, got []sample) error {
	if len(got) < 6 {
		return fmt.Errorf("only %d samples: soak longer", len(got))
	}
	for _, one := range []struct {
		name, unit string
		pick       func(sample) float64
	}{{"memory (RSS)", "MB", func(s sample) float64 { return s.rss }}, {"heap after collection", "MB", func(s sample) float64 { return s.heap }},
		{"descriptors", "", func(s sample) float64 { return s.descriptors }}, {"goroutines", "", func(s sample) float64 { return s.work }}} {
		values := make([]float64, len(got))
		for i, s := range got {
			values[i] = one.pick(s)
		}
		third := len(values) / 3
		first, last := middle(values[:third]), middle(values[len(values)-third:])
		more := last/first - 1
		r.say("   %-22s %s  %.1f to %.1f %s", one.name, plot(values, 60), slices.Min(values), slices.Max(values), one.unit)
		r.judge(more <= soakMost, "soak, "+dialect+", "+one.name, fmt.Sprintf("%+.1f %% (%.1f, %.1f)", 100*more, first, last), "≤ +5 %")
	}
	return nil
}

// middle is the mean of the middle half of a list that has two at least.
func middle(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return mean(sorted[len(sorted)/4 : len(sorted)-len(sorted)/4])
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}

// plot draws values from nothing to the greatest of them, at most wide signs.
func plot(values []float64, wide int) string {
	blocks := []rune(" ▁▂▃▄▅▆▇█")
	top := slices.Max(values)
	out := make([]rune, min(wide, len(values)))
	for i := range out {
		part := values[i*len(values)/len(out) : (i+1)*len(values)/len(out)]
		out[i] = blocks[int(mean(part)/max(top, 1e-9)*float64(len(blocks)-1)+0.5)]
	}
	return string(out)
}
