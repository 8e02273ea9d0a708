// Package policy_test holds what may be seen and done against tables that people
// wrote by hand, in testdata: acts.txt and handovers.txt say who may do what,
// needs.txt what must hold besides, sights.txt who sees how much as which reader,
// fields.txt which reader reads which answer. They repeat on purpose what package
// workflow and package forms declare, and are not made from it: a slip there is
// found here, by every duty, relation, status, act, answer and output. What stands
// on every answer, and what the wire may do, is walked over the same routes. The
// package holds no code of the program.
package policy_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// fewest is how many assertions a whole run makes at least.
const fewest = 10_000

// made counts the assertions.
var made atomic.Int64

// held counts one assertion and reports it when it does not hold.
func held(t *testing.T, holds bool, format string, args ...any) {
	made.Add(1)
	if !holds {
		t.Helper()
		t.Errorf(format, args...)
	}
}

// A whole run says how many assertions it made, and fails when they are few: a
// walk that finds nothing to walk proves nothing.
func TestMain(m *testing.M) {
	code := m.Run()
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""
	fmt.Printf("policy: %d assertions\n", made.Load())
	if code == 0 && whole && made.Load() < fewest {
		fmt.Printf("policy: fewer than %d\n", fewest)
		code = 1
	}
	os.Exit(code)
}

// lines are the lines of a table without comments.
func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	if len(out) < 5 {
		t.Fatalf("%s has %d lines", name, len(out))
	}
	return out
}

// block is the names of a table's block, what stands behind them, and its lines.
type block struct {
	names []string
	head  string
	lines []string
}

// blocks reads a table of blocks. It fails unless every person of the tests
// stands in exactly one, so that nobody is forgotten.
func blocks(t *testing.T, name string) []block {
	t.Helper()
	var out []block
	seen := map[string]int{}
	for _, line := range lines(t, name) {
		if inside, head, ok := strings.Cut(strings.TrimPrefix(line, "["), "]"); ok && line[0] == '[' {
			b := block{head: strings.TrimSpace(head)}
			for one := range strings.SplitSeq(inside, ",") {
				b.names = append(b.names, strings.TrimSpace(one))
				seen[strings.TrimSpace(one)]++
			}
			out = append(out, b)
			continue
		}
		if len(out) == 0 {
			t.Fatalf("%s: %q stands in no block", name, line)
		}
		out[len(out)-1].lines = append(out[len(out)-1].lines, line)
	}
	for who := range people {
		if seen[who] != 1 {
			t.Errorf("%s: %q stands in %d blocks, not in one", name, who, seen[who])
		}
	}
	for who := range seen {
		if _, ok := people[who]; !ok {
			t.Errorf("%s: nobody is %q", name, who)
		}
	}
	return out
}

// permitted reads a table of acts: by person and status, the acts.
func permitted(t *testing.T, name string) map[string]map[string][]string {
	t.Helper()
	out := map[string]map[string][]string{}
	for _, b := range blocks(t, name) {
		acts := map[string][]string{}
		for _, line := range b.lines {
			words := strings.Fields(line)
			acts[words[0]] = words[1:]
		}
		for _, who := range b.names {
			out[who] = acts
		}
	}
	return out
}

// need is one line of a table of what must hold.
type need struct {
	act, at string
	by      []string
	holds   []string
}

func needs(t *testing.T, name string) []need {
	t.Helper()
	var out []need
	for _, line := range lines(t, name) {
		words := strings.Fields(line)
		if len(words) < 4 {
			t.Fatalf("%s: %q says too little", name, line)
		}
		out = append(out, need{words[0], words[1], strings.Split(words[2], ","), words[3:]})
	}
	return out
}

// wants reports whether the condition must hold for the act, by the table.
func wants(table []need, act, at, duty, condition string) bool {
	return slices.ContainsFunc(table, func(n need) bool {
		return n.act == act && (n.at == "*" || n.at == at) && (n.by[0] == "*" || slices.Contains(n.by, duty)) && slices.Contains(n.holds, condition)
	})
}
