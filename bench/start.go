package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	startGoal  = 300 * time.Millisecond
	startLimit = time.Minute
)

// start runs the built program on folders that are filled in, and measures
// from before the process exists to its first answer to GET /.
func (r *run) start() error {
	program := filepath.Join(r.dir, "program")
	if err := r.build(program); err != nil {
		return err
	}
	counts := []int{0, r.few, r.many}
	folders := make([]*seeded, len(counts))
	for i, n := range counts {
		var err error
		if folders[i], err = r.seed("SQLite", n); err != nil {
			return err
		}
	}
	if err := r.cleanUp(); err != nil { // closes the databases, keeps the files
		return err
	}
	took := make([][]time.Duration, len(counts))
	for round := -1; round < r.starts; round++ {
		for i := range counts {
			at := (i + max(round, 0)) % len(counts)
			one, err := r.once(program, folders[at].site)
			if err != nil {
				return err
			}
			if round >= 0 { // the first start marks the folder
				took[at] = append(took[at], one)
			}
		}
	}
	for i, n := range counts {
		mid := median(took[i])
		r.say("   serve with %6d referrals: %.0f ms (median of %d)", n, millis(mid), r.starts)
		if i == len(counts)-1 {
			r.judge(mid <= startGoal, fmt.Sprintf("start, %d referrals", n), fmt.Sprintf("%.0f ms", millis(mid)), "≤ 300 ms")
		}
	}
	return nil
}

// build builds the program as it ships.
func (r *run) build(program string) error {
	build := exec.CommandContext(r.ctx, "go", "build", "-trimpath", "-o", program, "./cmd/nysreferral")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w: %s", err, text)
	}
	return nil
}

// once starts the program, waits for its first answer and ends it.
func (r *run) once(program string, s *site) (_ time.Duration, err error) {
	addr, err := free()
	if err != nil {
		return 0, err
	}
	var printed bytes.Buffer
	cmd := exec.CommandContext(r.ctx, program, "serve", "--pilot", "--data", s.folder, "--key-file", s.keys, "--addr", addr)
	cmd.Stdout, cmd.Stderr = &printed, &printed
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("starting the program: %w", err)
	}
	took, err := answered(addr, began)
	if err != nil {
		err = fmt.Errorf("%w: %s", err, printed.String())
	}
	return took, errors.Join(err, ended(cmd))
}

// free is an address that nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// answered is how long it took from began to the first answer.
func answered(addr string, began time.Time) (time.Duration, error) {
	c := &http.Client{Timeout: startLimit, Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(began) < startLimit {
		got, err := c.Get("http://" + addr + "/")
		if err != nil {
			time.Sleep(time.Millisecond)
			continue
		}
		took := time.Since(began)
		if err := got.Body.Close(); err != nil {
			return 0, fmt.Errorf("asking: %w", err)
		}
		if got.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("the first answer is %d", got.StatusCode)
		}
		return took, nil
	}
	return 0, errors.New("the program does not answer")
}

func ended(cmd *exec.Cmd) error {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending the program: %w", err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("ending the program: %w", err)
	}
	return nil
}
