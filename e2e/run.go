package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// program returns the path of the binary under test: the one that
// E2E_PROGRAM names, or one built here, once, with the race detector.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("E2E_PROGRAM"); path != "" {
		return path, nil
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	dir, err := scratch()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), buildLimit)
	defer cancel()
	binary := filepath.Join(dir, "nysreferral")
	cmd := exec.CommandContext(ctx, "go", "build", "-race", "-o", binary, "./cmd/nysreferral")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("e2e: building the program: %w\n%s", err, out)
	}
	return binary, nil
})

// Root returns the top folder of the repository.
func Root() (string, error) {
	dir, err := moduleDir()
	if err != nil {
		return "", err
	}
	return filepath.Dir(dir), nil
}

// moduleDir returns the folder of this module: the first one upward that
// holds package.json.
func moduleDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("e2e: finding the module: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "package.json")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("e2e: no folder upward holds package.json")
		}
		dir = up
	}
}

// scratch is the folder of this process for what all its tests share.
var scratch = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "nysreferral-e2e-")
	if err != nil {
		return "", fmt.Errorf("e2e: making a folder: %w", err)
	}
	return dir, nil
})

// What a package shares, once it runs, for Main to end.
var (
	launched atomic.Value // *chromium
	started  atomic.Value // *Program
)

// Main runs the tests of a package, then ends the browser and the program that
// they shared and removes their folders; what is wrong with how the program
// ended is a failure. Call it from TestMain: os.Exit(e2e.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if b, ok := launched.Load().(*chromium); ok {
		b.close()
	}
	if p, ok := started.Load().(*Program); ok {
		if wrong := p.close(); len(wrong) > 0 {
			fmt.Printf("%s\nthe shared program printed:\n%s\n", strings.Join(wrong, "\n"), p.log)
			code = max(code, 1)
		}
	}
	if dir, err := scratch(); err == nil {
		_ = os.RemoveAll(dir)
	}
	http.DefaultClient.CloseIdleConnections()
	return code
}
