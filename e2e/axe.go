package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// Violation is one broken accessibility rule on a page.
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string   `json:"html"`
		Target  []string `json:"target"`
		Summary string   `json:"summary"`
	} `json:"nodes"`
}

// String returns the violation as a paragraph of a report.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  at %s\n  %s\n  %s", strings.Join(n.Target, " "), n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n  "))
	}
	return b.String()
}

// axeRun asks for every rule of WCAG 2.2 level A and AA and the good practice
// beside them.
const axeRun = `axe.run(document, {
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
	resultTypes: ["violations"], preload: false, elementRef: false,
}).then(r => JSON.stringify(r.violations.map(v => ({
	id: v.id, impact: v.impact || "", help: v.help,
	nodes: v.nodes.slice(0, 5).map(n => ({html: n.html.slice(0, 300), target: n.target.flat(9).map(String), summary: n.failureSummary || ""})),
}))))`

// errNoAxe says that the rules are not installed.
var errNoAxe = errors.New("e2e: axe-core is not installed")

// axeSource is the rules, as a script.
var axeSource = sync.OnceValues(func() (string, error) {
	dir, err := moduleDir()
	if err != nil {
		return "", err
	}
	raw, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if errors.Is(err, os.ErrNotExist) {
		return "", errNoAxe
	}
	if err != nil {
		return "", fmt.Errorf("e2e: reading the accessibility rules: %w", err)
	}
	return string(raw), nil
})

// Axe fails the test for each accessibility rule that the page breaks as it is
// looked at now, and says where and why.
func Axe(t testing.TB, p *Page) {
	t.Helper()
	for _, v := range Violations(t, p) {
		t.Errorf("e2e: %s breaks an accessibility rule: %s", p.Path(), v)
	}
}

// Violations returns the accessibility rules that the page breaks.
func Violations(t testing.TB, p *Page) []Violation {
	t.Helper()
	source, err := axeSource()
	if errors.Is(err, errNoAxe) {
		Missing(t, "axe-core", "scripts/ensure-axe.sh")
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.view.ScriptsOff {
		// The page's own scripts were left out when it was loaded and stay
		// out; the rules need a running engine.
		p.do("turning scripts on for the rules", p.scripts(true))
		defer p.do("turning scripts off again", p.scripts(false))
	}
	// In a window as tall as the page the bar of steps stands at its own place.
	// At the foot of a smaller one it lies over whatever happens to be there,
	// which a person scrolls away.
	whole := p.view.Window
	if whole.Height = Eval[int64](p, `document.documentElement.scrollHeight`); whole.Height > p.view.Window.Height {
		p.do("showing the whole page", whole.shown())
		defer p.do("showing what a person sees", p.view.Window.shown())
	}
	if !Eval[bool](p, `typeof axe === "object"`) {
		Eval[bool](p, source+";\ntrue")
	}
	out := run(p, "checking accessibility", chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	var found []Violation
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		t.Fatalf("e2e: reading what the accessibility rules say: %v", err)
	}
	return found
}
