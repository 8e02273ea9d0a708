package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// situation is one of the cases that the program's own tests read too.
type situation struct {
	Now     time.Time      `json:"now"`
	Answers map[string]any `json:"answers"`
}

// situationOf reads case n.
func situationOf(t testing.TB, n int) situation {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(root, "cases", "files", fmt.Sprintf("%d.json", n)))
	if err != nil {
		t.Fatal(err)
	}
	var s situation
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatalf("case %d: %v", n, err)
	}
	return s
}

// answers are what is to be typed, by the names of the inputs; the whole date
// stands under the name of its question.
type answers map[string][]string

// byName returns the answers of a case by the names of the inputs.
func (s situation) byName() answers {
	out := answers{}
	for name, v := range s.Answers {
		out.add(name, v)
	}
	return out
}

// add spreads one answer: a group and each row of a list under names of their
// own.
func (a answers) add(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for sub, one := range v {
			a.add(name+"."+sub, one)
		}
	case []any:
		for i, one := range v {
			if _, row := one.(map[string]any); row {
				a.add(fmt.Sprintf("%s.%d", name, i), one)
				continue
			}
			a.add(name, one)
		}
	case bool:
		if v {
			a[name] = append(a[name], "yes")
		}
	default:
		a[name] = append(a[name], fmt.Sprint(v))
	}
}

// names returns the names, in order.
func (a answers) names() []string { return slices.Sorted(maps.Keys(a)) }

// typedAs are the words that a person types for the codes of the long lists.
var typedAs = map[string]string{
	"CN": "China", "US": "United States", "english": "English", "spanish": "Spanish",
	"chinese_fuzhounese": "Chinese (Fuzhounese)", "chinese_simplified": "Chinese (simplified)",
}

// typing is what a filler says of a page.
type typing struct {
	Filled []string `json:"filled"` // names that were answered here
	Hidden []string `json:"hidden"` // names that were to be answered and are hidden
	Unfit  []string `json:"unfit"`  // answers that the page does not offer
}

// fillJS answers the questions of the page's form in their order, each by the
// events that a person's hand makes, so that what depends on an answer appears
// before it is answered.
const fillJS = `((answers, spoken) => {
	const out = {filled: [], hidden: [], unfit: []}, at = {};
	const note = (list, name) => { if (!list.includes(name)) list.push(name); };
	for (const e of [...document.querySelector("form.form").elements]) {
		const box = e.closest("[data-date]");
		const name = box ? box.dataset.date : e.name, want = answers[name];
		if (!want || !name) continue;
		if (!e.checkVisibility()) { note(out.hidden, name); continue; }
		note(out.filled, name);
		if (box) {
			const part = e.name.slice(name.length + 1), [year, month, day] = want[0].split("-");
			const text = {year, month: month && String(+month), day: day && String(+day)}[part];
			if (part === "unknown") { if ((want[0] === "unknown") !== e.checked) e.click(); continue; }
			if (want[0] === "unknown" || text === undefined) continue;
			e.value = text;
		} else if (e.type === "radio" || e.type === "checkbox") {
			if (want.includes(e.value) && !e.checked) e.click();
			continue;
		} else {
			const i = at[name] = (at[name] ?? -1) + 1;
			if (want[i] === undefined) continue;
			e.value = e.list ? spoken[want[i]] || want[i] : want[i];
			if (e.list && ![...e.list.options].some(o => o.value === e.value)) note(out.unfit, name + "=" + e.value);
		}
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		if (e.value === "") note(out.unfit, name + "=" + want.join());
	}
	for (const name of out.filled) {
		const boxes = [...document.getElementsByName(name)].filter(e => e.type === "radio" || e.type === "checkbox");
		if (boxes.length) for (const w of answers[name]) if (!boxes.some(e => e.checked && e.value === w)) note(out.unfit, name + "=" + w);
	}
	return out; })`

// fill answers on the page whatever of a it asks, and returns what it asked.
func fill(t testing.TB, p *Page, a answers) []string {
	t.Helper()
	in, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	words, err := json.Marshal(typedAs)
	if err != nil {
		t.Fatal(err)
	}
	got := Eval[typing](p, fillJS+`(`+string(in)+`,`+string(words)+`)`)
	for _, name := range got.Hidden {
		if !slices.Contains(got.Filled, name) {
			t.Errorf("%s: %s is to be answered and is hidden", p.Path(), name)
		}
	}
	for _, one := range got.Unfit {
		t.Errorf("%s: the page does not take %s", p.Path(), one)
	}
	return got.Filled
}

// asked fails the test for each answer that no page asked for.
func (a answers) asked(t testing.TB, filled []string) {
	t.Helper()
	for _, name := range a.names() {
		if !slices.Contains(filled, name) {
			t.Errorf("no page asked for %s", name)
		}
	}
}

// person returns the demo's user of that key, the part before the @.
func person(t testing.TB, p *Program, key string) User {
	t.Helper()
	for _, u := range p.Users {
		if strings.HasPrefix(u.Email, key+"@") {
			return u
		}
	}
	t.Fatalf("the demo has nobody called %s", key)
	return User{}
}

// seat opens a tab in which the demo's user of that key is signed in.
func seat(t testing.TB, p *Program, key string, v View) *Page {
	t.Helper()
	page := p.Browser(t, v)
	page.SignInAs(person(t, p, key))
	return page
}
