package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"nysreferral/referrals"
)

// Goals of the yearly report over the many referrals.
const (
	reportGoal   = 5 * time.Second
	reportMemory = 200 // megabytes
)

// report makes the report of all tables over many referrals.
func (r *run) report() error {
	for _, dialect := range r.dialects() {
		if err := r.reportOn(dialect); err != nil {
			return err
		}
		if err := r.cleanUp(); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) reportOn(dialect string) error {
	d, err := r.seed(dialect, r.many)
	if err != nil {
		return err
	}
	runtime.GC()
	most := watchMemory()
	took := make([]time.Duration, r.rounds)
	for i := range took {
		began := time.Now()
		// The referrals are spread over ten years, which is the longest period.
		over := time.Date(start.Year(), start.Month()-1, 1, 0, 0, 0, 0, time.UTC) // the last month that is over
		asked := referrals.Asked{Name: "yearly", From: over.AddDate(-10, 1, 0).Format("2006-01"), To: over.Format("2006-01")}
		if _, err := d.Door.ReportByCommand(r.ctx, asked); err != nil {
			return err
		}
		took[i] = time.Since(began)
	}
	mid, memory := median(took), most()
	r.say("   %s: %d referrals: %.0f ms (%.0f ns a referral), %d MB in use at most", dialect, r.many, millis(mid), float64(mid)/float64(r.many), memory)
	r.judge(mid <= reportGoal, "yearly report, "+dialect, fmt.Sprintf("%.2f s", mid.Seconds()), "≤ 5 s")
	r.judge(memory <= reportMemory, "yearly report, memory, "+dialect, fmt.Sprintf("%d MB", memory), "≤ 200 MB")
	return nil
}

// watchMemory looks every few milliseconds how much memory the process has in
// use, and returns what gives the most that it saw, in megabytes.
func watchMemory() func() int {
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		var seen []uint64
		for {
			select {
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				seen = append(seen, m.HeapInuse+m.StackInuse)
			case <-stop:
				done <- int(slices.Max(append(seen, 0)) >> 20)
				return
			}
		}
	}()
	return func() int {
		close(stop)
		return <-done
	}
}
