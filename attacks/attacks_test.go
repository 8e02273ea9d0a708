package main

import (
	"os"
	"strings"
	"testing"

	"nysreferral/handlers"
)

// Each of our own attacks finds the flaw that was planted for it: one that finds
// nothing there has proved nothing about the program.
func TestOwnAttacksBite(t *testing.T) {
	bad, err := startFlawed(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bad.close()
	own := 0
	for _, a := range attacks {
		if a.needs != "" {
			continue
		}
		own++
		r := &run{dir: t.TempDir(), log: t.Output()}
		found, err := r.once(t.Context(), a, bad)
		if err != nil || !strings.Contains(strings.Join(found, "\n"), a.planted) {
			t.Errorf("%s does not find %q: %v, %d findings", a.name, a.planted, err, len(found))
		}
	}
	if own < 5 {
		t.Errorf("only %d attacks are our own", own)
	}
}

// The policy of our pages is judged strict by a tool that others made, which
// finds fault with a weak one.
func TestPolicyIsStrict(t *testing.T) {
	if _, err := os.Stat("node_modules/csp_evaluator"); err != nil || path("node") == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("csp_evaluator is not here: scripts/ensure-csp.sh")
		}
		t.Skip("SKIPPED: csp_evaluator is not here (scripts/ensure-csp.sh)")
	}
	if found, err := judgePolicy(t.Context(), handlers.Policy); err != nil || len(found) > 0 {
		t.Errorf("it finds %q: %v", found, err)
	}
	if found, err := judgePolicy(t.Context(), "script-src 'self' 'unsafe-inline' https:; object-src *"); err != nil || len(found) == 0 {
		t.Errorf("it finds no fault with a weak one: %v", err)
	}
}

// Every line of the baseline names an attack there is, and says why.
func TestBaseline(t *testing.T) {
	known, err := readBaseline()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range known {
		found := false
		for _, a := range attacks {
			found = found || a.name == one.tool
		}
		if !found {
			t.Errorf("the baseline names %q, which is no attack", one.tool)
		}
	}
	if _, ok := (baseline{{"ffuf", "200 /", "public"}}).reason("ffuf", "200 /.env"); ok {
		t.Error("another finding is accepted")
	}
}
