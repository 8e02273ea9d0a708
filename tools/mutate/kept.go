package main

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// ends is how faults ended, in memory and in a file where there is one, so that a
// run that was cut off goes on where it stood.
type ends struct {
	mu   sync.Mutex
	how  map[int]string
	file *os.File
}

// kept is what an earlier run found with the same test programs.
func (h *hunt) kept() (*ends, error) {
	e := &ends{how: map[int]string{}}
	if h.keep == "" {
		return e, nil
	}
	mark, err := h.mark()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(h.keep, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(h.keep, filepath.Base(h.pkg))
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	found, same := strings.CutPrefix(string(text), mark+"\n")
	if !same {
		return e, e.open(path, os.O_TRUNC, mark)
	}
	for line := range strings.Lines(found) {
		var n int
		number, how, whole := strings.Cut(line, " ")
		if _, err := fmt.Sscan(number, &n); err == nil && whole && strings.HasSuffix(how, "\n") {
			e.how[n] = strings.TrimSuffix(how, "\n")
		}
	}
	fmt.Printf("  %d were tried before\n", len(e.how))
	return e, e.open(path, os.O_APPEND, "")
}

// open opens the file and writes its first line, if there is one to write.
func (e *ends) open(path string, how int, first string) (err error) {
	e.file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o600)
	if err == nil && first != "" {
		_, err = fmt.Fprintln(e.file, first)
	}
	return err
}

// mark is the sum over the test programs and over what decides how they are asked.
func (h *hunt) mark() (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, h.env, h.most, h.wait, len(h.faults))
	for _, s := range h.suites {
		f, err := os.Open(s.program)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, bufio.NewReader(f))
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// put keeps how a fault ended.
func (e *ends) put(n int, how string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.how[n] = how
	if e.file != nil {
		_, _ = fmt.Fprintln(e.file, n, how)
	}
}

// of is how a fault ended, "" when it was not tried.
func (e *ends) of(n int) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.how[n]
}

// counts is how many of these were tried, and how they ended.
func (e *ends) counts(all []int) result {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out result
	for _, n := range all {
		switch e.how[n] {
		case "":
			continue
		case noticed:
			out.noticed++
		case late:
			out.late++
		}
		out.planted++
	}
	return out
}

func (e *ends) close() {
	if e.file != nil {
		_ = e.file.Close()
	}
}
