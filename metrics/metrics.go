// Package metrics counts what whoever runs the program must see, for Prometheus:
// requests, work that waits, the log, connections. It knows routes and never an
// address, a reference, an account or an agency, and of people it tells no number
// at all. It decides nothing and answers nobody whom it is not shown to.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are those of one server. It is safe for concurrent use; nil counts
// nothing.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	taken    prometheus.Histogram
	lines    prometheus.Counter
	broken   prometheus.Counter
	steps    prometheus.Counter
}

// namespace begins every name.
const namespace = "nysreferral"

// Build is what the program was built from.
type Build struct {
	Version string
	Go      string
	FIPS    bool // Go's FIPS 140-3 module is in use
}

// New returns metrics over sources, which are asked at each look.
func New(b Build, s Sources) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "requests_total",
			Help: "Requests that were answered, by route, method and status."}, []string{"route", "method", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: "request_seconds",
			Help: "How long answers took, by route.", Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route"}),
		taken: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: "log_append_seconds",
			Help: "How long it took to take lines of the log into its tree and sign the head.", Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 5}}),
		lines:  counter("log_lines_total", "Lines of the log that this server took into its tree."),
		broken: counter("log_failures_total", "Times that lines of the log could not be taken into its tree."),
		steps:  counter("clock_steps_total", "Times that the clock of the machine was moved by more than five seconds."),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "build", Help: "What the program was built from; always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "go": b.Go, "fips": strconv.FormatBool(b.FIPS)}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.took, m.taken, m.lines, m.broken, m.steps, build, &collector{sources: s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
}

// Answered counts a request: its method and the pattern of its route, never what was
// asked, and never one act apart from the others: how often somebody is confirmed is
// nothing that metrics tell.
func (m *Metrics) Answered(method, route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(route).Observe(took.Seconds())
}

// Grew counts n lines that were taken into the tree of the log, or that this
// failed. Looks that found nothing are not counted.
func (m *Metrics) Grew(n int, took time.Duration, err error) {
	switch {
	case m == nil:
	case err != nil:
		m.broken.Inc()
	case n > 0:
		m.lines.Add(float64(n))
		m.taken.Observe(took.Seconds())
	}
}

// ClockMoved counts that the clock of the machine was moved.
func (m *Metrics) ClockMoved() {
	if m != nil {
		m.steps.Inc()
	}
}

// Handler tells all of it, in the format of Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4})
}
