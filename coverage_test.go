package tools_test

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// levels12 are the requirements of levels 1 and 2 of ASVS 5.0.0: chapter, section
// and the numbers in it.
var levels12 = map[string]string{
	"1": "1:1-2 2:1-9 3:1-11 4:1-3 5:1-2", "2": "1:1-3 2:1-3 3:1-4 4:1", "3": "2:1-2 3:1-4 4:1-6 5:1-5 7:1-2", "4": "1:1-3 2:1 3:1-2 4:1-4",
	"5": "1:1 2:1-3 3:1-2 4:1-3", "6": "1:1-3 2:1-12 3:1-4 4:1-4 5:1-5 6:1-3 8:1-4", "7": "1:1-3 2:1-4 3:1-2 4:1-5 5:1-2 6:1-2", "8": "1:1-2 2:1-3 3:1 4:1",
	"9": "1:1-3 2:1-4", "10": "1:1-2 2:1-2 3:1-4 4:1-11 5:1-5 6:1-2 7:1-3", "11": "1:1-2 2:1-3 3:1-3 4:1-4 5:1 6:1", "12": "1:1-3 2:1-2 3:1-4",
	"13": "1:1 2:1-5 3:1-2 4:1-5", "14": "1:1-2 2:1-4 3:1-3", "15": "1:1-3 2:1-3 3:1-7", "16": "1:1 2:1-5 3:1-4 4:1-3 5:1-3", "17": "1:1 2:1-4 3:1-2",
}

// numbers spells them out.
func numbers(t *testing.T) []string {
	var out []string
	for chapter, sections := range levels12 {
		for _, s := range strings.Fields(sections) {
			section, span, _ := strings.Cut(s, ":")
			from, to, several := strings.Cut(span, "-")
			if !several {
				to = from
			}
			first, err := strconv.Atoi(from)
			last, err2 := strconv.Atoi(to)
			if err != nil || err2 != nil {
				t.Fatalf("%s: %v, %v", s, err, err2)
			}
			for n := first; n <= last; n++ {
				out = append(out, fmt.Sprintf("V%s.%s.%d", chapter, section, n))
			}
		}
	}
	return out
}

// tested are all tests and fuzz targets, as "package: TestName".
func tested(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for name, folders := range written(t) {
		for _, folder := range folders {
			out[folder+": "+name] = true
		}
	}
	return out
}

// covered is one row of a list of requirements.
type covered struct{ id, standing, why, tests string }

// rows reads the tables of a list.
func rows(t *testing.T, file string) []covered {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []covered
	for line := range strings.SplitSeq(string(text), "\n") {
		inner, ok := strings.CutPrefix(line, "| ")
		cells := strings.Split(strings.TrimSuffix(inner, "|"), "|")
		if !ok || len(cells) != 4 || strings.HasPrefix(cells[0], "Requirement") || strings.HasPrefix(cells[0], "---") {
			continue
		}
		out = append(out, covered{strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])})
	}
	return out
}

// Each requirement that is called met names tests that exist, each other one says
// why, none stands twice, and none of the standard's first two levels is left
// out.
func TestTreeCoverage(t *testing.T) {
	have := tested(t)
	seen := map[string]bool{}
	for file, standings := range map[string][]string{"docs/security/asvs.md": {"met", "not applicable", "not met"}, "docs/security/requirements.md": {"met", "missing"}} {
		list := rows(t, file)
		if len(list) < 100 {
			t.Fatalf("%s: only %d rows", file, len(list))
		}
		count := map[string]int{}
		for _, r := range list {
			count[r.standing]++
			if seen[r.id] {
				t.Errorf("%s: %s stands twice", file, r.id)
			}
			seen[r.id] = true
			if !slices.Contains(standings, r.standing) || len(r.why) < 5 || (r.standing == "met") != (r.tests != "") {
				t.Errorf("%s: %s: %q, %q, %q", file, r.id, r.standing, r.why, r.tests)
			}
			names(t, have, file+": "+r.id, r.tests)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, s := range standings {
			said = append(said, fmt.Sprintf("%d %s", count[s], s))
		}
		if want := strings.Join(said, ", ") + "."; !strings.Contains(string(text), want) {
			t.Errorf("%s does not say: %s", file, want)
		}
	}
	for _, id := range numbers(t) {
		if !seen[id] {
			t.Errorf("docs/security/asvs.md leaves out %s", id)
		}
	}
}

// names checks that every test of a cell exists: "package: TestA, TestB; other: TestC".
// The module's own folder is ".", and a test alone is of it.
func names(t *testing.T, have map[string]bool, where, cell string) {
	t.Helper()
	for part := range strings.SplitSeq(cell, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		pkg, tests, ok := strings.Cut(part, ": ")
		if !ok {
			pkg, tests = ".", part
		}
		for name := range strings.SplitSeq(tests, ",") {
			if key := pkg + ": " + strings.TrimSpace(name); !have[key] {
				t.Errorf("%s names %q, which is no test", where, key)
			}
		}
	}
}

// What reads the bytes of strangers is fuzzed, and each target begins with inputs
// that somebody chose: at least five files beside what its test makes.
func TestTreeFuzz(t *testing.T) {
	targets := 0
	for key := range tested(t) {
		pkg, name, _ := strings.Cut(key, ": ")
		if !strings.HasPrefix(name, "Fuzz") {
			continue
		}
		targets++
		inputs, err := os.ReadDir(path.Join(pkg, "testdata", "fuzz", name))
		if err != nil || len(inputs) < 5 {
			t.Errorf("%s begins with %d inputs, want 5: %v", key, len(inputs), err)
		}
	}
	if targets < 25 {
		t.Errorf("only %d targets", targets)
	}
}
