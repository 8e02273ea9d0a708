package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// leastFuzz is how many fuzz targets there are at least.
const leastFuzz = 25

// fuzzDeclared is the beginning of a fuzz target.
var fuzzDeclared = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// fuzzTargets runs each target over its kept corpus.
func fuzzTargets(root string) (string, error) {
	found := map[string][]string{} // by folder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || path != root && strings.HasPrefix(d.Name(), ".") || d.Name() == "e2e" || d.Name() == "tools") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		for _, m := range fuzzDeclared.FindAllSubmatch(text, -1) {
			found[folder] = append(found[folder], string(m[1]))
		}
		return err
	})
	if err != nil {
		return "", err
	}
	n, args := 0, []string{"test", "-count=1", "-run=^Fuzz"}
	for folder, names := range found {
		n += len(names)
		args = append(args, "./"+filepath.ToSlash(folder))
	}
	seen := fmt.Sprintf("%d targets", n)
	if n < leastFuzz {
		return seen, fmt.Errorf("%d fuzz targets, and at least %d are claimed", n, leastFuzz)
	}
	slices.Sort(args[3:])
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return seen, fmt.Errorf("%w\n%s", err, out)
	}
	return seen, nil
}

// Verifying is measured over this many lines, and has to reach this many a second.
const (
	linesToVerify = 100_000
	leastASecond  = 1_000_000 / 60
)

var speedSaid = regexp.MustCompile(`BenchmarkVerify/(\w+)\S*\s.*?\s([0-9.e+]+) lines/s`)

// verifySpeed measures audit verify on two cores.
func verifySpeed(root string) (string, error) {
	cmd := exec.Command("go", "test", "-run=^$", "-bench=^BenchmarkVerify$", "-benchtime=1x", "-cpu=2", "-timeout=20m", "./audit")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "AUDIT_LINES="+strconv.Itoa(linesToVerify))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	var seen []string
	slow := false
	for _, m := range speedSaid.FindAllStringSubmatch(string(out), -1) {
		a, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return "", err
		}
		slow = slow || a < leastASecond
		seen = append(seen, fmt.Sprintf("%s %.0f lines a minute", m[1], a*60))
	}
	words := strings.Join(seen, ", ")
	if len(seen) == 0 || slow {
		return words, fmt.Errorf("at least %d lines a minute are claimed\n%s", leastASecond*60, out)
	}
	return words, nil
}

// doctorOnDemo starts a demonstration and has doctor look at it.
func doctorOnDemo(root string) (string, error) {
	work, err := os.MkdirTemp("", "nysreferral-evidence.")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(work) }()
	program, data, ready := filepath.Join(work, "nysreferral"), filepath.Join(work, "demo"), filepath.Join(work, "ready")
	build := exec.Command("go", "build", "-o", program, "./cmd/nysreferral")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0", "GOFIPS140=certified")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	demo := exec.Command(program, "demo", "--data", data, "--addr", "127.0.0.1:0", "--ready-file", ready)
	if err := demo.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- demo.Wait() }()
	defer func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(40 * time.Second):
			_ = demo.Process.Kill()
			<-ended
		}
	}()
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	if err := answers(ctx, ready, ended); err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, program, "doctor", "--pilot", "--data", data, "--key-file", data+".keys").CombinedOutput()
	checks := strings.Count(string(out), "\nok ") + strings.Count(string(out), "\nwarn ") + 1
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return fmt.Sprintf("%d checks", checks), nil
}

// answers waits until the demonstration answers.
func answers(ctx context.Context, ready string, ended chan error) error {
	for {
		if text, err := os.ReadFile(ready); err == nil && json.Valid(text) {
			return nil
		}
		select {
		case err := <-ended:
			ended <- err
			return fmt.Errorf("the demonstration ended: %w", err)
		case <-ctx.Done():
			return errors.New("the demonstration did not answer in time")
		case <-time.After(100 * time.Millisecond):
		}
	}
}
