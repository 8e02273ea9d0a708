// Command evidence proves by one command what the program claims about security.
// It runs the tests that hold each claim, by name, measures what is a number, and
// writes one table: the claim, which requirements it answers, the command, what
// held, and how much. A claim whose test is gone is a failure; one whose test was
// skipped is said loudly, and under CI is a failure, too.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "only claims in whose words or requirements this stands, a regular expression")
	root := flag.String("root", ".", "folder of the repository")
	flag.Parse()
	ok, err := run(*root, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run proves every claim and writes the report.
func run(root, only string) (bool, error) {
	began := time.Now()
	work, err := os.MkdirTemp("", "nysreferral-evidence.")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	if root, err = filepath.Abs(root); err != nil {
		return false, err
	}
	b := &bench{root, work, map[string]string{}}
	wanted, err := regexp.Compile("(?i)" + only)
	if err != nil {
		return false, err
	}
	var results []result
	for _, c := range claims {
		if !wanted.MatchString(c.says + " " + c.ids) {
			continue
		}
		r := c.prove(b)
		results = append(results, r)
		fmt.Printf("%-8s %5.0fs  %s (%s)%s\n", r.state, r.took.Seconds(), c.says, c.ids, after(": ", r.seen))
		if r.state != held {
			fmt.Printf("%s\n", indent(r.why))
		}
	}
	if len(results) == 0 {
		return false, fmt.Errorf("no claim has %q", only)
	}
	ok := verdict(results, os.Getenv("CI") != "")
	out := filepath.Join(root, "bin", "evidence.md")
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return false, err
	}
	if err := os.WriteFile(out, []byte(report(results, began, ok)), 0o644); err != nil {
		return false, err
	}
	fmt.Printf("\n%s Written to bin/evidence.md.\n", summary(results))
	return ok, nil
}

// verdict says whether everything held that had to.
func verdict(results []result, ci bool) bool {
	for _, r := range results {
		if r.state == failed || r.state == skipped && ci {
			return false
		}
	}
	return len(results) > 0
}

// summary counts.
func summary(results []result) string {
	n := map[state]int{}
	for _, r := range results {
		n[r.state]++
	}
	return fmt.Sprintf("%d claims held, %d failed, %d were not looked at.", n[held], n[failed], n[skipped])
}

// report is the table as a document.
func report(results []result, at time.Time, ok bool) string {
	var b strings.Builder
	word := "Everything that is claimed here held."
	if !ok {
		word = "NOT EVERYTHING HELD: see what failed or was skipped."
	}
	fmt.Fprintf(&b, "# Evidence\n\nMade by `make evidence` on %s. %s %s\n\n", at.UTC().Format(time.RFC3339), word, summary(results))
	b.WriteString("| Claim | Requirements | Command | Result | Seen | Seconds |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, r := range results {
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s | %s | %.0f |\n", r.says, r.ids, strings.ReplaceAll(r.command(), "|", "\\|"), r.state, r.seen, r.took.Seconds())
	}
	for _, r := range results {
		if r.state != held {
			fmt.Fprintf(&b, "\n## %s: %s\n\n```\n%s\n```\n", r.state, r.says, strings.TrimSpace(r.why))
		}
	}
	return b.String()
}

// after is s behind what leads to it, "" for nothing.
func after(lead, s string) string {
	if s == "" {
		return ""
	}
	return lead + s
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ")
}
