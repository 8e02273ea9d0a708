package main

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"nysreferral/demo"
)

// looked is what somebody reads at an address.
func looked(t *testing.T, address string) (int, string) {
	t.Helper()
	got, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

var (
	measured  = regexp.MustCompile(`(?m)^([a-z_]+)(?:\{(.*)\})? (\S+)$`)
	label     = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
	reference = regexp.MustCompile(`(?i)[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-`)
)

// metricsTellOfNobody reads the metrics of a program that everybody has used, and
// wants in them what is watched, and nothing of a person, a referral, an account
// or an agency; no label that somebody who asks can choose; and no small number
// of what concerns people.
func metricsTellOfNobody(t *testing.T, addr string, s *demo.State) {
	t.Helper()
	status, text := looked(t, "http://"+addr+pathMetrics)
	if found := hits([]byte(text)); status != http.StatusOK || len(found) > 0 || reference.MatchString(text) {
		t.Errorf("%d, a planted word %v, a reference %q", status, found, reference.FindString(text))
	}
	for _, a := range s.Accounts {
		for _, word := range []string{a.Email, a.Actor.Name, a.Actor.Office, a.Token} {
			if word != "" && strings.Contains(text, word) {
				t.Errorf("they tell of %q", word)
			}
		}
	}
	seen := map[string]bool{}
	for _, line := range measured.FindAllStringSubmatch(text, -1) {
		seen[line[1]] = true
		for _, l := range label.FindAllStringSubmatch(line[2], -1) {
			if allowed := labels[l[1]]; allowed == nil || !allowed.MatchString(l[2]) {
				t.Errorf("%s has the label %s=%q", line[1], l[1], l[2])
			}
		}
		n, err := strconv.ParseFloat(line[3], 64)
		if line[1] == "nysreferral_clocks_overdue" && (err != nil || n != 0 && n != 1) {
			t.Errorf("%s tells of %s", line[1], line[3])
		}
	}
	for _, want := range []string{"nysreferral_requests_total", "nysreferral_request_seconds_bucket", "nysreferral_jobs", "nysreferral_job_oldest_seconds",
		"nysreferral_clocks_overdue", "nysreferral_log_append_seconds_count", "nysreferral_log_lines_total", "nysreferral_clock_steps_total",
		"nysreferral_pool_connections", "nysreferral_ready", "nysreferral_build", "go_goroutines"} {
		if !seen[want] {
			t.Errorf("they lack %s", want)
		}
	}
	for _, path := range []string{"/", "/sign-in", "/metrics/all"} {
		if status, _ := looked(t, "http://"+addr+path); status != http.StatusNotFound {
			t.Errorf("at %s they answer %d", path, status)
		}
	}
}

// labels are all labels, and what they may say.
var labels = map[string]*regexp.Regexp{
	"route":    regexp.MustCompile(`^(/[a-z0-9:*._-]*)*$`),
	"method":   regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other)$`),
	"status":   regexp.MustCompile(`^[1-5][0-9][0-9]$`),
	"state":    regexp.MustCompile(`^(waiting|running|retrying|discarded)$`),
	"pool":     regexp.MustCompile(`^(read|write|all)$`),
	"use":      regexp.MustCompile(`^(in use|idle|most)$`),
	"le":       regexp.MustCompile(`^([0-9.]+|\+Inf)$`),
	"version":  regexp.MustCompile(`^.*$`),
	"go":       regexp.MustCompile(`^go1`),
	"fips":     regexp.MustCompile(`^(true|false)$`),
	"quantile": regexp.MustCompile(`^[0-9.]+$`),
}
