package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hunt tries the faults of one package.
type hunt struct {
	settings
	target
	work   string
	until  time.Time
	faults []fault
	suites []*suite
	tests  []*test
}

// suite is the test program of one folder.
type suite struct {
	program, dir string
	names        []string
	halved       map[string]bool // tests that run on both databases
	serves       bool            // it can be asked again and again
	initial      map[int]bool    // faults that it comes by but once, mostly before a test begins
}

// test is a test of a suite, or its half on one database: how long it takes, and
// which faults it comes by.
type test struct {
	*suite
	name    string // as -test.run takes it
	takes   time.Duration
	reached map[int]bool
}

// outcome is what came of asking a test.
type outcome string

const (
	passes outcome = "passes"
	fails  outcome = "fails"
	hangs  outcome = "does not end"
	dies   outcome = "dies" // and its program with it
)

// build compiles a test program for each suite.
func (h *hunt) build(p planting) error {
	for _, folder := range h.target.suites {
		if h.by != "" && h.by != folder {
			continue
		}
		program := filepath.Join(h.work, filepath.Base(folder)+".test")
		cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", p.overlay, "-o", program, "./"+folder)
		cmd.Dir = h.root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building the tests of %s: %w\n%s", folder, err, out)
		}
		dir, err := filepath.Abs(filepath.Join(h.root, folder))
		if err != nil {
			return err
		}
		list := exec.Command(program, "-test.run", "^$", "-test.list", "^(Test|Fuzz)")
		list.Dir = dir
		out, err := list.Output()
		if err != nil {
			return fmt.Errorf("listing the tests of %s: %w", folder, err)
		}
		s := &suite{program: program, dir: dir, serves: folder == h.pkg && p.serves}
		if s.halved, err = halved(dir); err != nil {
			return err
		}
		for name := range strings.FieldsSeq(string(out)) {
			if strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") {
				s.names = append(s.names, name)
			}
		}
		h.suites = append(h.suites, s)
	}
	return nil
}

// survey runs each test alone without a fault: it has to pass, and says what it
// comes by. A test on both databases is two.
func (h *hunt) survey() error {
	begun := time.Now()
	for i, s := range h.suites {
		look := &looking{hunt: h, suite: s, file: filepath.Join(h.work, "reached."+strconv.Itoa(i))}
		if err := look.whole(); err != nil {
			return err
		}
	}
	slices.SortStableFunc(h.tests, func(a, b *test) int { return cmp.Compare(a.takes, b.takes) })
	var all time.Duration
	h.tests = slices.DeleteFunc(h.tests, func(t *test) bool {
		if t.takes > h.most {
			fmt.Printf("  %s is not asked: it takes %s\n", t.name, t.takes.Round(time.Second))
			return true
		}
		all += t.takes
		return false
	})
	fmt.Printf("  %d faults, %d tests that take %s, surveyed in %s\n", len(h.faults), len(h.tests), all.Round(time.Second), time.Since(begun).Round(time.Second))
	return nil
}

// looking surveys one suite.
type looking struct {
	*hunt
	*suite
	file string // in which the program writes what it comes by
}

// whole surveys every test.
func (l *looking) whole() error {
	if got, out := l.alone(l.suite, 0, "^$", l.file, time.Minute); got != passes {
		return sound("no test", got, out)
	}
	l.initial = l.came()
	for _, name := range l.names {
		for _, part := range parts(name, l.halved[name]) {
			took, err := l.passing(part)
			if err != nil {
				return err
			}
			l.tests = append(l.tests, &test{suite: l.suite, name: part, takes: took, reached: l.came()})
		}
	}
	return nil
}

// parts is a test by its halves on each database, or whole where it has none.
func parts(name string, halved bool) []string {
	if !halved {
		return []string{"^" + name + "$"}
	}
	return []string{"^" + name + "$/^sqlite$", "^" + name + "$/^postgres$"}
}

// passing runs tests without a fault in a program of their own, and says how long
// they take. Where the program can be asked again they are asked twice: what they
// come by the first time alone is computed once in a program, and a fault there is
// tried in one of its own.
func (l *looking) passing(tests string) (took time.Duration, err error) {
	if err := os.WriteFile(l.file, nil, 0o600); err != nil {
		return 0, err
	}
	begun, within := time.Now(), 5*time.Minute+5*l.most
	if !l.serves {
		got, out := l.alone(l.suite, 0, tests, l.file, within)
		return time.Since(begun), sound(tests, got, out)
	}
	p, err := l.serve(l.suite, l.file)
	if err != nil {
		return 0, err
	}
	defer p.end()
	got := p.try(0, tests, within)
	once := l.came()
	if err := errors.Join(sound(tests, got, p.says()), os.Truncate(l.file, 0)); err != nil {
		return 0, err
	}
	begun = time.Now()
	got = p.try(0, tests, within)
	took = time.Since(begun)
	for n := range l.came() {
		delete(once, n)
	}
	for n := range once {
		l.initial[n] = true
	}
	return took, sound(tests, got, p.says())
}

// sound is nil where tests passed.
func sound(tests string, got outcome, out string) error {
	if got == passes {
		return nil
	}
	return fmt.Errorf("%s %s without a fault\n%s", tests, got, out)
}

// came is what was come by since the last run began.
func (l *looking) came() map[int]bool {
	out := map[int]bool{}
	text, _ := os.ReadFile(l.file)
	for n := range strings.FieldsSeq(string(text)) {
		if k, err := strconv.Atoi(n); err == nil {
			out[k] = true
		}
	}
	return out
}

// comesBy reports whether a test can notice a fault: it comes by the place, or
// what is computed there before any test begins.
func (t *test) comesBy(n int) bool { return t.reached[n] || t.initial[n] }

// environment is that of a test program.
func (h *hunt) environment(real int, reached string) []string {
	return append(append(os.Environ(), h.env...), "TMPDIR="+filepath.Join(h.work, "tmp"), "FAULT_REAL="+strconv.Itoa(real), "FAULT_REACHED="+reached)
}

// alone runs tests of a suite with one fault in a program of its own.
func (h *hunt) alone(s *suite, real int, tests, reached string, within time.Duration) (outcome, string) {
	ctx, stop := context.WithTimeout(context.Background(), within)
	defer stop()
	cmd := exec.CommandContext(ctx, s.program, "-test.run", tests, "-test.failfast", "-test.v")
	cmd.Dir, cmd.Env, cmd.WaitDelay = s.dir, h.environment(real, reached), time.Second
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return passes, string(out)
	case ctx.Err() != nil:
		return hangs, string(out)
	}
	return fails, string(out)
}
