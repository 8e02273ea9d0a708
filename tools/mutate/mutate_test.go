package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// small is a module with one rule and a test of it.
func small(t *testing.T, test string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module small\n\ngo 1.26.0\n",
		"rule/rule.go": `package rule

var allowed = []string{"take", "confirm"}

// May says who may.
func May(duty string, age int, do string) bool {
	if duty != "reviewer" || age < 18 {
		return false
	}
	for _, a := range allowed {
		if a == do {
			return true
		}
	}
	return false
}
`,
		"rule/rule_test.go": "package rule\n\nimport \"testing\"\n\nfunc TestMay(t *testing.T) {\n" + test + "}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// hunted tries all faults of the small module.
func hunted(t *testing.T, test string) result {
	t.Helper()
	s := settings{root: small(t, test), most: time.Minute, jobs: 2}
	got, err := one(s, target{pkg: "rule", suites: []string{"rule"}}, t.TempDir(), time.Now().Add(5*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A test that looks at everything notices every fault, one that looks at the
// good case alone leaves most of them alive, and none at all notices nothing.
func TestNotices(t *testing.T) {
	whole := `	for _, c := range []struct{ duty string; age int; do string; may bool }{
		{"reviewer", 18, "take", true}, {"reviewer", 40, "confirm", true}, {"reviewer", 17, "take", false}, {"other", 40, "take", false}, {"reviewer", 40, "other", false},
	} {
		if May(c.duty, c.age, c.do) != c.may { t.Error(c) }
	}
`
	got := hunted(t, whole)
	if got.planted < 12 || got.noticed != got.planted {
		t.Errorf("a whole test: %+v", got)
	}
	if one := hunted(t, "	if !May(\"reviewer\", 40, \"take\") { t.Error() }\n"); one.planted != got.planted || one.noticed == 0 || one.noticed > got.planted/2 {
		t.Errorf("a test of the good case: %+v", one)
	}
	if none := hunted(t, "	May(\"reviewer\", 40, \"take\")\n"); none.noticed != 0 {
		t.Errorf("a test that looks at nothing: %+v", none)
	}
}

// A test that fails by itself says nothing about faults: the run stops there.
func TestFailsByItself(t *testing.T) {
	s := settings{root: small(t, "	t.Error(\"always\")\n"), most: time.Minute, jobs: 1}
	_, err := one(s, target{pkg: "rule", suites: []string{"rule"}}, t.TempDir(), time.Now().Add(time.Minute))
	if err == nil || !strings.Contains(err.Error(), "without a fault") {
		t.Errorf("%v", err)
	}
}
