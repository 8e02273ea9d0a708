package tools_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The limits of what a person can hold in the head at once.
const (
	mostLines     = 400
	mostFuncLines = 60
)

// skipped are the folders that hold nothing that people write, as those of
// demonstrations do.
var skipped = []string{".git", ".tools", "bin", "data", "node_modules"}

// demonstrations begin the names of their folders so.
const demonstrations = "demo-"

// walk calls what for every file that people of this project write, with its
// slash-separated path.
func walk(t *testing.T, what func(path string, content []byte)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skipped, d.Name()) || strings.HasPrefix(d.Name(), demonstrations) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || filepath.Base(path) == "go.sum" || path == ".git" { // a file in a worktree
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.ContainsRune(content[:min(len(content), 8000)], 0) {
			seen++
			what(filepath.ToSlash(path), content)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d files were looked at", seen)
	}
}

// generatedLine says that nobody writes a file.
var generatedLine = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// generated says whether a file is made from another one.
func generated(content []byte) bool { return generatedLine.Match(content[:min(len(content), 2000)]) }

// goFiles calls what for every Go file that people write.
func goFiles(t *testing.T, what func(path string, content []byte, set *token.FileSet, f *ast.File)) {
	t.Helper()
	walk(t, func(path string, content []byte) {
		if !strings.HasSuffix(path, ".go") || generated(content) {
			return
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			return
		}
		what(path, content, set, f)
	})
}

// No file holds both sides of a merge that nobody decided.
func TestTreeIsMerged(t *testing.T) {
	walk(t, func(path string, content []byte) {
		for _, sign := range []string{"<", ">"} {
			if mark := []byte("\n" + strings.Repeat(sign, 7) + " "); bytes.Contains(append([]byte("\n"), content...), mark) {
				t.Errorf("%s holds %q", path, mark[1:])
			}
		}
	})
}

// A file has at most 400 lines and a function at most 60.
func TestTreeSizes(t *testing.T) {
	goFiles(t, func(path string, content []byte, set *token.FileSet, f *ast.File) {
		if n := bytes.Count(content, []byte("\n")); n > mostLines {
			t.Errorf("%s has %d lines, want at most %d", path, n, mostLines)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if n := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line + 1; n > mostFuncLines {
					t.Errorf("%s: %s has %d lines, want at most %d", path, fn.Name.Name, n, mostFuncLines)
				}
			}
		}
	})
}

// clockless are the packages whose answer depends on what they are given alone.
var clockless = []string{"calendar", "workflow", "forms", "referrals", "registry", "pdf", "reports", "directory", "match"}

// Rules ask no clock: the same question on the same facts has the same answer,
// today and before a court. The moment is handed in.
func TestTreeClock(t *testing.T) {
	goFiles(t, func(path string, _ []byte, set *token.FileSet, f *ast.File) {
		folder, _, _ := strings.Cut(path, "/")
		if !slices.Contains(clockless, folder) || strings.HasSuffix(path, "_test.go") {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name) {
					t.Errorf("%s reads the clock; let the moment be handed in", set.Position(s.Pos()))
				}
			}
			return true
		})
	})
}

// Nothing happens before main, and what is exported has a sentence that says
// what it is.
func TestTreeManners(t *testing.T) {
	goFiles(t, func(path string, _ []byte, set *token.FileSet, f *ast.File) {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s: an init function runs before anybody asked", set.Position(d.Pos()))
				}
				if d.Recv == nil && d.Name.IsExported() && d.Doc == nil && !strings.HasSuffix(path, "_test.go") {
					t.Errorf("%s: %s has no sentence that says what it does", set.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil && !strings.HasSuffix(path, "_test.go") {
						t.Errorf("%s: %s has no sentence that says what it is", set.Position(ts.Pos()), ts.Name.Name)
					}
				}
			}
		}
	})
}

// foreignWords belong to the place or to the tools in which somebody works, and
// not to this project. They stand in pieces, so that this file holds none.
var foreignWords = []string{
	"/wo" + "rk/", "/tm" + "p/", "/roo" + "t/", "/hom" + "e/",
	"registry.npm" + "js", "proxy.gol" + "ang", "pypi.o" + "rg", "deb.deb" + "ian",
	"TO" + "DO", "FIX" + "ME", "HA" + "CK",
	"house-st" + "yle", "attack-to" + "ols", "fresh-mach" + "ine", "design" + ".md", "pages" + ".md", "libraries" + ".md",
	"Clau" + "de", "clau" + "de", "Anthro" + "pic", "anthro" + "pic", "Chat" + "GPT", "Copi" + "lot", "copi" + "lot",
}

// foreign returns the first foreign word in a text that stands there as a word
// of its own, and where; -1 when there is none.
func foreign(text []byte) (string, int) {
	for _, w := range foreignWords {
		for from := 0; ; {
			at := bytes.Index(text[from:], []byte(w))
			if at < 0 {
				break
			}
			at += from
			from = at + len(w)
			if (at == 0 || !inWord(text[at-1])) && (strings.HasSuffix(w, "/") || from == len(text) || !inWord(text[from])) {
				return w, at
			}
		}
	}
	return "", -1
}

// inWord says whether a byte goes on with a word or a relative path.
func inWord(b byte) bool {
	return b == '_' || b == '.' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// The words are found where they stand, and not within other words.
func TestTreeWordsAreFound(t *testing.T) {
	for _, bad := range []string{"see /" + "work/x", "(/" + "tmp/y)", "// TO" + "DO later", "the design" + ".md says"} {
		if w, _ := foreign([]byte(bad)); w == "" {
			t.Errorf("%q is not found", bad)
		}
	}
	for _, good := range []string{"network/tools", "docs/tour.md", "AUTO" + "DO", "a/work/x", "https://example.org/home"} {
		if w, _ := foreign([]byte(good)); w != "" {
			t.Errorf("%q is found in %q", w, good)
		}
	}
}

// What is written here speaks of the project alone.
func TestTreeWords(t *testing.T) {
	walk(t, func(path string, content []byte) {
		if w, at := foreign(content); w != "" {
			t.Errorf("%s:%d: %q does not belong here", path, 1+bytes.Count(content[:at], []byte("\n")), w)
		}
	})
}
