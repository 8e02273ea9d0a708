package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

var errNoChromium = errors.New("no Chromium was found")

// chromium is one warm browser, spoken to over a pipe in its own protocol:
// JSON, each message ended by a zero byte.
type chromium struct {
	path    string // of the program
	dir     string
	page    string // file that is printed
	out     *os.File
	in      *bufio.Reader
	session string
	n       int
	pages   int // of the last paper
	bytes   int
}

// message is a command, an answer or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Params  map[string]any  `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// chromium starts a browser with one empty tab.
func (r *run) chromium() (*chromium, error) {
	path, err := chromiumPath()
	if err != nil {
		return nil, err
	}
	b := &chromium{path: path, dir: r.dir}
	if b.page, err = r.website(bigView()); err != nil {
		return nil, err
	}
	theirIn, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting Chromium: %w", err)
	}
	in, theirOut, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting Chromium: %w", err)
	}
	b.out, b.in = out, bufio.NewReaderSize(in, 1<<20)
	cmd := exec.CommandContext(r.ctx, path, b.flags("warm", "--remote-debugging-pipe", "about:blank")...)
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4, as Chromium wants them
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting Chromium: %w", err)
	}
	_, _ = theirIn.Close(), theirOut.Close()
	r.later(func() error {
		_, _ = b.do("Browser.close", nil)
		_ = cmd.Wait()
		return errors.Join(out.Close(), in.Close())
	})
	return b, b.tab()
}

// chromiumPath is the browser that CHROMIUM names or the first on the path.
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

func (b *chromium) flags(profile string, more ...string) []string {
	all := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-sync",
		"--user-data-dir=" + filepath.Join(b.dir, "chromium-"+profile)}
	if os.Geteuid() == 0 {
		all = append(all, "--no-sandbox") // the sandbox refuses to run as root
	}
	return append(all, more...)
}

// tab opens the tab that prints.
func (b *chromium) tab() error {
	var made struct{ TargetID string }
	if err := b.ask("Target.createTarget", map[string]any{"url": "about:blank"}, &made); err != nil {
		return err
	}
	var joined struct{ SessionID string }
	if err := b.ask("Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &joined); err != nil {
		return err
	}
	b.session = joined.SessionID
	_, err := b.do("Page.enable", nil)
	return err
}

// paper loads the page and prints it, and returns how long each took.
func (b *chromium) paper() (loading, printing time.Duration, err error) {
	began := time.Now()
	if _, err := b.do("Page.navigate", map[string]any{"url": "file://" + b.page}); err != nil {
		return 0, 0, err
	}
	if err := b.await("Page.loadEventFired"); err != nil {
		return 0, 0, err
	}
	_, err = b.do("Runtime.evaluate", map[string]any{"expression": "document.fonts.ready.then(() => 1)", "awaitPromise": true})
	if err != nil {
		return 0, 0, err
	}
	loaded := time.Now()
	var printed struct{ Data string }
	if err := b.ask("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "generateTaggedPDF": true}, &printed); err != nil {
		return 0, 0, err
	}
	loading, printing = loaded.Sub(began), time.Since(loaded)
	file, err := base64.StdEncoding.DecodeString(printed.Data)
	if err != nil {
		return 0, 0, fmt.Errorf("reading Chromium's paper: %w", err)
	}
	b.pages, b.bytes = pagesIn(file), len(file)
	if b.pages < 5 {
		return 0, 0, fmt.Errorf("bench: Chromium printed %d pages", b.pages)
	}
	return loading, printing, nil
}

// ask is do with the result read into out.
func (b *chromium) ask(method string, params map[string]any, out any) error {
	raw, err := b.do(method, params)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("reading Chromium's answer to %s: %w", method, err)
	}
	return nil
}

// do sends a command and returns its result; events before it are passed over.
func (b *chromium) do(method string, params map[string]any) (json.RawMessage, error) {
	b.n++
	text, err := json.Marshal(message{ID: b.n, Method: method, Session: b.session, Params: params})
	if err != nil {
		return nil, fmt.Errorf("asking Chromium: %w", err)
	}
	if _, err := b.out.Write(append(text, 0)); err != nil {
		return nil, fmt.Errorf("asking Chromium: %w", err)
	}
	for {
		m, err := b.next()
		if err != nil {
			return nil, err
		}
		if m.ID == b.n && m.Error != nil {
			return nil, fmt.Errorf("bench: Chromium refuses %s: %s", method, m.Error)
		}
		if m.ID == b.n {
			return m.Result, nil
		}
	}
}

// await reads until the event of that name.
func (b *chromium) await(event string) error {
	for {
		if m, err := b.next(); err != nil || m.Method == event {
			return err
		}
	}
}

func (b *chromium) next() (message, error) {
	text, err := b.in.ReadBytes(0)
	if err != nil {
		return message{}, fmt.Errorf("listening to Chromium: %w", err)
	}
	var m message
	if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
		return message{}, fmt.Errorf("listening to Chromium: %w", err)
	}
	return m, nil
}

// printedAlone starts a Chromium that prints the page to a file and ends.
func (r *run) printedAlone(b *chromium) (took, spent time.Duration, err error) {
	file := filepath.Join(b.dir, "cold.pdf")
	before, began := cpu(syscall.RUSAGE_CHILDREN), time.Now()
	cmd := exec.CommandContext(r.ctx, b.path, b.flags("cold", "--no-pdf-header-footer", "--print-to-pdf="+file, "file://"+b.page)...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("printing with a new Chromium: %w: %s", err, text)
	}
	took, spent = time.Since(began), cpu(syscall.RUSAGE_CHILDREN)-before
	raw, err := os.ReadFile(file)
	if err != nil || pagesIn(raw) < 5 {
		return 0, 0, fmt.Errorf("a new Chromium printed %d pages: %w", pagesIn(raw), err)
	}
	return took, spent, nil
}
