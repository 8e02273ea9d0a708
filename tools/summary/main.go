// Command summary reads what `go test -json` prints and says what people need:
// a line for each package, the whole output of each test that failed, the
// reason of each test that was skipped, and a count at the end.
//
// It ends with 1 when a test or a build failed, when nothing was tested, and,
// under CI, when a test was skipped: there nothing may be left out unseen.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Elapsed    float64
	Output     string
}

// unit is one test, or one package when it has no test's name.
type unit struct{ pkg, test string }

// tally is what was heard so far.
type tally struct {
	out                     io.Writer
	passed, failed, skipped int
	broken                  int // packages that failed
	output                  map[unit][]string
	skips                   []string
	causes                  []string // of each test that failed, what it said itself
}

func main() {
	t := &tally{out: os.Stdout, output: map[unit][]string{}}
	if err := t.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if !t.close(os.Getenv("CI") != "") {
		os.Exit(1)
	}
}

// read takes in all events. A line that is no event is shown as it is.
func (t *tally) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil || e.Action == "" {
				fmt.Fprint(t.out, string(line))
			} else {
				t.take(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("summary: reading test events: %w", err)
		}
	}
}

// take takes in one event.
func (t *tally) take(e event) {
	u := unit{e.Package, e.Test}
	switch e.Action {
	case "output":
		t.output[u] = append(t.output[u], e.Output)
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			t.ended(e, u)
		} else {
			t.tested(e, u)
		}
	}
}

// tested takes in the end of a test.
func (t *tally) tested(e event, u unit) {
	switch e.Action {
	case "pass":
		t.passed++
	case "skip":
		t.skipped++
		t.skips = append(t.skips, e.Package+" "+e.Test+": "+reason(t.output[u]))
	case "fail":
		t.failed++
		t.causes = append(t.causes, e.Package+" "+e.Test+"\n"+cause(t.output[u]))
		fmt.Fprintf(t.out, "\n%s %s\n%s", e.Package, e.Test, strings.Join(t.output[u], ""))
	}
	delete(t.output, u)
}

// ended takes in the end of a package. What its tests printed and did not end
// (a panic, a time-out) is shown when it failed.
func (t *tally) ended(e event, u unit) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(t.out, "ok    %-40s %6.1fs\n", e.Package, e.Elapsed)
	case "fail":
		t.broken++
		for open, lines := range t.output {
			if open.pkg == e.Package && open.test != "" {
				fmt.Fprintf(t.out, "\n%s %s did not end\n%s", e.Package, open.test, strings.Join(lines, ""))
			}
		}
		fmt.Fprintf(t.out, "%sFAIL  %-40s %6.1fs\n", strings.Join(t.output[u], ""), e.Package, e.Elapsed)
	}
	for open := range t.output {
		if open.pkg == e.Package {
			delete(t.output, open)
		}
	}
}

// reason returns what a skipped test said, without the frame of the tool.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

// longest is how many lines of one failed test are said again at the end.
const longest = 15

// itself is a line that begins what a test says itself: file_test.go:12: text.
var itself = regexp.MustCompile(`^\s*\w+\.go:\d+: `)

// cause returns what a failed test said itself, without the log of the program
// that it ran, which may be thousands of lines.
func cause(output []string) string {
	var said []string
	telling := false
	for _, line := range strings.Split(strings.Join(output, ""), "\n") {
		if itself.MatchString(line) {
			telling = true
		}
		if telling && !strings.Contains(line, " level=") && !strings.HasPrefix(line, "--- ") && strings.TrimSpace(line) != "" {
			said = append(said, line+"\n")
		}
	}
	if len(said) > longest {
		said = append(said[:longest], "    …\n")
	}
	return strings.Join(said, "")
}

// close prints what failed once more, with its cause, then the count, and says
// whether all is well.
func (t *tally) close(ci bool) bool {
	slices.Sort(t.skips)
	for _, c := range t.causes {
		fmt.Fprint(t.out, "FAILED ", c)
	}
	for _, s := range t.skips {
		fmt.Fprintln(t.out, "SKIPPED", s)
	}
	fmt.Fprintf(t.out, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	switch {
	case t.failed > 0 || t.broken > 0:
		return false
	case t.passed == 0:
		fmt.Fprintln(t.out, "Nothing was tested; that is a failure.")
		return false
	case ci && t.skipped > 0:
		fmt.Fprintln(t.out, "Under CI nothing may be skipped.")
		return false
	}
	return true
}
