package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// strictPolicy is a policy as the program's own: only from itself.
const strictPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; require-trusted-types-for 'script'"

// toy serves pages by their path, under the strict policy.
func toy(t *testing.T, pages map[string]string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", strictPolicy)
		body, ok := pages[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = sheet("Nothing is here", "")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
		}
		_, _ = fmt.Fprint(w, body)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

// sheet returns a page without faults but those of its content.
func sheet(title, content string) string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
		`<title>` + title + `</title><link rel="icon" href="/icon.png"></head><body><main><h1>` + title + `</h1>` + content + `</main></body></html>`
}

// want fails the test unless a line of what was found contains each of parts.
func want(t *testing.T, found []string, parts ...string) {
	t.Helper()
	for _, line := range found {
		if containsAll(line, parts) {
			return
		}
	}
	t.Errorf("nothing with %q is found among %q", parts, found)
}

// The accessibility rules find a planted picture without words and a planted
// field without a label, with scripts on and off.
func TestAxeFindsPlantedFaults(t *testing.T) {
	url := toy(t, map[string]string{
		"/":         sheet("Planted", `<img src="/icon.png" width="40" height="40"><form><input name="a"></form>`),
		"/icon.png": "",
	})
	for name, v := range map[string]View{"scripts on": {}, "scripts off": {ScriptsOff: true, Window: Phone}} {
		t.Run(name, func(t *testing.T) {
			p := Browser(t, url, v)
			p.Open("/")
			var ids []string
			for _, found := range Violations(t, p) {
				ids = append(ids, found.ID+" "+found.String())
			}
			want(t, ids, "image-alt", "src=\"/icon.png\"")
			want(t, ids, "label", "name=\"a\"")
		})
	}
}

// A page without faults passes the accessibility rules in every view.
func TestAxePassesGoodPage(t *testing.T) {
	url := toy(t, map[string]string{
		"/": sheet("Good", `<p>All is well.</p><form><p><label for="a">A</label> <input id="a" name="a"></p><button>Send</button></form>`), "/icon.png": "",
	})
	for _, v := range []View{{}, {Window: Phone}, {ScriptsOff: true}, {Dark: true, ReducedMotion: true}, {Print: true}} {
		p := Browser(t, url, v)
		if status := p.Open("/"); status != http.StatusOK {
			t.Errorf("the page answers %d", status)
		}
		Axe(t, p)
		Fits(t, p)
	}
}

// Breaking the content security policy is found: an inline style, an inline
// script and an inline handler are refused by the browser, and that is heard.
func TestPolicyBreachIsFound(t *testing.T) {
	for name, content := range map[string]string{
		"style":   `<p style="color:red">x</p>`,
		"script":  `<script>document.title = "run"</script>`,
		"handler": `<button onclick="document.title = 'run'">x</button>`,
		"image":   `<img alt="x" src="http://127.0.0.1:1/x.png">`,
	} {
		t.Run(name, func(t *testing.T) {
			p := Browser(t, toy(t, map[string]string{"/": sheet("Planted", content), "/icon.png": ""}), View{})
			p.Open("/")
			if name == "handler" {
				p.Click("button")
			}
			want(t, p.Problems(), "policy", "Content Security Policy")
			if p.Title() != "Planted" {
				t.Error("the policy did not hold")
			}
		})
	}
}

// An error on the console, an exception and a part that does not come are
// found; the status of the page that was asked for is none of these.
func TestConsoleErrorsAreFound(t *testing.T) {
	url := toy(t, map[string]string{
		"/":         sheet("Planted", `<script src="/bad.js"></script><script src="/absent.js"></script>`),
		"/bad.js":   `console.error("planted words"); setTimeout(() => { throw new Error("planted throw") }, 0);`,
		"/icon.png": "",
	})
	p := Browser(t, url, View{})
	p.Open("/")
	time.Sleep(100 * time.Millisecond)
	found := p.Problems()
	want(t, found, "console", "planted words")
	want(t, found, "exception", "planted throw")
	want(t, found, "absent.js")
	if status := p.Open("/nowhere"); status != http.StatusNotFound {
		t.Errorf("a page that is absent answers %d", status)
	}
	if left := p.Problems(); len(left) > 0 {
		t.Errorf("a page that is absent counts as a problem: %q", left)
	}
}

