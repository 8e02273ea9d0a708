package main

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

// What is in a program is in its list, once, with what depends on what; equal
// programs have equal lists, others have another number, and the folder in which
// one was built is not in it.
func TestEqualProgramsHaveEqualLists(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var one, two strings.Builder
	if err := write(&one, []string{own}); err != nil {
		t.Fatal(err)
	}
	if err := write(&two, []string{own}); err != nil || one.String() != two.String() {
		t.Errorf("two lists of one program differ: %v", err)
	}
	info := &debug.BuildInfo{GoVersion: "go1.26.1", Path: "nysreferral/cmd/nysreferral", Main: debug.Module{Path: "nysreferral"},
		Deps:     []*debug.Module{{Path: "example.org/b", Version: "v1.0.0+incompatible", Sum: "h1:x="}, {Path: "example.org/a", Version: "v0.1.0", Replace: &debug.Module{Path: "example.org/c", Version: "v2.0.0"}}},
		Settings: []debug.BuildSetting{{Key: "CGO_ENABLED", Value: "0"}, {Key: "vcs.time", Value: "then"}}}
	got := list(info, sha256.Sum256([]byte("a")))
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pkg:golang/std@go1.26.1", "pkg:golang/example.org/b@v1.0.0%2Bincompatible", "pkg:golang/example.org/c@v2.0.0", "CGO_ENABLED", "h1:x="} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	if strings.Contains(string(text), "then") || strings.Contains(string(text), "example.org/a") {
		t.Errorf("too much is in %s", text)
	}
	if other := list(info, sha256.Sum256([]byte("b"))); other.Serial == got.Serial || !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(got.Serial) {
		t.Errorf("two programs have the numbers %s and %s", got.Serial, other.Serial)
	}
	if len(got.Dependencies) != 4 || len(got.Dependencies[0].On) != 3 {
		t.Errorf("what depends on what: %v", got.Dependencies)
	}
	if err := write(&one, nil); err == nil {
		t.Error("no program has a list")
	}
}
