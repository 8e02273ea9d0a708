package main

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed baseline.txt
var baselineText string

// baseline is what a tool may find at ours, with the reason.
type baseline []struct{ tool, finding, reason string }

// readBaseline reads baseline.txt: tool | finding | reason. A finding that ends
// with a star is the beginning of one.
func readBaseline() (baseline, error) {
	var out baseline
	for i, line := range strings.Split(baselineText, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || strings.TrimSpace(cells[1]) == "" || len(strings.TrimSpace(cells[2])) < 20 {
			return nil, fmt.Errorf("baseline.txt:%d: want: tool | finding | reason", i+1)
		}
		out = append(out, struct{ tool, finding, reason string }{strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])})
	}
	return out, nil
}

// reason is why a finding is accepted, if it is.
func (b baseline) reason(tool, finding string) (string, bool) {
	for _, one := range b {
		begins, open := strings.CutSuffix(one.finding, "*")
		if one.tool == tool && (finding == one.finding || open && strings.HasPrefix(finding, begins)) {
			return one.reason, true
		}
	}
	return "", false
}
