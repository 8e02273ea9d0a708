package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// line is what go test says of a test.
func line(action, test, output string) string {
	return `{"Action":"` + action + `","Test":"` + test + `","Output":"` + output + `"}` + "\n"
}

// A claim holds only where each of its tests ran and passed and enough was seen: a
// test that is gone, failed or was skipped, a number that is small, a package that
// does not build, and nothing at all are never taken for proof.
func TestJudge(t *testing.T) {
	c := claim{says: "x", ids: "AUD-0", pkg: "./x", tests: []string{"TestA", "TestB"}, count: regexp.MustCompile(`(\d+) things`), what: "things", least: 10}
	good := line("output", "TestA", "6 things\\n") + line("output", "TestB", "5 things\\n") + line("pass", "TestA", "") + line("pass", "TestB", "")
	for name, one := range map[string]struct {
		in   string
		bad  bool
		want state
		says string
	}{
		"all":             {good, false, held, ""},
		"one is gone":     {line("output", "TestA", "16 things") + line("pass", "TestA", ""), false, failed, "TestB"},
		"one failed":      {good + line("fail", "TestA/sub", ""), false, failed, ""},
		"one was skipped": {good + line("output", "TestB/postgres", "no server") + line("skip", "TestB/postgres", ""), false, skipped, "NOT LOOKED AT: TestB/postgres: no server"},
		"too few":         {line("output", "TestA", "6 things") + line("pass", "TestA", "") + line("pass", "TestB", ""), false, failed, "at least 10"},
		"did not build":   {"x.go:1: broken\n", true, failed, "broken"},
		"ended badly":     {good, true, failed, ""},
		"nothing":         {"", false, failed, "TestA, TestB"},
	} {
		if r := c.judge(strings.NewReader(one.in), one.bad); r.state != one.want || !strings.Contains(r.why, one.says) {
			t.Errorf("%s: %s %q", name, r.state, r.why)
		}
	}
	if r := (claim{whole: true}).judge(strings.NewReader(""), false); r.state != failed {
		t.Errorf("a package without tests: %s", r.state)
	}
}

// What was skipped is loud everywhere and a failure under CI; nothing proved is
// never success; the report says all of it.
func TestReport(t *testing.T) {
	good, left := result{claim: claims[0], state: held, seen: "12000 assertions"}, result{claim: claims[1], state: skipped, why: "NOT LOOKED AT: x"}
	if !verdict([]result{good, left}, false) || verdict([]result{good, left}, true) || verdict(nil, false) || verdict([]result{{state: failed}}, false) {
		t.Error("the verdict is wrong")
	}
	text := report([]result{good, left}, time.Now(), false)
	for _, want := range []string{"12000 assertions", "| SKIPPED |", "NOT LOOKED AT: x", "NOT EVERYTHING HELD", "1 claims held, 0 failed, 1 were not looked at"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the report:\n%s", want, text)
		}
	}
}

// Each claim names its requirements and tests that are there in its package now.
func TestClaims(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, c := range claims {
		if c.says == "" || c.ids == "" || c.do == nil && c.pkg == "" || c.do == nil && !c.whole && len(c.tests) == 0 || (c.count == nil) != (c.least == 0) {
			t.Errorf("not whole: %+v", c)
		}
		if c.do != nil {
			continue
		}
		there := testsOf(t, filepath.Join(root, c.pkg))
		for _, name := range c.tests {
			if !slices.Contains(there, name) {
				t.Errorf("%s is not in %s", name, c.pkg)
			}
		}
	}
}

// testsOf are the names of the tests in a folder.
func testsOf(t *testing.T, folder string) (names []string) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names = append(names, fn.Name.Name)
			}
		}
	}
	return names
}

// What the benchmark says is read on both databases.
func TestSpeedIsRead(t *testing.T) {
	got := speedSaid.FindAllStringSubmatch("BenchmarkVerify/sqlite-2  \t 1\t 123 ns/op\t  81234 lines/s\nBenchmarkVerify/postgres-2 \t 1\t9 ns/op\t 4.5e+04 lines/s\n", -1)
	if len(got) != 2 || got[0][1] != "sqlite" || got[0][2] != "81234" || got[1][1] != "postgres" || got[1][2] != "4.5e+04" {
		t.Errorf("%q", got)
	}
}
