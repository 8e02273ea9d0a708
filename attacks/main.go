// Command attacks turns attack tools on the running program, and on a small
// server with planted flaws: a tool that does not find its planted flaw has
// proved nothing about ours. What a tool finds at ours must stand, with a reason,
// in baseline.txt, or the run fails. It starts the built program in folders of
// its own, on the loopback, with made-up people, and ends it. A tool that is not
// on the machine is said to be SKIPPED and counted; under CI that fails.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"
)

// attack is one tool and what it has to find where flaws are planted.
type attack struct {
	name    string
	needs   string                                                 // program that must be on the machine, "" for none
	planted string                                                 // part of a finding that the planted flaw must lead to
	least   int                                                    // requests that the demonstration has to answer, or nothing was tried
	within  time.Duration                                          // for one target
	on      func(context.Context, *run, *target) ([]string, error) // what was found, a line each
}

// attacks are all there are, in the order in which they run. The quick ones come
// first; those that wear the server out come last.
var attacks = []attack{
	{"headers", "", "no Content-Security-Policy", 1000, 2 * time.Minute, headersHold},
	{"host", "", "the host comes back", 100, time.Minute, hostIsNotTrusted},
	{"csrf by origin", "", "without an origin", 1000, 2 * time.Minute, originIsAsked},
	{"csrf by token", "", "without a token", 1000, 2 * time.Minute, tokenIsAsked},
	{"smuggling", "", "two answers", 1, time.Minute, nothingIsSmuggled},
	{"csp_evaluator", "node", "'unsafe-inline'", 1, time.Minute, policyIsStrict},
	{"sslscan", "sslscan", "TLSv1.0", 0, time.Minute, sslscan},
	{"testssl", "testssl", "LUCKY13", 0, 3 * time.Minute, testssl},
	{"h2spec", "h2spec", "6.7: Sends a PING frame", 0, 2 * time.Minute, h2spec},
	{"ffuf", "ffuf", "200 /.env", 10_000, time.Minute, ffuf},
	{"wapiti", "wapiti", "Cross Site Scripting", 30, 4 * time.Minute, wapiti},
	{"sqlmap", "sqlmap", "injectable: id", 500, 6 * time.Minute, sqlmap},
	{"limits", "ffuf", "not stopped: guessing", 500, 3 * time.Minute, limitsHold},
	{"slowhttptest", "slowhttptest", "not available", 0, 90 * time.Second, slowhttptest},
}

// run is what all attacks share.
type run struct {
	dir  string // for everything that is written
	log  io.Writer
	full bool // say everything that the tools say
	slow int  // how many times as long everything may take; 0 is once
}

func main() {
	if err := attackAll(); err != nil {
		fmt.Fprintln(os.Stderr, "attacks:", err)
		os.Exit(1)
	}
}

func attackAll() (err error) {
	flags := flag.NewFlagSet("attacks", flag.ContinueOnError)
	r := &run{log: os.Stdout}
	flags.BoolVar(&r.full, "v", false, "say what the tools say")
	flags.IntVar(&r.slow, "slow", 1, "how many times as long everything may take, on a machine that does other work beside")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if r.dir, err = os.MkdirTemp("", "nysreferral-attacks"); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.dir)) }()
	bad, err := startFlawed(ctx, r.dir)
	if err != nil {
		return err
	}
	defer bad.close()
	good, err := startOurs(ctx, r.dir)
	if err != nil {
		return err
	}
	defer good.close()
	known, err := readBaseline()
	if err != nil {
		return err
	}
	return r.all(ctx, bad, good, known, flags.Args())
}

// longest is how long all attacks may take together, once both servers answer. On
// a quiet machine of two cores they take about nine minutes.
const longest = 15 * time.Minute

// row is one line of the table at the end.
type row struct{ tool, planted, clean, requests, took string }