// With scripts off no script of the page runs and forms work; with scripts on
// they run.
func TestScriptsOff(t *testing.T) {
	url := toy(t, map[string]string{
		"/":         sheet("Before", `<script src="/run.js"></script><form action="/sent"><label>Name <input name="n"></label><button>Send it</button></form>`),
		"/run.js":   `document.title = "After"`,
		"/sent":     sheet("Sent", ""),
		"/icon.png": "",
	})
	for off, title := range map[bool]string{true: "Before", false: "After"} {
		p := Browser(t, url, View{ScriptsOff: off})
		p.Open("/")
		if got := p.Title(); got != title {
			t.Errorf("scripts off %t: the title is %q", off, got)
		}
		p.Fill(Label("Name"), "A & B")
		if status := p.Follow(Button("Send it")); status != http.StatusOK {
			t.Errorf("the form leads to %d", status)
		}
		p.See("Sent")
		if got := p.Path(); got != "/sent?n=A+%26+B" {
			t.Errorf("the form leads to %q", got)
		}
	}
}

// Fields are found by their labels and filled as a person does it, by keyboard
// too; what is wider than the window or smaller than a thumb is found.
func TestControls(t *testing.T) {
	url := toy(t, map[string]string{
		"/": sheet("Controls", `<form action="/sent"><label for="t">Words</label> <textarea id="t" name="t">old</textarea>
			<label for="s">County</label> <select id="s" name="s"><option value="">Choose</option><option value="kings">Kings</option></select>
			<fieldset><legend>One</legend><label><input type="radio" name="r" value="a"> A</label> <label><input type="radio" name="r" value="b"> B</label></fieldset>
			<label><input type="checkbox" name="c" value="1"> Sure</label> <button>Send</button></form>`),
		"/sent": sheet("Sent", ""), "/icon.png": "",
	})
	p := Browser(t, url, View{Window: Phone})
	p.Open("/")
	p.Fill(Label("Words"), "new")
	p.Choose(Label("County"), "Kings")
	p.Check(Field("r", "b"))
	p.Check(Label("Sure"))
	p.Uncheck(Label("Sure"))
	p.TabTo(Button("Send"))
	if status := p.Enter(); status != http.StatusOK {
		t.Errorf("the form leads to %d", status)
	}
	if got := p.Path(); got != "/sent?t=new&s=kings&r=b" {
		t.Errorf("the form sends %q", got)
	}
	p.Back()
	p.See("Words")
	if p.Has("#nothing") || !p.Has("#t") || p.Count("input") != 3 {
		t.Error("what is there is not counted right")
	}
}

// A page that is too wide for a phone and a control too small for a thumb fail
// the test that looks for them.
func TestLayoutFaultsAreFound(t *testing.T) {
	url := toy(t, map[string]string{
		"/": sheet("Wide", `<table><tr><td>`+strings.Repeat("wide&nbsp;", 90)+`</td></tr></table><button>x</button>`), "/icon.png": "",
	})
	p := Browser(t, url, View{Window: Phone})
	p.Open("/")
	for name, look := range map[string]func(testing.TB){
		"wide":  func(tb testing.TB) { Fits(tb, p) },
		"small": func(tb testing.TB) { Targets(tb, p, 44) },
	} {
		heard := &ear{TB: t}
		look(heard)
		if len(heard.said) == 0 {
			t.Errorf("a page with a planted fault (%s) passes", name)
		}
	}
}

// A picture of a page lands in the folder of pictures, and nowhere without one.
func TestShot(t *testing.T) {
	url := toy(t, map[string]string{"/": sheet("Picture", ""), "/icon.png": ""})
	dir := t.TempDir()
	t.Setenv("E2E_SHOTS", dir)
	p := Browser(t, url, View{Window: Phone})
	p.Open("/")
	Shot(t, p, "a page/with odd name")
	raw, err := os.ReadFile(dir + "/a-page-with-odd-name.png")
	if err != nil || !strings.HasPrefix(string(raw), "\x89PNG") {
		t.Errorf("no picture: %v", err)
	}
	if p.Bytes() == 0 {
		t.Error("the page weighs nothing")
	}
}

// Two pages of one test share no cookie.
func TestPagesAreApart(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("who")
		if err != nil {
			c = &http.Cookie{Value: "nobody"}
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "somebody"})
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, sheet(c.Value, ""))
	}))
	t.Cleanup(srv.Close) // after the browsers, which may ask for an icon until they end
	a := Browser(t, srv.URL, View{})
	a.Open("/")
	a.Reload()
	a.See("somebody")
	b := Browser(t, srv.URL, View{})
	b.Open("/")
	b.See("nobody")
	res, err := a.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if len(res.Cookies()) != 0 {
		t.Error("the client of a page has not its cookies")
	}
}
