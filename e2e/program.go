// Package e2e drives the whole program from outside: a real browser in front,
// the real binary behind, either database below. It starts the demo, signs
// people in, looks at pages, asks the API, and fails a test when a page breaks
// an accessibility rule, the console or the content security policy.
//
// It knows the program by its commands, addresses and pages alone and imports
// no package of it, so that what holds here holds for people and clients too.
package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// How long the parts of a run may take. A build with the race detector on two
// cores is the slowest of them.
const (
	buildLimit = 15 * time.Minute
	startLimit = 2 * time.Minute
	stopLimit  = 20 * time.Second
)

// Settings are how a Program is started. The zero value is a fresh demo on
// embedded SQLite, on a free port, with the clock as it is.
type Settings struct {
	Data     string    // folder of the demo; empty is a fresh one of this test
	Addr     string    // HOST:PORT; empty is a free port of 127.0.0.1
	Now      time.Time // where the program's clock starts; zero is now
	Database string    // a PostgreSQL URL; empty is SQLite in Data
	Args     []string  // further arguments of `demo`
	Env      []string  // further KEY=value pairs of the environment

	binary string // what runs instead of the program, to try the harness itself
}

// User is one person of the demo who can sign in.
type User struct {
	Duty     string `json:"duty"`
	Agency   string `json:"agency"`
	Email    string `json:"email"`
	Password string `json:"password"`
	TOTP     string `json:"totp"`  // the base32 secret or the otpauth URL of the second factor; empty when there is none
	Token    string `json:"token"` // a bearer token of the API
}

// Program is one running `nysreferral demo`.
type Program struct {
	URL   string // where it answers, without a slash at the end
	Users []User
	Data  string // its folder; StartWith on the same folder continues it

	settings Settings
	cmd      *exec.Cmd
	log      *log
	done     chan struct{} // closed when the process has ended
	ended    error         // how it ended; read after done
	asked    bool          // somebody of ours asked it to stop
}

// Start starts a fresh demo for this test and stops it when the test ends.
func Start(t testing.TB) *Program {
	t.Helper()
	return StartWith(t, Settings{})
}

