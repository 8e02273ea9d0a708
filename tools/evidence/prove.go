package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// state is how a claim ended.
type state string

const (
	held    state = "held"
	failed  state = "FAILED"
	skipped state = "SKIPPED"
)

// result is a claim and how it ended.
type result struct {
	claim
	state state
	seen  string // numbers
	why   string // where it did not hold
	took  time.Duration
}

// command is what was run.
func (c claim) command() string {
	if c.do != nil {
		return "make evidence only=" + strings.Fields(strings.ReplaceAll(c.ids, ",", ""))[0]
	}
	return "go " + strings.Join(c.arguments(), " ")
}

func (c claim) arguments() []string {
	args := []string{"test", "-count=1", "-timeout=20m"}
	if !c.whole {
		args = append(args, "-run=^("+strings.Join(c.tests, "|")+")$")
	}
	return append(args, c.pkg)
}

// bench is where claims are proved: the repository, and a folder for the test
// programs, each of which is built once.
type bench struct {
	root, work string
	built      map[string]string
}

// program builds the tests of a package.
func (b *bench) program(pkg string) (string, error) {
	if path, ok := b.built[pkg]; ok {
		return path, nil
	}
	path := filepath.Join(b.work, strings.ReplaceAll(strings.Trim(pkg, "./"), "/", "-")+".test")
	cmd := exec.Command("go", "test", "-c", "-o", path, pkg)
	cmd.Dir = b.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	b.built[pkg] = path
	return path, nil
}

// prove runs what holds the claim.
func (c claim) prove(b *bench) result {
	r := result{claim: c, state: held}
	began := time.Now()
	if c.do != nil {
		var err error
		if r.seen, err = c.do(b.root); err != nil {
			r.state, r.why = failed, err.Error()
		}
		r.took = time.Since(began)
		return r
	}
	program, err := b.program(c.pkg)
	if err != nil {
		r.state, r.why, r.took = failed, err.Error(), time.Since(began)
		return r
	}
	args := []string{"tool", "test2json", "-t", program, "-test.v=test2json", "-test.count=1", "-test.timeout=20m"}
	if !c.whole {
		args = append(args, "-test.run=^("+strings.Join(c.tests, "|")+")$")
	}
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = filepath.Join(b.root, c.pkg), os.Stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.state, r.why, r.took = failed, err.Error(), time.Since(began)
		return r
	}
	r = c.judge(bytes.NewReader(out), err != nil)
	r.took = time.Since(began)
	return r
}

// event is one line of `go test -json`.
type event struct {
	Action string
	Test   string
	Output string
}

// heard is what the tests of a claim said.
type heard struct {
	passed, failed, skipped []string
	output                  []string
	left                    []string // what skipped tests said
	said                    map[string][]string
}

func (h *heard) read(r io.Reader) {
	h.said = map[string][]string{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 && (json.Unmarshal(line, &e) != nil || e.Action == "") {
			e = event{Action: "output", Output: string(line)}
		}
		switch e.Action {
		case "output", "build-output":
			h.output = append(h.output, e.Output)
			h.said[e.Test] = append(h.said[e.Test], e.Output)
		case "pass", "fail", "skip":
			h.ended(e)
		}
		if err != nil {
			return
		}
	}
}

func (h *heard) ended(e event) {
	if e.Test == "" {
		return
	}
	switch e.Action {
	case "pass":
		h.passed = append(h.passed, e.Test)
	case "fail":
		h.failed = append(h.failed, e.Test)
	case "skip":
		h.skipped = append(h.skipped, e.Test)
		h.left = append(h.left, e.Test+": "+strings.TrimSpace(strings.Join(h.said[e.Test], " ")))
	}
}

// judge says how the claim ended by what its tests said. broken says that go test
// itself ended badly.
func (c claim) judge(r io.Reader, bad bool) result {
	out := result{claim: c, state: held}
	var h heard
	h.read(r)
	var gone []string
	for _, test := range c.tests {
		if !slices.Contains(h.passed, test) && !slices.Contains(h.failed, test) && !slices.Contains(h.skipped, test) {
			gone = append(gone, test)
		}
	}
	seen := 0
	if c.count != nil {
		for _, m := range c.count.FindAllStringSubmatch(strings.Join(h.output, ""), -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				bad = true
			}
			seen += n
		}
		out.seen = fmt.Sprintf("%d %s", seen, c.what)
	} else {
		out.seen = fmt.Sprintf("%d tests", len(h.passed))
	}
	switch {
	case bad || len(h.failed) > 0:
		out.state, out.why = failed, strings.Join(h.output, "")
	case len(gone) > 0:
		out.state, out.why = failed, "These tests are gone, so nothing holds the claim: "+strings.Join(gone, ", ")
	case len(h.passed) == 0 && len(h.skipped) == 0:
		out.state, out.why = failed, "No test ran."
	case len(h.skipped) > 0:
		out.state, out.why = skipped, "NOT LOOKED AT: "+strings.Join(h.left, "\n")
	case seen < c.least:
		out.state, out.why = failed, fmt.Sprintf("%d %s were seen, and at least %d are claimed.", seen, c.what, c.least)
	}
	return out
}
