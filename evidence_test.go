package tools_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// namedTest is a test or fuzz target in backquotes, with the word before it where
// that is a package.
var namedTest = regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`")

// written are the tests and fuzz targets that are there, with the folders in
// which they are.
func written(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	goFiles(t, func(name string, _ []byte, _ *token.FileSet, f *ast.File) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && (strings.HasPrefix(fn.Name.Name, "Test") || strings.HasPrefix(fn.Name.Name, "Fuzz")) {
				out[fn.Name.Name] = append(out[fn.Name.Name], path.Dir(name))
			}
		}
	})
	return out
}

// missing are the tests that a document names and that are nowhere.
func missing(text string, there map[string][]string) (gone []string, named int) {
	for _, m := range namedTest.FindAllStringSubmatch(text, -1) {
		named++
		if len(there[m[1]]) == 0 {
			gone = append(gone, m[1])
		}
	}
	return gone, named
}

// Every test that a document about security names in backquotes is there.
func TestTreeNamedTests(t *testing.T) {
	there := written(t)
	if gone, n := missing("policy `TestOutputs`, `TestOutputsThatNobodyWrote` and `make faults`", there); n != 2 || !slices.Equal(gone, []string{"TestOutputsThatNobodyWrote"}) {
		t.Fatalf("a test that nobody wrote is not missed: %v of %d", gone, n)
	}
	list, err := filepath.Glob("docs/security/*.md")
	if err != nil || len(list) < 3 {
		t.Fatalf("%d documents, %v", len(list), err)
	}
	all := 0
	for _, name := range list {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		gone, n := missing(string(text), there)
		all += n
		for _, test := range gone {
			t.Errorf("%s names %s, which is nowhere", name, test)
		}
	}
	if all < 150 {
		t.Errorf("only %d tests are named", all)
	}
}

// abuseCases is how many the threat model has.
const abuseCases = 90

// Each abuse case has one line, with a test in its package or a command that holds
// it.
func TestTreeAbuseCases(t *testing.T) {
	text, err := os.ReadFile("docs/security/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	there := written(t)
	lines := strings.Split(string(text), "\n")
	for n := range abuseCases {
		id := fmt.Sprintf("| T%02d | ", n+1)
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, id) })
		if at < 0 {
			t.Errorf("%s has no line", strings.Trim(id, "| "))
			continue
		}
		cells := strings.Split(strings.Trim(lines[at], "| "), " | ")
		if len(cells) != 4 || !namedTest.MatchString(cells[3]) && !strings.Contains(cells[3], "`make ") {
			t.Errorf("nothing holds %s: %s", cells[0], lines[at])
			continue
		}
		for part := range strings.SplitSeq(cells[3], "; ") {
			folder, _, _ := strings.Cut(part, " ")
			for _, m := range namedTest.FindAllStringSubmatch(part, -1) {
				if !slices.Contains(there[m[1]], folder) {
					t.Errorf("%s: %s is not in %s", cells[0], m[1], folder)
				}
			}
		}
	}
}
