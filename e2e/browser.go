package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browserLimit is how long Chromium may take to start.
const browserLimit = time.Minute

// chromium is the one browser of a test process.
type chromium struct {
	ctx   context.Context
	close func()
}

// shared starts the browser of this process, once.
var shared = sync.OnceValues(func() (*chromium, error) {
	path, err := chromiumPath()
	if err != nil {
		return nil, err
	}
	dir, err := scratch()
	if err != nil {
		return nil, err
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), chromiumFlags(path, filepath.Join(dir, "chromium"))...)
	ctx, stop := chromedp.NewContext(alloc)
	began := make(chan error, 1)
	// The first action binds the life of the browser to its context, so the
	// limit on it cannot be a timeout of that context.
	go func() { began <- chromedp.Do(ctx) }()
	select {
	case err = <-began:
	case <-time.After(browserLimit):
		err = errors.New("no answer in time")
	}
	if err != nil {
		stop()
		stopAlloc()
		return nil, fmt.Errorf("e2e: starting %s: %w", path, err)
	}
	b := &chromium{ctx: ctx, close: func() {
		_ = chromedp.Cancel(ctx)
		stop()
		stopAlloc()
	}}
	launched.Store(b)
	return b, nil
})

// errNoChromium says that no browser was found.
var errNoChromium = errors.New("e2e: no Chromium was found")

// chromiumPath returns the Chromium that CHROMIUM names or the first of the
// usual names on the path.
func chromiumPath() (string, error) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoChromium
}

// chromiumFlags returns how the browser is started: without a window, quiet on
// the network, in a profile of its own.
func chromiumFlags(path, profile string) []chromedp.ExecAllocatorOption {
	flags := append(chromedp.DefaultExecAllocatorOptions[:0:0], chromedp.DefaultExecAllocatorOptions[:]...)
	flags = append(flags,
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		// Nothing but this machine can be reached, whatever a page links to.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
		chromedp.Flag("lang", "en-US"),
		chromedp.Env("TZ=America/New_York", "LANGUAGE=en_US"),
	)
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox) // the sandbox refuses to run as root
	}
	return flags
}

// Window is the size of what a person sees, in CSS pixels.
type Window struct {
	Width, Height int64
	Touch         bool
}

// The windows that every page is looked at in.
var (
	Phone = Window{Width: 360, Height: 740, Touch: true}
	Desk  = Window{Width: 1280, Height: 900}
)

// View is how a person looks at the program. The zero value is a desk with
// scripts on, in light colors.
type View struct {
	Window        Window // zero is Desk
	ScriptsOff    bool
	Dark          bool
	ReducedMotion bool
	Print         bool // the style sheet for paper
}

// media returns the features of the view that style sheets can ask for.
func (v View) media() emulation.SetEmulatedMediaParams {
	p := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: "light"},
	}}
	if v.Dark {
		p.Features[0].Value = "dark"
	}
	if v.ReducedMotion {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"})
	}
	if v.Print {
		p.Media = "print"
	}
	return p
}

// Browser opens a tab with cookies of its own on the running program, as one
// person at one machine. A test that needs two people opens two.
func (p *Program) Browser(t testing.TB, v View) *Page {
	t.Helper()
	page := Browser(t, p.URL, v)
	page.program = p
	return page
}

// Browser opens a tab with cookies of its own; base is put before the paths
// that Open is given. The tab closes with the test, and the test fails when
// the page wrote an error to the console, threw, asked for something that did
// not come, or broke its content security policy.
func Browser(t testing.TB, base string, v View) *Page {
	t.Helper()
	b, err := shared()
	if errors.Is(err, errNoChromium) {
		Missing(t, "Chromium", "scripts/ensure-chromium.sh")
	}
	if err != nil {
		t.Fatal(err)
	}
	page := &Page{t: t, base: base, documents: map[string]bool{}}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(page.hear))
	page.ctx = ctx
	t.Cleanup(func() {
		page.settle()
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("e2e: opening a tab: %v", err)
	}
	page.Look(v)
	return page
}

// Look changes how the person looks at the page from now on: another window,
// scripts on or off. What is on the screen stays; scripts that ran have run.
func (p *Page) Look(v View) {
	p.t.Helper()
	if v.Window == (Window{}) {
		v.Window = Desk
	}
	p.view = v
	p.do("looking at the page",
		v.Window.shown(),
		command(emulation.SetEmulatedMedia, v.media()),
		p.scripts(!v.ScriptsOff),
	)
}

// shown makes the page's window this one.
func (w Window) shown() chromedp.Action[chromedp.Void] {
	var touch []chromedp.EmulateViewportOption
	if w.Touch {
		touch = append(touch, chromedp.EmulateTouch, chromedp.EmulateMobile)
	}
	return chromedp.EmulateViewport(w.Width, w.Height, touch...)
}

// scripts turns the scripts of pages on or off.
func (p *Page) scripts(on bool) chromedp.Action[chromedp.Void] {
	return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// command makes an action of a protocol command whose result does not matter.
func command[P, R any](cmd cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cmd, params)
		return err
	})
}
