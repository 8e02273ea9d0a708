package main

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"nysreferral/config"
	"nysreferral/seal"
)

// Where the validated module is required and not in use, nothing starts.
func TestFIPSRequired(t *testing.T) {
	if err := cryptography("required", false); err == nil || !strings.Contains(err.Error(), "GOFIPS140") {
		t.Errorf("without the module: %v", err)
	}
	for _, c := range []struct {
		wanted string
		on     bool
	}{{"required", true}, {"wanted", true}, {"wanted", false}} {
		if err := cryptography(c.wanted, c.on); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A server with keys in it writes no core and lets no other process read it.
func TestMemoryClosed(t *testing.T) {
	if os.Getenv("GUARD_CHILD") != "" {
		var said bytes.Buffer
		if err := guard(config.Default(), slog.New(slog.NewTextHandler(&said, nil))); err != nil {
			t.Fatal(err)
		}
		limits, err := os.ReadFile("/proc/self/limits")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(limits), "\n") {
			if words := strings.Fields(line); strings.HasPrefix(line, "Max core file size") && (words[4] != "0" || words[5] != "0") {
				t.Error(line)
			}
		}
		if info, err := os.Stat("/proc/self/mem"); err == nil && os.Geteuid() != 0 && info.Mode().Perm()&0o400 == 0 {
			t.Error("others may read the memory")
		}
		if !strings.Contains(said.String(), "module=") {
			t.Errorf("the start does not say which module: %s", said.String())
		}
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		locks := !strings.Contains(string(status), "VmLck:\t       0 kB")
		if locks != strings.Contains(said.String(), "no memory of this process is swapped") || locks == strings.Contains(said.String(), "only the keys") {
			t.Errorf("memory is locked: %v, and the start says: %s", locks, said.String())
		}
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: only Linux says what a process keeps to itself; nothing was checked")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestMemoryClosed")
	cmd.Env = append(os.Environ(), "GUARD_CHILD=1") // it cannot be undone
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The program does not open with keys that lie with the data, that others may
// read, that are not there, or with a ledger that lies with the data.
func TestOpenRefusesKeys(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	s := settingsFor("sqlite:"+filepath.Join(data, "nysreferral.db"), keyFile(t))
	opened(t, s, func(*program) {})
	inside, others := s, s
	inside.KeyFile = filepath.Join(data, "keys")
	if err := seal.Create(inside.KeyFile, started); err != nil {
		t.Fatal(err)
	}
	others.KeyFile = keyFile(t)
	if err := os.Chmod(others.KeyFile, 0o640); err != nil {
		t.Fatal(err)
	}
	absent, ledger, credential := s, s, s
	absent.KeyFile += ".none"
	ledger.ShredLedger = filepath.Join(data, "shreds")
	credential.KeyCredential = "keys"
	t.Setenv(seal.CredentialsDirectory, "")
	for name, s := range map[string]config.Settings{"with the data": inside, "open to others": others, "absent": absent, "the ledger with the data": ledger, "no credential": credential} {
		if _, err := run(t, &migrate{Settings: s}); err == nil {
			t.Errorf("%s: it opened", name)
		}
	}
	t.Setenv(seal.CredentialsDirectory, filepath.Dir(s.KeyFile))
	if _, err := run(t, &migrate{Settings: credential}); err != nil {
		t.Errorf("with a credential: %v", err)
	}
}
