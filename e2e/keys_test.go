package e2e

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/chromedp/kb"
)

// stop is the control that the keyboard is on.
type stop struct {
	Name    string `json:"name"` // of the question; of a date without its part
	Part    string `json:"part"` // of a date: year, month, day, unknown
	Type    string `json:"type"` // radio, checkbox, text, select-one, textarea, submit, …
	Value   string `json:"value"`
	Says    string `json:"says"`
	Checked bool   `json:"checked"`
	List    bool   `json:"list"` // has proposals
	Seen    bool   `json:"seen"` // is on the screen and marked
}

const stopJS = `(() => {
	const e = document.activeElement || document.body, r = e.getBoundingClientRect(), s = getComputedStyle(e), box = e.closest("[data-date]");
	const name = box ? box.dataset.date : e.name || "";
	return {name, part: box ? e.name.slice(name.length + 1) : "", type: e.type || "", value: e.value === undefined ? "" : String(e.value),
		says: e.textContent.replace(/\s+/g, " ").trim().slice(0, 80), checked: !!e.checked, list: !!e.list,
		seen: r.bottom > 0 && r.top < innerHeight && ((s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none")}; })()`

// stop returns the control that the keyboard is on.
func (p *Page) stop() stop {
	p.t.Helper()
	return Eval[stop](p, stopJS)
}

// typist answers pages by the keyboard alone.
type typist struct {
	*Page
	answers answers
	filled  []string
	count   map[string]int // texts of one name that were passed
}

// section answers a section and goes on: from stop to stop with Tab, choosing
// with Space and arrows, and Enter on the button at the end.
func (k *typist) section() {
	k.t.Helper()
	k.count = map[string]int{}
	for range 400 {
		k.Press(kb.Tab)
		s := k.stop()
		if !s.Seen {
			k.t.Errorf("%s: the keyboard is on %+v, and nobody can see that", k.Path(), s)
		}
		if s.Type == "submit" && s.Says == "Save and continue" {
			here := k.Path()
			if got := k.Enter(); got != http.StatusOK {
				k.t.Fatalf("%s answers %d:\n%s", here, got, k.Text(".problems"))
			}
			return
		}
		k.answer(s)
	}
	k.t.Fatalf("%s: the keyboard does not come to the end", k.Path())
}

// answer answers the question that the keyboard is on, if it is to be answered.
func (k *typist) answer(s stop) {
	k.t.Helper()
	said := k.answers[s.Name]
	if len(said) == 0 {
		return
	}
	if !slices.Contains(k.filled, s.Name) {
		k.filled = append(k.filled, s.Name)
	}
	switch {
	case s.Part != "":
		k.datePart(s, said[0])
	case s.Type == "radio":
		k.choose(s, said[0])
	case s.Type == "checkbox":
		if slices.Contains(said, s.Value) != s.Checked {
			k.Space()
		}
	case s.Type == "select-one":
		// A list that opens is searched by typing.
		k.Press(Eval[string](k.Page, `[...document.activeElement.options].find(o => o.value === `+quote(said[0])+`).text`))
		k.holds(said[0])
	case s.Type == "text" || s.Type == "textarea" || s.Type == "email" || s.Type == "tel":
		i := k.count[s.Name]
		k.count[s.Name]++
		if i < len(said) {
			k.text(s, said[i])
		}
	}
}

// datePart types one of the three boxes.
func (k *typist) datePart(s stop, date string) {
	k.t.Helper()
	parts := strings.Split(date, "-")
	i := slices.Index([]string{"year", "month", "day"}, s.Part)
	if i < 0 || i >= len(parts) || date == "unknown" {
		return
	}
	n, err := strconv.Atoi(parts[i])
	if err != nil {
		k.t.Fatalf("%s: %q is no date", s.Name, date)
	}
	k.text(s, strconv.Itoa(n))
}

// choose picks a radio button: Space takes the first one, arrows go on.
func (k *typist) choose(s stop, code string) {
	k.t.Helper()
	k.Space()
	for range 80 {
		if s.Value == code {
			break
		}
		k.Press(kb.ArrowDown)
		s = k.stop()
	}
	if !s.Checked && !k.stop().Checked {
		k.t.Errorf("%s: the keyboard cannot choose %s of %s", k.Path(), code, s.Name)
	}
	k.holds(code)
}

// text types into a text. What stood there was marked by coming in with Tab, so
// that typing replaces it.
func (k *typist) text(s stop, words string) {
	k.t.Helper()
	if s.List && typedAs[words] != "" {
		words = typedAs[words]
	}
	if s.Value != words {
		k.Press(words)
	}
	k.holds(words)
}

// holds wants the control that the keyboard is on to have this value.
func (k *typist) holds(value string) {
	k.t.Helper()
	if got := k.stop(); got.Value != value {
		k.t.Errorf("%s: %s holds %q, want %q", k.Path(), got.Name, got.Value, value)
	}
}

// signIn signs in by the keyboard.
func (k *typist) signIn(u User) {
	k.t.Helper()
	k.Open(signInPath)
	k.TabTo(nameField)
	k.Press(u.Email)
	k.TabTo(passwordField)
	k.Press(u.Password)
	k.Enter()
	if !k.Has(signOutForm) {
		k.t.Fatalf("not signed in; the page says:\n%s", k.Says())
	}
}

// press goes to what sel finds and presses Enter there.
func (k *typist) press(sel Sel) {
	k.t.Helper()
	k.TabTo(sel)
	if got := k.Enter(); got != http.StatusOK {
		k.t.Fatalf("%s answers %d:\n%s", k.Path(), got, k.Says())
	}
}
