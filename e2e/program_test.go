package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// ear stands for a test and hears what is reported to it, so that a test can
// want a report.
type ear struct {
	testing.TB
	said    []string
	cleanup []func()
}

func (e *ear) Helper()                   {}
func (e *ear) Failed() bool              { return len(e.said) > 0 }
func (e *ear) Error(args ...any)         { e.said = append(e.said, fmt.Sprint(args...)) }
func (e *ear) Errorf(f string, a ...any) { e.said = append(e.said, fmt.Sprintf(f, a...)) }
func (e *ear) Logf(f string, a ...any)   { e.said = append(e.said, fmt.Sprintf(f, a...)) }
func (e *ear) Cleanup(f func())          { e.cleanup = append(e.cleanup, f) }

func (e *ear) Fatal(args ...any) {
	e.Error(args...)
	runtime.Goexit()
}

func (e *ear) Fatalf(f string, a ...any) {
	e.Errorf(f, a...)
	runtime.Goexit()
}

// hears runs what with an ear in place of the test, its cleanups too, and
// returns what was reported.
func hears(t *testing.T, what func(e *ear)) []string {
	t.Helper()
	e := &ear{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for i := len(e.cleanup) - 1; i >= 0; i-- {
				e.cleanup[i]()
			}
		}()
		what(e)
	}()
	<-done
	return e.said
}

// standin builds the stand-in of the program.
func standin(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "standin")
	cmd := exec.Command("go", "build", "-o", binary, "./testdata/standin")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the stand-in: %v\n%s", err, out)
	}
	return binary
}

// A program that ends before it answers, ends by itself later, or has a data
// race fails the test, with what it printed.
func TestProgramFaultsAreReported(t *testing.T) {
	binary := standin(t)
	want(t, hears(t, func(e *ear) { StartWith(e, Settings{binary: binary, Env: []string{"STANDIN=broken"}}) }), "ended before it was ready", "the stand-in says why")
	want(t, hears(t, func(e *ear) { StartWith(e, Settings{binary: binary, Env: []string{"STANDIN=racy"}}) }), "data race")
	want(t, hears(t, func(e *ear) {
		p := StartWith(e, Settings{binary: binary})
		if res, err := http.Get(p.URL + "/end"); err == nil {
			_ = res.Body.Close()
		}
		<-p.done
	}), "ended by itself")
	want(t, hears(t, func(e *ear) { StartWith(e, Settings{binary: binary}).User(e, "director") }), "no director")
}

// The program gets its settings, answers where it says, is stopped, killed and
// started again on its folder, and leaves no process behind.
func TestProgramStartsStopsAndRestarts(t *testing.T) {
	now := time.Date(2026, 11, 12, 18, 0, 0, 0, time.UTC)
	p := StartWith(t, Settings{binary: standin(t), Now: now, Database: "postgres://example.org/x"})
	if got, wanted := body(t, p.URL), p.Data+" 2026-11-12T18:00:00Z postgres://example.org/x"; got != wanted {
		t.Errorf("the program was started with %q, want %q", got, wanted)
	}
	if u := p.User(t, "referrer", "legal"); u.Token != "provider" {
		t.Errorf("the referrer of legal aid is %+v", u)
	}
	p.Stop(t)
	q := p.Restart(t, now.AddDate(0, 0, 1))
	if got := body(t, q.URL); !strings.HasPrefix(got, p.Data+" 2026-11-13") {
		t.Errorf("the program was started again with %q", got)
	}
	q.Kill()
	if res, err := http.Get(q.URL); err == nil {
		_ = res.Body.Close()
		t.Error("the program answers after it was killed")
	}
}

// body returns what an address answers.
func body(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// One-time codes are those of RFC 6238, from a bare secret and from a URL.
func TestCode(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for unix, wanted := range map[int64]string{59: "287082", 1111111109: "081804", 2000000000: "279037"} {
		for _, totp := range []string{secret, strings.ToLower(secret), "otpauth://totp/x?secret=" + secret} {
			if got, err := Code(totp, time.Unix(unix, 0)); err != nil || got != wanted {
				t.Errorf("the code at %d is %q, want %q (%v)", unix, got, wanted, err)
			}
		}
	}
	for _, broken := range []string{"", "not base32!", "otpauth://totp/x"} {
		if code, err := Code(broken, time.Now()); err == nil {
			t.Errorf("a broken secret %q gives the code %q", broken, code)
		}
	}
}
