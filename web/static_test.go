package web

import (
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

var (
	classInRule = regexp.MustCompile(`\.([a-z][a-z0-9-]*)`)
	rules       = regexp.MustCompile(`\{[^{}]*\}`)
	classOfPart = regexp.MustCompile(`class="([^"]*)"`)
)

// styled returns the classes that a style sheet styles.
func styled(name string) map[string]bool {
	out := map[string]bool{}
	for _, m := range classInRule.FindAllStringSubmatch(rules.ReplaceAllString(string(assets[name].plain), "{}"), -1) {
		out[m[1]] = true
	}
	return out
}

// A page that does not load the style sheet of staff has no part that only that
// one styles; and pages of staff load it.
func TestStyleSheetOfStaff(t *testing.T) {
	all, staff := styled("app.css"), styled("staff.css")
	with, without := 0, 0
	for _, s := range stories() {
		page := draw(t, s.Page)
		if strings.Contains(page, Asset("staff.css")) {
			with++
			continue
		}
		without++
		for _, m := range classOfPart.FindAllStringSubmatch(page, -1) {
			for class := range strings.FieldsSeq(m[1]) {
				if staff[class] && !all[class] {
					t.Errorf("%s has the class %s, which only staff.css styles", s.Name, class)
				}
			}
		}
	}
	if with < 10 || without < 10 {
		t.Errorf("%d pages load it and %d do not", with, without)
	}
}

// What browsers get of a file is what it says, without its comments.
func TestLean(t *testing.T) {
	const file = "/* A rule. */\n.a {\n  color: red; /* not\n  blue */\n}\n\n// A remark.\nconst a = \"// none\";\n  b(`x`);\n"
	if got, want := string(lean([]byte(file))), ".a {\ncolor: red;\n}\nconst a = \"// none\";\nb(`x`);\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a text over two lines lost its space")
		}
	}()
	lean([]byte("a = `x\n  y`;\n"))
}

// Packing the files at the start takes the memory of one packer and not of one for
// each file: what a start takes, the process holds for a long time.
func TestFilesArePackedByOnePacker(t *testing.T) {
	var sources []source
	for n := range 20 {
		sources = append(sources, source{strconv.Itoa(n) + ".js", "text/javascript", []byte("a line of it\n")})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	all := packed(sources)
	runtime.ReadMemStats(&after)
	if len(all) != len(sources) {
		t.Fatalf("%d of %d files are there", len(all), len(sources))
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 5<<20 {
		t.Errorf("twenty small files took %d bytes", n)
	}
}
