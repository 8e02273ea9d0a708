package e2e

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// actionLimit is how long one action on a page may take. Without a limit, an
// action on something that is not there waits for ever.
const actionLimit = 30 * time.Second

// Page is one tab of one person. Its methods fail the test when they cannot do
// what they say, and then tell where the page was and what stood on it. It is
// for one goroutine.
type Page struct {
	t       testing.TB
	ctx     context.Context
	base    string
	program *Program // nil when the page is not one of ours
	view    View

	mu        sync.Mutex
	problems  []problem
	documents map[string]bool // addresses that were navigated to
	wire      int64
}

// run does one action on the page and returns its value.
func run[T any](p *Page, doing string, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionLimit)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.fail(doing, err)
	}
	return v
}

// do does actions on the page, in order.
func (p *Page) do(doing string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	run(p, doing, chromedp.Steps(steps...))
}

// fail ends the test and says where the page was.
func (p *Page) fail(doing string, err error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	at, _ := chromedp.Run(ctx, chromedp.Location())
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText.slice(0, 3000) : ""`))
	if png, shotErr := chromedp.Run(ctx, chromedp.FullScreenshot(100)); shotErr == nil {
		p.keep("failed-"+p.t.Name(), png)
	}
	p.t.Fatalf("e2e: %s: %v\nat %s, where it says:\n%s", doing, err, at, text)
}

// Open goes to an address, or to a path below the base of the page, and returns
// the HTTP status of the answer.
func (p *Page) Open(to string) int {
	p.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = p.base + to
	}
	p.mu.Lock()
	p.wire = 0
	p.mu.Unlock()
	return status(run(p, "opening "+to, chromedp.NavigateResponse(to)))
}

// Follow clicks on what sel finds, waits for the page that this leads to, and
// returns its HTTP status.
func (p *Page) Follow(sel Sel) int {
	p.t.Helper()
	return status(run(p, "following "+string(sel), respond(click(sel))))
}

// respond makes an action of steps that lead to another page; its value is the
// answer that brought that page.
func respond(steps ...chromedp.Action[chromedp.Void]) chromedp.Action[*network.Response] {
	return func(ctx context.Context, _ *chromedp.Target) (*network.Response, error) {
		return chromedp.RunResponse(ctx, steps...)
	}
}

// status returns the status of r, 0 when there was no answer (a jump within
// the page).
func status(r *network.Response) int {
	if r == nil {
		return 0
	}
	return int(r.Status)
}

// history is that of the tab. The browser has none while it goes from one page to
// the next, and is asked again.
func (p *Page) history() page.GetNavigationHistoryResult {
	p.t.Helper()
	for end := time.Now().Add(actionLimit); ; time.Sleep(50 * time.Millisecond) {
		was, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) (page.GetNavigationHistoryResult, error) {
			return cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
		})
		if err == nil {
			return was
		}
		if time.Now().After(end) {
			p.t.Fatalf("e2e: reading the history: %v", err)
		}
	}
}

// Back goes one page back, as the browser's button does. The browser may bring
// the old page back from memory without asking the program, as it does for
// people; so this waits for the address and not for a load.
func (p *Page) Back() {
	p.t.Helper()
	was := p.history()
	if was.CurrentIndex == 0 {
		p.t.Fatal("e2e: there is no page to go back to")
	}
	to := was.CurrentIndex - 1
	p.do("going back", command(page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: was.Entries[to].ID}))
	for end := time.Now().Add(actionLimit); p.history().CurrentIndex != to; {
		if time.Now().After(end) {
			p.t.Fatal("e2e: going back: the browser stays where it is")
		}
		p.do("waiting for the page before", chromedp.Sleep(20*time.Millisecond))
	}
	p.until("waiting for the page before", `document.readyState === "complete"`)
}

// Reload loads the page again.
func (p *Page) Reload() {
	p.t.Helper()
	p.do("loading again", chromedp.Reload())
}

// Click clicks on what sel finds, once it is visible, and waits for nothing.
func (p *Page) Click(sel Sel) {
	p.t.Helper()
	p.do("clicking on "+string(sel), click(sel))
}

// Fill replaces what stands in a text field with text, by typing it.
func (p *Page) Fill(sel Sel, text string) {
	p.t.Helper()
	p.do("filling in "+string(sel),
		chromedp.Clear(sel.path(), chromedp.NodeVisible),
		chromedp.SendKeys(sel.path(), text))
}

// Choose picks the option of a select by its value or by what it says.
func (p *Page) Choose(sel Sel, option string) {
	p.t.Helper()
	p.do("looking for "+string(sel), chromedp.WaitVisible(sel.path()))
	js := `(() => { const s = ` + sel.js() + `, want = ` + quote(option) + `;
		const o = [...s.options].find(o => o.value === want) || [...s.options].find(o => o.text.trim() === want);
		if (!o) return false;
		s.value = o.value;
		s.dispatchEvent(new Event("input", {bubbles: true}));
		s.dispatchEvent(new Event("change", {bubbles: true}));
		return true; })()`
	if !Eval[bool](p, js) {
		p.t.Fatalf("e2e: %s has no option %q", sel, option)
	}
}

// Check makes a checkbox or a radio button hold on, by a click when it does not.
func (p *Page) Check(sel Sel) {
	p.t.Helper()
	p.do("looking for "+string(sel), chromedp.WaitReady(sel.path()))
	for range 3 { // a page that is still being laid out may move it from under the click
		if Eval[bool](p, sel.js()+".checked") {
			return
		}
		p.Click(sel)
	}
	if !Eval[bool](p, sel.js()+".checked") {
		p.t.Fatalf("e2e: %s was clicked and is not checked", sel)
	}
}

// Uncheck makes a checkbox hold off.
func (p *Page) Uncheck(sel Sel) {
	p.t.Helper()
	p.do("looking for "+string(sel), chromedp.WaitReady(sel.path()))
	if Eval[bool](p, sel.js()+".checked") {
		p.Click(sel)
	}
}

// Upload gives files to a file field.
func (p *Page) Upload(sel Sel, paths ...string) {
	p.t.Helper()
	p.do("uploading to "+string(sel), chromedp.SetUploadFiles(sel.path(), paths))
}

// Press types keys (see the package kb of chromedp) where the focus is.
func (p *Page) Press(keys string, options ...chromedp.KeyOption) {
	p.t.Helper()
	p.do("pressing keys", chromedp.KeyEvent(keys, options...))
}

// See waits until the page says text.
func (p *Page) See(text string) {
	p.t.Helper()
	p.until("looking for "+quote(text), `document.body.innerText.includes(`+quote(text)+`)`)
}

// Gone waits until the page does not say text.
func (p *Page) Gone(text string) {
	p.t.Helper()
	p.until("waiting for the end of "+quote(text), `!document.body.innerText.includes(`+quote(text)+`)`)
}

// until waits until the expression is true. It asks from outside, so it works
// with scripts off and on a tab that is not in front.
func (p *Page) until(doing, js string) {
	p.t.Helper()
	p.do(doing, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for {
			if ok, err := chromedp.Evaluate[bool](`!!document.body && `+js)(ctx, t); err == nil && ok {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(25 * time.Millisecond):
			}
		}
	}))
}

// Has says whether the page has something that sel finds, visible or not.
func (p *Page) Has(sel Sel) bool {
	p.t.Helper()
	return Eval[bool](p, `!!(`+sel.js()+`)`)
}

// Count returns how many elements a CSS selector finds.
func (p *Page) Count(css string) int {
	p.t.Helper()
	return Eval[int](p, `document.querySelectorAll(`+quote(css)+`).length`)
}

// Text returns what the element says, as a person sees it.
func (p *Page) Text(sel Sel) string {
	p.t.Helper()
	return strings.TrimSpace(run(p, "reading "+string(sel), chromedp.Text(sel.path(), chromedp.NodeReady)))
}

// Value returns what stands in a field.
func (p *Page) Value(sel Sel) string {
	p.t.Helper()
	return run(p, "reading "+string(sel), chromedp.Value(sel.path(), chromedp.NodeReady))
}

// Says returns all that the page says.
func (p *Page) Says() string {
	p.t.Helper()
	return p.Text("body")
}

// Title returns the title of the page.
func (p *Page) Title() string {
	p.t.Helper()
	return run(p, "reading the title", chromedp.Title())
}

// URL returns the address of the page.
func (p *Page) URL() string {
	p.t.Helper()
	return run(p, "reading the address", chromedp.Location())
}

// Path returns the address without the base.
func (p *Page) Path() string {
	p.t.Helper()
	return strings.TrimPrefix(p.URL(), p.base)
}

// HTML returns the source of the page as it is now.
func (p *Page) HTML() string {
	p.t.Helper()
	return Eval[string](p, `document.documentElement.outerHTML`)
}

// Bytes returns how much came over the wire since the last Open, all parts of
// the page together, compressed as they came.
func (p *Page) Bytes() int64 {
	p.t.Helper()
	p.Title() // what was sent before this answer has been heard
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wire
}

// Eval returns the value of a JavaScript expression in the page. It passes by
// the content security policy and works with scripts off.
func Eval[T any](p *Page, js string) T {
	p.t.Helper()
	return run(p, "evaluating "+js, chromedp.Evaluate[T](js))
}

// Client returns an HTTP client with the cookies that the person has now. It
// follows no redirect. Use it for what a page cannot show, such as a PDF.
func (p *Page) Client() *http.Client {
	p.t.Helper()
	at, err := url.Parse(p.base)
	if err != nil {
		p.t.Fatalf("e2e: %q is no address: %v", p.base, err)
	}
	held := run(p, "reading cookies", func(ctx context.Context, _ *chromedp.Target) (network.GetCookiesResult, error) {
		return chromedp.Call(ctx, network.GetCookies, network.GetCookiesParams{})
	})
	jar, _ := cookiejar.New(nil) // never fails without options
	var cookies []*http.Cookie
	for _, c := range held.Cookies {
		cookies = append(cookies, &http.Cookie{Name: c.Name, Value: c.Value, Path: c.Path})
	}
	jar.SetCookies(at, cookies)
	return &http.Client{Jar: jar, Timeout: actionLimit, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// Shot saves a picture of the whole page as NAME.png into the folder that
// E2E_SHOTS names; without it, it does nothing.
func Shot(t testing.TB, p *Page, name string) {
	t.Helper()
	if os.Getenv("E2E_SHOTS") == "" {
		return
	}
	p.keep(name, run(p, "taking a picture", chromedp.FullScreenshot(100)))
}

// unsafeName is what does not belong into the name of a file.
var unsafeName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// keep writes a picture into the folder of pictures, if there is one.
func (p *Page) keep(name string, png []byte) {
	dir := os.Getenv("E2E_SHOTS")
	if dir == "" {
		return
	}
	path := filepath.Join(dir, unsafeName.ReplaceAllString(name, "-")+".png")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Errorf("e2e: keeping a picture: %v", err)
		return
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		p.t.Errorf("e2e: keeping a picture: %v", err)
	}
}
