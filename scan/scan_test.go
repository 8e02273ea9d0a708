package scan

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// eicar is the text that every scanner calls harmful and that does nothing. It is
// put together here so that no scanner takes this file away.
var eicar = strings.Join([]string{`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-`, `STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`}, "")

// answering is a clamd that reads a whole stream and then says answer.
func answering(t *testing.T, answer string) *Clamd {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				if word, _ := r.ReadString(0); word != "zINSTREAM\x00" {
					return
				}
				for n := uint32(1); n > 0; {
					if binary.Read(r, binary.BigEndian, &n) != nil {
						return
					}
					if _, err := io.CopyN(io.Discard, r, int64(n)); err != nil {
						return
					}
				}
				_, _ = io.WriteString(conn, answer)
			}()
		}
	}()
	c, err := New("unix:"+path, 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Only a clear answer counts: anything else, and none, means that nothing was
// scanned.
func TestOnlyAClearAnswerCounts(t *testing.T) {
	for _, answer := range []string{"", "stream: ", "stream:  FOUND", "INSTREAM size limit exceeded. ERROR\x00", "stream: broken ERROR\x00", "OK", "stream: OKAY\x00", "x stream: OK\x00"} {
		if found, err := answering(t, answer).Scan(t.Context(), []byte("a")); err == nil {
			t.Errorf("%q is taken for %q", answer, found)
		}
	}
	big := []byte(strings.Repeat("a", 3*chunk+7))
	if found, err := answering(t, "stream: OK\x00").Scan(t.Context(), big); err != nil || found != "" {
		t.Errorf("clean: %q %v", found, err)
	}
	if found, err := answering(t, "stream: Win.Test.EICAR_HDB-1 FOUND\x00").Scan(t.Context(), big); err != nil || found != "Win.Test.EICAR_HDB-1" {
		t.Errorf("harmful: %q %v", found, err)
	}
}

// A clamd that is not there, or that says nothing, is an error within its time.
func TestNobodyAnswers(t *testing.T) {
	c, err := New("unix:"+filepath.Join(t.TempDir(), "none"), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Scan(t.Context(), []byte("a")); err == nil {
		t.Error("nobody is there")
	}
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if c, err = New("unix:"+path, 200*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Scan(t.Context(), []byte("a")); err == nil {
		t.Error("it says nothing")
	}
	for _, address := range []string{"", "unix:", "/run/clamd.sock", "localhost"} {
		if _, err := New(address, 0); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
}

// The clamd that is really there finds the text that all scanners know, and not
// another. It runs on signatures of its own, since it can fetch none.
func TestRealClamd(t *testing.T) {
	if _, err := exec.LookPath(daemon()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("clamd is not installed (Debian: clamav-daemon)")
		}
		t.Skip("SKIPPED: clamd is not installed (Debian: clamav-daemon); nothing was checked by it")
	}
	c := clamd(t)
	if found, err := c.Scan(t.Context(), []byte(eicar)); err != nil || !strings.Contains(found, "Eicar") {
		t.Errorf("%q %v", found, err)
	}
	if found, err := c.Scan(t.Context(), []byte("seven lanterns")); err != nil || found != "" {
		t.Errorf("%q %v", found, err)
	}
}

// daemon is the program, which Debian keeps where not everybody looks.
func daemon() string {
	if path, err := exec.LookPath("clamd"); err == nil {
		return path
	}
	return "/usr/sbin/clamd"
}

// clamd starts one that knows a single signature, and ends it with the test.
func clamd(t *testing.T) *Clamd {
	t.Helper()
	dir, err := os.MkdirTemp("", "c") // the name of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket, as := filepath.Join(dir, "s"), ""
	if os.Getuid() == 0 {
		as = "User root\n" // else it takes an account that cannot read the folder
	}
	for name, text := range map[string]string{"local.hdb": "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test\n",
		"clamd.conf": "LocalSocket " + socket + "\nDatabaseDirectory " + dir + "\nTemporaryDirectory " + dir + "\nForeground yes\n" + as} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, daemon(), "-c", filepath.Join(dir, "clamd.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = cmd.Wait() })
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(socket); err == nil {
			c, err := New("unix:"+socket, 0)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatal("clamd does not begin")
	return nil
}
