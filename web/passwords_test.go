package web

import (
	"errors"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"
)

// fill is what a password manager may be told that a field is for.
var fill = map[string][]string{
	"KindPassword": {"current-password", "new-password"},
	"KindCode":     {"", "one-time-code"}, // a code of a letter or an invitation is no manager's
	"KindEmail":    {"", "username", "email"},
}

// secretFields calls fn with each field of those kinds that a page of the source
// holds: its kind, and what it says that it is for.
func secretFields(t *testing.T, source fs.FS, fn func(at, kind, is string)) {
	t.Helper()
	set := gotoken.NewFileSet()
	paths, err := fs.Glob(source, "web/*.go")
	more, failed := fs.Glob(source, "handlers/*.go")
	paths, err = append(paths, more...), errors.Join(err, failed)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := fs.ReadFile(source, path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			c, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			says := map[string]string{}
			for _, e := range c.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					says[inSource(kv.Key)] = inSource(kv.Value)
				}
			}
			if fill[says["Kind"]] != nil {
				fn(set.Position(c.Pos()).String(), says["Kind"], says["Autocomplete"])
			}
			return true
		})
	}
}

// inSource is a name or a text of the source, and a question mark for what is neither.
func inSource(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.BasicLit:
		return strings.Trim(e.Value, `"`)
	}
	return "?"
}

// Each field for a password, of each page there is, tells password managers whether it
// is for the password that one has or for a new one; where one signs in the address is
// told for a name, and the code for one that is good once.
func TestPasswordsAreNamed(t *testing.T) {
	seen := map[string]int{}
	secretFields(t, os.DirFS(".."), func(at, kind, is string) {
		if seen[is]++; !slices.Contains(fill[kind], is) {
			t.Errorf("%s: a field of %s says that it is for %q", at, kind, is)
		}
	})
	if seen["current-password"] < 3 || seen["new-password"] < 4 || seen["one-time-code"] < 4 || seen["username"] < 1 {
		t.Errorf("it sees %v", seen)
	}
}

// hinders are attributes by which a page hears that something is pasted or dropped.
var hinders = []string{"onpaste", "oncopy", "oncut", "ondrop", "ondragover", "onbeforeinput", "oninput", "onkeydown", "onkeypress", "oncontextmenu"}

// hindered says what keeps a page's secrets from being pasted or filled in.
func hindered(t *testing.T, page string) (says []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		at := map[string]string{}
		for _, a := range n.Attr {
			if at[a.Key] = a.Val; slices.Contains(hinders, a.Key) {
				says = append(says, n.Data+" has "+a.Key)
			}
		}
		if n.Data != "input" || at["type"] != "password" && at["autocomplete"] != "one-time-code" && at["autocomplete"] != "username" {
			continue
		}
		for _, no := range []string{"readonly", "disabled", "maxlength", "minlength", "pattern", "hidden", "inert"} {
			if _, there := at[no]; there {
				says = append(says, at["name"]+" is "+no)
			}
		}
		if at["name"] == "" || at["id"] == "" {
			says = append(says, "a secret has no name")
		}
		if at["type"] == "password" && !slices.Contains(fill["KindPassword"], at["autocomplete"]) {
			says = append(says, at["name"]+" is for "+at["autocomplete"])
		}
	}
	return says
}

// Nothing on any page keeps a password or a code from being pasted, or filled in by a
// manager of passwords, in any length; and no script hears what is pasted.
func TestPasswordsCanBePasted(t *testing.T) {
	all := append(stories(), story{"renew", RenewPage(Page{}, nil)}, story{"welcome", WelcomePage(Page{}, Welcome{})})
	secrets := 0
	for _, s := range all {
		if strings.HasPrefix(s.Name, "fields") {
			continue // every kind of field, and no page
		}
		page := draw(t, s.Page)
		secrets += strings.Count(page, `type="password"`) + strings.Count(page, `"one-time-code"`)
		for _, says := range hindered(t, page) {
			t.Errorf("%s: %s", s.Name, says)
		}
	}
	if secrets < 8 {
		t.Errorf("it sees %d secrets", secrets)
	}
	for file, text := range scripts(t) {
		list, err := signs(text, 1)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, s := range list {
			if hears(s) {
				t.Errorf("%s:%d: %s", file, s.line, s.text)
			}
		}
	}
}

// hears says whether a sign of a script is about what is pasted or dropped.
func hears(s sign) bool {
	low := strings.ToLower(s.text)
	return slices.ContainsFunc([]string{"paste", "clipboard", "beforeinput", "ondrop", "insertfrom"}, func(word string) bool { return strings.Contains(low, word) }) ||
		strings.Trim(low, `"'`) == "drop"
}

// What would hinder is seen.
func TestPasswordsHinderedAreSeen(t *testing.T) {
	for page, want := range map[string]string{
		`<input id="p" name="p" type="password" autocomplete="current-password">`:                         "",
		`<input id="p" name="p" type="password" autocomplete="off">`:                                      "p is for off",
		`<input id="p" name="p" type="password" autocomplete="new-password" onpaste="return false">`:      "input has onpaste",
		`<input id="p" name="p" type="password" autocomplete="new-password" readonly>`:                    "p is readonly",
		`<input id="p" name="p" type="password" autocomplete="new-password" maxlength="20">`:              "p is maxlength",
		`<form onbeforeinput="no()"><input id="c" name="c" autocomplete="one-time-code" disabled></form>`: "form has onbeforeinput; c is disabled",
	} {
		if got := strings.Join(hindered(t, page), "; "); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
	for text, want := range map[string]bool{`box.addEventListener("paste", stop)`: true, `box.onpaste = stop`: true, `navigator.clipboard.writeText("")`: true, `box.addEventListener("drop", stop)`: true, `box.addEventListener("input", later)`: false, `dropped(1)`: false} {
		list, err := signs(text, 1)
		if err != nil || slices.ContainsFunc(list, hears) != want {
			t.Errorf("%s: heard is not %t, %v", text, want, err)
		}
	}
	planted := fstest.MapFS{"web/bad.go": {Data: []byte(`package web
var a = Field{Kind: KindPassword, ID: "p"}
var b = web.Field{Kind: web.KindPassword, Autocomplete: "off"}
var c = []Field{{Kind: KindCode, Autocomplete: "tel"}}
`)}}
	n := 0
	secretFields(t, planted, func(_, kind, is string) {
		if !slices.Contains(fill[kind], is) {
			n++
		}
	})
	if n != 3 {
		t.Errorf("%d of 3 fields without a name are found", n)
	}
}
