package main

import (
	"context"
	"crypto/fips140"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"nysreferral/jobs"
	"nysreferral/metrics"
)

// pathMetrics is where Prometheus asks.
const pathMetrics = "/metrics"

// measures are the metrics of this program.
func (p *program) measures() *metrics.Metrics {
	build := metrics.Build{FIPS: fips140.Enabled()}
	if info, ok := debug.ReadBuildInfo(); ok {
		build.Version, build.Go = info.Main.Version, info.GoVersion
	}
	return metrics.New(build, metrics.Sources{
		Backlog: func(ctx context.Context) (jobs.Backlog, error) { return jobs.Count(ctx, p.db) },
		Late:    p.door.Overdue,
		Pools:   p.db.Pools,
		Ready: func(ctx context.Context) error {
			if p.health.leaving.Load() {
				return context.Canceled
			}
			if err := p.db.Saves(); err != nil {
				return err
			}
			return p.health.ready(ctx)
		},
	})
}

// showMetrics answers at the address for them until ctx ends. An address that
// cannot be had is told and stops nobody from working.
func (p *program) showMetrics(ctx context.Context) {
	if p.settings.MetricsAddr == "" {
		return
	}
	l, err := net.Listen("tcp", p.settings.MetricsAddr)
	if err != nil {
		p.log.Error("metrics cannot be shown", "err", err)
		return
	}
	absent := http.NotFoundHandler()
	told := p.metrics.Handler()
	server := &http.Server{ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10,
		Handler: p.health.before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != pathMetrics || r.Method != http.MethodGet {
				absent.ServeHTTP(w, r)
				return
			}
			told.ServeHTTP(w, r)
		}))}
	closed := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer closed()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		p.log.Error("metrics are shown no more", "err", err)
	}
}
