package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is found and not accepted fails, what is accepted and gone fails, and what
// is both passes; an acceptance without a reason is none.
func TestCompare(t *testing.T) {
	for _, one := range []struct{ name, list, issues, want string }{
		{"accepted", "G404 a/b.go 1 the numbers choose a color only", `{"rule_id":"G404","file":"/r/a/b.go","line":"3"}`, ""},
		{"not listed", "", `{"rule_id":"G404","file":"/r/a/b.go","line":"3","details":"weak"}`, "a/b.go:3: G404: weak"},
		{"another file", "G404 a/c.go 1 the numbers choose a color only", `{"rule_id":"G404","file":"/r/a/b.go","line":"3"}`, "a/b.go:3: G404"},
		{"gone", "G404 a/b.go 1 the numbers choose a color only", "", "G404 a/b.go is accepted 1 times and found 0 times"},
		{"once too often", "G404 a/b.go 1 the numbers choose a color only", `{"rule_id":"G404","file":"/r/a/b.go","line":"3"},{"rule_id":"G404","file":"/r/a/b.go","line":"9"}`, "a/b.go:9: G404"},
		{"no count", "G404 a/b.go all the numbers choose a color only", "", "list:1: \"all\" is no count"},
		{"no reason", "G404 a/b.go 1 fine", "", "list:1: want a rule"},
		{"twice", "G404 a/b.go 1 the numbers choose a color only\nG404 a/b.go 1 the numbers choose a color only", "", "list:2: G404 a/b.go stands there twice"},
	} {
		dir := t.TempDir()
		list, report := filepath.Join(dir, "list"), filepath.Join(dir, "report")
		for path, text := range map[string]string{list: one.list, report: `{"Issues":[` + one.issues + `],"Stats":{"files":1}}`} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		err := compare(&out, list, "/r", report)
		said := out.String()
		if err != nil {
			said += err.Error()
		}
		if (err == nil) != (one.want == "") || !strings.Contains(said, one.want) {
			t.Errorf("%s: %v, %q", one.name, err, said)
		}
	}
}
