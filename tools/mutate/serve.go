package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// server is the beginning of a test program that is asked again and again:
// setting up databases takes longer than most tests. It reads the number of a
// fault and the tests from its third file and answers on its fourth.
const server = `
import (
	faultbufio "bufio"
	faultflag "flag"
	faultfmt "fmt"
	faultos "os"
	faultsyscall "syscall"
	faulttesting "testing"
)

func TestMain(m *faulttesting.M) {
	faultflag.Parse()
	if quiet := faultflag.Lookup("rapid.nofailfile"); quiet != nil {
		_ = quiet.Value.Set("true")
	}
	if faultos.Getenv("FAULT_SERVES") == "" {
		faultos.Exit(m.Run())
	}
	_ = faultos.Unsetenv("FAULT_SERVES") // what a test starts does not serve: it would take a file of its own for ours
	faultsyscall.CloseOnExec(3)
	faultsyscall.CloseOnExec(4)
	asked, answers := faultbufio.NewScanner(faultos.NewFile(3, "asked")), faultos.NewFile(4, "answers")
	for asked.Scan() {
		var real int64
		var tests string
		_, _ = faultfmt.Sscan(asked.Text(), &real, &tests)
		_ = faultflag.Set("test.run", tests)
		for i := range faultSeen {
			faultSeen[i].Store(false)
		}
		faultReal.Store(real)
		_ = faultos.Setenv("FAULT_REAL", faultfmt.Sprint(real)) // what a test starts with this environment has the fault too
		code := m.Run()
		faultReal.Store(0)
		_, _ = faultfmt.Fprintln(answers, code)
	}
}
`

// served is a test program that is asked again and again.
type served struct {
	cmd     *exec.Cmd
	ask     *os.File
	said    *os.File // what it prints
	answers chan string
	fresh   bool // nothing was asked yet
}

// serve starts the program of a suite, which writes what it comes by into a file
// that is named.
func (h *hunt) serve(s *suite, reached string) (*served, error) {
	askRead, ask, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	answer, answerWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, ask.Close(), askRead.Close())
	}
	said, err := os.CreateTemp(h.work, "said.")
	if err != nil {
		return nil, errors.Join(err, ask.Close(), askRead.Close(), answer.Close(), answerWrite.Close())
	}
	cmd := exec.Command(s.program, "-test.v")
	cmd.Dir, cmd.Env = s.dir, append(h.environment(0, reached), "FAULT_SERVES=1")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = said, said, []*os.File{askRead, answerWrite}
	err = errors.Join(cmd.Start(), askRead.Close(), answerWrite.Close())
	if err != nil {
		return nil, errors.Join(err, ask.Close(), answer.Close(), said.Close())
	}
	p := &served{cmd: cmd, ask: ask, said: said, answers: make(chan string, 1), fresh: true}
	go func() {
		defer close(p.answers)
		defer func() { _ = answer.Close() }()
		for lines := bufio.NewScanner(answer); lines.Scan(); {
			p.answers <- lines.Text()
		}
	}()
	return p, nil
}

// try runs tests with one fault.
func (p *served) try(real int, tests string, within time.Duration) outcome {
	p.fresh = false
	_ = p.said.Truncate(0)
	_, _ = p.said.Seek(0, 0)
	if _, err := fmt.Fprintln(p.ask, real, tests); err != nil {
		return dies
	}
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case code, ok := <-p.answers:
		switch {
		case !ok:
			return dies
		case code == "0":
			return passes
		}
		return fails
	case <-late.C:
		return hangs
	}
}

// blames reports whether the program ended because of the test that it ran: a
// panic there is said after the name of the test.
func (p *served) blames(tests string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(tests, "^"), "$")
	return strings.Contains(p.says(), "--- FAIL: "+name)
}

// says is what was printed since the last try began.
func (p *served) says() string {
	text, _ := os.ReadFile(p.said.Name())
	return string(text)
}

// end ends the program.
func (p *served) end() {
	_ = p.ask.Close()
	over := time.AfterFunc(2*time.Second, func() { _ = p.cmd.Process.Kill() })
	_ = p.cmd.Wait()
	over.Stop()
	_ = p.said.Close()
	_ = os.Remove(p.said.Name())
}

// kill ends the program at once.
func (p *served) kill() {
	_ = p.cmd.Process.Kill()
	p.end()
}
