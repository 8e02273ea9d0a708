// Command mutate asks of the tests whether they would notice. It plants small
// faults in a package, one at a time: a condition that always holds, a refusal
// that is not returned, a line of a table that is not there. For each it asks
// the tests that come by the place, the quickest first, and says which faults no
// test noticed.
//
// All faults are compiled into one test program, so a package is built once for
// all of them. Faults in constants are not planted: their values are part of
// types.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// target is what is mutated, and whose tests have to notice.
type target struct {
	pkg    string   // folder of the package
	skip   []string // files that decide nothing
	suites []string // folders of the tests
	texts  bool     // plant faults in words too: they are part of what is stored
	env    []string // what the tests are told by the environment
}

// targets are the packages on which confidentiality rests. rules.go draws a
// document from the tables and fuzz inputs are data. The campaign against the
// log tries each kind of tampering twice on each database, not 36 times.
var targets = []target{
	{pkg: "seal", suites: []string{"seal"}, texts: true},
	{pkg: "audit", suites: []string{"audit"}, texts: true, env: []string{"AUDIT_TAMPERINGS=2"}},
	{pkg: "workflow", suites: []string{"workflow", "policy"}, skip: []string{"rules.go"}},
}

// settings are the flags.
type settings struct {
	root  string
	only  string
	at    string // beginnings of places, with commas between them
	by    string // folder of the tests that are asked; "" for all of the package's
	least float64
	most  time.Duration // of a test that is asked
	wait  time.Duration // for a test, beside five times what it takes
	all   time.Duration // of the whole run
	jobs  int
	keep  string // folder of what was found before
}

func main() {
	s := settings{}
	flag.StringVar(&s.root, "root", ".", "folder of the repository")
	flag.StringVar(&s.only, "only", "", "one package: seal, audit or workflow")
	flag.StringVar(&s.at, "at", "", "faults at these places alone, as in \"verify.go,tree.go:120\"")
	flag.StringVar(&s.by, "by", "", "ask the tests of this folder alone, as in \"policy\"")
	flag.Float64Var(&s.least, "least", 95, "percent of the faults that have to be noticed")
	flag.DurationVar(&s.most, "slow", 20*time.Second, "leave out tests that take longer than this")
	flag.DurationVar(&s.wait, "wait", 25*time.Second, "how long to wait for a test, beside five times what it takes")
	flag.DurationVar(&s.all, "within", 90*time.Minute, "give up after this time")
	flag.IntVar(&s.jobs, "jobs", runtime.NumCPU(), "test programs at once")
	flag.StringVar(&s.keep, "keep", "", "folder that keeps what was found, so that a run that was cut off goes on where it stood")
	flag.Parse()
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run mutates every target and fails when too many faults live.
func run(s settings) error {
	work, err := os.MkdirTemp("", "nysreferral-mutate.")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	until, few := time.Now().Add(s.all), []string{}
	for _, t := range targets {
		if s.only != "" && s.only != t.pkg {
			continue
		}
		fmt.Printf("%s\n", t.pkg)
		begun := time.Now()
		got, err := one(s, t, filepath.Join(work, filepath.Base(t.pkg)), until)
		if err != nil {
			return fmt.Errorf("mutate: %s: %w", t.pkg, err)
		}
		fmt.Printf("%s: %s, in %s\n", t.pkg, got, time.Since(begun).Round(time.Second))
		if got.percent() < s.least {
			few = append(few, fmt.Sprintf("%s %.1f %%", t.pkg, got.percent()))
		}
	}
	if len(few) > 0 {
		return fmt.Errorf("mutate: fewer than %.0f %% were noticed: %s", s.least, strings.Join(few, ", "))
	}
	return nil
}

// result counts the faults of one package. late are those with which a test did
// not end in time: it may have noticed or not, and they do not count as noticed.
type result struct{ planted, noticed, late int }

func (r result) percent() float64 {
	if r.planted == 0 {
		return 0
	}
	return 100 * float64(r.noticed) / float64(r.planted)
}

// String says the counts.
func (r result) String() string {
	return fmt.Sprintf("%d faults, %d noticed, %d live, with %d no test ended in time: %.1f %% noticed",
		r.planted, r.noticed, r.planted-r.noticed-r.late, r.late, r.percent())
}

// errLate says that the time was over before every fault was tried.
var errLate = errors.New("the time was over before every fault was tried")

// one plants the faults of a package, builds its test programs and tries them.
func one(s settings, t target, work string, until time.Time) (result, error) {
	if err := os.MkdirAll(filepath.Join(work, "tmp"), 0o700); err != nil {
		return result{}, err
	}
	planted, err := plant(s.root, t, work)
	if err != nil {
		return result{}, err
	}
	h := &hunt{settings: s, target: t, work: work, until: until, faults: planted.faults}
	if err := h.build(planted); err != nil {
		return result{}, err
	}
	if err := h.survey(); err != nil {
		return result{}, err
	}
	return h.try()
}
