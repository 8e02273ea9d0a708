package handlers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"nysreferral/auth"
	"nysreferral/store/storetest"
	"nysreferral/web"
	"nysreferral/workflow"
)

// harmless are the addresses whose GET answers with a file in which nothing stands
// that a person told, and why nobody proves anew before it who they are.
var harmless = map[string]string{
	web.PathConsentSheet:              "It is blank, belongs to no referral, and is for referrers alone.",
	"/directory/export":               "It holds the work contacts of agencies, which administrators keep, and no person.",
	reportsPath + "/:name/file":       "It holds numbers, none below eleven, and the same ones as the page.",
	retentionPath + "/:n/certificate": "It names what was destroyed by digests and days, and nothing that was told.",
	retentionPath + "/:n/file":        "It is the certificate again.",
}

// answersWithFiles are the functions of the package, by name, that say what file
// an answer is, themselves or by one that they call.
func answersWithFiles(t *testing.T) map[string]bool {
	t.Helper()
	list, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls, does := map[string][]string{}, map[string]bool{}
	for _, path := range list {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			name := f.Name.Name
			if f.Recv != nil {
				name = "." + name // a method: another name than a function's
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					calls[name] = append(calls[name], called(n))
				case *ast.SelectorExpr:
					does[name] = does[name] || slices.Contains([]string{"HeaderContentDisposition", "Attachment", "Inline", "Stream", "ServeContent"}, n.Sel.Name)
				case *ast.BasicLit:
					does[name] = does[name] || strings.Contains(n.Value, "attachment; filename=")
				}
				return true
			})
		}
	}
	for grew := true; grew; {
		grew = false
		for name, list := range calls {
			if !does[name] && slices.ContainsFunc(list, func(one string) bool { return does[one] }) {
				does[name], grew = true, true
			}
		}
	}
	return does
}

// called is the function of the package that is called, a method with a dot before
// its name; "" is another.
func called(n *ast.CallExpr) string {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if on, ok := f.X.(*ast.Ident); ok && (on.Name == "s" || on.Name == "c") {
			return "." + f.Sel.Name
		}
	}
	return ""
}

// Each GET that answers with a file is one before which the State's staff prove
// anew who they are, or is written down with the reason why not; a POST that does
// is grave. Nothing is written down that answers with none.
func TestFilesThatLeaveAreListed(t *testing.T) {
	does := answersWithFiles(t)
	found := map[string]bool{}
	for _, r := range (&server{}).routes() {
		full := runtime.FuncForPC(reflect.ValueOf(r.Handle).Pointer()).Name()
		name := strings.TrimSuffix(full[strings.LastIndex(full, "."):], "-fm")
		if !does[name] {
			continue
		}
		found[r.Path] = true
		_, isGrave := grave[r.Path]
		switch {
		case r.Method == post && !isGrave:
			t.Errorf("POST %s (%s) answers with a file and is not grave", r.Path, name)
		case r.Method == get && slices.Contains(leaving, r.Path) == (harmless[r.Path] != ""):
			t.Errorf("GET %s (%s) answers with a file and must stand in leaving or, with a reason, in harmless", r.Path, name)
		}
	}
	for _, path := range leaving {
		if !found[path] {
			t.Errorf("%s answers with no file", path)
		}
	}
	for path := range harmless {
		if !found[path] {
			t.Errorf("%s answers with no file", path)
		}
	}
}

// Before an attached file the State's staff prove anew who they are; who wrote the
// referral and who takes the person up are not asked.
func TestAttachedFilesAskForProof(t *testing.T) {
	s := strictly(t, storetest.SQLite(t), time.Microsecond, func(o *auth.Options) { o.PublicURL = here })
	const path = "/referrals/7K4M2QX9C3TB5/files/1"
	for _, c := range []struct {
		duty  workflow.Duty
		kind  string
		side  workflow.Side
		asked bool
	}{
		{workflow.Reviewer, "dcjs", workflow.SideDCJS, true}, {workflow.Director, "dcjs", workflow.SideDCJS, true}, {workflow.Program, "otda", workflow.SideOTDA, true},
		{workflow.Referrer, "social_service_provider", workflow.SideProvider, false},
	} {
		email, _ := s.account(s.agency("Agency of "+string(c.duty), c.kind, c.side), c.duty, "Ada "+string(c.duty))
		b := s.browser()
		b.half(email)
		if c.asked {
			b.bindKey()
		} else {
			b.addApp(-1)
		}
		got := b.get(path)
		if asked := got.status == http.StatusOK && strings.Contains(got.body, "Confirm that it is you"); asked != c.asked || !asked && got.status != http.StatusNotFound {
			t.Errorf("%s: asked %t (%d)", c.duty, asked, got.status)
		}
	}
}
