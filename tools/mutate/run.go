package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// hunt tries the faults of one package.
type hunt struct {
	settings
	target
	work   string
	until  time.Time
	faults []fault
	tests  []*test
}

// test is one test of a suite: how long it takes, and which faults it comes by.
type test struct {
	name, program, dir string
	takes              time.Duration
	reached            map[int]bool
}

// build compiles a test program for each suite.
func (h *hunt) build(overlay string) error {
	for _, suite := range h.suites {
		program := filepath.Join(h.work, filepath.Base(suite)+".test")
		cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", program, "./"+suite)
		cmd.Dir = h.root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building the tests of %s: %w\n%s", suite, err, out)
		}
		dir, err := filepath.Abs(filepath.Join(h.root, suite))
		if err != nil {
			return err
		}
		list := exec.Command(program, "-test.run", "^$", "-test.list", "^(Test|Fuzz)")
		list.Dir = dir
		out, err := list.Output()
		if err != nil {
			return fmt.Errorf("listing the tests of %s: %w", suite, err)
		}
		for name := range strings.FieldsSeq(string(out)) {
			if strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") {
				h.tests = append(h.tests, &test{name: name, program: program, dir: dir})
			}
		}
	}
	return nil
}

// survey runs each test alone without a fault: it has to pass, and says what it
// comes by.
func (h *hunt) survey() error {
	for i, t := range h.tests {
		file := filepath.Join(h.work, "reached."+strconv.Itoa(i))
		begun := time.Now()
		out, err := h.run([]*test{t}, 0, file, time.Minute+5*h.most)
		if err != nil {
			return fmt.Errorf("%s fails without a fault: %w\n%s", t.name, err, out)
		}
		t.takes, t.reached = time.Since(begun), map[int]bool{}
		text, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		for n := range strings.FieldsSeq(string(text)) {
			k, err := strconv.Atoi(n)
			if err != nil {
				return err
			}
			t.reached[k] = true
		}
	}
	slices.SortFunc(h.tests, func(a, b *test) int { return cmp.Compare(a.takes, b.takes) })
	h.tests = slices.DeleteFunc(h.tests, func(t *test) bool { return t.takes > h.most })
	return nil
}

// run runs tests of one program with one fault.
func (h *hunt) run(tests []*test, real int, reached string, within time.Duration) ([]byte, error) {
	ctx, stop := context.WithTimeout(context.Background(), within)
	defer stop()
	names := make([]string, len(tests))
	for i, t := range tests {
		names[i] = t.name
	}
	cmd := exec.CommandContext(ctx, tests[0].program, "-test.run", "^("+strings.Join(names, "|")+")$", "-test.failfast")
	cmd.Dir = tests[0].dir
	cmd.Env = append(os.Environ(), "FAULT_REAL="+strconv.Itoa(real), "FAULT_REACHED="+reached)
	cmd.WaitDelay = time.Second
	return cmd.CombinedOutput()
}

// try makes one fault after another real, and tells of those that live.
func (h *hunt) try() (result, error) {
	numbers := make(chan int)
	living := make([]string, len(h.faults))
	var wait sync.WaitGroup
	for range h.jobs {
		wait.Go(func() {
			for n := range numbers {
				living[n-1] = h.lives(n)
			}
		})
	}
	got := result{}
	for n := range h.faults {
		if time.Now().After(h.until) {
			break
		}
		numbers <- n + 1
		got.planted++
	}
	close(numbers)
	wait.Wait()
	for i, how := range living[:got.planted] {
		if how == "" {
			got.noticed++
			continue
		}
		fmt.Printf("  %s: %s/%s\n", how, h.pkg, h.faults[i])
	}
	if got.planted < len(h.faults) {
		return got, fmt.Errorf("%w: of %d, %d were tried and %d noticed", errLate, len(h.faults), got.planted, got.noticed)
	}
	return got, nil
}

// lives says why no test notices the fault n, or nothing when one does. Quick
// tests are asked together, slow ones each alone.
func (h *hunt) lives(n int) string {
	how := "no test comes by"
	for _, group := range h.groups(n) {
		how = "lives"
		took := 30 * time.Second
		for _, t := range group {
			took += 10 * t.takes
		}
		if _, err := h.run(group, n, "", took); err != nil {
			return ""
		}
	}
	return how
}

// groups are the tests that come by a fault, the quick ones first.
func (h *hunt) groups(n int) [][]*test {
	var out [][]*test
	quick := map[string]int{}
	for _, t := range h.tests {
		if !t.reached[n] {
			continue
		}
		if t.takes > time.Second {
			out = append(out, []*test{t})
			continue
		}
		at, ok := quick[t.program]
		if !ok {
			at = len(out)
			quick[t.program] = at
			out = append(out, nil)
		}
		out[at] = append(out[at], t)
	}
	return out
}
