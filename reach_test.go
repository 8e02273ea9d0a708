package tools_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// forDevelopers are folders of tools, which reach what they like.
var forDevelopers = []string{"attacks", "bench", "cmd/migration", "e2e", "ent", "faults", "tools", "pdf/pdftest", "store/storetest", "abroad/abroadtest", "blob/blobtest"}

// reaches are ways out of the program, with the packages that may go them: whoever
// else wants one has to say so here first.
var reaches = map[string][]string{
	"database/sql": {"audit", "metrics", "referrals", "store"}, // metrics shows the counts of a pool
	"os/exec":      nil,
	"net/smtp":     nil,
	"plugin":       nil,
	"calls out":    {"abroad", "blob", "mail", "scan"}, // blob calls the service that keeps attached files
}

// outward are the functions and types by which one calls another machine.
var outward = []string{"http.Get", "http.Post", "http.PostForm", "http.Head", "http.Client", "http.DefaultClient", "http.Transport", "http.DefaultTransport", "net.Dial", "net.DialTimeout", "net.Dialer", "tls.Dial", "tls.Dialer"}

// No program is started and no plugin is loaded, few packages ask the database
// in words of their own, and four call out: no other could be made to.
func TestTreeReach(t *testing.T) {
	found := map[string]bool{}
	goFiles(t, func(path string, _ []byte, set *token.FileSet, f *ast.File) {
		folder := path[:max(strings.LastIndex(path, "/"), 0)]
		if strings.HasSuffix(path, "_test.go") || slices.ContainsFunc(forDevelopers, func(d string) bool { return folder == d || strings.HasPrefix(folder, d+"/") }) {
			return
		}
		refuse := func(way string, at token.Pos) {
			if found[way] = true; !slices.Contains(reaches[way], folder) {
				t.Errorf("%s: %s", set.Position(at), way)
			}
		}
		for _, i := range f.Imports {
			if way := strings.Trim(i.Path.Value, `"`); slices.Contains([]string{"database/sql", "os/exec", "net/smtp", "plugin"}, way) {
				refuse(way, i.Pos())
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && slices.Contains(outward, x.Name+"."+s.Sel.Name) {
					refuse("calls out", s.Pos())
				}
			}
			return true
		})
	})
	if !found["database/sql"] || !found["calls out"] {
		t.Errorf("the test sees only %v", found)
	}
}
