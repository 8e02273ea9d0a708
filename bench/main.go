// Command bench measures what the program promises about speed. Each number is
// a ratio to something plain that is measured in the same run, in turns, so
// that a slow or a busy machine slows both sides. docs/performance.md says what
// each number means. It is for developers: it makes databases of its own in a
// new folder, fills them with made-up people, and removes them. It judges
// nothing but the goals that it prints.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"nysreferral/config"
	"nysreferral/store"
)

// sizes say how much is measured.
type sizes struct {
	rounds int           // of each comparison; the median counts
	slice  time.Duration // of one side in a round
	calls  int           // of one page in a round
	papers int           // drawn in a round
	starts int           // of the program
	few    int           // referrals of the small database
	many   int           // referrals of the large one
}

var (
	full  = sizes{rounds: 5, slice: 2 * time.Second, calls: 100, papers: 20, starts: 9, few: 2000, many: 200_000}
	quick = sizes{rounds: 1, slice: 200 * time.Millisecond, calls: 5, papers: 2, starts: 2, few: 1200, many: 3000}
)

// run is one run of the command.
type run struct {
	sizes
	ctx      context.Context
	out      io.Writer
	small    bool    // tiny sizes
	dir      string  // of everything that is made
	minutes  float64 // of a soak, on each database
	heaps    string  // where a soak says what the heap holds, "" for nowhere
	postgres string  // a superuser's address, "" for none
	made     int     // databases so far
	undo     []func() error
	verdicts []verdict
	heard    func(*store.DB) *store.DB // nil: nobody counts what is said to the database
	on       string                    // the one database that is measured, "" for both
	options  string                    // of the address of PostgreSQL
}

// verdict is one number beside its goal.
type verdict struct {
	what, got, goal string
	met             bool
}

// measurement is one thing that can be asked for. What takes long is measured
// only when its name is said.
type measurement struct {
	name, say string
	measure   func(*run) error
	long      bool
}

// measurements are what can be asked for, in their order.
var measurements = []measurement{
	{"submit", "a submission through the whole program, beside a bare loop of the same inserts", (*run).submit, false},
	{"form", "the pages of the form, and saving a draft", (*run).form, false},
	{"packet", "a packet of ten pages, beside Chromium's print to PDF", (*run).packet, false},
	{"queue", "the queue with many referrals, beside the queue with few", (*run).queue, false},
	{"report", "the yearly report over many referrals", (*run).report, false},
	{"start", "from the start of the process to its first answer", (*run).start, false},
	{"growth", "what people wait for, at three sizes", (*run).growth, true},
	{"peer", "the built program, beside what was recorded of a peer", (*run).peer, false},
	{"soak", "fifty times the load of a nation, and whether anything grows", (*run).soak, true},
}

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(config.CollectAt) // as the program does; what it is compared with has it too
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// command runs the measurements that args name.
func command(ctx context.Context, args []string, out io.Writer) (err error) {
	if slices.Equal(args, []string{crowdCommand}) {
		return crowded(ctx, os.Stdin, out)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	small := flags.Bool("quick", false, "tiny sizes, to try the command; the numbers mean nothing")
	rounds := flags.Int("rounds", 0, "rounds of each comparison")
	minutes := flags.Float64("minutes", 30, "length of a soak on each database")
	on := flags.String("on", "", "measure one database alone: SQLite or PostgreSQL")
	heaps := flags.String("heaps", "", "write what the heap holds at the beginning and the end of a soak into this folder")
	profile := flags.String("profile", "", "write a CPU profile of what is measured to this file")
	flags.Usage = func() { usage(flags) }
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if !slices.Contains([]string{"", "SQLite", "PostgreSQL"}, *on) {
		return fmt.Errorf("-on is SQLite or PostgreSQL, not %q", *on)
	}
	if *heaps != "" {
		if err := os.MkdirAll(*heaps, 0o700); err != nil {
			return fmt.Errorf("making a folder: %w", err)
		}
		runtime.MemProfileRate = 16 << 10 // a sample for each 16 KiB, as the heap is small
	}
	r := &run{sizes: full, ctx: ctx, out: out, minutes: *minutes, heaps: *heaps, on: *on, postgres: os.Getenv("TEST_POSTGRES")}
	if r.small = *small; r.small {
		r.sizes = quick
	}
	if *rounds > 0 {
		r.rounds = *rounds
	}
	if r.dir, err = os.MkdirTemp("", "nysreferral-bench."); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, r.cleanUp(), os.RemoveAll(r.dir)) }()
	if err := r.machine(); err != nil {
		return err
	}
	stopProfile, err := profiled(*profile)
	if err != nil {
		return err
	}
	return errors.Join(r.measure(flags.Args()), stopProfile())
}

