package tools_test

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"nysreferral/config"
)

// sections returns the rows of each table of a document, by the heading above it.
func sections(t *testing.T, file string) map[string][][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, head := map[string][][]string{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			head = name
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		out[head] = append(out[head], cells)
	}
	for head, rows := range out {
		out[head] = rows[1:] // below the names of the columns
	}
	return out
}

// quotedWord is a word of a document in backquotes.
var quotedWord = regexp.MustCompile("`([^`]+)`")

func quotedIn(cell string) (words []string) {
	for _, m := range quotedWord.FindAllStringSubmatch(cell, -1) {
		words = append(words, m[1])
	}
	return words
}

// same wants two sets to be equal.
func same(t *testing.T, what string, source, document []string) {
	t.Helper()
	slices.Sort(source)
	slices.Sort(document)
	source, document = slices.Compact(source), slices.Compact(document)
	for _, s := range source {
		if !slices.Contains(document, s) {
			t.Errorf("docs/security/inventory.md, %s: %s is in the source and not there", what, s)
		}
	}
	for _, d := range document {
		if !slices.Contains(source, d) {
			t.Errorf("docs/security/inventory.md, %s: %s is nowhere in the source", what, d)
		}
	}
}

// serving calls fn with each file that is part of the program.
func serving(t *testing.T, fn func(folder string, f *ast.File)) {
	t.Helper()
	goFiles(t, func(name string, _ []byte, _ *token.FileSet, f *ast.File) {
		folder := path.Dir(name)
		apart := slices.ContainsFunc(slices.Concat(forDevelopers, []string{"auth/authtest"}), func(d string) bool { return folder == d || strings.HasPrefix(folder, d+"/") })
		if !strings.HasSuffix(name, "_test.go") && !apart {
			fn(folder, f)
		}
	})
}

// called returns the name of the function that is called, without what it is of.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// firstText is the first text among the arguments of a call, also of a call within.
func firstText(c *ast.CallExpr) (text string) {
	ast.Inspect(c, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && text == "" {
			text, _ = strconv.Unquote(lit.Value)
		}
		return text == ""
	})
	return text
}

// What the lists of keys, algorithms, connections and loggers name is what the
// source has: a derived key by its label, a package of cryptography by the folders
// that use it, each setting that names somebody to speak to, and who makes loggers.
func TestTreeInventory(t *testing.T) {
	doc := sections(t, "docs/security/inventory.md")
	labels, loggers, uses := stock(t)
	var named []string
	for _, row := range doc["Keys"] {
		if len(row) != 7 || slices.Contains(row[:6], "") {
			t.Errorf("a key without all that is to be known of it: %q", row)
		}
		named = append(named, quotedIn(row[0])...)
	}
	if len(labels) < 8 {
		t.Fatalf("only the keys %q are found in the source", labels)
	}
	same(t, "Keys", labels, named)

	of := map[string][]string{}
	for _, row := range doc["Algorithms"] {
		of[strings.Trim(row[0], "`")] = strings.Split(row[2], ", ")
	}
	same(t, "Algorithms", slices.Collect(maps.Keys(uses)), slices.Collect(maps.Keys(of)))
	for name, folders := range uses {
		same(t, "Algorithms, "+name, folders, of[name])
	}

	var settings, said, writers []string
	for _, row := range doc["Connections"] {
		said = append(said, quotedIn(row[1])...)
	}
	addresses(reflect.TypeFor[config.Settings](), "", func(name string) { settings = append(settings, name) })
	same(t, "Connections", settings, said)
	for _, row := range doc["Logs"] {
		if row[0] == "the program's own" {
			writers = strings.Split(row[1], ", ")
		}
	}
	for _, folder := range loggers {
		if !slices.Contains(writers, folder) {
			t.Errorf("docs/security/inventory.md, Logs: %s makes a logger and is not among %q", folder, writers)
		}
	}
	if len(doc["Costly work"]) < 8 || len(loggers) == 0 {
		t.Errorf("%d rows of costly work, loggers in %q", len(doc["Costly work"]), loggers)
	}
}

// stock is what the source has: the labels of derived keys, the folders that make
// loggers, and those that use each package of cryptography.
func stock(t *testing.T) (labels, loggers []string, uses map[string][]string) {
	t.Helper()
	uses = map[string][]string{}
	serving(t, func(folder string, f *ast.File) {
		for _, i := range f.Imports {
			if p := strings.Trim(i.Path.Value, `"`); strings.HasPrefix(p, "crypto/") || strings.HasPrefix(p, "golang.org/x/crypto") {
				uses[p] = append(uses[p], folder)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch called(c) {
			case "Derive", "keyed":
				if text := firstText(c); text != "" {
					labels = append(labels, text)
				}
			case "NewTextHandler", "NewJSONHandler", "NewLogLogger":
				loggers = append(loggers, folder)
			}
			return true
		})
	})
	return labels, loggers, uses
}

// SECURITY.md says within how many days a weakness of a library is mended, the
// graver the sooner.
func TestTreeMendingTimes(t *testing.T) {
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	before := 0
	for _, weight := range []string{"critical", "high", "medium", "low"} {
		found := regexp.MustCompile(`(?m)^\| ` + weight + ` \| (\d+) days \|$`).FindSubmatch(text)
		if found == nil {
			t.Errorf("it does not say within how many days one is mended that is %s", weight)
			continue
		}
		days, err := strconv.Atoi(string(found[1]))
		if err != nil || days <= before || days > 90 {
			t.Errorf("one that is %s is mended within %d days, %v", weight, days, err)
		}
		before = days
	}
}

// talks are words of the help of a setting that names somebody to speak to, or a
// place that may be elsewhere.
var talks = regexp.MustCompile(`^(Address(es)? (of a|of an|of this|under|to listen|or network)|File that holds the address|Mail server|Where ClamAV|PKCS#11|Folder of attached|Folder of backups|File to which|File of the list)`)

// addresses calls fn with the flag of each setting that names somebody to speak to.
func addresses(s reflect.Type, before string, fn func(name string)) {
	for i := range s.NumField() {
		f := s.Field(i)
		if _, inner := f.Tag.Lookup("embed"); inner {
			addresses(f.Type, f.Tag.Get("prefix"), fn)
		} else if talks.MatchString(f.Tag.Get("help")) {
			fn(before + f.Tag.Get("name"))
		}
	}
}
