package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// may is a rule with a table.
const may = `package rule

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
`

// small is a module with one rule and a test of it.
func small(t *testing.T, rule, test string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":            "module small\n\ngo 1.26.0\n",
		"rule/rule.go":      rule,
		"rule/rule_test.go": "package rule\n\nimport (\n\"os\"\n\"os/exec\"\n\"testing\"\n)\n\n// Not each test asks these.\nvar _, _ = exec.Command, os.Args\n\nfunc TestMay(t *testing.T) {\n" + test + "}\n",
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
func hunted(t *testing.T, rule, test string) result {
	t.Helper()
	s := settings{root: small(t, rule, test), most: time.Minute, wait: 3 * time.Second, jobs: 2, keep: t.TempDir()}
	var got [2]result
	for i := range got {
		var err error
		if got[i], err = one(s, target{pkg: "rule", suites: []string{"rule"}}, t.TempDir(), time.Now().Add(5*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if got[0] != got[1] {
		t.Errorf("first %s, then, as it was kept, %s", got[0], got[1])
	}
	return got[0]
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
	got := hunted(t, may, whole)
	if got.planted < 12 || got.noticed != got.planted {
		t.Errorf("a whole test: %+v", got)
	}
	if one := hunted(t, may, "	if !May(\"reviewer\", 40, \"take\") { t.Error() }\n"); one.planted != got.planted || one.noticed == 0 || one.noticed > got.planted/2 {
		t.Errorf("a test of the good case: %+v", one)
	}
	if none := hunted(t, may, "	May(\"reviewer\", 40, \"take\")\n"); none.noticed != 0 {
		t.Errorf("a test that looks at nothing: %+v", none)
	}
}

// A test that fails by itself says nothing about faults: the run stops there.
func TestFailsByItself(t *testing.T) {
	s := settings{root: small(t, may, "	t.Error(\"always\")\n"), most: time.Minute, jobs: 1}
	_, err := one(s, target{pkg: "rule", suites: []string{"rule"}}, t.TempDir(), time.Now().Add(time.Minute))
	if err == nil || !strings.Contains(err.Error(), "without a fault") {
		t.Errorf("%v", err)
	}
}

// What a fault leaves behind does not count as noticing the next one: a test that
// fails ever after is asked in a program of its own.
func TestLeftBehind(t *testing.T) {
	const rule = `package rule

var known = map[string]bool{}

func May(duty string) bool {
	may, ok := known[duty]
	if !ok {
		may = duty == "reviewer"
		known[duty] = may
	}
	return may
}

func Idle(n int) int { return n + 1 }
`
	got := hunted(t, rule, "	if !May(\"reviewer\") { t.Error() }\n	Idle(1)\n")
	idle := hunted(t, "package rule\n\nfunc Idle(n int) int { return n + 1 }\n", "	Idle(1)\n")
	if idle.planted != 3 || idle.noticed != 0 || got.noticed < 3 || got.planted-got.noticed < idle.planted+1 {
		t.Errorf("%s; of that, where nobody looks, %s", got, idle)
	}
}

// A test that starts its own program starts one that has the fault too and runs
// what it is told to, and none that waits to be asked.
func TestStartsItself(t *testing.T) {
	const rule = "package rule\n\nfunc May() bool { return true }\n"
	got := hunted(t, rule, `	if os.Getenv("ALONE") != "" {
		if !May() { t.Error() }
		return
	}
	alone := exec.Command(os.Args[0], "-test.run=TestMay")
	alone.Env = append(os.Environ(), "ALONE=1")
	if err := alone.Run(); err != nil { t.Error(err) }
`)
	if got.planted == 0 || got.noticed != got.planted {
		t.Errorf("%s", got)
	}
}

// A fault with which no test ends in time is counted apart, and not as noticed.
func TestHangs(t *testing.T) {
	const rule = `package rule

func Sum(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		sum += i
	}
	return sum
}
`
	got := hunted(t, rule, "	if Sum(5) != 10 { t.Error() }\n")
	if got.late == 0 || got.noticed+got.late > got.planted || got.noticed < 4 {
		t.Errorf("%s", got)
	}
}