// profiled begins a CPU profile, unless path is "", and returns what ends it.
func profiled(path string) (func() error, error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("writing the profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, fmt.Errorf("writing the profile: %w", err)
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// heapTo writes what the heap holds after a collection, for go tool pprof -base.
func (r *run) heapTo(name string) error {
	if r.heaps == "" {
		return nil
	}
	f, err := os.Create(filepath.Join(r.heaps, name))
	if err != nil {
		return fmt.Errorf("writing what the heap holds: %w", err)
	}
	runtime.GC()
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}

func usage(flags *flag.FlagSet) {
	fmt.Fprintln(flags.Output(), "usage: bench [flags] [measurement ...]\n\nMeasurements:")
	for _, m := range measurements {
		fmt.Fprintf(flags.Output(), "  %-8s %s\n", m.name, m.say)
	}
	fmt.Fprintln(flags.Output(), "\nFlags:")
	flags.PrintDefaults()
}

func (r *run) measure(names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(measurements, func(m measurement) bool { return m.name == name }) {
			return fmt.Errorf("there is no measurement %q", name)
		}
	}
	for _, m := range measurements {
		if len(names) > 0 && !slices.Contains(names, m.name) || len(names) == 0 && m.long {
			continue
		}
		began := time.Now()
		r.say("\n== %s: %s (load %s)", m.name, m.say, loadAverage())
		if err := errors.Join(m.measure(r), r.cleanUp()); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		r.say("   took %s, load now %s", time.Since(began).Round(time.Second), loadAverage())
	}
	r.summary()
	return nil
}

func (r *run) say(format string, args ...any) { fmt.Fprintf(r.out, format+"\n", args...) }

// judge keeps a number for the summary.
func (r *run) judge(met bool, what, got, goal string) {
	r.verdicts = append(r.verdicts, verdict{what, got, goal, met})
}

func (r *run) summary() {
	if len(r.verdicts) == 0 {
		return
	}
	r.say("\n== goals")
	if r.small {
		r.say("The sizes are tiny: none of these numbers means anything.")
	}
	for _, v := range r.verdicts {
		word := "met"
		if !v.met {
			word = "MISSED"
		}
		r.say("%-58s %-26s %-12s %s", v.what, v.got, v.goal, word)
	}
}

// later has undo called when the measurement ends.
func (r *run) later(undo func() error) { r.undo = append(r.undo, undo) }

func (r *run) cleanUp() error {
	var errs []error
	for _, undo := range slices.Backward(r.undo) {
		errs = append(errs, undo())
	}
	r.undo = nil
	return errors.Join(errs...)
}

// dialects are the databases that can be measured here.
func (r *run) dialects() []string {
	if r.postgres == "" {
		r.say("PostgreSQL is left out: TEST_POSTGRES names none.")
		return []string{"SQLite"}
	}
	if r.on != "" {
		return []string{r.on}
	}
	return []string{"SQLite", "PostgreSQL"}
}

// list joins words for a sentence.
func list(words []string) string { return strings.Join(words, ", ") }
