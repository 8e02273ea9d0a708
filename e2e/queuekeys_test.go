package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Every key that the queue names does what it says: j and the arrow down go on,
// k and the arrow up go back, both stop at the ends, and Enter opens. The
// keyboard is always on a link that is marked and on the screen, which a screen
// reader reads out as the link that it is; nothing is taken from somebody who
// types, who holds a modifier, who reads outside of the queue, or who switched
// the keys off with the box. Without scripts nothing is said of keys.
func TestKeysOfTheQueue(t *testing.T) {
	prog := Shared(t)
	p := seat(t, prog, "reviewer", View{})
	p.Open("/queue")
	refs := Eval[[]string](p, `[...document.querySelectorAll("[data-queue] tbody tr a:first-of-type")].map((a) => a.closest("tr").querySelector("a")).filter((a, i, all) => all.indexOf(a) === i).map((a) => a.textContent.trim())`)
	if len(refs) < 3 {
		t.Fatalf("the queue has %d lines", len(refs))
	}
	on := func(key, want string) {
		t.Helper()
		f := p.Focus()
		if f.Says != want || f.Tag != "a" || !f.InView || !f.Marked {
			t.Errorf("after %q the keyboard is on %+v, want the link %q", key, f, want)
		}
	}
	last := refs[len(refs)-1]
	for _, step := range []struct{ key, want string }{{"j", refs[0]}, {"j", refs[1]}, {kb.ArrowDown, refs[2]}, {"k", refs[1]}, {kb.ArrowUp, refs[0]}, {"k", refs[0]}} {
		p.Press(step.key)
		on(step.key, step.want)
	}
	for range refs {
		p.Press("j")
	}
	on("j", last)

	stays := func(what, keys string) { p.staysPut(t, what, keys) }
	p.typesInFields(t)
	Eval[bool](p, `document.activeElement.blur() || true`)
	stays("arrows outside of the queue", kb.ArrowDown)
	stays("a capital", "J")

	Eval[bool](p, `document.querySelector("[data-keys-on]").focus() || true`)
	p.Space()
	stays("the keys are off", "j")
	p.Space()
	p.Press("j")
	on("j after the keys are on again", refs[0])
	if got := p.Enter(); got != http.StatusOK || !strings.Contains(p.Path(), "/referrals/") || !strings.Contains(p.Says(), refs[0]) {
		t.Errorf("Enter answers %d and opens %s", got, p.Path())
	}

	off := seat(t, prog, "second_reviewer", View{ScriptsOff: true})
	off.Open("/queue")
	if off.Has("[data-queue]") && strings.Contains(off.Says(), "Keys:") {
		t.Error("without scripts the page promises keys")
	}
}

// staysPut wants keys to move the keyboard nowhere.
func (p *Page) staysPut(t *testing.T, what, keys string) {
	t.Helper()
	before := p.Focus()
	p.Press(keys)
	if now := p.Focus(); now.Tag != before.Tag || now.ID != before.ID {
		t.Errorf("%s: the keyboard went from %+v to %+v", what, before, now)
	}
}

// typesInFields wants what is typed into fields of every kind to stay in them.
func (p *Page) typesInFields(t *testing.T) {
	t.Helper()
	Eval[bool](p, `["input", "textarea", "div"].map((tag, i) => {
		const e = document.createElement(tag);
		e.id = "abc"[i];
		if (tag === "div") { e.contentEditable = "true"; e.tabIndex = 0; }
		document.querySelector("main").prepend(e);
	}).length === 3`)
	for _, id := range []string{"a", "b", "c"} {
		Eval[bool](p, `document.getElementById("`+id+`").focus() || true`)
		p.staysPut(t, "typing", "jk")
		if got := Eval[string](p, `(() => { const e = document.getElementById("`+id+`"); return e.value === undefined ? e.textContent : e.value; })()`); got != "jk" {
			t.Errorf("typed jk into %s, and it holds %q", id, got)
		}
	}
}
