package metrics

import (
	"context"
	"database/sql"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"nysreferral/jobs"
)

// Sources are asked each time that somebody looks. What is nil is not told.
type Sources struct {
	Backlog func(context.Context) (jobs.Backlog, error)
	Late    func(context.Context) (int, error) // clocks of people that are overdue
	Pools   func() map[string]sql.DBStats
	Ready   func(context.Context) error
}

// patience is how long the database has to answer somebody who looks.
const patience = 5 * time.Second

// collector asks the sources.
type collector struct{ sources Sources }

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
}

var (
	jobsNow   = gauge("jobs", "Work to be done after commits, by state: waiting, running, retrying, or discarded, which failed for good within a week.", "state")
	jobOldest = gauge("job_oldest_seconds", "How long the oldest job that could be worked has waited.")
	late      = gauge("clocks_overdue", "Whether any legal clock or other task is overdue: 1 or 0, never how many.")
	ready     = gauge("ready", "Whether this server wants requests.")
	asked     = gauge("sources_failed", "What could not be asked at this look.")
	poolOpen  = gauge("pool_connections", "Connections to the database, by pool and use.", "pool", "use")
	poolWaits = gauge("pool_waits_total", "Times that somebody waited for a connection.", "pool")
	poolWait  = gauge("pool_wait_seconds_total", "How long they waited in all.", "pool")
)

// Describe names what is told.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsNow, jobOldest, late, ready, asked, poolOpen, poolWaits, poolWait} {
		to <- d
	}
}

// Collect asks every source. One that fails is counted, and the others are told.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tell := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	failed := 0
	if c.sources.Backlog != nil {
		if b, err := c.sources.Backlog(ctx); err != nil {
			failed++
		} else {
			tell(jobsNow, float64(b.Waiting), "waiting")
			tell(jobsNow, float64(b.Running), "running")
			tell(jobsNow, float64(b.Retrying), "retrying")
			tell(jobsNow, float64(b.Discarded), "discarded")
			tell(jobOldest, b.Oldest.Seconds())
		}
	}
	if c.sources.Late != nil {
		if n, err := c.sources.Late(ctx); err != nil {
			failed++
		} else {
			tell(late, some(n))
		}
	}
	if c.sources.Ready != nil {
		yes := 0.0
		if c.sources.Ready(ctx) == nil {
			yes = 1
		}
		tell(ready, yes)
	}
	tell(asked, float64(failed))
	if c.sources.Pools != nil {
		for name, p := range c.sources.Pools() {
			tell(poolOpen, float64(p.InUse), name, "in use")
			tell(poolOpen, float64(p.Idle), name, "idle")
			tell(poolOpen, float64(p.MaxOpenConnections), name, "most")
			to <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(p.WaitCount), name)
			to <- prometheus.MustNewConstMetric(poolWait, prometheus.CounterValue, p.WaitDuration.Seconds(), name)
		}
	}
}

// some is 1 where n is more than none: how many there are could tell of somebody,
// and that there is one must not wait for others.
func some(n int) float64 { return float64(min(max(n, 0), 1)) }
