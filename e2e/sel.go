package e2e

import (
	"encoding/json"
	"strings"

	"github.com/chromedp/chromedp"
)

// Sel finds one element of a page: a CSS selector, or what Label, Button, Link
// or Field return. An untyped string is a CSS selector.
type Sel string

// scripted begins a Sel that is a JavaScript expression.
const scripted = "js:"

// js returns the selector as an expression.
func (s Sel) js() string {
	if js, ok := strings.CutPrefix(string(s), scripted); ok {
		return js
	}
	return `document.querySelector(` + quote(string(s)) + `)`
}

// path returns the selector as chromedp wants it.
func (s Sel) path() chromedp.JSPath { return chromedp.JSPath(s.js()) }

// Label finds the control that the label with this text belongs to: the label
// that says just this, else the first one that begins so.
func Label(text string) Sel { return named("label", text, ".control") }

// Button finds a button by what it says.
func Button(text string) Sel {
	return named(`button, input[type=submit], input[type=button], [role=button], summary`, text, "")
}

// Link finds a link by what it says.
func Link(text string) Sel { return named("a[href]", text, "") }

// Field finds the control with this name; of several (radio buttons,
// checkboxes) the one with this value.
func Field(name string, value ...string) Sel {
	css := `[name=` + quote(name) + `]`
	for _, v := range value {
		css += `[value=` + quote(v) + `]`
	}
	return Sel(css)
}

// named finds the first visible element of a kind that says text, else the
// first that begins with it, and takes a property of it.
func named(css, text, property string) Sel {
	return Sel(scripted + `(() => {
		const says = e => (e.getAttribute("aria-label") || (e.tagName === "INPUT" ? e.value : e.textContent)).replace(/\s+/g, " ").trim();
		const want = ` + quote(text) + `;
		const all = [...document.querySelectorAll(` + quote(css) + `)].filter(e => e.getClientRects().length > 0);
		const found = all.find(e => says(e) === want) || all.find(e => says(e).startsWith(want));
		return found ? found` + property + ` : null; })()`)
}

// quote returns s as a JavaScript string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // a string is always JSON
	}
	return string(b)
}
