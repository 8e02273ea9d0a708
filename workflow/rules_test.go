package workflow

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

// The rules that people read are the rules that the program keeps.
func TestRulesAreFresh(t *testing.T) {
	var b bytes.Buffer
	if err := Rules(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "docs", "rules.md")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		t.Fatal("docs/rules.md is not what the tables say; read the difference, then run: go test ./workflow -run TestRulesAreFresh -update")
	}
}

// Each table of the printed rules has as many cells in a line as its head, and
// each guard, rule of routing and clock stands in it.
func TestRulesAreWhole(t *testing.T) {
	var b bytes.Buffer
	if err := Rules(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	cells := 0
	for _, l := range strings.Split(text, "\n") {
		if !strings.HasPrefix(l, "|") {
			cells = 0
			continue
		}
		if n := strings.Count(l, "|"); cells != 0 && n != cells {
			t.Errorf("a line with %d bars in a table of %d: %s", n, cells, l)
		} else {
			cells = n
		}
	}
	for _, g := range Guards {
		if !strings.Contains(text, g.Say) {
			t.Errorf("guard %s is not printed", g.Key)
		}
	}
	for _, d := range Destinations {
		if !strings.Contains(text, "| "+d.Key+" |") {
			t.Errorf("rule %s is not printed", d.Key)
		}
	}
	for _, c := range Clocks {
		if !strings.Contains(text, c.Name) {
			t.Errorf("clock %s is not printed", c.Key)
		}
	}
}

// A file that cannot be written is told, not passed over.
func TestRulesTellTheWriter(t *testing.T) {
	if err := Rules(full{}); !errors.Is(err, errFull) {
		t.Fatalf("got %v, want the writer's error", err)
	}
}

var errFull = errors.New("full")

// full is a disk that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
