package referrals_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"nysreferral/referrals"
	"nysreferral/reports"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// BenchmarkReport makes the yearly report over 2,000 referrals on SQLite, or
// over as many as REPORT_REFERRALS says, and tells the time for each and how
// much memory was in use at most.
func BenchmarkReport(b *testing.B) {
	people := 2000
	if n, err := strconv.Atoi(os.Getenv("REPORT_REFERRALS")); err == nil {
		people = n
	}
	s := world(b, storetest.SQLite(b), lastDay)
	course := decided(reports.Confirmed, "2026-01-07T15:00:00Z", func(c *referrals.Course) {
		c.Handed = []referrals.Passage{{N: 1, Kind: "ldss", County: "erie", SentAt: day("2026-01-08T15:00:00Z"), AcceptedAt: day("2026-01-09T15:00:00Z"), ReachedAt: day("2026-01-12T15:00:00Z")}}
	})
	for from := 0; from < people; from += 1000 {
		plantFrom(b, s, uint64(from), batch{people: min(1000, people-from), status: workflow.Confirmed, received: "2026-01-05T15:00:00Z",
			facets: facetsOf(referrals.Facets{Source: "nypd", Course: course})})
	}
	runtime.GC()
	most := watchHeap(b)
	for b.Loop() {
		if _, err := s.Door.Report(b.Context(), s.As("director"), referrals.Asked{Name: "yearly", From: "2026-01", To: "2026-03"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(people), "ns/referral")
	b.ReportMetric(float64(most())/(1<<20), "MB-heap")
}

// watchHeap looks every few milliseconds how much memory is in use and returns
// what gives the most that it saw.
func watchHeap(b *testing.B) func() uint64 {
	b.Helper()
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		var greatest uint64
		var m runtime.MemStats
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				runtime.ReadMemStats(&m)
				greatest = max(greatest, m.HeapInuse+m.StackInuse)
			case <-stop:
				most <- greatest
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-most
	}
}