// all runs the attacks that are named, every one without a name.
func (r *run) all(ctx context.Context, bad, good *target, known baseline, names []string) error {
	ctx, cancel := context.WithTimeout(ctx, r.patience(longest))
	defer cancel()
	go good.awake(ctx)
	var rows []row
	skipped, failed := 0, 0
	for _, a := range attacks {
		if len(names) > 0 && !slices.Contains(names, a.name) {
			continue
		}
		began := time.Now()
		fmt.Fprintf(r.log, "== %s\n", a.name)
		line := row{tool: a.name, planted: "SKIPPED", clean: "SKIPPED"}
		if a.needs != "" && !here(a.needs) {
			skipped++
			fmt.Fprintf(r.log, "   SKIPPED: %s is not on this machine\n", a.needs)
		} else {
			line.planted = r.planted(ctx, a, bad)
			line.clean, line.requests = r.clean(ctx, a, good, known)
			if line.planted != "yes" || line.clean != "yes" {
				failed++
			}
		}
		line.took = fmt.Sprintf("%.0f", time.Since(began).Seconds())
		rows = append(rows, line)
	}
	fmt.Fprintf(r.log, "\n%-16s %-14s %-14s %9s %7s\n", "tool", "planted found", "ours clean", "requests", "seconds")
	for _, l := range rows {
		fmt.Fprintf(r.log, "%-16s %-14s %-14s %9s %7s\n", l.tool, l.planted, l.clean, l.requests, l.took)
	}
	fmt.Fprintf(r.log, "%d failed, %d SKIPPED\n", failed, skipped)
	switch {
	case failed > 0:
		return errors.New("an attack succeeded, or a tool proved nothing")
	case skipped > 0 && os.Getenv("CI") != "":
		return errors.New("under CI nothing may be left out")
	}
	return nil
}

// planted says whether the tool finds the planted flaw.
func (r *run) planted(ctx context.Context, a attack, t *target) string {
	found, err := r.once(ctx, a, t)
	if err != nil {
		fmt.Fprintf(r.log, "   on the planted flaws: %v\n", err)
		return "FAILED"
	}
	for _, f := range found {
		if strings.Contains(f, a.planted) {
			return "yes"
		}
	}
	fmt.Fprintf(r.log, "   the planted flaw (%s) is not among: %s\n", a.planted, strings.Join(found, "; "))
	return "NO"
}

// clean says whether the tool finds nothing at ours but what is known, though it
// reached what it attacks, and how many requests were answered.
func (r *run) clean(ctx context.Context, a attack, t *target, known baseline) (said, requests string) {
	plain, secure := t.plainLog.now(), t.secureLog.now()
	found, err := r.once(ctx, a, t)
	plain, secure = t.plainLog.now().since(plain), t.secureLog.now().since(secure)
	fmt.Fprintf(r.log, "   requests: %s; by TLS %s\n", plain, secure)
	requests = strconv.Itoa(plain.all() + secure.all())
	if err == nil {
		err = t.reached(ctx, a, plain)
	}
	if err != nil {
		fmt.Fprintf(r.log, "   on ours: %v\n", err)
		return "FAILED", requests
	}
	said = "yes"
	for _, f := range found {
		if reason, ok := known.reason(a.name, f); ok {
			fmt.Fprintf(r.log, "   known: %s (%s)\n", f, reason)
			continue
		}
		fmt.Fprintf(r.log, "   FOUND: %s\n", f)
		said = "NO"
	}
	return said, requests
}

// patience is how long something may take here that takes d at most on a quiet
// machine.
func (r *run) patience(d time.Duration) time.Duration { return d * time.Duration(max(r.slow, 1)) }

// once runs one attack on one target, within its time.
func (r *run) once(ctx context.Context, a attack, t *target) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, r.patience(a.within))
	defer cancel()
	found, err := a.on(ctx, r, t)
	if err == nil && ctx.Err() != nil {
		err = fmt.Errorf("it took longer than %s", r.patience(a.within))
	}
	slices.Sort(found)
	return slices.Compact(found), err
}
