package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Focus is the element that the keyboard is on.
type Focus struct {
	Tag    string `json:"tag"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Says   string `json:"says"`   // its label, text or value
	InView bool   `json:"inView"` // some of it is on the screen
	Marked bool   `json:"marked"` // an outline or a shadow shows where it is
}

// Focus returns the element that the keyboard is on.
func (p *Page) Focus() Focus {
	p.t.Helper()
	return Eval[Focus](p, `(() => {
		const e = document.activeElement || document.body, r = e.getBoundingClientRect(), s = getComputedStyle(e);
		const label = e.labels && e.labels.length ? e.labels[0].textContent : "";
		return {tag: e.tagName.toLowerCase(), id: e.id, name: e.getAttribute("name") || "", type: e.getAttribute("type") || "",
			says: (e.getAttribute("aria-label") || label || e.textContent || e.value || "").replace(/\s+/g, " ").trim().slice(0, 200),
			inView: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
			marked: (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none"}; })()`)
}

// Tab presses the Tab key and returns where the keyboard is then.
func (p *Page) Tab() Focus {
	p.t.Helper()
	p.Press(kb.Tab)
	return p.Focus()
}

// TabTo presses Tab until the keyboard is on what sel finds, at most 200 times.
// On the way, each stop must be visible and marked.
func (p *Page) TabTo(sel Sel) Focus {
	p.t.Helper()
	for range 200 {
		f := p.Tab()
		if f.Tag != "body" && (!f.InView || !f.Marked) {
			p.t.Errorf("e2e: %s: the keyboard is on %+v, and nobody can see that", p.Path(), f)
		}
		if Eval[bool](p, `document.activeElement === `+sel.js()) {
			return f
		}
	}
	p.t.Fatalf("e2e: %s: the keyboard does not come to %s", p.Path(), sel)
	return Focus{}
}

// Enter presses Enter where the keyboard is, waits for the page that this leads
// to, and returns its HTTP status.
func (p *Page) Enter() int {
	p.t.Helper()
	return status(run(p, "pressing Enter", respond(chromedp.KeyEvent(kb.Enter))))
}

// Space presses the space bar where the keyboard is.
func (p *Page) Space() {
	p.t.Helper()
	p.Press(" ")
}

// Fits fails the test when the page is wider than the window, so that a person
// would have to scroll sideways, and names what sticks out.
func Fits(t testing.TB, p *Page) {
	t.Helper()
	type wide struct {
		Width int64    `json:"width"`
		Out   []string `json:"out"`
	}
	w := Eval[wide](p, fmt.Sprintf(`(() => {
		const limit = %d, inner = e => { for (let a = e.parentElement; a; a = a.parentElement)
			if (/(auto|scroll|hidden|clip)/.test(getComputedStyle(a).overflowX)) return true; return false; };
		return {width: Math.ceil(document.documentElement.scrollWidth),
			out: [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > limit + 0.01 && !inner(e))
				.slice(0, 5).map(e => e.outerHTML.slice(0, 160))}; })()`, p.view.Window.Width))
	if w.Width > p.view.Window.Width {
		t.Errorf("e2e: %s is %d wide in a window of %d; it sticks out: %q", p.Path(), w.Width, p.view.Window.Width, w.Out)
	}
}

// Targets fails the test for each control that is smaller than least CSS pixels
// in a direction. A link in the flow of a sentence may be, and so may a box or
// button whose label is large enough.
func Targets(t testing.TB, p *Page, least int) {
	t.Helper()
	small := Eval[[]string](p, fmt.Sprintf(`(() => {
		const least = %d - 0.5, big = e => { const r = e.getBoundingClientRect(); return r.width >= least && r.height >= least; };
		const flow = e => e.tagName === "A" && getComputedStyle(e).display === "inline";
		return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
			.filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: false}) && !flow(e) && !big(e) && ![...(e.labels || [])].some(big))
			.filter(e => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1; })
			.slice(0, 10).map(e => { const r = e.getBoundingClientRect(); return Math.round(r.width) + "×" + Math.round(r.height) + " " + e.outerHTML.slice(0, 160); }); })()`, least))
	for _, s := range small {
		t.Errorf("e2e: %s: a control smaller than %d: %s", p.Path(), least, s)
	}
}
