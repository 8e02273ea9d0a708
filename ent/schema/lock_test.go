package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every table says what it is: of one person, of two, a secret of an account, or
// nothing about anybody who was referred. One that names a referral is of a
// person, whatever it says.
func TestEveryTableIsLocked(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	kinds, named, tables := map[string]string{}, map[string]bool{}, 0
	for _, f := range parsed {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok {
						kinds[ts.Name.Name] = embedded(ts)
					}
				}
			case *ast.FuncDecl:
				if d.Name.Name == "Fields" {
					tables++
					named[d.Recv.List[0].Type.(*ast.Ident).Name] = naming(d.Body)
				}
			}
		}
	}
	if tables < 20 {
		t.Fatalf("only %d tables", tables)
	}
	for table, names := range named {
		if !slices.Contains([]string{"personal", "state", "secret", "common"}, kinds[table]) {
			t.Errorf("%s embeds %q and has no rule: say what it is", table, kinds[table])
		}
		if names && kinds[table] != "personal" && kinds[table] != "state" {
			t.Errorf("%s names a referral and is %q", table, kinds[table])
		}
	}
}

// embedded is the name of the first embedded type.
func embedded(ts *ast.TypeSpec) string {
	if s, ok := ts.Type.(*ast.StructType); ok && len(s.Fields.List) > 0 {
		if id, ok := s.Fields.List[0].Type.(*ast.Ident); ok {
			return id.Name
		}
	}
	return ""
}

// naming reports whether a column is called referral_id or ref.
func naming(body ast.Node) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		found = found || ok && (lit.Value == `"referral_id"` || lit.Value == `"ref"`)
		return true
	})
	return found
}
