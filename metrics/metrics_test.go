package metrics

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"nysreferral/jobs"
)

// shown is what somebody reads.
func shown(m *Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// That any clock is overdue is told from the first on, and never how many are.
func TestAnyOverdueClockIsToldAndNoNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 1: "1", 10: "1", 11: "1", 12: "1"} {
		m := New(Build{}, Sources{Late: func(context.Context) (int, error) { return n, nil }})
		if got := shown(m); !strings.Contains(got, "\nnysreferral_clocks_overdue "+want+"\n") {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// A source that does not answer is counted and hides no other, and nobody is told
// why it does not.
func TestFailedSource(t *testing.T) {
	m := New(Build{}, Sources{
		Late:    func(context.Context) (int, error) { return 0, errors.New("the words of the database") },
		Backlog: func(context.Context) (jobs.Backlog, error) { return jobs.Backlog{Waiting: 3, Oldest: time.Minute}, nil }})
	got := shown(m)
	for _, want := range []string{"nysreferral_sources_failed 1", `nysreferral_jobs{state="waiting"} 3`, "nysreferral_job_oldest_seconds 60"} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %s", want)
		}
	}
	if strings.Contains(got, "words") || strings.Contains(got, "clocks_overdue 0") {
		t.Error("it tells what it does not know")
	}
}

// A program without metrics counts nothing and goes on.
func TestNoMetrics(t *testing.T) {
	var m *Metrics
	m.Answered("GET", "/", 200, time.Second)
	m.Grew(1, time.Second, nil)
	m.ClockMoved()
}
