package tools_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readsForItself are the works of the program for which rows of every person
// open, and where each is begun. One more is thought about first: it passes the
// second lock.
var readsForItself = []string{
	"faults/check.go faults",
	"referrals/dispose.go dispose",
	"referrals/draftend.go end drafts",
	"referrals/ladder.go ladder",
	"referrals/ladder.go mend",
	"referrals/letterpaper.go draw letter",
	"referrals/letters.go contact verified",
	"referrals/overdue.go count overdue",
	"referrals/pairfind.go find pairs",
	"referrals/pairforget.go forget pairs",
	"referrals/pairindex.go sweep pairs",
	"referrals/papers.go check letter",
	"referrals/papers.go draw packet",
	"referrals/papers.go keep paper",
	"referrals/report.go report",
	"referrals/rewrap.go rewrap",
	"referrals/scan.go scan file",
	"referrals/scan.go scan held",
	"referrals/scan.go sweep files",
	"referrals/shred.go replay",
	"referrals/whole.go open answers",
}

// Only the door names an account as the one for whom rows are read, only the
// works in the list read for the program itself, and nothing turns the rules off.
func TestTreeReadsForSomebody(t *testing.T) {
	var jobs, persons []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (path == "e2e" || path == "ent" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			if err == nil {
				return fs.SkipDir
			}
			return err
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "bench/") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch name := calledName(call); name {
			case "viewer.Job":
				jobs = append(jobs, fmt.Sprintf("%s %s", path, strings.Trim(call.Args[1].(*ast.BasicLit).Value, `"`)))
			case "viewer.Person":
				persons = append(persons, path)
			case "privacy.DecisionContext":
				t.Errorf("%s turns the rules of the tables off", path)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(jobs)
	if jobs = slices.Compact(jobs); !slices.Equal(jobs, readsForItself) {
		t.Errorf("works that read for themselves:\n%s\nwant\n%s", strings.Join(jobs, "\n"), strings.Join(readsForItself, "\n"))
	}
	if !slices.Equal(persons, []string{"referrals/refuse.go"}) {
		t.Errorf("an account is named in %v, want the door alone", persons)
	}
}

// calledName is a call as it is written, package and function.
func calledName(call *ast.CallExpr) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if of, ok := sel.X.(*ast.Ident); ok {
		return of.Name + "." + sel.Sel.Name
	}
	return ""
}
