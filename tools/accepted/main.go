// Command accepted compares what gosec found with a list of findings that were
// looked at, each with its reason. What is found and not listed is a failure, and
// so is what is listed and no longer found: a list that nobody prunes hides
// things.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	list := flag.String("list", "", "list of accepted findings: RULE path count reason")
	root := flag.String("root", ".", "folder that paths of the list begin at")
	flag.Parse()
	if err := compare(os.Stdout, *list, *root, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "accepted:", err)
		os.Exit(1)
	}
}

// finding is one line of gosec's report.
type finding struct {
	Rule    string `json:"rule_id"`
	File    string `json:"file"`
	Line    string `json:"line"`
	Details string `json:"details"`
}

// compare reads both lists and says where they differ.
func compare(out io.Writer, list, root, report string) error {
	text, err := os.ReadFile(report)
	if err != nil {
		return fmt.Errorf("reading the report: %w", err)
	}
	var got struct {
		Issues []finding           `json:"Issues"`
		Errors map[string][]any    `json:"Golang errors"`
		Stats  struct{ Files int } `json:"Stats"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		return fmt.Errorf("reading the report: %w", err)
	}
	if len(got.Errors) > 0 || got.Stats.Files == 0 {
		return fmt.Errorf("%d files were looked at, %d could not be read", got.Stats.Files, len(got.Errors))
	}
	accepted, err := read(list)
	if err != nil {
		return err
	}
	used := map[string]int{}
	for _, f := range got.Issues {
		path, err := filepath.Rel(root, f.File)
		if err != nil {
			return fmt.Errorf("reading a path: %w", err)
		}
		key := f.Rule + " " + filepath.ToSlash(path)
		if used[key]++; used[key] > accepted[key] {
			fmt.Fprintf(out, "%s:%s: %s: %s\n", filepath.ToSlash(path), f.Line, f.Rule, f.Details)
		}
	}
	var wrong []string
	for _, key := range slices.Sorted(maps.Keys(accepted)) {
		if used[key] < accepted[key] {
			wrong = append(wrong, key)
			fmt.Fprintf(out, "%s is accepted %d times and found %d times: set it right in the list\n", key, accepted[key], used[key])
		}
	}
	for key, n := range used {
		if n > accepted[key] {
			wrong = append(wrong, key)
		}
	}
	fmt.Fprintf(out, "%d findings in %d files, %d lines of accepted ones\n", len(got.Issues), got.Stats.Files, len(accepted))
	if len(wrong) > 0 {
		return errors.New("the findings are not those of the list")
	}
	return nil
}

// shortest is how much a reason says at least, in letters.
const shortest = 20

// read reads the list: a rule, a file, how often, and the reason on each line.
func read(path string) (map[string]int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	out := map[string]int{}
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.SplitN(line, " ", 4)
		if len(cells) != 4 || len(cells[3]) < shortest {
			return nil, fmt.Errorf("%s:%d: want a rule, a file, how often, and the reason", filepath.Base(path), i+1)
		}
		n, err := strconv.Atoi(cells[2])
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%s:%d: %q is no count", filepath.Base(path), i+1, cells[2])
		}
		key := cells[0] + " " + cells[1]
		if out[key] != 0 {
			return nil, fmt.Errorf("%s:%d: %s stands there twice", filepath.Base(path), i+1, key)
		}
		out[key] = n
	}
	return out, nil
}
