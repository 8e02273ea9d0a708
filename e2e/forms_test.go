package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The pages of the form, each thing on one demo without referrals whose clock
// stands at case 7, a provider's.
func TestFormPages(t *testing.T) {
	k := situationOf(t, 7)
	prog := StartWith(t, Settings{Now: k.Now, Args: []string{"--empty"}})
	for name, test := range map[string]func(*testing.T, *Program, answers){
		"scripts off: a referral is written and sent": sentWithoutScripts,
		"scripts off: every question is there":        everyQuestion,
		"scripts off: rows are added and removed":     rowsWithoutScripts,
		"scripts on: what does not apply is hidden":   hiddenUntilAsked,
		"a broken answer":                             brokenAnswer,
	} {
		t.Run(name, func(t *testing.T) { test(t, prog, k.byName()) })
	}
}

// draft begins a draft and returns its path.
func draft(p *Page) string {
	p.t.Helper()
	p.Open("/referrals")
	p.Follow(Button("New referral"))
	return p.Path()
}

// Without scripts a whole referral can be written, checked and sent from a
// phone.
func sentWithoutScripts(t *testing.T, prog *Program, a answers) {
	r := newRoad(t, prog)
	r.seats["case_manager"] = seat(t, prog, "case_manager", View{Window: Phone, ScriptsOff: true})
	p := r.write("case_manager", a)
	r.send(p, "due by")
	Fits(t, p)
	Axe(t, p)
}

// question is what the description of the form says of one question.
type question struct {
	Section string `json:"x-section"`
	When    string `json:"x-when"`
	Ours    bool   `json:"readOnly"` // filled in by the account
}

// Without scripts every question that is not tied to another stands on the page
// of its section, and each that is tied stands there too, to be seen and with
// its condition in no need of a script.
func everyQuestion(t *testing.T, prog *Program, _ answers) {
	p := seat(t, prog, "case_manager", View{Window: Phone, ScriptsOff: true})
	at := draft(p)
	var form struct {
		Properties map[string]question `json:"properties"`
	}
	NewClient(t, prog.URL+apiBase, person(t, prog, "case_manager").Token).GET("/form", http.StatusOK, &form)
	tied, found := 0, 0
	for _, section := range Eval[[]string](p, `[...document.querySelectorAll(".tasks a")].map(a => a.pathname)`) {
		p.Open(section)
		names := Eval[[]string](p, `[...document.querySelector("form.form").elements].filter(e => e.checkVisibility()).map(e => e.name)`)
		letter := section[strings.LastIndex(section, "/")+1:]
		for name, q := range form.Properties {
			if q.Section != letter || q.When != "" || q.Ours {
				continue
			}
			found++
			if !slices.ContainsFunc(names, func(s string) bool { return s == name || strings.HasPrefix(s, name+".") }) {
				t.Errorf("%s does not ask %s", section, name)
			}
		}
		tied += p.Count("[data-when]")
		if n := Eval[int](p, `[...document.querySelectorAll("[data-when]")].filter(e => !e.checkVisibility()).length`); n > 0 {
			t.Errorf("%s hides %d questions although no script can show them", section, n)
		}
		Fits(t, p)
	}
	if found < 50 || tied < 20 {
		t.Errorf("of %s only %d questions and %d tied ones were looked for", at, found, tied)
	}
}

// Without scripts a row is added by a button and taken away by a tick.
func rowsWithoutScripts(t *testing.T, prog *Program, _ answers) {
	p := seat(t, prog, "case_manager", View{ScriptsOff: true})
	section := draft(p) + "/sections/C"
	p.Open(section)
	p.Fill(Field("otherNames.0.name"), "First Example")
	p.Follow(Field("_add", "otherNames"))
	if got := p.Value(Field("otherNames.0.name")); got != "First Example" {
		t.Errorf("after adding a row the first says %q", got)
	}
	p.Fill(Field("otherNames.1.name"), "Second Example")
	p.Check(Field("_remove", "otherNames.0"))
	p.Follow(Button("Save and continue"))
	p.Open(section)
	if got := p.Value(Field("otherNames.0.name")); got != "Second Example" {
		t.Errorf("after removing the first row the first says %q", got)
	}
	if strings.Contains(p.HTML(), "First Example") {
		t.Error("the removed row is still there")
	}
}

// With scripts a question that does not apply is hidden, appears right when its
// cause is answered, and goes again.
func hiddenUntilAsked(t *testing.T, prog *Program, _ answers) {
	p := seat(t, prog, "case_manager", View{})
	at := draft(p)
	for _, c := range []struct{ section, asked, cause, shows, hides string }{
		{"D", "reachName", "reach", "through_other_advocate", "directly"},
		{"C", "dependentsNumber", "dependents", "yes", "no"},
		{"B", "mayReceive", "consented", "yes_verbal", "no"},
		{"B", "consentDocument", "consented", "yes_written", "yes_verbal"},
	} {
		p.Open(at + "/sections/" + c.section)
		there := func() bool { return Eval[bool](p, Field(c.asked).js()+`.checkVisibility()`) }
		if there() {
			t.Errorf("%s is asked before %s is answered", c.asked, c.cause)
		}
		p.Check(Field(c.cause, c.shows))
		if !there() {
			t.Errorf("%s is not asked when %s is %s", c.asked, c.cause, c.shows)
		}
		p.Check(Field(c.cause, c.hides))
		if there() {
			t.Errorf("%s is asked when %s is %s", c.asked, c.cause, c.hides)
		}
	}
}

// A date that is none brings the page back with 422, its title begins with
// Error, the summary has the focus and leads to the field, and all that was
// typed is still there.
func brokenAnswer(t *testing.T, prog *Program, _ answers) {
	for name, off := range map[string]bool{"scripts on": false, "scripts off": true} {
		t.Run(name, func(t *testing.T) {
			p := seat(t, prog, "case_manager", View{Window: Phone, ScriptsOff: off, ReducedMotion: true})
			p.Open(draft(p) + "/sections/A")
			p.Fill(Field("referrerTitle"), "Title <b> & more")
			p.Fill(Field("firstEncounter.month"), "13")
			p.Fill(Field("firstEncounter.day"), "7")
			p.Fill(Field("firstEncounter.year"), "19x4")
			p.Choose(Field("countyFound"), "monroe")
			p.Check(Field("referredBefore", "yes"))
			if got := p.Follow(Button("Save and continue")); got != http.StatusUnprocessableEntity {
				t.Fatalf("a broken date answers %d", got)
			}
			if title := p.Title(); !strings.HasPrefix(title, "Error: ") {
				t.Errorf("the title is %q", title)
			}
			if !off && !Eval[bool](p, `document.activeElement.matches("[data-problems]")`) {
				t.Error("the summary has not the focus")
			}
			Axe(t, p)
			Fits(t, p)
			for field, text := range map[string]string{"referrerTitle": "Title <b> & more", "firstEncounter.month": "13", "firstEncounter.day": "7", "firstEncounter.year": "19x4", "countyFound": "monroe"} {
				if got := p.Value(Field(field)); got != text {
					t.Errorf("%s says %q, and %q was typed", field, got, text)
				}
			}
			if !Eval[bool](p, Field("referredBefore", "yes").js()+".checked") {
				t.Error("the radio button is not chosen any more")
			}
			p.Click(`[data-problems] a`)
			if off {
				p.Press(kb.Tab) // a jump within the page puts the next stop there
			}
			if got := p.stop(); got.Name != "firstEncounter" {
				t.Errorf("the summary leads to %+v", got)
			}
		})
	}
}