// StartWith starts a demo as s says and stops it when the test ends. The test
// fails when the program does not answer in time, ends by itself, or has a
// data race.
func StartWith(t testing.TB, s Settings) *Program {
	t.Helper()
	if s.Data == "" {
		s.Data = t.TempDir()
	}
	p, err := launch(s, t.TempDir())
	if p != nil {
		t.Cleanup(func() {
			for _, c := range p.close() {
				t.Error(c)
			}
			if t.Failed() {
				t.Logf("the program printed:\n%s", p.log)
			}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Shared returns a demo on SQLite that all tests of a package share, started
// at the first call: for tests that only look, or whose changes disturb nobody.
// Main stops it.
func Shared(t testing.TB) *Program {
	t.Helper()
	p, err := sharedProgram()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sharedProgram starts the demo that a package shares, once.
var sharedProgram = sync.OnceValues(func() (*Program, error) {
	dir, err := scratch()
	if err != nil {
		return nil, err
	}
	p, err := launch(Settings{Data: filepath.Join(dir, "demo")}, dir)
	if p != nil {
		started.Store(p)
	}
	return p, err
})

// launch starts a program and waits until it answers; its ready file lies in
// dir. A program that was started and does not answer is returned with the
// error, to be closed.
func launch(s Settings, dir string) (*Program, error) {
	if s.binary == "" {
		built, err := program()
		if err != nil {
			return nil, err
		}
		s.binary = built
	}
	if s.Addr == "" {
		s.Addr = "127.0.0.1:0"
	}
	ready := filepath.Join(dir, "ready.json")
	p := &Program{Data: s.Data, settings: s, log: &log{}, done: make(chan struct{})}
	p.cmd = exec.Command(s.binary, s.arguments(ready)...)
	p.cmd.Env = append(os.Environ(), s.Env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("e2e: starting %s: %w", s.binary, err)
	}
	go func() {
		p.ended = p.cmd.Wait()
		close(p.done)
	}()
	return p, p.await(ready)
}

// arguments returns the command line of the demo.
func (s Settings) arguments(ready string) []string {
	args := []string{"demo", "--data", s.Data, "--addr", s.Addr, "--ready-file", ready}
	if !s.Now.IsZero() {
		args = append(args, "--now", s.Now.UTC().Format(time.RFC3339))
	}
	if s.Database != "" {
		args = append(args, "--database", s.Database)
	}
	return append(args, s.Args...)
}

// await waits for the ready file and reads it.
func (p *Program) await(ready string) error {
	deadline := time.After(startLimit)
	for {
		if raw, err := os.ReadFile(ready); err == nil && json.Valid(raw) {
			return p.read(raw)
		}
		select {
		case <-p.done:
			p.asked = true // said here, and not again at the end
			return fmt.Errorf("e2e: the program ended before it was ready: %v\n%s", p.ended, p.log)
		case <-deadline:
			return fmt.Errorf("e2e: the program was not ready after %s\n%s", startLimit, p.log)
		case <-time.After(25 * time.Millisecond):
		}
	}
}

// read takes over what the ready file says.
func (p *Program) read(raw []byte) error {
	var ready struct {
		URL   string `json:"url"`
		Users []User `json:"users"`
	}
	if err := json.Unmarshal(raw, &ready); err != nil {
		return fmt.Errorf("e2e: reading the ready file: %w", err)
	}
	u, err := url.Parse(ready.URL)
	if err != nil || u.Hostname() == "" || u.Port() == "0" {
		return fmt.Errorf("e2e: the ready file names %q, which is no address that answers", ready.URL)
	}
	if len(ready.Users) == 0 {
		return errors.New("e2e: the ready file names nobody who can sign in")
	}
	p.URL, p.Users = strings.TrimRight(ready.URL, "/"), ready.Users
	return nil
}

// User returns the first user of duty, of an agency whose name contains each
// of agency when any is given. A demo without such a user fails the test.
func (p *Program) User(t testing.TB, duty string, agency ...string) User {
	t.Helper()
	for _, u := range p.Users {
		if u.Duty == duty && containsAll(u.Agency, agency) {
			return u
		}
	}
	t.Fatalf("e2e: the demo has no %s of an agency with %q in its name", duty, agency)
	return User{}
}

// containsAll says whether s contains each of parts, whatever their case.
func containsAll(s string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(strings.ToLower(s), strings.ToLower(part)) {
			return false
		}
	}
	return true
}

// PID returns the number of the process.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Log returns what the program has printed so far, on both streams.
func (p *Program) Log() string { return p.log.String() }

// Stop asks the program to end, as an operator does, waits until it has, and
// fails the test when it ends with an error.
func (p *Program) Stop(t testing.TB) {
	t.Helper()
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("e2e: the program did not stop well: %v\n%s", err, p.log)
	}
}

// Kill ends the program in the middle of what it does, as a power cut does.
func (p *Program) Kill() { _ = p.end(syscall.SIGKILL) }

// Restart starts a program again that was stopped or killed, on its folder and
// database and with its settings. The clock starts at now, or where it started
// before when now is zero.
func (p *Program) Restart(t testing.TB, now time.Time) *Program {
	t.Helper()
	s := p.settings
	if !now.IsZero() {
		s.Now = now
	}
	return StartWith(t, s)
}

// end sends the signal to the process and waits for its end; after stopLimit
// it kills it.
func (p *Program) end(signal syscall.Signal) error {
	p.asked = true
	select {
	case <-p.done:
		return p.ended
	default:
	}
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("e2e: signaling the program: %w", err)
	}
	select {
	case <-p.done:
		return p.ended
	case <-time.After(stopLimit):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("e2e: the program did not end within %s", stopLimit)
	}
}

// close ends the program, if it runs, and returns what is wrong with how it
// ended and with what it printed.
func (p *Program) close() []string {
	var wrong []string
	select {
	case <-p.done:
		if !p.asked {
			wrong = append(wrong, fmt.Sprintf("e2e: the program ended by itself: %v", p.ended))
		}
	default:
		_ = p.end(syscall.SIGTERM)
	}
	printed := p.log.String()
	if strings.Contains(printed, "WARNING: DATA RACE") {
		wrong = append(wrong, "e2e: the program has a data race")
	}
	if strings.Contains(printed, "\npanic: ") {
		wrong = append(wrong, "e2e: the program panicked")
	}
	return wrong
}

// log keeps what a process prints.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
